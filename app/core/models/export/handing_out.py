"""Handing out a model: one folder or zip file with the network, its card, a README and an example."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.core.child_process import run_in_child
from app.core.errors import InputError
from app.core.imaging.preprocess import Preprocessing
from app.core.models.exchange import check_target, export_model, write_package
from app.core.models.export.conversion import LIMITS, convert
from app.core.models.export.examples import example_files
from app.core.models.export.forms import ExportForm, why_not
from app.core.models.export.readme import checked_sentence, readme
from app.core.models.store import CARD_FILE, card_bytes, find_model


@dataclass(frozen=True)
class HandedOut:
    """What was written, and a sentence on how it answers; of `pictures` that were read, `same` as the model does."""

    path: Path
    sentence: str = ""
    pictures: int = 0
    same: int = 0
    difference: float = 0.0


def hand_out(
    name: str,
    form: ExportForm,
    target: Path,
    replace: bool = False,
    check: Callable[[], None] = lambda: None,
) -> HandedOut:
    """Write a model in a form, as a zip file if `target` ends in .zip, or else as a new folder: whole, or not at all.

    All forms but the program's own take some 10 seconds, in a process of its own that loads TensorFlow; `check` is
    called often meanwhile and may raise, which ends it.

    Raises InputError if there is something at `target` that may not be replaced (a folder never is) or the form is not
    possible here, StudioError if the disk refuses or the form does not answer as the model does.
    """
    model = find_model(name)
    if form is ExportForm.STUDIO:
        return HandedOut(export_model(name, target, replace))
    if reason := why_not(model, form):
        raise InputError(reason)
    check_target(target, replace)
    card = model.card
    what = f"'{card.title}' as {form.label}"
    facts, contents = run_in_child(convert, card.name, form.value, what=what, limits=LIMITS, check=check)
    texts = {
        "README.md": readme(card, form, facts),
        "classes.txt": "\n".join(card.class_names) + "\n",
        **example_files(form, Preprocessing(card.preprocessing)),
    }
    files = dict(zip(facts["files"], contents, strict=True))
    files |= {name: text.encode() for name, text in texts.items()} | {CARD_FILE: card_bytes(card)}
    write_package(target, f"{card.name}-{form.value}", files)
    return HandedOut(target, checked_sentence(facts), facts["pictures"], facts["same"], facts["difference"])

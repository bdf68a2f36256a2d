"""`softmax-studio models import`: a model of this program, or one that was made elsewhere."""

from dataclasses import dataclass, replace
from pathlib import Path

from app.cli.output import Output, aligned
from app.core.datasets.choices import Orientation, Polarity
from app.core.datasets.registry import canonical
from app.core.errors import InputError
from app.core.imaging.preprocess import Preprocessing
from app.core.inference.foreign_import import ForeignChoices, import_foreign, proposed
from app.core.inference.foreign_trial import Trial, Wanted, propose, trial_sets, try_on
from app.core.models import adaptation
from app.core.models.card import ModelCard
from app.core.models.exchange import import_model
from app.core.models.foreign.containers import is_own
from app.core.models.foreign.reading import ForeignFacts, ForeignModel, read_foreign
from app.core.models.store import StoredModel

_FEWEST_RIGHT = 0.5
"""Less than this share of labelled pictures read right says that the pictures are not what the model reads."""


@dataclass(frozen=True)
class ImportOptions:
    """What the command was given; empty for what shall be found out."""

    classes: str = ""
    classes_from: str = ""
    prepared_as: str | None = None
    """digits or clothes."""
    scale: adaptation.Scale | None = None
    output: adaptation.Output | None = None
    polarity: str | None = None
    orientation: Orientation | None = None
    name: str = ""

    @property
    def wanted(self) -> Wanted:
        """What is decided of how pictures are shown."""
        return Wanted(self.scale, Polarity(self.polarity) if self.polarity else None, self.orientation, self.output)


def import_any(path: Path, options: ImportOptions, output: Output) -> StoredModel:
    """Import what lies there. Raises InputError if it is no model, or it is not known what the model reads."""
    if is_own(path):
        if options != ImportOptions():
            raise InputError("A model that this program exported has its card, which says all; leave out the options.")
        return import_model(path)
    if options.classes and options.classes_from:
        raise InputError("Give either --classes or --classes-from.")
    model = read_foreign(path)
    trial = _tried(model, options)
    choices = _chosen(model, trial, options)
    if not output.as_json:
        print("\n".join(aligned(_facts(model.facts, choices, trial), 16)), flush=True)
    return import_foreign(model, choices)


def _tried(model: ForeignModel, options: ImportOptions) -> Trial | None:
    if options.classes:
        names = tuple(options.classes.split(","))
        named = [each for each in trial_sets(model) if each.class_names == names]
        return try_on(model, named[0], options.wanted) if named else None
    if not options.classes_from:
        return propose(model, options.wanted)
    sets = trial_sets(model)
    for each in sets:
        if each.name == canonical(options.classes_from):
            return try_on(model, each, options.wanted)
    known = ", ".join(each.name for each in sets) or "there is none"
    raise InputError(
        f"{options.classes_from!r} names no set here with {model.facts.classes} classes; those that have are: {known}."
    )


def _chosen(model: ForeignModel, trial: Trial | None, options: ImportOptions) -> ForeignChoices:
    choices = proposed(model, trial, options.wanted)
    if trial is None and not options.classes and not model.facts.labels:
        raise InputError(
            f"The model tells {model.facts.classes} classes apart, its file does not name them, and there is no data "
            "with as many classes here; name them with --classes a,b,c."
        )
    is_asked_for = bool(options.classes or options.classes_from)
    if trial is not None and not is_asked_for and trial.right(trial.best) < _FEWEST_RIGHT * len(trial.pictures):
        raise InputError(
            f"Only {trial.right(trial.best)} of {len(trial.pictures)} labelled pictures of {trial.set.title} were read "
            "right, however they were shown; say what the model reads with --classes or --classes-from."
        )
    if options.classes and trial is None:
        choices = replace(choices, class_names=tuple(name.strip() for name in options.classes.split(",")))
    if options.prepared_as is not None:
        choices = replace(choices, preprocessing=Preprocessing[options.prepared_as.upper()])
    return replace(choices, title=options.name) if options.name else choices


def _facts(facts: ForeignFacts, choices: ForeignChoices, trial: Trial | None) -> dict[str, object]:
    names = choices.class_names
    right = f"{trial.right(trial.best)} of {len(trial.pictures)} of {trial.set.title}" if trial else "not tried"
    return {
        "file": f"{facts.file}, {facts.format.value}",
        "made with": facts.made_with,
        "reads": f"{' x '.join(map(str, facts.input_shape))} {facts.input_type}",
        "weights": f"{facts.parameters:,}",
        "layers": ", ".join(layer.kind for layer in facts.layers[:12]) + (" ..." if len(facts.layers) > 12 else ""),
        "classes": f"{len(names)}: {', '.join(names)}",
        "shown as": choices.adaptation.words,
        "read right": right,
    }


def imported_words(card: ModelCard) -> str:
    """What is said at the end."""
    tested = f"; {card.metrics.test_accuracy_text} of {card.metrics.test_samples:,} test pictures are read right"
    said = f"Imported as '{card.name}', called '{card.title}'{tested if card.metrics.test_samples else ''}."
    return f"{said} {card.origin.remark}".rstrip() if card.origin else said

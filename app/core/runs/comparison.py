"""What differs between runs: for the table that stands beside their curves, and for the legend. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.core.config.config import form_fields
from app.core.config.layers import LAYER_SETTINGS, get_from_layers, settings_between
from app.core.errors import StudioError
from app.core.recipes.changes import value_text
from app.core.runs.columns import run_layers
from app.core.runs.records import RunRecord

MOST_IN_LEGEND = 3
"""So many settings fit into the name of a curve."""

_RELUCTANTLY = ("recipe", "layers", "seed")
"""Too long for the name of a curve, or no reason for what it does: used one by one where nothing else is enough."""


@dataclass(frozen=True)
class Difference:
    """A setting that is not the same in all runs: its words, and what it is in each; "" where it has no meaning."""

    name: str
    title: str
    values: tuple[str, ...]


def differences(runs: Sequence[RunRecord]) -> tuple[Difference, ...]:
    """The settings in which `runs` differ, in the order of the form; none for a single run.

    Those of an optimizer differ only between runs that have it: the others differ in their optimizer. What a version
    that made a run did not know does not differ.
    """
    fields = {field.name: field for field in form_fields()}
    found = [_difference("recipe", "Recipe", runs), _difference("data_description", "Data", runs)]
    found += _layer_differences(runs)
    for name, field in fields.items():
        have = [name in run.settings and _has_meaning(field.when, run.settings) for run in runs]
        texts = [value_text(run.settings.get(name)) for run in runs]
        if len({text for text, has in zip(texts, have, strict=True) if has}) > 1:
            values = tuple(text if has else "" for text, has in zip(texts, have, strict=True))
            found.append(Difference(name, field.title, values))
    return tuple(difference for difference in found if len(set(difference.values)) > 1)


def settings_of(run: RunRecord) -> tuple[tuple[str, str], ...]:
    """All settings that have a meaning in a run, as titles and texts, its layers first."""
    fields = [field for field in form_fields() if _has_meaning(field.when, run.settings)]
    told = ((field.title, value_text(run.settings.get(field.name))) for field in fields)
    return ("Layers", run_layers(run)), *told


def legend_texts(runs: Sequence[RunRecord]) -> tuple[str, ...]:
    """A name for each run's curve: its recipe, or the fewest of the differing settings that tell the runs apart.

    Runs that no setting tells apart are called by their names and numbers.
    """
    recipes = tuple(run.recipe for run in runs)
    if 1 < len(runs) == len(set(recipes)):
        return recipes
    found = differences(runs)
    chosen: list[Difference] = []
    for allowed in range(len(_RELUCTANTLY) + 1):
        avoided = _RELUCTANTLY[allowed:]
        chosen = _fewest([difference for difference in found if difference.name not in avoided], len(runs))
        if _parts(chosen, len(runs)) == len(runs):
            break
    texts = [_words(chosen, place) for place in range(len(runs))]
    return tuple(
        text if text and texts.count(text) == 1 else f"{text} #{run.id}" if text else run.title
        for text, run in zip(texts, runs, strict=True)
    )


def run_before(runs: Sequence[RunRecord], run: int) -> int | None:
    """The newest run before `run` with metrics of its own: one of the same recipe if there is any. None for none."""
    this = next((each for each in runs if each.id == run), None)
    earlier = sorted((each.id for each in runs if each.id < run and each.epochs_done), reverse=True)
    same = {each.id for each in runs if this is not None and each.recipe == this.recipe}
    return next((each for each in earlier if each in same), earlier[0] if earlier else None)


def shared_tags(runs: Sequence[RunRecord]) -> tuple[str, ...]:
    """The tags that all the runs have."""
    return tuple(tag for tag in runs[0].tags if all(tag in run.tags for run in runs)) if runs else ()


def retagged(runs: Sequence[RunRecord], tags: Sequence[str]) -> dict[int, tuple[str, ...]]:
    """The tags of each run once those that all share are replaced by `tags`; what a single run has besides stays."""
    shared = shared_tags(runs)
    return {run.id: tuple(dict.fromkeys((*(t for t in run.tags if t not in shared), *tags))) for run in runs}


def _difference(name: str, title: str, runs: Sequence[RunRecord]) -> Difference:
    return Difference(name, title, tuple(str(getattr(run, name)) for run in runs))


def _has_meaning(when: tuple[str, tuple[str, ...]] | None, settings: dict[str, Any]) -> bool:
    return when is None or settings.get(when[0]) in when[1]


def _layer_differences(runs: Sequence[RunRecord]) -> list[Difference]:
    """In one word where the networks differ in a setting that all layers share, else their layers in full."""
    whole = Difference("layers", "Layers", tuple(map(run_layers, runs)))
    try:
        networks = [run.config.layers for run in runs]
    except StudioError:  # settings of another version of the program
        return [whole]
    found = [settings_between(networks[0], layers) for layers in networks]
    differing = [name for name in LAYER_SETTINGS if any(name in (settings or ()) for settings in found)]
    if not differing or None in found:
        return [whole]
    shared = {name: [get_from_layers(layers, name) for layers in networks] for name in differing}
    return [
        Difference(name, LAYER_SETTINGS[name].title, tuple(map(value_text, shared[name]))) for name in differing
    ]  # fmt: skip


def _fewest(candidates: Sequence[Difference], count: int) -> list[Difference]:
    """Settings that together tell `count` runs apart as well as `MOST_IN_LEGEND` of them can."""
    chosen: list[Difference] = []
    while len(chosen) < MOST_IN_LEGEND and _parts(chosen, count) < count:
        best = max(candidates, key=lambda candidate: _parts([*chosen, candidate], count), default=None)
        if best is None or _parts([*chosen, best], count) == _parts(chosen, count):
            break
        chosen.append(best)
    return [candidate for candidate in candidates if candidate in chosen]


def _parts(settings: Sequence[Difference], count: int) -> int:
    """How many different combinations of these settings `count` runs have."""
    return len({tuple(setting.values[place] for setting in settings) for place in range(count)})


def _words(chosen: Sequence[Difference], place: int) -> str:
    return ", ".join(_in_words(difference, difference.values[place]) for difference in chosen)


def _in_words(difference: Difference, value: str) -> str:
    if not value:
        return f"no {difference.title.lower()}"
    return value if _speaks_for_itself(difference) else f"{difference.title} {value}"


def _speaks_for_itself(difference: Difference) -> bool:
    """True for words that say themselves what they are about, like "adam"."""
    return difference.name in {"recipe", "data_description", "layers", "optimizer", "activation", "loss", "schedule"}

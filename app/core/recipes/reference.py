"""The runs that the course notes report: what they measured, to stand beside what this program measures."""

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from app.core.config.config import TrainingConfig, form_fields
from app.core.datasets.content import published_sha256
from app.core.datasets.registry import DATASETS
from app.core.datasets.types import Variant
from app.core.paths import resources_dir
from app.core.recipes import find_recipe
from app.core.recipes.changes import changes

_OF_NO_MATTER = {"seed", "engine"}
"""A run with other values of these still repeats that of the notes."""

_MOST_REASONS = 3
_STARTER = "starter data"


@dataclass(frozen=True)
class Reported:
    """Figures from the notes; None where they report nothing. Accuracies 0..1; times are of the notes' own machines.

    `stopped_epoch` is the epoch after which early stopping ended the run. `remark` says what else is reported.
    """

    train_loss: float | None = None
    train_accuracy: float | None = None
    val_loss: float | None = None
    val_accuracy: float | None = None
    test_loss: float | None = None
    test_accuracy: float | None = None
    time_s: float | None = None
    time_per_epoch_s: float | None = None
    stopped_epoch: int | None = None
    remark: str = ""

    @property
    def figures(self) -> dict[str, float | int | str]:
        """What is reported, by name; nothing else."""
        return {name: value for name, value in asdict(self).items() if value not in {None, ""}}

    @property
    def short(self) -> str:
        """The accuracy that matters most, for a list: "test 97.92%", or an empty text."""
        for part in ("test", "val", "train"):
            accuracy = getattr(self, f"{part}_accuracy")
            if accuracy is not None:
                return f"{part} {accuracy:.2%}"
        return ""


@cache
def reported_runs() -> dict[str, Reported]:
    """What the notes report, by the id of the recipe."""
    facts = tomllib.loads((resources_dir() / "reference" / "runs.toml").read_text(encoding="utf-8"))
    return {name: Reported(**figures) for name, figures in facts.items()}


def reported_for(recipe_id: str) -> Reported | None:
    """What the notes report of a recipe; None for recipes that are ours."""
    return reported_runs().get(recipe_id)


@dataclass(frozen=True)
class NotesBeside:
    """What may stand beside a run: what the notes `reported` of the same one, or the `reasons` why nothing may.

    Neither where the notes report nothing of the recipe. Reasons are few words each: "other layers", "optimizer sgd".
    """

    reported: Reported | None = None
    reasons: tuple[str, ...] = ()

    @property
    def differences(self) -> str:
        """The foremost reasons in a line: "other layers, sgd, starter data", or an empty text."""
        more = len(self.reasons) - _MOST_REASONS
        return ", ".join((*self.reasons[:_MOST_REASONS], *([f"{more} more"] if more > 0 else [])))

    @property
    def is_starter_alone(self) -> bool:
        """Nothing but the data differs: the notes' run had all of it, this one the starter edition."""
        return self.reasons == (_STARTER,)


NO_NOTES = NotesBeside()


def notes_beside(config: TrainingConfig, data_sha256: str = "") -> NotesBeside:
    """What the notes report of a run of `config`, if it repeats theirs: same network, same settings, all of the data.

    The seed and the engine do not matter. `data_sha256` is that of the data, where it is known; without it, only data
    that is chosen as "full" is taken for all of it.
    """
    reported = reported_for(config.recipe)
    if reported is None:
        return NO_NOTES
    recipe = find_recipe(config.recipe).config
    reasons = [
        "other layers" if change.field == "layers" else change.words
        for change in changes(config, recipe)
        if change.field not in _OF_NO_MATTER
    ]
    if config.initial_model:
        reasons.append(f"started from {config.initial_model}")
    if data := _other_data(config, recipe, data_sha256):
        reasons.append(data)
    return NotesBeside(None, tuple(reasons)) if reasons else NotesBeside(reported)


def may_repeat(settings: Mapping[str, Any], recipe_id: str) -> bool:
    """Tell quickly, from unchecked settings, whether `notes_beside` may have a figure: lists ask for thousands."""
    usual = _plain_settings(recipe_id)
    return all(settings.get(name, value) == value for name, value in usual.items())


@cache
def _plain_settings(recipe_id: str) -> dict[str, Any]:
    """The settings of a recipe that mean something whatever the others are."""
    plain = find_recipe(recipe_id).config.model_dump(mode="json")
    always = [field.name for field in form_fields() if field.when is None and field.name not in _OF_NO_MATTER]
    return {name: plain[name] for name in (*always, "layers", "dataset")}


def _other_data(config: TrainingConfig, recipe: TrainingConfig, data_sha256: str) -> str:
    """Which other pictures the run learns; an empty text for those of the notes."""
    if config.dataset != recipe.dataset:
        return f"{config.dataset} data"
    is_whole = data_sha256 == published_sha256(DATASETS[recipe.dataset]) or config.data == Variant.FULL
    if is_whole:
        return ""
    return _STARTER if config.data == Variant.STARTER else "other data"

"""The runs that the course notes report: what they measured, to stand beside what this program measures."""

import tomllib
from dataclasses import asdict, dataclass
from functools import cache

from app.core.datasets.registry import DATASETS
from app.core.models.config import TrainingConfig
from app.core.paths import resources_dir


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


def reported_beside(config: TrainingConfig) -> Reported | None:
    """What the notes report of the recipe of a run; None if the run learns other pictures, or goes on with a model."""
    is_the_same = config.dataset in DATASETS and not config.start_from
    return reported_for(config.recipe) if is_the_same else None


def reported_for(recipe_id: str) -> Reported | None:
    """What the notes report of a recipe; None for recipes that are ours."""
    return reported_runs().get(recipe_id)

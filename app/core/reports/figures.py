"""The notes' columns: the figures of a run, each beside what the notes report of it."""

from dataclasses import dataclass

from app.core.models.reference import Reported
from app.core.training.history.records import RunRecord

_NOTHING = Reported()


@dataclass(frozen=True)
class Compared:
    """A figure as we measured it and as the notes report it; None where there is none.

    `samples` is on how many pictures an accuracy was measured, 0 where nobody counted.
    """

    name: str
    title: str
    ours: float | None
    reported: float | None
    samples: int = 0

    @property
    def is_accuracy(self) -> bool:
        """True for a share of right answers."""
        return self.name.endswith("accuracy")

    @property
    def decimals(self) -> int:
        """With how many decimals people read it."""
        return 1 if self.name == "time_s" else 4

    @property
    def difference(self) -> float | None:
        """How much larger ours is."""
        return None if self.ours is None or self.reported is None else self.ours - self.reported


def compared(run: RunRecord) -> tuple[Compared, ...]:
    """The time that a run took, then loss and accuracy of the training, validation and test part."""
    notes, figures = run.reported or _NOTHING, run.figures
    return (
        Compared("time_s", "Time (s)", run.time_s if run.epochs_done else None, _reported_time_s(run, notes)),
        Compared("train_loss", "Train loss", figures.train_loss, notes.train_loss),
        Compared("train_accuracy", "Train accuracy", figures.train_accuracy, notes.train_accuracy),
        Compared("val_loss", "Validation loss", figures.val_loss, notes.val_loss),
        Compared(
            "val_accuracy", "Validation accuracy", figures.val_accuracy, notes.val_accuracy, run.validation_samples
        ),
        Compared("test_loss", "Test loss", figures.test_loss, notes.test_loss),
        Compared("test_accuracy", "Test accuracy", figures.test_accuracy, notes.test_accuracy, run.test_samples),
    )


def _reported_time_s(run: RunRecord, notes: Reported) -> float | None:
    if notes.time_s is None and notes.time_per_epoch_s is not None:
        return notes.time_per_epoch_s * int(run.settings["epochs"])
    return notes.time_s

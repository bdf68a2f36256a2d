"""What a run tells whoever listens. Frozen facts, in the order in which they happen.

RunPreparing* RunStarted
(BatchesDone | BatchStepped | ProbePredicted | RunPaused | RunResumed | CheckedUp | EpochDone | SnapshotTaken)*
RunFinishing? RunTested? ModelSaved? FineTuned? RunEnded. Every run that was begun ends with exactly one RunEnded.
Epochs and batches count from 1, times are seconds since the run was begun, without the time spent paused.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from app.core.inference.before_after import BeforeAfter


class EndReason(StrEnum):
    """Why a run ended."""

    COMPLETED = "completed"
    EARLY_STOPPED = "early_stopped"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True)
class RunPreparing:
    """Nothing is trained yet: `message` says what is being waited for."""

    message: str


@dataclass(frozen=True)
class DataFacts:
    """What the pictures of a run are.

    `class_counts` are the classes by name, with how many training pictures an epoch has of each; `test_copies` of the
    `test_samples` are among the training pictures, too.
    """

    class_counts: tuple[tuple[str, int], ...] = ()
    test_copies: int = 0
    test_samples: int = 0


NO_FACTS = DataFacts()


@dataclass(frozen=True)
class RunStarted:
    """The network is built and the first batch is about to run. A run taken up again begins with `first_epoch`."""

    recipe: str
    data: str
    epochs: int
    batches_per_epoch: int
    train_samples: int
    validation_samples: int
    parameters: int
    engine: str
    first_epoch: int = 1
    data_facts: DataFacts = NO_FACTS


@dataclass(frozen=True)
class BatchesDone:
    """A group of batches: `loss` and `accuracy` are means over its `samples` pictures, `batch` is the last one of it.

    `learning_rate` is the rate of the next step.
    """

    epoch: int
    batch: int
    batches_per_epoch: int
    loss: float
    accuracy: float
    samples_per_s: float
    elapsed_s: float
    samples: int
    learning_rate: float


@dataclass(frozen=True)
class GradientNorm:
    """How long the gradient of one of the network's weights is: its Euclidean norm."""

    name: str
    norm: float


@dataclass(frozen=True)
class BatchStepped:
    """One batch that was asked for by itself: what it did, before its update changed the weights."""

    epoch: int
    batch: int
    loss: float
    accuracy: float
    gradient_norms: tuple[GradientNorm, ...]


@dataclass(frozen=True)
class CheckedUp:
    """What the weights at the end of an epoch show beside its losses; epoch 0 is before the first batch.

    `first_gradient` and `last_gradient` are the norms of the gradient of the mean cross-entropy with respect to the
    first and the last kernel. `dead_share` is the share of units (of a convolution: filters) with a ReLU that are 0 for
    every picture, in the layer of the config that has most, `dead_layer`. `statistics_shift` (at least 1) tells how
    many times the variance that batch normalization keeps differs from that of the pictures, in the worst layer.
    `rare_recall` (0..1) is the share right of the validation pictures of rare classes. None is what there is not.
    """

    epoch: int
    first_gradient: float | None = None
    last_gradient: float | None = None
    dead_share: float | None = None
    dead_layer: int | None = None
    statistics_shift: float | None = None
    rare_recall: float | None = None


@dataclass(frozen=True)
class EpochDone:
    """An epoch and its validation. `val_*` are None without a validation split; `is_best` marks a new best epoch.

    Losses include the penalties of the layers, as Keras' do. Precision and recall are means over the classes.
    """

    epoch: int
    loss: float
    accuracy: float
    val_loss: float | None
    val_accuracy: float | None
    learning_rate: float
    is_best: bool
    epoch_s: float
    elapsed_s: float
    val_precision: float | None = None
    val_recall: float | None = None
    validation_s: float = 0.0


@dataclass(frozen=True)
class ProbePredicted:
    """What the network in training predicts for the probe picture: `probabilities` (classes,) float32, sum 1."""

    epoch: int
    batch: int
    probabilities: NDArray[np.float32]

    @property
    def label(self) -> int:
        """The most probable class."""
        return int(self.probabilities.argmax())

    @property
    def confidence(self) -> float:
        """The probability of that class, 0..1."""
        return float(self.probabilities[self.label])


@dataclass(frozen=True)
class SnapshotTaken:
    """The weights of `run` were kept after so many whole epochs and so many batches of the next one."""

    run: int
    epochs: int
    batch: int


@dataclass(frozen=True)
class RunPaused:
    """The run waits."""

    elapsed_s: float


@dataclass(frozen=True)
class RunResumed:
    """The run goes on."""

    elapsed_s: float


@dataclass(frozen=True)
class RunFinishing:
    """Training is over; the test split is being read and the model written."""

    message: str


@dataclass(frozen=True)
class RunTested:
    """What the network does on the untouched test split. `confusion` (classes, classes) int64: rows true, columns said.

    Precision and recall are means over the classes.
    """

    test_loss: float
    test_accuracy: float
    test_precision: float
    test_recall: float
    test_samples: int
    test_s: float
    confusion: NDArray[np.int64]


@dataclass(frozen=True)
class ModelSaved:
    """A model lies in the store under `model`. Test metrics are on the untouched test split."""

    model: str
    test_loss: float
    test_accuracy: float
    test_samples: int


@dataclass(frozen=True)
class FineTuned:
    """What the saved model can do that the one it began with could not, and the other way round."""

    found: "BeforeAfter"


@dataclass(frozen=True)
class RunEnded:
    """The last event. `message` is a sentence for the user; `best_epoch` is None before the first epoch ended.

    `weights_epoch` is the epoch whose metrics belong to the weights at the end, None in the middle of one; `run` is the
    number of the run in the history, None if it is not in it.
    """

    reason: EndReason
    message: str
    epochs_done: int
    best_epoch: int | None
    elapsed_s: float
    test_loss: float | None = None
    test_accuracy: float | None = None
    model: str | None = None
    weights_epoch: int | None = None
    run: int | None = None


Event = (
    RunPreparing
    | RunStarted
    | BatchesDone
    | BatchStepped
    | CheckedUp
    | EpochDone
    | ProbePredicted
    | SnapshotTaken
    | RunPaused
    | RunResumed
    | RunFinishing
    | RunTested
    | ModelSaved
    | FineTuned
    | RunEnded
)

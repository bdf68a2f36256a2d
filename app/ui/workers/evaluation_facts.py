"""What is asked of an evaluation in the background and what it tells: frozen facts. Knows no Qt."""

from dataclasses import dataclass

from app.core.datasets.registry import DATASETS
from app.core.datasets.types import LabelledImages
from app.core.inference.doubt_figures import DoubtFigures
from app.core.inference.evaluation import ModelEvaluation
from app.core.models.store import StoredModel


@dataclass(frozen=True)
class EvaluationRequest:
    """Read the test part of a set with a model; `dataset` and `data` are what `load_dataset` takes.

    `patience_s` is how long it may take if nobody asked for it, None if somebody did.
    """

    model: StoredModel
    dataset: str
    data: str
    patience_s: float | None = None

    @property
    def is_lasting(self) -> bool:
        """True for published sets: their content is checked by its hashes and is always the same."""
        return self.dataset in DATASETS

    @property
    def key(self) -> tuple[str, str, str, str]:
        """The same for requests that lead to the same evaluation; a model trained anew is another one."""
        return str(self.model.folder), self.model.card.created.isoformat(), self.dataset, self.data


@dataclass(frozen=True)
class EvaluationProgress:
    """`done` of `total` test pictures are read."""

    request: EvaluationRequest
    done: int
    total: int


@dataclass(frozen=True, eq=False)
class Evaluated:
    """The answers, what doubt about them is worth, and `training`, the first pictures that there are to learn from.

    `caution` is a sentence on why the figures flatter the model, or empty.
    """

    request: EvaluationRequest
    evaluation: ModelEvaluation
    doubts: DoubtFigures
    training: LabelledImages
    caution: str = ""


@dataclass(frozen=True)
class EvaluationStopped:
    """The person did not want to wait for it."""

    request: EvaluationRequest


@dataclass(frozen=True)
class EvaluationFailed:
    """It did not work; `message` is one sentence for the person."""

    request: EvaluationRequest
    message: str


@dataclass(frozen=True)
class EvaluationPostponed:
    """It would take longer than `patience_s`: about `estimate_s` for `total` test pictures. Nothing was kept of it."""

    request: EvaluationRequest
    total: int
    estimate_s: float


Outcome = Evaluated | EvaluationStopped | EvaluationPostponed | EvaluationFailed

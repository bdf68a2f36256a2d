"""Evaluations beside the window: what was asked for last, and what the last few gave."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject

from app.core.datasets.registry import DATASETS
from app.core.datasets.sources import load_dataset
from app.core.datasets.types import Dataset, LabelledImages
from app.core.errors import InputError
from app.core.inference.evaluation import (
    ModelEvaluation,
    UncertaintyMetrics,
    check_unseen,
    evaluate_model,
    uncertainty_metrics,
)
from app.core.inference.predictor import Predictor
from app.core.models.store import StoredModel
from app.ui.common.tasks import Task, Tasks

KEPT = 4
"""So many evaluations are remembered; one of 10,000 pictures takes 8 MB."""
TRAINING_SHOWN = 250

Load = Callable[[str, str], Dataset]


@dataclass(frozen=True)
class EvaluationRequest:
    """Read the test split of a set with a model; `dataset` and `data` are what `load_dataset` takes.

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


@dataclass(frozen=True, eq=False)
class Evaluated:
    """The answers, what doubt about them is worth, and `training`, the first pictures that there are to learn from.

    `caution` is a sentence on why the figures flatter the model, or empty.
    """

    request: EvaluationRequest
    evaluation: ModelEvaluation
    uncertainty: UncertaintyMetrics
    training: LabelledImages
    caution: str = ""


@dataclass(frozen=True)
class Postponed:
    """It would take longer than `patience_s`: about `estimate_s` for `total` test pictures. Nothing was kept of it."""

    total: int
    estimate_s: float


Outcome = Evaluated | Postponed


class Evaluations(Tasks):
    """One at a time. What was evaluated lately is there at once."""

    def __init__(self, load: Load = load_dataset, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._load = load
        self._newest: tuple[EvaluationRequest, Task[Outcome]] | None = None
        self._kept: OrderedDict[tuple[str, ...], Evaluated] = OrderedDict()

    def evaluate(
        self,
        request: EvaluationRequest,
        done: Callable[[Outcome], None],
        *,
        failed: Callable[[str], None] | None = None,
        stopped: Callable[[], None] | None = None,
        progressed: Callable[[tuple[int, int]], None] | None = None,
    ) -> None:
        """Evaluate this instead of whatever else is under way, unless it is just this.

        `progressed` is told how many of how many pictures are read.
        """

        def keep(outcome: Outcome) -> None:
            if isinstance(outcome, Evaluated):
                self._kept[request.key] = outcome
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            done(outcome)

        if self._is_at(request):
            return
        if request.key in self._kept:
            self.drop()
            done(self._kept[request.key])
            return
        task = self.start(
            lambda task: evaluate(request, lambda *counts: task.tell(counts), self._load),
            keep,
            failed=failed,
            stopped=stopped,
            progressed=progressed,
            newest_only=True,
        )
        self._newest = request, task

    def cancel(self) -> None:
        """Stop what is under way; `stopped` tells when it has ended."""
        if self._newest is not None:
            self._newest[1].stop()

    def forget(self) -> None:
        """A user's own data may have changed: what was evaluated on it, or is just being, counts no more."""
        for key in [key for key, kept in self._kept.items() if not kept.request.is_lasting]:
            del self._kept[key]
        if self._newest is not None and not self._newest[0].is_lasting:
            self._newest[1].drop()

    def _is_at(self, request: EvaluationRequest) -> bool:
        """Tell whether just this is under way."""
        if self._newest is None or not self.is_busy:
            return False
        newest, task = self._newest
        return newest.key == request.key and not task.is_stopping


class _TooLongError(Exception):
    """It would take longer than the user wants to wait unasked."""

    def __init__(self, total: int, estimate_s: float) -> None:
        super().__init__()
        self.total, self.estimate_s = total, estimate_s


def evaluate(request: EvaluationRequest, report: Callable[[int, int], None], load: Load = load_dataset) -> Outcome:
    """Do what is asked; `report` is told how many of how many pictures are read. Raises StudioError."""
    began = time.monotonic()

    def counted(done: int, total: int) -> None:
        nonlocal began
        report(done, total)
        now = time.monotonic()
        if not done:
            began = now  # what comes before is opening files
        elif request.patience_s is not None:
            each_s = (now - began) / done
            if (total - done) * each_s > request.patience_s:
                raise _TooLongError(total, total * each_s)

    predictor, dataset = Predictor(request.model), load(request.dataset, request.data)
    if not len(dataset.test):
        raise InputError(f"{dataset.title} has no test pictures; choose other data.")
    counted(0, len(dataset.test))
    try:
        evaluation = evaluate_model(predictor, dataset, counted, unseen_only=False)
    except _TooLongError as found:
        return Postponed(found.total, found.estimate_s)
    uncertainty = uncertainty_metrics(evaluation, request.model.card.calibration)
    caution = _caution(predictor, dataset)
    return Evaluated(request, _complete(evaluation), uncertainty, _first(dataset.train), caution)


def _complete(evaluation: ModelEvaluation) -> ModelEvaluation:
    """Count here what is counted once, so that the window never waits for it."""
    _ = evaluation.predicted, evaluation.confidences, evaluation.confusion, evaluation.classes, evaluation.calibration
    return evaluation


def _first(pictures: LabelledImages) -> LabelledImages:
    """A few of them, as copies: the others need not stay in memory."""
    return LabelledImages(pictures.images[:TRAINING_SHOWN].copy(), pictures.labels[:TRAINING_SHOWN].copy())


def _caution(predictor: Predictor, dataset: Dataset) -> str:
    """Why this is no fair test of the model, or an empty text."""
    try:
        check_unseen(predictor.model.card, dataset)
    except InputError as error:
        return str(error)
    return ""

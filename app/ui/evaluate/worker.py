"""The bridge to evaluations: one at a time in a thread of its own, the newest request wins."""

import contextlib
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QRunnable, QThread, QThreadPool, Signal, SignalInstance, Slot

from app.core.datasets.registry import DATASETS
from app.core.datasets.sources import load_dataset
from app.core.datasets.types import Dataset, LabelledImages
from app.core.errors import InputError, StudioError
from app.core.inference.evaluation import (
    ModelEvaluation,
    UncertaintyMetrics,
    check_unseen,
    evaluate_model,
    uncertainty_metrics,
)
from app.core.inference.predictor import Predictor
from app.core.models.store import StoredModel

# What is asked of an evaluation in the background and what it tells: frozen facts. Knows no Qt.


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
    uncertainty: UncertaintyMetrics
    training: LabelledImages
    caution: str = ""


@dataclass(frozen=True)
class EvaluationStopped:
    """The user did not want to wait for it."""

    request: EvaluationRequest


@dataclass(frozen=True)
class EvaluationFailed:
    """It did not work; `message` is one sentence for the user."""

    request: EvaluationRequest
    message: str


@dataclass(frozen=True)
class EvaluationPostponed:
    """It would take longer than `patience_s`: about `estimate_s` for `total` test pictures. Nothing was kept of it."""

    request: EvaluationRequest
    total: int
    estimate_s: float


Outcome = Evaluated | EvaluationStopped | EvaluationPostponed | EvaluationFailed


# One evaluation from request to outcome, in the thread of the caller. Knows no Qt.

PROGRESS_INTERVAL_S = 0.05
TRAINING_SHOWN = 250

_log = logging.getLogger(__name__)

Load = Callable[[str, str], Dataset]


class _StoppedError(Exception):
    """The user pressed Cancel, or wants something else by now."""


class _TooLongError(Exception):
    """It would take longer than the user wants to wait unasked."""

    def __init__(self, total: int, estimate_s: float) -> None:
        super().__init__()
        self.total, self.estimate_s = total, estimate_s


def evaluate(
    request: EvaluationRequest,
    on_progress: Callable[[EvaluationProgress], None],
    should_stop: Callable[[], bool],
    load: Load = load_dataset,
) -> Outcome:
    """Do what is asked; whatever goes wrong becomes an outcome. `on_progress` is called at most every 50 ms."""
    told_at, began = -PROGRESS_INTERVAL_S, time.monotonic()

    def report(done: int, total: int) -> None:
        nonlocal told_at, began
        if should_stop():
            raise _StoppedError
        now = time.monotonic()
        if not done:
            began = now  # what comes before is opening files
        elif request.patience_s is not None:
            each_s = (now - began) / done
            if (total - done) * each_s > request.patience_s:
                raise _TooLongError(total, total * each_s)
        if now - told_at >= PROGRESS_INTERVAL_S:
            told_at = now
            on_progress(EvaluationProgress(request, done, total))

    try:
        predictor, dataset = Predictor(request.model), load(request.dataset, request.data)
        if not len(dataset.test):
            return EvaluationFailed(request, f"{dataset.title} has no test pictures; choose other data.")
        report(0, len(dataset.test))
        evaluation = evaluate_model(predictor, dataset, report, unseen_only=False)
        uncertainty = uncertainty_metrics(evaluation, request.model.card.calibration)
        caution = _caution(predictor, dataset)
        return Evaluated(request, _complete(evaluation), uncertainty, _first(dataset.train), caution)
    except _StoppedError:
        return EvaluationStopped(request)
    except _TooLongError as found:
        return EvaluationPostponed(request, found.total, found.estimate_s)
    except StudioError as error:
        return EvaluationFailed(request, str(error))
    except MemoryError:
        return EvaluationFailed(request, "Memory ran out; close other programs and try again.")
    except Exception as error:
        _log.exception("%r failed", request)
        sentence = f"Something unexpected went wrong ({type(error).__name__}: {error}); try again."
        return EvaluationFailed(request, sentence)


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


KEPT = 4
"""So many evaluations are remembered; one of 10,000 pictures takes 8 MB."""


class EvaluationJobs(QObject):
    """Lives in the window's thread. When an outcome is told, the thread that made it is already gone."""

    progressed = Signal(object)  # EvaluationProgress
    ended = Signal(object)  # Outcome
    shut_down_finished = Signal()

    def __init__(self, load: Load = load_dataset, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._load = load
        self._thread: _JobThread | None = None
        self._next: EvaluationRequest | None = None
        self._kept: OrderedDict[tuple[str, ...], Evaluated] = OrderedDict()
        self._is_closing = False

    @property
    def is_busy(self) -> bool:
        """True while something is read or waits to be."""
        return self._thread is not None

    def start(self, request: EvaluationRequest) -> None:
        """Evaluate this instead of whatever else is under way; what was evaluated lately is there at once."""
        if self._is_closing or self._is_at(request):
            return
        self._next = request
        if self._thread is not None:
            self._thread.stopping.set()
        else:
            self._begin()

    def cancel(self) -> None:
        """Stop what is under way; `ended` tells when it did."""
        self._next = None
        if self._thread is not None:
            self._thread.stopping.set()

    def forget(self) -> None:
        """A user's own data may have changed: evaluate anew on it from now on."""
        for key in [key for key, kept in self._kept.items() if not kept.request.is_lasting]:
            del self._kept[key]
        if self._thread is not None and not self._thread.request.is_lasting:
            self._thread.is_outdated = True

    @Slot()
    def shut_down(self) -> None:
        """Ask the thread to end; `shut_down_finished` tells when it did. Returns at once."""
        self._is_closing = True
        self.cancel()
        if self._thread is None:
            self.shut_down_finished.emit()

    def _is_at(self, request: EvaluationRequest) -> bool:
        """Tell whether just this is under way, and nothing has changed since it began."""
        thread = self._thread
        if thread is None or thread.is_outdated or thread.stopping.is_set():
            return False
        return thread.request.key == request.key

    def _begin(self) -> None:
        request, self._next = self._next, None
        if request is None:
            return
        if kept := self._kept.get(request.key):
            self.ended.emit(kept)
            return
        self._thread = _JobThread(request, self._load, self)
        self._thread.progressed.connect(self._on_progressed)
        self._thread.finished.connect(self._on_finished)
        self._thread.start()

    @Slot(object)
    def _on_progressed(self, progress: EvaluationProgress) -> None:
        thread = self._thread
        if thread is not None and progress.request is thread.request and not thread.stopping.is_set():
            self.progressed.emit(progress)

    @Slot()
    def _on_finished(self) -> None:
        # finished is emitted from the dying thread, just before it is gone: what is left to wait for is no work.
        thread, self._thread = self._thread, None
        if thread is None:
            return
        thread.wait()
        outcome, was_overtaken = thread.outcome, self._next is not None
        thread.deleteLater()
        if isinstance(outcome, Evaluated) and not thread.is_outdated:
            self._keep(outcome)
        if self._is_closing:
            self.shut_down_finished.emit()
        elif was_overtaken:
            self._begin()
        elif outcome is not None:
            self.ended.emit(outcome)

    def _keep(self, outcome: Evaluated) -> None:
        self._kept[outcome.request.key] = outcome
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)


class _JobThread(QThread):
    """One evaluation. Only `progressed` crosses from the thread; the outcome is read once it has ended."""

    progressed = Signal(object)

    def __init__(self, request: EvaluationRequest, load: Load, parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName("evaluation")
        self.request, self.stopping = request, threading.Event()
        self.outcome: Outcome | None = None
        self.is_outdated = False
        self._load = load

    def run(self) -> None:
        """Called by Qt in the new thread."""
        self.outcome = evaluate(self.request, self.progressed.emit, self.stopping.is_set, self._load)


# Writing figures and tables away from the window: all predictions as a table take a tenth of a second.

Write = Callable[[], None]
"""Writes one file; raises StudioError if it cannot."""


@dataclass(frozen=True)
class Exported:
    """How writing ended: `error` is one sentence for the user, or empty; `notice` says what was written."""

    notice: str
    error: str = ""


class EvaluationExporter(QObject):
    """Lives in the window's thread and writes in another, one order after the other."""

    ended = Signal(object)  # Exported
    shut_down_finished = Signal()
    _done = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pending, self._is_closing = 0, False
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._done.connect(self._on_done)

    def write(self, files: Sequence[Write], notice: str) -> None:
        """Write all of these; `ended` tells with `notice` that it is done. Nothing begins after `shut_down`."""
        if not self._is_closing:
            self._pending += 1
            self._pool.start(_Task(files, notice, self._done))

    @Slot()
    def shut_down(self) -> None:
        """Finish what was begun; `shut_down_finished` tells when that is done. Returns at once."""
        self._is_closing = True
        self._tell_if_idle()

    @Slot(object)
    def _on_done(self, exported: Exported) -> None:
        self._pending -= 1
        if self._is_closing:
            self._tell_if_idle()
        else:
            self.ended.emit(exported)

    def _tell_if_idle(self) -> None:
        if not self._pending:
            self._pool.waitForDone()
            self.shut_down_finished.emit()


class _Task(QRunnable):
    def __init__(self, files: Sequence[Write], notice: str, done: SignalInstance) -> None:
        super().__init__()
        self._files, self._notice, self._tell = files, notice, done

    def run(self) -> None:
        try:
            for write in self._files:
                write()
            exported = Exported(self._notice)
        except StudioError as error:
            exported = Exported("", str(error))
        except Exception as error:  # else nobody would ever hear of it: this is a thread of its own
            _log.exception("an evaluation could not be written")
            sentence = f"Something unexpected went wrong ({type(error).__name__}: {error}); try again."
            exported = Exported("", sentence)
        with contextlib.suppress(RuntimeError):  # the window was closed meanwhile
            self._tell.emit(exported)

"""Reading away from the window: photographs, and numbers of several digits, take some ten milliseconds."""

import contextlib
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, SignalInstance, Slot

from app.core.errors import StudioError
from app.core.inference.predictor import Predictor
from app.core.models.store import StoredModel
from app.ui.widgets.paper import Paper
from app.ui.workers.recognition import Recognition, find_number, may_hold_a_number, recognize

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class ReadingRequest:
    """Read `paper` with `model` and, if there is one, with `other`; `several`: look for a number, too."""

    paper: Paper
    model: StoredModel
    other: StoredModel | None = None
    several: bool = True


@dataclass(frozen=True, eq=False)
class _Outcome:
    request: int
    recognition: Recognition | None


class PaperReader(QObject):
    """Reads one paper at a time; only the newest request is answered."""

    read = Signal(object)
    _done = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._newest = self._running = 0
        self._next: ReadingRequest | None = None
        # Held, or Python may drop a task before it began; the one before it may still be returning from its work.
        self._tasks: deque[_Task] = deque(maxlen=2)
        self._predictors = _Predictors()
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)  # predictors are not for two threads at once
        self._pool.setExpiryTimeout(1000)
        self._done.connect(self._on_done)

    @property
    def is_busy(self) -> bool:
        """True while an answer is to be expected."""
        return self._running > 0

    def ask(self, request: ReadingRequest) -> None:
        """Read this paper; `read` tells, unless a newer request comes first."""
        self._newest += 1
        self._next = request
        if not self._running:
            self._start()

    def forget(self) -> None:
        """Nothing that was asked for is wanted any more."""
        self._newest += 1
        self._next = None

    def _start(self) -> None:
        if self._next is not None:
            self._running, request, self._next = self._newest, self._next, None
            self._tasks.append(_Task(self._running, request, self._predictors, self._done))
            self._pool.start(self._tasks[-1])

    @Slot(object)
    def _on_done(self, outcome: _Outcome) -> None:
        self._running = 0
        if outcome.request == self._newest and outcome.recognition is not None:
            self.read.emit(outcome.recognition)
        self._start()


class _Predictors:
    """The models that were used last, open. Only ever touched by the one thread of the pool."""

    def __init__(self) -> None:
        self._open: dict[str, Predictor] = {}

    def of(self, model: StoredModel) -> Predictor:
        key = str(model.folder)
        if key not in self._open or self._open[key].model != model:
            self._open = {**dict(list(self._open.items())[-1:]), key: Predictor(model)}
        return self._open[key]


class _Task(QRunnable):
    def __init__(self, number: int, request: ReadingRequest, predictors: _Predictors, done: SignalInstance) -> None:
        super().__init__()
        self.setAutoDelete(False)
        self._number, self._request, self._predictors, self._done = number, request, predictors, done

    def run(self) -> None:
        recognition = _quietly(lambda: _read(self._request, self._predictors))
        with contextlib.suppress(RuntimeError):  # the window was closed meanwhile
            self._done.emit(_Outcome(self._number, recognition))


def _read(request: ReadingRequest, predictors: _Predictors) -> Recognition:
    predictor = predictors.of(request.model)
    other = predictors.of(request.other) if request.other is not None else None
    whole = recognize(request.paper, predictor, other)
    if not request.several or whole.prediction is None or not may_hold_a_number(request.paper, predictor):
        return whole
    return replace(whole, number=find_number(request.paper, predictor))


def _quietly(work: Callable[[], Recognition]) -> Recognition | None:
    try:
        return work()
    except StudioError:  # said once already, by whoever opened the model in the window
        return None
    except Exception:  # else nobody would ever hear of it: this is a thread of its own
        _log.exception("a paper could not be read")
        return None

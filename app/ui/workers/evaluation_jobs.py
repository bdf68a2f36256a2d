"""The bridge to evaluations: one at a time in a thread of its own, the newest request wins."""

import threading
from collections import OrderedDict

from PySide6.QtCore import QObject, QThread, Signal, Slot

from app.core.datasets.sources import load_dataset
from app.ui.workers.evaluation_facts import Evaluated, EvaluationProgress, EvaluationRequest, Outcome
from app.ui.workers.evaluation_work import Load, evaluate

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
        """A person's own data may have changed: evaluate anew on it from now on."""
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

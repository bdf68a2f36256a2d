"""The window's handle on searches: starts the thread when first needed, and ends it without waiting."""

from PySide6.QtCore import QObject, QThread, Signal, Slot

from app.core.search.plan import SearchPlan
from app.ui.workers.search_worker import MakeRunner, SearchRequest, SearchShown, SearchWorker
from app.ui.workers.training_thread import PythonThread


class SearchThread(QObject):
    """Lives in the window's thread. One search at a time; the thread itself lives until `shut_down`."""

    prepared = Signal(object)  # Prepared
    shown = Signal(object)  # SearchShown
    refused = Signal(str)  # why the search could not begin
    failed = Signal(str)
    model_published = Signal(str)
    shut_down_finished = Signal()

    _prepare_requested = Signal()
    _start_requested = Signal(object)
    _look_requested = Signal(str)
    _publish_requested = Signal(object)
    _stop_requested = Signal()
    _finish_requested = Signal()

    def __init__(self, make_runner: MakeRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._make_runner = make_runner
        self._thread: QThread | None = None
        self._worker: SearchWorker | None = None
        self._is_closing = False
        self.is_running = False

    def prepare(self) -> None:
        """List the studies; the first time, load what searches need. `prepared` brings the outcome."""
        self._ensure_thread()
        self._prepare_requested.emit()

    def start(self, plan: SearchPlan, workers: int) -> None:
        """Begin a search, or go on with it. Nothing happens while another one is under way."""
        if self.is_running or self._is_closing:
            return
        self.is_running = True
        self._ensure_thread()
        self._start_requested.emit(SearchRequest(plan, workers))

    def look_at(self, study: str) -> None:
        """Show a study without going on with it. Nothing happens while a search is under way."""
        if self.is_running:
            return
        self._ensure_thread()
        self._look_requested.emit(study)

    def publish_best(self, shown: SearchShown) -> None:
        """Put the model of the best trial among the user's own; `model_published` brings its name."""
        self._ensure_thread()
        self._publish_requested.emit(shown)

    def stop(self) -> None:
        """Let the trials under way be given back; `shown` tells when that is done."""
        self._stop_requested.emit()

    def shut_down(self) -> None:
        """Stop whatever runs and end the thread; `shut_down_finished` tells when. Returns at once."""
        self._is_closing = True
        if self._thread is None:
            self.shut_down_finished.emit()
        else:
            self._finish_requested.emit()

    def _ensure_thread(self) -> None:
        if self._thread is not None or self._is_closing:
            return
        self._thread, self._worker = PythonThread(self), SearchWorker(self._make_runner)
        self._thread.setObjectName("search")
        self._worker.moveToThread(self._thread)
        self._prepare_requested.connect(self._worker.prepare)
        self._start_requested.connect(self._worker.start)
        self._look_requested.connect(self._worker.look_at)
        self._publish_requested.connect(self._worker.publish_best)
        self._stop_requested.connect(self._worker.stop)
        self._finish_requested.connect(self._worker.finish)
        self._worker.prepared.connect(self.prepared)
        self._worker.shown.connect(self._on_shown)
        self._worker.refused.connect(self._on_refused)
        self._worker.failed.connect(self.failed)
        self._worker.model_published.connect(self.model_published)
        self._thread.finished.connect(self._on_thread_finished)
        self._thread.start()

    @Slot(object)
    def _on_shown(self, shown: SearchShown) -> None:
        self.is_running = shown.status.is_running
        self.shown.emit(shown)

    @Slot(str)
    def _on_refused(self, sentence: str) -> None:
        self.is_running = False
        self.refused.emit(sentence)

    @Slot()
    def _on_thread_finished(self) -> None:
        # Emitted by the dying thread just before it is gone; the deletion, later in this one, waits for that moment.
        if self._thread is not None:
            self._thread.deleteLater()
        self._thread = self._worker = None
        self.is_running = False
        self.shut_down_finished.emit()

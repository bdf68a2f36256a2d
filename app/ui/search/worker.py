"""The object that lives in the search thread: it holds the runner, looks after it, and says how the search goes."""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot

from app.core.errors import StudioError
from app.core.search.plan import SearchPlan
from app.core.search.status import SearchStatus
from app.ui.common.tasks import PythonThread

if TYPE_CHECKING:
    from app.core.search.runner import SearchRunner
    from app.core.search.study import KnownStudy
    from app.core.search.winner import Winners


MakeRunner = Callable[[], "SearchRunner"]

POLL_MS = 500
CLOSING_S = 8.0
"""Workers that are still busy so long after the window was closed are ended at once; their trials are not lost."""

_log = logging.getLogger(__name__)


def search_runner() -> "SearchRunner":
    """A runner for the user's own studies."""
    from app.core.search.runner import SearchRunner

    return SearchRunner()


@dataclass(frozen=True)
class Prepared:
    """Searches can begin: the studies that were begun before, newest first, and the cores of this computer."""

    studies: "tuple[KnownStudy, ...]"
    cores: int


@dataclass(frozen=True)
class SearchRequest:
    """A search to begin, or to go on with."""

    plan: SearchPlan
    workers: int


@dataclass(frozen=True)
class SearchShown:
    """How a search goes now, with what it was asked to do. `has_model`: the best trial's model was kept here.

    `importances` is how much each varied setting mattered, 0..1; empty while nobody can tell.
    """

    plan: SearchPlan
    status: SearchStatus
    has_model: bool = False
    importances: Mapping[str, float] = field(default_factory=dict)


class SearchWorker(QObject):
    """Runs one search at a time. Its slots must only be reached through queued signals."""

    prepared = Signal(object)  # Prepared
    shown = Signal(object)  # SearchShown
    refused = Signal(str)  # why the search could not begin
    failed = Signal(str)  # what went wrong besides; a search under way goes on
    model_published = Signal(str)

    def __init__(self, make_runner: MakeRunner) -> None:
        super().__init__()
        self._make_runner = make_runner
        self._runner: SearchRunner | None = None
        self._plan: SearchPlan | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self.poll)

    @Slot()
    def prepare(self) -> None:
        """Load what searches need, and list the studies."""
        with _telling(self.failed.emit):
            from app.core.search.runner import cores
            from app.core.search.study import known_studies

            self.prepared.emit(Prepared(known_studies(), cores()))

    @Slot(object)
    def start(self, request: SearchRequest) -> None:
        """Begin a search; `shown` tells how it goes until it is over."""
        with _telling(self.refused.emit):
            runner = self._make_runner()
            runner.start(request.plan, request.workers)
            self._runner, self._plan = runner, request.plan
            self._timer.start()
            self.poll()

    @Slot(str)
    def look_at(self, study: str) -> None:
        """Show a study without going on with it."""
        with _telling(self.failed.emit):
            from app.core.search.study import study_plan, study_status

            self.shown.emit(_shown(study_plan(study), study_status(study)))

    @Slot()
    def poll(self) -> None:
        """Look after the search under way."""
        if self._runner is None or self._plan is None:
            return
        with _telling(self.failed.emit):
            status = self._runner.poll()
            self.shown.emit(_shown(self._plan, status))
            if not status.is_running:
                self._timer.stop()
                self._runner = None

    @Slot(object)
    def publish_best(self, shown: SearchShown) -> None:
        """Put the model of the best trial among the user's own."""
        with _telling(self.failed.emit):
            if shown.status.best is not None:
                self.model_published.emit(_winners(shown.plan).publish(shown.status.best).card.name)

    @Slot()
    def stop(self) -> None:
        """Let the trials under way be given back; `shown` tells when the workers have ended."""
        if self._runner is not None:
            self._runner.stop()
            self.poll()

    @Slot()
    def finish(self) -> None:
        """Stop what runs, wait for it, and end the thread."""
        self._timer.stop()
        if self._runner is not None:
            impatience = threading.Timer(CLOSING_S, partial(self._runner.stop, at_once=True))
            impatience.start()
            self._runner.close()
            impatience.cancel()
            impatience.join()
            self._runner = None
        QThread.currentThread().quit()


def _shown(plan: SearchPlan, status: SearchStatus) -> SearchShown:
    from app.core.search.effects import importances

    has_model = not status.is_running and status.best is not None and _winners(plan).has(status.best)
    return SearchShown(plan, status, has_model, importances(plan, status) if not status.is_running else {})


def _winners(plan: SearchPlan) -> "Winners":
    from app.core.search.storage import own_storage
    from app.core.search.winner import Winners

    return Winners(own_storage(), plan)


@contextmanager
def _telling(tell: Callable[[str], None]) -> Iterator[None]:
    """Turn what goes wrong inside into a sentence; nobody else would hear of it in this thread."""
    try:
        yield
    except StudioError as error:
        tell(str(error))
    except Exception as error:
        _log.exception("a search failed")
        tell(f"Something unexpected went wrong ({type(error).__name__}: {error}); try again.")


# The window's handle on searches: starts the thread when first needed, and ends it without waiting.


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

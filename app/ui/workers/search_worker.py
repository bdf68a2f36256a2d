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

if TYPE_CHECKING:  # Optuna takes a second to load: only in the thread, and only once it is needed
    from app.core.search.runner import SearchRunner
    from app.core.search.studies import KnownStudy
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
            from app.core.search.studies import known_studies

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
            from app.core.search.studies import study_plan, study_status

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

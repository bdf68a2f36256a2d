"""The search thread, in which the runner lives: what is done in it, and how the window reaches it."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.core.search.plan import SearchPlan
from app.core.search.status import SearchStatus
from app.ui.common.tasks import WorkerThread

if TYPE_CHECKING:
    from app.core.search.runner import SearchRunner
    from app.core.search.study import KnownStudy
    from app.core.search.winner import Winners


MakeRunner = Callable[[], "SearchRunner"]

POLL_MS = 500
CLOSING_S = 8.0
"""Workers that are still busy so long after the window was closed are ended at once; their trials are not lost."""


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
class SearchShown:
    """How a search goes now, with what it was asked to do. `has_model`: the best trial's model was kept here.

    `importances` is how much each varied setting mattered, 0..1; empty while nobody can tell.
    """

    plan: SearchPlan
    status: SearchStatus
    has_model: bool = False
    importances: Mapping[str, float] = field(default_factory=dict)


class SearchThread(WorkerThread):
    """One search at a time, and its runner, which is looked after twice a second."""

    prepared = Signal(object)  # Prepared
    shown = Signal(object)  # SearchShown
    refused = Signal(str)  # why the search could not begin
    failed = Signal(str)  # what went wrong besides; a search under way goes on
    model_published = Signal(str)

    def __init__(self, make_runner: MakeRunner, parent: QObject | None = None) -> None:
        super().__init__("search", parent)
        self._worker = SearchWorker(make_runner)
        self.is_running = False
        self._soon = QTimer(self, singleShot=True, interval=POLL_MS)
        self._soon.timeout.connect(self._poll)

    def prepare(self) -> None:
        """List the studies; the first time, load what searches need. `prepared` brings the outcome."""
        self.call(prepare, self.prepared.emit, self.failed.emit)

    def start(self, plan: SearchPlan, workers: int) -> None:
        """Begin a search, or go on with it. Nothing happens while another one is under way."""
        if not self.is_running:
            self.is_running = True
            self.call(partial(self._worker.start, plan, workers), self._poll, self._on_refused)

    def look_at(self, study: str) -> None:
        """Show a study without going on with it. Nothing happens while a search is under way."""
        if not self.is_running:
            self.call(partial(show_study, study), self._on_shown, self.failed.emit)

    def publish_best(self, shown: SearchShown) -> None:
        """Put the model of the best trial among the user's own; `model_published` brings its name."""
        self.call(partial(publish_best, shown), self.model_published.emit, self.failed.emit)

    def stop(self) -> None:
        """Let the trials under way be given back; `shown` tells when that is done."""
        self.call(self._worker.stop, self._poll, self.failed.emit)

    def finish(self) -> None:
        self._worker.close()
        self.is_running = False

    @Slot()
    def _poll(self, _: object = None) -> None:
        self._soon.stop()  # one at a time
        self.call(self._worker.poll, self._on_polled, self._on_not_polled)

    def _on_polled(self, shown: SearchShown | None) -> None:
        if shown is not None:
            self._on_shown(shown)

    def _on_shown(self, shown: SearchShown) -> None:
        self.is_running = shown.status.is_running
        self.shown.emit(shown)
        if self.is_running:
            self._soon.start()

    def _on_not_polled(self, sentence: str) -> None:
        self.failed.emit(sentence)
        self._soon.start()

    def _on_refused(self, sentence: str) -> None:
        self.is_running = False
        self.refused.emit(sentence)


class SearchWorker:
    """Holds the runner of the search under way. All this happens in the search thread, whose own the runner is."""

    def __init__(self, make_runner: MakeRunner) -> None:
        self._make_runner = make_runner
        self._runner: SearchRunner | None = None
        self._plan: SearchPlan | None = None

    def start(self, plan: SearchPlan, workers: int) -> None:
        """Begin a search."""
        runner = self._make_runner()
        runner.start(plan, workers)
        self._runner, self._plan = runner, plan

    def poll(self) -> SearchShown | None:
        """Look after the search under way; None if there is none."""
        if self._runner is None or self._plan is None:
            return None
        status = self._runner.poll()
        shown = _shown(self._plan, status)
        if not status.is_running:
            self._runner = None
        return shown

    def stop(self) -> None:
        """Let the trials under way be given back, without waiting for the workers."""
        if self._runner is not None:
            self._runner.stop()

    def close(self) -> None:
        """Stop what runs, and wait for it."""
        if self._runner is not None:
            impatience = threading.Timer(CLOSING_S, partial(self._runner.stop, at_once=True))
            impatience.start()
            self._runner.close()
            impatience.cancel()
            impatience.join()
            self._runner = None


def prepare() -> Prepared:
    """Load what searches need, and list the studies."""
    from app.core.search.runner import cores
    from app.core.search.study import known_studies

    return Prepared(known_studies(), cores())


def show_study(study: str) -> SearchShown:
    """How a study stands, without going on with it."""
    from app.core.search.study import look_at

    return _shown(*look_at(study))


def publish_best(shown: SearchShown) -> str:
    """Put the model of the best trial among the user's own; returns its name."""
    assert shown.status.best is not None
    return _winners(shown.plan).publish(shown.status.best).card.name


def _shown(plan: SearchPlan, status: SearchStatus) -> SearchShown:
    from app.core.search.effects import importances

    has_model = not status.is_running and status.best is not None and _winners(plan).has(status.best)
    return SearchShown(plan, status, has_model, importances(plan, status) if not status.is_running else {})


def _winners(plan: SearchPlan) -> "Winners":
    from app.core.search.storage import own_storage
    from app.core.search.winner import Winners

    return Winners(own_storage(), plan)

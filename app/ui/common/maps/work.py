"""What a map needs beside the window: the last layer looked into, t-SNE, and the place of a drawing."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from app.core.inference.mapping.knowledge import KnowledgeMap, Projection
from app.core.inference.mapping.making import Placer, keep_map
from app.core.inference.mapping.tsne import Array
from app.core.models.store import StoredModel
from app.ui.common.tasks import Task, Tasks, leave_the_window_first

_TOLD_EVERY = 10
"""Steps of t-SNE between two pictures of the map that forms."""

Look = Callable[[Task[object]], object]


class MapWork(QObject):
    """One map at a time, and the place of the newest drawing on it."""

    looked = Signal(object)  # what `look` was asked to find
    formed = Signal(object)  # Array: the places of the map that forms
    computed = Signal(object)  # KnowledgeMap with places by t-SNE
    placed = Signal(object)  # Array or None: where the drawing is
    counted = Signal(int, int)  # done, total
    failed = Signal(str)
    stopped = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = Tasks(self)
        self._task: Task[object] | Task[KnowledgeMap] | None = None

    @property
    def is_busy(self) -> bool:
        """Whether something is looked into or computed."""
        return self._task is not None

    def look(self, find: Look) -> None:
        """Find what a map is made of, in place of all else; `find` may tell how much of how much is done."""
        self._tasks.drop("place")
        self._task = self._tasks.start(
            find,
            partial(self._end, self.looked.emit),
            failed=partial(self._end, self.failed.emit),
            stopped=partial(self._end, self.stopped.emit),
            progressed=lambda counts: self.counted.emit(*counts),
            lane="map",
            newest_only=True,
        )

    def compute(self, model: StoredModel, knowledge: KnowledgeMap) -> None:
        """Compute the places by t-SNE, and keep the map for the next time."""
        self._task = self._tasks.start(
            partial(_compute, model, knowledge),
            partial(self._end, self.computed.emit),
            failed=partial(self._end, self.failed.emit),
            stopped=partial(self._end, self.stopped.emit),
            progressed=self._on_formed,
            lane="map",
            newest_only=True,
        )

    def place(
        self, placer: Placer, knowledge: KnowledgeMap, picture: Callable[[], Array | None], projection: Projection
    ) -> None:
        """Find where a picture (28, 28) is; None is nowhere."""

        def work(_task: "Task[Array | None]") -> Array | None:
            image = picture()
            return None if image is None else placer.place(knowledge, image, projection)

        self._tasks.start(
            work, self.placed.emit, failed=lambda _sentence: self.placed.emit(None), lane="place", newest_only=True
        )

    def stop(self) -> None:
        """End what is under way; `stopped` tells when it has ended."""
        if self._task is not None:
            self._task.stop()

    def drop(self) -> None:
        """Nothing is wanted any more."""
        self._task = None
        for lane in ("map", "place"):
            self._tasks.drop(lane)

    def drop_place(self) -> None:
        """There is no drawing any more."""
        self._tasks.drop("place")

    def _end(self, tell: Callable[..., None], *outcome: object) -> None:
        self._task = None
        tell(*outcome)

    def _on_formed(self, told: tuple[int, int, Array]) -> None:
        done, total, places = told
        self.counted.emit(done, total)
        self.formed.emit(places)


def _compute(model: StoredModel, knowledge: KnowledgeMap, task: Task[KnowledgeMap]) -> KnowledgeMap:
    leave_the_window_first()

    def report(done: int, total: int, places: Array) -> None:
        task.check()
        if done % _TOLD_EVERY == 0:
            task.tell((done, total, places))

    found = knowledge.with_neighbourhood(report, task.check)
    keep_map(model, found)
    return found

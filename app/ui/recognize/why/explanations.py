"""Explanations beside the window, in stages: of the newest prediction only, and none while the pen moves."""

from collections.abc import Callable, Hashable
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.core.imaging.preprocess import NetworkInput
from app.core.inference.explaining.explainer import Explainer
from app.core.inference.predictor import Prediction
from app.core.models.store import StoredModel
from app.ui.common.tasks import Task, Tasks, leave_the_window_first

PAUSE_MS = 150
"""So long the pen must rest before anything is computed."""
SPARE_S = 0.05
"""Between two pieces of what is prepared in spare time: others want the processor, too."""


class Explanations(Tasks):
    """One at a time; between them, what later ones need is prepared."""

    explained = Signal(object)  # Explanation, each stage more complete than the one before
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._explain: Callable[[Task[None]], None] | None = None
        self._explainer: Explainer | None = None  # belongs to the task under way
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._on_paused)

    def ask(self, shown: NetworkInput, prediction: Prediction, model: StoredModel) -> None:
        """Say soon why `model` predicts this for `shown`, unless something newer comes first."""
        self.drop()
        self._explain = partial(self._stages, shown, prediction, model)
        self._pause.start()

    def drop(self, lane: Hashable = None) -> None:
        """Nothing is to be explained any more."""
        self._pause.stop()
        super().drop(lane)

    @Slot()
    def _on_paused(self) -> None:
        if self._explain is not None:
            self.start(self._explain, self._on_explained, failed=self.failed.emit, progressed=self.explained.emit)

    def _on_explained(self, _: None) -> None:
        self.start(self._prepare_more)

    def _stages(self, shown: NetworkInput, prediction: Prediction, model: StoredModel, task: Task[None]) -> None:
        leave_the_window_first()
        if self._explainer is None or self._explainer.model != model:
            self._explainer = Explainer(model)
        for explanation in self._explainer.stages(shown, prediction, task.check):
            task.tell(explanation, often=True)

    def _prepare_more(self, task: Task[None]) -> None:
        leave_the_window_first()
        while self._explainer is not None and self._explainer.prepare_more():
            task.check(SPARE_S)

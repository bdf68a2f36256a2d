"""Why the network answers as it does, in words and pictures, for a column beside the answer."""

from collections.abc import Callable, Hashable, Iterator
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.core.imaging.preprocess import NetworkInput
from app.core.inference.explaining.explainer import Explainer, Explanation
from app.core.inference.explaining.neighbours import Neighbours
from app.core.inference.explaining.saliency import Saliency
from app.core.inference.predictor import Prediction
from app.core.models.store import StoredModel
from app.ui import theme
from app.ui.common import build
from app.ui.common.containers import Card, FormScroll
from app.ui.common.navigator import Navigator
from app.ui.common.picture_grid import ExampleChosen
from app.ui.common.tasks import Task, Tasks, leave_the_window_first
from app.ui.recognize.invitations import waiting_words
from app.ui.recognize.network_input_view import StepStrip
from app.ui.recognize.recognizer import Recognition
from app.ui.recognize.why import words as why_words
from app.ui.recognize.why.examples import WhyExamples
from app.ui.recognize.why.hints import WhyHints, WhySection, wrapped_label
from app.ui.recognize.why.saliency_map import WhyMap

# Explanations beside the window, in stages: of the newest prediction only, and none while the pen moves.

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


LEAST_WIDTH, MOST_WIDTH = 260, 420
_SLOW_MS = 400
"""What takes longer than this is said to be waited for."""

_REASONS, _MESSAGE = 0, 1


class WhyPanel(QWidget):
    """Explains the newest recognition it was shown, while it is seen; hidden, it asks for nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recognition: Recognition | None = None
        self._model: StoredModel | None = None
        self._explanation: Explanation | None = None
        self._explanations = Explanations(self)
        self._title, self._summary, self._message = (
            wrapped_label("title"),
            wrapped_label("text"),
            wrapped_label("muted"),
        )
        self.hints, self.examples, self.map, self.steps = WhyHints(), WhyExamples(), WhyMap(), StepStrip()
        self._hints = WhySection(self.tr("What is unusual"), self.hints, self.tr("Measuring it…"))
        self._nearest = WhySection(
            self.tr("Nearest training pictures"), self.examples, self.tr("Comparing it with the training pictures…")
        )
        self._spoke = WhySection(self.tr("Evidence"), self.map, self.tr("Computing the evidence…"))
        self._prepared = WhySection(self.tr("From the paper to 28 × 28"), self.steps, self.tr("Preparing it…"))
        self._slow = QTimer(self, singleShot=True, interval=_SLOW_MS)
        self._slow.timeout.connect(self._on_slow)
        self._explanations.explained.connect(self._on_explained)
        self._explanations.failed.connect(self._on_failed)
        self.examples.chosen.connect(self._on_example_chosen)
        self._lay_out()
        self._refresh()

    @property
    def explanation(self) -> Explanation | None:
        """What is shown, as far as it is known by now."""
        return self._explanation

    @property
    def title(self) -> str:
        """The question that is answered."""
        return self._title.text()

    @property
    def message(self) -> str:
        """The sentence in place of reasons, or an empty text."""
        return self._message.text() if self._stack.currentIndex() == _MESSAGE else ""

    @property
    def words(self) -> tuple[str, ...]:
        """Every sentence that is shown, from the top."""
        return (self._summary.text(), *(section.words for section in self._sections()))

    def show_recognition(self, recognition: Recognition | None, model: StoredModel | None) -> None:
        """Explain what `model` read, as soon as the pen rests; nothing read shows an invitation."""
        if model != self._model:
            self._forget()
        self._recognition, self._model = recognition, model
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Now somebody looks."""
        super().showEvent(event)
        self._refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks any more."""
        super().hideEvent(event)
        self._slow.stop()
        self._explanations.drop()

    def _refresh(self) -> None:
        recognition, model = self._recognition, self._model
        self._title.setText(self.tr("Why?"))
        if recognition is None or recognition.prediction is None or model is None:
            self._slow.stop()
            self._explanations.drop()
            self._forget()
            if recognition is None or recognition.paper.is_empty:
                self._say(self.tr("Draw something or open a picture: this explains the answer of the network."))
            else:
                self._say(waiting_words(model, recognition.paper, recognition))
        elif self.isVisible():
            if self._explanation is None:
                self._say(self.tr("Looking for reasons…"))
            self._explanations.ask(recognition.shown, recognition.prediction, model)
            self._slow.start()

    def _forget(self) -> None:
        self._explanation = None
        for section in self._sections():
            section.reset()

    def _say(self, sentence: str, is_error: bool = False) -> None:
        self._message.setText(sentence)
        self._message.setProperty("role", "error" if is_error else "muted")
        self._message.style().polish(self._message)
        self._stack.setCurrentIndex(_MESSAGE)

    def _sections(self) -> tuple[WhySection, ...]:
        return (self._hints, self._nearest, self._spoke, self._prepared)

    @Slot(object)
    def _on_explained(self, explanation: Explanation) -> None:
        self._show(explanation)
        if explanation.is_complete:
            self._slow.stop()

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self._slow.stop()
        self._forget()
        self._say(sentence, is_error=True)

    def _show(self, explanation: Explanation) -> None:
        self._explanation = explanation
        self._title.setText(why_words.title_words(explanation))
        self._summary.setText(why_words.summary_words(explanation))
        self.steps.set_steps(explanation.shown.steps)
        self._prepared.show_words(why_words.steps_words(explanation), has_body=bool(explanation.shown.steps))
        if explanation.hints is not None:
            self._show_hints(explanation)
        if explanation.neighbours is not None:
            self._show_neighbours(explanation)
        if explanation.saliency is not None:
            self._show_saliency(explanation)
        self._stack.setCurrentIndex(_REASONS)

    def _show_hints(self, explanation: Explanation) -> None:
        found = explanation.hints if isinstance(explanation.hints, tuple) else ()
        self.hints.show_hints(found, explanation)
        self._hints.show_words(why_words.hints_words(explanation), has_body=bool(found))

    def _show_neighbours(self, explanation: Explanation) -> None:
        found = explanation.neighbours
        if isinstance(found, Neighbours):
            self.examples.show_neighbours(found, explanation.class_names)
        self._nearest.show_words(why_words.neighbours_words(explanation), has_body=isinstance(found, Neighbours))

    def _show_saliency(self, explanation: Explanation) -> None:
        found = explanation.saliency
        has_map = isinstance(found, Saliency) and not found.is_blank
        if isinstance(found, Saliency):
            self.map.show_saliency(found, explanation.shown.image, why_words.map_legend(explanation))
        self._spoke.set_heading(why_words.map_heading(explanation))
        self._spoke.show_words(why_words.map_words(explanation), has_body=has_map)

    @Slot()
    def _on_slow(self) -> None:
        """Say what is still waited for."""
        for section in self._pending():
            section.wait()

    def _pending(self) -> Iterator[WhySection]:
        now = self._explanation
        if now is None or self._recognition is None or now.prediction is not self._recognition.prediction:
            return  # nothing of the new picture has come yet
        for part, section in ((now.hints, self._hints), (now.neighbours, self._nearest), (now.saliency, self._spoke)):
            if part is None:
                yield section

    @Slot(int)
    def _on_example_chosen(self, index: int) -> None:
        now = self._explanation
        if now is not None and isinstance(now.neighbours, Neighbours):
            true = now.class_names[now.neighbours.labels[index]]
            example = ExampleChosen(now.neighbours.images[index], now.preprocessing, true=true)
            Navigator.of(self).open_example(example)

    def _lay_out(self) -> None:
        margins = 0, 0, theme.SPACING // 2, 0
        content = build.panel(
            build.column(self._summary, *self._sections(), build.STRETCH, margins=margins, spacing=theme.MARGIN)
        )
        self._message.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._stack = QStackedWidget()
        self._stack.insertWidget(_REASONS, FormScroll(content))
        self._stack.insertWidget(_MESSAGE, self._message)
        card = Card()
        card.body.addWidget(self._title)
        card.body.addWidget(self._stack, 1)
        build.column(card, on=self)
        self.setMinimumWidth(LEAST_WIDTH)
        self.setMaximumWidth(MOST_WIDTH)

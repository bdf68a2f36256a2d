"""The Recognize page: paper on the left, what the network sees in the middle, what it believes on the right."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.core.imaging.examples import example_picture
from app.core.imaging.preprocess import Preprocessing
from app.core.models.store import StoredModel, list_models
from app.ui import theme
from app.ui.pages.paper_files import PaperFiles, local_files
from app.ui.pages.recognizer import PaperProbe, Recognition, Recognizer
from app.ui.settings import Settings
from app.ui.widgets.answer import Answer
from app.ui.widgets.canvas import Canvas, Tool
from app.ui.widgets.card import Card
from app.ui.widgets.drawing_tools import DrawingTools
from app.ui.widgets.model_chooser import ModelChooser
from app.ui.widgets.model_facts import ModelFacts
from app.ui.widgets.network_view import NetworkView, StepStrip
from app.ui.widgets.paper import Paper
from app.ui.widgets.probability_bars import ProbabilityBars

SEES_WIDTH, COMPACT_SEES_WIDTH = 262, 200
BELIEVES_WIDTH = 300
COMPACT_BELOW = 1140
"""On a page narrower than this, the middle column and the tools give room to the bars."""
PREFERRED_MODEL = "digits-cnn"


class RecognizePage(QWidget):
    """Draw or load; the rest follows by itself."""

    input_changed = Signal(object)
    status_changed = Signal(str)
    failed = Signal(str)
    succeeded = Signal()

    def __init__(self, settings: Settings, chooser: ModelChooser, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings, self._chooser = settings, chooser
        self.canvas, self.tools = Canvas(), DrawingTools()
        self.files = PaperFiles(self.canvas)
        self.sees, self.steps = NetworkView(), StepStrip()
        self.answer, self.bars = Answer(), ProbabilityBars()
        self._facts = ModelFacts()
        self._recognizer = Recognizer(self)
        self._lay_out()
        self._connect()
        self.setAcceptDrops(True)
        if settings.brush_size:
            self.tools.brush_size.setValue(settings.brush_size)
        self.refresh_models(settings.model or PREFERRED_MODEL)

    @property
    def paper(self) -> Paper:
        """What lies on the paper."""
        return self.canvas.paper

    @Slot(str)
    def refresh_models(self, select: str = "") -> None:
        """Look again at which models there are, and read with the one named `select`, or go on with the same."""
        chosen = self._chooser.chosen
        self._chooser.set_models(list_models(), select or (chosen.card.name if chosen else PREFERRED_MODEL))
        self._use(self._chooser.chosen)

    @property
    def reads_as(self) -> str:
        """The preprocessing of the model that reads."""
        model = self._chooser.chosen
        return model.card.preprocessing if model else Preprocessing.DIGITS

    def show_example(self, image: NDArray[np.uint8], preprocessing: str) -> None:
        """Lay an example of a dataset on the paper: (28, 28) uint8, ink = 255, prepared as `preprocessing` says.

        It is read as it is by a model with that preprocessing; it can be drawn on, erased, and taken away by undo.
        """
        drawing = self.canvas.paper.drawing
        self.canvas.put(Paper(drawing, example_picture(image), invert=True, example_of=preprocessing))
        self.succeeded.emit()

    @Slot(str)
    def use_new_model(self, name: str) -> None:
        """Read with a model that was just trained, now and after the next start."""
        self._settings.model = name
        self.refresh_models(name)

    @property
    def tab_chain(self) -> tuple[QWidget, ...]:
        """What Tab goes through: tools, paper, files."""
        tools, files = self.tools, self.files
        drawing = (tools.pen, tools.eraser, tools.brush_size, tools.undo, tools.redo, tools.clear, self.canvas)
        return (*drawing, files.open, files.paste, files.samples, files.save, files.polarity)

    def _lay_out(self) -> None:
        paper = Card()
        for widget, stretch in ((self.tools, 0), (self.canvas, 1), (self.files, 0)):
            paper.body.addWidget(widget, stretch)
        sees = Card(self.tr("What the network sees"))
        sees.body.addWidget(self.sees)
        sees.body.addWidget(self.steps)
        sees.body.addWidget(self.files.polarity)
        middle = QVBoxLayout()
        middle.setSpacing(theme.MARGIN)
        middle.addWidget(sees)
        middle.addWidget(self._facts)
        middle.addStretch()
        middle_column = QWidget()
        middle_column.setLayout(middle)
        middle.setContentsMargins(0, 0, 0, 0)
        self._middle = middle_column
        self._middle.setFixedWidth(SEES_WIDTH)
        believes = Card(self.tr("What it believes"))
        believes.setMinimumWidth(BELIEVES_WIDTH)
        believes.body.addWidget(self.answer)
        believes.body.addWidget(self.bars, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(*[theme.MARGIN] * 4)
        row.setSpacing(theme.MARGIN)
        row.addWidget(paper, 6)
        row.addWidget(middle_column)
        row.addWidget(believes, 5)

    def _connect(self) -> None:
        self.tools.tool_chosen.connect(self._on_tool_chosen)
        self.tools.brush_size_changed.connect(self._on_brush_size_changed)
        self.tools.undo_requested.connect(self.canvas.undo)
        self.tools.redo_requested.connect(self.canvas.redo)
        self.tools.clear_requested.connect(self.canvas.clear)
        self.canvas.changed.connect(self._on_changed)
        self.canvas.stroke_finished.connect(self.succeeded)
        self.files.failed.connect(self.failed)
        self.files.succeeded.connect(self.succeeded)
        self._recognizer.recognized.connect(self._on_recognized)
        self._recognizer.failed.connect(self.failed)
        self._chooser.model_chosen.connect(self._on_model_chosen)
        self._on_changed()

    @Slot(str)
    def _on_tool_chosen(self, tool: str) -> None:
        self.canvas.set_tool(Tool(tool))

    @Slot(int)
    def _on_brush_size_changed(self, size: int) -> None:
        self.canvas.set_brush_size(size)
        self._settings.brush_size = size

    @Slot()
    def _on_changed(self) -> None:
        paper, history = self.canvas.paper, self.canvas.history
        self.tools.set_possible(self.canvas.can_undo, history.can_redo, not paper.is_empty)
        self.files.show_paper(paper)
        self._recognizer.read(paper)

    @Slot(object)
    def _on_model_chosen(self, model: StoredModel) -> None:
        self._settings.model = model.card.name
        self._use(model)

    def _use(self, model: StoredModel | None) -> None:
        self._recognizer.set_model(model)
        self._facts.set_card(model.card if model else None)
        if model is not None:
            self.bars.set_classes(model.card.class_names)
        if model is None or model.card.preprocessing == Preprocessing.DIGITS:
            self.canvas.set_hint(self.tr("Draw a digit here"))
        else:
            self.canvas.set_hint(self.tr("Drop a picture of clothing here, or draw one"))
        if model is None:
            self.answer.set_hint(self.tr("No model yet: train one on the Train page"))
        else:
            self.answer.set_hint(self.tr("Draw, and watch the bars move"))

    @Slot(object)
    def _on_recognized(self, recognition: Recognition) -> None:
        shown, prediction = recognition.shown, recognition.prediction
        model = self._chooser.chosen
        names = model.card.class_names if model else ()
        self.sees.set_image(None if shown.is_empty else shown.image)
        self.steps.set_steps(() if shown.is_empty else shown.steps)
        self.answer.set_prediction(prediction, names)
        self.bars.set_probabilities(prediction.probabilities if prediction else None)
        self.files.show_answer(self.answer.text)
        self.input_changed.emit(None if shown.is_empty else PaperProbe(recognition.paper))
        if prediction is not None:
            self.status_changed.emit(self.tr("LiteRT, {time:.2f} ms").format(time=prediction.elapsed_ms))
        else:
            self.status_changed.emit("")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make room for the answer in a small window."""
        is_compact = self.width() < COMPACT_BELOW
        self._middle.setFixedWidth(COMPACT_SEES_WIDTH if is_compact else SEES_WIDTH)
        self.tools.set_compact(is_compact)
        self._facts.set_compact(is_compact)
        super().resizeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and pictures."""
        if event.mimeData().hasImage() or local_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Lay what was dropped on the paper."""
        self.files.take(event.mimeData())
        event.acceptProposedAction()

    def preview(self) -> QImage | None:
        """What lies on the paper as a picture, or None for nothing."""
        return None if self.paper.is_empty else self.canvas.preview()

    @Slot()
    def focus_paper(self) -> None:
        """Let the keyboard act on the paper."""
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

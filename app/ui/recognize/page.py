"""The Recognize page: paper on the left, the network input in the middle, the prediction on the right."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QWidget

from app.core.datasets.registry import DIGIT_CLASSES, kind_of
from app.core.datasets.types import DataKind
from app.core.errors import StudioError
from app.core.imaging.paper import Paper, load_papers
from app.core.imaging.preprocess import NetworkInput, Preprocessing, example_picture
from app.core.inference.better_model import Better
from app.core.lessons.happenings import Action, Deed, Reading
from app.core.models.store import StoredModel, list_models
from app.core.paths import user_dir
from app.ui import theme
from app.ui.common import build
from app.ui.common.choices import ModelChooser, suited_models
from app.ui.common.containers import Card
from app.ui.common.layout import UNLIMITED
from app.ui.common.messages import Messages
from app.ui.common.page import Page
from app.ui.common.window_object import Happenings
from app.ui.recognize.better_reader import BetterReader, looks_words
from app.ui.recognize.columns import COMPACT_BELOW, LOW_BELOW, SMALL_INPUT, Reasons, RecognizeColumns
from app.ui.recognize.comparison import Side, agreement_words, correction_words
from app.ui.recognize.files import PaperFiles, PaperKeeper
from app.ui.recognize.incoming import PaperDrops
from app.ui.recognize.invitations import paper_words, waiting_words
from app.ui.recognize.network_input_view import NetworkView, StepStrip
from app.ui.recognize.paper.canvas import PIECE_TOOLS, Canvas, Tool
from app.ui.recognize.paper.drawing_tools import DrawingTools
from app.ui.recognize.paper.number_overlay import PaperOverlay
from app.ui.recognize.paper.piece import PieceOverlay, PieceTools
from app.ui.recognize.prediction_card import ModelFacts, PredictionCard
from app.ui.recognize.recognizer import PaperProbe, Recognition, Recognizer
from app.ui.recognize.sample_strip import PaperSamples
from app.ui.recognize.softmax_view import SoftmaxFeed
from app.ui.settings import Settings

PREFERRED_MODEL = "digits-cnn"


class RecognizePage(Page):
    """Draw or load; the rest follows by itself."""

    input_changed = Signal(object)

    def __init__(self, settings: Settings | None = None, parent: QWidget | None = None) -> None:
        super().__init__(settings, parent)
        self.chooser = ModelChooser()
        self.corner = self._corner()
        self._read: Recognition | None = None
        self._missed = ""
        self.canvas, self.tools = Canvas(), DrawingTools()
        self.overlay, self.files = PaperOverlay(self.canvas), PaperFiles(self.canvas)
        self.piece, self.piece_tools = PieceOverlay(self.canvas), PieceTools(self.canvas)
        self.input, self.steps, self._facts = NetworkView(), StepStrip(), ModelFacts()
        self.prediction = PredictionCard()
        self.answer, self.bars = self.prediction.answer, self.prediction.bars
        self._recognizer, self._better_reader = Recognizer(self), BetterReader(self)
        self._lay_out()
        self.reasons, self.softmax = Reasons(self._columns, self.show_correction, self), SoftmaxFeed(self)
        self.samples = PaperSamples(self.canvas, self.prediction, self.settings, self)
        self._connect()
        self._drops = PaperDrops(self, self.canvas)
        self._drops.dropped.connect(self.files.take)
        if self.settings.brush_size:
            self.tools.brush_size.setValue(self.settings.brush_size)
        self._restore_paper(user_dir() / "paper")
        self.prediction.compare.choose(self.settings.compared)
        self.refresh_models(self.settings.model or PREFERRED_MODEL)

    @property
    def paper(self) -> Paper:
        """What lies on the paper."""
        return self.canvas.paper

    @property
    def reads_as(self) -> str:
        """The preprocessing of the model that reads."""
        model = self.chooser.chosen
        return model.card.preprocessing if model else Preprocessing.DIGITS

    def show_example(
        self, image: NDArray[np.uint8], preprocessing: str, class_names: tuple[str, ...] = (), true: str = ""
    ) -> None:
        """Lay an example of a dataset on the paper: (28, 28) uint8, ink = 255, prepared as `preprocessing` says.

        It is read as it is by a model that suits it (see `read_as`); it can be drawn on, erased, and taken away by
        undo. If the name of its class is known, `true`, it stands beside the answer.
        """
        self.read_as(preprocessing, class_names)
        drawing = self.canvas.paper.drawing
        self.canvas.put(Paper(drawing, example_picture(image), invert=True, example_of=preprocessing, true=true))
        self._clear_message()

    @Slot(str, tuple)
    def read_as(self, preprocessing: str, class_names: tuple[str, ...] = ()) -> None:
        """Go on with a model that suits such pictures best: the present one, if it is among them."""
        suited = suited_models(list_models(), preprocessing, class_names)
        chosen = self.chooser.chosen
        if suited and (chosen is None or chosen.card.name not in suited):
            self.refresh_models(suited[0])

    @Slot(str)
    def refresh_models(self, select: str = "") -> None:
        """Look again at which models there are, and read with the one named `select`, or go on with the same."""
        before, models = self.chooser.chosen, list_models()
        self.chooser.set_models(models, select or self._to_go_on_with(models))
        chosen = self.chooser.chosen
        if chosen is None or chosen != before:
            self._use(chosen)
        else:
            self.prediction.compare.set_models(models, chosen)

    def _to_go_on_with(self, models: Sequence[StoredModel]) -> str:
        """The model in use; while it is gone, one that knows the same classes, or else the usual one."""
        names, chosen = {model.card.name for model in models}, self.chooser.chosen
        if self._missed in names or chosen is None:
            missed, self._missed = self._missed, ""
            return missed or PREFERRED_MODEL
        if chosen.card.name in names:
            return chosen.card.name
        self._missed = self._missed or chosen.card.name
        known = [model.card.name for model in models if model.card.class_names == chosen.card.class_names]
        return PREFERRED_MODEL if PREFERRED_MODEL in known or not known else known[-1]

    @Slot(str)
    def enter(self, model: StoredModel | None) -> None:
        """What is on the paper is looked at once more."""
        if self._read is not None and not self.canvas.is_busy:
            self._tell(self._read)

    @Slot(str)
    def use_new_model(self, name: str) -> None:
        """Read with another model, such as one that was just trained, now and after the next start."""
        self.settings.model, self._missed = name, ""
        self.refresh_models(name)

    def open_files(self, paths: Sequence[Path]) -> None:
        self.files.open_files(paths)

    @property
    def tab_chain(self) -> tuple[QWidget, ...]:
        """What Tab goes through: tools, paper, files, and what can be asked of the answer."""
        tools, files, card = self.tools, self.files, self.prediction
        drawing = (tools.pen, tools.eraser, tools.brush_size, tools.undo, tools.redo, tools.clear, self.canvas)
        correcting = (*self.piece_tools.tools, self.piece_tools.automatic)
        filing = (files.open, files.paste, files.examples, files.save, files.polarity)
        asking = (self.steps, card.offer.button, card.back, card.table, card.map, card.inside, card.why)
        last = (card.number_line, card.compare, card.stop_comparing, card.several, card.label, self.chooser)
        return (*drawing, *correcting, *filing, *asking, *last)

    def _corner(self) -> QWidget:
        """The choice of the model that reads."""
        corner = QWidget(self)
        build.row(build.label(self.tr("Model"), role="muted"), self.chooser, on=corner, spacing=theme.SPACING - 2)
        corner.hide()
        return corner

    def _restore_paper(self, folder: Path) -> None:
        """Go on with the paper of the last time, and keep it for the next."""
        try:
            history = load_papers(folder)
        except StudioError as error:
            told = str(error)
            QTimer.singleShot(0, self, lambda: Messages.of(self).error(told))
        else:
            if history is not None:
                self.canvas.restore(history)
        PaperKeeper(self.canvas, folder, self)

    def _lay_out(self) -> None:
        self.canvas.setObjectName("paper")  # the tour points at these
        self.input.setObjectName("network_view")
        self.prediction.setObjectName("answer_card")
        paper = Card()
        for widget, stretch in ((self.tools, 0), (self.canvas, 1), (self.files, 0)):
            paper.body.addWidget(widget, stretch)
        self._network_input = network_input = Card(self.tr("Network input"))
        for part in (self.input, self.steps, self.files.polarity):
            network_input.body.addWidget(part)
        middle = build.panel(build.column(network_input, self._facts, (QWidget(), 1), spacing=theme.MARGIN))
        self._columns = RecognizeColumns(paper, middle, self.prediction)
        self._columns.narrowed.connect(self.files.set_narrow)
        self._columns.stacked.connect(self.prediction.fold)
        self._columns.lowered.connect(self._on_lowered)
        self.setLayout(self._columns)

    def _connect(self) -> None:
        tools, card = self.tools, self.prediction
        tools.tool_chosen.connect(self._on_tool_chosen)
        for button in self.piece_tools.tools:
            tools.add_tool(button)
        tools.brush_size.valueChanged.connect(self._on_brush_size_changed)
        tools.undo.clicked.connect(self.canvas.undo)
        tools.redo.clicked.connect(self.canvas.redo)
        tools.clear.clicked.connect(self.canvas.clear)
        self.canvas.changed.connect(self._on_changed)
        self.canvas.went_on.connect(self._clear_message)
        self.files.reader_wanted.connect(self.read_as)
        self.files.put.connect(self._better_reader.forget)
        self._better_reader.found.connect(self._on_better_found)
        card.offer.taken.connect(self.use_new_model)
        self._recognizer.recognized.connect(self._on_recognized)
        self._recognizer.waited_for.connect(self._on_waited_for)
        self.chooser.model_chosen.connect(self._on_model_chosen)
        card.compare.compared_changed.connect(self._on_compared_changed)
        card.several_toggled.connect(self._on_collecting_changed)
        card.number_line.digit_selected.connect(self._on_digit_selected)
        self.overlay.digit_clicked.connect(self._on_digit_clicked)
        card.back.clicked.connect(self._show_selected)
        card.why.toggled.connect(self.reasons.open)
        card.inside.toggled.connect(self.reasons.open_inside)
        card.map.toggled.connect(self.reasons.open_map)
        card.table.clicked.connect(self.softmax.open)
        for view in (card.why, card.inside, card.map, card.table):
            view.clicked.connect(self._tell_of_views)
        self.samples.collecting_changed.connect(self._on_collecting_changed)
        self.samples.digit_labelled.connect(self._on_digit_labelled)
        self._on_changed()

    @Slot(bool)
    def _on_lowered(self, is_lowered: bool) -> None:
        """A row of small pictures, or the network input with its steps below it."""
        directions = QBoxLayout.Direction
        self._network_input.body.setDirection(directions.LeftToRight if is_lowered else directions.TopToBottom)
        top = Qt.AlignmentFlag.AlignTop if is_lowered else Qt.AlignmentFlag(0)
        self._network_input.body.setAlignment(self.input, top)
        self.input.setMinimumWidth(SMALL_INPUT if is_lowered else 0)
        self.input.setMaximumWidth(SMALL_INPUT if is_lowered else UNLIMITED)
        margin = theme.SPACING // 2 if is_lowered else theme.PADDING
        around = self._network_input.layout()
        if around is not None:
            around.setContentsMargins(margin, margin, margin, margin)
        policy = self.files.polarity.sizePolicy()
        policy.setRetainSizeWhenHidden(not is_lowered)
        self.files.polarity.setSizePolicy(policy)
        self.prediction.be_low(is_lowered)
        title = self._network_input.findChild(QLabel, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if title is not None:
            title.setVisible(not is_lowered)

    @Slot()
    def _clear_message(self) -> None:
        """The user goes on: what went wrong before is of no interest any more."""
        Messages.of(self).clear()

    @Slot(str)
    def _on_tool_chosen(self, tool: str) -> None:
        self.canvas.set_tool(Tool(tool))

    @Slot(int)
    def _on_brush_size_changed(self, size: int) -> None:
        self.canvas.set_brush_size(size)
        self.settings.brush_size = size

    @Slot()
    def _on_changed(self) -> None:
        paper, history = self.canvas.paper, self.canvas.history
        self.tools.set_possible(self.canvas.can_undo, history.can_redo, not paper.is_empty)
        self.files.show_paper(paper)
        self._offer_piece_tools()
        if not self.canvas.is_busy:
            self.samples.show_paper(paper)
        self._recognizer.read(paper, self.canvas.is_busy)

    def _offer_piece_tools(self) -> None:
        """Photographs that are read as clothes can be corrected; other things are drawn on."""
        paper = self.canvas.paper
        is_offered = paper.picture is not None and not paper.example_of and self.reads_as == Preprocessing.CLOTHES
        self.piece_tools.offer(is_offered)
        if not is_offered and self.canvas.tool in PIECE_TOOLS:
            self.tools.pen.setChecked(True)

    @Slot(object)
    def _on_model_chosen(self, model: StoredModel) -> None:
        self.settings.model, self._missed = model.card.name, ""
        self._clear_message()
        self._use(model)

    def _use(self, model: StoredModel | None) -> None:
        self._read = None
        self._better_reader.drop()
        self._recognizer.set_model(model)
        self._facts.set_card(model.card if model else None)
        if model is not None:
            self.prediction.set_classes(model.card.class_names)
            self.samples.strip.set_classes(model.card.class_names)
        self.prediction.compare.set_models(list_models(), model)
        self._recognizer.set_compared(self.prediction.compare.compared)
        self._on_collecting_changed()
        self._offer_piece_tools()
        self.answer.set_hint(waiting_words(model, self.paper, None))

    @Slot()
    def _on_collecting_changed(self) -> None:
        """What is collected is one thing, whatever the model knows; so is what no digit reader reads."""
        model, samples = self.chooser.chosen, self.samples
        names = model.card.class_names if model is not None else DIGIT_CLASSES
        may_be_several = kind_of(names) is DataKind.DIGITS and not samples.is_one_thing
        self.prediction.allow_several(may_be_several)
        self._recognizer.set_several(may_be_several and self.prediction.reads_several)
        self.canvas.set_hint(paper_words(samples.strip.class_names if samples.is_shown else names))

    @Slot()
    def _on_compared_changed(self) -> None:
        self.settings.compared = self.prediction.compare.name
        self._recognizer.set_compared(self.prediction.compare.compared)

    @Slot(object)
    def _on_recognized(self, recognition: Recognition) -> None:
        self._read = recognition
        self._look_for_better_model(recognition)
        self.prediction.show_number(recognition.number)
        self.samples.strip.set_unreadable(recognition.shown.is_empty and not recognition.paper.is_empty)
        self._show(self._selected(recognition))
        self.files.show_answer(self.prediction.text)
        shown = recognition.shown
        self.piece.show_piece(recognition.paper, shown.found)
        self.input_changed.emit(None if shown.is_empty else PaperProbe(recognition.paper))
        if not self.canvas.is_busy:
            self._tell(recognition)

    def _look_for_better_model(self, recognition: Recognition) -> None:
        """Nobody wants to hear of other models while drawing, nor while collecting things that no model may know."""
        model = self.chooser.chosen
        if model is None or self.canvas.is_busy or self.samples.is_shown:
            self._better_reader.drop()
        else:
            self._better_reader.consider(recognition, model, self.chooser.models)

    @Slot(object)
    def _on_better_found(self, better: Better | None) -> None:
        if better is not None:  # said once, and in the place of an answer where there is none
            self.answer.set_hint(looks_words(better))
        self.prediction.offer.show_better(better, is_said=not self.prediction.text)

    @Slot(object)
    def _on_waited_for(self, recognition: Recognition) -> None:
        self._read = None
        self._better_reader.drop()
        self.prediction.show_number(None)
        self.samples.strip.set_unreadable(False)
        self._show(self._selected(recognition))

    def _tell(self, recognition: Recognition) -> None:
        """Lessons may have asked for such an answer."""
        model, prediction = self.chooser.chosen, recognition.prediction
        if model is not None and prediction is not None and recognition.number is None:
            names, confidence = model.card.class_names, prediction.confidence
            rival = names[prediction.runners_up(1)[0]]
            card, verdict = model.card, prediction.verdict
            reading = Reading(prediction.name, rival, confidence, verdict, card.title, card.name)
            Happenings.of(self).happened.emit(reading)
        self._tell_of_views()

    def _selected(self, recognition: Recognition) -> Recognition:
        """What was read of the chosen digit, the last one at first; or of the paper as a whole."""
        number, line = recognition.number, self.prediction.number_line
        if number is None:
            self.overlay.show_number(recognition.paper, None, None)
            return recognition
        if line.selected is None:
            line.select(len(number.digits) - 1)
        place = line.selected or 0
        self.overlay.show_number(recognition.paper, number, place)
        return self._recognizer.of_digit(recognition, place)

    def _show(self, recognition: Recognition) -> None:
        """Show what was read: of all of the paper, or of one of its digits."""
        shown, prediction = recognition.shown, recognition.prediction
        hint = waiting_words(self.chooser.chosen, recognition.paper, recognition)
        self.answer.set_hint(self.prediction.offer.said or hint)
        self.input.set_image(None if shown.is_empty else shown.image)
        self.steps.set_steps(() if shown.is_empty else shown.steps, self.canvas.thumbnail)
        self.prediction.show_truth(recognition.paper.true, prediction)
        reading, compared = self.chooser.chosen, self.prediction.compare.compared
        if reading is not None and compared is not None:
            words = ""
            if prediction is not None and recognition.other is not None:
                words = agreement_words(prediction, recognition.other, reading.card.class_names)
            sides = (Side(reading.card.title, prediction), Side(compared.card.title, recognition.other))
            self.prediction.show_two(*sides, words)
        else:
            self.prediction.show_answer(prediction)
        self.reasons.show_recognition(recognition, reading)
        self.softmax.show_recognition(recognition, reading)
        time = self.tr("LiteRT, {time:.2f} ms").format(time=prediction.elapsed_ms) if prediction else ""
        if not self.canvas.is_busy:  # another text lays the whole window out anew
            self.set_status(time)

    @Slot(object)
    def show_correction(self, corrected: NetworkInput) -> None:
        """Show the answer to a corrected version beside the one to what is on the paper."""
        if self._read is None or self.chooser.chosen is None:
            return
        read = self._selected(self._read)
        before, after = read.prediction, self._recognizer.predict(corrected)
        if before is None or after is None:
            return
        sides = (
            Side(self.tr("On the paper"), before, read.shown.image),
            Side(self.tr("Corrected"), after, corrected.image),
        )
        words = correction_words(before, after, self.chooser.chosen.card.class_names)
        self.prediction.show_two(*sides, words, is_correction=True)

    @Slot(int)
    def _on_digit_selected(self, place: int) -> None:
        self._choose_digit(place)

    @Slot(int)
    def _on_digit_clicked(self, place: int) -> None:
        """A box on the paper was clicked: say what the digit is."""
        self.prediction.number_line.select(place)
        self._choose_digit(place, shows_strip=True)

    def _choose_digit(self, place: int, shows_strip: bool = False) -> None:
        if self._read is not None and self._read.number is not None and self._read.paper is self.paper:
            self.samples.choose_digit(self._read.number.digits[place], shows_strip)
        self._show_selected()

    @Slot(str)
    def _on_digit_labelled(self, name: str) -> None:
        """The user's word stands in the number from now on."""
        read, place = self._read, self.prediction.number_line.selected
        if read is None or read.number is None or place is None or name not in DIGIT_CLASSES:
            return
        self._read = replace(read, number=read.number.corrected(place, name))
        self.prediction.show_number(self._read.number)
        self.files.show_answer(self.prediction.text)
        self._show_selected()

    @Slot()
    def _tell_of_views(self) -> None:
        """Lessons may have asked to look at an answer in such a way; without one, there is nothing to see."""
        model, card = self.chooser.chosen, self.prediction
        if model is None or self._read is None or self._read.prediction is None:
            return
        views = (
            (Action.EXPLAINED, card.why.isChecked()),
            (Action.LOOKED_INSIDE, card.inside.isChecked()),
            (Action.SHOWED_MAP, card.map.isChecked()),
            (Action.SHOWED_SOFTMAX, self.softmax.is_open),
        )
        for action, is_seen in views:
            if is_seen:
                Happenings.of(self).happened.emit(Deed(action, model.card.name))

    @Slot()
    def _show_selected(self) -> None:
        if self._read is not None:
            self._show(self._selected(self._read))

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes on; but what is hidden or disabled under the keyboard leaves it to the paper.

        Qt would hand it to whatever comes next, and whoever presses Space once more would do that.
        """
        left = self.window().focusWidget()
        if left is not None and not (left.isEnabled() and left.isVisible()):
            self.focus_paper()
            return True
        return super().focusNextPrevChild(forward)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make room for the answer in a small window."""
        is_compact = self.width() < COMPACT_BELOW
        self._columns.fit_width(self.width())
        self.tools.set_compact(is_compact)
        self._facts.set_compact(is_compact or self.height() < LOW_BELOW)
        super().resizeEvent(event)

    def preview(self) -> QImage | None:
        """What lies on the paper as a picture, or None for nothing."""
        return None if self.paper.is_empty else self.canvas.preview()

    @Slot()
    def focus_paper(self) -> None:
        """Let the keyboard act on the paper."""
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

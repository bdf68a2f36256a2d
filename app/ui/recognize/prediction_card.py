"""The card on the right: the answer, its bars, and what one may ask of them."""

from collections.abc import Sequence
from typing import Unpack

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QMenu,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QWidget,
)

from app.core.inference.calibration import Verdict
from app.core.inference.multi_digit import MultiDigitPrediction
from app.core.inference.predictor import Prediction
from app.core.models.card import ModelCard
from app.core.models.store import StoredModel
from app.core.percentages import accuracy_with_interval
from app.ui import theme
from app.ui.common import build
from app.ui.common.choices import MANAGE, fill_model_menu
from app.ui.common.containers import Card
from app.ui.common.dialogs import give_menu
from app.ui.common.navigator import Navigator
from app.ui.common.probability_bars import ProbabilityBars
from app.ui.recognize.answer import LARGE, SMALL, Answer, truth_words
from app.ui.recognize.better_reader import BetterOffer
from app.ui.recognize.comparison import ComparisonView, Side
from app.ui.recognize.number_line import NumberLine

_MOST_NAMES = 4


class ComparisonChoice(QToolButton):
    """The choice of a second model for the same paper. Those that cannot be compared with the first say why.

    The choice is kept, by name, until it is taken back, even while it does not fit the model that reads.
    """

    compared_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._models: tuple[StoredModel, ...] = ()
        self._reading: StoredModel | None = None
        self._name = ""
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self._menu.triggered.connect(self._on_triggered)
        give_menu(self, self._menu)
        self.setObjectName("compare")
        self.setProperty("kind", "link")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.set_short(False)
        self._refresh()

    @property
    def name(self) -> str:
        """The model that was chosen to compare with, whether it fits or not; empty for none."""
        return self._name

    @property
    def compared(self) -> StoredModel | None:
        """The second model, if one was chosen that can be compared with the one that reads."""
        chosen = next((model for model in self._models if model.card.name == self._name), None)
        return chosen if chosen is not None and not self._reason_against(chosen) else None

    def set_models(self, models: Sequence[StoredModel], reading: StoredModel | None) -> None:
        """Offer `models` beside the one that reads."""
        self._models, self._reading = tuple(models), reading
        self._refresh()

    def set_short(self, is_short: bool) -> None:
        """Say it in one word where there is little room."""
        self.setText(self.tr("Compare…") if is_short else self.tr("Compare with…"))

    @Slot(str)
    def choose(self, name: str) -> None:
        """Compare with the model of that name, or with none."""
        if name != self._name:
            self._name = name
            self._refresh()
            self.compared_changed.emit()

    @Slot()
    def close_comparison(self) -> None:
        """Compare no more."""
        self.choose("")

    def _reason_against(self, model: StoredModel) -> str:
        if self._reading is None:
            return self.tr("There is no model yet")
        if model.card.name == self._reading.card.name:
            return self.tr("This model is already in use")
        if model.card.class_names != self._reading.card.class_names:
            some = ", ".join(model.card.class_names[:_MOST_NAMES])
            return self.tr("It has other classes ({names}…), so it cannot be compared").format(names=some)
        return ""

    def _refresh(self) -> None:
        manage = fill_model_menu(self._menu, self._models, self._entry)
        if self._name:
            none = QAction(self.tr("Stop comparing"), self._menu)
            none.setData("")
            self._menu.insertAction(manage, none)
        compared = self.compared
        self.setEnabled(len(self._models) > 1)
        if not self.isEnabled():
            self.setToolTip(self.tr("There is no second model yet: train one first"))
        elif compared is not None:
            self.setToolTip(self.tr("Compared with: {summary}").format(summary=compared.card.summary))
        else:
            self.setToolTip(self.tr("Compare with a second model on the same drawing"))

    def _entry(self, model: StoredModel) -> QAction:
        action = QAction(model.card.summary, self._menu)
        action.setData(model.card.name)
        action.setCheckable(True)
        action.setChecked(model.card.name == self._name)
        reason = self._reason_against(model)
        action.setEnabled(not reason)
        action.setToolTip(reason)
        return action

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        if action.objectName() == MANAGE:
            Navigator.of(self).show_model(self._reading.card.name if self._reading else "")
        else:
            self.choose(str(action.data()))


_ONE, _TWO = 0, 1


def _link(text: str = "", **look: Unpack[build.ButtonLook]) -> QPushButton:
    """A button that leaves the keyboard with the paper when it is clicked."""
    look.update({"kind": "link", "focus": Qt.FocusPolicy.TabFocus})
    return build.button(text, **look)


class PredictionCard(Card):
    """Shows one answer with its bars, or two side by side; above them the number, when there are several digits."""

    several_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Prediction"), parent)
        self._names: tuple[str, ...] = ()
        self._has_number = self._is_folded = self._is_low = False
        self.answer, self.bars = Answer(), ProbabilityBars()
        self.comparison, self.number_line = ComparisonView(), NumberLine()
        self.compare, self.truth = ComparisonChoice(), build.label(name="truth", wraps=True)
        self.stop_comparing = self.comparison.close_button
        self.several = _link(name="several", clicked=self._on_several_clicked)
        self._reads_several, self._may_be_several = True, True
        tip = self.tr("Explain this answer (W)")
        self.why = _link(self.tr("Why?"), name="why", tip=tip, checkable=True, keys="W")
        tip = self.tr("What every layer of the network makes of the drawing (I)")
        self.inside = _link(self.tr("Inside"), name="inside", tip=tip, checkable=True, keys="I")
        tip = self.tr("Where the drawing lies among other pictures, as the network sees them (M)")
        self.map = _link(self.tr("Map"), name="map", tip=tip, checkable=True, keys="M")
        for opens in (self.why, self.inside, self.map):
            opens.toggled.connect(self._on_panel_toggled)
        tip = self.tr("Logits and probabilities of all classes as a table")
        self.table = _link(self.tr("Table"), name="softmax", tip=tip)
        tip = self.tr("Choose the true class and save it as a training sample (keys 0 to 9)")
        self.label = _link(self.tr("Label it"), name="label", tip=tip, checkable=True)
        tip = self.tr("Back to what is on the paper")
        self.back = _link(self.tr("Back"), name="back", tip=tip)
        self.offer = BetterOffer()
        self._lay_out()
        self.stop_comparing.clicked.connect(self.compare.close_comparison)
        self.show_number(None)
        self.show_answer(None)
        self.show_truth("", None)

    @Slot(bool)
    def _on_panel_toggled(self, is_open: bool) -> None:
        """One panel at a time."""
        for other in (self.why, self.inside, self.map):
            if is_open and other is not self.sender():
                other.setChecked(False)

    @property
    def text(self) -> str:
        """What is read, in one line: the number, or the answer."""
        return self.number_line.text or self.answer.text

    def set_classes(self, names: tuple[str, ...]) -> None:
        """Name the classes of the model that reads."""
        self._names = names
        self.bars.set_classes(names)
        self.comparison.set_classes(names)

    def show_answer(self, prediction: Prediction | None) -> None:
        """Show one answer, or the hint."""
        is_sure = prediction is None or prediction.verdict is Verdict.SURE
        self.answer.set_prediction(prediction, self._names)
        self.bars.set_probabilities(prediction.probabilities if prediction else None, is_sure)
        self._show_page(_ONE)

    def show_truth(self, true: str, prediction: Prediction | None) -> None:
        """Say what lies on the paper, if that is known, beside what is said of it."""
        is_known = bool(true) and prediction is not None
        self.truth.setVisible(is_known)
        if prediction is not None:
            self.truth.setText(truth_words(true, prediction))
            self.truth.setProperty("role", "right" if prediction.name == true else "error")
            self.truth.style().polish(self.truth)

    def show_two(self, left: Side, right: Side, words: str, is_correction: bool = False) -> None:
        """Show two answers to the same paper, or to it and a corrected version of it, with a way back."""
        if not is_correction:
            self.answer.set_prediction(left.prediction, self._names)
            self.bars.set_probabilities(left.prediction.probabilities if left.prediction else None)
        self.comparison.show_sides(left, right, words)
        self._show_page(_TWO, is_correction)

    @property
    def reads_several(self) -> bool:
        """True unless the user wants everything read as one."""
        return self._reads_several

    def allow_several(self, may_be_several: bool) -> None:
        """Offer to read the paper as several digits, or as one; not where it always is one thing."""
        self._may_be_several = may_be_several
        self._show_several()

    def show_number(self, number: MultiDigitPrediction | None) -> None:
        """Show a number above the answer to one of its digits; None for a single thing."""
        self.number_line.set_number(number)
        self.number_line.setVisible(number is not None)
        self._has_number = number is not None
        self._show_look()
        self._show_several()
        self._say_what_several_does()

    @Slot(bool)
    def fold(self, is_folded: bool) -> None:
        """Keep to the answer, and leave the rest of the room to what stands below."""
        self._is_folded = is_folded
        for part in (self.bars, self._footer):
            part.setVisible(not is_folded)
        self._fit_stack()
        self._show_look()

    def be_low(self, is_low: bool) -> None:
        """Leave room for a row below."""
        self._is_low = is_low
        self._fit_stack()
        self._show_look()

    def _show_look(self) -> None:
        self.answer.set_look(SMALL if self._has_number or self._is_folded or self._is_low else LARGE)

    def _show_several(self) -> None:
        # Whoever took several for one needs a way back.
        self.several.setVisible(self._may_be_several and (self._has_number or not self._reads_several))
        self.compare.set_short(not self.several.isHidden())

    def _show_page(self, page: int, is_correction: bool = False) -> None:
        self._stack.setCurrentIndex(page)
        self._fit_stack()
        self.back.setVisible(is_correction)
        self.stop_comparing.setVisible(not is_correction)

    def _fit_stack(self) -> None:
        """Where there is little room, a comparison that is not shown needs none."""
        policy = QSizePolicy.Policy
        needs_none = (self._is_folded or self._is_low) and self._stack.currentIndex() == _ONE
        self.comparison.setSizePolicy(policy.Preferred, policy.Ignored if needs_none else policy.Preferred)

    def _lay_out(self) -> None:
        self._stack = QStackedWidget()
        self._stack.insertWidget(_ONE, build.panel(build.column(self.answer, (self.bars, 1))))
        self._stack.insertWidget(_TWO, self.comparison)
        self.header.setSpacing(theme.SPACING // 2)
        for button in (self.back, self.table, self.map, self.inside, self.why):
            self.header.addWidget(button, 0, Qt.AlignmentFlag.AlignRight)
        self.body.addWidget(self.number_line)
        self.body.addWidget(self.truth)
        self.body.addWidget(self.offer)
        self.body.addWidget(self._stack, 1)
        parts = (self.compare, self.several, build.STRETCH, self.label)
        self._footer = build.panel(build.row(*parts, spacing=theme.SPACING // 2))
        self.body.addWidget(self._footer)

    def _say_what_several_does(self) -> None:
        if self._reads_several:
            self.several.setText(self.tr("Read as one"))
            self.several.setToolTip(self.tr("Read everything on the paper as one digit"))
        else:
            self.several.setText(self.tr("Read as several"))
            self.several.setToolTip(self.tr("Look for several digits on the paper, and read each one"))

    @Slot()
    def _on_several_clicked(self) -> None:
        self._reads_several = not self._reads_several
        self._say_what_several_does()
        self.several_toggled.emit(self._reads_several)


class ModelFacts(Card):
    """The model that reads: its data, accuracy, size, date, and the command that trains it again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Model"), parent)
        words = (
            self.tr("Name"),
            self.tr("Trained on"),
            self.tr("Accuracy"),
            self.tr("Weights"),
            self.tr("Created"),
        )
        self._values = [build.label(wraps=True, selectable=True) for _ in words]
        rows = zip(words, self._values, strict=True)
        self._rows = build.form(*rows, role="muted", across=theme.PADDING, down=4)
        self._rows.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self.body.addLayout(self._rows)
        self.body.addStretch()
        self.hide()

    def set_compact(self, is_compact: bool) -> None:
        """Keep to what matters most where there is little room; the rest is in the tooltip."""
        for row in (3, 4):
            self._rows.setRowVisible(row, not is_compact)

    def set_card(self, card: ModelCard | None) -> None:
        """Show a card, or nothing."""
        self.setVisible(card is not None)
        if card is None:
            return
        metrics = card.metrics
        tested = self.tr("{accuracy} on {samples:,} test pictures")
        texts = (
            card.title,
            card.data_description,
            tested.format(
                accuracy=accuracy_with_interval(metrics.test_accuracy, metrics.test_samples),
                samples=metrics.test_samples,
            )
            if metrics.test_samples
            else self.tr("Not tested"),
            f"{card.parameters:,}",
            card.created.date().isoformat(),
        )
        for label, text in zip(self._values, texts, strict=True):
            label.setText(text)
        facts = self.tr("{weights:,} weights, created {day}").format(weights=card.parameters, day=texts[-1])
        again = self.tr("Import it again: {command}") if card.origin else self.tr("Train it again: {command}")
        self.setToolTip(facts + "\n" + again.format(command=card.command))

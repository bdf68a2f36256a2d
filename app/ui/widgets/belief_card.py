"""The card on the right: the answer, its bars, and what one may ask of them."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from app.core.inference.doubt import Verdict
from app.core.inference.number import Number
from app.core.inference.predictor import Prediction
from app.ui import theme
from app.ui.widgets.answer import LARGE, SMALL, Answer
from app.ui.widgets.card import Card
from app.ui.widgets.comparison_choice import ComparisonChoice
from app.ui.widgets.comparison_view import ComparisonView, Side
from app.ui.widgets.number_line import NumberLine
from app.ui.widgets.probability_bars import ProbabilityBars
from app.ui.widgets.verdict_words import truth_words

_ONE, _TWO = 0, 1


class BeliefCard(Card):
    """Shows one answer with its bars, or two side by side; above them the number, when there are several digits."""

    why_toggled = Signal(bool)
    several_toggled = Signal(bool)
    back_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("What it believes"), parent)
        self._names: tuple[str, ...] = ()
        self._has_number = False
        self.answer, self.bars = Answer(), ProbabilityBars()
        self.comparison, self.number_line = ComparisonView(), NumberLine()
        self.compare, self.truth = ComparisonChoice(), QLabel()
        self.stop_comparing = self.comparison.close_button
        self.several = self._link("", "")
        self.several.setObjectName("several")
        self._reads_several, self._may_be_several = True, True
        self.why = self._link(self.tr("Why?"), self.tr("Explain this answer (W)"))
        self.why.setObjectName("why")
        self.why.setCheckable(True)
        self.why.setShortcut(QKeySequence("W"))
        self.table = self._link(self.tr("Table"), self.tr("Logits and probabilities of all classes as a table"))
        self.table.setObjectName("softmax")
        self.label = self._link(
            self.tr("Label it"), self.tr("Choose the true class and save it as a training sample (keys 0 to 9)")
        )
        self.label.setObjectName("label")
        self.label.setCheckable(True)
        self.back = self._link(self.tr("Back"), self.tr("Back to what is on the paper"))
        self.back.setObjectName("back")
        self.truth.setObjectName("truth")
        self.truth.setTextFormat(Qt.TextFormat.PlainText)
        self.truth.setWordWrap(True)
        self._lay_out()
        self.why.toggled.connect(self.why_toggled)
        self.several.clicked.connect(self._on_several_clicked)
        self.back.clicked.connect(self.back_requested)
        self.stop_comparing.clicked.connect(self.compare.close_comparison)
        self.show_number(None)
        self.show_answer(None)
        self.show_truth("", None)

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
        """True unless the person wants everything read as one."""
        return self._reads_several

    def allow_several(self, may_be_several: bool) -> None:
        """Offer to read the paper as several digits, or as one; not where it always is one thing."""
        self._may_be_several = may_be_several
        self._show_several()

    def show_number(self, number: Number | None) -> None:
        """Show a number above the answer to one of its digits; None for a single thing."""
        self.number_line.set_number(number)
        self.number_line.setVisible(number is not None)
        self.answer.set_look(LARGE if number is None else SMALL)
        self._has_number = number is not None
        self._show_several()
        self._say_what_several_does()

    def _show_several(self) -> None:
        # Whoever took several for one needs a way back.
        self.several.setVisible(self._may_be_several and (self._has_number or not self._reads_several))
        self.compare.set_short(not self.several.isHidden())

    def _show_page(self, page: int, is_correction: bool = False) -> None:
        self._stack.setCurrentIndex(page)
        self.back.setVisible(is_correction)
        self.stop_comparing.setVisible(not is_correction)

    def _link(self, words: str, tip: str) -> QPushButton:
        button = QPushButton(words)
        button.setProperty("kind", "link")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard with the paper
        button.setToolTip(tip)
        return button

    def _lay_out(self) -> None:
        one = QWidget()
        column = QVBoxLayout(one)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACING)
        column.addWidget(self.answer)
        column.addWidget(self.bars, 1)
        self._stack = QStackedWidget()
        self._stack.insertWidget(_ONE, one)
        self._stack.insertWidget(_TWO, self.comparison)
        footer = QHBoxLayout()
        footer.setSpacing(theme.SPACING // 2)
        for button in (self.compare, self.several):
            footer.addWidget(button)
        footer.addStretch()
        footer.addWidget(self.label)
        for button in (self.back, self.table, self.why):
            self.header.addWidget(button, 0, Qt.AlignmentFlag.AlignRight)
        self.body.addWidget(self.number_line)
        self.body.addWidget(self.truth)
        self.body.addWidget(self._stack, 1)
        self.body.addLayout(footer)

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

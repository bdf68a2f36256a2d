"""The answer, the biggest thing on the page: "7", "95%", "then 1 (2%), 9 (2%)"; or that there is none to be sure of."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.datasets.registry import kind_of
from app.core.datasets.types import DataKind
from app.core.inference.calibration import Verdict
from app.core.inference.predictor import Prediction
from app.core.percentages import probability_text
from app.ui import theme
from app.ui.common.painted import Painted

# How an answer is put into words: one name, several that it might be, or that it is none of them.


def unknown_words(names: tuple[str, ...]) -> str:
    """What a thing is called that belongs to none of the classes."""
    match kind_of(names):
        case DataKind.DIGITS:
            return QCoreApplication.translate("verdict", "Not a digit")
        case DataKind.CLOTHES:
            return QCoreApplication.translate("verdict", "Not a piece of clothing")
        case DataKind.OWN:
            return QCoreApplication.translate("verdict", "None of these")


def candidate_words(prediction: Prediction, names: tuple[str, ...]) -> str:
    """What an answer that is not sure might be, as a question: "4 or 9?"."""
    if prediction.rival is None:
        return QCoreApplication.translate("verdict", "{name}?").format(name=prediction.name)
    question = QCoreApplication.translate("verdict", "{first} or {second}?")
    return question.format(first=prediction.name, second=names[prediction.rival])


def truth_words(true: str, prediction: Prediction) -> str:
    """What an example really is, and whether the answer is right: "True: Ankle boot. ✗ The answer is wrong."."""
    if prediction.name == true:
        return QCoreApplication.translate("verdict", "True: {name}. ✓ The answer is right.").format(name=true)
    return QCoreApplication.translate("verdict", "True: {name}. ✗ The answer is wrong.").format(name=true)


def answer_words(prediction: Prediction, names: tuple[str, ...]) -> str:
    """The answer without its confidence: "7", "Not sure: 4 or 9?", "Not a digit"."""
    match prediction.verdict:
        case Verdict.SURE:
            return prediction.name
        case Verdict.UNSURE:
            sentence = QCoreApplication.translate("verdict", "Not sure: {question}")
            return sentence.format(question=candidate_words(prediction, names))
        case _:
            return unknown_words(names)


LEAST_WORTH_NAMING = 0.005
_GAP = 14


@dataclass(frozen=True)
class AnswerLook:
    """Sizes in pixels: the whole, a sure name, one that is not sure, the least, and the confidence."""

    height: int
    name: int
    unsure_name: int
    smallest_name: int
    confidence: int


LARGE = AnswerLook(92, theme.ANSWER_FONT_SIZE, 44, 16, theme.CONFIDENCE_FONT_SIZE)
SMALL = AnswerLook(66, 38, 24, 12, 15)


class Answer(Painted):
    """Name, confidence and runners-up; a hint while there is none. Long names get smaller letters, not an ellipsis.

    What is not sure is asked ("Not sure: 4 or 9?"), and what is unknown is not named ("Not a digit").
    """

    def __init__(self, look: AnswerLook = LARGE, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = LARGE
        self._prediction: Prediction | None = None
        self._names: tuple[str, ...] = ()
        self._hint = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_look(look)

    def sizeHint(self) -> QSize:
        """Room for a long name."""
        return QSize(280 if self._look is LARGE else 100, self._look.height)

    @property
    def text(self) -> str:
        """The answer as one line of text, or an empty text."""
        if self._prediction is None:
            return ""
        words = answer_words(self._prediction, self._names)
        return f"{words} {self._confidence}" if self._is_sure else words

    def set_look(self, look: AnswerLook) -> None:
        """Take more or less room."""
        self._look = look
        self.setFixedHeight(look.height)
        self.update()

    def set_hint(self, hint: str) -> None:
        """What to say while there is no answer."""
        self._hint = hint
        self.setAccessibleName(self.text or hint)
        self.update()

    def set_prediction(self, prediction: Prediction | None, names: tuple[str, ...] = ()) -> None:
        """Show a prediction over the classes `names`, or the hint."""
        self._prediction, self._names = prediction, names
        self.setAccessibleName(self.text or self._hint)
        self.setAccessibleDescription(self._rest() if prediction is not None else "")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The answer as its verdict wants it, or the hint."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        if self._prediction is None:
            painter.setPen(QColor(theme.colours().muted))
            painter.drawText(self.rect(), _LEFT, self._hint)
        elif self._is_sure:
            self._paint_sure(painter, self._prediction.name)
        else:
            self._paint_unsure(painter, self._prediction)
        painter.end()

    @property
    def _is_sure(self) -> bool:
        return self._prediction is not None and self._prediction.verdict is Verdict.SURE

    @property
    def _confidence(self) -> str:
        return probability_text(self._prediction.confidence) if self._prediction is not None else ""

    def _rest(self, most: int = 2) -> str:
        """What else it might be, in the words of the verdict, with no more than so many names."""
        assert self._prediction is not None
        shares = [
            f"{self._names[label]} ({probability_text(float(self._prediction.probabilities[label]))})"
            for label in (self._prediction.label, *self._prediction.runners_up(most))
            if self._prediction.probabilities[label] >= LEAST_WORTH_NAMING
        ]
        match self._prediction.verdict:
            case Verdict.SURE:
                return self.tr("then {rest}").format(rest=", ".join(shares[1:])) if shares[1:] else ""
            case Verdict.UNSURE:
                return ", ".join(shares if most > 1 else shares[:1])
            case _ if self._prediction.is_like_any:
                return self.tr("looks most like {rest}").format(rest=", ".join(shares[:most]))
            case _:
                return self.tr("looks like none of the classes")

    def _paint_sure(self, painter: QPainter, name: str) -> None:
        """One line where it fits, otherwise the runners-up below; or all three below each other."""
        look, room = self._look, self.width()
        medium, small = self._font(look.confidence), self._font(theme.FONT_SIZE)
        confidence_width = _width(medium, self._confidence)
        large = self._fitting(name, look.name, room - confidence_width - _GAP)
        name_width = _width(large, name)
        rest = self._rest()
        if name_width > room - confidence_width - _GAP:
            stacked = self._fitting(name, min(look.name, int(0.36 * look.height)), room)
            self._write(painter, name, stacked, 0, 0.35 * look.height)
            self._write(painter, self._confidence, medium, 0, 0.67 * look.height)
            self._write(painter, rest, small, 0, 0.94 * look.height, is_muted=True)
            return
        baseline = look.height * 0.63
        self._write(painter, name, large, 0, baseline)
        self._write(painter, self._confidence, medium, name_width + _GAP, baseline)
        x = name_width + confidence_width + 2 * _GAP
        fits = x + _width(small, rest) < room
        self._write(painter, rest, small, x if fits else 0, baseline if fits else look.height * 0.89, is_muted=True)

    def _paint_unsure(self, painter: QPainter, prediction: Prediction) -> None:
        look, small = self._look, self._font(theme.FONT_SIZE)
        if prediction.verdict is Verdict.UNSURE:
            words, title = candidate_words(prediction, self._names), self.tr("Not sure:")
            self._write(painter, title, self._font(look.confidence), 0, look.height * 0.24, is_muted=True)
        else:
            words = unknown_words(self._names)
        font = self._fitting(words, look.unsure_name, self.width())
        self._write(painter, words, font, 0, look.height * 0.7)
        rest = next((words for words in self._rests(prediction) if _width(small, words) <= self.width()), "")
        self._write(painter, rest, small, 0, look.height * 0.95, is_muted=True)

    def _rests(self, prediction: Prediction) -> tuple[str, ...]:
        """What may stand below, the longest first. What is like no class is likened to none in any width."""
        if not prediction.is_like_any:
            return (self._rest(), self.tr("none of the classes"))
        return (self._rest(), self._rest(1), f"{prediction.name} ({self._confidence})", self._confidence)

    def _write(  # noqa: PLR0917
        self, painter: QPainter, text: str, font: QFont, x: float, baseline: float, is_muted: bool = False
    ) -> None:
        painter.setFont(font)
        painter.setPen(QColor(theme.colours().muted if is_muted else theme.colours().text))
        fitting = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, self.width() - x + 1)
        painter.drawText(QPointF(x, baseline), fitting)

    def _fitting(self, text: str, size: int, room: float) -> QFont:
        """As large as the text allows."""
        large = self._font(size, bold=True)
        needed = _width(large, text)
        if needed <= room:
            return large
        return self._font(max(self._look.smallest_name, int(size * room / needed)), bold=True)

    def _font(self, size: int, bold: bool = False) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(size)
        font.setBold(bold)
        return font


def _width(font: QFont, text: str) -> float:
    return QFontMetricsF(font).horizontalAdvance(text)


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap

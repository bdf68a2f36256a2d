"""The answer, the biggest thing on the page: "7", "95%", "then 1 (2%), 9 (2%)"."""

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.inference.predictor import Prediction
from app.ui import theme

LEAST_WORTH_NAMING = 0.005
_HEIGHT = 92
_GAP = 14
_SMALLEST_FONT_SIZE = 26


class Answer(QWidget):
    """Name, confidence and runners-up; a hint while there is none. Long names get smaller letters, not an ellipsis."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = self._confidence = self._then = ""
        self._hint = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HEIGHT)
        theme.notifier().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Room for a long name."""
        return QSize(280, _HEIGHT)

    @property
    def text(self) -> str:
        """The answer as one line of text, or an empty text."""
        return " ".join(part for part in (self._name, self._confidence) if part)

    def set_hint(self, hint: str) -> None:
        """What to say while there is no answer."""
        self._hint = hint
        self.update()

    def set_prediction(self, prediction: Prediction | None, names: tuple[str, ...] = ()) -> None:
        """Show a prediction over the classes `names`, or the hint."""
        if prediction is None:
            self._name = self._confidence = self._then = ""
        else:
            self._name, self._confidence = prediction.name, f"{prediction.confidence:.0%}"
            rest = [
                f"{names[label]} ({prediction.probabilities[label]:.0%})"
                for label in prediction.runners_up()
                if prediction.probabilities[label] >= LEAST_WORTH_NAMING
            ]
            self._then = self.tr("then {rest}").format(rest=", ".join(rest)) if rest else ""
        self.setAccessibleName(self.text or self._hint)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """One line where it fits, otherwise the runners-up below."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        colour = theme.colours()
        if not self._name:
            painter.setPen(QColor(colour.muted))
            painter.drawText(self.rect(), _LEFT, self._hint)
            painter.end()
            return
        confidence = self._font(theme.CONFIDENCE_FONT_SIZE, bold=False)
        confidence_width = QFontMetricsF(confidence).horizontalAdvance(self._confidence)
        answer = self._answer_font(self.width() - confidence_width - _GAP)
        if QFontMetricsF(answer).horizontalAdvance(self._name) > self.width() - confidence_width - _GAP:
            self._paint_below_each_other(painter, confidence)
            painter.end()
            return
        name_width = QFontMetricsF(answer).horizontalAdvance(self._name)
        then = self._font(theme.FONT_SIZE, bold=False)
        fits = (
            name_width + confidence_width + QFontMetricsF(then).horizontalAdvance(self._then) + 2 * _GAP < self.width()
        )
        baseline = 58.0
        x = 0.0
        for text, font, shade in ((self._name, answer, colour.text), (self._confidence, confidence, colour.text)):
            painter.setFont(font)
            painter.setPen(QColor(shade))
            painter.drawText(QPointF(x, baseline), text)
            x += QFontMetricsF(font).horizontalAdvance(text) + _GAP
        painter.setFont(then)
        painter.setPen(QColor(colour.muted))
        rest = QFontMetricsF(then).elidedText(self._then, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(QPointF(x, baseline) if fits else QPointF(0, baseline + 24), rest)
        painter.end()

    def _paint_below_each_other(self, painter: QPainter, confidence: QFont) -> None:
        """A name that leaves no room: the confidence has a line of its own, and the name may be cut."""
        name = self._answer_font(self.width())
        lines = ((self._name, name, 32), (self._confidence, confidence, 62), (self._then, self.font(), 86))
        for text, font, baseline in lines:
            painter.setFont(font)
            painter.setPen(QColor(theme.colours().muted if text is self._then else theme.colours().text))
            fitting = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, self.width())
            painter.drawText(QPointF(0, baseline), fitting)

    def _answer_font(self, room: float) -> QFont:
        """As large as the name allows."""
        large = self._font(theme.ANSWER_FONT_SIZE, bold=True)
        needed = QFontMetricsF(large).horizontalAdvance(self._name)
        if needed <= room:
            return large
        return self._font(max(_SMALLEST_FONT_SIZE, int(theme.ANSWER_FONT_SIZE * room / needed)), bold=True)

    def _font(self, size: int, bold: bool) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(size)
        font.setBold(bold)
        return font


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap

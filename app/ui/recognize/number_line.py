"""The number that was read, as large text: to select, to copy, to choose one of its digits."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from app.core.inference.multi_digit import MultiDigitPrediction
from app.core.percentages import probability_text
from app.ui import theme
from app.ui.common import build

HEIGHT = 60
_LARGEST_FONT_SIZE = 36
_SMALLEST_FONT_SIZE = theme.CONFIDENCE_FONT_SIZE
_LETTER_SPACING = 2.0
_MARGINS = 16
"""What the text field keeps free beside its text."""
_DASHES = (3.0, 2.0)


class NumberLine(QWidget):
    """Shows a number. A click or the arrow keys choose a digit; what is dragged over is selected as text."""

    digit_selected = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = _NumberText()
        self._copy = build.button(self.tr("Copy"), clicked=self.copy)
        self._copy.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        build.row((self._text, 1), self._copy, on=self)
        self.setFixedHeight(HEIGHT)
        self.setFocusProxy(self._text)
        self._text.chosen.connect(self.digit_selected)
        self._text.copy_requested.connect(self.copy)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self).activated.connect(self.copy)
        self.set_number(None)

    @property
    def text(self) -> str:
        """The number as text; empty without one."""
        return self._text.text()

    @property
    def selected(self) -> int | None:
        """Which digit is chosen, counted from 0."""
        return self._text.selected

    def set_number(self, number: MultiDigitPrediction | None) -> None:
        """Show another number. The choice stays on the same place while the number has as many digits."""
        self._text.set_number(number)
        self._copy.setEnabled(bool(self.text))
        self._copy.setToolTip(
            self.tr("Copy the number (Ctrl+C)") if self.text else self.tr("Nothing to copy: no number was read yet")
        )

    @Slot(int)
    def select(self, place: int) -> None:
        """Choose the digit at `place`, as a click on it does, but without telling."""
        self._text.choose(place)

    @Slot()
    def copy(self) -> None:
        """Put the number on the clipboard."""
        if self.text:
            QGuiApplication.clipboard().setText(self._text.lines)


class _NumberText(QLineEdit):
    """The text itself, as large as its room allows. `chosen` tells of a digit that the user chose.

    `copy_requested` comes with the key for it while nothing is selected.
    """

    chosen = Signal(int)
    copy_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.selected: int | None = None
        self._number: MultiDigitPrediction | None = None
        self.setObjectName("number_text")
        self.setReadOnly(True)
        self.setFrame(False)
        self.setMinimumWidth(0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("The number"))
        theme.notifier().changed.connect(self._on_colours_changed)
        self._on_colours_changed()

    def set_number(self, number: MultiDigitPrediction | None) -> None:
        before = len(self._number.digits) if self._number else 0
        self._number = number if number is not None and number.digits else None
        count = len(self._number.digits) if self._number else 0
        if count != before:
            self.selected = None
        text = self._number.text if self._number else ""
        if text != self.text():
            self.setText(text)
            self._fit()
        self.setToolTip(
            self.tr("Only the first {count} digits are read: write fewer on one paper").format(count=count)
            if self._number is not None and self._number.has_more
            else ""
        )
        self.setAccessibleDescription(self.toolTip() or self._spoken())
        self.update()

    @property
    def lines(self) -> str:
        """The number as it is written, a line for each row."""
        return self._number.lines if self._number else ""

    def choose(self, place: int) -> None:
        if self._number is not None and 0 <= place < len(self._number.digits):
            self.selected = place
            self.deselect()
            self.setCursorPosition(self._number.spans[place][0])
            self.setAccessibleDescription(self._spoken())
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click that selected no text chooses the digit under it."""
        super().mouseReleaseEvent(event)
        place = self._place_at(event.position())
        if event.button() is Qt.MouseButton.LeftButton and not self.hasSelectedText() and place is not None:
            self._choose_and_tell(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Home and End go through the digits; with Shift they select. Copy takes all, or what is selected."""
        if event.matches(QKeySequence.StandardKey.Copy) and not self.hasSelectedText():
            self.copy_requested.emit()
            return
        last = len(self._number.digits) - 1 if self._number else -1
        at = -1 if self.selected is None else self.selected
        aims = {
            Qt.Key.Key_Left: max(at - 1, 0),
            Qt.Key.Key_Right: min(at + 1, last),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        aim = aims.get(Qt.Key(event.key()))
        if aim is not None and last >= 0 and event.modifiers() in {_NO_KEYS, Qt.KeyboardModifier.KeypadModifier}:
            self._choose_and_tell(aim)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The text, and lines below its digits: whole for the chosen one, dashed for what is not sure."""
        super().paintEvent(event)
        if self._number is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = theme.colours()
        metrics = QFontMetricsF(self.font())
        bottom = (self.height() + metrics.ascent() + metrics.descent()) / 2 + 1
        for place, digit in enumerate(self._number.digits):
            left, right = self._edges(place)
            if place == self.selected:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(colour.accent))
                painter.drawRoundedRect(QRectF(left, bottom, right - left, 3), 1.5, 1.5)
            elif not digit.is_sure:
                pen = QPen(QColor(colour.muted), theme.FOCUS_LINE)
                pen.setDashPattern(_DASHES)
                painter.setPen(pen)
                painter.drawLine(QPointF(left, bottom + 1), QPointF(right, bottom + 1))
        painter.end()

    def _choose_and_tell(self, place: int) -> None:
        self.choose(place)
        self.chosen.emit(place)

    def _place_at(self, at: QPointF) -> int | None:
        count = len(self._number.digits) if self._number else 0
        for place in range(count):
            left, right = self._edges(place)
            if left - _LETTER_SPACING <= at.x() < right + _LETTER_SPACING:
                return place
        return None

    def _edges(self, place: int) -> tuple[float, float]:
        """Where a digit begins and ends, in pixels of the widget, however far the text is scrolled."""
        assert self._number is not None
        start, end = self._number.spans[place]
        metrics, text = QFontMetricsF(self.font()), self.text()
        # The caret's rectangle tells where the text begins: it stands in the middle of it.
        begin = self.cursorRect().center().x() - metrics.horizontalAdvance(text[: self.cursorPosition()])
        left, right = (begin + metrics.horizontalAdvance(text[:at]) for at in (start, end))
        return left, right - _LETTER_SPACING

    def _fit(self) -> None:
        """As large as the room allows; what does not fit even so can be scrolled to."""
        font = QFont(self.font())
        font.setBold(True)
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, _LETTER_SPACING)
        font.setPixelSize(_LARGEST_FONT_SIZE)
        needed, room = QFontMetricsF(font).horizontalAdvance(self.text()) + _MARGINS, max(1, self.width())
        font.setPixelSize(max(_SMALLEST_FONT_SIZE, min(_LARGEST_FONT_SIZE, int(_LARGEST_FONT_SIZE * room / needed))))
        if font != self.font():
            self.setFont(font)

    @Slot()
    def _on_colours_changed(self) -> None:
        self._fit()
        self.update()

    def _spoken(self) -> str:
        if self._number is None:
            return self.tr("No number yet")
        if self.selected is None:
            return self.tr("{count} digits").format(count=len(self._number.digits))
        digit = self._number.digits[self.selected].prediction
        sentence = self.tr("Digit {place} of {count}: {name}, {confidence}, {verdict}")
        return sentence.format(
            place=self.selected + 1,
            count=len(self._number.digits),
            name=digit.name,
            confidence=probability_text(digit.confidence),
            verdict=digit.verdict,
        )


_NO_KEYS = Qt.KeyboardModifier.NoModifier

"""A part of a form that folds away, with a word on what is in it."""

from PySide6.QtCore import QPointF, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.ui import theme

_CHEVRON = 4.0
_TEXT_LEFT = 18
_DOT = "●"


class FoldHeader(QPushButton):
    """A title with a chevron and, muted on the right, a summary that is cut short where there is no room."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.summary, self.is_changed = title, "", False
        self.setCheckable(True)
        self.setProperty("kind", "fold")
        self.setAccessibleName(title)
        self.setMinimumHeight(theme.CONTROL_HEIGHT)

    def set_summary(self, summary: str) -> None:
        """Say in short what is inside; the tooltip says it whole."""
        self.summary = summary
        self.setAccessibleDescription(summary)
        self.setToolTip(summary)
        self.update()

    def set_changed(self, changed: bool) -> None:
        """Mark that something inside is not the recipe's."""
        self.is_changed = changed
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as the title; the summary takes what is left."""
        return QSize(_TEXT_LEFT + self.fontMetrics().horizontalAdvance(self.title), theme.CONTROL_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The button's ground, then chevron, title and summary."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = theme.colours()
        painter.setPen(QPen(QColor(colours.muted), 1.5))
        painter.drawPolyline(self._chevron())
        painter.setPen(QColor(colours.text))
        left = self.rect().adjusted(_TEXT_LEFT, 0, -theme.SPACING // 2, 0)
        painter.drawText(left, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.title)
        width = self.fontMetrics().horizontalAdvance(self.title)
        if self.is_changed:
            dot = left.adjusted(width + theme.SPACING // 2, 0, 0, 0)
            painter.setPen(QColor(colours.accent))
            painter.drawText(dot, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, _DOT)
            width += theme.SPACING // 2 + self.fontMetrics().horizontalAdvance(_DOT)
        if not self.isChecked():
            painter.setPen(QColor(colours.muted))
            room = left.adjusted(width + theme.PADDING, 0, 0, 0)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self._elided(room))
        painter.end()

    def _elided(self, room: QRect) -> str:
        return self.fontMetrics().elidedText(self.summary, Qt.TextElideMode.ElideRight, room.width())

    def _chevron(self) -> list[QPointF]:
        x, y, half = _TEXT_LEFT / 2 - 1, self.height() / 2, _CHEVRON / 2
        if self.isChecked():
            return [QPointF(x - _CHEVRON, y - half), QPointF(x, y + half), QPointF(x + _CHEVRON, y - half)]
        return [QPointF(x - half, y - _CHEVRON), QPointF(x + half, y), QPointF(x - half, y + _CHEVRON)]


class Fold(QWidget):
    """A header that shows or hides `body`."""

    unfolded = Signal(object)  # this Fold

    def __init__(self, title: str, body: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header, self.body = FoldHeader(title), body
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(body)
        body.hide()
        self.header.toggled.connect(self._on_toggled)

    @property
    def is_open(self) -> bool:
        """True while the body is shown."""
        return self.header.isChecked()

    @Slot(bool)
    def _on_toggled(self, shown: bool) -> None:
        self.body.setVisible(shown)
        if shown:
            self.unfolded.emit(self)

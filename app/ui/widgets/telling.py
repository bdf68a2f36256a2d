"""A tool tip that follows the pointer, and what is under it, without a wait."""

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QCursor, QMouseEvent
from PySide6.QtWidgets import QToolTip, QWidget


class TellingWidget(QWidget):
    """Tells at once what the pointer is at; a subclass says it, and calls `tell` when that has changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._at: QPointF | None = None
        self.setMouseTracking(True)

    def words_at(self, at: QPointF) -> str:
        """What there is to say of the place, or an empty text."""
        raise NotImplementedError

    def tell(self) -> None:
        """Say it anew, if the pointer is here."""
        if self._at is not None:
            QToolTip.showText(QCursor.pos(), self.words_at(self._at), self)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what is there now, unless something is being dragged."""
        self._at = event.position() if event.buttons() == Qt.MouseButton.NoButton else None
        self.tell()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at any more."""
        self._at = None
        super().leaveEvent(event)

    def event(self, event: QEvent) -> bool:
        """Qt's own tool tip would come later, and take the place of this one."""
        return True if event.type() is QEvent.Type.ToolTip else super().event(event)

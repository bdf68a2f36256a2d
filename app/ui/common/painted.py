"""Widgets that paint themselves, and tell what is under the pointer."""

from PySide6.QtCore import QEvent, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QCursor, QHelpEvent, QMouseEvent
from PySide6.QtWidgets import QToolTip, QWidget

from app.ui import theme

_UNSURE = 0.6
"""Opacity of bars of an answer that is not sure."""


class Painted(QWidget):
    """Paints itself anew when the colours change; a subclass says in `tip_at` what there is to tell of a place."""

    def __init__(self, parent: QWidget | None = None, *, is_small: bool = False) -> None:
        """`is_small` writes in small letters."""
        super().__init__(parent)
        if is_small:
            self.setFont(theme.small(self.font()))
        theme.notifier().changed.connect(self.update)

    def tip_at(self, _at: QPointF) -> str | None:
        """The tooltip of a place, empty for none; None leaves it to Qt."""
        return None

    def tip_area(self, _at: QPointF) -> QRect:
        """What the tooltip of a place is about; nothing for the whole widget."""
        return QRect()

    def event(self, event: QEvent) -> bool:
        """Tell in words what is pointed at."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            at = QPointF(event.pos())
            text = self.tip_at(at)
            if text is not None:
                QToolTip.showText(event.globalPos(), text, self, self.tip_area(at))
                return True
        return super().event(event)


class TellingWidget(Painted):
    """Tells at once what the pointer is at, and goes with it; a subclass calls `tell` when that has changed."""

    def __init__(self, parent: QWidget | None = None, *, is_small: bool = False) -> None:
        super().__init__(parent, is_small=is_small)
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


def bar_colour(is_foremost: bool, is_sure: bool) -> QColor:
    """The colour of a probability's bar: the foremost one stands out, those of an answer that is not sure are pale."""
    colour = QColor(theme.colours().accent if is_foremost and is_sure else theme.colours().bar)
    if not (is_sure or is_foremost):
        colour.setAlphaF(_UNSURE)
    return colour

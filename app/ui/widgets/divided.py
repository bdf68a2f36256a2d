"""Parts beside or above each other, with dividers to drag between them."""

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QEnterEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSplitter, QSplitterHandle, QWidget

from app.ui import theme
from app.ui.settings import Settings

_LENGTH, _THICKNESS, _STEP = 36.0, 4.0, 24
_ACROSS = Qt.Orientation.Horizontal
_KEYS = {
    _ACROSS: (Qt.Key.Key_Left, Qt.Key.Key_Right),
    Qt.Orientation.Vertical: (Qt.Key.Key_Up, Qt.Key.Key_Down),
}


class Divided(QSplitter):
    """A splitter whose dividers can be seen; the arrow keys move the one that has the focus."""

    def __init__(self, orientation: Qt.Orientation, width: int = theme.MARGIN, parent: QWidget | None = None) -> None:
        super().__init__(orientation, parent)
        self._settings: Settings | None = None
        self._name = ""
        self.setChildrenCollapsible(False)
        self.setHandleWidth(width)
        self.splitterMoved.connect(self._on_moved)

    def remember(self, settings: Settings, name: str) -> None:
        """Put the dividers where they were last time, and keep where they are moved to. Call it with all parts in."""
        self._settings, self._name = settings, name
        self.restoreState(settings.divided(name))

    def move_handle(self, handle: QSplitterHandle, pixels: int) -> None:
        """Move a divider."""
        place = handle.x() if self.orientation() == _ACROSS else handle.y()
        self.moveSplitter(place + pixels, self.indexOf(handle))

    def createHandle(self) -> QSplitterHandle:
        """A visible one."""
        return _Handle(self.orientation(), self)

    @Slot()
    def _on_moved(self) -> None:
        if self._settings is not None:
            self._settings.set_divided(self._name, self.saveState())


class _Handle(QSplitterHandle):
    """A short bar in the middle, stronger under the pointer and with the focus."""

    def __init__(self, orientation: Qt.Orientation, divided: Divided) -> None:
        super().__init__(orientation, divided)
        self._divided = divided
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(self.tr("Divider"))
        self.setToolTip(self.tr("Drag to resize"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows along which it can move."""
        back, on = _KEYS[self.orientation()]
        if event.key() in (back, on):
            self._divided.move_handle(self, _STEP if event.key() == on else -_STEP)
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Look alive."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Look at rest."""
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The bar."""
        colours = theme.colours()
        colour = colours.accent if self.hasFocus() else colours.muted if self.underMouse() else colours.line
        across = self.orientation() == _ACROSS
        width, height = (_THICKNESS, _LENGTH) if across else (_LENGTH, _THICKNESS)
        middle = QRectF(self.rect()).center()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        bar = QRectF(middle - QPointF(width / 2, height / 2), middle + QPointF(width / 2, height / 2))
        painter.drawRoundedRect(bar, _THICKNESS / 2, _THICKNESS / 2)
        painter.end()

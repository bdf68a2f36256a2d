"""Layouts that make the best of the room there is: scrolling, dividing, wrapping, leaving out."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QAction, QColor, QEnterEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QLayout,
    QLayoutItem,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QSplitterHandle,
    QStackedWidget,
    QWidget,
)

from app.ui import theme
from app.ui.settings import Settings

# Scroll bars for what needs more room than there is, and only then.

_MOST_TRIES = 4
UNLIMITED = (1 << 24) - 1
"""Qt's largest width or height."""


class FitScroll(QScrollArea):
    """Gives its content all the room there is, or as much as it needs at least: then one scrolls.

    Qt's own way, a resizable widget, would make room for all that the content would like to have. An `upright` one
    holds a column: it scrolls up and down only, and is never narrower than its content.
    """

    def __init__(self, content: QWidget, upright: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content, self._upright = content, upright
        self.setObjectName("fit_scroll")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        if upright:
            self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(content)

    def shown(self) -> QWidget | None:
        """Whose needs count."""
        return self._content

    def minimumSizeHint(self) -> QSize:
        """Hardly anything; upright, the width of the content beside a scroll bar."""
        hint, shown = super().minimumSizeHint(), self.shown()
        if self._upright and shown is not None:
            hint.setWidth(_least(shown).width() + self._bar_width())
        return hint

    def sizeHint(self) -> QSize:
        """What the content would like to have."""
        return self._content.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size, or a scroll bar that came or went."""
        super().resizeEvent(event)
        self.fit()

    def event(self, event: QEvent) -> bool:
        """A content that needs more, or less, than before."""
        done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:
            self.updateGeometry()
            self.fit()
        return done

    @Slot()
    def fit(self) -> None:
        """Give the content its size; one that lays itself out anew for it may then need less."""
        shown = self.shown()
        for _ in range(_MOST_TRIES if shown is not None else 0):
            assert shown is not None
            before = _least(shown)
            self._give_room(shown)
            if _least(shown) == before:
                return

    def _give_room(self, shown: QWidget) -> None:
        room = self.maximumViewportSize()
        needed, bar = self._needed(shown, room.width()), self._bar_width()
        if needed.height() > room.height():
            room.setWidth(room.width() - bar)
            needed = self._needed(shown, room.width())
        if needed.width() > room.width() and not self._upright:
            room.setHeight(room.height() - bar)
        self._content.resize(room.expandedTo(needed))

    def _needed(self, shown: QWidget, width: int) -> QSize:
        """The least room in which nothing of `shown` is cut off, if it is given `width`."""
        needed, layout = _least(shown), shown.layout()
        if self._upright and layout is not None and layout.hasHeightForWidth():  # text that wraps
            needed.setHeight(max(needed.height(), layout.totalMinimumHeightForWidth(max(width, needed.width()))))
        return needed

    def _bar_width(self) -> int:
        return self.verticalScrollBar().sizeHint().width()


class PageScroll(FitScroll):
    """The pages of the window; the one that is shown counts."""

    def __init__(self, pages: QStackedWidget, parent: QWidget | None = None) -> None:
        self._pages = pages
        super().__init__(pages, parent=parent)
        pages.currentChanged.connect(self._on_page_changed)

    def shown(self) -> QWidget | None:
        """The current page."""
        return self._pages.currentWidget()

    @Slot()
    def _on_page_changed(self) -> None:
        """A page begins at its top."""
        self.fit()
        for bar in (self.horizontalScrollBar(), self.verticalScrollBar()):
            bar.setValue(0)


def keep_width(widget: QWidget, width: int, grows: bool = False) -> None:
    """Make `widget` so wide, or at least so wide if it `grows`, but never narrower than its words, whatever the font.

    May be called again, with another width.
    """
    name = "width_keeper"
    keeper = widget.findChild(_WidthKeeper, name, Qt.FindChildOption.FindDirectChildrenOnly) or _WidthKeeper(widget)
    keeper.setObjectName(name)
    keeper.keep(width, grows)


class _WidthKeeper(QObject):
    """Looks again whenever what the widget holds asks for another size."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget, self._width, self._grows = widget, 0, False
        widget.installEventFilter(self)

    def keep(self, width: int, grows: bool) -> None:
        self._width, self._grows = width, grows
        self._apply()

    def eventFilter(self, _widget: QObject, event: QEvent) -> bool:
        if event.type() in {QEvent.Type.LayoutRequest, QEvent.Type.Show, QEvent.Type.FontChange}:
            self._apply()
        return False

    def _apply(self) -> None:
        width = max(self._width, self._widget.minimumSizeHint().width())
        most = UNLIMITED if self._grows else width
        if (self._widget.minimumWidth(), self._widget.maximumWidth()) != (width, most):
            self._widget.setMinimumWidth(width)
            self._widget.setMaximumWidth(most)


def _least(widget: QWidget) -> QSize:
    return widget.minimumSizeHint().expandedTo(widget.minimumSize())


# Parts beside or above each other, with dividers to drag between them.

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


# Controls in a row that goes on in the next line where there is no room.


class Flow(QLayout):
    """As many controls to a line as fit, each as wide as it likes; those of a line stand on one middle line.

    The last one may stand at the right edge.
    """

    def __init__(self, parent: QWidget | None = None, *, last_at_edge: bool = False) -> None:
        super().__init__(parent)
        self._last_at_edge = last_at_edge
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(theme.SPACING)

    def addItem(self, item: QLayoutItem) -> None:
        """Qt adds widgets through this."""
        self._items.append(item)

    def count(self) -> int:
        """Of the controls."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """None ends Qt's walk through them."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Give a control away."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """None: what is left over belongs to others."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Less width, more lines."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Of all lines."""
        return self._place(QRect(0, 0, width, 0), moves=False)

    def setGeometry(self, rect: QRect) -> None:
        """Put the controls into `rect`."""
        super().setGeometry(rect)
        self._place(rect, moves=True)

    def sizeHint(self) -> QSize:
        """One line."""
        hints = [item.sizeHint() for item in self._items if not item.isEmpty()]
        width = sum(hint.width() for hint in hints) + self.spacing() * max(0, len(hints) - 1)
        return QSize(width, max((hint.height() for hint in hints), default=0))

    def minimumSize(self) -> QSize:
        """The widest control."""
        size = QSize()
        for item in self._items:
            if not item.isEmpty():
                size = size.expandedTo(item.minimumSize())
        return size

    def _place(self, rect: QRect, moves: bool) -> int:
        """The height that the lines take; `moves` puts the controls there, too."""
        lines: list[list[tuple[QLayoutItem, QSize]]] = [[]]
        left = 0
        for item in self._items:
            if item.isEmpty():
                continue
            size = item.sizeHint().expandedTo(item.minimumSize()).boundedTo(item.maximumSize())
            if lines[-1] and left + size.width() > rect.width():
                lines.append([])
                left = 0
            lines[-1].append((item, size))
            left += size.width() + self.spacing()
        top = rect.top()
        for line in lines:
            height, x = max((size.height() for _, size in line), default=0), rect.left()
            for item, size in line:
                if self._last_at_edge and item is self._items[-1]:
                    x = rect.right() + 1 - size.width()
                if moves:
                    item.setGeometry(QRect(QPoint(x, top + (height - size.height()) // 2), size))
                x += size.width() + self.spacing()
            top += height + self.spacing()
        return top - self.spacing() - rect.top()


# Controls beside the title of a card: as many as there is room for.


@dataclass
class _Tool:
    """A control; `stand_in` is offered elsewhere while there is no room for it."""

    widget: QWidget
    stand_in: QAction | None
    is_last: bool
    is_wanted: bool = True


class HeaderTools(QWidget):
    """Takes whatever width it is given: what was added last goes first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tools: list[_Tool] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def add(self, widget: QWidget, stand_in: QAction | None = None, *, is_last: bool = False) -> None:
        """Add a control, to the right of the others or, with `is_last`, at the right edge."""
        widget.setParent(self)
        self._tools.append(_Tool(widget, stand_in, is_last))
        for before, after in zip(self._in_order(), self._in_order()[1:], strict=False):
            QWidget.setTabOrder(before.widget, after.widget)
        self.updateGeometry()
        self._lay_out()

    def set_wanted(self, widget: QWidget, is_wanted: bool) -> None:
        """Show a control, or not for now."""
        for tool in self._tools:
            if tool.widget is widget:
                tool.is_wanted = is_wanted
        self._lay_out()

    def sizeHint(self) -> QSize:
        """Room for all."""
        hints = [tool.widget.sizeHint() for tool in self._tools]
        return QSize(sum(hint.width() + theme.SPACING for hint in hints), max((h.height() for h in hints), default=0))

    def minimumSizeHint(self) -> QSize:
        """Any width will do."""
        return QSize(0, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, other controls."""
        super().resizeEvent(event)
        self._lay_out()

    def _in_order(self) -> list[_Tool]:
        return sorted(self._tools, key=lambda tool: tool.is_last)

    def _lay_out(self) -> None:
        left, right = theme.SPACING, self.width()
        for tool in sorted(self._tools, key=lambda tool: not tool.is_last):
            hint = tool.widget.sizeHint()
            has_room = tool.is_wanted and left + hint.width() <= right
            tool.widget.setVisible(has_room)
            if tool.stand_in is not None:
                tool.stand_in.setVisible(not has_room)
            if not has_room:
                continue
            x = right - hint.width() if tool.is_last else left
            tool.widget.setGeometry(x, (self.height() - hint.height()) // 2, hint.width(), hint.height())
            if tool.is_last:
                right = x - theme.SPACING
            else:
                left = x + hint.width() + theme.SPACING

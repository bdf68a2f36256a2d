"""Scroll bars for what needs more room than there is, and only then."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QWidget

_MOST_TRIES = 4
_UNLIMITED = (1 << 24) - 1
"""Qt's largest width."""


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
        most = _UNLIMITED if self._grows else width
        if (self._widget.minimumWidth(), self._widget.maximumWidth()) != (width, most):
            self._widget.setMinimumWidth(width)
            self._widget.setMaximumWidth(most)


def _least(widget: QWidget) -> QSize:
    return widget.minimumSizeHint().expandedTo(widget.minimumSize())

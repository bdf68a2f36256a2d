"""What is around the pages: a bar above and below, the rail on the left, a message over them."""

import os
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QColor, QKeySequence, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QMenu,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QWidget,
)

from app.ui import theme
from app.ui.common import build
from app.ui.common.dialogs import give_menu
from app.ui.common.layout import PageScroll, keep_width
from app.ui.common.messages import Banner, Messages
from app.ui.common.page import Busy, Page
from app.ui.pages import ON_RAIL
from app.ui.theme import Scheme

# A button of the rail, with a bar while something of its page is under way.

_BAR_WIDTH, _BAR_HEIGHT, _BAR_BOTTOM = 44, 3, 5


class RailButton(QToolButton):
    """Its tool tip says what is under way, too."""

    def __init__(self, words: str, tip: str) -> None:
        super().__init__()
        self._tip = tip
        self.busy: tuple[Busy, ...] = ()
        self.setText(words)
        self.setToolTip(tip)

    def show_busy(self, busy: tuple[Busy, ...]) -> None:
        """Show the first of these on the bar, and all in the tool tip."""
        if busy != self.busy:
            self.busy = busy
            said = [each.words for each in busy]
            self.setToolTip("\n".join((self._tip, *said)))
            self.setAccessibleDescription("; ".join(said))
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The button, and the bar on its lower edge."""
        super().paintEvent(event)
        if not self.busy:
            return
        colours, share = theme.colours(), self.busy[0].share
        left, top = (self.width() - _BAR_WIDTH) / 2, self.height() - _BAR_BOTTOM - _BAR_HEIGHT
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for colour, width in ((colours.line, 1.0), (colours.accent, share)):
            painter.setBrush(QColor(colour))
            place = QRectF(left, top, _BAR_WIDTH * width, _BAR_HEIGHT) if width is not None else None
            # What cannot be measured is a piece in the middle.
            place = place or QRectF(left + _BAR_WIDTH / 3, top, _BAR_WIDTH / 3, _BAR_HEIGHT)
            painter.drawRoundedRect(place, _BAR_HEIGHT / 2, _BAR_HEIGHT / 2)
        painter.end()


# The rail of pages on the left.

WIDTH = 96
_BUTTON_HEIGHT, _LEAST_FOR_WORDS = 60, 50


class Rail(QFrame):
    """A button for each page, Ctrl+1, Ctrl+2 ... for the keyboard, and the choice of light or dark below."""

    page_chosen = Signal(str)
    scheme_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        keep_width(self, WIDTH)
        self._buttons: dict[str, RailButton] = {}
        column = build.column(on=self, margins=theme.SPACING, spacing=theme.SPACING // 2)
        for number, page in enumerate(ON_RAIL, start=1):
            button = self._button(page.words, f"{page.words} (Ctrl+{number})")
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.setObjectName(page.name)
            button.setShortcut(QKeySequence(f"Ctrl+{number}"))
            button.clicked.connect(self._on_clicked)
            self._buttons[page.name] = button
            column.addWidget(button)
        column.addStretch()
        self.help = self._small_button(self.tr("Help"), self.tr("Help, keys, glossary, about (F1)"))
        self._appearance = self._small_button(
            self.tr("Appearance"), self.tr("Appearance: light, dark, or use system setting")
        )
        give_menu(self._appearance, self._scheme_menu())
        column.addLayout(build.row(self.help, self._appearance, spacing=theme.SPACING // 2))
        theme.notifier().changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def choose(self, name: str) -> None:
        """Mark a page as the one shown."""
        self._buttons[name].setChecked(True)

    def show_busy(self, name: str, busy: Sequence[Busy]) -> None:
        """Show on a page's button what of it is under way, whichever page is seen."""
        self._buttons[name].show_busy(tuple(busy))

    def _button(self, words: str, tip: str) -> RailButton:
        button = RailButton(words, tip)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setIconSize(QSize(20, 20))
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window the buttons show their icons only."""
        super().resizeEvent(event)
        gap = theme.SPACING // 2
        room = self.height() - 2 * theme.SPACING - self.help.sizeHint().height() - gap
        height = min(_BUTTON_HEIGHT, room // len(self._buttons) - gap)
        under, alone = Qt.ToolButtonStyle.ToolButtonTextUnderIcon, Qt.ToolButtonStyle.ToolButtonIconOnly
        for button in self._buttons.values():
            button.setToolButtonStyle(under if height >= _LEAST_FOR_WORDS else alone)
            button.setFixedHeight(height)

    def _small_button(self, words: str, tip: str) -> QToolButton:
        """An icon without words."""
        button = build.tool_button(says=words, tip=tip)
        button.setIconSize(QSize(20, 20))
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button

    def _scheme_menu(self) -> QMenu:
        menu, group = QMenu(self), QActionGroup(self)
        words = {
            Scheme.SYSTEM: self.tr("Use system setting"),
            Scheme.LIGHT: self.tr("Light"),
            Scheme.DARK: self.tr("Dark"),
        }
        for scheme, text in words.items():
            action = QAction(text, group)
            action.setData(str(scheme))
            action.setCheckable(True)
            action.setChecked(scheme is theme.notifier().scheme)
            menu.addAction(action)
        group.triggered.connect(self._on_scheme_triggered)
        return menu

    @Slot()
    def _on_clicked(self) -> None:
        self.page_chosen.emit(self.sender().objectName())

    @Slot(QAction)
    def _on_scheme_triggered(self, action: QAction) -> None:
        self.scheme_chosen.emit(action.data())

    @Slot()
    def _on_theme_changed(self) -> None:
        for name, button in self._buttons.items():
            button.setIcon(theme.rail_icon(name))
        self._appearance.setIcon(theme.rail_icon("appearance"))
        self.help.setIcon(theme.rail_icon("help"))


# A bar over the whole width of the window.


def window_bar(name: str, height: int, left: QWidget, right: QWidget) -> QFrame:
    """A bar with something at each end."""
    bar = build.named(QFrame(), name)
    bar.setFixedHeight(height)
    build.row(left, build.STRETCH, right, on=bar, margins=(theme.MARGIN, 0, theme.MARGIN, 0))
    return bar


_TOP_HEIGHT, _BOTTOM_HEIGHT = 48, 26
_BANNER_WIDTH, _BANNER_TOP = 720, 4


class WindowFrame(QWidget):
    """The rail chooses among the pages in `stack`; the window's messages are shown over the bar at the top."""

    def __init__(self, messages: Messages, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rail, self.stack, self.banner = Rail(), QStackedWidget(), Banner(messages)
        self.page_scroll = PageScroll(self.stack)
        self.corner = QWidget()
        self._corners = build.row(on=self.corner)
        self._title = build.label(self.tr("Softmax Studio"), role="title")
        cores = self.tr("CPU, {cores} cores").format(cores=os.cpu_count())
        self.left, self.right = build.label(role="caption"), build.label(cores, role="caption")
        self._offers, self._lines = build.column(), list[QWidget]()
        pages = build.column(self._offers, (self.page_scroll, 1), spacing=0)
        build.column(
            window_bar("bar-top", _TOP_HEIGHT, self._title, self.corner),
            (build.row(self.rail, (pages, 1), spacing=0), 1),
            window_bar("bar-bottom", _BOTTOM_HEIGHT, self.left, self.right),
            on=self,
            spacing=0,
        )
        self.banner.setParent(self)
        self.banner.installEventFilter(self)

    def add_page(self, page: Page) -> None:
        """Make room for the page, and for what it shows in the bar at the top."""
        self.stack.addWidget(page)
        page.status_changed.connect(self._show_status)
        if page.corner is not None:
            self._corners.addWidget(page.corner)
        if page.strip is not None:
            self.add_offer(page.strip)

    def turn_to(self, page: Page) -> None:
        """Show the page, with what stands above and below it."""
        for corner in self.corner.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            corner.setVisible(corner is page.corner)
        self.corner.setVisible(page.corner is not None)
        self.stack.setCurrentWidget(page)
        self._show_status()
        QTimer.singleShot(0, self, self._place_banner)  # once the corner has its place

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Give the message the room its words need; of the lines above the pages, the newest takes the place."""
        if watched is self.banner and event.type() in {QEvent.Type.Show, QEvent.Type.LayoutRequest}:
            self._place_banner()
        elif watched is not self.banner and event.type() is QEvent.Type.Show:
            for line in self._lines:
                line.setVisible(line is watched)
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the message in its place."""
        super().resizeEvent(event)
        self._place_banner()

    def _place_banner(self) -> None:
        """Over the bar at the top, between its ends: so it pushes nothing aside, and hides nothing but its own bar."""
        left = self._title.geometry().right() + 2 * theme.MARGIN
        right = self.corner.geometry().left() if self.corner.isVisible() else self.width()
        width = min(right - theme.MARGIN - left, _BANNER_WIDTH)
        height = self.banner.heightForWidth(width)
        self.banner.setGeometry(left, max(_BANNER_TOP, (_TOP_HEIGHT - height) // 2), width, height)
        self.banner.raise_()

    def add_offer(self, offer: QWidget) -> None:
        """Put a line above the pages, where one is shown at a time."""
        self._offers.addWidget(offer)
        self._lines.append(offer)
        offer.installEventFilter(self)

    @Slot()
    def _show_status(self) -> None:
        page = self.stack.currentWidget()
        self.left.setText(page.status if isinstance(page, Page) else "")

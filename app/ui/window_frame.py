"""What is around the pages: a bar above and below, the rail on the left, a message over them."""

import os

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from app.ui import theme
from app.ui.widgets.banner import Banner
from app.ui.widgets.fit_scroll import PageScroll
from app.ui.widgets.model_chooser import ModelChooser
from app.ui.widgets.rail import Rail
from app.ui.widgets.window_bar import window_bar

_TOP_HEIGHT, _BOTTOM_HEIGHT = 48, 26
_BANNER_WIDTH, _BANNER_TOP = 720, 4


class WindowFrame(QWidget):
    """The rail chooses among `pages`: names, and the words shown. They themselves go into `stack`."""

    def __init__(self, pages: dict[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rail, self.stack, self.banner = Rail(pages), QStackedWidget(), Banner()
        self.page_scroll = PageScroll(self.stack)
        self.chooser, self._choice = ModelChooser(), QWidget()
        self._title = QLabel(self.tr("Softmax Studio"))
        self.left, self.right = QLabel(), QLabel()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._top())
        column.addLayout(self._middle(), 1)
        column.addWidget(self._bottom())
        self.banner.setParent(self)
        self.banner.installEventFilter(self)

    def show_reading(self, shown: bool) -> None:
        """Offer the choice of the model that reads, and tell how fast it did, or not."""
        self._choice.setVisible(shown)
        self.left.setVisible(shown)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Give the message the room its words need."""
        if event.type() in {QEvent.Type.Show, QEvent.Type.LayoutRequest}:
            self._place_banner()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the message in its place."""
        super().resizeEvent(event)
        self._place_banner()

    def _place_banner(self) -> None:
        """Over the bar at the top, between its ends: so it pushes nothing aside, and hides nothing but its own bar."""
        left = self._title.geometry().right() + 2 * theme.MARGIN
        right = self._choice.geometry().left() if self._choice.isVisible() else self.width()
        width = min(right - theme.MARGIN - left, _BANNER_WIDTH)
        height = self.banner.heightForWidth(width)
        self.banner.setGeometry(left, max(_BANNER_TOP, (_TOP_HEIGHT - height) // 2), width, height)
        self.banner.raise_()

    def add_offer(self, offer: QWidget) -> None:
        """Put a line above the pages."""
        self._offers.addWidget(offer)

    def _top(self) -> QWidget:
        title, words = self._title, QLabel(self.tr("Model"))
        title.setProperty("role", "title")
        words.setProperty("role", "muted")
        choice = QHBoxLayout(self._choice)
        choice.setContentsMargins(0, 0, 0, 0)
        choice.addWidget(words)
        choice.addWidget(self.chooser)
        return window_bar("bar-top", _TOP_HEIGHT, title, self._choice)

    def _middle(self) -> QHBoxLayout:
        pages, self._offers = QVBoxLayout(), QVBoxLayout()
        pages.setSpacing(0)
        pages.addLayout(self._offers)
        pages.addWidget(self.page_scroll, 1)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.rail)
        middle.addLayout(pages, 1)
        return middle

    def _bottom(self) -> QWidget:
        for label in (self.left, self.right):
            label.setProperty("role", "caption")
        self.right.setText(self.tr("CPU, {cores} cores").format(cores=os.cpu_count()))
        return window_bar("bar-bottom", _BOTTOM_HEIGHT, self.left, self.right)

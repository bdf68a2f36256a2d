"""The window: its frame, the pages of the table in it, and what concerns all of them."""

import gc
import importlib
import os
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QPoint, QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QMoveEvent, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from app.core.memory import give_back
from app.ui import theme
from app.ui.closing import Closing
from app.ui.common.messages import Messages
from app.ui.common.page import Page
from app.ui.common.window_object import Changes
from app.ui.help.help import Help
from app.ui.navigation import PreviewFeed, WindowNavigator, feed_paper
from app.ui.one_window import Request
from app.ui.pages import BY_NAME, PAGES
from app.ui.settings import Settings
from app.ui.window_frame import WindowFrame

if TYPE_CHECKING:
    from app.ui.recognize.page import RecognizePage

PREFERRED_SIZE = QSize(1280, 720)
SMALLEST_SIZE = QSize(800, 440)
"""Pages scroll in it. Full HD at 200% leaves 960x540, less what the desktop takes for bars and the window's frame."""
_FRAME_SIZE = QSize(16, 40)
"""What desktops draw around a window, at most; it cannot be asked for before the window is shown."""
_PRELOAD_MS = 1500
_COLLECT_MS = 1000
_KEEP_MS = 500


def first_place(screen: QRect) -> QRect:
    """Where the window opens for the first time on the free part of a screen: its frame's corner, its own size."""
    size = PREFERRED_SIZE.boundedTo(screen.size() - _FRAME_SIZE).expandedTo(SMALLEST_SIZE)
    left = (screen.size() - _FRAME_SIZE - size).expandedTo(QSize(0, 0))
    return QRect(screen.topLeft() + QPoint(left.width() // 2, left.height() // 2), size)


class MainWindow(QMainWindow):
    """Recognize is made at once; the other pages when they are first visited."""

    closed = Signal()
    closing = Signal()  # nothing new is begun any more

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__()
        self._settings = settings or Settings()
        self._keep_soon = QTimer(self, singleShot=True, interval=_KEEP_MS)  # not at the end alone: it may be a crash
        self._keep_soon.timeout.connect(self._keep)
        self.setWindowTitle(self.tr("Softmax Studio"))
        self.setWindowIcon(theme.icon("app"))
        self.setMinimumSize(SMALLEST_SIZE)
        self.resize(PREFERRED_SIZE)
        self.messages, self.changes = Messages(self), Changes(self)
        self.navigator = WindowNavigator(self, self.page, self.show_page)
        self._frame = WindowFrame(self.messages)
        self.banner, self.rail, self.stack = self._frame.banner, self._frame.rail, self._frame.stack
        self.setCentralWidget(self._frame)
        self._pages: dict[str, Page] = {}
        self._shown = last = self._settings.page
        self._closing = Closing(self, self._pages.values)
        self.help = Help(self, self._settings, lambda: self._shown)
        self._frame.add_offer(self.help.offer)
        self._connect()
        self.recognize: RecognizePage = self.page("recognize")
        self.show_page("recognize")
        if last in BY_NAME:
            self.show_page(last)
        if self._settings.follows_lesson:
            self.page("lessons").go_on()
        self._restore_geometry()
        QTimer.singleShot(_PRELOAD_MS, self, self._preload)

    def page(self, name: str) -> Any:
        """The page of that name in the table, made first if need be."""
        if name not in self._pages:
            page = self._pages[name] = BY_NAME[name].make(self._settings)
            self._frame.add_page(page)
            page.busy_changed.connect(self._show_busy)
            page.settings_changed.connect(self._keep_soon.start)
            for before, after in pairwise(page.tab_chain):
                QWidget.setTabOrder(before, after)
            if name == "train":
                PreviewFeed(self.recognize, self.page("train"))
            if name in {"runs", "evaluate"}:
                feed_paper(self.recognize, self.page(name))
            self._show_busy()
        return self._pages[name]

    @Slot(str)
    def show_page(self, name: str) -> None:
        """Go to a page."""
        page, self._shown = self.page(name), name
        self._settings.page = BY_NAME[name].button
        self.rail.choose(BY_NAME[name].button)
        page.enter(self.recognize.chooser.chosen)
        self._frame.turn_to(page)

    @Slot(object)
    def on_asked(self, request: Request) -> None:
        """Another start of the program asks to come to the front, and to open files."""
        if request.token and QGuiApplication.platformName().startswith("wayland"):
            os.environ["XDG_ACTIVATION_TOKEN"] = request.token  # where Qt looks for it, and takes it away
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()
        QApplication.alert(self)  # where the desktop lets nobody come to the front
        if request.files:
            self.navigator.open_files(request.paths)

    def _connect(self) -> None:
        self.rail.page_chosen.connect(self._on_page_chosen)
        self.rail.scheme_chosen.connect(self._on_scheme_chosen)
        self.rail.help.clicked.connect(self.help.open)
        self.messages.status_changed.connect(self._frame.right.setText)
        self.changes.data_changed.connect(self._on_data_changed)
        self.changes.models_changed.connect(self._on_models_changed)
        self.changes.watch_models()
        self._closing.began.connect(self._on_closing_began)
        self._closing.finished.connect(self._on_closing_finished)
        QShortcut(QKeySequence("Escape"), self).activated.connect(self._on_escape)

    def _restore_geometry(self) -> None:
        if not self.restoreGeometry(self._settings.geometry):
            place = first_place(QGuiApplication.primaryScreen().availableGeometry())
            self.resize(place.size())
            self.move(place.topLeft())  # the frame's corner

    def _behind(self, button: str) -> dict[str, Page]:
        """The pages to which a button of the rail leads, as far as they were made."""
        names = [entry.name for entry in PAGES if entry.button == button]
        return {name: self._pages[name] for name in names if name in self._pages}

    @Slot(str)
    def _on_page_chosen(self, button: str) -> None:
        """Go to the page on which something is under way, if several are behind the button and it is not shown yet."""
        busy = next((name for name, page in self._behind(button).items() if page.busy), button)
        self.show_page(button if busy == self._shown else busy)

    @Slot()
    def _show_busy(self) -> None:
        """Show on the rail, and on the page beside, what is under way."""
        for button in {entry.button for entry in PAGES}:
            pages = self._behind(button).values()
            self.rail.show_busy(button, [page.busy for page in pages if page.busy])
            for page in pages:
                page.show_busy_beside(next((other.busy for other in pages if other is not page and other.busy), None))

    @Slot(str)
    def _on_scheme_chosen(self, scheme: str) -> None:
        self._settings.scheme = theme.Scheme(scheme)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply_theme(app, theme.Scheme(scheme))

    @Slot()
    def _on_escape(self) -> None:
        """Drop the stroke under the pen; else end the tour; else close the message; else clear the paper."""
        if self.recognize.canvas.is_busy:
            self.recognize.canvas.cancel()
        elif self.help.is_touring:
            self.help.end_tour()
        elif self.banner.is_error:
            self.messages.clear()
        elif self.stack.currentWidget() is self.recognize:
            self.recognize.canvas.clear()

    @Slot()
    def _on_data_changed(self) -> None:
        for page in self._pages.values():
            page.refresh_data()

    @Slot()
    def _on_models_changed(self) -> None:
        for page in self._pages.values():
            page.refresh_models()

    def moveEvent(self, event: QMoveEvent) -> None:
        """Keep where the window is, once it rests."""
        super().moveEvent(event)
        self._keep_soon.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep how large the window is, once it rests."""
        super().resizeEvent(event)
        self._keep_soon.start()

    @Slot()
    def _keep(self) -> None:
        """Keep what is to be there after the next start."""
        self._keep_soon.stop()
        self._settings.geometry = self.saveGeometry()
        for page in self._pages.values():
            page.save_settings()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close once everybody has ended what they do, and not before."""
        if not self._closing.is_over:
            event.ignore()
            self._closing.request()
            return
        self._keep()
        event.accept()
        self.closed.emit()

    @Slot()
    def end(self) -> None:
        """Close without asking: the session ends, and what is under way can be taken up again."""
        self._closing.end()

    @Slot(str)
    def _on_closing_began(self, waiting_for: str) -> None:
        self.closing.emit()
        for widget in (self.rail, self.stack, self._frame.corner):
            widget.setEnabled(False)
        self._frame.left.setText(waiting_for)

    @Slot()
    def _on_closing_finished(self) -> None:
        QTimer.singleShot(0, self.close)

    @Slot()
    def _preload(self) -> None:
        """Import what strokes and most pages need while nobody waits for it."""
        if self.isVisible():
            for name in ("PIL.ImageDraw", "pyqtgraph"):
                importlib.import_module(name)


class GarbageCollector(QObject):
    """Python's cycle collector, kept in the window's thread while it lives: `stop` gives it back.

    Left alone it runs in whichever thread allocates next. In the training thread it would destroy widgets that have
    become garbage there, and Qt crashes when a widget dies outside its own thread. It takes some 50 ms, and waits
    while `must_wait`. What was found to be garbage among old things is given back to the system.
    """

    def __init__(self, must_wait: Callable[[], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._must_wait = must_wait
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_time)
        self._timer.start(_COLLECT_MS)

    @Slot()
    def stop(self) -> None:
        """Let Python collect again by itself, with nothing of this window left to find."""
        self._timer.stop()
        gc.collect()
        gc.enable()

    @Slot()
    def _on_time(self) -> None:
        """Collect the oldest generation that is due, by Python's own rules."""
        if self._must_wait():
            return
        due = [count > limit for count, limit in zip(gc.get_count(), gc.get_threshold(), strict=True)]
        for generation in (2, 1, 0):
            if due[generation]:
                gc.collect(generation)
                if generation == 2:
                    give_back()
                return

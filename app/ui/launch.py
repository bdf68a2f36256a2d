"""Starting the window, or saying in one sentence why it cannot start."""

import builtins
import ctypes
import gc
import logging
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from pkgutil import walk_packages
from typing import TYPE_CHECKING

from app.core.errors import InputError, StudioError, error_sentence
from app.core.file_writing import tidy_up
from app.core.log import start_log, take_crash, watch_for_crashes
from app.core.paths import FAMILY, resources_dir, user_dir

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from app.ui.main_window import MainWindow
    from app.ui.one_window import OneWindow, Request

_XCB_LIBRARIES = {
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
"""What Qt needs to open a window on X: library and Debian package."""

_QT_PACKAGES = {
    "libEGL": "libegl1",
    "libGL.": "libgl1",
    "libxkbcommon": "libxkbcommon0",
    "libdbus": "libdbus-1-3",
    "libfontconfig": "libfontconfig1",
    "libglib": "libglib2.0-0",
}
"""What importing Qt needs: the beginning of a library's name, and its Debian package."""

_PLATFORMS = (
    *("xcb", "wayland", "wayland-egl", "offscreen", "minimal", "minimalegl"),
    *("eglfs", "linuxfb", "vkkhrdisplay", "vnc"),
)
"""What Qt can draw on under Linux; with any other name it would abort the process."""


_LOG_OUT_MS = 8000
"""Desktops wait some 10 s for a program before they end it."""

_log = logging.getLogger(__name__)


def run_window(arguments: list[str], files: Sequence[str] = ()) -> int:
    """Open `files` in the window that is open already, or in a new one.

    Returns the exit code: 2 if there is no screen or a system library is missing, 1 if the window cannot be made.
    """
    problem = missing_display() or missing_library()
    import_plainly()
    if problem:
        print(f"softmax-studio: {problem}", file=sys.stderr)
        return InputError.exit_code
    start_log()
    from app.ui.one_window import OneWindow, Request, Turn

    try:
        one, request = OneWindow(user_dir()), Request.of([_path(name) for name in files])
        turn = one.take_turn(request)
        if turn is Turn.HANDED_OVER:
            return 0
        tidy_up()
        crash = take_crash()
        watch_for_crashes()
        app, window = open_window(arguments)
    except Exception as error:
        return _say_why_not(error)
    if turn is Turn.NO_ANSWER:
        window.messages.error(window.tr("Another window of Softmax Studio is open, but it does not answer."))
    one.asked.connect(window.on_asked)
    window.closing.connect(one.close)
    gc.freeze()  # what is there now lives as long as the program: the collector need not look at it every time
    return _run(app, window, one, request, crash)


def _run(app: "QApplication", window: "MainWindow", one: "OneWindow", request: "Request", crash: str) -> int:
    """Let the window live, and hear of whatever goes wrong in it."""
    from PySide6.QtCore import QTimer

    from app.ui.help.bugs import Bugs, report_crash

    bugs = Bugs(window)
    bugs.start()
    QTimer.singleShot(0, one.listen)  # once the window is seen
    if request.files:
        window.navigator.open_files(request.paths)
    if crash:
        report_crash(crash, window)
    previous = {signal.SIGINT: signal.signal(signal.SIGINT, lambda *_: window.close())}
    for name in ("SIGTERM", "SIGHUP"):  # a shutdown, a terminal that was closed
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            previous[number] = signal.signal(number, lambda *_: window.end())
    app.commitDataRequest.connect(lambda _manager: _end_with_session(app, window))
    # Python sees a signal only between its own instructions: wake it now and then.
    heartbeat = QTimer()
    heartbeat.timeout.connect(_beat)
    heartbeat.start(300)
    try:
        return app.exec()
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
        bugs.stop()


def _end_with_session(app: "QApplication", window: "MainWindow") -> None:
    """The user logs out: end before the session does, which waits for this call to return."""
    from PySide6.QtCore import QEventLoop, QTimer

    waiting = QEventLoop()
    window.closed.connect(waiting.quit)
    QTimer.singleShot(_LOG_OUT_MS, waiting.quit)
    window.end()
    waiting.exec()


def _say_why_not(error: Exception) -> int:
    """Why there is no window: at the terminal, and if it is a bug in a dialog, too. Returns the exit code."""
    is_bug = not isinstance(error, StudioError)
    if is_bug:
        _log.critical("the window cannot be made", exc_info=error)
    print(f"softmax-studio: {error_sentence(error)}", file=sys.stderr)
    if is_bug and _draws_on_a_screen():
        from app.ui.help.bugs import report_failed_start

        report_failed_start(error)
    return getattr(error, "exit_code", StudioError.exit_code)


def _path(name: str) -> Path:
    """A path, which some file managers write as a URL."""
    from PySide6.QtCore import QUrl

    url = QUrl(name)
    return Path(url.toLocalFile() if url.isLocalFile() else name)


def open_window(arguments: list[str]) -> "tuple[QApplication, MainWindow]":
    """Make the application, unless there is one, and show the window."""
    from PySide6.QtCore import QLocale, QTranslator
    from PySide6.QtWidgets import QApplication

    from app import __version__
    from app.ui import theme
    from app.ui.main_window import GarbageCollector, MainWindow
    from app.ui.recognize.paper.pointer import keep_all_moves
    from app.ui.settings import Settings, set_damaged_aside

    running = QApplication.instance()
    app = running if isinstance(running, QApplication) else QApplication(arguments)
    keep_all_moves()
    app.setApplicationName("softmax-studio")
    app.setApplicationDisplayName("Softmax Studio")
    app.setApplicationVersion(__version__)
    translator = QTranslator(app)
    if translator.load(QLocale(), "softmax-studio", "_", str(resources_dir() / "translations")):
        app.installTranslator(translator)  # where there is one for the system's language
    damage = set_damaged_aside()
    settings = Settings()
    theme.apply_theme(app, settings.scheme)
    window = MainWindow(settings)
    collector = GarbageCollector(lambda: window.recognize.canvas.is_busy, window)
    window.closed.connect(collector.stop)
    window.help.offer_tour()
    window.show()
    if damage:
        window.messages.error(damage)
    window.recognize.focus_paper()
    return app, window


def import_plainly() -> None:
    """Let Python import by itself again, once there is PySide: the start takes a twentieth less.

    PySide puts a function of its own into the way of every `import`, for `from __feature__ import snake_case`, and
    looks through the source of each module for it.
    """
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)


def missing_display() -> str:
    """Why no window can open here, or an empty text."""
    if sys.platform == "linux" and not any(name in _PLATFORMS for name in _platforms()):
        return (
            f"QT_QPA_PLATFORM is {os.environ['QT_QPA_PLATFORM']!r}, which Qt does not know; unset it, or choose one "
            f"of: {', '.join(_PLATFORMS)}."
        )
    if not _draws_on_a_screen():
        return ""
    advice = (
        "log in to a desktop, or install xvfb and start this with xvfb-run, or set QT_QPA_PLATFORM=offscreen to run "
        "without a window."
    )
    screen = os.environ.get("DISPLAY")
    if not screen and not os.environ.get("WAYLAND_DISPLAY"):
        return f"There is no screen to open a window on; {advice}"
    if screen and not os.environ.get("WAYLAND_DISPLAY") and not _answers_on_x():
        return f"The screen {screen} does not answer; {advice}"
    return ""


def _draws_on_a_screen() -> bool:
    """True where Qt would talk to an X or Wayland server."""
    return sys.platform == "linux" and all(name in {"xcb", "wayland", "wayland-egl"} for name in _platforms())


def _platforms() -> list[str]:
    """What Qt is told to draw on, in the order it tries; set to nothing counts as not set."""
    chosen = os.environ.get("QT_QPA_PLATFORM") or "xcb"
    return [name.partition(":")[0] for name in chosen.split(";") if name] or [""]


def _answers_on_x() -> bool:
    """Try to reach the X server named by DISPLAY: Qt would abort the process where we can still say a sentence."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True  # then the missing library is the thing to tell
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    failed = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not failed


def missing_library() -> str:
    """Which system library Qt lacks, and what to install, or an empty text."""
    try:
        import PySide6.QtWidgets  # noqa: F401
    except ImportError as error:
        library = str(error).partition(":")[0]
        package = next((package for name, package in _QT_PACKAGES.items() if library.startswith(name)), "")
        advice = f"install the package {package}" if package else "install it"
        return f"The system library {library} is missing; {advice} and start again."
    if not _draws_on_a_screen() or not os.environ.get("DISPLAY"):
        return ""
    missing = [package for library, package in _XCB_LIBRARIES.items() if not _loads(library)]
    return f"System libraries are missing; run: apt-get install {' '.join(missing)}" if missing else ""


def check_pages() -> str:
    """Import all that the window is made of: most of it is loaded when somebody turns to a page."""
    import app.ui

    names = [module.name for module in walk_packages(app.ui.__path__, "app.ui.")]
    for name in names:
        import_module(name)
    return f"{len(names)} modules of the window are loaded"


def check_window() -> str:
    """Open the window out of sight, draw a stroke, read the bars; used by the self-check."""
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtGui import QFontInfo
    from PySide6.QtTest import QTest

    app, window = open_window(["softmax-studio"])
    if (family := QFontInfo(app.font()).family()) != FAMILY:
        raise InputError(f"The window is written in {family or 'no font'}, not in {FAMILY}, which ships with it.")
    canvas = window.recognize.canvas
    corners = [
        QPoint(round(canvas.width() * x), round(canvas.height() * y)) for x, y in ((0.3, 0.2), (0.7, 0.2), (0.4, 0.8))
    ]
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, corners[0])
    for start, end in pairwise(corners):
        for step in range(1, 11):
            QTest.mouseMove(canvas, start + (end - start) * step / 10)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, corners[-1])
    app.processEvents()
    answer = window.recognize.answer.text
    if window.grab().isNull() or not answer:
        raise InputError("The window opened, but a drawn 7 was not read.")
    window.close()
    app.processEvents()
    return f"opened, read a drawn 7 as {answer}"


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _beat() -> None:
    """Nothing: being called is what counts."""

"""Errors that nobody expected: a dialog says so and offers a report to copy, while the window lives on."""

import logging
import sys
import threading
import time
import traceback
from contextlib import suppress
from types import TracebackType

from PySide6.QtCore import QCoreApplication, QObject, Qt, QUrl, Signal, Slot, qVersion
from PySide6.QtGui import QDesktopServices, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QPlainTextEdit, QWidget

from app.core.errors import StudioError, error_sentence
from app.core.log import log_file, place_of, report
from app.ui import theme
from app.ui.common import build
from app.ui.common.messages import Messages

translate = QCoreApplication.translate

_MOST_REPORTED = 5
_AGAIN_S = 1.0
_WIDTH, _REPORT_HEIGHT = 640, 170

_log = logging.getLogger(__name__)


class Bugs(logging.Handler):
    """Hears of all that is logged as critical, from any thread, and lets `window` show it.

    The first of a kind comes in the dialog. When it comes again, a sentence says so, and once a second at most: what
    fails may be called with every move of the mouse.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(logging.CRITICAL)
        self._desk = _Desk(window)
        self._told: dict[str, float] = {}

    def start(self) -> None:
        """Take what no part of the program catches, too."""
        logging.getLogger().addHandler(self)
        sys.excepthook = self._on_uncaught
        threading.excepthook = lambda each: self._on_uncaught(each.exc_type, each.exc_value, each.exc_traceback)

    def stop(self) -> None:
        """Leave all that to Python again."""
        logging.getLogger().removeHandler(self)
        sys.excepthook, threading.excepthook = sys.__excepthook__, threading.__excepthook__

    def _on_uncaught(self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        if isinstance(error, StudioError | MemoryError):
            self._desk.failed.emit(error_sentence(error))  # no bug, and no more than what it says
        elif error is not None:
            _log.critical("unexpected error", exc_info=(kind, error, trace))

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            return
        place, now = place_of(error), time.monotonic()
        before = self._told.get(place)
        if before is None or now - before > _AGAIN_S:
            self._told[place] = now
            if before is None:
                self._desk.came.emit("".join(traceback.format_exception(error)))
            else:
                self._desk.failed.emit(error_sentence(error))


class _Desk(QObject):
    """In the window's thread, to which signals of a handler in any thread come: only that may touch the window."""

    came = Signal(str)  # a traceback
    failed = Signal(str)  # a sentence

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._dialog: ReportDialog | None = None
        self.came.connect(self._on_came)
        self.failed.connect(self._on_failed)

    @Slot(str)
    def _on_came(self, trace: str) -> None:
        if self._dialog is None:
            self._dialog = ReportDialog(
                translate("bugs", "Something went wrong"),
                translate(
                    "bugs",
                    "An error happened that nobody expected. You can go on: your drawing, your models and your runs "
                    "are kept. If it comes again, close the program and start it anew.",
                ),
                self._window,
            )
            self._dialog.finished.connect(self._on_closed)
            self._dialog.show()
        self._dialog.add(trace)

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        if self._dialog is None:
            Messages.of(self._window).error(sentence)

    @Slot()
    def _on_closed(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None


class ReportDialog(QDialog):
    """Says what happened in plain words, with a report to copy. Does not stop what else the window does."""

    def __init__(self, title: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(translate("bugs", "Softmax Studio"))
        self._traces: list[str] = []
        self._heading = build.label(title, role="title")
        self._count = build.label(role="caption")
        self.text = build.named(QPlainTextEdit(readOnly=True), "report", says=translate("bugs", "Report"))
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setMinimumHeight(_REPORT_HEIGHT)
        about = translate(
            "bugs",
            "With this report it can be mended. It holds versions, the error and the end of the log, and nothing of "
            "your data; your name is left out of paths.",
        )
        self.copy = build.button(translate("bugs", "Copy report"), name="copy_report", kind="primary")
        self.show_log = build.button(translate("bugs", "Show log"), name="show_log")
        close = build.button(translate("bugs", "Close"), name="close_report", clicked=self.close)
        self.copy.clicked.connect(self._on_copy)
        self.show_log.clicked.connect(open_log_folder)
        build.column(
            build.row(self._heading, build.STRETCH, self._count),
            build.label(words, wraps=True),
            build.label(about, wraps=True, role="muted"),
            (self.text, 1),
            build.row(self.copy, self.show_log, build.STRETCH, close),
            on=self,
            margins=theme.MARGIN,
            spacing=theme.SPACING + 2,
        )
        self.resize(_WIDTH, self.sizeHint().height())
        self.copy.setFocus()

    def add(self, what: str) -> None:
        """Take one more error into the report, unless there are many already."""
        self._traces.append(what)
        if len(self._traces) > 1:
            self._count.setText(translate("bugs", "{count} errors").format(count=len(self._traces)))
        if len(self._traces) <= _MOST_REPORTED:
            self.text.setPlainText(report("\n".join(self._traces), qVersion()))
            self.copy.setText(translate("bugs", "Copy report"))

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.copy.setText(translate("bugs", "Copied"))


def report_crash(left: str, window: QWidget) -> None:
    """Say that the program crashed when it was last open, and offer the report of what that `left`."""
    dialog = ReportDialog(
        translate("bugs", "The program ended by an error"),
        translate(
            "bugs",
            "When Softmax Studio was last open, it crashed. Your drawing, your models and the runs that were finished "
            "are kept; Runs shows what can be resumed.",
        ),
        window,
    )
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.add(left)
    dialog.show()


def report_failed_start(error: Exception) -> None:
    """Say that the window cannot be made, where nobody may look at a terminal, and wait until that is read."""
    if not isinstance(QApplication.instance(), QApplication):
        QApplication(["softmax-studio"])
    dialog = ReportDialog(
        translate("bugs", "Softmax Studio cannot start"),
        translate(
            "bugs",
            "An error happened that nobody expected. Start it again; if that does not help, start it with another "
            "folder for its files: softmax-studio --home FOLDER. Your models and runs are kept.",
        ),
    )
    dialog.add("".join(traceback.format_exception(error)))
    dialog.exec()


@Slot()
def open_log_folder() -> None:
    """Show where the log is, or will be."""
    with suppress(OSError):
        log_file().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_file().parent)))

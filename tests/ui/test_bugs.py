"""What nobody expected is shown once, with a report to copy, and the window goes on."""

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Never

import pytest
from PySide6.QtCore import QThread, QTimer, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.core.errors import InputError
from app.core.log import log_file, start_log
from app.ui import launch
from app.ui.common.messages import Messages
from app.ui.common.tasks import Tasks
from app.ui.help import bugs
from app.ui.help.bugs import Bugs, ReportDialog, report_crash
from tests.patience import PATIENCE_S
from tests.ui.hand import click

SENTENCE = "Something unexpected went wrong (KeyError: 'inside'); try again."


class Room(QWidget):
    """A window with something that fails."""

    def __init__(self) -> None:
        super().__init__()
        self.messages = Messages(self)
        self.said: list[str] = []
        self.messages.changed.connect(lambda message: self.said.append(message.text))
        self.error: BaseException = KeyError("inside")

    @property
    def dialogs(self) -> list[ReportDialog]:
        return [dialog for dialog in self.findChildren(ReportDialog) if dialog.isVisible()]

    @Slot()
    def fail(self) -> None:
        raise self.error


@pytest.fixture
def room(qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    made = Room()
    qtbot.addWidget(made)
    made.show()
    hooks = sys.excepthook, threading.excepthook
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    start_log()
    reporter = Bugs(made)
    reporter.start()
    yield made
    reporter.stop()
    sys.excepthook, threading.excepthook = hooks


def fail_often(room: Room, times: int, qtbot: QtBot) -> None:
    done: list[bool] = []
    for _ in range(times):
        QTimer.singleShot(0, room.fail)
    QTimer.singleShot(0, lambda: done.append(True))
    qtbot.waitUntil(lambda: bool(done))


def test_a_slot_that_fails_with_every_move_opens_one_dialog(room: Room, qtbot: QtBot) -> None:
    fail_often(room, 50, qtbot)
    (dialog,) = room.dialogs
    assert dialog.text.toPlainText().count("KeyError: 'inside'\n\n") == 1
    assert room.said == []
    click(dialog, "copy_report")
    assert QGuiApplication.clipboard().text() == dialog.text.toPlainText()
    assert "in fail" in dialog.text.toPlainText()
    click(dialog, "close_report")
    assert room.dialogs == []
    assert log_file().read_text().count("Traceback") == 3


def test_what_comes_again_later_is_a_sentence(room: Room, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_often(room, 1, qtbot)
    room.dialogs[0].close()
    fail_often(room, 5, qtbot)
    assert room.said == []  # not with every move
    monkeypatch.setattr(bugs, "_AGAIN_S", 0.0)
    fail_often(room, 1, qtbot)
    assert (room.said, room.dialogs) == ([SENTENCE], [])


def test_other_errors_join_the_dialog_that_is_open(room: Room, qtbot: QtBot) -> None:
    fail_often(room, 1, qtbot)
    room.error = ValueError("another")
    fail_often(room, 1, qtbot)
    (dialog,) = room.dialogs
    assert dialog._count.text() == "2 errors"
    assert "ValueError: another" in dialog.text.toPlainText()


@pytest.mark.parametrize("kind", ["python", "qt", "task"])
def test_other_threads_are_heard_in_the_windows_own(room: Room, qtbot: QtBot, kind: str) -> None:
    def fail(*_: object) -> Never:
        raise KeyError("inside")

    class Failing(QThread):
        def run(self) -> None:
            fail()

    tasks = Tasks(room)
    if kind == "python":
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
    elif kind == "qt":
        other = Failing(room)
        with qtbot.waitSignal(other.finished):
            other.start()
        other.wait()
    else:
        tasks.start(fail)
    qtbot.waitUntil(lambda: len(room.dialogs) == 1)
    assert room.dialogs[0].thread() is room.thread()
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert room.said == ([SENTENCE] if kind == "task" else [])


def test_errors_that_tell_what_to_do_are_no_bugs(room: Room, qtbot: QtBot) -> None:
    for error in (InputError("Choose another file."), MemoryError()):
        room.error = error
        fail_often(room, 1, qtbot)
    assert room.said == ["Choose another file.", "Memory ran out; close other programs and try again."]
    assert room.dialogs == []


def test_a_crash_is_reported_and_the_report_fits_the_smallest_screen(room: Room) -> None:
    report_crash("The program crashed at noon.\nSegmentation fault", room)
    (dialog,) = room.dialogs
    assert "crashed at noon" in dialog.text.toPlainText()
    assert dialog.width() <= 800
    assert dialog.height() <= 440
    click(dialog, "close_report")


_CRASHING = """
import faulthandler
from PySide6.QtCore import QTimer
from app.ui import main_window
from app.ui.launch import run_window
from app.ui.help import bugs
show, make = bugs.report_crash, main_window.MainWindow.__init__
def told(left, window):
    print("told:", left.splitlines()[1])
    QTimer.singleShot(0, window.close)
def made(window, *given):
    make(window, *given)
    {then}
bugs.report_crash, main_window.MainWindow.__init__ = told, made
raise SystemExit(run_window(["softmax-studio"]))
"""


def run(then: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _CRASHING.format(then=then)]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)


@pytest.mark.skipif(sys.platform == "win32", reason="processes die of signals elsewhere")
def test_after_a_crash_the_next_start_tells_of_it_once(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    died = run("QTimer.singleShot(0, faulthandler._sigsegv)")
    assert (died.returncode, died.stdout) == (-signal.SIGSEGV, "")
    after = run("pass")
    assert (after.returncode, after.stdout) == (0, "told: Fatal Python error: Segmentation fault\n")
    assert log_file().with_name("crash.txt").read_text() == ""


def test_a_window_that_cannot_be_made_is_a_sentence_and_code_1(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def fail(_arguments: list[str]) -> Never:
        raise KeyError("inside")

    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr(launch, "open_window", fail)
    monkeypatch.setattr(launch, "watch_for_crashes", lambda: None)
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    assert launch.run_window(["softmax-studio"]) == 1
    assert capsys.readouterr().err == f"softmax-studio: {SENTENCE}\n"
    assert "in fail" in log_file().read_text()
    assert os.environ["QT_QPA_PLATFORM"].startswith("offscreen")  # on a screen, a dialog would wait for an answer

"""What was drawn, labelled, typed and laid out is there after a restart, and after the program was killed."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.core.datasets.samples.sets import sample_sets
from app.ui.common.field_control import NumberBox
from app.ui.common.messages import Message
from app.ui.common.tasks import Tasks
from app.ui.main_window import MainWindow
from tests.ui.closing import end_work
from tests.ui.hand import ONE, SEVEN, draw, find

_PROGRAM = """
import json, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLineEdit
from app.core.datasets.samples.sets import sample_sets
from app.ui.common.field_control import NumberBox
from app.ui.common.tasks import Tasks
from app.ui.launch import open_window
from tests.ui.hand import ONE, SEVEN, draw, find

app, window = open_window(["softmax-studio"])
canvas, samples = window.recognize.canvas, window.recognize.samples
train, search = window.page("train"), window.page("search")
epochs, name = find(train, NumberBox, "epochs"), find(train, QLineEdit, "name")

def use(after):
    draw(canvas, SEVEN)
    samples.strip.give_label(7)
    draw(canvas, ONE)  # and not labelled
    epochs.setValue(17)
    name.setText("mine")
    search.vary(train._setup.config())
    search.setup.space.rows[0].values.setText("0.1, 0.01")
    window.show_page("data")
    window.resize(1001, 601)
    wait(after)

def wait(after):
    waiting = [window._keep_soon.isActive(), *(tasks.is_busy for tasks in window.findChildren(Tasks))]
    waiting += [keeper._soon.isActive() for keeper in window.findChildren(PaperKeeper)]
    QTimer.singleShot(20, (lambda: wait(after)) if any(waiting) else after)

def tell():
    search.vary(train._setup.config())
    print(json.dumps({
        "strokes": len(canvas.paper.drawing.strokes), "page": window._shown, "labels": samples.is_shown,
        "samples": [sum(count.total for count in each.counts) for each in sample_sets()],
        "epochs": epochs.value(), "name": name.text(), "varied": search.setup.space.kept,
        "size": window.size().toTuple(),
    }))
    window.close()
"""
_PROGRAM = f"from app.ui.recognize.files import PaperKeeper\n{_PROGRAM}"


def run(then: str) -> subprocess.Popen[str]:
    program = f"{_PROGRAM}\nQTimer.singleShot(0, lambda: {then})\nsys.exit(app.exec())"
    return subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)


@pytest.mark.slow
@pytest.mark.parametrize("end", ["close", "kill"])
def test_all_is_there_again(home: Path, end: str) -> None:
    first = run("use(window.close)" if end == "close" else "use(lambda: print('done', flush=True))")
    if end == "kill":
        assert first.stdout is not None
        assert first.stdout.readline() == "done\n"
        first.kill()
    first.communicate(timeout=120)
    assert first.returncode == (0 if end == "close" else -signal.SIGKILL)
    second = run("tell()")
    seen: dict[str, Any] = json.loads(second.communicate(timeout=120)[0])
    assert second.returncode == 0
    varied = seen.pop("varied")
    assert [values for _, values in varied] == ["0.1, 0.01"]
    assert seen == {
        "strokes": 1,
        "page": "data",
        "labels": True,
        "samples": [1],
        "epochs": 17,
        "name": "mine",
        "size": [1001, 601],
    }


def test_form_and_layout_are_kept_while_the_window_is_open(window: MainWindow, qtbot: QtBot) -> None:
    train, search = window.page("train"), window.page("search")
    find(train, NumberBox, "epochs").setValue(17)
    find(train, QLineEdit, "name").setText("mine")
    search.vary(train._setup.config())
    search.setup.space.rows[0].values.setText("0.1, 0.01")
    window.resize(1001, 601)
    qtbot.waitUntil(lambda: not window._keep_soon.isActive())
    other = MainWindow()  # as after a crash: nothing was closed
    form = other.page("train")
    assert find(form, NumberBox, "epochs").value() == 17
    assert find(form, QLineEdit, "name").text() == "mine"
    assert other.page("search").setup.space.kept == search.setup.space.kept
    other.page("search").vary(form._setup.config())
    assert [row.values.text() for row in other.page("search").setup.space.rows] == ["0.1, 0.01"]
    assert other.size() == QSize(1001, 601)
    end_work(other, qtbot)
    other.deleteLater()


@pytest.mark.parametrize("place", ["gone", "a file"])
def test_a_home_that_goes_away_under_the_window(window: MainWindow, qtbot: QtBot, home: Path, place: str) -> None:
    """What can be kept is kept in a new home; what cannot is a sentence, and nothing else is lost."""
    canvas, said = window.recognize.canvas, list[Message | None]()
    window.messages.changed.connect(said.append)
    canvas.setFocus()
    draw(canvas, SEVEN)
    qtbot.waitUntil(lambda: not window._keep_soon.isActive())
    home.rename(home.with_name("away"))
    if place == "a file":
        home.write_text("in its place")
    draw(canvas, ONE)
    strokes = len(canvas.paper.drawing.strokes)
    QTest.keyClick(canvas, Qt.Key.Key_7)
    for page in ("runs", "models", "data", "lessons", "evaluate", "recognize"):
        window.show_page(page)
        qtbot.waitUntil(lambda: not any(tasks.is_busy for tasks in window.findChildren(Tasks)), timeout=60_000)
    assert window.recognize.answer.text
    if place == "gone":
        assert [each.total for each in sample_sets()] == [1]
    else:
        assert len(canvas.paper.drawing.strokes) == strokes
        assert [message for message in said if message is not None and message.is_error]

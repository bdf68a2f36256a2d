"""Files that are opened later go to the window that is open, whatever became of it."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.core.paths import resources_dir
from app.ui import one_window
from app.ui.launch import open_window
from app.ui.main_window import MainWindow
from app.ui.one_window import OneWindow, Request, Turn
from tests.ui.hand import SLOW_MS

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="local sockets are files only elsewhere")

SEVEN = resources_dir() / "samples" / "digit-7.drawing.json"
Make = Callable[..., OneWindow]


@pytest.fixture(autouse=True)
def runtime(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path_factory.mktemp("run")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    return folder / f"softmax-studio-{os.getuid()}"


@pytest.fixture
def make(qapp: object, home: Path) -> Iterator[Make]:
    made: list[OneWindow] = []

    def make_one(folder: Path = home) -> OneWindow:
        made.append(OneWindow(folder))
        return made[-1]

    yield make_one
    for one in made:
        one.close()


@pytest.fixture
def first(make: Make) -> OneWindow:
    one = make()
    assert one.take_turn(Request()) is Turn.OPEN
    return one


def ask(one: OneWindow, request: Request, qtbot: QtBot) -> Turn:
    """Take a turn as another program does: while this one goes on."""
    with ThreadPoolExecutor(1) as pool:
        turn = pool.submit(one.take_turn, request)
        qtbot.waitUntil(turn.done, timeout=SLOW_MS)
        return turn.result()


def test_a_later_program_hands_its_files_over(first: OneWindow, make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    first.listen()
    got: list[Request] = []
    first.asked.connect(got.append)
    files = [tmp_path / "a b.png", tmp_path / os.fsdecode(b"\xff%20\n.png")]
    assert ask(make(), Request.of(files), qtbot) is Turn.HANDED_OVER
    assert ask(make(), Request(), qtbot) is Turn.HANDED_OVER
    assert [request.paths for request in got] == [tuple(files), ()]


def test_relative_names_are_those_of_the_caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Request.of([Path("7.png")]).paths == (tmp_path / "7.png",)


def test_a_request_is_no_longer_than_may_be(tmp_path: Path) -> None:
    request = Request.of([tmp_path / f"{number}.png" for number in range(10_000)])
    assert request.paths[0] == tmp_path / "0.png"
    assert 100 < len(request.paths) < 10_000
    assert len(request.model_dump_json()) < one_window._LONGEST_REQUEST


def test_what_a_crash_left_is_in_nobodys_way(make: Make, runtime: Path, qtbot: QtBot) -> None:
    one = make()
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(one._address)  # its file stays
    (runtime / f"{Path(one._address).name}.lock").touch()
    assert one.take_turn(Request()) is Turn.OPEN
    one.listen()
    assert ask(make(), Request(), qtbot) is Turn.HANDED_OVER


def test_a_window_that_hangs_does_not_keep_the_user_waiting(
    first: OneWindow, make: Make, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(one_window, "_ANSWER_MS", 100)
    got: list[Request] = []
    first.asked.connect(got.append)
    first.listen()
    assert make().take_turn(Request()) is Turn.NO_ANSWER  # in this thread: the first has no time to answer
    qtbot.wait(200)
    assert not got  # what was given up is not opened a second time


def test_one_that_starts_or_closes_is_waited_for(
    first: OneWindow, make: Make, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(one_window, "_BEGIN_S", 0.2)
    assert make().take_turn(Request()) is Turn.NO_ANSWER  # it never listens
    monkeypatch.setattr(one_window, "_BEGIN_S", SLOW_MS / 1000)
    with ThreadPoolExecutor(1) as pool:
        turn = pool.submit(make().take_turn, Request())
        first.listen()
        qtbot.waitUntil(turn.done, timeout=SLOW_MS)
        assert turn.result() is Turn.HANDED_OVER
    first.close()
    assert make().take_turn(Request()) is Turn.OPEN


def test_of_those_that_start_at_the_same_moment_one_opens_a_window(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_window, "_BEGIN_S", 0.2)
    ones = [make() for _ in range(6)]
    together = threading.Barrier(len(ones))

    def start(one: OneWindow) -> Turn:
        together.wait()
        return one.take_turn(Request())

    with ThreadPoolExecutor(len(ones)) as pool:
        turns = list(pool.map(start, ones))
    assert (turns.count(Turn.OPEN), turns.count(Turn.NO_ANSWER)) == (1, len(ones) - 1)


@pytest.mark.parametrize("sent", [b"x" * 1_000_000, b"{\n", b'{"files": 7}\n', b"\xff\n", b""])
def test_nonsense_disturbs_nobody(first: OneWindow, make: Make, qtbot: QtBot, sent: bytes) -> None:
    got: list[Request] = []
    first.asked.connect(got.append)
    first.listen()
    with socket.socket(socket.AF_UNIX) as other, contextlib.suppress(OSError):
        other.setblocking(False)
        other.connect(first._address)
        other.send(sent)
        assert ask(make(), Request(token="me"), qtbot) is Turn.HANDED_OVER
    assert [request.token for request in got] == ["me"]


def test_another_home_or_screen_has_a_window_of_its_own(
    first: OneWindow, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert make(tmp_path / "other").take_turn(Request()) is Turn.OPEN
    monkeypatch.setenv("DISPLAY", ":4711")
    assert make().take_turn(Request()) is Turn.OPEN


def test_only_the_user_can_ask(first: OneWindow, runtime: Path) -> None:
    first.listen()
    assert [path.stat().st_mode & 0o077 for path in (runtime, *runtime.iterdir())] == [0, 0, 0]


@pytest.mark.parametrize("harm", ["open", "link", "file"])
def test_a_place_that_others_can_write_is_not_used(make: Make, runtime: Path, tmp_path: Path, harm: str) -> None:
    if harm == "open":
        runtime.mkdir()
        runtime.chmod(0o777)
    elif harm == "link":
        runtime.symlink_to(tmp_path)
    else:
        runtime.touch()
    for _ in range(2):
        one = make()
        assert one.take_turn(Request()) is Turn.OPEN  # each has a window, and none is asked
        one.listen()


@pytest.fixture
def window(qtbot: QtBot, home: Path) -> Iterator[MainWindow]:
    _, made = open_window(["softmax-studio"])
    yield made
    with qtbot.waitSignal(made.closed, timeout=SLOW_MS):
        made.close()
    made.deleteLater()


def test_the_program_opens_a_drawing_in_the_window_that_is_there(
    window: MainWindow, first: OneWindow, qtbot: QtBot
) -> None:
    first.asked.connect(window.on_asked)
    window.show_page("data")
    window.showMinimized()
    first.listen()
    later = subprocess.Popen([sys.executable, "-m", "app", str(SEVEN)], stderr=subprocess.PIPE)
    qtbot.waitUntil(lambda: later.poll() is not None, timeout=2 * SLOW_MS)
    assert later.communicate()[1] == b""
    assert later.returncode == 0
    assert window.stack.currentWidget() is window.recognize
    assert not window.isMinimized()
    qtbot.waitUntil(lambda: window.recognize.answer.text.startswith("7 "), timeout=SLOW_MS)


@pytest.mark.parametrize("name", ["missing.png", "notes"])
def test_what_cannot_be_opened_is_said_and_changes_nothing(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, name: str
) -> None:
    (tmp_path / "notes").write_bytes(b"hello")
    window.on_asked(Request.of([tmp_path / name]))
    qtbot.waitUntil(lambda: name in window.banner.text)
    assert window.recognize.paper.is_empty


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are text elsewhere")
def test_a_name_that_is_no_text_is_opened_or_said(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    drawing = tmp_path / os.fsdecode(b"\xff\xed7.drawing.json")
    shutil.copy(resources_dir() / "samples" / "digit-7.drawing.json", drawing)
    window.on_asked(Request.of([tmp_path / os.fsdecode(b"\xff missing.png")]))
    qtbot.waitUntil(lambda: " missing.png" in window.banner.text)
    window.on_asked(Request.of([drawing]))
    qtbot.waitUntil(lambda: window.recognize.answer.text.startswith("7 "), timeout=SLOW_MS)

"""The log stays small and private, survives whatever is in its place, and reports tell nothing private."""

import getpass
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.core import log
from app.core.log import last_lines, log_file, report, start_log, take_crash, without_private
from tests.patience import PATIENCE_S


@pytest.fixture
def logger(monkeypatch: pytest.MonkeyPatch) -> logging.Logger:
    """A logger that nothing but our file hears."""
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    start_log()
    start_log()
    assert len(root.handlers) == 1
    return root


def test_errors_are_kept_privately_and_notes_are_not(logger: logging.Logger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logger, "handlers", logger.handlers[:1])  # pytest's own cannot pass on what is no Unicode
    logger.info("a note")
    logger.warning("it is full: %s", "ü\n\ud800")
    assert "it is full: ü" in last_lines()
    assert "a note" not in last_lines()
    assert [path.stat().st_mode & 0o077 for path in (log_file(), log_file().parent)] == [0, 0]


def test_it_stays_small(logger: logging.Logger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "MOST_BYTES", 10_000)
    for number in range(500):
        logger.warning("%d %s", number, "x" * 100)
    logger.warning("y" * 1_000_000)
    files = list(log_file().parent.iterdir())
    assert len(files) == 2
    assert sum(file.stat().st_size for file in files) < 60_000
    assert "499 xxx" in "".join(file.read_text() for file in files)


def test_several_programs_write_whole_lines(logger: logging.Logger) -> None:
    code = (
        "import logging; from app.core.log import start_log; start_log()\n"
        "for number in range(300): logging.warning('line %d of it', number)"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(2)]
    assert [writer.wait(PATIENCE_S) for writer in writers] == [0, 0]
    lines = log_file().read_text().splitlines()
    assert len(lines) == 600
    assert all(line.endswith(" of it") and "WARNING root: line " in line for line in lines)


def crash(code: str) -> str:
    """Run this in a process that leaves something if it crashes; returns what it printed."""
    started = f"from app.core.log import watch_for_crashes; watch_for_crashes(); {code}"
    command = [sys.executable, "-c", started]
    return subprocess.run(command, check=False, timeout=PATIENCE_S, capture_output=True, text=True).stdout


@pytest.mark.parametrize("harm", ["file", "folder", "pipe", "loop"])
def test_what_stands_in_its_place_stops_nothing(logger: logging.Logger, harm: str) -> None:
    path = log_file()
    if harm == "file":
        path.parent.parent.mkdir(parents=True)
        path.parent.touch()
    else:
        path.parent.mkdir(parents=True)
        if harm == "folder":
            path.mkdir()
        elif harm == "pipe":
            os.mkfifo(path)
        else:
            path.symlink_to(path)
    logger.error("not kept")
    assert last_lines() == take_crash() == ""
    if harm == "file":
        assert crash("print('it runs')") == "it runs\n"


def test_an_error_that_comes_with_every_move_is_kept_a_few_times(logger: logging.Logger) -> None:
    def fail() -> None:
        raise KeyError("moved")

    for _ in range(100):
        try:
            fail()
        except KeyError:
            logger.exception("unexpected")
    assert log_file().read_text().count("KeyError: 'moved'") == 3


def test_a_report_tells_versions_the_error_and_the_end_of_the_log(logger: logging.Logger) -> None:
    logger.warning("before it happened")
    text = report("ValueError: inside\n", qt="6.11")
    for part in ("softmax-studio ", "python ", "tensorflow ", "Qt 6.11", "ValueError: inside", "before it happened"):
        assert part in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{home}/pictures/7.png", "~/pictures/7.png"),
        ("'{home}'", "'~'"),
        ("{home}sick/7.png", "{home}sick/7.png"),
        ("/media/{user}/stick/7.png", "/media/…/stick/7.png"),
        ("C:\\Users\\{user}\\7.png", "C:\\Users\\…\\7.png"),
        ("https://{user}:secret@example.org/a", "https://…@example.org/a"),
        ("a.b@example.org", "a.b@example.org"),
    ],
)
def test_names_and_passwords_stay_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, shown: str) -> None:
    home = tmp_path / "people" / "anna"
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr(getpass, "getuser", lambda: "anna")
    assert without_private(text.format(home=home, user="anna")) == shown.format(home=home)


def test_a_crash_is_told_once(logger: logging.Logger) -> None:
    crash("pass")
    assert take_crash() == ""
    crash("import faulthandler; faulthandler._sigsegv()")
    told = take_crash()
    assert told.startswith("The program crashed at 20")
    assert 'File "<string>", line 1 in <module>' in told
    assert take_crash() == ""
    assert "Segmentation fault" in last_lines()

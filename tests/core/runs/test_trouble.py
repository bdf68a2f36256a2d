"""A history that cannot be used is one plain sentence, and what it holds stays as it is."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.errors import StudioError
from app.core.runs.history import RunHistory
from app.core.runs.records import RunState
from app.core.runs.schema import HISTORY_FILE
from app.core.sqlite import SharedDatabase

from .helpers import CONFIG, DATASET, ended, epoch, started

Connect = Callable[..., sqlite3.Connection]


def one_run(history: RunHistory) -> int:
    run = history.begin(CONFIG, DATASET)
    history.started(run, started(), "CPU")
    history.add_epoch(run, epoch(1))
    return run


def connect_with(monkeypatch: pytest.MonkeyPatch, pragma: str) -> None:
    """Let connections that are opened from now on be limited by a real limit of SQLite's."""
    connect: Connect = sqlite3.connect

    def limited(*arguments: object, **options: object) -> sqlite3.Connection:
        connection = connect(*arguments, **options)
        connection.execute(pragma)
        return connection

    monkeypatch.setattr(sqlite3, "connect", limited)


def test_a_file_that_is_no_database_is_damaged(history: RunHistory) -> None:
    history.path.parent.mkdir(parents=True)
    history.path.write_bytes(b"this is no database, although it is long enough for a header" * 20)
    for call in (history.runs, lambda: history.epochs(1), lambda: history.begin(CONFIG, DATASET)):
        with pytest.raises(StudioError, match="is damaged; move that file away"):
            call()


def test_a_file_damaged_in_the_middle_is_told_too(home: Path) -> None:
    path = home / "runs.sqlite3"
    history = RunHistory(path)
    for _ in range(30):
        history.end(one_run(history), ended())
    del history  # closes the file, which gathers everything in it
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(StudioError, match="is damaged"):
        RunHistory(path).runs()


def test_a_row_that_makes_no_sense_is_damage(history: RunHistory) -> None:
    one_run(history)
    with SharedDatabase(history.path, HISTORY_FILE).writing() as database:
        database.execute("UPDATE runs SET state = 'asleep'")
    with pytest.raises(StudioError, match="is damaged"):
        history.runs()


def test_a_history_of_a_newer_version_is_left_alone(history: RunHistory) -> None:
    one_run(history)
    with SharedDatabase(history.path, HISTORY_FILE).writing() as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(StudioError, match="written by a newer version"):
        RunHistory().runs()


def test_a_database_of_something_else_is_left_alone(history: RunHistory) -> None:
    history.path.parent.mkdir(parents=True)
    other = sqlite3.connect(history.path)
    other.execute("CREATE TABLE runs (distance)")
    other.close()
    with pytest.raises(StudioError, match="is not a run history"):
        history.begin(CONFIG, DATASET)


def test_an_older_file_is_brought_up_to_date_with_its_runs(
    history: RunHistory, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = one_run(history)
    change = ("ALTER TABLE runs ADD COLUMN mood TEXT NOT NULL DEFAULT 'fine'",)
    newer = replace(HISTORY_FILE, migrations=(*HISTORY_FILE.migrations, change))
    monkeypatch.setattr("app.core.runs.history.HISTORY_FILE", newer)
    assert RunHistory().run(run).epochs_done == 1
    with SharedDatabase(history.path, newer).reading() as database:
        assert database.execute("SELECT mood FROM runs").fetchone() == ("fine",)
        assert database.execute("PRAGMA user_version").fetchone() == (len(newer.migrations),)


def test_an_upgrade_that_fails_changes_nothing(history: RunHistory, monkeypatch: pytest.MonkeyPatch) -> None:
    one_run(history)
    with monkeypatch.context() as patch:
        broken = replace(HISTORY_FILE, migrations=(*HISTORY_FILE.migrations, ("DROP TABLE epochs", "no SQL")))
        patch.setattr("app.core.runs.history.HISTORY_FILE", broken)
        with pytest.raises(StudioError):
            RunHistory().runs()
    assert len(RunHistory().epochs(1)) == 1


def test_a_full_disk_is_a_sentence_and_keeps_what_is_there(
    history: RunHistory, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = one_run(history)
    connect_with(monkeypatch, "PRAGMA max_page_count = 1")  # no less than there is
    full = RunHistory()
    with pytest.raises(StudioError, match="The disk is full"):
        full.set_note(run, "x" * 9000)
    assert full.run(run).epochs_done == 1


def test_a_history_that_cannot_be_written_is_a_sentence_and_can_be_read(
    history: RunHistory, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = one_run(history)
    connect_with(monkeypatch, "PRAGMA query_only = ON")
    closed = RunHistory()
    with pytest.raises(StudioError, match="cannot be written; make it writable or set SOFTMAX_STUDIO_HOME"):
        closed.add_epoch(run, epoch(2))
    assert closed.run(run).epochs_done == 1
    for lock in closed.path.with_suffix(".locks").glob("*"):
        lock.unlink()
    monkeypatch.setattr("app.core.runs.history._held", {})  # as if this process were another one
    assert [record.state for record in closed.runs()] == [RunState.INTERRUPTED]


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StudioError, match=r"cannot be used \(Not a directory\)"):
        RunHistory(tmp_path / "file" / "runs.sqlite3").begin(CONFIG, DATASET)


def test_a_folder_in_the_place_of_the_file_is_a_sentence(history: RunHistory) -> None:
    history.path.mkdir(parents=True)
    with pytest.raises(StudioError, match="The run history"):
        history.runs()


def test_another_program_that_keeps_writing_is_a_sentence(history: RunHistory, monkeypatch: pytest.MonkeyPatch) -> None:
    run = one_run(history)
    monkeypatch.setattr("app.core.sqlite.BUSY_TIMEOUT_S", 0.01)
    with (
        SharedDatabase(history.path, HISTORY_FILE).writing(),
        pytest.raises(StudioError, match="being written by another program; try again"),
    ):
        RunHistory().set_note(run, "mine")

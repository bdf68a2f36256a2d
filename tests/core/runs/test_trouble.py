"""A history that cannot be used is one plain sentence, and what it holds stays as it is."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.errors import StudioError
from app.core.runs.columns import COLUMNS
from app.core.runs.events import Event, RunEnded
from app.core.runs.history import Recorder, RunHistory
from app.core.runs.records import RunState
from app.core.runs.schema import HISTORY_FILE
from app.core.sqlite import SetAsideError, SharedDatabase

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


CALLS: dict[str, Callable[[RunHistory], object]] = {
    "runs": RunHistory.runs,
    "epochs": lambda history: history.epochs(1),
    "begin": lambda history: history.begin(CONFIG, DATASET),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_file_that_is_no_database_is_set_aside_and_a_new_one_begun(
    call: Callable[[RunHistory], object], history: RunHistory
) -> None:
    content = b"this is no database, although it is long enough for a header" * 20
    history.path.parent.mkdir(parents=True)
    history.path.write_bytes(content)
    with pytest.raises(SetAsideError, match=r"was damaged. It was set aside as .*runs damaged \d{4}-\d\d-\d\d.sqlite3"):
        call(history)
    call(history)
    (aside,) = history.path.parent.glob("runs damaged*")
    assert aside.read_bytes() == content
    assert len(history.runs()) == (call is CALLS["begin"])


def damaged(path: Path) -> None:
    """Everything but the first page is gone."""
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)


def test_a_file_damaged_in_the_middle_is_set_aside_too(home: Path) -> None:
    path = home / "runs.sqlite3"
    for _ in range(2):
        history = RunHistory(path)
        for _ in range(30):
            history.end(one_run(history), ended())
        del history  # closes the file, which gathers everything in it
        damaged(path)
        with pytest.raises(SetAsideError):
            RunHistory(path).runs()
    assert len({file.name for file in home.glob("runs damaged*.sqlite3")}) == 2
    assert RunHistory(path).runs() == ()


def test_another_who_has_the_damaged_file_open_goes_on_with_the_new_one(history: RunHistory) -> None:
    one_run(history)
    other = RunHistory()
    assert len(other.runs()) == 1
    history.path.rename(history.path.with_name("aside"))
    begun = history.begin(CONFIG, DATASET)
    assert [run.id for run in other.runs()] == [begun]


def test_a_run_whose_history_is_damaged_in_the_middle_says_where_it_lies(
    history: RunHistory, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Event] = []
    recorder = Recorder(history, one_run(history), told.append, "CPU")
    set_aside = SetAsideError("It was set aside.")
    monkeypatch.setattr(history, "add_epoch", lambda *_: (_ for _ in ()).throw(set_aside))
    recorder(epoch(2))
    monkeypatch.setattr(history, "add_epoch", lambda *_: (_ for _ in ()).throw(StudioError("There is no run 1.")))
    recorder(ended())
    assert isinstance(told[-1], RunEnded)
    assert told[-1].message.endswith("The history could not be written: It was set aside.")


ODD: dict[str, list[object]] = {
    "state": ["asleep", 1, None],
    "name": [b"x", "n" * 300_000],
    "note": [b"\0" * 2_000_000, "x" * 300_000],
    "created": ["9999-12-31T23:59:59-12:00", "2026-01-01T00:00:00", "now", 5],
    "config": [
        "{}}",
        "[]",
        '{"layers": 1}',
        '{"epochs": {}}',
        '{"epochs": 1e999}',
        "[" * 9000,
        '{"a": 9' + "0" * 400 + "}",
    ],
    "versions": ["[]", '{"a": 1}', "x"],
    "tags": ["{}", "[1]", "x"],
    "train_s": ["long", 1e300, -1.0],
    "test_accuracy": ["good", b"1"],
    "parameters": [2**63 - 1, -1, 0.5, "many"],
    "trial": ["first", -1],
}


@pytest.mark.parametrize("column", ODD)
def test_a_value_that_makes_no_sense_damages_its_run_alone(column: str, history: RunHistory) -> None:
    for _ in range(len(ODD[column]) + 1):
        history.end(one_run(history), ended())
    with SharedDatabase(history.path, replace(HISTORY_FILE, largest_value_bytes=2**24)).writing() as database:
        loosen(database)
        for run, value in enumerate(ODD[column], 1):
            database.execute(f"UPDATE runs SET {column} = ? WHERE id = ?", (value, run))
    runs = {run.id: run for run in RunHistory().runs()}
    assert [run.state for run in runs.values()] == [RunState.COMPLETED, *[RunState.DAMAGED] * len(ODD[column])]
    assert all("damaged" in run.message for run in runs.values() if run.state is RunState.DAMAGED)
    for record in runs.values():
        for each in COLUMNS.values():
            each.value(record)


def loosen(database: sqlite3.Connection) -> None:
    """Let a column hold NULL."""
    database.execute("PRAGMA writable_schema = ON")
    database.execute("UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '') WHERE type = 'table'")
    database.execute("PRAGMA writable_schema = RESET")


def test_text_that_is_none_damages_its_run_alone(history: RunHistory) -> None:
    for _ in range(2):
        history.end(one_run(history), ended())
    with SharedDatabase(history.path, HISTORY_FILE).writing() as database:
        database.execute("UPDATE runs SET note = CAST(x'80ff' AS TEXT) WHERE id = 1")
    assert [run.state for run in history.runs()] == [RunState.COMPLETED, RunState.DAMAGED]
    history.delete([1])
    assert [run.id for run in history.runs()] == [2]


def test_epochs_and_tables_that_make_no_sense_are_left_out(history: RunHistory) -> None:
    run = one_run(history)
    history.add_epoch(run, epoch(2))
    with SharedDatabase(history.path, HISTORY_FILE).writing() as database:
        database.execute("UPDATE epochs SET loss = 'low' WHERE epoch = 1")
        database.execute("INSERT INTO confusions VALUES (?, '[[1, 2]]')", (run,))
    assert [done.epoch for done in history.epochs(run)] == [2]
    assert history.confusion(run) is None


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
    monkeypatch.setattr("app.core.locks._held", {})  # as if this process were another one
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

"""SQLite files: made when they are written, whole or not at all, and their errors in a sentence."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.errors import InputError, StudioError
from app.core.sqlite import Database, DatabaseKind, SharedDatabase

KIND = DatabaseKind("shelf", "make another", (("CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT UNIQUE)",),))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "shelf.sqlite3"


def titles(database: Database) -> list[str]:
    with database.reading() as connection:
        return [title for (title,) in connection.execute("SELECT title FROM books ORDER BY id")]


def add(database: Database, title: str) -> None:
    with database.writing() as connection:
        connection.execute("INSERT INTO books (title) VALUES (?)", (title,))


def test_a_shared_file_is_empty_until_it_is_written(path: Path) -> None:
    shared = SharedDatabase(path, KIND)
    assert titles(shared) == []
    assert not path.exists()
    add(shared, "one")
    assert titles(shared) == titles(SharedDatabase(path, KIND)) == ["one"]


def test_on_a_drive_that_cannot_be_written_it_is_read_as_it_is(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(SharedDatabase(path, KIND), "one")
    newer = replace(KIND, migrations=(*KIND.migrations, ("CREATE TABLE more (id)",)))
    path.with_name(f"{path.name}-wal").mkdir()  # so SQLite finds no room for its log, as on such a drive
    shared = SharedDatabase(path, KIND)
    with pytest.raises(StudioError, match="check that it is there and that you may write it"):
        titles(shared)
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    assert titles(shared) == titles(shared) == ["one"]
    with pytest.raises(StudioError, match="you may write it"):
        add(shared, "two")
    with pytest.raises(StudioError, match="of an older version, and cannot be brought up to date"):
        titles(SharedDatabase(path, newer))
    path.with_name(f"{path.name}-wal").rmdir()
    add(shared, "two")
    assert titles(shared) == ["one", "two"]


def test_a_file_at_rest_is_one_file(path: Path) -> None:
    database = Database(path, KIND)
    with database.creating() as connection:
        connection.execute("INSERT INTO books (title) VALUES ('one')")
    add(database, "two")
    assert titles(database) == ["one", "two"]
    assert list(path.parent.iterdir()) == [path]


def test_what_fails_in_between_changes_nothing(path: Path) -> None:
    shared = SharedDatabase(path, KIND)
    with pytest.raises(StudioError), shared.writing() as connection:
        connection.executemany("INSERT INTO books (title) VALUES (?)", [("one",), ("one",)])
    assert titles(shared) == []


def test_a_file_that_is_not_there_is_not_made(path: Path) -> None:
    with pytest.raises(StudioError, match=r"The shelf .* cannot be opened; check that it is there"):
        add(Database(path, KIND), "one")
    assert not path.exists()


def test_what_breaks_a_rule_is_a_sentence(path: Path) -> None:
    shared = SharedDatabase(path, KIND)
    add(shared, "one")
    with pytest.raises(StudioError, match="What was to be changed is not in the shelf"):
        add(shared, "one")


def test_a_number_that_no_file_can_hold_is_bad_input(path: Path) -> None:
    with (
        pytest.raises(InputError, match="There is nothing of that number in the shelf"),
        SharedDatabase(path, KIND).reading() as connection,
    ):
        connection.execute("SELECT * FROM books WHERE id = ?", (2**70,))

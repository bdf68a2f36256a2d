"""The SQLite file of a set of samples, opened for each piece of work and closed again: a set at rest is one file.

A transaction is on the disk when it ends (SQLite's usual journal, `synchronous = FULL`), so a sample is there whole or
not at all, whatever happens to the program or the power.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from app.core.errors import InputError, StudioError

SAMPLES_NAME = "samples.sqlite"
BUSY_TIMEOUT_S = 10.0

_VERSION = 1
_SCHEMA = (
    "CREATE TABLE about (title TEXT NOT NULL, looks_like TEXT NOT NULL)",  # digits or clothes
    "CREATE TABLE classes (label INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    """
    CREATE TABLE samples (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        label INTEGER NOT NULL REFERENCES classes (label),
        held_back INTEGER NOT NULL,            -- decided when it is added; nothing ever changes it
        created TEXT NOT NULL,                 -- ISO 8601, UTC
        kind TEXT NOT NULL,                    -- drawing, picture or pixels
        original BLOB NOT NULL,                -- the text of a drawing file, or a PNG
        invert INTEGER,                        -- the person's word on a picture's polarity
        image BLOB NOT NULL,                   -- 784 bytes: what a network is shown of it ...
        prepared TEXT NOT NULL,                -- ... if its preprocessing is this one
        removed TEXT                           -- when it was taken away; can be restored for a day
    )
    """,
    "CREATE INDEX samples_by_class ON samples (removed, label, held_back)",
    f"PRAGMA user_version = {_VERSION}",
)
_SENTENCES = {
    sqlite3.SQLITE_PERM: "{path} may not be opened; change its permissions.",
    sqlite3.SQLITE_READONLY: "{path} cannot be written; change its permissions.",
    sqlite3.SQLITE_CANTOPEN: "{path} cannot be opened; check that it is there, and its permissions.",
    sqlite3.SQLITE_FULL: "The disk is full: the sample cannot be stored in {path}; free some space and try again.",
    sqlite3.SQLITE_BUSY: "{path} is being written by another program; try again in a moment.",
    sqlite3.SQLITE_LOCKED: "{path} is being written by another program; try again in a moment.",
    sqlite3.SQLITE_IOERR: "{path} could not be read or written just now; check the disk and try again.",
    sqlite3.SQLITE_TOOBIG: "The sample is too large to be stored in {path}; make the picture smaller.",
}


def create(path: Path, title: str, looks_like: str, class_names: tuple[str, ...]) -> None:
    """Make the file of an empty set. Raises StudioError if it cannot be."""
    with _in_plain_words(path), closing(sqlite3.connect(path, isolation_level=None)) as made, _transaction(made):
        for statement in _SCHEMA:
            made.execute(statement)
        made.execute("INSERT INTO about VALUES (?, ?)", (title, looks_like))
        made.executemany("INSERT INTO classes VALUES (?, ?)", list(enumerate(class_names)))


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to look things up, all at one moment."""
    with _in_plain_words(path), closing(_open(path)) as connection:
        connection.execute("BEGIN")
        yield connection


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection in a transaction: all that is done with it happens, or nothing."""
    with _in_plain_words(path), closing(_open(path)) as connection, _transaction(connection):
        yield connection


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _open(path: Path) -> sqlite3.Connection:
    where = f"{path.absolute().as_uri()}?mode=rw"  # a file that is not there must not be made
    connection = sqlite3.connect(where, timeout=BUSY_TIMEOUT_S, isolation_level=None, uri=True)
    try:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA fullfsync = ON")  # macOS: an ordinary fsync leaves data in the drive's cache
        connection.execute("PRAGMA foreign_keys = ON")
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if version > _VERSION:
            raise InputError(f"{path} was written by a newer version of the program; update the program to use it.")
        if version < 1:
            raise InputError(_damaged(path))
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def _in_plain_words(path: Path) -> Iterator[None]:
    """Turn what SQLite and the disk complain about into a sentence."""
    try:
        yield
    except sqlite3.Error as error:
        sentence = _SENTENCES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        if sentence is None:
            raise InputError(_damaged(path)) from error
        raise StudioError(sentence.format(path=path)) from error
    except OSError as error:
        raise StudioError(f"{path} cannot be used ({error.strerror or error}); check the disk.") from error


def _damaged(path: Path) -> str:
    return f"The samples in {path} are damaged; restore an older copy of the file, or delete its folder."

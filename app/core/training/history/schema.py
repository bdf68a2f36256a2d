"""The tables of the history, how older files are brought up to date, and what SQLite's complaints mean in words.

The journal is a write-ahead log, so that a window reads while several processes write. Every commit waits until the
disk has it (`synchronous = FULL`): with the usual NORMAL a power cut could take back epochs that were told long ago.
One epoch is one commit, so nothing but the epoch under way can be lost.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from app.core.errors import StudioError
from app.core.paths import HOME_VARIABLE

BUSY_TIMEOUT_S = 10.0
"""How long a write waits for those of other processes, each of which takes milliseconds."""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE runs (
            id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given twice: checkpoints are named by it
            name TEXT NOT NULL,
            recipe TEXT NOT NULL,
            dataset TEXT NOT NULL,
            data_description TEXT NOT NULL,
            data_sha256 TEXT NOT NULL,
            created TEXT NOT NULL,                 -- ISO 8601, UTC
            state TEXT NOT NULL,
            message TEXT NOT NULL DEFAULT '',
            device TEXT NOT NULL DEFAULT '',
            engine TEXT NOT NULL DEFAULT '',
            parameters INTEGER NOT NULL DEFAULT 0,
            train_samples INTEGER NOT NULL DEFAULT 0,
            validation_samples INTEGER NOT NULL DEFAULT 0,
            test_samples INTEGER NOT NULL DEFAULT 0,
            epochs_done INTEGER NOT NULL DEFAULT 0,
            best_epoch INTEGER,
            train_s REAL NOT NULL DEFAULT 0,
            val_s REAL NOT NULL DEFAULT 0,
            test_s REAL NOT NULL DEFAULT 0,
            train_loss REAL, train_accuracy REAL,  -- of the epoch whose weights the run has
            val_loss REAL, val_accuracy REAL,
            test_loss REAL, test_accuracy REAL, test_precision REAL, test_recall REAL,
            model TEXT,
            note TEXT NOT NULL DEFAULT '',
            tags TEXT NOT NULL DEFAULT '[]',       -- a JSON list
            study TEXT NOT NULL DEFAULT '',
            trial INTEGER,
            versions TEXT NOT NULL,                -- JSON: name to version
            config TEXT NOT NULL,                  -- JSON: TrainingConfig
            owner TEXT NOT NULL DEFAULT '',        -- the lock that its process holds while it is going
            deleted TEXT                           -- when it was deleted, ISO 8601; hidden until purged
        )
        """,
        "CREATE INDEX runs_going ON runs (id) WHERE state = 'running'",
        "CREATE INDEX runs_deleted ON runs (deleted) WHERE deleted IS NOT NULL",
        """
        CREATE TABLE epochs (
            run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            epoch INTEGER NOT NULL,
            loss REAL, accuracy REAL,
            val_loss REAL, val_accuracy REAL, val_precision REAL, val_recall REAL,
            learning_rate REAL,
            is_best INTEGER NOT NULL,
            epoch_s REAL NOT NULL, validation_s REAL NOT NULL, elapsed_s REAL NOT NULL,
            PRIMARY KEY (run, epoch)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE confusions (
            run INTEGER PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
            counts TEXT NOT NULL                   -- JSON: rows true, columns predicted
        )
        """,
    ),
)
"""What takes a file from each version (its `user_version`) to the next. Only ever append."""


def locks_folder(path: Path) -> Path:
    """Where the locks lie that belong to the history at `path`."""
    return path.with_suffix(".locks")


def open_database(path: Path) -> sqlite3.Connection:
    """A connection to the history at `path`, made or brought up to date if it has to be.

    Usable from any thread, one at a time. Raises StudioError for a file that is newer than the program or no history.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA fullfsync = ON")  # macOS: an ordinary fsync leaves data in the drive's cache
        connection.execute("PRAGMA foreign_keys = ON")
        if _version(connection, path) < len(MIGRATIONS):
            locks = locks_folder(path)
            locks.mkdir(exist_ok=True)
            with FileLock(locks / "upgrade.lock", timeout=BUSY_TIMEOUT_S):
                _bring_up_to_date(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Do all of it or nothing. The write lock is taken at once, for one that is asked for later is refused at once."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def in_plain_words(path: Path) -> Iterator[None]:
    """Turn whatever SQLite and the disk complain about into a StudioError."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
        raise StudioError(_SENTENCES.get(code, _OTHER).format(path=path, error=error, home=HOME_VARIABLE)) from None
    except Timeout:
        raise StudioError(_SENTENCES[sqlite3.SQLITE_BUSY].format(path=path)) from None
    except (OSError, NotImplementedError) as error:
        said = getattr(error, "strerror", None) or error
        raise StudioError(_OTHER.format(path=path, error=said, home=HOME_VARIABLE)) from None


def _version(connection: sqlite3.Connection, path: Path) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > len(MIGRATIONS):
        raise StudioError(
            f"The run history {path} was written by a newer version of the program; update the program, "
            f"or move that file away to begin a new history."
        )
    return version


def _bring_up_to_date(connection: sqlite3.Connection, path: Path) -> None:
    version = _version(connection, path)  # again: another process may have been quicker
    if version == 0 and connection.execute("SELECT 1 FROM sqlite_master").fetchone():
        raise StudioError(f"The file {path} is no run history; move it away, and a new history is begun.")
    if version < len(MIGRATIONS):
        connection.execute("PRAGMA journal_mode = WAL")
        with transaction(connection):
            for statements in MIGRATIONS[version:]:
                for statement in statements:
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


_DAMAGED = "The run history {path} is damaged; move that file away, and a new history is begun."
_CLOSED = "The run history {path} cannot be written; make it writable or set {home} to another folder."
_OTHER = "The run history {path} cannot be used ({error}); check the disk, or set {home} to another folder."
_SENTENCES = {
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_READONLY: _CLOSED,
    sqlite3.SQLITE_CANTOPEN: _CLOSED,
    sqlite3.SQLITE_PERM: _CLOSED,
    sqlite3.SQLITE_FULL: "The disk is full: the run history {path} cannot be written; free some space.",
    sqlite3.SQLITE_BUSY: "The run history {path} is being written by another program; try again in a moment.",
}

"""The history's SQLite file: opened once a thread, made and brought up to date on the way, its complaints in words.

The journal is a write-ahead log, so that a window reads while several processes write. Every commit waits until the
disk has it (`synchronous = FULL`): with the usual NORMAL a power cut could take back epochs that were told long ago.
One epoch is one commit, so nothing but the epoch under way can be lost.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from app.core.errors import InputError, StudioError
from app.core.paths import HOME_VARIABLE
from app.core.runs.schema import MIGRATIONS

BUSY_TIMEOUT_S = 10.0
"""How long a write waits for those of other processes, each of which takes milliseconds."""

_DAMAGED = "The run history {path} is damaged; move that file away, and a new one is created."
_CLOSED = "The run history {path} cannot be written; make it writable or set {home} to another folder."
_OTHER = "The run history {path} cannot be used ({error}); check the disk, or set {home} to another folder."
_SENTENCES = {
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_READONLY: _CLOSED,
    sqlite3.SQLITE_CANTOPEN: _CLOSED,
    sqlite3.SQLITE_PERM: _CLOSED,
    sqlite3.SQLITE_FULL: "The disk is full: the run history {path} cannot be written; free some space.",
    sqlite3.SQLITE_CONSTRAINT: "The run is not in the history {path} any more.",
    sqlite3.SQLITE_BUSY: "The run history {path} is being written by another program; try again in a moment.",
}


class Database:
    """The file at `path`, made when it is first written. Everything raises StudioError if it cannot be used."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.locks = path.with_suffix(".locks")
        self._of_thread = threading.local()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """The connection of this thread; None if there is no file yet."""
        with in_plain_words(self.path):
            yield self._connection() if self.path.exists() else None

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The connection of this thread, in a transaction: all that is done with it happens, or nothing."""
        with in_plain_words(self.path):
            connection = self._connection()
            with transaction(connection):
                yield connection

    def _connection(self) -> sqlite3.Connection:
        kept: _Kept | None = getattr(self._of_thread, "kept", None)
        if kept is None or not self.path.exists():  # somebody may have moved the file away
            kept = self._of_thread.kept = _Kept(self._open())
        return kept.connection

    def _open(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self.path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA fullfsync = ON")  # macOS: an ordinary fsync leaves data in the drive's cache
            connection.execute("PRAGMA foreign_keys = ON")
            if self._version(connection) < len(MIGRATIONS):
                self.locks.mkdir(exist_ok=True)
                with FileLock(self.locks / "upgrade.lock", timeout=BUSY_TIMEOUT_S):
                    self._bring_up_to_date(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _version(self, connection: sqlite3.Connection) -> int:
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if version > len(MIGRATIONS):
            raise StudioError(
                f"The run history {self.path} was written by a newer version of the program; update the program, "
                "or move that file away to start a new history."
            )
        return version

    def _bring_up_to_date(self, connection: sqlite3.Connection) -> None:
        version = self._version(connection)  # again: another process may have been quicker
        if version == 0 and connection.execute("SELECT 1 FROM sqlite_master").fetchone():
            raise StudioError(f"The file {self.path} is not a run history; move it away, and a new one is created.")
        if version < len(MIGRATIONS):
            connection.execute("PRAGMA journal_mode = WAL")
            with transaction(connection):
                for statements in MIGRATIONS[version:]:
                    for statement in statements:
                        connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Do all of it or nothing. The write lock is taken at once: a reader that wants to write later may be refused."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


class _Kept:
    """A connection that is closed with the thread, or the history, that it was opened for."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def __del__(self) -> None:
        self.connection.close()


@contextmanager
def in_plain_words(path: Path) -> Iterator[None]:
    """Turn whatever SQLite and the disk complain about into a StudioError."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
        raise StudioError(_SENTENCES.get(code, _OTHER).format(path=path, error=error, home=HOME_VARIABLE)) from None
    except OverflowError:  # a number beyond those that SQLite gives
        raise InputError("There is no run of that number in the history.") from None
    except Timeout:
        raise StudioError(_SENTENCES[sqlite3.SQLITE_BUSY].format(path=path)) from None
    except (OSError, NotImplementedError) as error:
        said = getattr(error, "strerror", None) or error
        raise StudioError(_OTHER.format(path=path, error=said, home=HOME_VARIABLE)) from None

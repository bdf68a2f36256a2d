"""The program's SQLite files: how they are opened, brought up to date and written, and what their errors are called.

Every commit waits until the disk has it (`synchronous = FULL`): with the usual NORMAL a power cut could take back what
was told long ago. So what a transaction wrote is there whole or not at all, whatever happens to the program.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from filelock import FileLock, Timeout

from app.core.errors import InputError, StudioError, translate_errors
from app.core.file_writing import set_aside
from app.core.paths import HOME_VARIABLE

BUSY_TIMEOUT_S = 10.0
"""How long a write waits for those of other processes, each of which takes milliseconds."""


DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
"""What SQLite says of a file that is none any more."""


class SetAsideError(StudioError):
    """A damaged file has another name now; whatever was to be done can be done again, with an empty one."""


@dataclass(frozen=True)
class DatabaseKind:
    """What all files of a kind have in common. `name` is for sentences, `remedy` what to do about a damaged one.

    `migrations` take a file from each version (its `user_version`) to the next; only ever append. `damage` is the error
    for one that cannot be read: InputError where the user asked for it by name. A value in it is never larger than
    `largest_value_bytes`, whatever the file says.
    """

    name: str
    remedy: str
    migrations: tuple[tuple[str, ...], ...]
    damage: type[StudioError] = StudioError
    largest_value_bytes: int = 2**20


class Database:
    """A file that is there, opened for each piece of work and closed again: at rest it is one file."""

    def __init__(self, path: Path, kind: DatabaseKind) -> None:
        self.path, self.kind = path, kind

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection to look things up, all at one moment. Raises StudioError if the file cannot be used."""
        with self.translate_errors(), closing(self._open()) as connection:
            connection.execute("BEGIN")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection in a transaction: all that is done with it happens, or nothing. Raises StudioError."""
        with self.translate_errors(), closing(self._open()) as connection, transaction(connection):
            yield connection

    @contextmanager
    def creating(self) -> Iterator[sqlite3.Connection]:
        """A connection to a new file with empty tables, in a transaction. Raises StudioError."""
        with self.translate_errors(), closing(_connect(self.path, self.kind)) as connection, transaction(connection):
            self._migrate(connection)
            yield connection

    def translate_errors(self) -> AbstractContextManager[None]:
        """Turn whatever SQLite, locks and the disk complain about inside into a StudioError."""
        kinds = (sqlite3.Error, OverflowError, OSError, NotImplementedError, UnicodeDecodeError)
        return translate_errors(kinds, partial(_in_words, self.path, self.kind))

    def _open(self) -> sqlite3.Connection:
        connection = _connect(
            f"{self.path.absolute().as_uri()}?mode=rw", self.kind, uri=True
        )  # one that is not there is not made
        try:
            if self._version(connection) == 0:
                raise sqlite3.DatabaseError("no file of ours")
        except BaseException:
            connection.close()
            raise
        return connection

    def _version(self, connection: sqlite3.Connection) -> int:
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if version > len(self.kind.migrations):
            raise self.kind.damage(
                f"The {self.kind.name} {self.path} was written by a newer version of the program; update the program "
                "to use it."
            )
        return version

    def _migrate(self, connection: sqlite3.Connection, version: int = 0) -> None:
        for statements in self.kind.migrations[version:]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(self.kind.migrations)}")


class SharedDatabase(Database):
    """A file that a window reads while several processes write: each thread keeps a connection.

    The file is made when it is first written; until then, reading finds empty tables. The journal is a write-ahead log.
    """

    def __init__(self, path: Path, kind: DatabaseKind) -> None:
        super().__init__(path, kind)
        self.locks = path.with_suffix(".locks")
        self._of_thread = threading.local()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection of this thread. Raises StudioError if the file cannot be used."""
        with self.translate_errors(), self._setting_aside():
            if self.path.exists():
                yield self._connection_to_read()
                return
            with closing(sqlite3.connect(":memory:")) as empty:
                self._migrate(empty)
                yield empty

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The connection of this thread, in a transaction: all that is done with it happens, or nothing."""
        with self.translate_errors(), self._setting_aside(), transaction(connection := self._connection()):
            yield connection

    @contextmanager
    def _setting_aside(self) -> Iterator[None]:
        """Move a file that turns out to be damaged away, and let a new one begin. Raises SetAsideError then."""
        try:
            yield
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            if not _is_damage(error):
                raise
            self._of_thread.kept = None
            self.locks.mkdir(exist_ok=True)
            with FileLock(self.locks / "upgrade.lock", timeout=BUSY_TIMEOUT_S):
                if not self._is_damaged():
                    raise  # another thread or process was quicker
                # First the log: SQLite would take what is in it for a part of the new file.
                aside = set_aside(self.path, ("-wal", "-shm"))
            raise SetAsideError(
                f"The {self.kind.name} was damaged. It was set aside as {aside}, and a new one is begun."
            ) from None

    def _is_damaged(self) -> bool:
        if not self.path.exists():
            return False
        try:
            with closing(_connect(self.path, self.kind)) as connection:
                return bool(connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",))
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            return _is_damage(error)

    def _connection_to_read(self) -> sqlite3.Connection:
        """That of this thread, or one to a file as it is, where the log that SQLite needs beside it cannot be made."""
        try:
            return self._connection()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CANTOPEN or os.access(self.path.parent, os.W_OK):
                raise
        connection = _connect(f"{self.path.absolute().as_uri()}?immutable=1", self.kind, uri=True)
        self._of_thread.kept = _Kept(connection, None)  # opened again each time: others may write there
        if self._version(connection) < len(self.kind.migrations):
            raise StudioError(
                f"The {self.kind.name} {self.path} is of an older version, and cannot be brought up to date: make it "
                f"writable or set {HOME_VARIABLE} to another folder."
            )
        return connection

    def _connection(self) -> sqlite3.Connection:
        kept: _Kept | None = getattr(self._of_thread, "kept", None)
        if kept is None or kept.file != _file_at(self.path):  # somebody may have moved the file away
            connection = self._open()
            kept = self._of_thread.kept = _Kept(connection, _file_at(self.path))
        return kept.connection

    def _open(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = _connect(self.path, self.kind)
        try:
            if self._version(connection) < len(self.kind.migrations):
                self.locks.mkdir(exist_ok=True)
                with FileLock(self.locks / "upgrade.lock", timeout=BUSY_TIMEOUT_S):
                    self._bring_up_to_date(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _bring_up_to_date(self, connection: sqlite3.Connection) -> None:
        version = self._version(connection)  # again: another process may have been quicker
        if version == 0 and connection.execute("SELECT 1 FROM sqlite_master").fetchone():
            raise self.kind.damage(f"The file {self.path} is not a {self.kind.name}; {self.kind.remedy}.")
        if version < len(self.kind.migrations):
            connection.execute("PRAGMA journal_mode = WAL")
            with transaction(connection):
                self._migrate(connection, version)


class _Kept:
    """A connection that is closed with the thread, or the database, that it was opened for."""

    def __init__(self, connection: sqlite3.Connection, file: tuple[int, int] | None) -> None:
        self.connection, self.file = connection, file

    def __del__(self) -> None:
        self.connection.close()


def _is_damage(error: Exception) -> bool:
    """True where the file is to blame: SQLite says so, or has no text for what it finds in the schema."""
    return isinstance(error, UnicodeDecodeError) or getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGE


def _file_at(path: Path) -> tuple[int, int] | None:
    """Which file has that name now."""
    try:
        about = path.stat()
    except OSError:
        return None
    return about.st_dev, about.st_ino


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


def _connect(place: Path | str, kind: DatabaseKind, *, uri: bool = False) -> sqlite3.Connection:
    """Open a file whose transactions begin and end only where `transaction` says so."""
    connection = sqlite3.connect(place, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False, uri=uri)
    try:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, kind.largest_value_bytes)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA fullfsync = ON")  # macOS: an ordinary fsync leaves data in the drive's cache
        connection.execute("PRAGMA foreign_keys = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def _in_words(path: Path, kind: DatabaseKind, error: Exception) -> StudioError:
    """The sentence for what SQLite, a lock or the disk complains about."""
    file = f"{kind.name} {path}"
    if isinstance(error, OverflowError):  # a number beyond those that SQLite gives
        return InputError(f"There is nothing of that number in the {file}.")
    code = sqlite3.SQLITE_BUSY if isinstance(error, Timeout) else getattr(error, "sqlite_errorcode", None)
    if code is None and isinstance(error, sqlite3.Error | UnicodeDecodeError):
        code = sqlite3.SQLITE_CORRUPT  # what we found in it makes no sense
    match None if code is None else code & 0xFF:
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_ERROR | sqlite3.SQLITE_TOOBIG:
            return kind.damage(f"The {file} is damaged; {kind.remedy}.")
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return StudioError(f"The {file} is being written by another program; try again in a moment.")
        case sqlite3.SQLITE_FULL:
            return StudioError(f"The disk is full: the {file} cannot be written; free some space and try again.")
        case sqlite3.SQLITE_CANTOPEN:
            return StudioError(f"The {file} cannot be opened; check that it is there and that you may write it.")
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            remedy = f"make it writable or set {HOME_VARIABLE} to another folder"
            return StudioError(f"The {file} cannot be written; {remedy}.")
        case sqlite3.SQLITE_CONSTRAINT:
            return StudioError(f"What was to be changed is not in the {file} any more.")
        case _:
            said = getattr(error, "strerror", None) or error
            remedy = f"check the disk, or set {HOME_VARIABLE} to another folder"
            return StudioError(f"The {file} cannot be used ({said}); {remedy}.")

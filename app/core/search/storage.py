"""Where studies are kept: an SQLite file of the user's, or a database server that several machines share."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import optuna
import sqlalchemy
from optuna.storages import RDBStorage
from sqlalchemy import event
from sqlalchemy.engine import URL, make_url

from app.core.errors import InputError, StudioError, translate_errors
from app.core.file_writing import set_aside
from app.core.paths import user_dir
from app.core.sqlite import DAMAGE

CONNECT_TIMEOUT_S = 10
_LOCK_TIMEOUT_S = 60

_DRIVERS = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql"}
_EXTRAS = {"postgresql": "postgresql", "mysql": "mysql"}


def own_storage() -> str:
    """The URL of the user's own studies: a file in the user's folder."""
    return URL.create("sqlite", database=str(user_dir() / "searches.sqlite3")).render_as_string()


def open_storage(url: str) -> RDBStorage:
    """Connect, and make the tables if there are none yet.

    Raises InputError for a URL that cannot be used (what to install is said), StudioError if the database refuses.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_file(parsed)
    with translate_storage_errors(url):
        try:
            return RDBStorage(_render(parsed), {"connect_args": {"connect_timeout": CONNECT_TIMEOUT_S}})
        except ImportError:
            extra = _EXTRAS[parsed.get_backend_name()]
            raise InputError(
                f"The driver for this database is not installed; run: pip install 'softmax-studio[{extra}]'."
            ) from None


WRONG_VALUES = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)
"""What reading raises where a database holds other values than were written."""


def translate_storage_errors(url: str) -> AbstractContextManager[None]:
    """Turn what a database throws inside into a StudioError that names it, without its password."""
    database = (optuna.exceptions.StorageInternalError, sqlalchemy.exc.SQLAlchemyError, sqlite3.Error, RuntimeError)
    kinds = (*database, UnicodeDecodeError)  # of SQLite's own message, where it quotes damaged tables
    return translate_errors(kinds, partial(_in_words, url))


@contextmanager
def reading(url: str) -> Iterator[None]:
    """Do so, and with what comes of values that nobody wrote."""
    shown = make_url(url).render_as_string(hide_password=True)
    damaged = StudioError(f"The database {shown} is damaged: it holds values that no search has written.")
    with translate_errors(WRONG_VALUES, lambda _: damaged), translate_storage_errors(url):
        yield


def _in_words(url: str, error: Exception) -> StudioError:
    if _is_broken(error) and url == own_storage():
        path = Path(make_url(url).database or "")
        with suppress(OSError):
            aside = set_aside(path, ("-wal", "-shm", "-journal"))
            return StudioError(f"Your searches are damaged; they were set aside as {aside}. Begin a search anew.")
    cause = error.__cause__ if isinstance(error, optuna.exceptions.StorageInternalError) else error
    told = getattr(cause, "orig", None) or cause
    text = str(told.args[-1] if told is not None and told.args else told)  # MySQL's begins with a number
    said = text.strip().partition("\n")[0].rstrip(".")
    shown = make_url(url).render_as_string(hide_password=True)
    return StudioError(f"The database {shown} cannot be used ({said}); check that it is there.")


def _is_broken(error: BaseException | None) -> bool:
    """True of an SQLite file that is none any more."""
    while error is not None and not isinstance(error, sqlite3.Error | UnicodeDecodeError):
        error = error.__cause__
    return isinstance(error, UnicodeDecodeError) or getattr(error, "sqlite_errorcode", None) in DAMAGE


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except sqlalchemy.exc.ArgumentError:
        raise InputError(f"'{url}' is not a database; write postgresql://USER@HOST/NAME or mysql://...") from None
    if parsed.drivername in _DRIVERS:
        return parsed.set(drivername=_DRIVERS[parsed.drivername])
    if parsed.get_backend_name() not in {"sqlite", *_EXTRAS}:
        raise InputError(f"Studies cannot be kept in {parsed.drivername}; use postgresql://, mysql:// or sqlite:///.")
    return parsed


def _open_file(parsed: URL) -> RDBStorage:
    url = _render(parsed)
    with translate_storage_errors(url):
        if parsed.host or not parsed.database:
            raise InputError(f"'{url}' names no file; write sqlite:///FOLDER/FILE.")
        try:
            user_dir().mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StudioError(f"Your folder {user_dir()} cannot be written ({error.strerror}).") from None
        storage = RDBStorage(url, {"connect_args": {"timeout": _LOCK_TIMEOUT_S}})
        # SQLite knows no lock on a row: without these, two workers could each find the same trial still waiting.
        event.listen(storage.engine, "connect", _prepare_connection)
        event.listen(storage.engine, "begin", _begin_writing)
        storage.engine.dispose()  # connections made before
    return storage


def _prepare_connection(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # or Python's module begins transactions by itself, and later than asked
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")


def _begin_writing(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _render(parsed: URL) -> str:
    return parsed.render_as_string(hide_password=False)


# Waiting for a database that restarts: hours of training are worth it.

TRIES, PAUSE_S = 60, 5.0

T = TypeVar("T")


def retry(action: Callable[[], T], is_over: Callable[[], bool] = lambda: False) -> T:
    """Do something with a storage, again and again for five minutes while it does not answer and `is_over` is False.

    Raises what `action` raises: InputError at once, StudioError in the end.
    """
    for _ in range(TRIES):
        try:
            return action()
        except InputError:
            raise
        except StudioError:
            if is_over():
                raise
            time.sleep(PAUSE_S)
    return action()

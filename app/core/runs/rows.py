"""Rows of the history as values, of which each may be anything: the file may be damaged, or somebody else's.

What makes no sense is left out and told of the run that it belongs to, the rest is what it is, and none takes unbounded
memory.
"""

import json
import math
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.sources import renewed_description
from app.core.runs.events import NO_FACTS, CheckedUp, DataFacts, EpochDone
from app.core.runs.records import Metrics, RunRecord, RunState
from app.core.runs.schema import CHECKUP_COLUMNS, EPOCH_COLUMNS

_MOST_ROW_CHARACTERS = 200_000
_MOST_EPOCHS = 100_000
_MOST_CLASSES = 1_000
_LARGEST_COUNT, _LARGEST_S = 2**53, 1e9
_FIRST_YEAR, _LAST_YEAR = 1980, 9000
"""Beyond them a day cannot be told in each time zone."""
_NO_DAY = datetime(_FIRST_YEAR, 1, 1, tzinfo=UTC)
_STATES = {state.value: state for state in RunState if state is not RunState.DAMAGED}
_MOST_NESTED = 4


@dataclass(frozen=True)
class _Kind:
    """What a column may hold: `read` makes the value of it, or raises ValueError. `missing` stands for what is none."""

    read: Callable[[Any], Any]
    missing: Any


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("no text")
    return value


def _count(value: Any) -> int:
    if not isinstance(value, int) or not 0 <= value <= _LARGEST_COUNT:
        raise ValueError("no count")
    return value


def _seconds(value: Any) -> float:
    if not isinstance(value, int | float) or not 0 <= value <= _LARGEST_S:
        raise ValueError("no time")
    return value


def _metric(value: Any) -> float | None:
    if value is not None and not isinstance(value, int | float):  # a run that diverged may have infinite ones
        raise ValueError("no number")
    return value


def _or_none(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else read(value)


def _created(value: Any) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is None or not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ValueError("no moment")
    return moment


def _state(value: Any) -> RunState:
    if value not in _STATES:
        raise ValueError("no state")
    return _STATES[value]


def _tags(value: Any) -> tuple[str, ...]:
    found = [] if value == "[]" else _json(_text(value))
    if not isinstance(found, list) or not all(isinstance(tag, str) for tag in found):
        raise ValueError("no tags")
    return tuple(found)


@lru_cache(maxsize=10_000)
def _settings(value: Any) -> str:
    found = _json(_text(value))
    layers = found.get("layers", []) if isinstance(found, dict) else None
    if not isinstance(layers, list) or not all(isinstance(layer, dict) for layer in layers):
        raise ValueError("no settings")
    if any(isinstance(held, dict | list) for name, held in found.items() if name != "layers") or not _is_plain(layers):
        raise ValueError("no settings")
    if not all(_is_plain(held) for held in found.values()):
        raise ValueError("no settings")
    return str(value)


@lru_cache(maxsize=1_000)
def _versions(value: Any) -> str:
    found = _json(_text(value))
    if not isinstance(found, dict) or not all(isinstance(version, str) for version in found.values()):
        raise ValueError("no versions")
    return str(value)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested without end") from None


def _is_plain(value: Any, deeper: int = _MOST_NESTED) -> bool:
    """True for JSON whose numbers are such as people write."""
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return deeper > 0 and all(_is_plain(each, deeper - 1) for each in inner)
    return not isinstance(value, int | float) or abs(value) <= _LARGEST_COUNT


_TEXT, _COUNT, _TIME, _NUMBER = _Kind(_text, ""), _Kind(_count, 0), _Kind(_seconds, 0.0), _Kind(_metric, None)
_KINDS = {
    "id": _COUNT,
    "config_json": _Kind(_settings, "{}"),
    "created": _Kind(_created, _NO_DAY),
    "data_description": _Kind(lambda value: renewed_description(_text(value)), ""),
    "state": _Kind(_state, RunState.DAMAGED),
    "versions_json": _Kind(_versions, "{}"),
    "tags": _Kind(_tags, ()),
    "model": _Kind(_or_none(_text), None),
    **dict.fromkeys(("best_epoch", "trial"), _Kind(_or_none(_count), None)),
    **dict.fromkeys(("train_s", "val_s", "test_s"), _TIME),
    **dict.fromkeys((field.name for field in fields(Metrics)), _NUMBER),
    **dict.fromkeys(
        ("parameters", "epochs_done", "train_samples", "validation_samples", "test_samples"), _COUNT
    ),
}  # fmt: skip
"""What is no text."""
_NAMES = [field.name for field in fields(RunRecord)]
_METRICS = [field.name for field in fields(Metrics)]
_FIRST = _NAMES.index("metrics")
_FIELDS = (*_NAMES[:_FIRST], *_METRICS, *_NAMES[_FIRST + 1 :])
_READERS = tuple((name, _KINDS.get(name, _TEXT)) for name in _FIELDS)
_COLUMNS = tuple({"config_json": "config", "versions_json": "versions"}.get(name, name) for name in _FIELDS)
_UNREADABLE = b""
"""Stands for what SQLite cannot give, too large, or no text where it says so: no column holds bytes."""

RECORD_COLUMNS = ", ".join(_COLUMNS)


def read_runs(database: sqlite3.Connection, condition: str, values: Sequence[object] = ()) -> list[RunRecord]:
    """The runs for which a condition holds, the newest first; what makes no sense of one is told in its message."""
    query = f"SELECT {RECORD_COLUMNS} FROM runs WHERE {condition}"
    try:
        rows = database.execute(f"{query} ORDER BY id DESC", values).fetchall()
    except sqlite3.Error as error:
        if not is_of_a_value(error):
            raise
        runs = database.execute("SELECT id FROM runs ORDER BY id DESC").fetchall()
        rows = [row for (run,) in runs for row in _row(database, f"{query} AND id = ?", (*values, run))]
    return [_record(row) for row in rows]


def _row(database: sqlite3.Connection, query: str, values: Sequence[Any]) -> list[Sequence[Any]]:
    """One row, value by value if need be; none if the condition does not hold."""
    try:
        return database.execute(query, values).fetchall()
    except sqlite3.Error as error:
        if not is_of_a_value(error):
            raise
    return [[values[-1], *(cell(database, values[-1], column) for column in _COLUMNS[1:])]]


def cell(database: sqlite3.Connection, run: int, column: str) -> Any:
    """One value of a run; bytes, which no column may hold, for what cannot be read."""
    try:
        found = database.execute(f"SELECT {column} FROM runs WHERE id = ?", (run,)).fetchone()
    except sqlite3.Error as error:
        if not is_of_a_value(error):
            raise
        return _UNREADABLE
    return found[0] if found else None


def is_of_a_value(error: sqlite3.Error) -> bool:
    """True where a single value is to blame: it is larger than may be read, or no Unicode (which has no code)."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_TOOBIG) == sqlite3.SQLITE_TOOBIG


def _record(row: Sequence[Any]) -> RunRecord:
    values: dict[str, Any] = {}
    broken = []
    for (name, kind), held in zip(_READERS, row, strict=True):
        try:
            values[name] = kind.read(held)
        except (ValueError, TypeError):
            values[name] = kind.missing
            broken.append(name)
    if sum(len(held) for held in row if isinstance(held, str)) > _MOST_ROW_CHARACTERS:
        broken.append("too much text")
        values |= {name: kind.missing for name, kind in _READERS if isinstance(values[name], str)}
    metrics = Metrics(**{name: values.pop(name) for name in _METRICS})
    if broken:
        values["state"] = RunState.DAMAGED
        values["name"] = values["name"] or "damaged"
        values["message"] = f"What the history holds of this run is damaged: {', '.join(broken).replace('_json', '')}."
    return RunRecord(metrics=metrics, **values)


def read_epochs(database: sqlite3.Connection, run: int) -> tuple[EpochDone, ...]:
    """The epochs of a run, in their order; without those that make no sense."""
    return tuple(filter(None, map(_epoch, _rows_of(database, run, "epochs", EPOCH_COLUMNS))))


def read_checkups(database: sqlite3.Connection, run: int) -> tuple[CheckedUp, ...]:
    """What was found in a run beside its epochs, in order; without what makes no sense."""
    return tuple(filter(None, map(_checkup, _rows_of(database, run, "checkups", CHECKUP_COLUMNS))))


def _rows_of(database: sqlite3.Connection, run: int, table: str, columns: Sequence[str]) -> Iterator[Sequence[Any]]:
    """What a table has of the epochs of a run, in their order, up to a value that cannot be read."""
    query = f"SELECT {', '.join(columns)} FROM {table} WHERE run = ? ORDER BY epoch LIMIT {_MOST_EPOCHS}"
    rows = database.execute(query, (run,))
    while True:
        try:
            row = rows.fetchone()
        except sqlite3.Error as error:
            if not is_of_a_value(error):
                raise
            return  # SQLite ends a query where it cannot give a value
        if row is None:
            return
        yield row


def _checkup(row: Sequence[Any]) -> CheckedUp | None:
    values = dict(zip(CHECKUP_COLUMNS, row, strict=True))
    try:
        for name, held in values.items():
            is_count = name == "epoch" or (name == "dead_layer" and held is not None)
            values[name] = _count(held) if is_count else _metric(held)
    except ValueError:
        return None
    return CheckedUp(**values)


def read_data_facts(database: sqlite3.Connection, run: int) -> DataFacts:
    """What is known of the pictures of a run: nothing of runs of older versions, or where it makes no sense."""
    query = "SELECT class_counts, test_copies, test_samples FROM data_facts WHERE run = ?"
    try:
        found = database.execute(query, (run,)).fetchone()
        if found is None:
            return NO_FACTS
        counts = tuple((_text(name), _count(count)) for name, count in _json(_text(found[0])))
        return DataFacts(counts[:_MOST_CLASSES], _count(found[1]), _count(found[2]))
    except (ValueError, TypeError):
        return NO_FACTS
    except sqlite3.Error as error:
        if not is_of_a_value(error):
            raise
        return NO_FACTS


def _epoch(row: Sequence[Any]) -> EpochDone | None:
    values = dict(zip(EPOCH_COLUMNS, row, strict=True))
    try:
        for name, held in values.items():
            read = _count if name in {"epoch", "is_best"} else _seconds if name.endswith("_s") else _metric
            values[name] = read(held)
    except ValueError:
        return None
    for name in ("loss", "accuracy", "learning_rate"):
        values[name] = math.nan if values[name] is None else values[name]
    values["is_best"] = bool(values["is_best"])
    return EpochDone(**values)


def read_confusion(database: sqlite3.Connection, run: int) -> NDArray[np.int64] | None:
    """Counts (classes, classes) of a run; None if there are none that make sense."""
    try:
        found = database.execute("SELECT counts FROM confusions WHERE run = ?", (run,)).fetchone()
        counts = np.array(_json(_text(found[0])) if found else [])
    except (ValueError, OverflowError):
        return None
    except sqlite3.Error as error:
        if not is_of_a_value(error):
            raise
        return None
    is_matrix = counts.ndim == 2 and counts.shape[0] == counts.shape[1] <= _MOST_CLASSES
    if not is_matrix or counts.dtype.kind != "i" or counts.min(initial=0) < 0:
        return None
    return counts.astype(np.int64)

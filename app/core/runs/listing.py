"""Finding, sorting and grouping runs: thousands of them in less than a tenth of a second. Pure."""

import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from app.core.runs.columns import COLUMNS, Value
from app.core.runs.query import read_query
from app.core.runs.records import RunRecord

_SEARCHED = ("name", "recipe", "state", "data", "tags", "note", "study", "model", "optimizer", "layers")


@dataclass(frozen=True)
class Query:
    """What a user looks for. All words and conditions of `text` must hold, as `run_query` reads them.

    `state` and `data` are values of those columns, "" for any.
    """

    text: str = ""
    state: str = ""
    data: str = ""


@dataclass(frozen=True)
class Order:
    """How a list is sorted. Runs without a value come last, whichever way."""

    column: str = "created"
    descending: bool = True


@dataclass(frozen=True)
class Group:
    """Runs that share a `value`, in their order."""

    value: Value
    runs: tuple[RunRecord, ...]

    @cached_property
    def _means(self) -> dict[str, float | None]:
        return {}

    def mean(self, column: str) -> float | None:
        """The mean of what was measured, None if nothing was or if these are no numbers."""
        if column not in self._means:
            values = [COLUMNS[column].value(run) for run in self.runs] if COLUMNS[column].kind.is_measured else []
            numbers = [value for value in values if isinstance(value, int | float)]
            self._means[column] = sum(numbers) / len(numbers) if numbers else None
        return self._means[column]


class RunList:
    """Runs, with what searching them needs worked out once, in whatever thread makes the list."""

    def __init__(self, runs: Sequence[RunRecord] = (), before: "RunList | None" = None) -> None:
        """Runs that have not changed since `before` are taken from there."""
        known = before.by_id if before else {}
        texts: Mapping[int, str] = before._texts if before else {}
        self.runs = tuple(old if (old := known.get(run.id)) == run else run for run in runs)
        self.by_id: Mapping[int, RunRecord] = {run.id: run for run in self.runs}
        self._texts: Mapping[int, str] = {
            run.id: texts[run.id] if known.get(run.id) is run else _searchable(run) for run in self.runs
        }  # fmt: skip

    def __len__(self) -> int:
        return len(self.runs)

    def with_runs(self, changed: Iterable[RunRecord]) -> "RunList":
        """The same list with some runs in place of those of the same number."""
        new = {run.id: run for run in changed}
        return RunList([new.get(run.id, run) for run in self.runs], self)

    def without(self, gone: Iterable[int]) -> "RunList":
        """The same list without some runs."""
        gone = set(gone)
        return RunList([run for run in self.runs if run.id not in gone], self)

    def found(self, query: Query) -> list[RunRecord]:
        """The runs that answer to `query`, in the order of the list."""
        found: Iterable[RunRecord] = self.runs
        for column, wanted in (("state", query.state), ("data", query.data)):
            if wanted:
                value = COLUMNS[column].value
                found = [run for run in found if value(run) == wanted]
        said = read_query(query.text)
        for holds in said.conditions:
            found = [run for run in found if holds(run)]
        return [run for run in found if all(word in self._texts[run.id] for word in said.words)]

    def values_of(self, column: str) -> tuple[str, ...]:
        """The different texts in a column, in alphabetical order."""
        value = COLUMNS[column].value
        return tuple(sorted({str(value(run)) for run in self.runs}, key=str.casefold))


def sort_runs(runs: Iterable[RunRecord], order: Order) -> list[RunRecord]:
    """The runs in that order; equal ones stay as they were."""
    value = COLUMNS[order.column].value
    keyed = [(_sort_key(value(run)), run) for run in runs]
    ranked = [pair for pair in keyed if pair[0] is not None]
    ranked.sort(key=operator.itemgetter(0), reverse=order.descending)
    return [run for _, run in ranked] + [run for key, run in keyed if key is None]


def group_runs(runs: Iterable[RunRecord], column: str) -> tuple[Group, ...]:
    """The runs by their value in a column; the group of the first run comes first."""
    value = COLUMNS[column].value
    members: dict[Value, list[RunRecord]] = {}
    for run in runs:
        members.setdefault(value(run), []).append(run)
    return tuple(Group(key, tuple(inside)) for key, inside in members.items())


def _searchable(run: RunRecord) -> str:
    values = (COLUMNS[column].value(run) for column in _SEARCHED)
    return " ".join((f"#{run.id}", *(str(value) for value in values if value))).casefold()


def _sort_key(value: Value) -> tuple[int, Any] | None:
    """Numbers before texts, for a column of settings may hold both; None for what is missing."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return 1, value.casefold()
    return 0, value

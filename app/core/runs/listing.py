"""Finding runs by words and conditions, sorting and grouping them: thousands in less than a tenth of a second. Pure."""

import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from functools import cache, cached_property
from typing import Any

from app.core.runs.columns import COLUMNS, Column, Kind, Value
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


# What a user writes to find runs: words, and conditions on columns.

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}
_OPERATOR = re.compile(r"\s*(<=|>=|<|>|=)\s*")
_CONDITION = re.compile(r"([^<>=]*)(<=|>=|<|>|=)(.*)")
_LIKELY = ("test_accuracy", "val_accuracy", "epochs_done", "optimizer", "learning_rate", "data", "created")

Condition = Callable[[RunRecord], bool]


@dataclass(frozen=True)
class Wanted:
    """What a text asks for: all `words` (casefolded) and `conditions` must hold.

    `problem` is a sentence on the first condition that cannot be, which is left out; an empty text for none.
    """

    words: tuple[str, ...]
    conditions: tuple[Condition, ...]
    problem: str = ""


def read_query(text: str) -> Wanted:
    """Read "keep test_accuracy>0.98": columns go by their names or by the window's titles, as in "Test acc > 98%"."""
    words: list[str] = []
    conditions: list[Condition] = []
    problems: list[str] = []
    for part in _OPERATOR.sub(r"\1", _with_names(text.casefold())).split():
        match = _CONDITION.fullmatch(part)
        if match is None:
            words.append(part)
            continue
        name, sign, value = match.groups()
        column = find_column(name)
        if column is None:
            problems.append(_unknown(name))
        elif problem := _problem_with(column, sign, value):
            problems.append(problem)
        else:
            conditions.append(_condition(column, sign, value))
    return Wanted(tuple(words), tuple(conditions), problems[0] if problems else "")


def find_column(name: str) -> Column | None:
    """The column of that name or title, however it is spaced: "test_accuracy", "Test acc", "testacc"."""
    return _by_spelling().get(_plain(name))


@cache
def _by_spelling() -> dict[str, Column]:
    titles = {_plain(column.title): column for column in reversed(COLUMNS.values())}  # of equal titles the first
    return titles | {_plain(name): column for name, column in COLUMNS.items()}


def _plain(name: str) -> str:
    return re.sub(r"[\s_.]+", "", name.casefold())


@cache
def _titles() -> re.Pattern[str]:
    """Titles of several words, the longest first, where a condition follows."""
    spaced = sorted((column.title.casefold() for column in COLUMNS.values() if " " in column.title), key=len)
    return re.compile(rf"(?<!\S)({'|'.join(map(re.escape, reversed(spaced)))})(?=\s*[<>=])")


def _with_names(text: str) -> str:
    """The text with the names of columns in place of titles that have a space in them."""

    def name(match: re.Match[str]) -> str:
        column = find_column(match[1])
        return column.id if column is not None else match[1]

    return _titles().sub(name, text)


def _unknown(name: str) -> str:
    if not name:
        return "Write the name of a column before the sign, as in test_accuracy>0.98."
    close = get_close_matches(_plain(name), _by_spelling(), n=2, cutoff=0.6)
    columns = dict.fromkeys(_by_spelling()[each].id for each in close)
    if columns:
        return f"There is no column {name}; did you mean {' or '.join(columns)}?"
    return f"There is no column {name}; there are, for example, {', '.join(_LIKELY)}."


def _problem_with(column: Column, sign: str, value: str) -> str:
    if not value:
        return f"Write a value after {column.id}{sign}."
    if column.kind.is_measured and _number(value) is None:
        example = "0.98" if column.kind is Kind.METRIC else "10"
        return f"{column.title} is a number; write, for example, {column.id}{sign}{example}."
    return ""


def _number(text: str) -> float | None:
    """The number in a text; "98%" is 0.98."""
    try:
        return float(text[:-1]) / 100 if text.endswith("%") else float(text)
    except ValueError:
        return None


def _condition(column: Column, sign: str, wanted: str) -> Condition:
    value, compare, number = column.value, _COMPARE[sign], _number(wanted)

    def holds(run: RunRecord) -> bool:
        actual = value(run)
        if isinstance(actual, int | float) and number is not None:
            return compare(actual, number)
        if actual is None or isinstance(actual, int | float):
            return str(actual).casefold() == wanted if compare is operator.eq else False
        text = actual.astimezone().isoformat() if isinstance(actual, datetime) else actual.casefold()
        return wanted in text if compare is operator.eq else compare(text, wanted)

    return holds

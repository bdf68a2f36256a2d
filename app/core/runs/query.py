"""What a user writes to find runs: words, and conditions on columns. Says what is wrong with it, and what exists."""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from functools import cache
from typing import Any

from app.core.runs.columns import COLUMNS, Column, Kind
from app.core.runs.records import RunRecord

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

"""Whether a task is done, by facts: runs in the history, answers on the paper, samples, and what was done on a page."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from app.core.lessons.happenings import Action, Happening, Reading
from app.core.lessons.lesson import Check, ReadingCheck, RunsCheck, SamplesCheck
from app.core.runs.columns import COLUMNS, Value
from app.core.runs.listing import Query, RunList
from app.core.runs.records import RunRecord, RunState

_ENDED = {RunState.COMPLETED, RunState.EARLY_STOPPED, RunState.STOPPED}


def is_met(check: Check, happened: Happening) -> bool:
    """Whether what just happened is what the task asks for."""
    if isinstance(check, ReadingCheck) and isinstance(happened, Reading):
        return (
            (not check.answers or happened.answer in check.answers)
            and (not check.rivals or happened.rival in check.rivals)
            and check.verdict in {None, happened.verdict}
            and check.confidence_above < happened.confidence < check.confidence_below
            and check.model in {"", happened.model}
        )
    return isinstance(check, Action) and check is happened


def runs_met(check: RunsCheck, runs: Sequence[RunRecord], since: datetime | None = None) -> tuple[RunRecord, ...]:
    """The newest runs that do what the task asks for, or none if they are too few. Those begun before `since` are old.

    Runs that go on, failed or were interrupted do not count.
    """
    ended = [run for run in runs if run.state in _ENDED and (since is None or run.created >= since)]
    found = RunList(ended).found(Query(check.filter))
    if check.differ:
        found = _first_of_each(found, check.differ)
    return tuple(found[: check.count]) if len(found) >= check.count else ()


def samples_met(check: SamplesCheck, counts: Iterable[int]) -> bool:
    """Whether one of the user's sets, which have so many samples, has enough."""
    return any(count >= check.count for count in counts)


def _first_of_each(runs: Iterable[RunRecord], column: str) -> list[RunRecord]:
    kept: dict[Value, RunRecord] = {}
    for run in runs:
        kept.setdefault(COLUMNS[column].value(run), run)
    return list(kept.values())

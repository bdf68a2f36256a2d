"""The live table of a search: what it shows when not all trials fit on the terminal."""

import io

import pytest
from rich.console import Console

from app.cli.search_display import _live_table, _most_telling
from app.core.search.status import SearchStatus, TrialReport, TrialState, TrialStatus


def trial(number: int, state: TrialState) -> TrialStatus:
    epochs_done = {TrialState.WAITING: 0, TrialState.RUNNING: 5}.get(state, 10)
    report = TrialReport(worker="w", host="h", epochs_done=epochs_done, elapsed_s=epochs_done * 6, val_accuracy=0.9)
    value = 0.9 + number / 1000 if state is TrialState.DONE else None
    return TrialStatus(number, "textbook-adam", {"dropout": 0.2}, state, 10, report if epochs_done else None, (), value)


@pytest.fixture
def status() -> SearchStatus:
    """Twenty trials done, two under way, twenty to come."""
    states = [TrialState.DONE] * 20 + [TrialState.RUNNING] * 2 + [TrialState.WAITING] * 20
    trials = tuple(trial(number, state) for number, state in enumerate(states))
    return SearchStatus("sweep", True, "val_accuracy", trials, is_running=True, left_s=630.0)


def test_trials_under_way_are_always_seen_then_the_latest_results(status: SearchStatus) -> None:
    assert [trial.number for trial in _most_telling(status, 5)] == [17, 18, 19, 20, 21]
    assert [trial.number for trial in _most_telling(status, 24)] == [*range(22), 22, 23]


def test_the_live_table_fits_and_tells_what_is_left(status: SearchStatus) -> None:
    console = Console(file=io.StringIO(), width=100, height=24)
    console.print(_live_table(status, 16))
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert len(text.splitlines()) <= 24
    assert "19 │ textbook-adam dropout=0.2 │ done best" in text
    assert "20 of 42 done, 2 running  about 10 min 30 s left" in text

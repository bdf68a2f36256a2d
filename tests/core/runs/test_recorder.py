"""What a run tells is written on its way to whoever listens, and a history in trouble hurts nobody."""

from dataclasses import replace

import pytest

from app.core.errors import StudioError
from app.core.runs.events import BatchesDone, EpochDone, Event, RunEnded, RunPreparing
from app.core.runs.history import Recorder, RunHistory

from .helpers import CONFIG, DATASET, SAVED, TESTED, ended, epoch, started


def recorded(history: RunHistory) -> tuple[Recorder, list[Event], int]:
    """A recorder of a new run, and the list that it passes events on to."""
    told, run = list[Event](), history.begin(CONFIG, DATASET)
    return Recorder(history, run, told.append, "CPU"), told, run


def test_a_recorder_writes_what_belongs_into_the_history_and_passes_everything_on(history: RunHistory) -> None:
    recorder, told, run = recorded(history)
    batches = BatchesDone(1, 5, 10, 0.5, 0.9, 1000.0, 1.0, 32, 0.001)
    events: list[Event] = [RunPreparing("Building"), started(), batches, epoch(1), epoch(2), TESTED, SAVED, ended()]
    for event in events:
        recorder(event)
    assert told == [*events[:-1], replace(ended(), run=run)]  # the end tells which run it was
    record = history.run(run)
    assert (record.epochs_done, record.device, record.model) == (2, "CPU", SAVED.model)
    assert (record.state.value, record.metrics.test_recall) == ("completed", TESTED.test_recall)
    assert history.confusion(run) is not None


def test_an_epoch_is_on_the_disk_before_it_is_told(history: RunHistory) -> None:
    run, counts = history.begin(CONFIG, DATASET), list[int]()
    recorder = Recorder(history, run, lambda _event: counts.append(len(RunHistory().epochs(run))), "CPU")
    for event in (started(), epoch(1), epoch(2)):
        recorder(event)
    assert counts == [0, 1, 2]


def test_a_history_that_refuses_lets_the_run_go_on_and_is_told_once_at_its_end(history: RunHistory) -> None:
    told = list[Event]()
    history.path.parent.mkdir(parents=True)
    history.path.write_bytes(b"damaged" * 1000)
    recorder = Recorder(history, 1, told.append, "CPU")
    for event in (started(), epoch(1), epoch(2), ended()):
        recorder(event)
    assert told[:3] == [started(), epoch(1), epoch(2)]
    assert isinstance(told[3], RunEnded)
    assert told[3].message.startswith("It completed. The history could not be written: The run history")


def test_what_could_not_be_written_is_written_when_the_trouble_has_passed(
    history: RunHistory, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder, told, run = recorded(history)
    add_epoch, refused = history.add_epoch, [1, 1]

    def refuse_twice(number: int, done: EpochDone) -> None:
        if refused:
            refused.pop()
            raise StudioError("The disk is full.")
        add_epoch(number, done)

    monkeypatch.setattr(history, "add_epoch", refuse_twice)
    for event in (started(), epoch(1), epoch(2), epoch(3), ended()):
        recorder(event)
    assert told[-1] == replace(ended(), run=run)
    assert history.run(run).epochs_done == 3

"""What becomes of runs whose process is killed, and of the file that many processes write at once."""

import shutil
import sqlite3
from contextlib import ExitStack
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import pytest

from app.core.errors import InputError, StudioError
from app.core.runs.history import RunHistory
from app.core.runs.records import RunState
from app.core.runs.schema import HISTORY_FILE
from app.core.sqlite import SharedDatabase

from .helpers import CONFIG, DATASET, ended, epoch, heard, recording_process, started, tell


def test_a_killed_run_is_interrupted_with_every_epoch_it_told_and_can_be_resumed(history: RunHistory) -> None:
    with recording_process(history.path, "1", "100000") as process:
        tell(process)
        run = int(heard(process).split()[1])
        told = [heard(process) for _ in range(20)][-1]
        assert history.run(run).state is RunState.RUNNING
        with pytest.raises(InputError, match="is still running"):
            history.delete([run])
        process.kill()
        process.wait()
        assert process.stdout is not None
        told = ([told, *process.stdout.read().split("\n")[:-1]])[-1]
    record = history.run(run)
    assert record.state is RunState.INTERRUPTED
    assert record.message
    last = int(told.split()[1])
    assert record.epochs_done in {last, last + 1}  # one may be written and not yet told
    assert [done.epoch for done in history.epochs(run)] == list(range(1, record.epochs_done + 1))
    history.resume(run)
    assert history.run(run).state is RunState.RUNNING
    history.end(run, ended())


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=400), timedelta(days=-400)])
def test_a_clock_that_is_set_anew_changes_neither_the_order_nor_what_is_kept(
    history: RunHistory, monkeypatch: pytest.MonkeyPatch, back: timedelta
) -> None:
    first = history.begin(CONFIG, DATASET)
    history.started(first, started(), "CPU")
    history.add_epoch(first, epoch(1))

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Clock":
            return cls.fromtimestamp((datetime.now(tz) - back).timestamp(), tz)

    monkeypatch.setattr("app.core.runs.history.datetime", Clock)
    history.add_epoch(first, epoch(2))
    history.end(first, ended())
    second = history.begin(CONFIG, DATASET)
    history.end(second, ended())
    history.delete([first])
    third = history.begin(CONFIG, DATASET)  # forgets what was deleted a day ago
    history.restore([first])
    assert [run.id for run in history.runs()] == [third, second, first]
    record = history.run(first)
    assert (record.state, record.epochs_done) == (RunState.COMPLETED, 2)


def test_a_run_of_another_program_in_a_new_home_is_not_written(history: RunHistory, home: Path) -> None:
    run = history.begin(CONFIG, DATASET)
    home.rename(home.with_name("away"))
    with recording_process(history.path, "1", "2") as process:
        tell(process)
        assert [heard(process) for _ in range(3)] == [f"run {run}", "epoch 1", "epoch 2"]
        with pytest.raises(StudioError, match=r"is another program's\.$"):
            history.add_epoch(run, epoch(3))
        with pytest.raises(StudioError, match=r"is another program's\.$"):
            history.end(run, ended())
        assert (history.run(run).state, history.run(run).epochs_done) == (RunState.RUNNING, 2)


def test_every_commit_waits_for_the_disk(history: RunHistory) -> None:
    history.begin(CONFIG, DATASET)
    with SharedDatabase(history.path, HISTORY_FILE).reading() as database:
        assert database.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_what_reached_the_disk_before_a_power_cut_is_the_whole_history(history: RunHistory, tmp_path: Path) -> None:
    """The files as they lie there in the middle of a run, copied without the process that keeps them open."""
    run = history.begin(CONFIG, DATASET)
    history.started(run, started(), "CPU")
    for number in range(1, 6):
        history.add_epoch(run, epoch(number))
    with SharedDatabase(history.path, HISTORY_FILE).writing() as unfinished:
        unfinished.execute("UPDATE runs SET epochs_done = 77")
        after = tmp_path / "after"
        after.mkdir()
        for name in ("runs.sqlite3", "runs.sqlite3-wal"):
            shutil.copy(history.path.with_name(name), after)
    left = RunHistory(after / "runs.sqlite3")
    assert left.run(run).state is RunState.INTERRUPTED
    assert left.run(run).epochs_done == len(left.epochs(run)) == 5


def test_a_run_of_this_process_is_going_whichever_history_object_began_it(history: RunHistory) -> None:
    run = RunHistory().begin(CONFIG, DATASET)
    assert history.run(run).state is RunState.RUNNING
    RunHistory().end(run, ended())
    assert history.run(run).state is RunState.COMPLETED
    assert list(history.path.with_suffix(".locks").glob("?" * 32 + ".lock")) == []


def test_a_process_that_ends_in_order_without_ending_its_run_leaves_it_interrupted(history: RunHistory) -> None:
    with recording_process(history.path, "1", "2") as process:
        tell(process)
        assert [heard(process) for _ in range(3)] == ["run 1", "epoch 1", "epoch 2"]
        assert history.run(1).state is RunState.RUNNING
        process.communicate()
        assert process.returncode == 0
    assert history.run(1).state is RunState.INTERRUPTED


def test_eight_processes_make_one_history_and_write_it_at_once(history: RunHistory) -> None:
    with ExitStack() as stack:
        processes = [stack.enter_context(recording_process(history.path, "4", "10", "end")) for _ in range(8)]
        for process in processes:
            tell(process)
        for process in processes:
            process.communicate()
            assert process.returncode == 0
    runs = history.runs()
    assert len(runs) == len({run.id for run in runs}) == 32
    assert {run.state for run in runs} == {RunState.COMPLETED}
    assert all([done.epoch for done in history.epochs(run.id)] == list(range(1, 11)) for run in runs)
    database = sqlite3.connect(history.path)
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()

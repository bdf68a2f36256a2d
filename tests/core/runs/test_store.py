"""What is written into the history is what is read out of it."""

import math
import sqlite3
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from app.core.errors import InputError, StudioError
from app.core.runs.checkpoint import checkpoint_path
from app.core.runs.coach import advise, evidence_of
from app.core.runs.columns import COLUMNS
from app.core.runs.events import CheckedUp, DataFacts, EndReason
from app.core.runs.history import RunHistory
from app.core.runs.records import Metrics, RunLabel, RunState

from .helpers import CONFIG, CONFUSION, DATASET, SAVED, TESTED, ended, epoch, started


def begun(history: RunHistory, epochs: int = 0) -> int:
    """A new run with that many epochs."""
    run = history.begin(CONFIG, DATASET)
    history.started(run, started(), "CPU, 2 cores")
    for number in range(1, epochs + 1):
        history.add_epoch(run, epoch(number))
    return run


def done(history: RunHistory, reason: EndReason = EndReason.COMPLETED) -> int:
    """A new run of three epochs that has ended."""
    run = begun(history, 3)
    history.end(run, ended(reason))
    return run


def ids(history: RunHistory) -> list[int]:
    return [record.id for record in history.runs()]


def change(history: RunHistory, statement: str) -> None:
    """Change the file behind the history's back."""
    with sqlite3.connect(history.path) as database:
        database.execute(statement)
    database.close()


def test_reading_makes_no_file(history: RunHistory, home: Path) -> None:
    assert history.runs() == ()
    assert history.epochs(1) == ()
    assert history.confusion(1) is None
    history.purge()
    with pytest.raises(InputError, match="There is no run 1"):
        history.run(1)
    assert not home.exists()


def test_what_was_found_beside_the_epochs_is_kept(history: RunHistory) -> None:
    run = history.begin(CONFIG, DATASET)
    facts = DataFacts((('Ä, "b"', 400), ("1", 30)), 3, 60)
    history.started(run, replace(started(), data_facts=facts), "CPU")
    found = (CheckedUp(0, math.inf, 0.5), CheckedUp(1, 0.25, 0.5, 0.75, 2, 1.5, 0.125), CheckedUp(2))
    for checkup in found:
        history.add_checkup(run, checkup)
    assert history.checkups(run) == found
    assert history.data_facts(run) == facts
    history.started(run, started(first_epoch=2), "CPU")
    assert history.checkups(run) == found[:2]
    assert history.data_facts(run + 1) == DataFacts()
    history.delete([done(history)])
    history.purge()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE data_facts SET class_counts = '[[1, 2]]'",
        "UPDATE data_facts SET class_counts = '{'",
        "UPDATE data_facts SET class_counts = '7'",
        "UPDATE data_facts SET test_copies = -1",
        "UPDATE checkups SET dead_layer = 'two'",
        "UPDATE checkups SET first_gradient = 'many'",
    ],
)
def test_what_makes_no_sense_of_it_is_left_out(history: RunHistory, damage: str) -> None:
    run = begun(history, 2)
    history.add_checkup(run, CheckedUp(1, 0.25, 0.5, 0.75, 2))
    history.end(run, ended())
    change(history, damage)
    assert history.data_facts(run) == DataFacts()
    assert history.checkups(run) in {(), (CheckedUp(1, 0.25, 0.5, 0.75, 2),)}
    assert advise(evidence_of(history, run))


def test_a_run_is_told_with_all_that_was_known_when_it_began(history: RunHistory) -> None:
    run = history.begin(CONFIG, DATASET, RunLabel("sweep", 7))
    record = history.run(run)
    assert record.config == CONFIG
    assert record.settings["epochs"] == CONFIG.epochs
    assert (record.name, record.title, record.recipe) == (CONFIG.recipe, f"{CONFIG.recipe} #{run}", CONFIG.recipe)
    assert (record.dataset, record.data_sha256) == ("mnist", "ab" * 32)
    assert record.data_description == "MNIST, full: 60 training, 60 test"
    assert (record.study, record.trial) == ("sweep", 7)
    assert (record.state, record.epochs_done, record.metrics) == (RunState.RUNNING, 0, Metrics())
    assert abs(datetime.now(UTC) - record.created) < timedelta(minutes=5)
    assert {"softmax-studio", "python", "tensorflow", "keras", "numpy"} == set(record.versions)


def test_a_run_in_progress_shows_its_last_epoch_and_its_times(history: RunHistory) -> None:
    run = begun(history)
    history.add_epoch(run, epoch(1))
    history.add_epoch(run, epoch(2))
    history.add_epoch(run, epoch(3, is_best=False))
    record = history.run(run)
    assert (record.device, record.engine, record.parameters) == ("CPU, 2 cores", "xla", 101_770)
    assert (record.train_samples, record.validation_samples) == (54, 6)
    assert (record.epochs_done, record.best_epoch) == (3, 2)
    assert (record.train_s, record.val_s, record.time_s) == (4.5, 1.5, 6.0)
    assert record.metrics == Metrics(train_loss=1 / 3, train_accuracy=0.9, val_loss=2 / 3, val_accuracy=0.8)


def test_a_run_that_ended_shows_the_epoch_of_its_weights_its_test_and_its_model(history: RunHistory) -> None:
    run = begun(history, 3)
    history.tested(run, TESTED)
    history.saved(run, SAVED)
    history.end(run, ended(EndReason.EARLY_STOPPED, weights_epoch=2))
    record = history.run(run)
    assert (record.state, record.message) == (RunState.EARLY_STOPPED, "It early_stopped.")
    assert (record.model, record.test_samples, record.test_s) == ("quickstart-mnist 2", 60, 0.4)
    assert record.metrics == Metrics(
        train_loss=0.5,
        train_accuracy=0.9,
        val_loss=1.0,
        val_accuracy=0.8,
        test_loss=0.11,
        test_accuracy=0.97,
        test_precision=0.96,
        test_recall=0.95,
    )
    confusion = history.confusion(run)
    assert confusion is not None
    assert confusion.dtype == np.int64
    np.testing.assert_array_equal(confusion, CONFUSION)


def test_a_stopped_run_can_be_tested_and_saved_afterwards(history: RunHistory) -> None:
    run = done(history, EndReason.STOPPED)
    history.saved(run, SAVED, CONFUSION)
    record = history.run(run)
    assert (record.state, record.model, record.metrics.test_accuracy) == (RunState.STOPPED, SAVED.model, 0.97)
    assert history.confusion(run) is not None


def test_epochs_come_back_as_they_were(history: RunHistory) -> None:
    run = history.begin(CONFIG, DATASET)
    bare = replace(epoch(2), val_loss=None, val_accuracy=None, val_precision=None, val_recall=None, is_best=False)
    history.add_epoch(run, bare)
    history.add_epoch(run, epoch(1))
    assert history.epochs(run) == (epoch(1), bare)


def test_numbers_of_numpy_and_what_is_no_number_can_be_written(history: RunHistory) -> None:
    run = history.begin(CONFIG, DATASET)
    history.add_epoch(run, replace(epoch(1), loss=math.nan, val_loss=math.inf, accuracy=np.float32(0.5)))  # type: ignore[arg-type]
    (found,) = history.epochs(run)
    assert math.isnan(found.loss)
    assert (found.val_loss, found.accuracy) == (math.inf, 0.5)


def test_the_newest_run_comes_first(history: RunHistory) -> None:
    runs = [done(history) for _ in range(3)]
    assert ids(history) == runs[::-1]


def test_runs_to_compare_with_have_ended_and_have_epochs(history: RunHistory) -> None:
    first, second = done(history), done(history)
    begun(history, 2)
    history.end(begun(history), ended(EndReason.STOPPED))
    assert [run.id for run in history.latest("mnist", 9)] == [second, first]
    assert [run.id for run in history.latest("mnist", 1)] == [second]
    assert history.latest("fashion-mnist", 9) == ()


def test_a_stopped_run_goes_on_from_an_earlier_epoch(history: RunHistory) -> None:
    run = done(history, EndReason.STOPPED)
    history.saved(run, SAVED, CONFUSION)
    history.resume(run)
    record = history.run(run)
    assert (record.state, record.message, record.metrics.test_accuracy) == (RunState.RUNNING, "", None)
    assert history.confusion(run) is None
    history.started(run, started(first_epoch=3), "another machine")
    assert [told.epoch for told in history.epochs(run)] == [1, 2]
    assert (history.run(run).epochs_done, history.run(run).device) == (2, "another machine")
    history.add_epoch(run, epoch(3))
    history.end(run, ended())
    assert (history.run(run).state, history.run(run).epochs_done) == (RunState.COMPLETED, 3)


@pytest.mark.parametrize("reason", [EndReason.COMPLETED, EndReason.EARLY_STOPPED, EndReason.FAILED])
def test_a_run_that_is_done_does_not_go_on(history: RunHistory, reason: EndReason) -> None:
    run = done(history, reason)
    with pytest.raises(InputError, match="only stopped and interrupted runs"):
        history.resume(run)


def test_a_run_that_is_going_is_not_taken_up_again(history: RunHistory) -> None:
    run = begun(history)
    with pytest.raises(InputError, match="is still running"):
        history.resume(run)


def test_names_notes_and_tags_are_made_fit_for_a_table(history: RunHistory) -> None:
    one, two = done(history), done(history)
    history.rename(one, "  my\n first\ttry \x1b[31m")
    history.set_note(one, "\nwider\r\nlayers\x00 \n")
    history.set_tags([one, two], ["keep", " for  the report ", "", "keep"])
    record = history.run(one)
    assert (record.name, record.note) == ("my first try [31m", "wider\nlayers")
    assert record.tags == history.run(two).tags == ("keep", "for the report")
    history.rename(one, " ")
    history.set_tags([one], [])
    assert (history.run(one).name, history.run(one).tags) == (CONFIG.recipe, ())
    assert history.run(two).tags == ("keep", "for the report")


def test_words_that_cannot_be_kept_are_refused_in_a_sentence(history: RunHistory) -> None:
    run = done(history)
    with pytest.raises(InputError, match="at most 100 characters"):
        history.rename(run, "x" * 101)
    with pytest.raises(InputError, match="not valid Unicode"):
        history.set_note(run, "\udcff")
    with pytest.raises(InputError, match="comma"):
        history.set_tags([run], ["a, b"])
    with pytest.raises(InputError, match="There is no run 99"):
        history.set_tags([run, 99], ["kept"])
    assert history.run(run).tags == ()


def test_a_deleted_run_is_hidden_and_comes_back(history: RunHistory) -> None:
    kept, deleted = done(history), done(history)
    history.delete([deleted])
    assert ids(history) == [kept]
    with pytest.raises(InputError, match=f"There is no run {deleted}"):
        history.run(deleted)
    history.restore([deleted])
    assert ids(history) == [deleted, kept]
    assert len(history.epochs(deleted)) == 3


def test_deleting_runs_one_of_which_is_going_deletes_none(history: RunHistory) -> None:
    finished, going = done(history), begun(history)
    with pytest.raises(InputError, match=f"Run {going} is still running"):
        history.delete([finished, going])
    with pytest.raises(InputError, match="There is no run 99"):
        history.delete([finished, 99])
    assert ids(history) == [going, finished]


def test_purging_takes_epochs_matrices_and_checkpoints_away(history: RunHistory) -> None:
    kept, deleted = done(history, EndReason.STOPPED), done(history, EndReason.STOPPED)
    history.saved(deleted, SAVED, CONFUSION)
    for run in (kept, deleted):
        checkpoint_path(run).parent.mkdir(exist_ok=True)
        checkpoint_path(run).write_bytes(b"weights")
    history.delete([deleted])
    history.purge()
    assert (history.epochs(deleted), history.confusion(deleted)) == ((), None)
    assert [checkpoint_path(run).exists() for run in (kept, deleted)] == [True, False]
    with pytest.raises(InputError, match="There is no run"):
        history.restore([deleted])
    assert done(history) > deleted  # a number is never given twice


def test_beginning_a_run_purges_what_was_deleted_a_day_ago(history: RunHistory) -> None:
    old, fresh = done(history), done(history)
    history.delete([old, fresh])
    change(history, f"UPDATE runs SET deleted = '2026-01-01T00:00:00+00:00' WHERE id = {old}")
    history.end(history.begin(CONFIG, DATASET), ended())
    history.restore([fresh])
    with pytest.raises(InputError):
        history.restore([old])


def test_runs_of_older_versions_tell_their_settings_under_todays_names(history: RunHistory) -> None:
    run = done(history)
    change(history, """UPDATE runs SET config = replace(config, '"initial_model":""', '"start_from":"digits-cnn"')""")
    record = history.run(run)
    assert record.config.initial_model == record.settings["initial_model"] == "digits-cnn"
    assert COLUMNS["initial_model"].value(record) == "digits-cnn"


def test_settings_of_another_version_are_told_but_not_taken_for_a_config(history: RunHistory) -> None:
    run = done(history)
    change(history, """UPDATE runs SET config = '{"epochs": 3, "optimizer": "unheard of"}'""")
    record = history.run(run)
    assert record.settings["optimizer"] == "unheard of"
    with pytest.raises(StudioError, match="settings that this version does not know"):
        _ = record.config


def test_a_window_reads_while_a_run_writes(history: RunHistory) -> None:
    run, counts = begun(history), list[int]()

    def train() -> None:
        for number in range(1, 101):
            history.add_epoch(run, epoch(number))

    thread = threading.Thread(target=train)
    thread.start()
    while thread.is_alive():
        counts.append(history.run(run).epochs_done)
    thread.join()
    assert counts == sorted(counts)
    assert history.run(run).epochs_done == 100


def test_a_history_that_is_moved_away_begins_anew(history: RunHistory, tmp_path: Path) -> None:
    done(history)
    history.path.rename(tmp_path / "elsewhere.sqlite3")
    assert history.runs() == ()
    done(history)
    assert len(history.runs()) == 1

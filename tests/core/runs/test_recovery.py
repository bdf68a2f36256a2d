"""What becomes of runs whose process was ended at a bad moment."""

import pytest

from app.core.models.card import Metrics
from app.core.models.store import add_model, find_model
from app.core.runs.checkpoint import Checkpoint, checkpoint_path, save_checkpoint
from app.core.runs.history import RunHistory
from app.core.runs.records import RunState
from app.core.runs.recovery import BEFORE_FIRST_EPOCH, INTERRUPTED

from .helpers import CONFIG, DATASET, SAVED, TESTED, ended, epoch, started


def begun(history: RunHistory) -> int:
    run = history.begin(CONFIG, DATASET)
    history.started(run, started(), "CPU")
    return run


def killed(history: RunHistory, run: int) -> None:
    """Let the lock go as the system does when a process ends."""
    with history._database.reading() as database:
        history._locks.drop(database.execute("SELECT owner FROM runs WHERE id = ?", (run,)).fetchone()[0])


def save_model_of(name: str, test_loss: float) -> None:
    """A model as the run of `begun` saves one after its second epoch."""
    done = epoch(2)
    metrics = Metrics(
        train_loss=done.loss, val_loss=done.val_loss, test_loss=test_loss, test_accuracy=0.9, test_samples=60
    )
    known = {
        "name": name,
        "config": CONFIG,
        "data_sha256": DATASET.sha256,
        "metrics": metrics,
        "ended": "early_stopped",
    }
    card = find_model("quickstart-mnist").card.model_copy(update=known)
    add_model(card, lambda folder: (folder / "model.tflite").touch())


def test_a_run_killed_just_after_its_model_was_saved_is_finished(history: RunHistory) -> None:
    run = begun(history)
    for number in (1, 2, 3):
        history.add_epoch(run, epoch(number))
    history.tested(run, TESTED)
    save_model_of("kept", TESTED.test_loss)
    killed(history, run)
    record = history.run(run)
    assert (record.state, record.model) == (RunState.EARLY_STOPPED, "kept")
    assert "'kept'" in record.message
    assert history.run(run).metrics.train_loss == epoch(2).loss, "of the weights that the model has"


@pytest.mark.parametrize("test_loss", [None, 0.5])
def test_a_model_that_is_not_of_this_run_does_not_finish_it(history: RunHistory, test_loss: float | None) -> None:
    other = begun(history)
    save_model_of(SAVED.model, TESTED.test_loss)
    history.saved(other, SAVED)
    history.end(other, ended())
    save_model_of("of nobody", 0.5 if test_loss is None else 0.6)
    run = begun(history)
    if test_loss is not None:
        history.tested(run, TESTED)
    killed(history, run)
    assert history.run(run).state is RunState.INTERRUPTED
    assert history.run(run).model is None


def test_a_run_killed_before_its_first_epoch_was_done_can_be_started_again(history: RunHistory) -> None:
    first, second = begun(history), begun(history)
    save_checkpoint(second, Checkpoint((), {}, (), 0.0))
    for run in (first, second):
        killed(history, run)
    assert [history.run(run).message for run in (first, second)] == [BEFORE_FIRST_EPOCH, INTERRUPTED]
    history.resume(first)
    assert history.run(first).state is RunState.RUNNING


def test_the_checkpoint_of_a_run_that_is_over_is_removed_with_the_next_run(history: RunHistory) -> None:
    over, going = begun(history), begun(history)
    for run in (over, going, 99):
        save_checkpoint(run, Checkpoint((), {}, (), 0.0))
    history.end(over, ended())  # and killed before the file was removed
    begun(history)
    assert not checkpoint_path(over).exists()
    assert checkpoint_path(going).exists()
    assert checkpoint_path(99).exists(), "of a history that was set aside"

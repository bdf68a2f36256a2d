"""What becomes of a run whose process ended without a word: it is finished if its model is there, else interrupted."""

import sqlite3
from typing import NamedTuple

from app.core.models.card import ModelCard
from app.core.models.store import list_models
from app.core.runs.checkpoint import has_checkpoint
from app.core.runs.records import RunState
from app.core.runs.rows import cell, is_of_a_value

INTERRUPTED = "The program ended in the middle of this run; it can be resumed."
BEFORE_FIRST_EPOCH = "The program ended before the first epoch of this run was done; it can be started again."

_COLUMNS = ("owner", "model", "test_loss", "config", "data_sha256")


class Left(NamedTuple):
    """How a run that lost its process stands. `weights_epoch` is the epoch whose weights a finished one has."""

    run: int
    owner: str
    state: RunState
    message: str
    model: str | None = None
    weights_epoch: int | None = None


class _Row(NamedTuple):
    run: int
    owner: str
    model: str | None
    test_loss: float | None
    config: str
    data_sha256: str


def going(database: sqlite3.Connection) -> list[_Row]:
    """The runs that are going, as far as the history knows."""
    runs = database.execute("SELECT id FROM runs WHERE state = 'running'").fetchall()
    rows = ([cell(database, run, column) for column in _COLUMNS] for (run,) in runs)
    return [_Row(run, str(owner), *values) for (run,), (owner, *values) in zip(runs, rows, strict=True)]


def what_is_left(row: _Row, database: sqlite3.Connection) -> Left:
    """How a run stands that was going in a process which is gone."""
    card = _its_model(row, database)
    if card is None:
        message = INTERRUPTED if has_checkpoint(row.run) else BEFORE_FIRST_EPOCH
        return Left(row.run, row.owner, RunState.INTERRUPTED, message, row.model)
    ended = RunState(card.ended) if card.ended in set(RunState) else RunState.COMPLETED
    query = "SELECT max(epoch) FROM epochs WHERE run = ? AND loss IS ? AND val_loss IS ?"
    (epoch,) = database.execute(query, (row.run, card.metrics.train_loss, card.metrics.val_loss)).fetchone()
    message = f"Saved as '{card.name}', ready on the Recognize page."
    return Left(row.run, row.owner, ended, message, card.name, epoch)


def _its_model(row: _Row, database: sqlite3.Connection) -> ModelCard | None:
    """The card of the model that a run has saved, known by what decided the run, and by how its test went."""
    if row.test_loss is None:  # it was not saved before the test
        return None
    try:
        of_others = {model for (model,) in database.execute("SELECT model FROM runs WHERE id != ?", (row.run,))}
    except sqlite3.Error as error:
        if not is_of_a_value(error):
            raise
        return None  # nobody knows whose it is
    for model in list_models():
        card = model.card
        same = (card.data_sha256, card.metrics.test_loss) == (row.data_sha256, row.test_loss)
        if same and not model.bundled and card.name not in of_others and card.config.model_dump_json() == row.config:
            return card
    return None

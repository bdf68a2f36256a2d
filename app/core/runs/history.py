"""`RunHistory`: the runs in the SQLite file of the user's folder; `Recorder` writes them as they happen.

Any thread and any number of processes may use it at the same time. Every method raises StudioError, with a sentence
for the user, when the file cannot be used, and InputError for a run that is not there.
"""

import json
import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from app.core.components import program_versions
from app.core.config.config import TrainingConfig
from app.core.datasets.types import Dataset
from app.core.errors import InputError, StudioError
from app.core.locks import OwnerLocks
from app.core.paths import user_dir
from app.core.recipes.changes import run_name
from app.core.runs.checkpoint import checkpoint_path
from app.core.runs.events import CheckedUp, DataFacts, EpochDone, Event, ModelSaved, RunEnded, RunStarted, RunTested
from app.core.runs.records import RunLabel, RunRecord, RunState
from app.core.runs.recovery import Left, going, what_is_left
from app.core.runs.rows import read_checkups, read_confusion, read_data_facts, read_epochs, read_runs
from app.core.runs.schema import (
    CHECKUP_COLUMNS,
    EPOCH_COLUMNS,
    HISTORY_FILE,
    SUM_UP,
    checkup_values,
    confusion_json,
    epoch_values,
    plain,
)
from app.core.runs.snapshots import remove_snapshots
from app.core.sqlite import SetAsideError, SharedDatabase, transaction
from app.core.texts import checked_text

_log = logging.getLogger(__name__)

LONGEST_NAME, LONGEST_NOTE, LONGEST_TAG = 100, 10_000, 40
KEPT_AFTER_DELETING = timedelta(days=1)
_TESTED = ("test_loss", "test_accuracy", "test_precision", "test_recall")


class RunHistory:
    """Every run there was. The file is made when the first one begins."""

    def __init__(self, path: Path | None = None) -> None:
        self._database = SharedDatabase(path or user_dir() / "runs.sqlite3", HISTORY_FILE)
        self._locks = OwnerLocks(self._database.locks)

    @property
    def path(self) -> Path:
        """The file of the history."""
        return self._database.path

    def runs(self) -> tuple[RunRecord, ...]:
        """All runs that are not deleted, newest first. Runs whose process has gone become interrupted ones."""
        return tuple(self._records("TRUE"))

    def run(self, run: int) -> RunRecord:
        """One run. Raises InputError if there is none, or if it is deleted."""
        for record in self._records("id = ?", run):
            return record
        raise _no_run(run)

    def run_of_trial(self, run: int, study: str, trial: int) -> RunRecord:
        """The run that a trial of a search calls its own. Raises InputError if there is none, or it is another's."""
        found = self.run(run)
        if (found.study, found.trial) != (study, trial):  # searches are kept in a file of their own
            raise InputError(f"The run of trial {trial} of the search {study} is not in the history any more.")
        return found

    def latest(self, dataset: str, count: int) -> tuple[RunRecord, ...]:
        """The newest runs on a dataset that have ended and have epochs, so many at most."""
        ended = "dataset = ? AND state != 'running' AND id IN (SELECT run FROM epochs)"
        return tuple(
            self._records(f"id IN (SELECT id FROM runs WHERE {ended} ORDER BY id DESC LIMIT ?)", dataset, count)
        )

    def newest(self) -> RunRecord | None:
        """The run that was begun last; None if there is none."""
        return next(
            iter(self._records("id IN (SELECT id FROM runs WHERE deleted IS NULL ORDER BY id DESC LIMIT 1)")), None
        )

    def epochs(self, run: int) -> tuple[EpochDone, ...]:
        """The epochs of a run, in their order."""
        with self._database.reading() as database:
            return read_epochs(database, run)

    def checkups(self, run: int) -> tuple[CheckedUp, ...]:
        """What was found in a run beside its epochs, in their order; nothing in runs of older versions."""
        with self._database.reading() as database:
            return read_checkups(database, run)

    def data_facts(self, run: int) -> DataFacts:
        """What is known of the pictures of a run."""
        with self._database.reading() as database:
            return read_data_facts(database, run)

    def confusion(self, run: int) -> NDArray[np.int64] | None:
        """Counts (classes, classes) of the test split, rows true, columns predicted; None if it was not tested."""
        with self._database.reading() as database:
            return read_confusion(database, run)

    def begin(self, config: TrainingConfig, dataset: Dataset, label: RunLabel | None = None) -> int:
        """Enter a new run, going in this process; returns its number. Also forgets what was deleted a day ago."""
        values = {
            "name": clean_name(label.name[:LONGEST_NAME]) if label and label.name else run_name(config),
            "recipe": config.recipe,
            "dataset": dataset.name,
            "data_description": dataset.description,
            "data_sha256": dataset.sha256,
            "created": _now(),
            "state": RunState.RUNNING,
            "study": label.study if label else "",
            "trial": label.trial if label else None,
            "versions": json.dumps(program_versions()),
            "config": config.model_dump_json(),
        }
        names = ", ".join((*values, "owner"))
        marks = ", ".join("?" * (len(values) + 1))
        with self._lock_for_good() as owner, self._database.writing() as database:
            self._forget(database, "deleted < ?", (datetime.now(UTC) - KEPT_AFTER_DELETING).isoformat())
            self._tidy(database)
            done = database.execute(f"INSERT INTO runs ({names}) VALUES ({marks})", (*values.values(), owner))
            run = int(done.lastrowid or 0)
            self._remove_files(run)  # of a run that had the number in a history that is gone
            return run

    def started(self, run: int, event: RunStarted, device: str) -> None:
        """Note what is known once the network is built; epochs from `event.first_epoch` on will be trained again."""
        with self._writing_own(run) as database:
            for table in ("epochs", "checkups"):
                database.execute(f"DELETE FROM {table} WHERE run = ? AND epoch >= ?", (run, event.first_epoch))
            facts = event.data_facts
            counts = json.dumps(facts.class_counts, ensure_ascii=False)
            values = (run, counts, facts.test_copies, facts.test_samples)
            _put(database, "data_facts", ("run", "class_counts", "test_copies", "test_samples"), values)
            known = _values(event, "engine", "parameters", "train_samples", "validation_samples")
            self._set(database, run, device=device, **known)
            database.execute(SUM_UP, {"run": run, "weights_epoch": None})

    def add_epoch(self, run: int, epoch: EpochDone) -> None:
        """Add an epoch, in place of an earlier one of that number."""
        with self._writing_own(run) as database:
            _put(database, "epochs", ("run", *EPOCH_COLUMNS), (run, *epoch_values(epoch)))
            database.execute(SUM_UP, {"run": run, "weights_epoch": None})

    def add_checkup(self, run: int, checkup: CheckedUp) -> None:
        """Add what was found beside an epoch, in place of an earlier one of that number."""
        with self._writing_own(run) as database:
            _put(database, "checkups", ("run", *CHECKUP_COLUMNS), (run, *checkup_values(checkup)))

    def tested(self, run: int, event: RunTested) -> None:
        """Note what the test split said; also of a stopped run, that has ended before."""
        with self._writing_own(run) as database:
            self._set(database, run, **_values(event, *_TESTED, "test_samples", "test_s"))
            self._set_confusion(database, run, event.confusion)

    def saved(self, run: int, event: ModelSaved, confusion: NDArray[np.int64] | None = None) -> None:
        """Note the model of a run, and what its test said; also of a stopped run, that has ended before."""
        with self._writing_own(run) as database:
            self._set(database, run, **_values(event, "model", "test_loss", "test_accuracy", "test_samples"))
            self._set_confusion(database, run, confusion)

    def end(self, run: int, event: RunEnded) -> None:
        """Note how a run ended, and the metrics of the epoch whose weights it has."""
        with self._database.reading() as database:
            owner = self._one(database, run, "owner")
        try:
            with self._writing_own(run) as database:
                self._set(database, run, state=RunState(event.reason.value), message=event.message, owner="")
                database.execute(SUM_UP, {"run": run, "weights_epoch": event.weights_epoch})
        finally:
            self._locks.drop(owner)

    def resume(self, run: int) -> None:
        """Let a stopped or interrupted run go on in this process; what its test said is forgotten.

        Raises InputError if it is going already or was done.
        """
        record = self.run(run)
        if not record.state.can_resume:
            what = "is still running" if record.state is RunState.RUNNING else f"has ended ({record.state.value})"
            raise InputError(f"{record.title} {what}; only stopped and interrupted runs can be resumed.")
        forgotten = dict.fromkeys(_TESTED)
        with self._lock_for_good() as owner, self._database.writing() as database:
            state = database.execute("SELECT state FROM runs WHERE id = ?", (run,)).fetchone()
            if state != (record.state,):
                raise InputError(f"{record.title} was just resumed by another program.")
            self._set(database, run, state=RunState.RUNNING, owner=owner, message="", test_s=0.0, **forgotten)
            database.execute("DELETE FROM confusions WHERE run = ?", (run,))

    def rename(self, run: int, name: str) -> None:
        """Give a run a name of one's own; an empty one brings its first one back. Raises InputError for a bad name."""
        with self._database.writing() as database:
            self._set(database, run, name=clean_name(name) or self._first_name(database, run))

    def set_note(self, run: int, note: str) -> None:
        """Write down something about a run, in place of what was written before."""
        with self._database.writing() as database:
            self._set(database, run, note=clean_note(note))

    def set_tags(self, runs: Sequence[int], tags: Sequence[str]) -> None:
        """Give some runs these tags, in place of those they had."""
        with self._database.writing() as database:
            for run in runs:
                self._set(database, run, tags=json.dumps(clean_tags(tags), ensure_ascii=False))

    def delete(self, runs: Sequence[int]) -> None:
        """Hide some runs until `restore` or `purge`. Raises InputError, and hides none, if one is still going."""
        self.runs()  # what has ended without a word is not going
        with self._database.writing() as database:
            for run in runs:
                if self._one(database, run, "state") == RunState.RUNNING:
                    raise InputError(f"Run {run} is still running; stop it before you delete it.")
                self._set(database, run, deleted=_now())

    def restore(self, runs: Sequence[int]) -> None:
        """Bring deleted runs back."""
        with self._database.writing() as database:
            for run in runs:
                self._set(database, run, deleted=None)

    def purge(self) -> None:
        """Really delete what was deleted, with its epochs, checkpoints and snapshots."""
        if self.path.exists():
            with self._database.writing() as database:
                self._forget(database, "deleted IS NOT NULL")

    @contextmanager
    def _writing_own(self, run: int) -> Iterator[sqlite3.Connection]:
        """A transaction for a run that this process trains, or that has ended.

        Raises StudioError where another program trains one of that number: in a home that was made anew meanwhile.
        """
        with self._database.writing() as database:
            owner = self._one(database, run, "owner")
            if owner and not self._locks.is_own(owner):
                raise StudioError(f"Run {run} of {self.path} is another program's.")
            yield database

    @contextmanager
    def _lock_for_good(self) -> Iterator[str]:
        """A lock to own a run with; it is let go only if entering the run fails."""
        with self._database.translate_errors():
            owner = self._locks.take()
        try:
            yield owner
        except BaseException:
            self._locks.drop(owner)
            raise

    def _records(self, condition: str, *values: object) -> list[RunRecord]:
        with self._database.reading() as database:
            left = {each.run: each for each in self._settle(database)}
            found = read_runs(database, f"deleted IS NULL AND {condition}", values)
        return [
            replace(record, state=now.state, message=now.message, model=now.model)
            if record.state is RunState.RUNNING and (now := left.get(record.id))
            else record
            for record in found
        ]

    def _settle(self, database: sqlite3.Connection) -> list[Left]:
        """Note what is left of runs that have lost their process, if the file can be written."""
        dead = [what_is_left(row, database) for row in going(database) if not self._locks.is_held(row.owner)]
        if dead:
            query = "UPDATE runs SET state = ?, message = ?, model = ?, owner = '' WHERE id = ? AND owner = ?"
            with suppress(sqlite3.OperationalError), transaction(database):
                for each in dead:
                    values = (each.state.value, each.message, each.model, each.run, each.owner)
                    if database.execute(query, values).rowcount and each.weights_epoch is not None:
                        database.execute(SUM_UP, {"run": each.run, "weights_epoch": each.weights_epoch})
        return dead

    def _set(self, database: sqlite3.Connection, run: int, **values: object) -> None:
        """Change columns of a run. Raises InputError if there is none."""
        query = f"UPDATE runs SET {', '.join(f'{name} = ?' for name in values)} WHERE id = ?"
        if not database.execute(query, (*map(plain, values.values()), run)).rowcount:
            raise _no_run(run)

    def _first_name(self, database: sqlite3.Connection, run: int) -> str:
        try:
            return run_name(TrainingConfig.model_validate_json(self._one(database, run, "config")))
        except ValidationError:  # settings of another version
            return str(self._one(database, run, "recipe"))

    def _one(self, database: sqlite3.Connection, run: int, column: str) -> Any:
        found = database.execute(f"SELECT {column} FROM runs WHERE id = ?", (run,)).fetchone()
        if found is None:
            raise _no_run(run)
        return found[0]

    def _set_confusion(self, database: sqlite3.Connection, run: int, confusion: NDArray[np.int64] | None) -> None:
        if confusion is not None:
            _put(database, "confusions", ("run", "counts"), (run, confusion_json(confusion)))

    def _tidy(self, database: sqlite3.Connection) -> None:
        """Remove checkpoints that nothing can go on with, and locks that nobody holds."""
        over = "SELECT id FROM runs WHERE state NOT IN ('running', 'stopped', 'interrupted')"
        useless = {checkpoint_path(run).name for (run,) in database.execute(over)}
        with suppress(OSError):
            for path in (self.path.parent / "checkpoints").iterdir():
                if path.name in useless:
                    path.unlink()
        self._locks.tidy()

    def _forget(self, database: sqlite3.Connection, condition: str, *values: object) -> None:
        gone = database.execute(f"DELETE FROM runs WHERE {condition} RETURNING id", values).fetchall()
        for (run,) in gone:
            self._remove_files(run)

    def _remove_files(self, run: int) -> None:
        """Remove what lies under the number of a run."""
        with suppress(OSError):
            (self.path.parent / "checkpoints" / checkpoint_path(run).name).unlink()
        remove_snapshots(run, self.path.parent)


def _put(database: sqlite3.Connection, table: str, columns: Sequence[str], values: Sequence[object]) -> None:
    """A row in place of the one of the same key."""
    marks = ", ".join("?" * len(values))
    database.execute(f"INSERT OR REPLACE INTO {table} ({', '.join(columns)}) VALUES ({marks})", values)


def _values(event: Event, *names: str) -> dict[str, object]:
    return {name: getattr(event, name) for name in names}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _no_run(run: int) -> InputError:
    return InputError(f"There is no run {run} in the history.")


Recorded = RunStarted | CheckedUp | EpochDone | RunTested | ModelSaved | RunEnded


class Recorder:
    """An event sink before another one, for a run that was begun or resumed in `history`.

    Only what happens once in an epoch or less is written. A history that refuses does not hurt the run: what could not
    be written is tried again with the next event, and if the last one fails too, the end of the run says so.
    """

    def __init__(self, history: RunHistory, run: int, emit: Callable[[Event], None], device: str) -> None:
        self._history, self._run, self._emit, self._device = history, run, emit, device
        self._unwritten: list[Recorded] = []
        self._aside = ""

    def __call__(self, event: Event) -> None:
        """Write the event if it belongs into the history, then pass it on."""
        if isinstance(event, RunEnded):
            event = replace(event, run=self._run)
        if isinstance(event, Recorded):
            self._unwritten.append(event)
            problem = self._write()
            if problem and isinstance(event, RunEnded):
                event = replace(event, message=f"{event.message} The history could not be written: {problem}")
        self._emit(event)

    def _write(self) -> str:
        """Write what is waiting; returns why that failed, "" if it did not."""
        try:
            while self._unwritten:
                self._write_one(self._unwritten[0])
                del self._unwritten[0]
        except StudioError as error:
            _log.warning("run %d is not in the history: %s", self._run, error)
            if isinstance(error, SetAsideError):
                self._aside = str(error)
            return self._aside or str(error)
        return ""

    def _write_one(self, event: Recorded) -> None:
        match event:
            case RunStarted():
                self._history.started(self._run, event, self._device)
            case CheckedUp():
                self._history.add_checkup(self._run, event)
            case EpochDone():
                self._history.add_epoch(self._run, event)
            case RunTested():
                self._history.tested(self._run, event)
            case ModelSaved():
                self._history.saved(self._run, event)
            case RunEnded():
                self._history.end(self._run, event)


# What people write onto runs, made fit for one line of a table: names, notes and tags.


def clean_name(name: str) -> str:
    """A name on one line, without control characters. Raises InputError for one that is too long or no text."""
    return checked_text(" ".join(name.split()), "name", LONGEST_NAME)


def clean_note(note: str) -> str:
    """A note, lines and all. Raises InputError for one that is too long or no text."""
    return checked_text("\n".join(note.strip().splitlines()), "note", LONGEST_NOTE)


def clean_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Tags without empty and double ones. Raises InputError for one that is too long, no text, or has a comma in it."""
    cleaned = dict.fromkeys(checked_text(" ".join(tag.split()), "tag", LONGEST_TAG) for tag in tags)
    cleaned.pop("", None)
    if any("," in tag for tag in cleaned):
        raise InputError("A tag cannot have a comma in it; give several tags one by one.")
    return tuple(cleaned)

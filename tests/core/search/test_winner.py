"""Which models of trials are kept, whoever dies when."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.core.errors import StudioError
from app.core.runs.events import ModelSaved
from app.core.runs.history import RunHistory
from app.core.runs.records import RunLabel
from app.core.search.status import TrialReport, TrialState
from app.core.search.storage import own_storage
from app.core.search.study import SearchStudy, TakenTrial
from tests.core.models.stored import card, write
from tests.core.runs.helpers import CONFIG, DATASET
from tests.core.search.pretend import plan


def take(study: SearchStudy, worker: str) -> TakenTrial:
    taken = study.take(worker)
    assert taken is not None
    return taken


def finish(study: SearchStudy, taken: TakenTrial, value: float) -> None:
    study.finish(taken, TrialReport(worker=taken.worker, host="here"), TrialState.DONE, value)
    study.winners.forget_beaten(study.status())


def kept(study: SearchStudy) -> list[int]:
    return [trial.number for trial in study.status() if study.winners.has(trial)]


def test_a_worker_that_dies_before_its_trial_counts_costs_no_model() -> None:
    study = SearchStudy.create(plan(3), own_storage())
    first, second = take(study, "one"), take(study, "two")
    assert study.would_lead(first, 0.5)
    study.winners.keep(0, card("first"), write)
    study.winners.keep(1, card("second"), write)
    finish(study, first, 0.5)  # the second one is not done yet: nobody has beaten it
    assert kept(study) == [0, 1]
    study.requeue("two")
    second = take(study, "three")
    study.winners.keep(1, card("second again"), write)
    finish(study, second, 0.6)
    assert kept(study) == [1]
    assert not study.would_lead(take(study, "four"), 0.6)  # the first one of equals is the best


def test_a_model_is_told_of_the_run_of_its_trial_and_of_no_other_that_has_the_number() -> None:
    study, history = SearchStudy.create(plan(1), own_storage()), RunHistory()
    taken = take(study, "one")
    report = TrialReport(worker="one", host="here", run=1)
    history.begin(CONFIG, DATASET)  # in a history that was made anew
    study.winners.keep(0, card("mine"), write)
    study.finish(taken, report, TrialState.DONE, 0.5)
    (trial,) = study.status()
    saved = study.winners.publish(trial)
    assert history.run(1).model is None
    assert not study.winners.has(trial)
    own = history.begin(CONFIG, DATASET, RunLabel(study.name, 0))
    trial = replace(trial, report=report.model_copy(update={"run": own}))
    history.saved(own, ModelSaved(saved.card.name, 0.1, 0.9, 60))
    assert study.winners.publish(trial).card.name == saved.card.name


def test_a_model_that_is_half_written_is_none(home: Path) -> None:
    study = SearchStudy.create(plan(1), own_storage())
    finish(study, take(study, "one"), 0.5)

    def fail(folder: Path) -> None:
        (folder / "model.keras").write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(StudioError, match="No space left"):
        study.winners.keep(0, card("mine"), fail)
    assert kept(study) == []
    assert not [path for path in (home / "search-models").rglob("*") if path.is_file()]

"""Which models of trials are kept, whoever dies when."""

from pathlib import Path

import pytest

from app.core.errors import StudioError
from app.core.search.status import TrialReport, TrialState
from app.core.search.storage import own_storage
from app.core.search.study import SearchStudy, TakenTrial
from tests.core.models.stored import card, write
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

"""A study whose workers only pretend to train: processes, storage and deaths are real, TensorFlow is left out."""

import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.engine import make_url

from app.core.config.config import TrainingConfig
from app.core.config.layers import Dense, Dropout
from app.core.paths import user_dir
from app.core.search.plan import SearchPlan
from app.core.search.runner import SearchRunner
from app.core.search.status import SearchStatus, TrialReport, TrialState
from app.core.search.study import SearchStudy
from app.core.search.worker import Assignment, StopListener
from tests.patience import PATIENCE_S

if TYPE_CHECKING:
    import pytest  # which no worker needs

EPOCHS = 5
EPOCH_S = 0.1
BASE = TrainingConfig(recipe="quickstart-mnist", layers=(Dense(units=8), Dropout(rate=0.1)), epochs=EPOCHS)


def take_the_place_of_workers(monkeypatch: "pytest.MonkeyPatch") -> None:
    """Pretend in each, forked from a process that has loaded what they need: that takes more than a second."""
    forking = multiprocessing.get_context("forkserver")
    forking.set_forkserver_preload([__name__])
    monkeypatch.setattr(multiprocessing, "get_context", lambda _method: forking)
    monkeypatch.setattr("app.core.search.worker.work", work)


def plan(trials: int = 6, **values: object) -> SearchPlan:
    """A list of runs that differ by their seed."""
    bases = tuple(BASE.changed(seed=seed) for seed in range(trials))
    return SearchPlan(name="pretended", method="list", bases=bases).changed(**values)


def log() -> Path:
    """Where pretended workers write what they do: a line "begin TRIAL PID" or "end TRIAL PID" each."""
    return user_dir() / "pretended.log"


def hold(first: int = 0) -> None:
    """From now on no pretended worker gets beyond the second epoch of trial `first` and those after it."""
    user_dir().mkdir(exist_ok=True)
    _held().write_text(str(first))


def let_go() -> None:
    """All go on."""
    _held().unlink()


def _held() -> Path:
    return user_dir() / "held"


def _is_held(trial: int) -> bool:
    try:
        return trial >= int(_held().read_text() or 0)
    except FileNotFoundError:
        return False


def told(word: str) -> list[tuple[int, int]]:
    """The trials and processes of the lines that begin with `word`."""
    if not log().exists():
        return []
    lines = [line.split() for line in log().read_text().splitlines()]
    return [(int(number), int(pid)) for said, number, pid in lines if said == word]


def _tell(word: str, number: int) -> None:
    with log().open("a") as file:
        file.write(f"{word} {number} {os.getpid()}\n")


def work(assignment: Assignment, connection: Connection) -> None:
    """In place of the true worker's. Its home is where the studies are: a process that was forked knows another one."""
    os.environ["SOFTMAX_STUDIO_HOME"] = str(Path(make_url(assignment.storage).database or "").parent)
    listener, study = StopListener(connection), SearchStudy(assignment.study, assignment.storage)
    while not listener.is_over and (taken := study.take(assignment.name)) is not None:
        _tell("begin", taken.number)
        report = TrialReport(worker=assignment.name, host="here")
        for epoch in range(1, taken.config.epochs + 1):
            time.sleep(EPOCH_S)
            while epoch > 2 and _is_held(taken.number) and not listener.is_over:
                time.sleep(EPOCH_S)
            if listener.is_over:
                study.give_back(taken)
                return
            report = report.model_copy(update={"epochs_done": epoch, "beat": epoch})
            study.report(taken, report, [(epoch, epoch / 10)])
        study.finish(taken, report, TrialState.DONE, taken.config.seed / 100)
        _tell("end", taken.number)


def follow(runner: SearchRunner, until: Callable[[SearchStatus], bool] = lambda _: False) -> SearchStatus:
    """Poll until the search is over, or something is true of it."""
    give_up_at = time.monotonic() + PATIENCE_S
    while time.monotonic() < give_up_at:
        status = runner.poll()
        if not status.is_running or until(status):
            return status
        time.sleep(0.05)
    raise AssertionError(f"the search does not end: {status}")


def coordinate() -> None:
    """Run the whole search in this process; a test kills it meanwhile."""
    from unittest import mock  # which no worker needs

    with mock.patch("app.core.search.worker.work", work):
        runner = SearchRunner()
        runner.start(plan(), workers=2)
        follow(runner)


if __name__ == "__main__":
    coordinate()
    sys.exit()

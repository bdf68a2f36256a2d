"""Evaluations in their thread: progress, cancelling, the newest request, what is remembered, and the end."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from app.core.datasets.sources import load_dataset
from app.core.datasets.types import Dataset, LabelledImages
from app.core.errors import InputError
from app.core.models.store import find_model
from app.ui.evaluate.worker import (
    TRAINING_SHOWN,
    Evaluated,
    EvaluationExporter,
    EvaluationFailed,
    EvaluationJobs,
    EvaluationPostponed,
    EvaluationProgress,
    EvaluationRequest,
    EvaluationStopped,
    Exported,
    Load,
    Outcome,
    evaluate,
)
from tests.ui.evaluate.evaluations import few

MakeJobs = Callable[..., EvaluationJobs]


def request_for(model: str = "quickstart-mnist", dataset: str = "mnist") -> EvaluationRequest:
    return EvaluationRequest(find_model(model), dataset, "starter")


class Gate:
    """Loads the starter data, but only once it is let through."""

    def __init__(self) -> None:
        self.opened, self.calls = threading.Event(), list[str]()

    def __call__(self, name: str, data: str) -> Dataset:
        self.calls.append(name)
        assert self.opened.wait(20)
        return few("mnist" if name == "own" else name, data)


@pytest.fixture
def make_jobs(qtbot: QtBot) -> Iterator[MakeJobs]:
    made: list[EvaluationJobs] = []

    def make(load: Load = few) -> EvaluationJobs:
        made.append(EvaluationJobs(load))
        return made[-1]

    yield make
    for jobs in made:
        if jobs.is_busy:
            with qtbot.waitSignal(jobs.shut_down_finished):
                jobs.shut_down()
        assert not [thread for thread in jobs.findChildren(QThread) if thread.isRunning()]


def outcomes_of(jobs: EvaluationJobs) -> list[Outcome]:
    outcomes: list[Outcome] = []
    jobs.ended.connect(outcomes.append)
    return outcomes


def test_an_evaluation_tells_its_progress_and_then_itself(make_jobs: MakeJobs, qtbot: QtBot) -> None:
    jobs, progress = make_jobs(), list[EvaluationProgress]()
    jobs.progressed.connect(progress.append)
    with qtbot.waitSignal(jobs.ended) as told:
        jobs.start(request_for())
    outcome = told.args[0]
    assert isinstance(outcome, Evaluated)
    assert outcome.evaluation.samples == outcome.uncertainty.samples == 200
    assert outcome.uncertainty.accuracy_when_sure >= outcome.evaluation.accuracy
    assert len(outcome.training) == TRAINING_SHOWN
    assert "has seen the starter test pictures" in outcome.caution
    assert progress
    assert progress[0].total == 200
    assert not jobs.is_busy


def test_what_takes_longer_than_there_is_patience_for_is_put_off(make_jobs: MakeJobs, qtbot: QtBot) -> None:
    unasked = replace(request_for(), patience_s=0)
    with qtbot.waitSignal((jobs := make_jobs(load_dataset)).ended) as told:
        jobs.start(unasked)
    outcome = told.args[0]
    assert isinstance(outcome, EvaluationPostponed)
    assert outcome.total == 1000
    assert outcome.estimate_s > 0
    with qtbot.waitSignal(jobs.ended) as told:
        jobs.start(request_for())
    assert isinstance(told.args[0], Evaluated)
    with qtbot.waitSignal(jobs.ended) as told:
        jobs.start(unasked)
    assert isinstance(told.args[0], Evaluated), "what was evaluated is there, asked for or not"


def test_what_was_evaluated_lately_is_there_at_once(make_jobs: MakeJobs, qtbot: QtBot) -> None:
    jobs = make_jobs()
    with qtbot.waitSignal(jobs.ended) as first:
        jobs.start(request_for())
    outcomes = outcomes_of(jobs)
    jobs.forget()  # a published set does not change
    jobs.start(request_for())
    assert outcomes == [first.args[0]]


def own(_name: str, data: str) -> Dataset:
    return replace(few("mnist", data), name="own")


def test_a_persons_own_data_may_have_changed(make_jobs: MakeJobs, qtbot: QtBot) -> None:
    jobs = make_jobs(own)
    with qtbot.waitSignal(jobs.ended) as first:
        jobs.start(request_for(dataset="own"))
    jobs.forget()
    with qtbot.waitSignal(jobs.ended) as again:
        jobs.start(request_for(dataset="own"))
    assert again.args[0] is not first.args[0]


def test_the_newest_request_wins(make_jobs: MakeJobs, qtbot: QtBot) -> None:
    gate = Gate()
    jobs = make_jobs(gate)
    outcomes = outcomes_of(jobs)
    for dataset in ("mnist", "other", "fashion-mnist"):
        model = "clothes-cnn" if dataset == "fashion-mnist" else "quickstart-mnist"
        jobs.start(request_for(model, dataset))
    gate.opened.set()
    qtbot.waitUntil(lambda: bool(outcomes), timeout=20_000)
    assert gate.calls == ["mnist", "fashion-mnist"]
    assert [outcome.request.dataset for outcome in outcomes] == ["fashion-mnist"]


def test_asking_twice_for_the_same_does_not_begin_anew(make_jobs: MakeJobs, qtbot: QtBot) -> None:
    gate = Gate()
    jobs = make_jobs(gate)
    outcomes = outcomes_of(jobs)
    jobs.start(request_for())
    jobs.start(request_for())
    gate.opened.set()
    qtbot.waitUntil(lambda: bool(outcomes))
    assert gate.calls == ["mnist"]


def test_what_changed_meanwhile_is_read_anew(make_jobs: MakeJobs, qtbot: QtBot) -> None:
    gate = Gate()
    jobs = make_jobs(gate)
    outcomes = outcomes_of(jobs)
    jobs.start(request_for(dataset="own"))
    qtbot.waitUntil(lambda: bool(gate.calls))
    jobs.forget()
    jobs.start(request_for(dataset="own"))
    gate.opened.set()
    qtbot.waitUntil(lambda: bool(outcomes))
    assert gate.calls == ["own", "own"]
    assert isinstance(outcomes[0], Evaluated)


def test_cancel_ends_it_and_says_so(make_jobs: MakeJobs, qtbot: QtBot) -> None:
    gate = Gate()
    jobs = make_jobs(gate)
    outcomes = outcomes_of(jobs)
    jobs.start(request_for())
    jobs.cancel()
    gate.opened.set()
    qtbot.waitUntil(lambda: bool(outcomes))
    assert isinstance(outcomes[0], EvaluationStopped)
    assert not jobs.is_busy


def test_shutting_down_waits_for_the_thread_and_begins_nothing(make_jobs: MakeJobs, qtbot: QtBot) -> None:
    gate = Gate()
    jobs = make_jobs(gate)
    outcomes = outcomes_of(jobs)
    jobs.start(request_for())
    with qtbot.waitSignal(jobs.shut_down_finished):
        jobs.shut_down()
        jobs.start(request_for("digits-cnn"))
        gate.opened.set()
    assert outcomes == []
    assert not jobs.is_busy


def _never() -> bool:
    return False


def test_a_sentence_of_the_core_becomes_the_outcome() -> None:
    def gone(_name: str, _data: str) -> Dataset:
        raise InputError("The full MNIST is not on this machine.")

    outcome = evaluate(request_for(), lambda _progress: None, _never, gone)
    assert outcome == EvaluationFailed(outcome.request, "The full MNIST is not on this machine.")


def test_other_classes_are_a_sentence_too() -> None:
    outcome = evaluate(request_for("quickstart-mnist", "fashion-mnist"), lambda _progress: None, _never)
    assert isinstance(outcome, EvaluationFailed)
    assert "does not know the classes of Fashion-MNIST" in outcome.message


def test_data_without_a_test_part_is_refused_in_a_sentence() -> None:
    def untested(name: str, data: str) -> Dataset:
        whole = load_dataset(name, data)
        return replace(whole, test=LabelledImages(whole.test.images[:0], whole.test.labels[:0]))

    outcome = evaluate(request_for(), lambda _progress: None, _never, untested)
    assert isinstance(outcome, EvaluationFailed)
    assert outcome.message == "MNIST has no test pictures; choose other data."


def test_a_bug_is_logged_and_told(caplog: pytest.LogCaptureFixture) -> None:
    def broken(_name: str, _data: str) -> Dataset:
        raise RuntimeError("nobody thought of this")

    outcome = evaluate(request_for(), lambda _progress: None, _never, broken)
    assert isinstance(outcome, EvaluationFailed)
    assert "unexpected went wrong (RuntimeError: nobody" in outcome.message
    assert "nobody thought of this" in caplog.text


def test_the_training_pictures_are_copies_so_that_the_others_can_go() -> None:
    outcome = evaluate(request_for(), lambda _progress: None, _never, few)
    assert isinstance(outcome, Evaluated)
    assert outcome.training.images.base is None
    np.testing.assert_array_equal(outcome.training.labels, load_dataset("mnist").train.labels[:TRAINING_SHOWN])


def test_files_are_written_in_a_thread_and_told(qtbot: QtBot, tmp_path: Path) -> None:
    exporter, threads = EvaluationExporter(), list[threading.Thread]()

    def write() -> None:
        threads.append(threading.current_thread())
        (tmp_path / "written").touch()

    with qtbot.waitSignal(exporter.ended) as told:
        exporter.write([write], "Done.")
    assert told.args == [Exported("Done.")]
    assert (tmp_path / "written").is_file()
    assert threads[0] is not threading.main_thread()
    with qtbot.waitSignal(exporter.shut_down_finished):
        exporter.shut_down()


def test_a_file_that_cannot_be_written_is_a_sentence(qtbot: QtBot) -> None:
    exporter = EvaluationExporter()

    def refuse() -> None:
        raise InputError("There is no folder here; choose another place.")

    with qtbot.waitSignal(exporter.ended) as told:
        exporter.write([refuse], "Done.")
    assert told.args == [Exported("", "There is no folder here; choose another place.")]
    with qtbot.waitSignal(exporter.shut_down_finished):
        exporter.write([refuse], "Done.")
        exporter.shut_down()

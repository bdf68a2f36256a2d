"""Evaluations beside the window: progress, cancelling, the newest request, what is remembered, and the end."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from app.core.datasets.sources import load_dataset
from app.core.datasets.types import Dataset, LabelledImages
from app.core.errors import InputError
from app.core.models.store import find_model
from app.ui.evaluate.evaluations import (
    TRAINING_SHOWN,
    Evaluated,
    EvaluationRequest,
    Evaluations,
    Load,
    Outcome,
    Postponed,
    evaluate,
)
from tests.patience import PATIENCE_S
from tests.ui.closing import end_work
from tests.ui.evaluate.evaluations import few


def request_for(model: str = "quickstart-mnist", dataset: str = "mnist") -> EvaluationRequest:
    return EvaluationRequest(find_model(model), dataset, "starter")


class Gate:
    """Loads the starter data, but only once it is let through."""

    def __init__(self) -> None:
        self.opened, self.calls = threading.Event(), list[str]()

    def __call__(self, name: str, data: str) -> Dataset:
        self.calls.append(name)
        assert self.opened.wait(PATIENCE_S)
        return few("mnist" if name == "own" else name, data)


class Asker:
    """Asks for evaluations and hears all that is told of them."""

    def __init__(self, load: Load = few) -> None:
        self.evaluations = Evaluations(load)
        self.told, self.counts = list[Outcome | str](), list[tuple[int, int]]()

    def ask(self, request: EvaluationRequest) -> None:
        self.evaluations.evaluate(
            request,
            self.told.append,
            failed=self.told.append,
            stopped=lambda: self.told.append("stopped"),
            progressed=self.counts.append,
        )

    def answer(self, request: EvaluationRequest, qtbot: QtBot) -> Outcome | str:
        """What is told in the end."""
        before = len(self.told)
        self.ask(request)
        qtbot.waitUntil(lambda: len(self.told) > before)
        return self.told[-1]


MakeAsker = Callable[..., Asker]


@pytest.fixture
def make_asker(qtbot: QtBot) -> Iterator[MakeAsker]:
    made: list[Asker] = []

    def make(load: Load = few) -> Asker:
        made.append(Asker(load))
        return made[-1]

    yield make
    for asker in made:
        end_work(asker.evaluations, qtbot)
        assert not [thread for thread in asker.evaluations.findChildren(QThread) if thread.isRunning()]


def test_an_evaluation_tells_its_progress_and_then_itself(make_asker: MakeAsker, qtbot: QtBot) -> None:
    asker = make_asker()
    outcome = asker.answer(request_for(), qtbot)
    assert isinstance(outcome, Evaluated)
    assert outcome.evaluation.samples == outcome.uncertainty.samples == 200
    assert outcome.uncertainty.accuracy_when_sure >= outcome.evaluation.accuracy
    assert len(outcome.training) == TRAINING_SHOWN
    assert "has seen the starter test pictures" in outcome.caution
    assert asker.counts[0] == (0, 200)
    assert not asker.evaluations.is_busy


def test_what_takes_longer_than_there_is_patience_for_is_put_off(make_asker: MakeAsker, qtbot: QtBot) -> None:
    unasked, asker = replace(request_for(), patience_s=0), make_asker(load_dataset)
    outcome = asker.answer(unasked, qtbot)
    assert isinstance(outcome, Postponed)
    assert outcome.total == 1000
    assert outcome.estimate_s > 0
    assert isinstance(asker.answer(request_for(), qtbot), Evaluated)
    assert isinstance(asker.answer(unasked, qtbot), Evaluated), "what was evaluated is there, asked for or not"


def test_what_was_evaluated_lately_is_there_at_once(make_asker: MakeAsker, qtbot: QtBot) -> None:
    asker = make_asker()
    first = asker.answer(request_for(), qtbot)
    asker.evaluations.forget()  # a published set does not change
    asker.ask(request_for())
    assert asker.told == [first, first]


def own(_name: str, data: str) -> Dataset:
    return replace(few("mnist", data), name="own")


def test_a_persons_own_data_may_have_changed(make_asker: MakeAsker, qtbot: QtBot) -> None:
    asker = make_asker(own)
    first = asker.answer(request_for(dataset="own"), qtbot)
    asker.evaluations.forget()
    assert asker.answer(request_for(dataset="own"), qtbot) is not first


def test_the_newest_request_wins(make_asker: MakeAsker, qtbot: QtBot) -> None:
    gate = Gate()
    asker = make_asker(gate)
    for dataset in ("mnist", "other", "fashion-mnist"):
        asker.ask(request_for("clothes-cnn" if dataset == "fashion-mnist" else "quickstart-mnist", dataset))
        qtbot.waitUntil(lambda: bool(gate.calls))
    gate.opened.set()
    qtbot.waitUntil(lambda: bool(asker.told), timeout=20_000)
    assert gate.calls == ["mnist", "fashion-mnist"]
    assert [told.request.dataset for told in asker.told if isinstance(told, Evaluated)] == ["fashion-mnist"]
    assert len(asker.told) == 1


def test_asking_twice_for_the_same_does_not_begin_anew(make_asker: MakeAsker, qtbot: QtBot) -> None:
    gate = Gate()
    asker = make_asker(gate)
    asker.ask(request_for())
    asker.ask(request_for())
    gate.opened.set()
    qtbot.waitUntil(lambda: bool(asker.told))
    assert gate.calls == ["mnist"]


def test_what_changed_meanwhile_is_read_anew(make_asker: MakeAsker, qtbot: QtBot) -> None:
    gate = Gate()
    asker = make_asker(gate)
    asker.ask(request_for(dataset="own"))
    qtbot.waitUntil(lambda: bool(gate.calls))
    asker.evaluations.forget()
    asker.ask(request_for(dataset="own"))
    gate.opened.set()
    qtbot.waitUntil(lambda: bool(asker.told))
    assert gate.calls == ["own", "own"]
    assert isinstance(asker.told[0], Evaluated)


def test_cancel_ends_it_and_says_so(make_asker: MakeAsker, qtbot: QtBot) -> None:
    gate = Gate()
    asker = make_asker(gate)
    asker.ask(request_for())
    asker.evaluations.cancel()
    gate.opened.set()
    qtbot.waitUntil(lambda: bool(asker.told))
    assert asker.told == ["stopped"]
    assert not asker.evaluations.is_busy


def test_shutting_down_waits_for_the_thread_and_begins_nothing(make_asker: MakeAsker, qtbot: QtBot) -> None:
    gate = Gate()
    asker = make_asker(gate)
    asker.ask(request_for())
    with qtbot.waitSignal(asker.evaluations.shut_down_finished):
        asker.evaluations.shut_down()
        asker.ask(request_for("digits-cnn"))
        gate.opened.set()
    assert asker.told == []
    assert not asker.evaluations.is_busy


def quietly(_done: int, _total: int) -> None:
    """Nobody asks how far it is."""


def test_a_sentence_of_the_core_is_told(make_asker: MakeAsker, qtbot: QtBot) -> None:
    def gone(_name: str, _data: str) -> Dataset:
        raise InputError("The full MNIST is not on this machine.")

    assert make_asker(gone).answer(request_for(), qtbot) == "The full MNIST is not on this machine."


def test_other_classes_are_a_sentence_too() -> None:
    with pytest.raises(InputError, match="does not know the classes of Fashion-MNIST"):
        evaluate(request_for("quickstart-mnist", "fashion-mnist"), quietly)


def test_data_without_a_test_part_is_refused_in_a_sentence() -> None:
    def untested(name: str, data: str) -> Dataset:
        whole = load_dataset(name, data)
        return replace(whole, test=LabelledImages(whole.test.images[:0], whole.test.labels[:0]))

    with pytest.raises(InputError, match=r"^MNIST has no test pictures; choose other data\.$"):
        evaluate(request_for(), quietly, untested)


def test_a_bug_is_logged_and_told(make_asker: MakeAsker, qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_name: str, _data: str) -> Dataset:
        raise RuntimeError("nobody thought of this")

    assert "unexpected went wrong (RuntimeError: nobody" in str(make_asker(broken).answer(request_for(), qtbot))
    assert "nobody thought of this" in caplog.text
    caplog.clear()


def test_the_training_pictures_are_copies_so_that_the_others_can_go() -> None:
    outcome = evaluate(request_for(), quietly, few)
    assert isinstance(outcome, Evaluated)
    assert outcome.training.images.base is None
    np.testing.assert_array_equal(outcome.training.labels, load_dataset("mnist").train.labels[:TRAINING_SHOWN])

"""The parts of the Train page on their own."""

from pytestqt.qtbot import QtBot

from app.core.models.config import TrainingConfig
from app.core.models.recipes import RECIPES
from app.core.training.coach import Advice, Finding
from app.core.training.events import BatchesDone, EpochDone, Event, ProbePredicted, RunFinishing
from app.ui.widgets.coach_card import CoachCard
from app.ui.widgets.config_form import ConfigForm
from app.ui.widgets.durations import duration_text
from app.ui.widgets.epoch_table import EpochModel
from app.ui.workers.throttle import EventThrottle


def batches(number: int) -> BatchesDone:
    return BatchesDone(1, number, 100, 0.5, 0.8, 1000.0, 1.0)


def epoch(number: int, is_best: bool) -> EpochDone:
    return EpochDone(number, 0.5, 0.8, None, None, 0.001, is_best, 1.26, 2.0)


def test_a_form_nobody_touched_gives_back_its_config(qtbot: QtBot) -> None:
    form = ConfigForm(RECIPES[0].config)
    qtbot.addWidget(form)
    for recipe in RECIPES:
        form.set_config(recipe.config)
        assert form.config() == recipe.config


def test_a_form_changes_only_what_was_edited(qtbot: QtBot) -> None:
    config: TrainingConfig = next(recipe.config for recipe in RECIPES if recipe.config.decay)
    form = ConfigForm(config)
    qtbot.addWidget(form)
    with qtbot.waitSignal(form.edited):
        form.field_widget("epochs").setValue(77)  # type: ignore[attr-defined]
    assert form.config() == config.changed(epochs=77)


def test_a_locked_form_says_why(qtbot: QtBot) -> None:
    form = ConfigForm(RECIPES[0].config)
    qtbot.addWidget(form)
    form.set_locked("a run is under way")
    assert not form.field_widget("epochs").isEnabled()
    assert form.field_widget("epochs").toolTip() == "a run is under way"
    form.set_locked("")
    assert "network sees" in form.field_widget("epochs").toolTip()


def test_frequent_events_are_overtaken_and_the_others_are_not() -> None:
    sent: list[Event] = []
    now = [0.0]
    throttle = EventThrottle(sent.append, clock=lambda: now[0])
    for number in range(100):
        now[0] = number / 1000
        throttle(batches(number))
    assert [event.batch for event in sent if isinstance(event, BatchesDone)] == [0, 50]
    throttle(epoch(1, is_best=True))
    throttle(RunFinishing("saving"))
    assert isinstance(sent[2], BatchesDone)
    assert sent[2].batch == 99
    assert sent[3:] == [epoch(1, is_best=True), RunFinishing("saving")]


def test_batches_do_not_hold_back_probes() -> None:
    import numpy as np

    sent: list[Event] = []
    throttle = EventThrottle(sent.append, clock=lambda: 1.0)
    throttle(batches(1))
    throttle(ProbePredicted(1, 1, np.ones(1, np.float32)))
    assert len(sent) == 2


def test_the_table_marks_the_best_epoch(qtbot: QtBot) -> None:
    model = EpochModel()
    model.add(epoch(1, is_best=True))
    model.add(epoch(2, is_best=True))
    model.add(epoch(3, is_best=False))
    rows = [[model.data(model.index(row, column)) for column in range(6)] for row in range(3)]
    assert [row[0] for row in rows] == ["1", "2 ★", "3"]
    assert rows[0][1:] == ["0.5000", "0.8000", "-", "-", "1.3 s"]
    model.clear()
    assert model.rowCount() == 0


def test_the_coach_has_a_sentence_for_every_finding(qtbot: QtBot) -> None:
    card = CoachCard()
    qtbot.addWidget(card)
    said = set()
    for finding in Finding:
        card.show_advice(Advice(finding, epoch=6, best=5, patience=2, at_end=False, guess_loss=2.3026))
        assert "{" not in card.text
        said.add(card.text)
    assert len(said) == len(Finding)


def test_times_in_words() -> None:
    assert [duration_text(seconds) for seconds in (0.4, 59.4, 185, 4800)] == ["0 s", "59 s", "3 min 05 s", "1 h 20 min"]

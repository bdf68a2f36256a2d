"""What one can do with a run that is over."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.core.inference.before_after import BeforeAfter, Compared
from app.core.recipes import find_recipe
from app.core.runs.events import (
    CheckedUp,
    DataFacts,
    EndReason,
    EpochDone,
    FineTuned,
    ModelSaved,
    RunEnded,
    RunStarted,
)
from app.ui.train.progress import AFTER_END, AFTER_STOP, NextStep, NextSteps
from app.ui.train.run_view import RunView
from app.ui.train.stage import Stage
from tests.ui.hand import button

SAVED = ModelSaved("mine", 0.5, 0.8, 10)


def shown(widget: NextSteps) -> dict[str, bool]:
    buttons = [each for each in widget.findChildren(QPushButton) if not each.isHidden() and not widget.isHidden()]
    return {button.objectName(): button.isEnabled() for button in buttons}


def view_of(qtbot: QtBot) -> RunView:
    view = RunView()
    qtbot.addWidget(view)
    view.show()
    return view


def ended(reason: EndReason, run: int | None = 7, epochs: int = 3) -> RunEnded:
    return RunEnded(reason, "It ended.", epochs, epochs or None, 5.0, run=run)


def test_a_finished_run_can_be_tried_evaluated_compared_and_shown(qtbot: QtBot) -> None:
    view = view_of(qtbot)
    assert shown(view.progress.steps) == {}
    view.show_event(SAVED, Stage.FINISHING)
    view.show_event(ended(EndReason.COMPLETED), Stage.IDLE)
    assert shown(view.progress.steps) == {step.value: True for step in AFTER_END}
    assert "Test accuracy 8 of 10 (95% interval: 49% to 94%)" in view.progress.text
    with qtbot.waitSignal(view.progress.steps.chosen) as chosen:
        next(each for each in view.findChildren(QPushButton) if each.objectName() == "try_it").click()
    assert chosen.args == [NextStep.TRY_IT]
    assert (view.model, view.run) == ("mine", 7)


def test_a_stopped_run_can_go_on_if_there_is_something_to_go_on_from(qtbot: QtBot) -> None:
    view = view_of(qtbot)
    view.show_event(ended(EndReason.STOPPED), Stage.UNDECIDED)
    assert shown(view.progress.steps) == {step.value: True for step in AFTER_STOP}
    view.show_event(ended(EndReason.STOPPED, epochs=0), Stage.UNDECIDED)
    assert shown(view.progress.steps) == {step.value: True for step in AFTER_STOP}
    assert "Start again" in {button.text() for button in view.progress.steps.findChildren(QPushButton)}


def test_a_run_outside_the_history_cannot_be_shown_there(qtbot: QtBot) -> None:
    view = view_of(qtbot)
    view.show_event(SAVED, Stage.FINISHING)
    view.show_event(ended(EndReason.COMPLETED, run=None), Stage.IDLE)
    assert shown(view.progress.steps) == {"show_run": False, "compare": False, "evaluate": True, "try_it": True}


def test_a_failed_run_can_be_looked_at(qtbot: QtBot) -> None:
    view = view_of(qtbot)
    view.show_event(ended(EndReason.FAILED), Stage.IDLE)
    assert shown(view.progress.steps) == {"show_run": True}


def test_the_keyboard_goes_to_the_likeliest_step_if_it_waited_for_the_end(qtbot: QtBot) -> None:
    view = view_of(qtbot)
    view.activateWindow()
    view.progress.setFocus()
    qtbot.waitUntil(view.progress.hasFocus)
    view.show_event(SAVED, Stage.FINISHING)
    view.show_event(ended(EndReason.COMPLETED), Stage.IDLE)
    assert view.focusWidget() is view.progress.steps.findChild(QPushButton, "try_it")


def test_fine_tuning_ends_with_before_and_after(qtbot: QtBot) -> None:
    view = view_of(qtbot)
    own, old = Compared("My digits", 10, 0.3, 0.8), Compared("MNIST", 2000, 0.99, 0.985)
    view.show_event(SAVED, Stage.FINISHING)
    view.show_event(FineTuned(BeforeAfter("digits-cnn", "mine", own, old)), Stage.FINISHING)
    view.show_event(ended(EndReason.COMPLETED), Stage.IDLE)
    assert view.progress.text == (
        "✓ Finished On the test samples of My digits (10): 3 of 10 before, 8 of 10 after. "
        "On MNIST's test split: 99.0% before, 98.5% after. Saved as “mine”."
    )


def test_a_double_click_does_not_take_the_step_that_comes_in_place_of_the_first(qtbot: QtBot) -> None:
    steps = NextSteps()
    qtbot.addWidget(steps)
    steps.resize(600, 40)
    steps.offer(AFTER_STOP)
    qtbot.waitExposed(steps)
    chosen: list[NextStep] = []
    steps.chosen.connect(chosen.append)
    steps.chosen.connect(lambda _step: steps.offer(AFTER_END))
    keep = steps.findChild(QPushButton, "keep")
    assert keep is not None
    place, left = keep.geometry().center(), Qt.MouseButton.LeftButton
    QTest.mouseDClick(steps.windowHandle(), left, Qt.KeyboardModifier.NoModifier, place)
    assert chosen == [NextStep.KEEP]
    second = steps.childAt(place)  # which it is depends on the widths of the buttons
    assert isinstance(second, QPushButton)
    assert second is not keep
    QTest.mouseClick(steps.windowHandle(), left, Qt.KeyboardModifier.NoModifier, place)
    assert chosen == [NextStep.KEEP, NextStep(second.objectName())]


def test_the_coach_speaks_as_soon_as_something_is_seen(qtbot: QtBot) -> None:
    """Of the data before the first batch, of the network after an epoch."""
    view = view_of(qtbot)
    view.begin(find_recipe("quickstart-mnist").config)
    assert "after each epoch" in view.coach.text
    facts = DataFacts((("0", 300), ("1", 310)), 30, 200)
    started = RunStarted("quickstart-mnist", "Mine", 5, 20, 610, 60, 101_770, "graph", data_facts=facts)
    view.show_event(started, Stage.TRAINING)
    assert view.coach.text.startswith("30 of the 200 test pictures are among the training pictures")
    view.show_event(CheckedUp(1, 0.4, 0.3, 0.9, 0), Stage.TRAINING)
    view.show_event(EpochDone(1, 0.5, 0.8, 0.5, 0.8, 0.001, True, 1.0, 1.0), Stage.TRAINING)
    assert "Layer 1, Dense: 90% of its units are dead" in view.coach.text
    assert button(view, "remedy_1").text() == "Use leaky ReLU"
    view.begin(find_recipe("quickstart-mnist").config)
    assert "dead" not in view.coach.text
    assert not button(view, "remedy_0").isVisible()


def test_the_coach_of_a_run_that_is_resumed_knows_its_first_part(qtbot: QtBot) -> None:
    """But nothing of an epoch that was not finished."""
    view, done = view_of(qtbot), EpochDone(1, 0.5, 0.8, 0.5, 0.8, 0.001, True, 1.0, 1.0)
    found = [CheckedUp(1, 0.4, 0.3, 0.9, 0), CheckedUp(2, 0.4, 0.3, 0.1, 0)]
    view.begin(find_recipe("quickstart-mnist").config, [done], found)
    started = RunStarted("quickstart-mnist", "Mine", 5, 20, 610, 60, 101_770, "graph", first_epoch=2)
    view.show_event(started, Stage.TRAINING)
    assert "Layer 1, Dense: 90% of its units are dead" in view.coach.text

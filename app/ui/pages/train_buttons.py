"""What the buttons and settings of the Train page offer in each stage of a run, and why the others wait."""

from PySide6.QtCore import QCoreApplication

from app.ui.pages.train_stage import Stage
from app.ui.widgets.run_buttons import STEP_KEY
from app.ui.widgets.run_setup import RunSetup

translate = QCoreApplication.translate


def dress(setup: RunSetup, stage: Stage) -> None:
    """Enable what makes sense in `stage`; the tooltip of everything else says why it does not."""
    setup.set_locked(why_locked(stage))
    buttons, why_not = setup.buttons, _why_no_training(setup, stage)
    buttons.train.setEnabled(not why_not)
    buttons.train.setToolTip(why_not or translate("train_buttons", "Train a network with these settings"))
    buttons.pause.setEnabled(stage.is_pausable)
    buttons.pause.setText(
        translate("train_buttons", "Resume") if stage is Stage.PAUSED else translate("train_buttons", "Pause")
    )
    buttons.pause.setToolTip(_pause_words(stage))
    buttons.step.setEnabled(stage is Stage.PAUSED)
    buttons.step.setToolTip(_step_words(stage))
    buttons.stop.setEnabled(stage.is_stoppable)
    buttons.stop.setToolTip(
        translate("train_buttons", "End the run; what it has learned can be kept")
        if stage.is_stoppable
        else _why_not(stage)
    )


def why_locked(stage: Stage) -> str:
    """Why the settings cannot be changed in `stage`, or an empty text."""
    if stage.is_training:
        return translate("train_buttons", "A run is in progress; settings can be changed when it has ended")
    return (
        translate("train_buttons", "The model is being saved; settings can be changed in a moment")
        if stage.is_saving
        else ""
    )


def _why_no_training(setup: RunSetup, stage: Stage) -> str:
    if stage is Stage.UNDECIDED:
        return translate("train_buttons", "Keep or discard the stopped model first")
    return why_locked(stage) or setup.problem


def _pause_words(stage: Stage) -> str:
    if stage is Stage.PAUSED:
        return translate("train_buttons", "Continue with the next batch")
    return translate("train_buttons", "Pause the run") if stage.is_pausable else _why_not(stage)


def _step_words(stage: Stage) -> str:
    if stage is Stage.PAUSED:
        return translate("train_buttons", "Train one batch, then pause again (key {key})").format(key=STEP_KEY)
    if stage is Stage.TRAINING:
        return translate("train_buttons", "Pause the run first; then this trains one batch at a time")
    return _why_not(stage)


def _why_not(stage: Stage) -> str:
    reasons = {
        Stage.PREPARING: translate(
            "train_buttons", "The run is being prepared; it can be paused from its first batch on"
        ),
        Stage.STOPPING: translate("train_buttons", "The run is stopping already"),
        Stage.FINISHING: translate("train_buttons", "Training is done; the model is being tested and saved"),
        Stage.KEEPING: translate("train_buttons", "Training is done; the model is being tested and saved"),
        Stage.UNDECIDED: translate("train_buttons", "The run has stopped; keep or discard its model"),
    }
    return reasons.get(stage, translate("train_buttons", "Nothing is being trained"))

"""What the buttons and settings of the Train page offer in each stage of a run, and why the others wait."""

from PySide6.QtCore import QCoreApplication

from app.ui.pages.train_stage import Stage
from app.ui.widgets.run_buttons import STEP_KEY
from app.ui.widgets.run_setup import RunSetup


def dress(setup: RunSetup, stage: Stage) -> None:
    """Enable what makes sense in `stage`; the tooltip of everything else says why it does not."""
    setup.set_locked(why_locked(stage))
    buttons, why_not = setup.buttons, _why_no_training(setup, stage)
    buttons.train.setEnabled(not why_not)
    buttons.train.setToolTip(why_not or _tr("Train a network with these settings"))
    buttons.pause.setEnabled(stage.is_pausable)
    buttons.pause.setText(_tr("Resume") if stage is Stage.PAUSED else _tr("Pause"))
    buttons.pause.setToolTip(_pause_words(stage))
    buttons.step.setEnabled(stage is Stage.PAUSED)
    buttons.step.setToolTip(_step_words(stage))
    buttons.stop.setEnabled(stage.is_stoppable)
    buttons.stop.setToolTip(
        _tr("End the run; what it has learned can be kept") if stage.is_stoppable else _why_not(stage)
    )


def why_locked(stage: Stage) -> str:
    """Why the settings cannot be changed in `stage`, or an empty text."""
    if stage.is_training:
        return _tr("A run is under way; settings can be changed when it has ended")
    return _tr("The model is being saved; settings can be changed in a moment") if stage.is_saving else ""


def _tr(text: str) -> str:
    return QCoreApplication.translate("train_buttons", text)


def _why_no_training(setup: RunSetup, stage: Stage) -> str:
    if stage is Stage.UNDECIDED:
        return _tr("Keep or discard the stopped model first")
    return why_locked(stage) or setup.problem


def _pause_words(stage: Stage) -> str:
    if stage is Stage.PAUSED:
        return _tr("Go on with the next batch")
    return _tr("Let the run wait where it is") if stage.is_pausable else _why_not(stage)


def _step_words(stage: Stage) -> str:
    if stage is Stage.PAUSED:
        return _tr("Train one batch and wait again (key {key})").format(key=STEP_KEY)
    if stage is Stage.TRAINING:
        return _tr("Pause the run first; then this trains one batch at a time")
    return _why_not(stage)


def _why_not(stage: Stage) -> str:
    reasons = {
        Stage.PREPARING: _tr("The run is being prepared; it can be paused from its first batch on"),
        Stage.STOPPING: _tr("The run is stopping already"),
        Stage.FINISHING: _tr("Training is done; the model is being tested and saved"),
        Stage.KEEPING: _tr("Training is done; the model is being tested and saved"),
        Stage.UNDECIDED: _tr("The run has stopped; keep or discard its model"),
    }
    return reasons.get(stage, _tr("Nothing is being trained"))

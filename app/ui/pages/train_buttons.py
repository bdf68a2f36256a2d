"""What the buttons and settings of the Train page offer in each stage of a run, and why the others wait."""

from PySide6.QtCore import QCoreApplication

from app.ui.pages.train_stage import Stage
from app.ui.widgets.run_setup import RunSetup


def dress(setup: RunSetup, stage: Stage) -> None:
    """Enable what makes sense in `stage`; the tooltip of everything else says why it does not."""
    locked = _why_locked(stage)
    setup.set_locked(locked)
    undecided = stage is Stage.UNDECIDED
    setup.train_button.setEnabled(not locked and not undecided)
    if undecided:
        setup.train_button.setToolTip(_tr("Keep or discard the stopped model first"))
    else:
        setup.train_button.setToolTip(locked or _tr("Train a network with these settings"))
    setup.pause_button.setEnabled(stage.is_pausable)
    setup.pause_button.setText(_tr("Resume") if stage is Stage.PAUSED else _tr("Pause"))
    setup.pause_button.setToolTip(_pause_words(stage))
    setup.stop_button.setEnabled(stage.is_stoppable)
    setup.stop_button.setToolTip(
        _tr("End the run; what it has learned can be kept") if stage.is_stoppable else _why_not(stage)
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("train_buttons", text)


def _why_locked(stage: Stage) -> str:
    if stage.is_training:
        return _tr("A run is under way; settings can be changed when it has ended")
    return _tr("The model is being saved; settings can be changed in a moment") if stage.is_saving else ""


def _pause_words(stage: Stage) -> str:
    if stage is Stage.PAUSED:
        return _tr("Go on with the next batch")
    return _tr("Let the run wait where it is") if stage.is_pausable else _why_not(stage)


def _why_not(stage: Stage) -> str:
    reasons = {
        Stage.PREPARING: _tr("The run is being prepared; it can be paused from its first batch on"),
        Stage.STOPPING: _tr("The run is stopping already"),
        Stage.FINISHING: _tr("Training is done; the model is being tested and saved"),
        Stage.KEEPING: _tr("Training is done; the model is being tested and saved"),
        Stage.UNDECIDED: _tr("The run has stopped; keep or discard its model"),
    }
    return reasons.get(stage, _tr("Nothing is being trained"))

"""What one can do with a run that is over."""

from collections.abc import Mapping
from enum import StrEnum

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QPushButton, QWidget

from app.ui.widgets.flow import Flow


class NextStep(StrEnum):
    """The steps, named as their buttons. The first three are for a run that was stopped."""

    GO_ON = "go_on"
    KEEP = "keep"
    DISCARD = "discard"
    TRY_IT = "try_it"
    EVALUATE = "evaluate"
    COMPARE = "compare"
    SHOW_RUN = "show_run"


AFTER_STOP = (NextStep.GO_ON, NextStep.DISCARD, NextStep.KEEP)
AFTER_END = (NextStep.SHOW_RUN, NextStep.COMPARE, NextStep.EVALUATE, NextStep.TRY_IT)
_PRIMARY = {NextStep.KEEP, NextStep.TRY_IT}


class _StepButton(QPushButton):
    """Does nothing at the second click of a double click: that was meant for the step that was here before."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()


class NextSteps(QWidget):
    """A row of buttons, or two where there is little room, the likeliest last; hidden while there is nothing to do."""

    chosen = Signal(object)  # NextStep

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tips: dict[NextStep, str] = {}
        row = Flow(self)
        self._buttons = {step: self._button(step) for step in (*AFTER_STOP, *AFTER_END)}
        for button in self._buttons.values():
            row.addWidget(button)
        self.hide()

    def offer(self, steps: tuple[NextStep, ...], why_not: Mapping[NextStep, str] | None = None) -> None:
        """Show these; `why_not` says of some why they cannot be taken."""
        reasons = why_not or {}
        for step, button in self._buttons.items():
            reason = reasons.get(step, "")
            button.setVisible(step in steps)
            button.setEnabled(not reason)
            button.setToolTip(reason or self._tips[step])
        self.setVisible(bool(steps))

    def take_focus(self) -> None:
        """Give the keyboard to the likeliest step."""
        shown = [button for button in self._buttons.values() if not button.isHidden() and button.isEnabled()]
        if shown:
            shown[-1].setFocus(Qt.FocusReason.OtherFocusReason)

    def _button(self, step: NextStep) -> QPushButton:
        words = {
            NextStep.GO_ON: (self.tr("Go on"), self.tr("Continue training after the last complete epoch")),
            NextStep.DISCARD: (self.tr("Discard"), self.tr("Delete what this run has learned")),
            NextStep.KEEP: (self.tr("Keep"), self.tr("Test it on pictures it has not seen and save it as a model")),
            NextStep.SHOW_RUN: (self.tr("Show in Runs"), self.tr("All figures and settings of this run")),
            NextStep.COMPARE: (
                self.tr("Compare"),
                self.tr("Compare this run with the one before it, on the Runs page"),
            ),
            NextStep.EVALUATE: (
                self.tr("Evaluate"),
                self.tr("Where the model is wrong, class by class"),
            ),
            NextStep.TRY_IT: (self.tr("Try it"), self.tr("Draw something for the new model to read")),
        }
        text, self._tips[step] = words[step]
        button = _StepButton(text)
        button.setObjectName(step.value)
        button.setProperty("kind", "primary" if step in _PRIMARY else "quiet")
        button.clicked.connect(self._on_clicked)
        return button

    @Slot()
    def _on_clicked(self) -> None:
        sender = self.sender()
        if isinstance(sender, QPushButton):
            self.chosen.emit(NextStep(sender.objectName()))

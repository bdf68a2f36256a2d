"""Typing a number: what is typed stands until the user changes it, and what is wrong with it is said."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QValidator
from PySide6.QtWidgets import QAbstractSpinBox, QWidget

from app.core.config.form import FormField
from app.core.errors import InputError

_StepEnabledFlag = QAbstractSpinBox.StepEnabledFlag


class NumberBox(QAbstractSpinBox):
    """A number with arrows. `value` is the last one that could be read; `problem` says why the text is none.

    Qt's own boxes cut what they do not like out of the text, without a word.
    """

    edited = Signal()

    def __init__(self, field: FormField, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field, self._value, self._problem = field, field.minimum, ""
        self._single_step = 1
        self.lineEdit().textEdited.connect(self._on_text_edited)
        self.setValue(self._value)

    @property
    def problem(self) -> str:
        """Why what is typed cannot be used, a sentence or an empty text."""
        return self._problem

    @property
    def maximum(self) -> float:
        """The largest number there can be."""
        return self._field.maximum

    def setRange(self, least: float, most: float) -> None:
        """Change the limits; the number moves into them."""
        self._field = replace(self._field, minimum=least, maximum=most)
        if not least <= self._value <= most:
            self.setValue(max(least, min(most, self._value)))

    def setSingleStep(self, step: int) -> None:
        """Let a click on an arrow go so many steps."""
        self._single_step = step

    def value(self) -> int | float:
        """The number, or the last one there was while there is a problem."""
        return self._value

    def setValue(self, value: float) -> None:
        """Show a number, in place of whatever was typed."""
        is_other = value != self._value or bool(self._problem)
        self._value = value
        self._say("")
        self.lineEdit().setText(self._field.write(value))
        if is_other:
            self.edited.emit()

    def stepBy(self, steps: int) -> None:
        """Go up or down as the arrows do, within the limits."""
        self.setValue(self._field.stepped(self._value, steps * self._single_step))
        self.selectAll()

    def stepEnabled(self) -> Any:
        """Which arrows lead anywhere."""
        enabled = _StepEnabledFlag.StepNone
        if self._value < self._field.maximum:
            enabled |= _StepEnabledFlag.StepUpEnabled
        if self._value > self._field.minimum:
            enabled |= _StepEnabledFlag.StepDownEnabled
        return enabled

    def validate(self, text: str, place: int) -> Any:
        """Let everything be typed."""
        return QValidator.State.Acceptable, text, place

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Write a number that was read as it is always written."""
        super().focusOutEvent(event)
        self._tidy()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter finishes the number, too."""
        super().keyPressEvent(event)
        if event.text() == "\r":
            self._tidy()

    def _tidy(self) -> None:
        if not self._problem:
            self.lineEdit().setText(self._field.write(self._value))

    def _say(self, problem: str) -> None:
        is_changed = bool(problem) != bool(self._problem)
        self._problem = problem
        if is_changed:
            self.setProperty("wrong", bool(problem))
            self.style().unpolish(self)
            self.style().polish(self)

    @Slot(str)
    def _on_text_edited(self, text: str) -> None:
        try:
            self._value = self._field.read(text)
        except InputError as error:
            self._say(str(error))
        else:
            self._say("")
        self.edited.emit()

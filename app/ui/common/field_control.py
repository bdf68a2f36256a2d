"""One field of a form: its label, the widget that suits its kind, and its value."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QValidator
from PySide6.QtWidgets import QAbstractSpinBox, QCheckBox, QComboBox, QGridLayout, QSizePolicy, QToolButton, QWidget

from app.core.config.form import FieldKind, FormField, Value
from app.core.errors import InputError
from app.core.recipes.changes import Change
from app.ui import theme
from app.ui.common import build
from app.ui.common.layout import keep_width

# Typing a number: what is typed stands until the user changes it, and what is wrong with it is said.

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


# The dot beside a value that is not the recipe's.

MARK_WIDTH = 14


class ChangeMark(QToolButton):
    """Hidden while nothing is changed. A click is to bring the recipe's value back; whoever made it does that."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("kind", "mark")
        self.setText("●")
        self.setFixedWidth(MARK_WIDTH)
        self.hide()

    def show_usual(self, usual: str, title: str) -> None:
        """Say what the recipe has; an empty text for a value that is the recipe's."""
        self.setVisible(bool(usual))
        self.setToolTip(self.tr("Changed. The recipe has {usual}: click to reset").format(usual=usual))
        self.setAccessibleName(self.tr("Reset {title} to {usual}").format(title=title, usual=usual))


LONG_CHOICE = 12
"""Letters of a choice that find room beside its label."""
TEXT_MARGIN = 6
"""Styled spin boxes begin further left than styled combo boxes; this brings their texts into line."""


class WheelGuard(QObject):
    """Lets the wheel scroll the form, not change the field that happens to lie under the pointer."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ignore the wheel over a field that was not clicked first."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)


class FieldControl(QObject):
    """Shows and edits the value of a declared field. Limits, units and explanations come from its declaration."""

    edited = Signal()
    reset_requested = Signal(str)  # the name of the field

    def __init__(self, field: FormField, parent: QObject) -> None:
        super().__init__(parent)
        self.field = replace(field, title=self.tr(field.title), unit=self.tr(field.unit), zero=self.tr(field.zero))
        self.widget = self._make_widget()
        self._problem = build.label(name=f"problem_{field.name}", role="error", wraps=True)
        self._problem.hide()
        self._mark = ChangeMark(f"reset_{field.name}")
        self._mark.clicked.connect(self._on_mark_clicked)
        self.label = build.label(self.field.title, tip=self._help(), buddy=self.widget)
        self.widget.setObjectName(field.name)
        self.widget.setAccessibleName(self.field.title)
        self.widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # A spin box asks for room for its largest value, which is more than the card has.
        self.widget.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        # The style sheet has its own minimum for controls, so it is the label that makes all rows equally high.
        self.widget.setMaximumHeight(theme.CONTROL_HEIGHT)
        self.label.setMinimumHeight(0 if self.is_wide else theme.CONTROL_HEIGHT)
        self.widget.installEventFilter(WheelGuard(self))
        self.set_locked("")

    @property
    def value(self) -> Value:
        """What the widget says, to the decimals that it shows."""
        match self.widget:
            case NumberBox():
                return self.widget.value()
            case QCheckBox():
                return self.widget.isChecked()
            case QComboBox():
                return str(self.widget.currentData())
        raise TypeError(self.widget)

    @value.setter
    def value(self, value: Value) -> None:
        match self.widget:
            case NumberBox():
                self.widget.setValue(float(value) if self.field.kind is FieldKind.DECIMAL else int(value))
            case QCheckBox():
                self.widget.setChecked(bool(value))
            case QComboBox():
                self.widget.setCurrentIndex(self.widget.findData(value))

    @property
    def problem(self) -> str:
        """Why what is typed cannot be used, a sentence or an empty text."""
        return self.widget.problem if isinstance(self.widget, NumberBox) else ""

    @property
    def label_width(self) -> int:
        """What the label needs, with the mark of a change beside it."""
        return self.label.sizeHint().width() + MARK_WIDTH

    @property
    def is_wide(self) -> bool:
        """True if the widget needs the whole width, below its label."""
        return any(len(choice) > LONG_CHOICE for choice in self.field.choices)

    @property
    def is_unusual(self) -> bool:
        """True if the value is not the one that is declared as usual."""
        return self.value != self.field.usual

    @property
    def text(self) -> str:
        """Title and value in short: "Momentum 0.9", or "Nesterov" for a switch that is on."""
        title = self.field.title
        match self.widget:
            case NumberBox():
                return f"{title} {self.field.write(self.widget.value())}"
            case QComboBox():
                return f"{title} {self.widget.currentText()}"
        return title if self.value else self.tr("{title} off").format(title=title)

    def add_to(self, grid: QGridLayout) -> None:
        """Take the next rows of a form: the label, the mark of a change, the widget, and what is wrong below it."""
        row = grid.rowCount()
        head = build.row(self.label, build.STRETCH, self._mark, spacing=0)
        grid.addLayout(head, row, 0, 1, 2 if self.is_wide else 1)
        if self.is_wide:
            grid.addWidget(self.widget, row + 1, 0, 1, 2)
        else:
            grid.addWidget(self.widget, row, 1)
        grid.addWidget(self._problem, row + 2, 0, 1, 2)

    def show_change(self, change: Change | None) -> None:
        """Mark that the value is not the recipe's, which a click on the mark brings back; None takes the mark away."""
        self._mark.show_usual("" if change is None else self.tr(change.usual), self.field.title)

    def set_shown(self, shown: bool) -> None:
        """Show the field, or take it away where it means nothing."""
        self.label.setVisible(shown)
        self.widget.setVisible(shown)
        self._problem.setVisible(shown and bool(self.problem))

    def set_locked(self, reason: str) -> None:
        """Make the field read-only for `reason`, which its tooltip tells; an empty one unlocks it."""
        self.widget.setEnabled(not reason)
        self._mark.setEnabled(not reason)
        self.widget.setToolTip(reason or self._help())

    def _help(self) -> str:
        """What the field means, and what it can be: "1 to 1,000 epochs; 0 means off"."""
        field = self.field
        if field.kind not in {FieldKind.INTEGER, FieldKind.DECIMAL}:
            return self.tr(field.help)
        limits = field.limits
        if field.zero:
            limits = self.tr("{limits}; 0 means {zero}").format(limits=limits, zero=field.zero)
        return f"{self.tr(field.help)}\n{limits}"

    def _make_widget(self) -> QWidget:
        match self.field.kind:
            case FieldKind.INTEGER | FieldKind.DECIMAL:
                return self._make_number()
            case FieldKind.CHOICE:
                return self._make_choice()
            case FieldKind.SWITCH:
                return self._make_switch()

    def _make_number(self) -> QWidget:
        box = NumberBox(self.field)
        box.lineEdit().setTextMargins(TEXT_MARGIN, 0, 0, 0)
        box.edited.connect(self._on_edited)
        return box

    def _make_choice(self) -> QWidget:
        box = QComboBox()
        for choice in self.field.choices:
            box.addItem(self.tr(choice.replace("_", " ")), choice)
        box.currentIndexChanged.connect(self._on_edited)
        keep_width(box, 0, grows=True)  # no choice is cut
        return box

    def _make_switch(self) -> QWidget:
        box = QCheckBox()
        box.toggled.connect(self._on_edited)
        return box

    @Slot()
    def _on_edited(self) -> None:
        self._problem.setText(f"✗ {self.problem}" if self.problem else "")
        self._problem.setVisible(bool(self.problem) and not self.label.isHidden())
        self.edited.emit()

    @Slot()
    def _on_mark_clicked(self) -> None:
        self.reset_requested.emit(self.field.name)

"""One field of a form: its label, the widget that suits its kind, and its value."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QLabel, QSizePolicy, QSpinBox, QWidget

from app.core.models.form import FieldKind, FormField, Value
from app.ui import theme

LONG_CHOICE = 12
"""Letters of a choice that find room beside its label."""
TEXT_MARGIN = 6
"""Styled spin boxes begin further left than styled combo boxes; this brings their texts into line."""


class CompactDoubleSpinBox(QDoubleSpinBox):
    """Shows 0.001, not 0.001000."""

    def textFromValue(self, value: float) -> str:
        """As few decimals as the value needs."""
        text = self.locale().toString(value, "f", self.decimals())
        point = self.locale().decimalPoint()
        return text.rstrip("0").rstrip(point) if point in text else text


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

    def __init__(self, field: FormField, parent: QObject) -> None:
        super().__init__(parent)
        self.field = field
        self.widget = self._make_widget()
        self.label = QLabel(self.tr(field.title))
        self.label.setBuddy(self.widget)
        self.label.setToolTip(self._help())
        self.widget.setObjectName(field.name)
        self.widget.setAccessibleName(self.tr(field.title))
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
            case QSpinBox() | QDoubleSpinBox():
                return self.widget.value()
            case QCheckBox():
                return self.widget.isChecked()
            case QComboBox():
                return str(self.widget.currentData())
        raise TypeError(self.widget)

    @value.setter
    def value(self, value: Value) -> None:
        match self.widget:
            case QSpinBox():
                self.widget.setValue(int(value))
            case QDoubleSpinBox():
                self.widget.setValue(float(value))
            case QCheckBox():
                self.widget.setChecked(bool(value))
            case QComboBox():
                self.widget.setCurrentIndex(self.widget.findData(value))

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
        title = self.tr(self.field.title)
        match self.widget:
            case QSpinBox() | QDoubleSpinBox():
                return f"{title} {self.widget.text()}"
            case QComboBox():
                return f"{title} {self.widget.currentText()}"
        return title if self.value else self.tr("{title} off").format(title=title)

    def set_shown(self, shown: bool) -> None:
        """Show the field, or take it away where it means nothing."""
        self.label.setVisible(shown)
        self.widget.setVisible(shown)

    def set_locked(self, reason: str) -> None:
        """Make the field read-only for `reason`, which its tooltip tells; an empty one unlocks it."""
        self.widget.setEnabled(not reason)
        self.widget.setToolTip(reason or self._help())

    def _help(self) -> str:
        """What the field means, and what it can be: "1 to 1,000 epochs; 0 means off"."""
        field = self.field
        if field.kind not in {FieldKind.INTEGER, FieldKind.DECIMAL}:
            return self.tr(field.help)
        low, high = (_number(limit, field.decimals) for limit in (field.minimum, field.maximum))
        limits = self.tr("{low} to {high}").format(low=low, high=high + self._suffix())
        if field.zero:
            limits = self.tr("{limits}; 0 means {zero}").format(limits=limits, zero=self.tr(field.zero))
        return f"{self.tr(field.help)}\n{limits}"

    def _suffix(self) -> str:
        unit = self.field.unit
        separator = "" if unit in {"", "°"} else " "
        return separator + self.tr(unit) if unit else ""

    def _make_widget(self) -> QWidget:
        match self.field.kind:
            case FieldKind.INTEGER:
                return self._make_integer()
            case FieldKind.DECIMAL:
                return self._make_decimal()
            case FieldKind.CHOICE:
                return self._make_choice()
            case FieldKind.SWITCH:
                return self._make_switch()

    def _make_integer(self) -> QWidget:
        box = QSpinBox()
        box.setRange(int(self.field.minimum), int(self.field.maximum))
        self._dress(box)
        box.valueChanged.connect(self._on_edited)
        return box

    def _make_decimal(self) -> QWidget:
        box = CompactDoubleSpinBox()
        box.setDecimals(self.field.decimals)
        box.setRange(self.field.minimum, self.field.maximum)
        box.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
        self._dress(box)
        box.valueChanged.connect(self._on_edited)
        return box

    def _dress(self, box: QSpinBox | QDoubleSpinBox) -> None:
        box.lineEdit().setTextMargins(TEXT_MARGIN, 0, 0, 0)
        box.setSuffix(self._suffix())
        box.setSpecialValueText(self.tr(self.field.zero) if self.field.zero else "")

    def _make_choice(self) -> QWidget:
        box = QComboBox()
        for choice in self.field.choices:
            box.addItem(self.tr(choice.replace("_", " ")), choice)
        box.currentIndexChanged.connect(self._on_edited)
        return box

    def _make_switch(self) -> QWidget:
        box = QCheckBox()
        box.toggled.connect(self._on_edited)
        return box

    @Slot()
    def _on_edited(self) -> None:
        self.edited.emit()


def _number(value: float, decimals: int) -> str:
    """As few decimals as it needs: 1,000 or 0.000001."""
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

"""A form made from the declared fields of a config: their limits, units and explanations are not repeated here."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QWidget,
)

from app.core.models.config import TrainingConfig
from app.core.models.form import FieldKind, FormField, form_fields
from app.ui import theme

TEXT_MARGIN = 6
"""Styled spin boxes begin further left than styled combo boxes; this brings their texts into line."""

Value = int | float | str | bool


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


@dataclass(frozen=True)
class _Control:
    """A field's widget, and how to read and write it."""

    field: FormField
    label: QLabel
    widget: QWidget
    read: Callable[[], Value]
    write: Callable[[Value], None]


class ConfigForm(QWidget):
    """Edits a `TrainingConfig`. Fields that nobody touched keep the config's own value, to the last decimal."""

    edited = Signal()
    unfolded = Signal()

    def __init__(self, config: TrainingConfig, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._guard = WheelGuard(self)
        self._controls = [self._make_control(field) for field in form_fields()]
        self._more = QPushButton(self.tr("More settings"))
        self._more.setObjectName("more_settings")
        self._more.setCheckable(True)
        self._more.setProperty("kind", "quiet")
        self._more.toggled.connect(self._on_more_toggled)
        self._lay_out()
        self._on_more_toggled(False)
        self.set_config(config)

    def config(self) -> TrainingConfig:
        """The config as the form says it is."""
        edited = {c.field.name: c.read() for c in self._controls if c.read() != self._shown[c.field.name]}
        return self._config.changed(**edited)

    def set_config(self, config: TrainingConfig) -> None:
        """Show another config."""
        self._config = config
        self.blockSignals(True)
        for control in self._controls:
            control.write(getattr(config, control.field.name))
        self.blockSignals(False)
        self._shown = {control.field.name: control.read() for control in self._controls}

    def set_locked(self, reason: str) -> None:
        """Make the fields read-only for `reason`, which their tooltips tell; an empty one unlocks them."""
        for control in self._controls:
            control.widget.setEnabled(not reason)
            control.widget.setToolTip(reason or self._help(control.field))

    def field_widget(self, name: str) -> QWidget:
        """The widget of a field."""
        return next(control.widget for control in self._controls if control.field.name == name)

    @property
    def label_width(self) -> int:
        """The width of the widest label, folded away or not."""
        return max(control.label.sizeHint().width() for control in self._controls)

    def set_label_width(self, width: int) -> None:
        """Let the fields begin at the same place as others do."""
        self._grid.setColumnMinimumWidth(0, width)

    def unfolded_widgets(self) -> tuple[QWidget, QWidget]:
        """The button that folds, and the last field that it unfolds."""
        return self._more, self._controls[-1].widget

    def _lay_out(self) -> None:
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.SPACING)
        grid.setVerticalSpacing(theme.SPACING // 2)
        grid.setColumnStretch(1, 1)
        basic = [control for control in self._controls if not control.field.advanced]
        advanced = [control for control in self._controls if control.field.advanced]
        for row, control in enumerate(basic):
            grid.addWidget(control.label, row, 0)
            grid.addWidget(control.widget, row, 1)
        grid.addWidget(self._more, len(basic), 0, 1, 2, Qt.AlignmentFlag.AlignLeft)
        for row, control in enumerate(advanced, len(basic) + 1):
            grid.addWidget(control.label, row, 0)
            grid.addWidget(control.widget, row, 1)

    def _make_control(self, field: FormField) -> _Control:
        widget, read, write = _MAKERS[field.kind](self, field)
        label = QLabel(self.tr(field.title))
        label.setBuddy(widget)
        for shown in (label, widget):
            shown.setToolTip(self._help(field))
        widget.setObjectName(field.name)
        widget.setAccessibleName(self.tr(field.title))
        widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # A spin box asks for room for its largest value, which is more than the card has.
        widget.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        # The style sheet has its own minimum for controls, so it is the label that makes all rows equally high.
        widget.setMaximumHeight(theme.CONTROL_HEIGHT)
        label.setMinimumHeight(theme.CONTROL_HEIGHT)
        widget.installEventFilter(self._guard)
        return _Control(field, label, widget, read, write)

    def _help(self, field: FormField) -> str:
        """What the field means, and what it can be: "1 to 1,000 epochs; 0 means off"."""
        if field.kind not in {FieldKind.INTEGER, FieldKind.DECIMAL}:
            return self.tr(field.help)
        low, high = (_number(limit, field.decimals) for limit in (field.minimum, field.maximum))
        limits = self.tr("{low} to {high}").format(low=low, high=high + self._suffix(field))
        if field.zero:
            limits = self.tr("{limits}; 0 means {zero}").format(limits=limits, zero=self.tr(field.zero))
        return f"{self.tr(field.help)}\n{limits}"

    def _suffix(self, field: FormField) -> str:
        separator = "" if field.unit in {"", "°"} else " "
        return separator + self.tr(field.unit) if field.unit else ""

    def _make_integer(self, field: FormField) -> tuple[QWidget, Callable[[], Value], Callable[[Value], None]]:
        box = QSpinBox()
        box.setRange(int(field.minimum), int(field.maximum))
        box.lineEdit().setTextMargins(TEXT_MARGIN, 0, 0, 0)
        box.setSuffix(self._suffix(field))
        box.setSpecialValueText(self.tr(field.zero) if field.zero else "")
        box.valueChanged.connect(self._on_edited)
        return box, box.value, lambda value: box.setValue(int(value))

    def _make_decimal(self, field: FormField) -> tuple[QWidget, Callable[[], Value], Callable[[Value], None]]:
        box = CompactDoubleSpinBox()
        box.setDecimals(field.decimals)
        box.setRange(field.minimum, field.maximum)
        box.lineEdit().setTextMargins(TEXT_MARGIN, 0, 0, 0)
        box.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
        box.setSuffix(self._suffix(field))
        box.setSpecialValueText(self.tr(field.zero) if field.zero else "")
        box.valueChanged.connect(self._on_edited)
        return box, box.value, lambda value: box.setValue(float(value))

    def _make_choice(self, field: FormField) -> tuple[QWidget, Callable[[], Value], Callable[[Value], None]]:
        box = QComboBox()
        for choice in field.choices:
            box.addItem(self.tr(choice.replace("_", " ")), choice)
        box.currentIndexChanged.connect(self._on_edited)
        return box, lambda: str(box.currentData()), lambda value: box.setCurrentIndex(box.findData(value))

    def _make_switch(self, field: FormField) -> tuple[QWidget, Callable[[], Value], Callable[[Value], None]]:
        box = QCheckBox()
        box.toggled.connect(self._on_edited)
        return box, box.isChecked, lambda value: box.setChecked(bool(value))

    @Slot()
    def _on_edited(self) -> None:
        self.edited.emit()

    @Slot(bool)
    def _on_more_toggled(self, shown: bool) -> None:
        self._more.setText(self.tr("Fewer settings  ▴") if shown else self.tr("More settings  ▾"))
        for control in self._controls:
            if control.field.advanced:
                control.label.setVisible(shown)
                control.widget.setVisible(shown)
        if shown:
            self.unfolded.emit()


_MAKERS = {
    FieldKind.INTEGER: ConfigForm._make_integer,
    FieldKind.DECIMAL: ConfigForm._make_decimal,
    FieldKind.CHOICE: ConfigForm._make_choice,
    FieldKind.SWITCH: ConfigForm._make_switch,
}


def _number(value: float, decimals: int) -> str:
    """As few decimals as it needs: 1,000 or 0.000001."""
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

"""A form made from the declared fields of a config: their limits, units and explanations are not repeated here."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QWidget

from app.core.config.config import TrainingConfig, form_fields
from app.core.config.form import Section, Value
from app.core.config.layers import Layer
from app.core.recipes.changes import Change
from app.ui import theme
from app.ui.common import build
from app.ui.common.containers import Fold
from app.ui.common.field_control import FieldControl


class ConfigForm(QWidget):
    """Edits a `TrainingConfig`. Fields that nobody touched keep the config's own value, to the last decimal.

    The basic fields are always seen; the others lie in sections that unfold. A field that means nothing beside the
    values of others is not seen.
    """

    edited = Signal()
    unfolded = Signal(object)  # the Fold that was opened
    reset_requested = Signal(str)  # the name of a field whose mark was clicked

    def __init__(self, config: TrainingConfig, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._controls = {field.name: FieldControl(field, self) for field in form_fields()}
        self._grids: list[QGridLayout] = []
        self._column = build.column(self._fields(Section.BASIC), on=self, spacing=theme.SPACING // 2)
        self._folds: dict[Section, Fold] = {}
        for section in Section:
            if section is not Section.BASIC:
                self._folds[section] = self._fold(section)
        for control in self._controls.values():
            control.edited.connect(self._on_edited)
            control.reset_requested.connect(self.reset_requested)
        self.set_config(config)

    def config(self) -> TrainingConfig:
        """The config as the form says it is."""
        values = self._values()
        return self._config.changed(**{name: value for name, value in values.items() if value != self._shown[name]})

    def set_config(self, config: TrainingConfig) -> None:
        """Show another config."""
        self._config = config
        with QSignalBlocker(self):
            for name, control in self._controls.items():
                control.value = getattr(config, name)
        self._shown = self._values()
        self._show_what_applies()

    @property
    def problem(self) -> str:
        """What is wrong with the first number that cannot be used, or an empty text."""
        values = self._values()
        wrong = (c.problem for c in self._controls.values() if c.problem and c.field.applies(values))
        return next(wrong, "")

    def set_value(self, name: str, value: Value) -> None:
        """Set one field; the others stay as they are."""
        self._config = self.config().changed(**{name: value})
        control = self._controls[name]
        with QSignalBlocker(self):
            control.value = value
        self._shown = self._values()
        self._show_what_applies()
        self.edited.emit()

    def show_changes(self, found: Sequence[Change]) -> None:
        """Mark the fields, and the sections, in which the config is not the recipe's."""
        changed = {change.field: change for change in found}
        for name, control in self._controls.items():
            control.show_change(changed.get(name))
        for section, fold in self._folds.items():
            fold.header.set_changed(any(control.field.name in changed for control in self._in(section)))

    def set_layers(self, layers: tuple[Layer, ...]) -> None:
        """Train other layers; the settings stay as they are."""
        self._config = self._config.changed(layers=layers)
        self.edited.emit()

    def set_locked(self, reason: str) -> None:
        """Make the fields read-only for `reason`, which their tooltips tell; an empty one unlocks them."""
        for control in self._controls.values():
            control.set_locked(reason)

    def field_widget(self, name: str) -> QWidget:
        """The widget of a field."""
        return self._controls[name].widget

    def fold(self, section: Section) -> Fold:
        """A section that unfolds."""
        return self._folds[section]

    def add_to(self, section: Section, widget: QWidget) -> None:
        """Put something below the fields of a section."""
        layout = self._folds[section].body.layout()
        assert layout is not None
        layout.addWidget(widget)

    @property
    def label_width(self) -> int:
        """The width of the widest label that stands beside its field, folded away or not."""
        return max(control.label_width for control in self._controls.values() if not control.is_wide)

    def set_label_width(self, width: int) -> None:
        """Let the fields of all sections begin at the same place as others do."""
        for grid in self._grids:
            grid.setColumnMinimumWidth(0, width)

    def _values(self) -> dict[str, Value]:
        return {name: control.value for name, control in self._controls.items()}

    def _in(self, section: Section) -> Sequence[FieldControl]:
        return [control for control in self._controls.values() if control.field.section is section]

    def _fold(self, section: Section) -> Fold:
        body = build.column(self._fields(section), margins=(0, 0, 0, theme.SPACING))
        fold = Fold(self.tr(section.value), build.panel(body))
        fold.header.setObjectName(f"fold_{section.name.lower()}")
        fold.unfolded.connect(self.unfolded)
        self._column.addWidget(fold)
        return fold

    def _fields(self, section: Section) -> QWidget:
        fields = QWidget()
        grid = QGridLayout(fields)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.SPACING)
        grid.setVerticalSpacing(theme.SPACING // 2)
        grid.setColumnStretch(1, 1)
        for control in self._in(section):
            control.add_to(grid)
        self._grids.append(grid)
        return fields

    def _show_what_applies(self) -> None:
        """Show the fields that mean something now, the sections that have any, and what is unusual in them."""
        values = self._values()
        for section, fold in self._folds.items():
            applying = []
            for control in self._in(section):
                control.set_shown(control.field.applies(values))
                applying += [control] if control.field.applies(values) else []
            fold.setVisible(bool(applying))
            wrong = [f"✗ {control.problem}" for control in applying if control.problem]
            fold.header.set_summary(", ".join(wrong or [each.text for each in applying if each.is_unusual]))

    @Slot()
    def _on_edited(self) -> None:
        if not self.signalsBlocked():
            self._show_what_applies()
            self.edited.emit()

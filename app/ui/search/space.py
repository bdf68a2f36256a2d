"""What a search varies: a line for each setting, with the values to try."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from app.core.config.config import TrainingConfig
from app.core.errors import InputError
from app.core.search.space import Choices, Method, Range, VariableField, read_dimension, variable_fields
from app.ui.common import build
from app.ui.common.field_control import WheelGuard
from app.ui.common.layout import keep_width

FIELD_WIDTH = 170
FIRST = "learning_rate"


class SpaceRow(QWidget):
    """One setting and its values as a user writes them."""

    changed = Signal()
    removed = Signal(object)  # this row

    def __init__(self, fields: Sequence[VariableField], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fields = fields
        self._method: Method = "grid"
        self.field = build.named(QComboBox(), "vary_field", says=self.tr("Setting to vary"))
        self.values = build.named(QLineEdit(), "vary_values")
        self.remove = build.tool_button(
            "✗", kind="quiet", says=self.tr("Do not vary this setting"), clicked=self._on_remove_clicked
        )
        keep_width(self.field, FIELD_WIDTH)
        self.field.setMaxVisibleItems(16)
        self.field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.field.installEventFilter(WheelGuard(self))
        build.row(self.field, (self.values, 1), self.remove, on=self)
        for place, field in enumerate(fields):
            self.field.addItem(self.tr(field.title), field.name)
            self.field.setItemData(place, self._help(field), Qt.ItemDataRole.ToolTipRole)
        self.field.currentIndexChanged.connect(self._on_field_chosen)
        self.values.textChanged.connect(self.changed)
        self.show_examples("grid")

    @property
    def name(self) -> str:
        """The setting."""
        return str(self.field.currentData())

    def choose(self, name: str) -> None:
        """Choose another setting."""
        self.field.setCurrentIndex(self.field.findData(name))

    def dimension(self, base: TrainingConfig) -> Choices | Range:
        """What is written. Raises InputError for what cannot be."""
        return read_dimension(self.name, self.values.text(), base)

    def show_examples(self, method: Method) -> None:
        """Show what may be written for that method."""
        self._method = method
        self._explain()

    def _help(self, field: VariableField) -> str:
        return f"{self.tr(field.help)}\n{field.limits}"

    def _explain(self) -> None:
        field = self._fields[self.field.currentIndex()]
        self.field.setToolTip(self._help(field))
        self.values.setPlaceholderText(self.tr("for example {values}").format(values=field.example_for(self._method)))
        self.values.setAccessibleName(self.tr("Values of {setting}").format(setting=self.tr(field.title)))
        self.values.setToolTip(
            "\n".join(
                (
                    field.limits,
                    self.tr("Single values: {example}").format(example=field.example),
                    *([self.tr("A range: {range}").format(range=field.range_example)] if field.range_example else ()),
                )
            )
        )

    @Slot()
    def _on_field_chosen(self) -> None:
        self._explain()
        self.changed.emit()

    @Slot()
    def _on_remove_clicked(self) -> None:
        self.removed.emit(self)


class SpaceEditor(QWidget):
    """The lines, and the way to one more."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[SpaceRow] = []
        self._base: TrainingConfig | None = None
        self._fields: tuple[VariableField, ...] = ()
        self._kept: tuple[tuple[str, str], ...] = ()
        self._method: Method = "grid"
        self.add = build.button(
            self.tr("Vary another setting"), name="add_setting", kind="quiet", clicked=self._on_add_clicked
        )
        self._lines = build.column()
        build.column(self._lines, (self.add, Qt.AlignmentFlag.AlignLeft), on=self)

    @property
    def is_empty(self) -> bool:
        """True before anybody has written a value."""
        return not any(row.values.text().strip() for row in self.rows)

    def set_base(self, base: TrainingConfig) -> None:
        """Vary settings of this recipe; lines that it has, too, stay."""
        if base == self._base:
            return
        kept = self.kept
        self._base, self._fields, self._kept = base, variable_fields(base), ()
        known = {field.name for field in self._fields}
        with QSignalBlocker(self):
            for row in list(self.rows):
                self._take(row)
            for name, text in [pair for pair in kept if pair[0] in known] or [(FIRST, "")]:
                self._append(name).values.setText(text)
        self.changed.emit()

    @property
    def kept(self) -> tuple[tuple[str, str], ...]:
        """The settings and what was written for each, for the next start."""
        return tuple((row.name, row.values.text()) for row in self.rows) or self._kept

    def restore(self, kept: tuple[tuple[str, str], ...]) -> None:
        """Begin with these, as far as the recipe has them. Call it before `set_base`."""
        self._kept = kept

    def show_examples(self, method: Method) -> None:
        """Show in empty fields what may be written for that method."""
        self._method = method
        for row in self.rows:
            row.show_examples(method)

    def dimensions(self) -> tuple[Choices | Range, ...]:
        """What all lines say. Raises InputError with a sentence on the first that says nothing that can be."""
        assert self._base is not None, "set_base comes first"
        if not self.rows:
            raise InputError(self.tr("There is nothing to vary; add a setting."))
        return tuple(row.dimension(self._base) for row in self.rows)

    def _append(self, name: str) -> SpaceRow:
        row = SpaceRow(self._fields)
        row.choose(name)
        row.show_examples(self._method)
        row.changed.connect(self.changed)
        row.removed.connect(self._on_removed)
        self.rows.append(row)
        self._lines.addWidget(row)
        return row

    def _take(self, row: SpaceRow) -> None:
        self.rows.remove(row)
        build.remove(self._lines, row)

    @Slot()
    def _on_add_clicked(self) -> None:
        used = {row.name for row in self.rows}
        name = next((field.name for field in self._fields if field.name not in used), self._fields[0].name)
        self._append(name).field.setFocus()
        self.changed.emit()

    @Slot(object)
    def _on_removed(self, row: SpaceRow) -> None:
        self._take(row)
        self.add.setFocus()
        self.changed.emit()

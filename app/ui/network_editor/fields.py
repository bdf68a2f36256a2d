"""The settings of the chosen layer, or of the output, as a form."""

from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QGridLayout, QWidget

from app.core.config.config import form_fields
from app.core.config.form import FormField, fields_of
from app.core.networks.draft import Draft
from app.ui import theme
from app.ui.common import build
from app.ui.common.containers import Card
from app.ui.common.field_control import FieldControl
from app.ui.common.layout import FitScroll


class UndoKeys(QObject):
    """Leaves undo and redo to the dialog, where a text field would take them for itself."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let nobody claim those keys."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            keys = QKeySequence.StandardKey
            if event.matches(keys.Undo) or event.matches(keys.Redo):
                event.ignore()
                return True
        return super().eventFilter(watched, event)


class LayerFields(Card):
    """Makes its form anew only when another kind of layer is chosen, so that the keyboard stays where it is."""

    edited = Signal(str, object)  # field, value

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._undo_keys = UndoKeys(self)
        self._title, self._help = build.label(role="title"), build.label(role="muted", wraps=True)
        self._controls: dict[str, FieldControl] = {}
        self._place = -1
        self._kind = ""
        self._form = QWidget()
        self._column = build.column(self._help, self._form, build.STRETCH)
        self.body.addWidget(self._title)
        self.body.addWidget(FitScroll(build.panel(self._column), upright=True), 1)

    def show_chosen(self, draft: Draft) -> None:
        """Show the values of the chosen layer, or of the output."""
        layer = draft.chosen_layer
        if layer is None:
            self._show(self.tr("Output"), self.tr("The last dense layer: one unit for each class."), _output_fields())
        else:
            title = self.tr("Layer {number}: {kind}").format(number=draft.chosen + 1, kind=layer.title)
            self._show(title, self.tr(layer.help), fields_of(type(layer)))
        values = draft if layer is None else layer
        for name, control in self._controls.items():
            control.blockSignals(True)
            if control.value != getattr(values, name) or draft.chosen != self._place:
                control.value = getattr(values, name)
            control.blockSignals(False)
        self._place = draft.chosen

    @property
    def problem(self) -> str:
        """Why a number that was typed cannot be used, or an empty text."""
        return next((control.problem for control in self._controls.values() if control.problem), "")

    def field_widget(self, name: str) -> QWidget:
        """The widget of a field."""
        return self._controls[name].widget

    def _show(self, title: str, words: str, fields: tuple[FormField, ...]) -> None:
        self._title.setText(title)
        if words == self._help.text():
            return
        self._help.setText(words)
        old = self._form
        self._form = QWidget()
        grid = QGridLayout(self._form)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.SPACING)
        grid.setVerticalSpacing(theme.SPACING // 2)
        grid.setColumnStretch(1, 1)
        self._controls = {field.name: FieldControl(field, self._form) for field in fields}
        for control in self._controls.values():
            control.add_to(grid)
            control.widget.installEventFilter(self._undo_keys)
            control.edited.connect(self._on_edited)
        self._column.insertWidget(self._column.indexOf(old), self._form)
        build.remove(self._column, old)

    @Slot()
    def _on_edited(self) -> None:
        control = self.sender()
        if isinstance(control, FieldControl):
            self.edited.emit(control.field.name, control.value)


def _output_fields() -> tuple[FormField, ...]:
    """The output's fields; here, where all is about the output, "Initializer" says enough."""
    fields = {field.name: field for field in form_fields()}
    initializer = replace(fields["output_initializer"], title="Initializer")
    return fields["output"], initializer

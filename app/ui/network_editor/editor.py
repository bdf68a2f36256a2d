"""The editor of a network: its layers, what Keras will make of them, and what is wrong, while one types."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QWidget,
)

from app.core.config.config import TrainingConfig
from app.core.config.layers import Layer, shape_text
from app.core.config.notation import layers_text, parse_layers
from app.core.errors import InputError
from app.core.networks.draft import Draft, DraftHistory
from app.core.networks.findings import Finding
from app.core.networks.summary import NetworkSummary, network_summary
from app.ui import theme
from app.ui.common import build
from app.ui.common.layout import keep_width
from app.ui.common.messages import Banner, Messages
from app.ui.network_editor.fields import LayerFields, UndoKeys
from app.ui.network_editor.layers import LayerLine, LayersCard
from app.ui.network_editor.views import NetworkViews

# What is wrong with a network, and what is doubtful, in sentences.

PROBLEM, WARNING = "✗", "▲"


class Findings(QScrollArea):
    """A line for each finding: a cross for problems, a triangle for warnings."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._problems = build.label(name="problems", role="error", wraps=True, selectable=True)
        self._warnings = build.label(name="warnings", role="muted", wraps=True, selectable=True)
        column = build.column(build.STRETCH, self._problems, self._warnings, build.STRETCH, spacing=2)
        self.setWidget(build.panel(column))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(3 * self.fontMetrics().lineSpacing() + 4)

    def show_findings(self, problems: Sequence[str], warnings: Sequence[Finding]) -> None:
        """Show them, problems first; nothing found is good news."""
        good = self.tr("✓  The layers fit together.")
        self._problems.setText("\n".join(f"{PROBLEM}  {text}" for text in problems))
        said = "\n".join(f"{WARNING}  {warning.text}" for warning in warnings)
        self._warnings.setText(said or ("" if problems else good))
        for label in (self._problems, self._warnings):
            label.setVisible(bool(label.text()))
        self.verticalScrollBar().setValue(0)


# A network as one line of text, which can be typed, copied and pasted.

LONGEST = 8000
"""More letters than the most layers a network may have need."""


class NotationLine(QWidget):
    """Says which layers were typed; a text that means none is kept until it does, or until the layers change."""

    layers_typed = Signal(object)  # a tuple of Layer
    not_understood = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.problem = ""
        invitation = self.tr("No hidden layer; try: conv2d 32 3x3 relu, max_pooling2d 2, dense 128")
        tip = self.tr(
            "The layers in one line, as the command line takes them with --set layers=…\nType, copy or paste."
        )
        self._line = build.named(QLineEdit(maxLength=LONGEST, placeholderText=invitation), "notation", tip=tip)
        self._line.installEventFilter(UndoKeys(self))
        self._line.textEdited.connect(self._on_edited)
        build.row(build.label(self.tr("In one line"), buddy=self._line), (self._line, 1), on=self)

    def show_layers(self, layers: tuple[Layer, ...]) -> None:
        """Write the layers, unless the line says so already in other words."""
        if self.problem or _meaning(self._line.text()) != layers:
            self._line.setText(layers_text(layers))
            self._line.setCursorPosition(0)
        self.problem = ""

    @Slot(str)
    def _on_edited(self, text: str) -> None:
        try:
            layers = parse_layers(text)
        except InputError as error:
            self.problem = str(error)
            self.not_understood.emit()
            return
        self.problem = ""
        self.layers_typed.emit(layers)


def _meaning(text: str) -> tuple[Layer, ...] | None:
    try:
        return parse_layers(text)
    except InputError:
        return None


SMALLEST_SIZE = QSize(800, 440)
LAYERS_WIDTH = 248
FIELDS_WIDTH = 236
INSET = 40
"""By how much the dialog is smaller than the window below it."""
TALL = 760
"""Where there is room for the table below the diagram."""


class NetworkEditor(QDialog):
    """Edits the layers and the output of a config. Read `config()` once it is accepted."""

    def __init__(self, config: TrainingConfig, classes: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Edit network"))
        self.setMinimumSize(SMALLEST_SIZE)
        self.resize(self._preferred_size())
        self._config, self._classes = config, classes
        self._history = DraftHistory(Draft.of(config))
        self._question: QMessageBox | None = None
        self._notation, self._layers, self._fields = NotationLine(), LayersCard(), LayerFields()
        self._views, self._findings = NetworkViews(classes), Findings()
        self._views.show_both(self.height() >= TALL)
        button = partial(build.button, auto_default=False)
        self._undo = button(name="undo", kind="square", clicked=self._on_undo_clicked)
        self._redo = button(name="redo", kind="square", clicked=self._on_redo_clicked)
        self._cancel = button(self.tr("Cancel"), name="cancel", clicked=self.reject)
        self._ok = button(self.tr("OK"), name="ok", kind="primary", clicked=self.accept)
        self._messages = Messages(self)  # a dialog shows its own
        self._banner = Banner(self._messages)
        self._lay_out()
        self._connect()
        self._refresh()
        self._layers.list.setFocus()

    def layers(self) -> tuple[Layer, ...]:
        """The hidden layers as they are now."""
        return self._history.draft.layers

    def config(self) -> TrainingConfig:
        """The config with the network as it is now."""
        return self._history.draft.config(self._config)

    @Slot()
    def reject(self) -> None:
        """Leave the network as it was; ask first if that loses anything."""
        if not self._history.is_changed and not self._notation.problem:
            super().reject()
            return
        buttons = QMessageBox.StandardButton
        self._question = QMessageBox(
            QMessageBox.Icon.Question,
            self.tr("Discard the changes?"),
            self.tr("The network was changed. Discard the changes?"),
            buttons.Discard | buttons.Cancel,
            self,
        )
        self._question.button(buttons.Cancel).setText(self.tr("Continue editing"))
        self._question.setDefaultButton(buttons.Cancel)
        self._question.finished.connect(self._on_question_answered)
        self._question.open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter belongs to the field one types in; only together with Ctrl it accepts."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
            return
        focused = self.focusWidget()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._ok.click()
        elif isinstance(focused, QPushButton):
            focused.click()

    def _preferred_size(self) -> QSize:
        """Nearly as large as the window below."""
        parent = self.parentWidget()
        around = parent.window().size() if parent is not None else self.screen().availableSize()
        return (around - QSize(INSET, INSET)).expandedTo(SMALLEST_SIZE)

    def _lay_out(self) -> None:
        keep_width(self._layers, LAYERS_WIDTH)
        keep_width(self._fields, FIELDS_WIDTH)
        for button in (self._undo, self._redo):
            button.setFixedWidth(theme.CONTROL_HEIGHT + 4)
        gap = theme.SPACING
        build.column(
            self._banner,
            build.row((self._notation, 1), self._views.switches),
            (build.row(self._layers, self._fields, (self._views, 1), spacing=theme.MARGIN), 1),
            build.row(self._undo, self._redo, gap, (self._findings, 1), gap, self._cancel, self._ok),
            on=self,
            margins=theme.MARGIN,
            spacing=theme.PADDING,
        )

    def _connect(self) -> None:
        self._notation.layers_typed.connect(self._on_layers_typed)
        self._notation.not_understood.connect(self._show_findings)
        self._layers.layer_chosen.connect(self._on_layer_chosen)
        self._layers.layer_dropped.connect(self._on_layer_dropped)
        self._layers.add_requested.connect(self._on_add_requested)
        self._layers.duplicate_requested.connect(self._on_duplicate_requested)
        self._layers.remove_requested.connect(self._on_remove_requested)
        self._layers.move_requested.connect(self._on_move_requested)
        self._fields.edited.connect(self._on_field_edited)
        self._views.summary.layer_chosen.connect(self._on_layer_chosen)
        self._views.diagram.failed.connect(self._messages.error)
        for button, keys in ((self._undo, ("Ctrl+Z",)), (self._redo, ("Ctrl+Y", "Ctrl+Shift+Z"))):
            shortcut = QShortcut(self)
            shortcut.setKeys([QKeySequence(key) for key in keys])
            shortcut.activated.connect(button.click)
        theme.notifier().changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _go_on(self, draft: Draft, step: str = "") -> None:
        self._history.do(draft, step)
        self._refresh()

    def _refresh(self) -> None:
        """Show the network as it is now, everywhere."""
        draft, config = self._history.draft, self.config()
        self._network = network_summary(config, self._classes)
        self._notation.show_layers(draft.layers)
        self._layers.show_layers(_lines(draft, self._network, self._output_line(draft)), draft.chosen)
        self._fields.show_chosen(draft)
        self._views.show_network(config, self._network, draft.chosen)
        self._show_findings()

    @Slot()
    def _show_findings(self) -> None:
        """Say what is wrong and whether the network can be used as it is."""
        problems = [problem for problem in (self._notation.problem, self._fields.problem) if problem]
        problems += [problem.text for problem in self._network.problems]
        self._findings.show_findings(problems, self._network.warnings)
        self._layers.show_parameters(self._network.parameters)
        self._ok.setEnabled(not problems)
        self._ok.setToolTip(problems[0] if problems else self.tr("Train this network (Ctrl+Enter)"))
        for button, possible, tip, why_not in (
            (self._undo, self._history.can_undo, self.tr("Undo (Ctrl+Z)"), self.tr("There is nothing to undo")),
            (self._redo, self._history.can_redo, self.tr("Redo (Ctrl+Y)"), self.tr("There is nothing to redo")),
        ):
            button.setEnabled(possible)
            button.setToolTip(tip if possible else why_not)
            button.setAccessibleName(tip)

    def _output_line(self, draft: Draft) -> LayerLine:
        details = self.tr("{kind}, one unit for each class").format(kind=self.tr(draft.output))
        return LayerLine("", self.tr("Output"), details, str(self._classes))

    @Slot(object)
    def _on_layers_typed(self, layers: tuple[Layer, ...]) -> None:
        self._go_on(self._history.draft.with_layers(layers), "notation")

    @Slot(int)
    def _on_layer_chosen(self, position: int) -> None:
        self._go_on(self._history.draft.choose(position))

    @Slot(int, int)
    def _on_layer_dropped(self, start: int, place: int) -> None:
        self._go_on(self._history.draft.move(start, place))

    @Slot(object)
    def _on_add_requested(self, layer: Layer) -> None:
        self._go_on(self._history.draft.insert(layer))

    @Slot()
    def _on_duplicate_requested(self) -> None:
        layer = self._history.draft.chosen_layer
        if layer is not None:
            self._go_on(self._history.draft.insert(layer))

    @Slot()
    def _on_remove_requested(self) -> None:
        self._go_on(self._history.draft.remove())

    @Slot(int)
    def _on_move_requested(self, places: int) -> None:
        draft = self._history.draft
        self._go_on(draft.move(draft.chosen, draft.chosen + places))

    @Slot(str, object)
    def _on_field_edited(self, name: str, value: object) -> None:
        draft = self._history.draft
        layer = draft.chosen_layer
        values: dict[str, Any] = {name: value}
        changed = replace(draft, **values) if layer is None else draft.change(layer.changed(**values))
        self._go_on(changed, f"{name} of {draft.chosen}")

    @Slot()
    def _on_undo_clicked(self) -> None:
        self._history.undo()
        self._refresh()

    @Slot()
    def _on_redo_clicked(self) -> None:
        self._history.redo()
        self._refresh()

    @Slot(int)
    def _on_question_answered(self, answer: int) -> None:
        if self._question is not None:
            self._question.deleteLater()
            self._question = None
        if answer == QMessageBox.StandardButton.Discard.value:
            super().reject()

    @Slot()
    def _on_theme_changed(self) -> None:
        for button in (self._undo, self._redo):
            button.setIcon(theme.icon(button.objectName()))


def _lines(draft: Draft, network: NetworkSummary, output: LayerLine) -> list[LayerLine]:
    """What the list says of each layer, and of the output."""
    shapes = {row.position: shape_text(row.shape) for row in network.rows}
    marks = {finding.position: (WARNING, finding.text) for finding in network.warnings}
    marks |= {finding.position: (PROBLEM, finding.text) for finding in network.problems}
    lines = [
        LayerLine(
            str(position + 1),
            layer.title,
            layer.details,
            shapes.get(position, ""),
            *marks.get(position, ("", "")),
        )
        for position, layer in enumerate(draft.layers)
    ]
    return [*lines, output]

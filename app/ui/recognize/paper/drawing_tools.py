"""The tools above the paper."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QPushButton, QSlider, QWidget

from app.ui import theme
from app.ui.common import build
from app.ui.recognize.paper.canvas import DEFAULT_BRUSH, LARGEST_BRUSH, SMALLEST_BRUSH, Tool

_PEN, _ERASER = "P", "E"
_SLIDER, _COMPACT_SLIDER = 64, 48


class DrawingTools(QWidget):
    """Pen, eraser, brush size, undo, redo, clear. Knows nothing of the paper."""

    tool_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pen = self._tool(Tool.PEN, self.tr("Pen"), self.tr("Draw (P)"), _PEN)
        self.eraser = self._tool(Tool.ERASER, self.tr("Eraser"), self.tr("Erase (E)"), _ERASER)
        self.pen.setChecked(True)
        self._tools = QButtonGroup(self)
        for button in (self.pen, self.eraser):
            self.add_tool(button)
        self.brush_size = QSlider(Qt.Orientation.Horizontal)
        self.brush_size.setRange(SMALLEST_BRUSH, LARGEST_BRUSH)
        self.brush_size.setValue(DEFAULT_BRUSH)
        self.brush_size.setFixedWidth(_SLIDER)
        tip = self.tr("Brush size on the paper. The network sees every stroke as thick as in its training data.")
        build.named(self.brush_size, "", says=self.tr("Brush size"), tip=tip)
        self.undo = self._action("undo", self.tr("Undo (Ctrl+Z)"), QKeySequence.StandardKey.Undo, "Ctrl+Z")
        self.redo = self._action("redo", self.tr("Redo (Ctrl+Y)"), QKeySequence.StandardKey.Redo, "Ctrl+Y")
        self.clear = build.button(self.tr("Clear"))
        self._clear_tip = self.tr("Clear the paper (Delete or Esc)")
        self._possible: tuple[bool, bool, bool] | None = None
        self._lay_out()
        theme.notifier().changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def add_tool(self, button: QAbstractButton) -> None:
        """Let one more button choose a tool, which has the button's object name; one of all is chosen."""
        self._tools.addButton(button)
        button.toggled.connect(self._on_tool_toggled)

    def set_possible(self, undo: bool, redo: bool, clear: bool) -> None:
        """Say which of the three make sense now."""
        if self._possible == (undo, redo, clear):
            return  # asked with every move of the pointer
        self._possible = (undo, redo, clear)
        why = (
            (self.undo, undo, self.tr("Undo (Ctrl+Z)"), self.tr("There is nothing to undo")),
            (self.redo, redo, self.tr("Redo (Ctrl+Y)"), self.tr("There is nothing to redo")),
            (self.clear, clear, self._clear_tip, self.tr("The paper is empty already")),
        )
        for button, possible, tip, reason in why:
            button.setEnabled(possible)
            button.setToolTip(tip if possible else reason)

    def set_compact(self, is_compact: bool) -> None:
        """Show only the icons where there is little room."""
        for button, words, key in ((self.pen, self.tr("Pen"), _PEN), (self.eraser, self.tr("Eraser"), _ERASER)):
            button.setText("" if is_compact else words)
            button.setShortcut(QKeySequence(key))  # another text takes it away
            button.setAccessibleName(words)
        self._size_label.setVisible(not is_compact)
        self.brush_size.setFixedWidth(_COMPACT_SLIDER if is_compact else _SLIDER)

    def _lay_out(self) -> None:
        label = self._size_label = build.label(self.tr("Size"), role="muted", buddy=self.brush_size)
        left = self.pen, self.eraser, label, self.brush_size
        right = self.undo, self.redo, self.clear
        build.row(*left, build.STRETCH, *right, on=self, spacing=theme.SPACING - 2)

    def _tool(self, tool: Tool, words: str, tip: str, key: str) -> QPushButton:
        return build.button(words, name=tool, tip=tip, checkable=True, keys=key)

    def _action(self, name: str, tip: str, key: QKeySequence.StandardKey, other: str) -> QPushButton:
        button = build.button(name=name, kind="square", tip=tip, says=tip)
        button.setFixedWidth(theme.CONTROL_HEIGHT + 4)
        keys = {sequence.toString(): sequence for sequence in (*QKeySequence.keyBindings(key), QKeySequence(other))}
        shortcut = QShortcut(self)
        shortcut.setKeys(list(keys.values()))
        shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        shortcut.activated.connect(button.click)
        return button

    @Slot(bool)
    def _on_tool_toggled(self, is_checked: bool) -> None:
        if is_checked:
            self.tool_chosen.emit(self.sender().objectName())

    @Slot()
    def _on_theme_changed(self) -> None:
        for button in (self.pen, self.eraser, self.undo, self.redo):
            button.setIcon(theme.icon(button.objectName()))

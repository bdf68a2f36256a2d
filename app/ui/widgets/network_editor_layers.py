"""The card with the layers and the buttons that add, remove and move them."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QWidget

from app.core.models.layer_form import LAYER_KINDS
from app.ui import theme
from app.ui.icons import icon
from app.ui.widgets.card import Card
from app.ui.widgets.menu_button import give_menu
from app.ui.widgets.network_editor_list import LayerLine, LayerList


class LayersCard(Card):
    """Says what is wanted of the layers; what becomes of them is the editor's business."""

    add_requested = Signal(object)  # a Layer
    duplicate_requested = Signal()
    remove_requested = Signal()
    move_requested = Signal(int)  # by how many places

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Layers"), parent)
        self.list = LayerList()
        self.list.setObjectName("layers")
        self.layer_chosen, self.layer_dropped = self.list.layer_chosen, self.list.layer_dropped
        self._add = self._button("add_layer", self.tr("Add"), "Ins")
        give_menu(self._add, self._make_menu())
        self._add.setToolTip(self.tr("Add a layer after the selected one (Insert)"))
        self._duplicate = self._button("duplicate_layer", "", "Ctrl+D")
        self._remove = self._button("remove_layer", "✗", "Del")
        self._up = self._button("move_up", "↑", "Alt+Up")
        self._down = self._button("move_down", "↓", "Alt+Down")
        for button in (self._duplicate, self._remove, self._up, self._down):
            button.setProperty("kind", "square")
            button.setFixedWidth(theme.CONTROL_HEIGHT)
        self._parameters = QLabel()
        self._parameters.setObjectName("parameters")
        self._parameters.setProperty("role", "muted")
        self.header.addWidget(self._parameters)
        row = QHBoxLayout()
        row.setSpacing(theme.SPACING // 2)
        row.addWidget(self._add, 1)
        for button in (self._duplicate, self._remove, self._up, self._down):
            row.addWidget(button)
        self.body.addLayout(row)
        self.body.addWidget(self.list, 1)
        theme.notifier().changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self._duplicate.clicked.connect(self._on_duplicate_clicked)
        self._remove.clicked.connect(self._on_remove_clicked)
        self._up.clicked.connect(self._on_up_clicked)
        self._down.clicked.connect(self._on_down_clicked)

    def show_layers(self, lines: Sequence[LayerLine], chosen: int) -> None:
        """Show the layers and the output, and offer what can be done with the chosen one."""
        self.list.show_lines(lines, chosen)
        last = len(lines) - 2
        is_output = self.tr("The output is always the last layer") if chosen > last else ""
        at_top = self.tr("This layer is already the first") if chosen == 0 else ""
        at_bottom = self.tr("This layer is already the last") if chosen == last else ""
        for button, why_not, tip in (
            (self._duplicate, is_output, self.tr("Add another layer like the selected one (Ctrl+D)")),
            (self._remove, is_output, self.tr("Remove the selected layer (Delete)")),
            (self._up, is_output or at_top, self.tr("Move the selected layer up (Alt+Up)")),
            (self._down, is_output or at_bottom, self.tr("Move the selected layer down (Alt+Down)")),
        ):
            button.setEnabled(not why_not)
            button.setToolTip(why_not or tip)
            button.setAccessibleName(tip)

    def show_parameters(self, count: int) -> None:
        """Say how large the network is."""
        self._parameters.setText(self.tr("{count} parameters").format(count=f"{count:,}"))

    def _button(self, name: str, text: str, keys: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAutoDefault(False)
        shortcut = QShortcut(QKeySequence(keys), self)
        # Only here: elsewhere in the dialog these keys open a choice or erase a letter.
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(button.click)
        return button

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for position, kind in enumerate(LAYER_KINDS):
            action = menu.addAction(kind.title)
            action.setToolTip(self.tr(kind.help))
            action.setData(position)
        menu.triggered.connect(self._on_kind_triggered)
        return menu

    @Slot(QAction)
    def _on_kind_triggered(self, action: QAction) -> None:
        self.add_requested.emit(LAYER_KINDS[action.data()].usual)

    @Slot()
    def _on_duplicate_clicked(self) -> None:
        self.duplicate_requested.emit()

    @Slot()
    def _on_remove_clicked(self) -> None:
        self.remove_requested.emit()

    @Slot()
    def _on_up_clicked(self) -> None:
        self.move_requested.emit(-1)

    @Slot()
    def _on_down_clicked(self) -> None:
        self.move_requested.emit(1)

    @Slot()
    def _on_theme_changed(self) -> None:
        self._duplicate.setIcon(icon("duplicate"))

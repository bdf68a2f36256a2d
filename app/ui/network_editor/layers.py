"""The layers of a network below each other: chosen by click or arrow keys, moved by dragging."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Unpack

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QAction,
    QColor,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFontMetrics,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QShortcut,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QMenu,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.core.config.layers import LAYER_KINDS
from app.ui import theme
from app.ui.common import build
from app.ui.common.containers import Card
from app.ui.common.dialogs import give_menu
from app.ui.common.lists import NOWHERE, Index, style_list

LAYER_MIME = "application/x-softmax-studio-layer"
ROW_HEIGHT = 46
_GAP = 3
_NUMBER_WIDTH = 28


@dataclass(frozen=True)
class LayerLine:
    """What a row says of a layer. `mark` is "✗" for a problem, "▲" for a warning, which `finding` tells."""

    number: str
    title: str
    details: str
    shape: str
    mark: str = ""
    finding: str = ""

    @property
    def spoken(self) -> str:
        """The whole row in words, for screen readers and tooltips."""
        words = ", ".join(part for part in (self.title, self.details, self.shape) if part)
        return f"{words}\n{self.finding}" if self.finding else words


class LayerListModel(QAbstractListModel):
    """The layers, and as its last row the output, which stays where it is."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._lines: tuple[LayerLine, ...] = ()

    @property
    def lines(self) -> tuple[LayerLine, ...]:
        """What is shown."""
        return self._lines

    def set_lines(self, lines: Sequence[LayerLine]) -> None:
        """Show these rows."""
        if len(lines) == len(self._lines):
            self._lines = tuple(lines)
            self.dataChanged.emit(self.index(0), self.index(len(lines) - 1))
            return
        self.beginResetModel()
        self._lines = tuple(lines)
        self.endResetModel()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Layers and the output."""
        return 0 if parent.isValid() else len(self._lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The title; the delegate paints the rest."""
        line = self._lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return line.title
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return line.spoken
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Layers can be dragged, and dropped between others."""
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsDragEnabled if index.row() < len(self._lines) - 1 else flags

    def supportedDropActions(self) -> Qt.DropAction:
        """A layer that is dragged leaves its place."""
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        """What a dragged layer is known by."""
        return [LAYER_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The place of the dragged layer."""
        mime = QMimeData()
        mime.setData(LAYER_MIME, str(indexes[0].row()).encode())
        return mime


class LayerList(QListView):
    """Shows a `LayerListModel`. It only says what the user wants; the layers change elsewhere."""

    layer_chosen = Signal(int)
    layer_dropped = Signal(int, int)  # from where, to which place among the others

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = LayerListModel(self)
        self.setModel(self._lines)
        self.setItemDelegate(LayerDelegate(self))
        style_list(self, "layers", self.tr("Layers"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDropIndicatorShown(False)  # Qt's own would only lead between rows, not to their halves
        self._drop_place: int | None = None
        self.setUniformItemSizes(True)

    @property
    def lines(self) -> tuple[LayerLine, ...]:
        """What is shown."""
        return self._lines.lines

    def show_lines(self, lines: Sequence[LayerLine], chosen: int) -> None:
        """Show these rows, one of them chosen."""
        with QSignalBlocker(self):
            self._lines.set_lines(lines)
            self.setCurrentIndex(self._lines.index(chosen))
        self.scrollTo(self._lines.index(chosen))

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Say which layer is chosen now."""
        super().currentChanged(current, previous)
        if current.isValid():
            self.layer_chosen.emit(current.row())

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """A layer can be dropped anywhere: above the row under the pointer, or below it."""
        super().dragMoveEvent(event)
        if event.mimeData().hasFormat(LAYER_MIME):
            self._drop_place = self._place(event.position().toPoint())
            self.viewport().update()
            event.accept()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Show no place any more."""
        super().dragLeaveEvent(event)
        self._drop_place = None
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows, and a line where a dragged layer would go."""
        super().paintEvent(event)
        if self._drop_place is None:
            return
        y = max(1, self.visualRect(self._lines.index(self._drop_place)).top() - _GAP // 2)
        painter = QPainter(self.viewport())
        painter.setPen(QPen(QColor(theme.colours().accent), theme.FOCUS_LINE))
        painter.drawLine(0, y, self.viewport().width(), y)
        painter.end()

    def dropEvent(self, event: QDropEvent) -> None:
        """Say where the layer was dropped. Qt must not move rows itself: the layers decide what is shown."""
        start = int(bytes(event.mimeData().data(LAYER_MIME).data()).decode() or -1)
        place = self._place(event.position().toPoint())
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        self.setState(QAbstractItemView.State.NoState)
        self._drop_place = None
        self.viewport().update()
        if start >= 0:
            self.layer_dropped.emit(start, place - 1 if start < place else place)

    def _place(self, point: QPoint) -> int:
        """Above which row a point lies, at most above the output."""
        index, last = self.indexAt(point), max(0, self._lines.rowCount() - 1)
        if not index.isValid():
            return last
        return min(last, index.row() + (point.y() > self.visualRect(index).center().y()))


class LayerDelegate(QStyledItemDelegate):
    """Paints a row as a small card: number, title and mark, below them the details and the shape."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All rows are equally high."""
        return QSize(0, ROW_HEIGHT + _GAP)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One row."""
        model = index.model()
        assert isinstance(model, LayerListModel)
        line, colours = model.lines[index.row()], theme.colours()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        card = rect.adjusted(1, 1, -1, -1 - _GAP)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, card, state)
        small = theme.small(painter.font())
        top = QRect(card.left(), card.top() + 4, card.width(), card.height() // 2 - 2)
        bottom = QRect(card.left(), top.bottom(), card.width(), card.height() // 2 - 3)
        _write(painter, top.adjusted(8, 0, 0, 0), line.number, colours.muted, _LEFT)
        mark_colour = colours.wrong_text if line.mark == "✗" else colours.validation
        _write(painter, top.adjusted(0, 0, -8, 0), line.mark, mark_colour, _RIGHT)
        _write(painter, top.adjusted(_NUMBER_WIDTH, 0, -22, 0), line.title, colours.text, _LEFT)
        painter.setFont(small)
        _write(painter, bottom.adjusted(0, 0, -8, 0), line.shape, colours.muted, _RIGHT)
        taken = QFontMetrics(small).horizontalAdvance(line.shape) + 2 * theme.SPACING
        _write(painter, bottom.adjusted(_NUMBER_WIDTH, 0, -taken, 0), line.details, colours.muted, _LEFT)
        painter.restore()

    def _paint_ground(self, painter: QPainter, card: QRect, state: QStyle.StateFlag) -> None:
        colours = theme.colours()
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        focused = chosen and bool(state & QStyle.StateFlag.State_HasFocus)
        width = theme.FOCUS_LINE if focused else theme.LINE
        painter.setPen(QPen(QColor(colours.accent if chosen else colours.line), width))
        painter.setBrush(QColor(colours.accent_soft if chosen else colours.control))
        inset = width / 2
        place = QRectF(card).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(place, theme.CONTROL_RADIUS, theme.CONTROL_RADIUS)


def _write(painter: QPainter, place: QRect, text: str, colour: str, alignment: Qt.AlignmentFlag) -> None:
    """A line of text, cut short where there is no room."""
    fitting = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, place.width())
    painter.setPen(QColor(colour))
    painter.drawText(place, alignment | Qt.AlignmentFlag.AlignVCenter, fitting)


_LEFT, _RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight


# The card with the layers and the buttons that add, remove and move them.


class LayersCard(Card):
    """Says what is wanted of the layers; what becomes of them is the editor's business."""

    add_requested = Signal(object)  # a Layer
    duplicate_requested = Signal()
    remove_requested = Signal()
    move_requested = Signal(int)  # by how many places

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Layers"), parent)
        self.list = LayerList()
        self.layer_chosen, self.layer_dropped = self.list.layer_chosen, self.list.layer_dropped
        tip = self.tr("Add a layer after the selected one (Insert)")
        self._add = self._button(self.tr("Add"), "Ins", name="add_layer", tip=tip)
        give_menu(self._add, self._make_menu())
        self._duplicate = self._button("", "Ctrl+D", name="duplicate_layer", kind="square")
        self._remove = self._button("✗", "Del", name="remove_layer", kind="square")
        self._up = self._button("↑", "Alt+Up", name="move_up", kind="square")
        self._down = self._button("↓", "Alt+Down", name="move_down", kind="square")
        small = self._duplicate, self._remove, self._up, self._down
        for button in small:
            button.setFixedWidth(theme.CONTROL_HEIGHT)
        self._parameters = build.label(name="parameters", role="muted")
        self.header.addWidget(self._parameters)
        self.body.addLayout(build.row((self._add, 1), *small, spacing=theme.SPACING // 2))
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

    def _button(self, text: str, shortcut_keys: str, **look: Unpack[build.ButtonLook]) -> QPushButton:
        button = build.button(text, auto_default=False, **look)
        shortcut = QShortcut(QKeySequence(shortcut_keys), self)
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
        self.add_requested.emit(LAYER_KINDS[action.data()])

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
        self._duplicate.setIcon(theme.icon("duplicate"))

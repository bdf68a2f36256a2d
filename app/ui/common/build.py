"""The small parts that every page is built of: labels and buttons with their look, and rows and columns of them."""

from typing import Any, TypedDict, TypeVar, Unpack

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QBoxLayout,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.ui import theme
from app.ui.common.text import LEFT, RIGHT, ElidedLabel

STRETCH = -1
"""In a row or a column: whatever room is left."""

Part = QWidget | QLayout | int | tuple[QWidget | QLayout, int] | tuple[QWidget, Qt.AlignmentFlag]
"""Of a row: a widget or a layout, alone, with its share of the room, or with its place in it; or a gap in pixels."""

Margins = int | tuple[int, int, int, int]
"""The same on all sides; or left, top, right and bottom."""

_Box = TypeVar("_Box", bound=QBoxLayout)
_Button = TypeVar("_Button", bound=QAbstractButton)
_Widget = TypeVar("_Widget", bound=QWidget)


def row(*parts: Part, on: QWidget | None = None, margins: Margins = 0, spacing: int = theme.SPACING) -> QHBoxLayout:
    """Parts beside each other: the layout `on` a widget, or one to be added to another."""
    return _filled(QHBoxLayout(), parts, on, margins, spacing)


def column(*parts: Part, on: QWidget | None = None, margins: Margins = 0, spacing: int = theme.SPACING) -> QVBoxLayout:
    """Parts below each other: the layout `on` a widget, or one to be added to another."""
    return _filled(QVBoxLayout(), parts, on, margins, spacing)


def panel(layout: QLayout) -> QWidget:
    """A widget that holds nothing but a layout."""
    holder = QWidget()
    holder.setLayout(layout)
    return holder


def remove(layout: QLayout, widget: QWidget) -> None:
    """Take a widget out of its layout, and delete it soon.

    In this order: of a layout that was filled before it was put in its place, PySide keeps an object for each item. If
    Qt deletes the item by itself (its widget is deleted, or moved to another layout), that object stays with its
    address, and whatever comes to lie there next, such as a thread, crashes the program when it is deleted.
    """
    layout.removeWidget(widget)
    widget.hide()
    widget.deleteLater()


def form(
    *rows: tuple[str, QWidget], role: str = "", across: int = theme.SPACING, down: int = theme.SPACING
) -> QFormLayout:
    """Labels of one role beside their widgets, with the spacing across and down."""
    layout = QFormLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setHorizontalSpacing(across)
    layout.setVerticalSpacing(down)
    for text, widget in rows:
        layout.addRow(label(text, role=role, buddy=widget), widget)
    return layout


def label(
    text: str = "",
    *,
    name: str = "",
    role: str = "",
    tip: str = "",
    wraps: bool = False,
    fills: bool = False,
    selectable: bool = False,
    align: Qt.AlignmentFlag | None = None,
    buddy: QWidget | None = None,
) -> QLabel:
    """Plain text. One that `fills` takes whatever width it is given, rather than ask for one."""
    made = named(QLabel(text, textFormat=Qt.TextFormat.PlainText, wordWrap=wraps), name, tip=tip)
    made.setProperty("role", role)
    if fills:
        policy = made.sizePolicy()  # which knows that a line more is needed where there is less width
        policy.setHorizontalPolicy(QSizePolicy.Policy.Ignored)
        made.setSizePolicy(policy)
    if selectable:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if align is not None:
        made.setAlignment(align)
    if buddy is not None:
        made.setBuddy(buddy)
    return made


def elided(*, name: str = "", role: str = "") -> ElidedLabel:
    """A line that is cut short where there is no room for it."""
    made = named(ElidedLabel(), name)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    return made


def named(widget: _Widget, name: str, *, says: str = "", tip: str = "") -> _Widget:
    """A widget with its object name, its accessible name and its tooltip."""
    widget.setObjectName(name)
    widget.setAccessibleName(says)
    widget.setToolTip(tip)
    return widget


class ButtonLook(TypedDict, total=False):
    """Keywords of buttons."""

    name: str
    kind: str  # of the style sheet
    tip: str
    says: str  # its accessible name, where its text does not say what it does
    clicked: Any  # a slot or a signal
    checkable: bool
    keys: QKeySequence | str
    focus: Qt.FocusPolicy


def button(text: str = "", *, auto_default: bool = True, **look: Unpack[ButtonLook]) -> QPushButton:
    """A button; in a dialog, Enter presses it while it has the focus, if `auto_default`."""
    return _dressed(QPushButton(text, autoDefault=auto_default), look)


def tool_button(text: str = "", *, height: int = 0, **look: Unpack[ButtonLook]) -> QToolButton:
    """A smaller button, which takes the focus from nobody when it is clicked."""
    made = QToolButton()
    made.setText(text)
    if height:
        made.setFixedHeight(height)
    return _dressed(made, look)


def dialog_buttons(dialog: QDialog, text: str, *, name: str = "") -> tuple[QDialogButtonBox, QPushButton]:
    """Cancel, and what confirms the dialog: both in a box, and the second one."""
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    confirm = box.addButton(text, QDialogButtonBox.ButtonRole.AcceptRole)
    box.accepted.connect(dialog.accept)
    box.rejected.connect(dialog.reject)
    return box, _dressed(confirm, {"name": name, "kind": "primary"})


def class_table(name: str, *titles: str, says: str) -> QTableWidget:
    """A table of classes: their names at the left, which can be edited, and numbers at the right."""
    table = named(QTableWidget(0, len(titles)), name, says=says)
    for column, title in enumerate(titles):
        item = QTableWidgetItem(title)
        item.setTextAlignment(RIGHT if column else LEFT)
        table.setHorizontalHeaderItem(column, item)
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    table.verticalHeader().hide()
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setTabKeyNavigation(False)
    return table


def _filled(layout: _Box, parts: tuple[Part, ...], on: QWidget | None, margins: Margins, spacing: int) -> _Box:
    layout.setContentsMargins(*([margins] * 4 if isinstance(margins, int) else margins))
    layout.setSpacing(spacing)
    if on is not None:
        on.setLayout(layout)
    for part in parts:
        match part:
            case QWidget():
                layout.addWidget(part)
            case QLayout():
                layout.addLayout(part)
            case int():
                layout.addStretch(1) if part == STRETCH else layout.addSpacing(part)
            case QWidget() as widget, Qt.AlignmentFlag() as place:
                layout.addWidget(widget, 0, place)
            case QWidget() as widget, int(share):
                layout.addWidget(widget, share)
            case QLayout() as inner, int(share):
                layout.addLayout(inner, share)
    return layout


def _dressed(made: _Button, look: ButtonLook) -> _Button:
    named(made, look.get("name", ""), says=look.get("says", ""), tip=look.get("tip", ""))
    made.setProperty("kind", look.get("kind", ""))
    made.setCheckable(look.get("checkable", False))
    if "keys" in look:
        made.setShortcut(look["keys"])
    if "focus" in look:
        made.setFocusPolicy(look["focus"])
    if "clicked" in look:
        made.clicked.connect(look["clicked"])
    return made

"""The bar above the table of runs: what to look for, and what to group by."""

import re
from datetime import datetime

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QLineEdit,
    QMenu,
    QWidget,
)

from app.core.runs.columns import COLUMNS, GROUPABLE
from app.core.runs.listing import Query, RunList, read_query
from app.core.runs.records import RunState
from app.ui import theme
from app.ui.common import build
from app.ui.common.dialogs import give_menu
from app.ui.runs.text import column_title, runs_text, state_words

# Column names, offered while a condition is typed into the field of the Runs page.

_NAME = re.compile(r"(?<![^\s])[\w]{2,}$")
"""What is being typed at the end of a text, if it can be the name of a column."""

_MOST_SHOWN = 8


class ColumnCompletion(QObject):
    """Offers columns whose name or title holds what is typed; the chosen one is written, to go on with a sign."""

    def __init__(self, field: QLineEdit) -> None:
        super().__init__(field)
        self._field = field
        model = QStandardItemModel(self)
        for name, column in COLUMNS.items():
            item = QStandardItem(f"{name}   {column_title(column)}")
            item.setData(name, Qt.ItemDataRole.UserRole)
            item.setToolTip(column.help)
            model.appendRow(item)
        self.completer = QCompleter(model, self)
        self.completer.setWidget(field)
        self.completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.completer.setMaxVisibleItems(_MOST_SHOWN)
        self.completer.activated[QModelIndex].connect(self._on_activated)  # type: ignore[index]
        field.textEdited.connect(self._on_edited)

    @Slot()
    def _on_edited(self) -> None:
        typed = _NAME.search(self._field.text()[: self._field.cursorPosition()])
        self.completer.setCompletionPrefix(typed[0] if typed else "")
        if typed is not None and self.completer.completionCount():
            self.completer.complete()
        elif (popup := self.completer.popup()) is not None:
            popup.hide()

    @Slot(QModelIndex)
    def _on_activated(self, index: QModelIndex) -> None:
        place = self._field.cursorPosition()
        before, after = self._field.text()[:place], self._field.text()[place:]
        name = str(index.data(Qt.ItemDataRole.UserRole))
        begun = _NAME.sub(name, before)
        self._field.setText(begun + after)
        self._field.setCursorPosition(len(begun))


TYPING_MS = 120
"""So long after the last key the runs are looked through."""

_LEAST_BOX_WIDTH = 100
"""In a small window; what is chosen is cut short there rather than the bar."""


class RunsFilter(QWidget):
    """A field for words and conditions, and choices of state, data and grouping."""

    query_changed = Signal(object)  # Query
    grouping_changed = Signal(str)

    def __init__(self, columns_menu: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._invitations = self.tr("Find runs: words, or test_acc>0.98 (Ctrl+F)"), self.tr("Find (Ctrl+F)")
        tip = self.tr(
            "Words in names, recipes, data, layers, tags and notes; all of them must be there.\n"
            "Conditions work, too, on any column: test_acc>0.98 epochs<20 optimizer=adam created>=2026-03"
        )
        self.field = QLineEdit(placeholderText=self._invitations[0], clearButtonEnabled=True)
        build.named(self.field, "filter", says=self.tr("Find runs"), tip=tip)
        self.field.setFixedHeight(theme.CONTROL_HEIGHT)
        self.field.setMinimumWidth(self._room_for(self._invitations[1]))
        self.completion = ColumnCompletion(self.field)
        self.problem = build.label(name="filter_problem", role="error")
        self.problem.hide()
        self.state, self.data, self.group = QComboBox(), QComboBox(), QComboBox()
        self._count = build.label(role="muted")
        self._soon = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._query = Query()
        self._lay_out(columns_menu)
        self._fill()
        self.field.installEventFilter(self)
        self.field.textChanged.connect(self._on_typed)
        self._soon.timeout.connect(self._on_changed)
        for box in (self.state, self.data):
            box.activated.connect(self._on_changed)
        self.group.activated.connect(self._on_group_activated)

    @property
    def count_text(self) -> str:
        """How many runs the bar says there are."""
        return self._count.text()

    def set_runs(self, runs: RunList) -> None:
        """Offer the data that these runs were trained on."""
        values = runs.values_of("data")
        if values != tuple(self.data.itemData(place) for place in range(1, self.data.count())):
            chosen = self.data.currentData()
            self.data.clear()
            self.data.addItem(self.tr("All data"), "")
            for value in values:
                self.data.addItem(value, value)
            self.data.setCurrentIndex(max(0, self.data.findData(chosen)))

    def show_count(self, found: int, total: int) -> None:
        """Say how many runs are shown."""
        few = self.tr("{found} of {total}").format(found=f"{found:,}", total=runs_text(total))
        self._count.setText(runs_text(total) if found == total else few)

    def clear(self) -> None:
        """Look for nothing any more."""
        self.field.clear()
        self.state.setCurrentIndex(0)
        self.data.setCurrentIndex(0)
        self._on_changed()

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Escape empties the field before it means anything else to the window; a narrow field invites in short."""
        if watched is self.field and event.type() is QEvent.Type.Resize:
            whole, short = self._invitations
            self.field.setPlaceholderText(whole if self._room_for(whole) <= self.field.width() else short)
        is_key = event.type() in {QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress}
        if watched is not self.field or not is_key or not self.field.text():
            return False
        if not isinstance(event, QKeyEvent) or event.key() != Qt.Key.Key_Escape:
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            self.clear()
        return True

    def _room_for(self, invitation: str) -> int:
        return self.field.fontMetrics().horizontalAdvance(invitation) + 2 * theme.PADDING

    def _lay_out(self, columns_menu: QMenu) -> None:
        height = theme.CONTROL_HEIGHT
        tip = self.tr("Choose the columns of the table")
        columns = build.tool_button(self.tr("Columns"), name="columns", tip=tip, height=height)
        give_menu(columns, columns_menu)
        self._count.setAccessibleName(self.tr("Number of runs"))
        for box, name, words in (
            (self.state, "state", self.tr("State")),
            (self.data, "data", self.tr("Data")),
            (self.group, "group", self.tr("Group by")),
        ):
            build.named(box, name, says=words, tip=words)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(8)
            box.setMinimumWidth(_LEAST_BOX_WIDTH)
            box.setFixedHeight(height)
        words = self.tr("Examples of what can be found")
        examples = build.tool_button("?", name="filter_examples", says=words, tip=words, height=height)
        give_menu(examples, self._examples_menu())
        row = build.row((self.field, 1), examples, self.state, self.data, self.group, columns, self._count)
        build.column(row, self.problem, on=self, spacing=theme.SPACING // 2)

    def _examples_menu(self) -> QMenu:
        """Each example is written into the field when it is chosen."""
        menu = QMenu(self)
        for text, words in (
            ("adam dropout", self.tr("both words, anywhere in a run")),
            ("test_acc>98%", self.tr("at least that good on test pictures")),
            ("test_acc>0.97 parameters<100000", self.tr("good and small")),
            ("optimizer=adam learning_rate<=0.001", self.tr("settings")),
            ("epochs<20 time_s<60", self.tr("quick ones")),
            (f"created>={datetime.now().astimezone():%Y-%m}", self.tr("since the beginning of this month")),
        ):
            action = menu.addAction(f"{text}\t{words}")
            action.setData(text)
        menu.addSeparator()
        hint = menu.addAction(self.tr("Type two letters to see all columns; the titles of the table work, too"))
        hint.setEnabled(False)
        menu.triggered.connect(self._on_example_chosen)
        return menu

    def _fill(self) -> None:
        self.state.addItem(self.tr("All states"), "")
        for state in RunState:
            self.state.addItem(state_words(state), state.value)
        self.data.addItem(self.tr("All data"), "")
        self.group.addItem(self.tr("No groups"), "")
        for name in GROUPABLE:
            words = self.tr("By {column}").format(column=column_title(COLUMNS[name]).lower())
            self.group.addItem(words, name)

    @Slot()
    def _on_typed(self) -> None:
        self._soon.start()

    @Slot()
    def _on_changed(self) -> None:
        self._soon.stop()
        problem = read_query(self.field.text()).problem
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        query = Query(self.field.text(), self.state.currentData(), self.data.currentData())
        if query != self._query:
            self._query = query
            self.query_changed.emit(query)

    @Slot(QAction)
    def _on_example_chosen(self, action: QAction) -> None:
        self.field.setText(str(action.data()))
        self.field.setFocus()

    @Slot()
    def _on_group_activated(self) -> None:
        self.grouping_changed.emit(self.group.currentData())

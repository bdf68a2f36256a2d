"""Column names, offered while a condition is typed into the field of the Runs page."""

import re

from PySide6.QtCore import QModelIndex, QObject, Qt, Slot
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QCompleter, QLineEdit

from app.core.training.run_columns import COLUMNS
from app.ui.widgets.runs_text import column_title

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

"""The menu in which one chooses the columns of the table of runs."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHeaderView, QMenu, QWidget

from app.core.training.run_columns import Family
from app.ui.widgets.runs_model import SHOWN
from app.ui.widgets.runs_text import column_help, column_title


class ColumnsMenu(QMenu):
    """Shows and hides the sections of `header`, all but the first."""

    changed = Signal()
    usual_requested = Signal()

    def __init__(self, header: QHeaderView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._header = header
        self._choices: dict[int, QAction] = {}
        self.setToolTipsVisible(True)
        for family in Family:
            menu = self.addMenu(self.tr(family.value))
            menu.setToolTipsVisible(True)
            for place, column in enumerate(SHOWN):
                if column.family is family and place:
                    self._choices[place] = self._choice(menu, column_title(column), column_help(column), place)
        self.addSeparator()
        usual = self.addAction(self.tr("The usual columns"))
        usual.triggered.connect(self.usual_requested)
        self.aboutToShow.connect(self._on_about_to_show)

    def _choice(self, menu: QMenu, title: str, help_text: str, place: int) -> QAction:
        action = menu.addAction(title)
        action.setCheckable(True)
        action.setToolTip(help_text)
        action.setData(place)
        action.triggered.connect(self._on_triggered)
        return action

    @Slot()
    def _on_about_to_show(self) -> None:
        for place, action in self._choices.items():
            action.setChecked(not self._header.isSectionHidden(place))

    @Slot(bool)
    def _on_triggered(self, checked: bool) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self._header.setSectionHidden(action.data(), not checked)
        self.changed.emit()

"""Asks what an imported set and its classes shall be called."""

from collections.abc import Sequence

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QTableWidgetItem,
    QWidget,
)

from app.core.datasets.renaming import LONGEST_TITLE, checked_names
from app.core.errors import InputError
from app.ui import theme
from app.ui.common import build

_WIDTH, _HEIGHT = 420, 460


class RenameDialog(QDialog):
    """`title` and `class_names` tell what was wanted, once it is accepted."""

    def __init__(self, title: str, class_names: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Name and classes of {title}").format(title=title))
        self.resize(_WIDTH, _HEIGHT)
        self._title = build.named(QLineEdit(title, maxLength=LONGEST_TITLE), "own_title")
        self._table = build.class_table("own_classes", self.tr("Class"), says=self.tr("Classes"))
        self._problem = build.label(name="rename_problem", role="error", wraps=True)
        self._buttons, self._save = build.dialog_buttons(self, self.tr("Save"), name="save_names")
        self._fill_table(class_names)
        hint = self.tr(
            "Double-click a class to rename it; it keeps its pictures. Models know classes by name: a model trained "
            "with the old names no longer fits this set."
        )
        build.column(
            build.form((self.tr("Name"), self._title)),
            (self._table, 1),
            build.label(hint, role="caption", wraps=True),
            self._problem,
            self._buttons,
            on=self,
            margins=theme.MARGIN,
        )
        self._title.textChanged.connect(self._check)
        self._table.itemChanged.connect(self._check)
        self._check()

    @property
    def title(self) -> str:
        """What the set shall be called."""
        return self._title.text()

    @property
    def class_names(self) -> tuple[str, ...]:
        """What its classes shall be called, in their order."""
        items = (self._table.item(row, 0) for row in range(self._table.rowCount()))
        return tuple(item.text() for item in items if item is not None)

    def _fill_table(self, class_names: Sequence[str]) -> None:
        self._table.setRowCount(len(class_names))
        for row, name in enumerate(class_names):
            called = QTableWidgetItem(name)
            called.setToolTip(self.tr("Double-click or press F2 to rename it"))
            self._table.setItem(row, 0, called)

    @Slot()
    def _check(self) -> None:
        try:
            checked_names(self.title, self.class_names)
            problem = ""
        except InputError as error:
            problem = str(error)
        self._problem.setText(problem)
        self._save.setEnabled(not problem)
        self._save.setToolTip(problem)

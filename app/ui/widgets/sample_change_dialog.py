"""What a set of samples is called, and its classes: other names, more of them, or fewer."""

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.core.datasets.content import checked_class_names
from app.core.datasets.samples.classes import ClassChange
from app.core.datasets.samples.records import SampleSet
from app.core.datasets.samples.sets import LONGEST_TITLE, checked_title
from app.core.errors import InputError
from app.ui import theme

_WIDTH, _HEIGHT = 420, 460
_NUMBER = Qt.ItemDataRole.UserRole
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class SampleChangeDialog(QDialog):
    """`title` and `classes` tell what was wanted, once it is accepted."""

    def __init__(self, samples: SampleSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._set = samples
        self.setWindowTitle(self.tr("Name and classes of {title}").format(title=samples.title))
        self.resize(_WIDTH, _HEIGHT)
        self._title, self._more, self._table = QLineEdit(samples.title), QLineEdit(), QTableWidget(0, 2)
        self._title.setObjectName("set_title")
        self._title.setMaxLength(LONGEST_TITLE)
        self._more.setObjectName("more_classes")
        self._more.setPlaceholderText(self.tr("More classes, such as: a, b, c"))
        self._more.setAccessibleName(self._more.placeholderText())
        self._add = self._button(self.tr("Add"), "add_classes")
        self._remove = self._button(self.tr("Remove"), "remove_class")
        self._problem = QLabel()
        self._problem.setObjectName("set_problem")
        self._problem.setProperty("role", "error")
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._save = self._buttons.addButton(self.tr("Save"), QDialogButtonBox.ButtonRole.AcceptRole)
        self._save.setObjectName("save_set")
        self._save.setProperty("kind", "primary")
        self._make_table()
        self._lay_out()
        self._connect()
        self._check()

    @property
    def name(self) -> str:
        """Of the set."""
        return self._set.name

    @property
    def title(self) -> str:
        """What the set shall be called."""
        return self._title.text().strip()

    @property
    def classes(self) -> tuple[ClassChange, ...]:
        """Its classes, from top to bottom."""
        items = (self._item(row) for row in range(self._table.rowCount()))
        return tuple((item.data(_NUMBER), item.text().strip()) for item in items)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter adds classes where these are written, and saves elsewhere."""
        if not (self.focusWidget() is self._more and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}):
            super().keyPressEvent(event)

    def _make_table(self) -> None:
        self._table.setObjectName("set_classes")
        self._table.setAccessibleName(self.tr("Classes"))
        for column, (title, side) in enumerate(((self.tr("Class"), _LEFT), (self.tr("Samples"), _RIGHT))):
            header = QTableWidgetItem(title)
            header.setTextAlignment(side)
            self._table.setHorizontalHeaderItem(column, header)
        self._table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self._table.horizontalHeader().setHighlightSections(False)
        self._table.verticalHeader().hide()
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._table.setTabKeyNavigation(False)
        for number, count in enumerate(self._set.counts):
            self._append(number, count.name, count.total)

    def _append(self, number: int | None, name: str, samples: int) -> None:
        row, called, count = self._table.rowCount(), QTableWidgetItem(name), QTableWidgetItem(f"{samples:,}")
        called.setData(_NUMBER, number)
        called.setToolTip(self.tr("Double-click or press F2 to rename it"))
        count.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        count.setTextAlignment(_RIGHT)
        with QSignalBlocker(self._table):
            self._table.insertRow(row)
            self._table.setItem(row, 0, called)
            self._table.setItem(row, 1, count)

    def _lay_out(self) -> None:
        form, adding, column = QFormLayout(), QHBoxLayout(), QVBoxLayout(self)
        form.addRow(self.tr("Name"), self._title)
        for widget in (self._more, self._add, self._remove):
            adding.addWidget(widget, 1 if widget is self._more else 0)
        hint = QLabel(
            self.tr(
                "Double-click a class to rename it; it keeps its samples. Models know classes by name: a "
                "model trained with the old names no longer fits this set."
            )
        )
        hint.setProperty("role", "caption")
        for label in (hint, self._problem):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        column.setContentsMargins(*[theme.MARGIN] * 4)
        for layout in (form, adding, column):
            layout.setSpacing(theme.SPACING)
        column.addLayout(form)
        column.addWidget(self._table, 1)
        column.addLayout(adding)
        column.addWidget(hint)
        column.addWidget(self._problem)
        column.addWidget(self._buttons)

    def _connect(self) -> None:
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self._title.textChanged.connect(self._check)
        self._more.textChanged.connect(self._check)
        self._more.returnPressed.connect(self._on_add)
        self._add.clicked.connect(self._on_add)
        self._remove.clicked.connect(self._on_remove)
        self._table.itemChanged.connect(self._check)
        self._table.itemSelectionChanged.connect(self._check)

    def _item(self, row: int) -> QTableWidgetItem:
        item = self._table.item(row, 0)
        assert item is not None
        return item

    def _button(self, text: str, name: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        return button

    def _count_of(self, row: int) -> int:
        number = self._item(row).data(_NUMBER)
        return 0 if number is None else self._set.counts[number].total

    def _why_not_saved(self) -> str:
        try:
            checked_class_names([name for _, name in self.classes])
            checked_title(self.title, but_for=self._set.name)
        except InputError as error:
            return str(error)
        return ""

    @Slot()
    def _check(self) -> None:
        problem = self._why_not_saved()
        self._problem.setText(problem)
        self._save.setEnabled(not problem)
        self._save.setToolTip(problem)
        has_more = bool(self._more.text().strip(" ,"))
        self._add.setEnabled(has_more)
        self._add.setToolTip("" if has_more else self.tr("Write the names of classes first"))
        row = self._table.currentRow()
        none = "" if row >= 0 else self.tr("Select a class first")
        full = self.tr("It has samples: give them another label, or delete them first")
        why_not = none or (full if self._count_of(row) else "")
        self._remove.setEnabled(not why_not)
        self._remove.setToolTip(why_not)

    @Slot()
    def _on_add(self) -> None:
        for name in filter(None, map(str.strip, self._more.text().split(","))):
            self._append(None, name, 0)
        self._more.clear()
        self._table.scrollToBottom()
        self._check()

    @Slot()
    def _on_remove(self) -> None:
        self._table.removeRow(self._table.currentRow())
        self._check()

"""A new set of samples: what it is called, and its classes."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.core.datasets.content import checked_class_names
from app.core.datasets.samples.sets import LONGEST_TITLE, checked_title, suggested_title
from app.core.errors import InputError
from app.ui import theme

_NEW_SET_WIDTH = 420


class SampleSetDialog(QDialog):
    """`title` and `class_names` tell what was wanted, once it is accepted."""

    def __init__(self, class_names: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("New set of samples"))
        self.setMinimumWidth(_NEW_SET_WIDTH)
        self._title, self._classes = QLineEdit(suggested_title(class_names)), QLineEdit(", ".join(class_names))
        self._title.setObjectName("set_title")
        self._title.setMaxLength(LONGEST_TITLE)
        self._classes.setObjectName("set_classes")
        self._problem = QLabel()
        self._problem.setObjectName("set_problem")
        self._problem.setProperty("role", "error")
        self._problem.setWordWrap(True)
        self._problem.setTextFormat(Qt.TextFormat.PlainText)
        hint = QLabel(
            self.tr("2 to 50 names, separated by commas. To fine-tune a model later, use exactly its classes.")
        )
        hint.setProperty("role", "caption")
        hint.setWordWrap(True)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._make = self._buttons.addButton(self.tr("Create set"), QDialogButtonBox.ButtonRole.AcceptRole)
        self._make.setProperty("kind", "primary")
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        form = QFormLayout()
        form.setSpacing(theme.SPACING)
        form.addRow(self.tr("Name"), self._title)
        form.addRow(self.tr("Classes"), self._classes)
        form.addRow("", hint)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.MARGIN] * 4)
        column.setSpacing(theme.SPACING)
        column.addLayout(form)
        column.addWidget(self._problem)
        column.addWidget(self._buttons)
        for field in (self._title, self._classes):
            field.textChanged.connect(self._check)
        self._title.selectAll()
        self._check()

    @property
    def title(self) -> str:
        """What the set shall be called."""
        return self._title.text().strip()

    @property
    def class_names(self) -> tuple[str, ...]:
        """Its classes. Raises InputError if they cannot be."""
        return checked_class_names(self._classes.text().split(","))

    @Slot()
    def _check(self) -> None:
        problem = "" if self.title else self.tr("Give the set a name.")
        try:
            self.class_names  # noqa: B018 - to hear whether they can be
            checked_title(self.title)
        except InputError as error:
            problem = problem or str(error)
        self._problem.setText(problem)
        self._make.setEnabled(not problem)
        self._make.setToolTip(problem)

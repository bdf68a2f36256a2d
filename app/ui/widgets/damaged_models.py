"""Models that cannot be used: which they are, and a button to delete them."""

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from app.ui import theme


class DamagedModels(QWidget):
    """Hidden while all models are whole."""

    delete_requested = Signal(tuple)  # names

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._words, self.delete = QLabel(), QPushButton(self.tr("Delete"))
        self._words.setProperty("role", "error")
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self.delete.setObjectName("delete_damaged")
        self.delete.setProperty("kind", "danger")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACING)
        row.addWidget(self._words, 1)
        row.addWidget(self.delete)
        self.delete.clicked.connect(self._on_clicked)
        self.hide()

    @property
    def text(self) -> str:
        """What is said, or an empty text."""
        return "" if self.isHidden() else self._words.text()

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Show what is wrong, by the names of the models, or by the path of a folder that cannot be read."""
        self._names = tuple(name for name in problems if not Path(name).is_absolute())
        damaged = self.tr("Damaged; can only be deleted: {names}").format(names=", ".join(self._names))
        self._words.setText(damaged if self._names else " ".join(problems.values()))
        self.delete.setVisible(bool(self._names))
        self.setVisible(bool(problems))

    @Slot()
    def _on_clicked(self) -> None:
        self.delete_requested.emit(self._names)

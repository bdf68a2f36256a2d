"""A few buttons in a row, one of which is pressed: what a card shows of several things."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from app.ui import theme


class Segments(QWidget):
    """The arrow keys go through them, as through any group of buttons."""

    chosen = Signal(int)

    def __init__(self, parts: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        """`parts` are object names and the words shown."""
        super().__init__(parent)
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACING // 2)
        for number, (name, words) in enumerate(parts):
            button = QPushButton(words)
            button.setObjectName(name)
            button.setCheckable(True)
            self._group.addButton(button, number)
            row.addWidget(button)
        self._group.idClicked.connect(self._on_clicked)
        self.turn_to(0)

    @property
    def current(self) -> int:
        """Which one is pressed."""
        return self._group.checkedId()

    def turn_to(self, number: int) -> None:
        """Press one without telling of it."""
        self._group.button(number).setChecked(True)

    @Slot(int)
    def _on_clicked(self, number: int) -> None:
        self.chosen.emit(number)

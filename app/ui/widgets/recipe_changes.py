"""How much of the form is not the recipe's any more, and the way back."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from app.ui import theme


class RecipeChanges(QWidget):
    """Hidden while nothing is changed."""

    reset_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count, self._reset = QLabel(), QPushButton(self.tr("Reset all"))
        self._count.setObjectName("change_count")
        self._reset.setObjectName("reset_all")
        self._reset.setProperty("kind", "quiet")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACING)
        row.addWidget(self._count)
        row.addStretch(1)
        row.addWidget(self._reset)
        self._reset.clicked.connect(self._on_reset_clicked)
        self.set_locked("")
        self.hide()

    def show_count(self, count: int, what: str) -> None:
        """Say how many settings are changed; `what` names them."""
        one, many = self.tr("● 1 change"), self.tr("● {count} changes").format(count=count)
        self._count.setText(one if count == 1 else many)
        self._count.setToolTip(what)
        self.setVisible(count > 0)

    def set_locked(self, reason: str) -> None:
        """Leave everything as it is for `reason`; an empty one unlocks it."""
        self._reset.setEnabled(not reason)
        self._reset.setToolTip(reason or self.tr("Use all settings and layers of the recipe again"))

    @Slot()
    def _on_reset_clicked(self) -> None:
        self.reset_requested.emit()

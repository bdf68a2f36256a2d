"""Choosing data."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from app.core.datasets.registry import DATASETS
from app.ui import theme
from app.ui.widgets.data_choices import DataChoice, data_choices
from app.ui.widgets.elided_box import ElidedBox
from app.ui.widgets.set_summary import summarise

ARROW_STEPS: dict[int, int] = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
"""How the arrow keys go through a closed list."""
POPUP_EXTRA = 24
"""The list is as wide as its longest line and a scroll bar, however narrow the box is."""


class DataBox(ElidedBox):
    """The data of this computer, and the way to data that is not here yet."""

    data_page_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("data")
        self.setAccessibleName(self.tr("Data"))
        self.setMinimumContentsLength(1)
        self._chosen: tuple[str, str] = ("", "")
        self.refresh()
        self.activated.connect(self._on_activated)

    @property
    def chosen(self) -> tuple[str, str]:
        """The config's `dataset` and `data`."""
        return self._chosen

    @property
    def class_count(self) -> int:
        """How many classes the chosen data has."""
        return len(summarise(self._chosen[0], DATASETS).class_names)

    def text_in_short(self) -> str:
        """The edition; how many pictures it has is in the list, and in the tooltip."""
        row = self.currentIndex()
        if not 0 <= row < len(self._choices):
            return self.currentText()
        return f"{self._choices[row].title}, {self.tr(self._choices[row].variant.value)}"

    def refresh(self) -> None:
        """Look again at what is on this computer."""
        with QSignalBlocker(self):
            self.clear()
            self._choices = data_choices()
            for choice in self._choices:
                self.addItem(self._text(choice))
                if not choice.is_here:
                    self.setItemData(self.count() - 1, QColor(theme.colours().muted), Qt.ItemDataRole.ForegroundRole)
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + POPUP_EXTRA)
        self.choose(*self._chosen)

    def choose(self, dataset: str, data: str) -> None:
        """Select an edition; one that is not here gives way to the first of the set that is."""
        here = [choice for choice in self._choices if choice.is_here]
        same_set = [choice for choice in here if choice.dataset == dataset]
        exact = [choice for choice in same_set if choice.data == data]
        for choice in (exact or same_set or here)[:1]:
            self._chosen = choice.dataset, choice.data
            self.setCurrentIndex(self._choices.index(choice))

    def _text(self, choice: DataChoice) -> str:
        return choice.text if choice.is_here else self.tr("{data}: get it…").format(data=choice.text)

    @Slot(int)
    def _on_activated(self, row: int) -> None:
        choice = self._choices[row]
        if choice.is_here:
            self.choose(choice.dataset, choice.data)
        else:
            self.choose(*self._chosen)
            self.data_page_requested.emit()

"""A button for each class, with the number of its samples below it; a list where there is no room for buttons."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.ui import theme

MOST_BUTTONS = 12
_NARROWEST, _AROUND_TEXT = 20, 12
_GAP = 4
_NO_SAMPLES = "\u00a0"  # keeps the row as high as with a number


class SampleKeys(QWidget):
    """`label_chosen` tells the number of the class."""

    label_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._buttons: list[QPushButton] = []
        self._counts: list[QLabel] = []
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self.label_chosen)
        self._row_area, self._list_area = QWidget(), QWidget()
        self._row = QHBoxLayout(self._row_area)
        self._row.setSpacing(_GAP)
        self._list = QComboBox()
        self._list.setObjectName("sample_class")
        self._list.setAccessibleName(self.tr("True class"))
        self._list.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._keep = QPushButton(self.tr("Save sample"))
        self._keep.setObjectName("sample_keep")
        self._keep.clicked.connect(self._on_keep_clicked)
        listed = QHBoxLayout(self._list_area)
        listed.setSpacing(theme.SPACING)
        listed.addWidget(self._list, 1)
        listed.addWidget(self._keep)
        column = QVBoxLayout(self)
        for layout in (self._row, listed, column):
            layout.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._row_area)
        column.addWidget(self._list_area)

    @property
    def class_names(self) -> tuple[str, ...]:
        """What can be chosen."""
        return self._names

    def set_classes(self, names: Sequence[str], counts: Sequence[int]) -> None:
        """Offer these classes; `counts` are the numbers of their samples."""
        if tuple(names) != self._names:
            self._names = tuple(names)
            self._make_buttons()
            with QSignalBlocker(self._list):
                self._list.clear()
                self._list.addItems(list(names))
        for number, count in enumerate(counts):
            if number < len(self._counts):
                self._counts[number].setText(f"{count:,}" if count else _NO_SAMPLES)
            self._list.setItemText(number, f"{self._names[number]}  ({count:,})" if count else self._names[number])
        self._fit()

    def set_locked(self, reason: str, keys: Sequence[str]) -> None:
        """Let nothing be chosen, for this reason; an empty one lets all. `keys` are what stands for each class."""
        for button, name, key in zip(self._buttons, self._names, keys, strict=False):
            button.setEnabled(not reason)
            button.setText(name if key in {"", name} else f"{key}  {name}")  # a digit says its key itself
            press = self.tr(" (key {key})").format(key=key) if key else ""
            button.setToolTip(reason or self.tr("Save it as a sample of {name}").format(name=name) + press)
        for widget in (self._list, self._keep):
            widget.setEnabled(not reason)
            widget.setToolTip(reason or self.tr("Save it as a sample of this class"))
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """As narrow as a list may be."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """With other room, other means."""
        super().resizeEvent(event)
        self._fit()

    def _make_buttons(self) -> None:
        while (item := self._row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.setParent(None)
                widget.deleteLater()
        self._buttons, self._counts = [], []
        for number, name in enumerate(self._names[:MOST_BUTTONS]):
            button, count = QPushButton(name), QLabel(_NO_SAMPLES)
            button.setObjectName(f"sample_{number}")
            button.setAccessibleName(self.tr("This is {name}").format(name=name))
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            button.setProperty("kind", "square")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard with the paper
            count.setProperty("role", "caption")
            count.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._group.addButton(button, number)
            self._buttons.append(button)
            self._counts.append(count)
            cell = QWidget()
            inside = QVBoxLayout(cell)
            inside.setContentsMargins(0, 0, 0, 0)
            inside.setSpacing(0)
            inside.addWidget(button)
            inside.addWidget(count)
            self._row.addWidget(cell, 1)

    def _fit(self) -> None:
        """Buttons are all as wide as the widest needs to be, or they are not shown at all."""
        texts = [button.text() for button in self._buttons]
        widest = max((self.fontMetrics().horizontalAdvance(text) + _AROUND_TEXT for text in texts), default=0)
        needed = len(self._names) * (max(_NARROWEST, widest) + _GAP) - _GAP
        has_room = len(self._names) <= MOST_BUTTONS and needed <= self.width()
        self._row_area.setVisible(has_room)
        self._list_area.setVisible(not has_room)

    @Slot()
    def _on_keep_clicked(self) -> None:
        self.label_chosen.emit(self._list.currentIndex())

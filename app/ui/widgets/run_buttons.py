"""The buttons that steer a run."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.ui import theme

STEP_KEY = "S"


class RunButtons(QWidget):
    """Train, Pause and Stop; above them, for an engine that can be stepped, what steps. Who enables them is the page.

    `begins_paused` is a wish for the next run.
    """

    train_clicked = Signal()
    pause_clicked = Signal()
    stop_clicked = Signal()
    step_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.train = self._button(self.tr("Train"), "primary", "train")
        self.pause = self._button(self.tr("Pause"), "", "pause")
        self.stop = self._button(self.tr("Stop"), "danger", "stop")
        self.step = self._button(self.tr("Step"), "", "step")
        self.step.setShortcut(STEP_KEY)
        self.begin_paused = QCheckBox(self.tr("Start paused"))
        self.begin_paused.setObjectName("begin_paused")
        self._stepping = QWidget()
        self._lay_out()
        self.set_steppable(False)
        self.train.clicked.connect(self._on_train_clicked)
        self.pause.clicked.connect(self._on_pause_clicked)
        self.stop.clicked.connect(self._on_stop_clicked)
        self.step.clicked.connect(self._on_step_clicked)

    @property
    def begins_paused(self) -> bool:
        """True if the next run is to wait before its first batch."""
        return not self._stepping.isHidden() and self.begin_paused.isChecked()

    def set_steppable(self, steppable: bool) -> None:
        """Offer to step, or not."""
        self._stepping.setVisible(steppable)

    def _button(self, text: str, kind: str, name: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        if kind:
            button.setProperty("kind", kind)
        return button

    def _lay_out(self) -> None:
        above = QHBoxLayout(self._stepping)
        above.setContentsMargins(0, 0, 0, 0)
        above.addWidget(self.begin_paused, 1)
        above.addWidget(self.step, 1)
        below = QHBoxLayout()
        below.setSpacing(theme.SPACING)
        for button in (self.train, self.pause, self.stop):
            below.addWidget(button, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACING)
        column.addWidget(self._stepping)
        column.addLayout(below)

    @Slot()
    def _on_train_clicked(self) -> None:
        self.train_clicked.emit()

    @Slot()
    def _on_pause_clicked(self) -> None:
        self.pause_clicked.emit()

    @Slot()
    def _on_stop_clicked(self) -> None:
        self.stop_clicked.emit()

    @Slot()
    def _on_step_clicked(self) -> None:
        self.step_clicked.emit()

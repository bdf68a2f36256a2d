"""What goes on with a set's data: a bar while it is fetched, a sentence when it is over."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.ui import theme

_STEPS = 1000


class TransferStatus(QWidget):
    """Hidden while there is nothing to tell. `is_busy` lasts until a notice, a failure or `clear`."""

    stop_requested = Signal()
    retry_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_busy = False
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Progress"))
        self._text = QLabel()
        self._text.setObjectName("status")
        self._text.setWordWrap(True)
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        selectable = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        self._text.setTextInteractionFlags(selectable)
        self._stop, self._retry = QPushButton(self.tr("Cancel")), QPushButton(self.tr("Try again"))
        self._stop.setObjectName("stop")
        self._retry.setObjectName("retry")
        self._stop.clicked.connect(self._on_stop_clicked)
        self._retry.clicked.connect(self._on_retry_clicked)
        line = QHBoxLayout()
        line.setSpacing(theme.SPACING)
        line.addWidget(self._text, 1)
        line.addWidget(self._stop, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._retry, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACING)
        layout.addWidget(self._bar)
        layout.addLayout(line)
        self.clear()

    @property
    def is_busy(self) -> bool:
        """Something is under way."""
        return self._is_busy

    @property
    def text(self) -> str:
        """What it says."""
        return "" if self.isHidden() else self._text.text()

    def clear(self) -> None:
        """Nothing to tell."""
        self._is_busy = False
        self.hide()

    def take_focus(self) -> bool:
        """Give the keyboard's focus to the one button that is shown; false if there is none."""
        for button in (self._stop, self._retry):
            if not self.isHidden() and not button.isHidden():
                button.setFocus()
                return True
        return False

    def show_waiting(self, text: str, can_stop: bool) -> None:
        """Something goes on that nobody can measure."""
        self._bar.setRange(0, 0)
        self._show(text, is_busy=True, can_stop=can_stop)

    def show_progress(self, text: str, share: float) -> None:
        """`share` of it is done, 0 to 1. Ignored once the person wants it to end."""
        if self._stop.isEnabled():
            self._bar.setRange(0, _STEPS)
            self._bar.setValue(int(share * _STEPS))
            self._show(text, is_busy=True, can_stop=True)

    def show_busy(self, text: str, share: float | None = None) -> None:
        """Something goes on that can be stopped, and that can be measured if there is a `share`."""
        if share is None:
            self.show_waiting(text, can_stop=True)
        else:
            self.show_progress(text, share)

    def show_over(self, notice: str = "", problem: str = "") -> None:
        """It is over: well, with a notice or without a word, or not."""
        if problem:
            self.show_failure(problem)
        elif notice:
            self.show_notice(notice)
        else:
            self.clear()

    def show_notice(self, text: str) -> None:
        """It is over, and well."""
        self._show(text)

    def show_failure(self, text: str) -> None:
        """It is over, and not well: one sentence, and another try."""
        self._show(text, role="error")

    def _show(self, text: str, role: str = "muted", is_busy: bool = False, can_stop: bool = False) -> None:
        if self._text.text() != text:
            self._text.setText(text)
        if self._text.property("role") != role:
            self._text.setProperty("role", role)
            self._text.style().polish(self._text)
        self._is_busy = is_busy
        self._bar.setVisible(is_busy)
        self._stop.setVisible(can_stop)
        self._stop.setEnabled(True)
        self._retry.setVisible(role == "error")
        self.show()

    @Slot()
    def _on_stop_clicked(self) -> None:
        self._text.setText(self.tr("Stopping…"))
        self._stop.setEnabled(False)
        self.stop_requested.emit()

    @Slot()
    def _on_retry_clicked(self) -> None:
        self.retry_requested.emit()

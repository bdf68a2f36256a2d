"""A sentence about something that was done, with a way to undo it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from app.ui import theme


class Notice(QFrame):
    """Hidden while there is nothing to say."""

    undo_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._label = QLabel()
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._undo = QPushButton(self.tr("Undo"))
        self._undo.setObjectName("undo")
        self._undo.setProperty("kind", "quiet")
        self._undo.setToolTip(self.tr("Restore them (Ctrl+Z)"))
        self._undo.clicked.connect(self.undo_requested)
        close = QToolButton()
        close.setText("✗")
        close.setProperty("kind", "quiet")
        close.setAccessibleName(self.tr("Close this message"))
        close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.PADDING, 2, 4, 2)
        row.addWidget(self._label)
        row.addWidget(self._undo)
        row.addWidget(close)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence that is shown, or an empty text."""
        return "" if self.isHidden() else self._label.text()

    def say(self, sentence: str, can_undo: bool = False) -> None:
        """Show it until it is closed or replaced."""
        self._label.setText(sentence)
        self._undo.setVisible(can_undo)
        self.show()

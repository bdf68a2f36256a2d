"""One sentence across the window, until it is read."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.ui import theme


class Banner(QWidget):
    """Shows a sentence without taking the keyboard or the window away. Hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        frame = QFrame()
        frame.setObjectName("banner")
        self._label = QLabel()
        self._label.setProperty("role", "error")
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        close = QToolButton()
        close.setText("✗")
        close.setProperty("kind", "quiet")
        close.setAccessibleName(self.tr("Close this message"))
        close.clicked.connect(self.hide)
        around = QVBoxLayout(self)
        around.setContentsMargins(theme.MARGIN, theme.MARGIN, theme.MARGIN, 0)
        around.addWidget(frame)
        row = QHBoxLayout(frame)
        row.setContentsMargins(theme.PADDING, 4, 4, 4)
        row.addWidget(self._label)
        row.addWidget(close)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence that is shown, or an empty text."""
        return "" if self.isHidden() else self._label.text().removeprefix("⚠  ")

    @Slot(str)
    def show_error(self, sentence: str) -> None:
        """Show what went wrong and what to do."""
        self._label.setText(f"⚠  {sentence}")
        self.show()

    @Slot()
    def clear(self) -> None:
        """Say nothing any more."""
        self.hide()

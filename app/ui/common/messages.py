"""One sentence for the whole window: what went wrong, until it is read, or what was done, for a moment."""

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from app.ui import theme

_ERROR, _DONE = "banner", "notice"
_WARNING, _TICK = "⚠  ", "✓  "
_DONE_MS = 6000


class Banner(QFrame):
    """Shows a sentence without taking the keyboard or the window away. Hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder: Path | None = None
        self._label = QLabel()
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._show_folder = QPushButton(self.tr("Show in folder"))
        self._show_folder.setObjectName("show_folder")
        self._show_folder.setProperty("kind", "link")
        self._show_folder.clicked.connect(self._on_show_folder)
        close = QToolButton()
        close.setText("✗")
        close.setProperty("kind", "quiet")
        close.setAccessibleName(self.tr("Close this message"))
        close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.PADDING, 2, 4, 2)
        row.addWidget(self._label)
        row.addWidget(self._show_folder)
        row.addWidget(close)
        self._soon_gone = QTimer(self)
        self._soon_gone.setSingleShot(True)
        self._soon_gone.setInterval(_DONE_MS)
        self._soon_gone.timeout.connect(self.hide)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence that is shown, or an empty text."""
        return "" if self.isHidden() else self._label.text().removeprefix(_WARNING).removeprefix(_TICK)

    @property
    def is_error(self) -> bool:
        """True while it says what went wrong."""
        return not self.isHidden() and self.objectName() == _ERROR

    @Slot(str)
    def show_error(self, sentence: str) -> None:
        """Show what went wrong and what to do."""
        self._soon_gone.stop()
        self._say(_ERROR, f"{_WARNING}{sentence}", None)

    @Slot(str, object)
    def say(self, sentence: str, folder: Path | None = None) -> None:
        """Show for a moment what was done; with a way to the folder it was done in."""
        self._say(_DONE, f"{_TICK}{sentence}", folder)
        self._soon_gone.start()

    @Slot()
    def clear(self) -> None:
        """Say nothing any more."""
        self.hide()

    def _say(self, look: str, words: str, folder: Path | None) -> None:
        self._folder = folder
        self._show_folder.setVisible(folder is not None)
        self._label.setText(words)
        if look != self.objectName():
            self.setObjectName(look)
            for widget in (self, self._label):
                widget.style().polish(widget)  # the style sheet looks at names only when it is asked to
        self.show()

    @Slot()
    def _on_show_folder(self) -> None:
        if self._folder is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))


# A sentence about something that was done, with a way to undo it.


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

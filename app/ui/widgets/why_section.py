"""One part of the panel of reasons: a heading, what it shows, and a sentence on it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.ui import theme


class WhySection(QWidget):
    """Shows `body` once there is something in it. Until then, or if it takes long, it says what is waited for."""

    def __init__(self, heading: str, body: QWidget, waiting: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._body, self._waiting = body, waiting
        self._title, self._words = wrapped_label("title"), wrapped_label("muted")
        self.set_heading(heading)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACING)
        for widget in (self._title, body, self._words):
            column.addWidget(widget)
        self.reset()

    @property
    def words(self) -> str:
        """The sentence that is shown."""
        return self._words.text()

    def set_heading(self, heading: str) -> None:
        """What it is called."""
        self._title.setText(heading)

    def show_words(self, words: str, has_body: bool) -> None:
        """The part is there: the body, if there is something in it, and the sentence."""
        self._body.setVisible(has_body)
        self._body.setEnabled(True)
        self._words.setText(words)
        self._words.setVisible(bool(words))

    def wait(self) -> None:
        """It takes longer than a moment: what is shown, if anything, is of an older picture, and grows pale."""
        self._body.setEnabled(False)
        self._words.setText(self._waiting)
        self._words.show()

    def reset(self) -> None:
        """Nothing is known, and something is waited for."""
        self._body.hide()
        self.wait()


def wrapped_label(role: str) -> QLabel:
    """Plain text in as many lines as it takes, in whatever width there is."""
    label = QLabel()
    label.setProperty("role", role)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label

"""What is unusual about a picture, and a button for each thing that can be put right."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.core.inference.explaining.explanation import Corrected, Explanation
from app.core.inference.explaining.hints import MOST_HINTS
from app.core.inference.explaining.turning import Turn
from app.ui import theme
from app.ui.widgets.comparison_words import correction_words
from app.ui.widgets.network_view import grey_image
from app.ui.widgets.why_hint_words import hint_words
from app.ui.widgets.why_section import wrapped_label

_THUMBNAIL = 2 * 28


class WhyHint(QWidget):
    """One hint. Its button shows the corrected picture with the new answer, and tells the page."""

    correction_requested = Signal(object)  # NetworkInput

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._corrected: Corrected | None = None
        self._text, self._picture, self._answer = wrapped_label("text"), QLabel(), wrapped_label("muted")
        self._picture.setFixedSize(_THUMBNAIL, _THUMBNAIL)
        self.button = QPushButton(self.tr("Show corrected"))
        self.button.setToolTip(self.tr("Correct this and read again"))
        self.button.clicked.connect(self._on_clicked)
        result = QHBoxLayout()
        result.setSpacing(theme.SPACING)
        result.addWidget(self._picture)
        result.addWidget(self._answer, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACING)
        column.addWidget(self._text)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(result)

    @property
    def text(self) -> str:
        """The hint."""
        return self._text.text()

    @property
    def answer(self) -> str:
        """What is read of the corrected picture, once that was asked for."""
        return "" if self._answer.isHidden() else self._answer.text()

    def show_hint(self, corrected: Corrected, of: Explanation) -> None:
        """Show a hint of an explanation."""
        self._corrected = corrected
        hint = corrected.hint
        odd = hint if isinstance(hint, Turn) else hint.oddity
        self._text.setText(hint_words(odd, of.class_names, of.preprocessing))
        self.button.setVisible(corrected.shown is not None)
        for widget in (self._picture, self._answer):
            widget.hide()
        if corrected.shown is None or corrected.prediction is None:
            return
        self._answer.setText(correction_words(of.prediction, corrected.prediction, of.class_names))
        image = grey_image(corrected.shown.image).scaled(_THUMBNAIL, _THUMBNAIL)
        self._picture.setPixmap(QPixmap.fromImage(image))

    @Slot()
    def _on_clicked(self) -> None:
        if self._corrected is not None:
            self._picture.show()
            self._answer.show()
            self.correction_requested.emit(self._corrected.shown)


class WhyHints(QWidget):
    """Up to MOST_HINTS hints below each other."""

    correction_requested = Signal(object)  # NetworkInput

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = tuple(WhyHint() for _ in range(MOST_HINTS))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.PADDING)
        for row in self.rows:
            row.correction_requested.connect(self.correction_requested)
            column.addWidget(row)

    def show_hints(self, hints: tuple[Corrected, ...], of: Explanation) -> None:
        """Show the hints of an explanation."""
        for index, row in enumerate(self.rows):
            row.setVisible(index < len(hints))
            if index < len(hints):
                row.show_hint(hints[index], of)

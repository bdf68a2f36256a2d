"""A dialog with one field to write into."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from app.ui import theme

WIDTH = 480


class TextDialog(QDialog):
    """`text` is what was written, once it is accepted. Of several lines, Ctrl+Enter confirms; Tab always leads on."""

    def __init__(
        self, title: str, label: str, text: str, parent: QWidget | None = None, *, several_lines: bool = False
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(WIDTH)
        self._field = self._text_field(text) if several_lines else QLineEdit(text)
        self._field.setObjectName("text")
        self._field.setAccessibleName(label)
        said = QLabel(label)
        said.setTextFormat(Qt.TextFormat.PlainText)
        said.setWordWrap(True)
        said.setBuddy(self._field)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        save = buttons.addButton(self.tr("Save"), QDialogButtonBox.ButtonRole.AcceptRole)
        save.setProperty("kind", "primary")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        if several_lines:
            save.setToolTip(self.tr("Ctrl+Enter"))
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.MARGIN] * 4)
        column.setSpacing(theme.SPACING)
        for widget in (said, self._field, buttons):
            column.addWidget(widget)
        self._field.setFocus()

    @property
    def text(self) -> str:
        """What the field holds."""
        return self._field.text() if isinstance(self._field, QLineEdit) else self._field.toPlainText()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter confirms from everywhere; the rest is the dialog's business."""
        is_enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.accept()
        else:
            super().keyPressEvent(event)

    def _text_field(self, text: str) -> QPlainTextEdit:
        field = QPlainTextEdit(text)
        field.setTabChangesFocus(True)
        return field

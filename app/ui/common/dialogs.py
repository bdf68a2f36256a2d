"""Small dialogs and menus that every page uses."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QCursor, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QWidget,
)

from app.ui import theme
from app.ui.common import build

# A dialog with one field to write into.

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
        build.named(self._field, "text", says=label)
        said = build.label(label, wraps=True, buddy=self._field)
        buttons, save = build.dialog_buttons(self, self.tr("Save"))
        if several_lines:
            save.setToolTip(self.tr("Ctrl+Enter"))
        build.column(said, self._field, buttons, on=self, margins=theme.MARGIN)
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


# Buttons that open a menu.


def give_menu(button: QPushButton | QToolButton, menu: QMenu, arrow: bool = True) -> None:
    """Let `button` open `menu` at a click, and look at rest again once the menu is closed.

    An `arrow` shows that it does, unless its own sign says so.
    """
    if isinstance(button, QToolButton):
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setProperty("menu", arrow)
    button.setMenu(menu)
    menu.aboutToHide.connect(_Leaving(button).after_menu)


class _Leaving(QObject):
    """Tells a button that the pointer left it while its menu was open: the menu had the pointer, so Qt did not."""

    def __init__(self, button: QPushButton | QToolButton) -> None:
        super().__init__(button)
        self._button = button

    @Slot()
    def after_menu(self) -> None:
        """Look where the pointer is, once the menu is gone."""
        QTimer.singleShot(0, self._look)

    @Slot()
    def _look(self) -> None:
        button = self._button
        if button.underMouse() and not button.rect().contains(button.mapFromGlobal(QCursor.pos())):
            button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
            QApplication.sendEvent(button, QEvent(QEvent.Type.Leave))
            button.update()

"""Buttons that open a menu."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QToolButton


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

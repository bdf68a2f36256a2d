"""A list to choose from whose choice is cut short, visibly, where there is no room for it."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QHelpEvent, QPaintEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter, QToolTip


class ElidedBox(QComboBox):
    """Cuts in the middle: names often differ at their ends only. Its list shows them whole."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """As every list of choices, but for the text."""
        if self.currentIndex() < 0:  # what is said in place of a choice has a colour of its own
            super().paintEvent(event)
            return
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = self.shown_text(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()

    def event(self, event: QEvent) -> bool:
        """Say the whole of a choice of which less is shown."""
        if isinstance(event, QHelpEvent) and self.shown_text() != self.currentText():
            QToolTip.showText(event.globalPos(), self.currentText(), self)
            return True
        return super().event(event)

    def text_in_short(self) -> str:
        """What stands for the choice while the list is closed."""
        return self.currentText()

    def shown_text(self, option: QStyleOptionComboBox | None = None) -> str:
        """As much of the choice as there is room for."""
        if option is None:
            option = QStyleOptionComboBox()
            self.initStyleOption(option)
        field = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, self).width() - 2
        return self.fontMetrics().elidedText(self.text_in_short(), Qt.TextElideMode.ElideMiddle, room)

"""Controls beside the title of a card: as many as there is room for."""

from dataclasses import dataclass

from PySide6.QtCore import QSize
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui import theme


@dataclass
class _Tool:
    """A control; `stand_in` is offered elsewhere while there is no room for it."""

    widget: QWidget
    stand_in: QAction | None
    is_last: bool
    is_wanted: bool = True


class HeaderTools(QWidget):
    """Takes whatever width it is given: what was added last goes first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tools: list[_Tool] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def add(self, widget: QWidget, stand_in: QAction | None = None, *, is_last: bool = False) -> None:
        """Add a control, to the right of the others or, with `is_last`, at the right edge."""
        widget.setParent(self)
        self._tools.append(_Tool(widget, stand_in, is_last))
        for before, after in zip(self._in_order(), self._in_order()[1:], strict=False):
            QWidget.setTabOrder(before.widget, after.widget)
        self.updateGeometry()
        self._lay_out()

    def set_wanted(self, widget: QWidget, is_wanted: bool) -> None:
        """Show a control, or not for now."""
        for tool in self._tools:
            if tool.widget is widget:
                tool.is_wanted = is_wanted
        self._lay_out()

    def sizeHint(self) -> QSize:
        """Room for all."""
        hints = [tool.widget.sizeHint() for tool in self._tools]
        return QSize(sum(hint.width() + theme.SPACING for hint in hints), max((h.height() for h in hints), default=0))

    def minimumSizeHint(self) -> QSize:
        """Any width will do."""
        return QSize(0, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, other controls."""
        super().resizeEvent(event)
        self._lay_out()

    def _in_order(self) -> list[_Tool]:
        return sorted(self._tools, key=lambda tool: tool.is_last)

    def _lay_out(self) -> None:
        left, right = theme.SPACING, self.width()
        for tool in sorted(self._tools, key=lambda tool: not tool.is_last):
            hint = tool.widget.sizeHint()
            has_room = tool.is_wanted and left + hint.width() <= right
            tool.widget.setVisible(has_room)
            if tool.stand_in is not None:
                tool.stand_in.setVisible(not has_room)
            if not has_room:
                continue
            x = right - hint.width() if tool.is_last else left
            tool.widget.setGeometry(x, (self.height() - hint.height()) // 2, hint.width(), hint.height())
            if tool.is_last:
                right = x - theme.SPACING
            else:
                left = x + hint.width() + theme.SPACING

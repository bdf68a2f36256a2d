"""What a word of the field means, where the mouse rests on it anywhere in a window."""

from html import escape

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QAbstractButton, QHeaderView, QLabel, QToolTip, QWidget

from app.core.glossary import terms_in


class GlossaryTips(QObject):
    """Explains what labels, buttons and titles of columns say, unless they have a tool tip of their own.

    Qt offers a wish for a tool tip to the widget under the mouse, then to those around it, the window last: it is
    enough to listen there.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show the terms that the widget under the mouse names."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            widget = self._window.childAt(event.pos())
            terms = terms_in(_text_at(widget, event)) if widget is not None else ()
            if widget is not None and terms:
                tips = "<br>".join(f"<b>{escape(term.name)}</b>: {escape(term.text)}" for term in terms)
                QToolTip.showText(event.globalPos(), f"<qt>{tips}</qt>", widget)
                return True
        return super().eventFilter(watched, event)


def _text_at(widget: QWidget, event: QHelpEvent) -> str:
    """What the widget says at the mouse."""
    if isinstance(widget, QLabel | QAbstractButton):
        return widget.text()
    header = widget.parentWidget()
    if isinstance(header, QHeaderView) and header.model() is not None:
        section = header.logicalIndexAt(widget.mapFromGlobal(event.globalPos()))
        return str(header.model().headerData(section, header.orientation(), Qt.ItemDataRole.DisplayRole) or "")
    return ""

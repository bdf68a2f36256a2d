"""A form that is taller than its card."""

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from app.ui import theme


class FormScroll(QScrollArea):
    """Scrolls up and down. Its content keeps its width, whether or not the scroll bar is there."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content, self._wanted = content, content
        self.setObjectName("form_scroll")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().rangeChanged.connect(self._on_range_changed)
        self._on_range_changed(0, 0)

    def minimumSizeHint(self) -> QSize:
        """Never narrower than the form, beside its scroll bar."""
        least = super().minimumSizeHint()
        least.setWidth(self._content.minimumSizeHint().width() + theme.SCROLL_BAR)
        return least

    def event(self, event: QEvent) -> bool:
        """A form that needs another width tells those around it."""
        if event.type() is QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().event(event)

    def bring_into_view(self, widget: QWidget) -> None:
        """Scroll to a widget that was just shown: all of it, or as much from its top as there is room for."""
        self._wanted = widget
        # Widgets take their places only when the event loop runs again.
        QTimer.singleShot(0, self, self._scroll_to_wanted)

    def to_top(self) -> None:
        """Show the beginning."""
        self.verticalScrollBar().setValue(0)

    @Slot()
    def _scroll_to_wanted(self) -> None:
        self._content.adjustSize()
        top = self._wanted.mapTo(self._content, self._wanted.rect().topLeft()).y()
        bar, room = self.verticalScrollBar(), self.viewport().height()
        lowest = min(top, top + self._wanted.height() + theme.SPACING - room)
        if not lowest <= bar.value() <= top:
            bar.setValue(max(0, lowest) if bar.value() < lowest else top)

    @Slot(int, int)
    def _on_range_changed(self, _low: int, high: int) -> None:
        self.setViewportMargins(0, 0, 0 if high else theme.SCROLL_BAR, 0)

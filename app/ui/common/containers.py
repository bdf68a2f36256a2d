"""Containers: cards, columns of cards, parts that fold away, forms that scroll."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QButtonGroup, QFrame, QPushButton, QScrollArea, QWidget

from app.ui import theme
from app.ui.common import build

# A card: one thought, on its own ground.


class Card(QFrame):
    """A rounded panel with a title on the left of `header` and everything else in `body`."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.header, self.body = build.row(), build.column()
        outer = build.column(on=self, margins=theme.PADDING)
        if title:
            self.header.addWidget(build.label(title, role="title"))
            self.header.addStretch()
            outer.addLayout(self.header)
        outer.addLayout(self.body, 1)


# A part of a form that folds away, with a word on what is in it.

_CHEVRON = 4.0
_TEXT_LEFT = 18
_DOT = "●"


class FoldHeader(QPushButton):
    """A title with a chevron and, muted on the right, a summary that is cut short where there is no room."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.summary, self.is_changed = title, "", False
        self.setCheckable(True)
        self.setProperty("kind", "fold")
        self.setAccessibleName(title)
        self.setMinimumHeight(theme.CONTROL_HEIGHT)

    def set_summary(self, summary: str) -> None:
        """Say in short what is inside; the tooltip says it whole."""
        self.summary = summary
        self.setAccessibleDescription(summary)
        self.setToolTip(summary)
        self.update()

    def set_changed(self, changed: bool) -> None:
        """Mark that something inside is not the recipe's."""
        self.is_changed = changed
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as the title; the summary takes what is left."""
        return QSize(_TEXT_LEFT + self.fontMetrics().horizontalAdvance(self.title), theme.CONTROL_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The button's ground, then chevron, title and summary."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = theme.colours()
        painter.setPen(QPen(QColor(colours.muted), 1.5))
        painter.drawPolyline(self._chevron())
        painter.setPen(QColor(colours.text))
        left = self.rect().adjusted(_TEXT_LEFT, 0, -theme.SPACING // 2, 0)
        painter.drawText(left, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.title)
        width = self.fontMetrics().horizontalAdvance(self.title)
        if self.is_changed:
            dot = left.adjusted(width + theme.SPACING // 2, 0, 0, 0)
            painter.setPen(QColor(colours.accent))
            painter.drawText(dot, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, _DOT)
            width += theme.SPACING // 2 + self.fontMetrics().horizontalAdvance(_DOT)
        if not self.isChecked():
            painter.setPen(QColor(colours.muted))
            room = left.adjusted(width + theme.PADDING, 0, 0, 0)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self._elided(room))
        painter.end()

    def _elided(self, room: QRect) -> str:
        return self.fontMetrics().elidedText(self.summary, Qt.TextElideMode.ElideRight, room.width())

    def _chevron(self) -> list[QPointF]:
        x, y, half = _TEXT_LEFT / 2 - 1, self.height() / 2, _CHEVRON / 2
        if self.isChecked():
            return [QPointF(x - _CHEVRON, y - half), QPointF(x, y + half), QPointF(x + _CHEVRON, y - half)]
        return [QPointF(x - half, y - _CHEVRON), QPointF(x + half, y), QPointF(x - half, y + _CHEVRON)]


class Fold(QWidget):
    """A header that shows or hides `body`."""

    unfolded = Signal(object)  # this Fold

    def __init__(self, title: str, body: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header, self.body = FoldHeader(title), body
        build.column(self.header, body, on=self, spacing=0)
        body.hide()
        self.header.toggled.connect(self._on_toggled)

    @property
    def is_open(self) -> bool:
        """True while the body is shown."""
        return self.header.isChecked()

    @Slot(bool)
    def _on_toggled(self, shown: bool) -> None:
        self.body.setVisible(shown)
        if shown:
            self.unfolded.emit(self)


# A form that is taller than its card.


class FormScroll(QScrollArea):
    """Scrolls up and down. Its content keeps its width, whether or not the scroll bar is there."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content, self._wanted = content, content
        self._is_settling = self._is_resizing = False
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

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Resize the content once at a time.

        Qt gives it another size while it is told of the last one. Where a part of it has its height by its width, which
        follows later, two sizes may take turns until the stack is full.
        """
        if event.type() is not QEvent.Type.Resize:
            return super().eventFilter(watched, event)
        if self._is_resizing:
            return False
        self._is_resizing = True
        try:
            return super().eventFilter(watched, event)
        finally:
            self._is_resizing = False

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
    def _on_range_changed(self, _low: int, _high: int) -> None:
        # A form that just fits without the bar, and does not with it, would go on from one to the other for ever.
        if self._is_settling:
            return
        self._is_settling = True
        for _ in range(2):
            self.setViewportMargins(0, 0, 0 if self.verticalScrollBar().maximum() else theme.SCROLL_BAR, 0)
        self._is_settling = False


# A few buttons in a row, one of which is pressed: what a card shows of several things.


class Segments(QWidget):
    """The arrow keys go through them, as through any group of buttons."""

    chosen = Signal(int)

    def __init__(self, parts: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        """`parts` are object names and the words shown."""
        super().__init__(parent)
        self._group = QButtonGroup(self)
        row = build.row(on=self, spacing=theme.SPACING // 2)
        for number, (name, words) in enumerate(parts):
            button = build.button(words, name=name, checkable=True)
            self._group.addButton(button, number)
            row.addWidget(button)
        self._group.idClicked.connect(self._on_clicked)
        self.turn_to(0)

    @property
    def current(self) -> int:
        """Which one is pressed."""
        return self._group.checkedId()

    def be_tight(self, is_tight: bool) -> None:
        """Take less room, or as much as other buttons."""
        for button in self._group.buttons():
            if button.property("tight") != is_tight:
                button.setProperty("tight", is_tight)
                button.style().polish(button)  # which reads the style sheet anew
                button.updateGeometry()

    def set_words(self, number: int, words: str) -> None:
        """Let one say something else."""
        self._group.button(number).setText(words)

    def turn_to(self, number: int) -> None:
        """Press one without telling of it."""
        self._group.button(number).setChecked(True)

    @Slot(int)
    def _on_clicked(self, number: int) -> None:
        self.chosen.emit(number)

"""The slider through a run: a mark for every moment that was kept."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFocusEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QWidget

from app.core.runs.snapshots import Moment
from app.ui import theme

_HEIGHT = 26
_MARGIN = 8.0
_HANDLE = 6.0
_EPOCH, _BATCH = 5.0, 2.5
"""Half the height of a mark."""
_LEAST_GAP = 3.0
"""Marks that would be nearer to each other are left out."""


class FilmSlider(QAbstractSlider):
    """Moments at equal distances: the first batches, in which most happens, have as much room as the epochs.

    Its value is the number of the moment; the keys are Qt's own for sliders.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._moments: Sequence[Moment] = ()
        self._best: int | None = None
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setRange(0, 0)
        self.setSingleStep(1)
        self.setPageStep(5)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Moment of the run"))
        self.setObjectName("film_slider")
        self.setToolTip(
            self.tr("Marks are snapshots of the weights: short after a batch, long after an epoch, green the best")
        )
        theme.notifier().changed.connect(self._on_colours_changed)
        self.valueChanged.connect(self._on_value_changed)

    def show_moments(self, moments: Sequence[Moment], best: int | None) -> None:
        """Mark these; the one after the epoch `best` is marked as the best."""
        self._moments, self._best = moments, best
        self.blockSignals(True)  # the number of a moment may change, which moves nothing
        self.setRange(0, max(0, len(moments) - 1))
        self.blockSignals(False)
        self.update()

    def place(self, number: int) -> QPointF:
        """Where a moment is."""
        width = self.width() - 2 * _MARGIN
        return QPointF(_MARGIN + width * number / max(1, self.maximum()), self.height() / 2)

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(200, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Marks are left out where there is little room."""
        return QSize(45, _HEIGHT)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._go_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag."""
        if self.isSliderDown():
            self._go_to(event.position().x())

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Let go."""
        self.setSliderDown(False)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show it."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show it no longer."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The line, what lies behind in the accent, the marks, the handle."""
        painter, colours = QPainter(self), theme.colours()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        start, now, end = self.place(0), self.place(self.value()), self.place(self.maximum())
        for colour, left, right in ((colours.line, now, end), (colours.accent, start, now)):
            painter.setPen(QPen(QColor(colour), 2))
            painter.drawLine(left, right)
        self._paint_marks(painter, colours)
        painter.setPen(QPen(QColor(colours.text if self.hasFocus() else colours.card), theme.FOCUS_LINE))
        painter.setBrush(QColor(colours.accent))
        if self._moments:
            painter.drawEllipse(now, _HANDLE, _HANDLE)
        painter.end()

    def _paint_marks(self, painter: QPainter, colours: theme.Colours) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        last = -_LEAST_GAP
        for number, moment in enumerate(self._moments):
            at = self.place(number)
            is_best = bool(moment.epochs) and moment.epochs == self._best
            if at.x() - last < _LEAST_GAP and not is_best:
                continue
            last = at.x()
            half = _BATCH if moment.batch else _EPOCH
            painter.setBrush(QColor(colours.best if is_best else colours.muted))
            painter.drawRect(QRectF(at.x() - 0.75, at.y() - half, 1.5, 2 * half))
            if is_best:
                painter.drawEllipse(at - QPointF(0, 9), 2.5, 2.5)

    def _go_to(self, x: float) -> None:
        share = (x - _MARGIN) / max(1.0, self.width() - 2 * _MARGIN)
        self.setValue(round(share * self.maximum()))

    @Slot()
    def _on_colours_changed(self) -> None:
        self.update()

    @Slot()
    def _on_value_changed(self) -> None:
        self.update()

"""Curves over epochs, to look at closely: zoom, move, fit. Imports pyqtgraph."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from app.core.runs.curves import Numbers, Range, calm, epoch_ticks, joined, log_ticks, padded, values_that_matter
from app.core.runs.progress import short_power
from app.ui import theme
from app.ui.common import build
from app.ui.common.plots.line import Line
from app.ui.theme import Colours

AXIS_WIDTH = 42
MOST_SIGNS = 40
"""A longer line has a sign only at its end."""
MANY = 1000
"""So many points of a line are thinned out before they are drawn."""
LOG_FLOOR = 1e-6
"""A loss of 0 has no logarithm; it is drawn here."""

_ZOOM = 0.7
_LEAST_EPOCHS, _LEAST_SHARE = 0.02, 1e-4
"""How close one can look: so many epochs, such a share of all values."""
_ANY = 1e307
"""pyqtgraph's own limit."""


class ValueAxis(pg.AxisItem):  # type: ignore[misc]
    """The axis of values. On a logarithmic scale, too, it has numbers whatever range it shows."""

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """One level of ticks; on a logarithmic scale their places are logarithms."""
        if not self.logMode:
            ticks: list[tuple[float, list[float]]] = super().tickValues(low, high, size)
            return ticks
        return [(1.0, [math.log10(value) for value in log_ticks(min(low, high), max(low, high))])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Short ones: 0.25, 20, 1e30."""
        if self.logMode:
            return [short_power(f"{10**value:.4g}") for value in values]
        largest = max(map(abs, values), default=1.0)
        if 1e-2 <= largest < 1e4:
            plain: list[str] = super().tickStrings(values, scale, spacing)
            return plain
        if 1e-4 <= largest < 1:
            return [f"{value:.4g}" for value in values]
        return [short_power(f"{value:.1e}") if value else "0" for value in values]


class EpochAxis(pg.AxisItem):  # type: ignore[misc]
    """The axis of epochs: whole numbers as long as there is room for more than one."""

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """One level of ticks."""
        ticks = list(epoch_ticks(max(0.0, min(low, high)), max(low, high), max(2, min(10, int(size / 32)))))
        return [(ticks[1] - ticks[0] if len(ticks) > 1 else 1.0, ticks)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Without needless zeros."""
        return [f"{value:.6g}" for value in values]


class _View(pg.PlotWidget):  # type: ignore[misc]
    """pyqtgraph's own widget, which swallows double clicks."""

    double_clicked = Signal()

    def mouseDoubleClickEvent(self, event: Any) -> None:
        """Tell of it."""
        self.double_clicked.emit()
        event.accept()


class EpochPlot(QWidget):
    """Draws lines. The view follows them until a user zooms or moves it, and again after `fit`.

    The wheel zooms, over an axis only along it; dragging moves, a double click fits.
    """

    pointed_at = Signal(object)  # the epoch under the pointer as float, None when it left
    fitted = Signal(bool)  # False once a user has chosen another view
    menu_requested = Signal(QPoint)  # a place on the screen

    def __init__(self, parent: QWidget | None = None, *, colours: Colours | None = None) -> None:
        super().__init__(parent)
        self._own_colours = colours
        self._lines: Sequence[Line] = ()
        self._reach: float | None = None
        self._is_log, self.is_fitted, self._begins_at_zero = False, True, False
        self._thickness = 1.0
        self._seen: tuple[Range, Range] = (0.0, 1.0), (0.0, 1.0)
        self._curves: list[Any] = []
        self._signs: list[Any] = []
        self._styles: list[tuple[object, ...]] = []
        self._view: Any = _View(axisItems={"left": ValueAxis("left"), "bottom": EpochAxis("bottom")})
        self._plot: Any = self._view.getPlotItem()
        self._box: Any = self._plot.getViewBox()
        self._hair = pg.InfiniteLine(angle=90, movable=False)
        self._tidy()
        build.column(self._view, on=self)
        self._view.scene().sigMouseMoved.connect(self._on_mouse_moved)
        self._view.double_clicked.connect(self.fit)
        self._view.customContextMenuRequested.connect(self._on_menu_requested)
        self._box.sigRangeChangedManually.connect(self._on_moved)
        theme.notifier().changed.connect(self._on_colours_changed)
        self._colour()
        self._fit()

    @property
    def lines(self) -> Sequence[Line]:
        """What is drawn."""
        return self._lines

    @property
    def is_log(self) -> bool:
        """Whether values have a logarithmic scale."""
        return self._is_log

    @property
    def view(self) -> tuple[Range, Range]:
        """The epochs and the values that are seen; of values on a logarithmic scale their logarithms."""
        (left, right), (low, high) = self._box.viewRange()
        return (left, right), (low, high)

    def show_lines(self, lines: Sequence[Line], reach: float | None = None) -> None:
        """Draw these and nothing else; while a run goes on, `reach` is the end of the axis of epochs."""
        self._lines, self._reach = lines, reach
        self._redraw()

    def set_log(self, log: bool) -> None:
        """Choose the scale of the values."""
        self._is_log = log
        self._plot.getAxis("left").setLogMode(x=False, y=log)
        self._redraw()
        self.fit()

    def begin_at_zero(self, is_wanted: bool) -> None:
        """Let the axis of epochs begin before the first batch, also where nothing is known of the first epoch."""
        if is_wanted != self._begins_at_zero:
            self._begins_at_zero = is_wanted
            self._redraw()

    def set_view(self, view: tuple[Range, Range]) -> None:
        """Show that part of the lines."""
        self._box.setRange(xRange=view[0], yRange=view[1], padding=0)

    @Slot()
    def fit(self) -> None:
        """Show what matters of all lines."""
        self.is_fitted = True
        self._set_free()
        self._fit(calmly=False)
        self.fitted.emit(True)

    @Slot()
    def zoom_in(self) -> None:
        """Look closer at the middle."""
        self._zoom(_ZOOM)

    @Slot()
    def zoom_out(self) -> None:
        """Look from farther away."""
        self._zoom(1 / _ZOOM)

    def point_at(self, epoch: float | None) -> None:
        """Put the hair line on an epoch, or take it away."""
        self._hair.setVisible(epoch is not None)
        if epoch is not None:
            self._hair.setPos(epoch)

    def paint(self, painter: QPainter, place: QRectF) -> None:
        """Paint a plot that is not on the screen, as lines rather than as pixels, into a picture."""
        view = self.view
        self.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        self.resize(place.size().toSize())
        self.show()  # else nothing in it would take its place
        self._thickness = painter.worldTransform().m11()  # widths are in pixels, of which a picture has more
        self._redraw()
        self.set_view(view)
        items = [item for item in self._view.scene().items() if hasattr(item, "setExportMode")]
        for item in items:
            item.setExportMode(True)
        self._view.render(painter, place, self._view.viewport().rect())
        for item in items:
            item.setExportMode(False)
        self.hide()

    def sizeHint(self) -> QSize:
        """As much room as there is."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        """Small windows have small plots."""
        return QSize(100, 60)

    def leaveEvent(self, event: Any) -> None:
        """Nothing is pointed at any more."""
        self.pointed_at.emit(None)
        super().leaveEvent(event)

    @property
    def _colours(self) -> Colours:
        return self._own_colours or theme.colours()

    def _redraw(self) -> None:
        while len(self._curves) < len(self._lines):
            self._add_items()
        for place, (curve, signs) in enumerate(zip(self._curves, self._signs, strict=True)):
            if place < len(self._lines):
                self._draw(place, self._lines[place])
            elif curve.isVisible() or signs.isVisible():
                curve.hide()
                signs.hide()
        if self.is_fitted:
            self._fit()

    def _add_items(self) -> None:
        curve, signs = pg.PlotDataItem(connect="finite"), pg.ScatterPlotItem(pxMode=True)
        curve.setClipToView(True)
        for item in (curve, signs):
            self._plot.addItem(item, ignoreBounds=True)
        self._curves.append(curve)
        self._signs.append(signs)
        self._styles.append(())

    def _draw(self, place: int, line: Line) -> None:
        curve, signs, colours = self._curves[place], self._signs[place], self._colours
        y = self._drawable(line.y)
        style = (
            line.colour(colours).rgba(),
            line.pen,
            line.width,
            line.sign,
            line.sign_size,
            line.is_noisy,
            self._thickness,
        )
        is_styled = style == self._styles[place]
        if not is_styled:
            self._styles[place] = style
            curve.setPen(_thick(line.stroke(colours), self._thickness))
            # Thousands of antialiased segments take longer than a frame; noise goes without.
            curve.opts["antialias"] = not line.is_noisy
        # Thinning out drops what is left over: too much where there are only a few points.
        curve.setDownsampling(auto=len(line.x) > MANY, method="peak")
        curve.setVisible(line.pen is not Qt.PenStyle.NoPen)
        if line.is_level:
            curve.setData([-1.0, self._longest()], [y[0], y[0]])
        else:
            curve.setData(line.x, y)
        is_dot = len(line.x) == 1 and not line.is_level  # a line of one point would not be seen
        signs.setVisible(bool(line.sign) or is_dot)
        if line.sign or is_dot:
            marked = np.flatnonzero(np.isfinite(y))
            marked = marked if len(marked) <= MOST_SIGNS else marked[-1:]
            x, y = line.x[marked], y[marked]
            before = signs.data
            if is_styled and np.array_equal(before["x"], x) and np.array_equal(before["y"], y):
                return
            signs.setData(
                x=x,
                y=y,
                symbol=line.sign or "o",
                size=line.sign_size * self._thickness,
                brush=line.fill(colours),
                pen=_thick(line.sign_pen(colours), self._thickness),
            )

    def _drawable(self, values: Numbers) -> Numbers:
        return np.log10(np.maximum(values, LOG_FLOOR)) if self._is_log else values

    def _longest(self) -> float:
        """Beyond what anybody can see on the axis of epochs."""
        return 2 * max((line.epochs[1] for line in self._lines if line.epochs), default=1.0) + 2 * (self._reach or 1.0)

    def _fit(self, *, calmly: bool = True) -> None:
        """Fit the axes to the lines, or rather to what matters of them; an empty plot shows a scale all the same."""
        present = [line for line in self._lines if line.epochs is not None]
        fitted = [line for line in present if not line.is_pale] or present
        x = joined(line.epochs for line in fitted) or (0.0, 1.0)
        first = x[0] if x[0] >= 1 and not self._begins_at_zero else 0.0
        last = max(x[1], self._reach or 0.0)
        if last <= first:
            first, last = first - 0.5, last + 0.5
        levels = [line for line in self._lines if line.is_level] if fitted else []
        y = joined(self._matters(line, last) for line in (*present, *levels)) or (
            (-2.0, 0.0) if self._is_log else (0.0, 1.0)
        )
        wanted = padded(y)
        left, right = padded((first, last), 0.02)
        self._seen = (max(left, first - 0.5), right), calm(self.view[1], wanted) if calmly else wanted
        self.set_view(self._seen)

    def _matters(self, line: Line, last: float) -> Range | None:
        """What the axis of values is fitted to: of an earlier run only as far as this one has come."""
        seen = int(np.searchsorted(line.x, last, side="right")) if line.is_pale else len(line.x)
        return values_that_matter(line.x[:seen], self._drawable(line.y[:seen]), line.is_noisy, line.is_mean)

    def _limit(self) -> None:
        """Nobody gets lost: a view that a user chooses stays where lines are."""
        values = [self._drawable(line.y[np.isfinite(line.y)]) for line in self._lines]
        epochs, seen = self._seen
        left, right = padded(joined([epochs, *(line.epochs for line in self._lines)]) or epochs, 0.05)
        low, high = padded(joined([seen, *((part.min(), part.max()) for part in values if len(part))]) or seen, 0.1)
        self._box.setLimits(
            xMin=left,
            xMax=right,
            yMin=low,
            yMax=high,
            minXRange=min(_LEAST_EPOCHS, right - left),
            minYRange=(high - low) * _LEAST_SHARE,
        )

    def _set_free(self) -> None:
        """What fits is not limited: the lines of a run grow."""
        self._box.setLimits(xMin=-_ANY, xMax=_ANY, yMin=-_ANY, yMax=_ANY, minXRange=None, minYRange=None)

    def _zoom(self, factor: float) -> None:
        self._box.scaleBy((factor, factor))
        self._on_moved()

    def _tidy(self) -> None:
        """Take away what invites to get lost: pyqtgraph's menus and buttons."""
        self._view.setFrameShape(pg.QtWidgets.QFrame.Shape.NoFrame)
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.setContentsMargins(0, 0, theme.PADDING, 0)
        self._plot.getAxis("left").setWidth(AXIS_WIDTH)
        self._plot.showGrid(x=False, y=True, alpha=0.5)
        self._box.disableAutoRange()
        self._hair.hide()
        self._plot.addItem(self._hair, ignoreBounds=True)
        font = theme.small(self.font())
        for name in ("left", "bottom"):
            axis = self._plot.getAxis(name)
            axis.setStyle(tickLength=0, maxTickLevel=0, autoExpandTextSpace=False, hideOverlappingLabels=False)
            axis.setTickFont(font)
            axis.enableAutoSIPrefix(False)
            axis.setZValue(-1000)  # else grid lines cross the signs

    @Slot()
    def _on_colours_changed(self) -> None:
        self._colour()
        self._redraw()

    def _colour(self) -> None:
        """Put on the colours of now."""
        colours = self._colours
        self._view.setBackground(colours.card)
        self._hair.setPen(pg.mkPen(colours.muted, width=1, style=Qt.PenStyle.DashLine))
        for name in ("left", "bottom"):
            axis = self._plot.getAxis(name)
            axis.setPen(pg.mkPen(colours.line))
            axis.setTextPen(pg.mkPen(colours.muted))

    @Slot()
    def _on_moved(self) -> None:
        self._limit()
        if self.is_fitted:
            self.is_fitted = False
            self.fitted.emit(False)

    @Slot(object)
    def _on_mouse_moved(self, position: QPointF) -> None:
        inside = self._box.sceneBoundingRect().contains(position)
        self.pointed_at.emit(max(0.0, float(self._box.mapSceneToView(position).x())) if inside else None)

    @Slot(QPoint)
    def _on_menu_requested(self, place: QPoint) -> None:
        self.menu_requested.emit(self._view.mapToGlobal(place))


def _thick(pen: QPen, times: float) -> QPen:
    pen.setWidthF(pen.widthF() * times)
    return pen

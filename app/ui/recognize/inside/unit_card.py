"""One map or unit: what it is made of, where it comes from, what it responds to, and what the answer is without it."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QWidget

from app.core.film.pictures import levels
from app.core.inference.explaining.inside import Inside, LayerOutput, NetworkInside, Unit
from app.core.inference.explaining.numpy_network import Array
from app.ui import theme
from app.ui.common import build
from app.ui.common.film.pictures import sheet_image
from app.ui.common.layout import Flow
from app.ui.common.painted import Painted
from app.ui.recognize.inside.layer_view import ValueBars
from app.ui.recognize.inside.sums import SumView

_MAP_SIDE, _KERNEL_SIDE, _TILE, _GAP = 168, 84, 28, 2


class MapView(Painted):
    """A map, large; `place_pointed` tells the row and column under the mouse."""

    place_pointed = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values = np.zeros((1, 1), np.float32)
        self.place = (0, 0)
        self.setMouseTracking(True)
        self.setFixedSize(_MAP_SIDE, _MAP_SIDE)
        self.setAccessibleName(self.tr("The map; point at a place to see its sum"))

    def show_map(self, values: Array, is_new: bool) -> None:
        """Show a map (rows, columns); of a new one, the strongest place is looked at first."""
        if is_new:
            row, column = np.unravel_index(int(np.abs(values).argmax()), values.shape)
            self.place = int(row), int(column)
        self._values = values
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Another place of the map."""
        self._point_at(event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Touch does not move."""
        self._point_at(event.position())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Sharp pixels, and a frame around the place that is looked at."""
        painter, colours = QPainter(self), theme.colours()
        painter.drawImage(QRectF(self.rect()), sheet_image(levels(self._values), colours))
        rows, columns = self._values.shape
        width, height = self.width() / columns, self.height() / rows
        painter.setPen(QPen(QColor(colours.text), 2))
        painter.drawRect(QRectF(self.place[1] * width, self.place[0] * height, width, height).adjusted(-1, -1, 1, 1))
        painter.end()

    def _point_at(self, at: QPointF) -> None:
        rows, columns = self._values.shape
        row, column = int(at.y() * rows / self.height()), int(at.x() * columns / self.width())
        if 0 <= row < rows and 0 <= column < columns and (row, column) != self.place:
            self.place = row, column
            self.update()
            self.place_pointed.emit(row, column)


class Tiles(QWidget):
    """Training pictures side by side."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._images: list[QImage] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_TILE)

    def show_pictures(self, images: NDArray[np.uint8]) -> None:
        """Show pictures (n, 28, 28) uint8, ink = 255."""
        grey = QImage.Format.Format_Grayscale8
        self._images = [QImage(np.ascontiguousarray(one).tobytes(), 28, 28, 28, grey).copy() for one in images]
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """As the network has them."""
        painter = QPainter(self)
        for place, image in enumerate(self._images):
            painter.drawImage(QRectF(place * (_TILE + _GAP), 0, _TILE, _TILE), image)
        painter.end()


class UnitCard(QWidget):
    """Shown once a map or a unit is chosen."""

    off_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.unit: Unit | None = None
        self._network: NetworkInside | None = None
        self._inside: Inside | None = None
        self._is_new = False
        self._title = build.label(role="title", wraps=True)
        self.map, self._kernel = MapView(), _Kernel()
        self.sum, self.off = SumView(), QCheckBox(self.tr("Switch it off"))
        self._tiles, self._responds = Tiles(), build.label(role="caption", wraps=True)
        self._bars = ValueBars(self.tr("Probabilities without it"), is_share=True)
        self._bars_title = build.label(role="caption", wraps=True)
        self.close_button = build.button(self.tr("Close"), name="close_unit", kind="link")
        title = build.row((self._title, 1), self.close_button)
        pictures = Flow()
        for part in (self.map, self._kernel):
            pictures.addWidget(part)
        below = (self.sum, self._responds, self._tiles, self.off, self._bars_title, self._bars)
        build.column(title, pictures, *below, on=self)
        self.map.place_pointed.connect(self._show_sum)
        self.off.toggled.connect(self._on_off_toggled)
        self.hide()

    @property
    def off_unit(self) -> Unit | None:
        """What is switched off now."""
        return self.unit if self.off.isChecked() and not self.isHidden() else None

    @property
    def responds(self) -> str:
        """What is said of the training pictures that it responds to."""
        return self._responds.text()

    def choose(self, network: NetworkInside, unit: Unit) -> None:
        """Look at this one from now on; what is shown of the drawing comes with `show_inside`."""
        self.unit, self._network, self._is_new = unit, network, True
        self.off.setChecked(False)
        weights = network.weights(unit)
        self._kernel.setVisible(weights is not None and weights.ndim == 3)
        if weights is not None and weights.ndim == 3:
            self._kernel.show_weights(weights)
        self._responds.setText(self.tr("Looking for the training pictures that it responds to most…"))
        self._tiles.show_pictures(np.zeros((0, 28, 28), np.uint8))
        self.show()

    def show_inside(self, inside: Inside, names: tuple[str, ...]) -> None:
        """Show what it makes of this drawing."""
        self._inside = inside
        output = self._output()
        if output is None or self.unit is None:
            return
        kind = self.tr("Map {number} of {layer}") if output.is_maps else self.tr("Unit {number} of {layer}")
        self._title.setText(kind.format(number=self.unit.number + 1, layer=output.name))
        self.map.setVisible(output.is_maps)
        if output.is_maps:
            self.map.show_map(output.values[..., self.unit.number], is_new=self._is_new)
        self._is_new = False
        self._show_sum()
        is_off = inside.without is not None
        for part in (self._bars, self._bars_title):
            part.setVisible(is_off)
        if inside.without is not None and inside.logits_without is not None:
            best = int(inside.probabilities.argmax())
            self._bars.show_values(names, inside.without, inside.probabilities)
            words = self.tr("Without it (pale: with it). The logit of {name} goes from {before:.2f} to {after:.2f}.")
            before, after = float(inside.logits[best]), float(inside.logits_without[best])
            self._bars_title.setText(words.format(name=names[best], before=before, after=after))

    def show_strongest(self, images: NDArray[np.uint8]) -> None:
        """Show the training pictures (n, 28, 28) uint8 that it responds to most."""
        none = self.tr("There are no training pictures here to compare with.")
        count = self._network.compared_count if self._network is not None else 0
        words = self.tr("Of {count:,} training pictures, it responds to these most:").format(count=count)
        self._responds.setText(words if len(images) else none)
        self._tiles.show_pictures(images)

    def _output(self) -> LayerOutput | None:
        layers = self._inside.layers if self._inside is not None else ()
        return next((layer for layer in layers if self.unit is not None and layer.name == self.unit.layer), None)

    def _show_sum(self) -> None:
        network, inside, unit, output = self._network, self._inside, self.unit, self._output()
        if network is None or inside is None or unit is None or output is None:
            return
        row, column = self.map.place if output.is_maps else (0, 0)
        added = network.sum_at(inside, unit, row, column)
        window = network.window_at(inside, unit, row, column) if added is None else None
        self.sum.setVisible(added is not None or window is not None)
        if added is not None:
            self.sum.show_sum(added)
        elif window is not None:
            self.sum.show_window(window, float(output.values[row, column, unit.number]))

    def _on_off_toggled(self) -> None:
        self.off_changed.emit()


class _Kernel(Painted):
    """The weights of a map or unit as pictures, the first channels of them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._weights = np.zeros((1, 1, 1), np.float32)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Its weights"))
        self.setToolTip(self.tr("Its weights: blue adds, orange takes away"))

    def show_weights(self, weights: Array) -> None:
        """Weights (rows, columns, channels)."""
        self._weights = weights
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(_KERNEL_SIDE, _KERNEL_SIDE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Of several channels, as many as there is room for."""
        painter, colours = QPainter(self), theme.colours()
        channels = self._weights.shape[-1]
        per_row = 1 if channels == 1 else 3
        side = (_KERNEL_SIDE - (per_row - 1) * _GAP) / per_row
        shades = levels(self._weights)
        for number in range(min(channels, per_row * per_row)):
            place = QRectF((number % per_row) * (side + _GAP), (number // per_row) * (side + _GAP), side, side)
            painter.drawImage(place, sheet_image(np.ascontiguousarray(shades[..., number]), colours))
        painter.end()

"""What one layer made of the drawing: feature maps as small pictures, units as cells, logits and softmax as bars."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.film.pictures import levels
from app.core.inference.explaining.inside import LayerOutput
from app.core.inference.explaining.numpy_network import Array
from app.core.percentages import percent
from app.ui import theme
from app.ui.common.film.pictures import sheet_image
from app.ui.common.picture_grid import ExampleChooser

MOST_MAPS = 8
"""So many maps of a layer are shown at first, the most active ones."""
_MAP, _UNIT, _GAP = 42, 11, 3


class LayerView(ExampleChooser):
    """Maps or units that can be chosen; `example_clicked` tells the place of one, `unit_at` its number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._output: LayerOutput | None = None
        self._shows_all = False
        self._images: list[QImage] = []
        self._numbers: tuple[int, ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.notifier().changed.connect(self._paint_images)

    @property
    def hidden_count(self) -> int:
        """How many maps are not shown."""
        return 0 if self._output is None else self._output.values.shape[-1] - len(self._numbers)

    def unit_at(self, place: int) -> int:
        """The number of the map or unit at a place."""
        return self._numbers[place]

    def show_output(self, output: LayerOutput) -> None:
        """Show this. While the same maps are shown, their order stays: they would jump about under the pen."""
        is_same = self._output is not None and self._output.name == output.name
        self._output = output
        if not is_same or not self._numbers:
            self._choose_numbers()
        self._paint_images()

    def show_all(self, shows_all: bool) -> None:
        """Show all maps, or the most active ones."""
        self._shows_all = shows_all
        if self._output is not None:
            self._choose_numbers()
            self._paint_images()

    def example_places(self) -> Sequence[QRectF]:
        """From left to right, then downwards."""
        cell, columns = self._cell, self._columns(self.width())
        return [
            QRectF(place % columns * cell, place // columns * cell, cell - _GAP, cell - _GAP)
            for place in range(len(self._numbers))
        ]

    def example_in_words(self, number: int) -> str:
        if self._output is None:
            return ""
        unit = self._numbers[number]
        if self._output.is_maps:
            strongest = float(np.abs(self._output.values[..., unit]).max())
            return self.tr("Map {number}, at most {value:z.2f}").format(number=unit + 1, value=strongest)
        value = float(self._output.values[unit])
        return self.tr("Unit {number}: {value:z.3f}").format(number=unit + 1, value=value)

    def tip_at(self, at: QPointF) -> str | None:
        place = self.example_at(at)
        return "" if place is None else self.example_in_words(place)

    def sizeHint(self) -> QSize:
        return QSize(_MAP * 4, self.heightForWidth(self.width()))

    def heightForWidth(self, width: int) -> int:
        """Other rows, another height."""
        rows = -(-len(self._numbers) // self._columns(width))
        return rows * self._cell - _GAP + 1 if rows else _UNIT

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Each map on a scale of the whole layer, its pixels sharp."""
        painter = QPainter(self)
        for place, image in zip(self.example_places(), self._images, strict=False):
            painter.drawImage(place, image)
        self.paint_choice(painter, theme.colours().accent)
        painter.end()

    @property
    def _cell(self) -> int:
        return (_MAP if self._output is not None and self._output.is_maps else _UNIT) + _GAP

    def _columns(self, width: int) -> int:
        return max(1, (width + _GAP) // self._cell)

    def _choose_numbers(self) -> None:
        assert self._output is not None
        if self._output.is_maps:
            order = self._output.order if self._shows_all else self._output.order[:MOST_MAPS]
            self._numbers = tuple(int(number) for number in order)
        else:
            self._numbers = tuple(range(len(self._output.values)))
        self.forget_choice()
        self.updateGeometry()

    def _paint_images(self) -> None:
        if self._output is None:
            return
        shades, colours = levels(self._output.values), theme.colours()
        maps = shades if self._output.is_maps else shades[None, None, :]
        self._images = [sheet_image(np.ascontiguousarray(maps[..., number]), colours) for number in self._numbers]
        self.update()


_BAR_ROW, _NAME_SHARE, _VALUE_WIDTH = 17, 0.3, 52


class ValueBars(QWidget):
    """A bar for each class, to the right for what is positive; a second, pale one for what it was or would be."""

    def __init__(self, says: str, is_share: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(says)
        self._is_share = is_share
        self._names: tuple[str, ...] = ()
        self._values = self._other = np.zeros(0, np.float32)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFont(theme.small(self.font()))
        theme.notifier().changed.connect(self.update)

    def show_values(self, names: tuple[str, ...], values: Array, other: Array | None = None) -> None:
        """Values (classes,), and those to compare with."""
        self._names, self._values = names, values
        self._other = np.zeros(0, np.float32) if other is None else other
        self.setFixedHeight(_BAR_ROW * len(names))
        self.setAccessibleDescription("; ".join(map(self._words, range(len(names)))))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Name, bar, number."""
        painter, colours = QPainter(self), theme.colours()
        metrics = QFontMetrics(self.font())
        left = min(
            max((metrics.horizontalAdvance(name) for name in self._names), default=0), self.width() * _NAME_SHARE
        )
        room = QRectF(left + 8, 0, max(1.0, self.width() - left - 8 - _VALUE_WIDTH), _BAR_ROW)
        low = 0.0 if self._is_share else float(min(0, self._values.min(initial=0)))
        span = 1.0 if self._is_share else float(max(0, self._values.max(initial=0))) - low or 1.0
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        for row, name in enumerate(self._names):
            top = row * _BAR_ROW
            painter.setPen(QColor(colours.text))
            said = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(left))
            painter.drawText(QRectF(0, top, left, _BAR_ROW), align, said)
            for values, colour, height in ((self._other, colours.muted, 13), (self._values, colours.accent, 8)):
                if len(values):
                    start, end = sorted((-low / span, (float(values[row]) - low) / span))
                    bar = QRectF(room.left() + start * room.width(), 0, max(1.0, (end - start) * room.width()), height)
                    bar.moveTop(top + (_BAR_ROW - height) / 2)
                    painter.setOpacity(0.35 if colour == colours.muted else 1)
                    painter.fillRect(bar, QColor(colour if values[row] >= 0 else colours.validation))
                    painter.setOpacity(1)
            painter.setPen(QColor(colours.muted))
            painter.drawText(QRectF(room.right(), top, _VALUE_WIDTH, _BAR_ROW), align, self._number(row))
        painter.end()

    def _number(self, row: int) -> str:
        value = float(self._values[row])
        return percent(value) if self._is_share else f"{value:z.2f}"

    def _words(self, row: int) -> str:
        return f"{self._names[row]} {self._number(row)}"

"""How one number comes about, as in a textbook: a window times a kernel, or the largest of a square."""

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.film.pictures import ZERO, levels
from app.core.inference.explaining.inside import Sum
from app.core.inference.explaining.numpy_network import Array
from app.ui import theme
from app.ui.common import build
from app.ui.common.film.pictures import sheet_image
from app.ui.common.layout import Flow

_CELL_WIDTH, _CELL_HEIGHT, _LARGEST = 32, 24, 5
_TOLD = 4
"""So many products of a dense layer are told one by one."""
_STRONG = 80
_SIDE = 28


class NumberGrid(QWidget):
    """A small matrix with its numbers in cells that are coloured like maps."""

    def __init__(self, says: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(says)
        self._values = np.zeros((0, 0), np.float32)
        self.setFont(theme.small(self.font()))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.notifier().changed.connect(self.update)

    def show_values(self, values: Array) -> None:
        """Show a matrix (rows, columns)."""
        self._values = values
        self.setFixedSize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:
        rows, columns = self._values.shape
        return QSize(columns * _CELL_WIDTH, rows * _CELL_HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Cells and numbers."""
        painter, colours = QPainter(self), theme.colours()
        shades = levels(self._values)
        if self._values.size:
            painter.drawImage(QRectF(self.rect()), sheet_image(shades, colours))
        for (row, column), value in np.ndenumerate(self._values):
            is_strong = abs(int(shades[row, column]) - ZERO) > _STRONG
            painter.setPen(QColor(colours.on_accent if is_strong else colours.text))
            cell = QRectF(column * _CELL_WIDTH, row * _CELL_HEIGHT, _CELL_WIDTH, _CELL_HEIGHT)
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, _cell_text(float(value)))
        painter.end()


class SumView(QWidget):
    """Input × kernel, and the sum in words. Of several channels, the grids show the one that adds most."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._input, self._kernel = NumberGrid(self.tr("Input")), NumberGrid(self.tr("Kernel"))
        self._times = build.label("×", role="muted")
        self.words = build.label(role="muted", wraps=True)
        self._channel = build.label(role="caption", wraps=True)
        top = Flow()
        for part in (self._input, build.panel(build.row(self._times, self._kernel))):
            top.addWidget(part)
        build.column(top, self._channel, self.words, on=self, spacing=theme.SPACING // 2)

    def show_sum(self, added: Sum) -> None:
        """A window of a convolution with its kernel, or a unit of a dense layer."""
        is_window = added.inputs.ndim == 3 and added.inputs.shape[0] <= _LARGEST
        for part in (self._input, self._kernel, self._times):
            part.setVisible(is_window)
        products = added.inputs * added.weights
        count = products.shape[-1] if is_window else products.size
        self._channel.setVisible(is_window and count > 1)
        if is_window:
            shares = products.sum(axis=(0, 1))
            most = int(np.abs(shares).argmax())
            self._input.show_values(added.inputs[..., most])
            self._kernel.show_values(added.weights[..., most])
            told = self.tr("Channel {number} of {count}, which adds most: {share:z.2f}")
            self._channel.setText(told.format(number=most + 1, count=count, share=float(shares[most])))
        else:
            self._channel.setText(self._largest_products(added))
            self._channel.setVisible(bool(self._channel.text()))
        words = self.tr(
            "Sum of {count} products {sum:z.2f}, bias {bias:z.2f}: {total:z.2f}. The activation gives {given:z.2f}."
        )
        total = added.total
        self.words.setText(
            words.format(count=products.size, sum=total - added.bias, bias=added.bias, total=total, given=added.given)
        )

    def _largest_products(self, added: Sum) -> str:
        """What says most in a sum of many products: "1.00 × 0.35 (row 7, column 12)"."""
        inputs, weights, are_pixels = (
            added.inputs.ravel(),
            added.weights.ravel(),
            added.inputs.shape == (_SIDE * _SIDE,),
        )
        told = []
        for place in added.largest(_TOLD):
            row, column = divmod(place, _SIDE)
            where = self.tr("row {row}, column {column}") if are_pixels else self.tr("input {place}")
            where = where.format(row=row + 1, column=column + 1, place=place + 1)
            told.append(f"{inputs[place]:.2f} × {weights[place]:z.2f} ({where})")
        return self.tr("Largest products, input × weight: {products}").format(products="; ".join(told)) if told else ""

    def show_window(self, window: Array, given: float) -> None:
        """The square that a pooling layer looks at."""
        self._input.show_values(window)
        self._input.show()
        for part in (self._kernel, self._times, self._channel):
            part.hide()
        words = self.tr("Of {count} numbers, {given:z.2f} is handed on.")
        self.words.setText(words.format(count=window.size, given=given))


def _cell_text(value: float) -> str:
    """Two decimals as far as there is room for them."""
    return f"{value:z.2f}" if abs(value) < 10 else f"{value:z.1f}" if abs(value) < 100 else f"{value:.0f}"

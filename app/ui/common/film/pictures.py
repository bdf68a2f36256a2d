"""Filters, activations and a small confusion matrix, painted: on the screen, and into the pictures of a film."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.film.film import Check, LayerOutput
from app.core.film.pictures import GAP, ZERO, columns_for, heat, levels, tiled
from app.core.inference.explaining.numpy_network import Array
from app.ui import theme
from app.ui.common.painted import Painted, TellingWidget
from app.ui.theme import Colours

_LEAST_WIDTH, _LEAST = 56, 84
_NAME_HEIGHT = 14.0
_ROW_GAP = 4.0
_LEAST_NUMBER_CELL = 17.0
_SHOWN_LAYERS = {"Conv2D", "MaxPooling2D", "AveragePooling2D", "GlobalAveragePooling2D", "Dense"}


def sheet_image(sheet: NDArray[np.uint8], colours: Colours) -> QImage:
    """Levels (height, width) as a picture: 0 as the ground, what is positive in the accent, negative in orange."""
    sheet = np.ascontiguousarray(sheet)
    height, width = sheet.shape
    image = QImage(sheet.data, width, height, width, QImage.Format.Format_Indexed8)
    image.setColorTable(_palette(colours))
    return image.copy()


@lru_cache(maxsize=4)
def _palette(colours: Colours) -> list[int]:
    ground, up, down = (QColor(each) for each in (colours.control, colours.accent, colours.validation))
    found = [_mixed(ground, up if level > ZERO else down, level).rgb() for level in range(256)]
    found[GAP] = QColor(colours.card).rgb()
    return found


def _mixed(ground: QColor, colour: QColor, level: int) -> QColor:
    share = min(1.0, abs(level - ZERO) / ZERO)
    parts = ((ground.redF(), colour.redF()), (ground.greenF(), colour.greenF()), (ground.blueF(), colour.blueF()))
    return QColor.fromRgbF(*(below + share * (above - below) for below, above in parts))


def paint_sheet(painter: QPainter, image: QImage, place: QRectF) -> None:
    """Paint a picture as large as fits, its pixels sharp, at the top left of a place."""
    size = image.size().scaled(place.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
    factor = size.width() / max(1, image.width())
    if factor >= 2:
        size = image.size() * int(factor)
    painter.drawImage(QRectF(place.topLeft(), size.toSizeF()), image)


def paint_kernels(painter: QPainter, kernels: Array, place: QRectF, colours: Colours) -> None:
    """The filters of a layer (n, rows, columns), all on one scale."""
    columns = columns_for(len(kernels), max(0.1, place.width() / max(1.0, place.height())))
    paint_sheet(painter, sheet_image(tiled(kernels, columns), colours), place)


def paint_outputs(painter: QPainter, outputs: Sequence[LayerOutput], place: QRectF, colours: Colours) -> None:
    """A row for each layer: its first maps, or the values of its units, with its name above."""
    shown = [output for output in outputs if output.type in _SHOWN_LAYERS]
    most = max(1, int(place.height() // (_NAME_HEIGHT + 18)))
    if len(shown) > most:  # pooling repeats what is before it
        shown = [output for output in shown if "Pooling" not in output.type]
    shown = [*shown[: most - 1], shown[-1]] if len(shown) > most else shown
    height = place.height() / max(1, len(shown))
    for row, output in enumerate(shown):
        top = place.top() + row * height
        painter.setPen(QColor(colours.muted))
        words = f"{output.name}  {' × '.join(map(str, output.values.shape))}"
        painter.drawText(QRectF(place.left(), top, place.width(), _NAME_HEIGHT), int(Qt.AlignmentFlag.AlignLeft), words)
        room = QRectF(place.left(), top + _NAME_HEIGHT, place.width(), height - _NAME_HEIGHT - _ROW_GAP)
        if output.is_maps:
            _paint_maps(painter, output.values, room, colours)
        else:
            image = sheet_image(levels(output.values[None, :]), colours)
            painter.drawImage(QRectF(room.left(), room.top(), room.width(), min(14.0, room.height())), image)


def _paint_maps(painter: QPainter, values: Array, room: QRectF, colours: Colours) -> None:
    rows, columns, count = values.shape
    side = max(1.0, room.height())
    fitting = max(1, int((room.width() + 1) // (side * columns / max(1, rows) + 1)))
    maps = np.moveaxis(values, -1, 0)[: min(count, fitting)]
    paint_sheet(painter, sheet_image(tiled(maps, len(maps)), colours), room)


def paint_confusion(painter: QPainter, check: Check, names: Sequence[str], place: QRectF, colours: Colours) -> None:
    """Right answers in the accent, mistakes in red: true classes downwards, what was said across."""
    geometry = matrix_place(names, place, painter.font())
    strengths, classes = heat(check.confusion), len(names)
    cell = geometry.width() / classes
    metrics = QFontMetricsF(painter.font())
    for row in range(classes):
        for column in range(classes):
            colour = QColor(colours.accent if row == column else colours.wrong)
            colour.setAlphaF(float(strengths[row, column]))
            box = QRectF(geometry.left() + column * cell, geometry.top() + row * cell, cell - 1, cell - 1)
            painter.fillRect(box, QColor(colours.control))
            painter.fillRect(box, colour)
            count = int(check.confusion[row, column])
            if count and cell >= max(_LEAST_NUMBER_CELL, metrics.horizontalAdvance(str(count)) + 4):
                is_strong = strengths[row, column] > 0.6
                painter.setPen(QColor(colours.on_accent if is_strong else colours.text))
                painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), str(count))
    painter.setPen(QColor(colours.muted))
    every = max(1, round(metrics.height() * 0.9 / max(1.0, cell) + 0.49))
    for number in range(0, classes, every):
        at = geometry.top() + number * cell
        left = QRectF(place.left(), at, geometry.left() - place.left() - 4, cell)
        name = metrics.elidedText(names[number], Qt.TextElideMode.ElideRight, left.width())
        align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(left, int(align) | int(Qt.TextFlag.TextDontClip), name)


def matrix_place(names: Sequence[str], place: QRectF, font: QFont) -> QRectF:
    """The square of the cells, right of the names."""
    metrics = QFontMetricsF(font)
    left = min(max((metrics.horizontalAdvance(name) for name in names), default=0.0), place.width() * 0.3) + 4
    side = max(1.0, min(place.width() - left, place.height()))
    return QRectF(place.left() + left, place.top(), side, side)


class _FilmPicture(Painted):
    """Takes the room there is; says a sentence while there is nothing to paint."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, is_small=True)
        self._sentence = ""
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def say(self, sentence: str) -> None:
        """Why there is nothing to see."""
        self._sentence = sentence
        self.update()

    def sizeHint(self) -> QSize:
        """Room to see something."""
        return QSize(180, 150)

    def minimumSizeHint(self) -> QSize:
        """Enough to see something."""
        return QSize(_LEAST_WIDTH, _LEAST)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The picture, or the sentence."""
        painter = QPainter(self)
        place = QRectF(self.rect())
        if not self.paint(painter, place):
            painter.setPen(QColor(theme.colours().muted))
            painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._sentence)
        painter.end()

    def paint(self, painter: QPainter, place: QRectF) -> bool:
        """Paint, if there is something."""
        raise NotImplementedError


class KernelPictures(_FilmPicture):
    """The weights of the first layer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("film_kernels", parent)
        self._kernels: Array | None = None
        self.setAccessibleName(self.tr("Filters of the first layer"))
        self.setToolTip(self.tr("Blue: positive weights. Orange: negative ones."))

    def show_kernels(self, kernels: Array | None) -> None:
        """Show these (n, rows, columns)."""
        self._kernels = kernels
        self.update()

    def paint(self, painter: QPainter, place: QRectF) -> bool:
        if self._kernels is None or not len(self._kernels):
            return False
        paint_kernels(painter, self._kernels, place, theme.colours())
        return True


class OutputPictures(_FilmPicture):
    """What the layers make of the drawing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("film_outputs", parent)
        self._outputs: Sequence[LayerOutput] = ()
        self.setAccessibleName(self.tr("Activations for your drawing"))
        self.setToolTip(self.tr("Each layer on a scale of its own. Blue: positive values. Orange: negative ones."))

    def show_outputs(self, outputs: Sequence[LayerOutput]) -> None:
        """Show these, from the first layer to the logits."""
        self._outputs = outputs
        self.update()

    def paint(self, painter: QPainter, place: QRectF) -> bool:
        if self._outputs:
            paint_outputs(painter, self._outputs, place, theme.colours())
        return bool(self._outputs)


class SmallConfusion(_FilmPicture, TellingWidget):
    """The confusion matrix of the sample."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("film_confusion", parent)
        self._check: Check | None = None
        self._names: Sequence[str] = ()
        self.setAccessibleName(self.tr("Confusion matrix of the sample"))

    def show_check(self, check: Check | None, names: Sequence[str], sentence: str) -> None:
        """Show a matrix, or a sentence while there is none."""
        self._check, self._names = check, names
        self.say(sentence)
        self.tell()

    def words_at(self, at: QPointF) -> str:
        """What was said of which class, how often."""
        check, place = self._check, matrix_place(self._names, QRectF(self.rect()), self.font())
        if check is None or not place.contains(at):
            return ""
        cell = place.width() / len(self._names)
        row, column = (
            min(int(each / cell), len(self._names) - 1) for each in (at.y() - place.top(), at.x() - place.left())
        )
        count, whole = int(check.confusion[row, column]), int(check.confusion[row].sum())
        words = self.tr("“{true}” read as “{said}”: {count} of {whole}")
        return words.format(true=self._names[row], said=self._names[column], count=count, whole=whole)

    def paint(self, painter: QPainter, place: QRectF) -> bool:
        if self._check is not None:
            paint_confusion(painter, self._check, self._names, place, theme.colours())
        return self._check is not None

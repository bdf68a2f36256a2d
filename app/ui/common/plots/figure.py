"""What a figure is, the examples it shows, and how it becomes a file."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPaintDevice,
    QPainter,
    QPen,
    QPolygonF,
)
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication

from app.core.errors import InputError
from app.core.paths import FAMILIES, FAMILY
from app.core.percentages import probability_text
from app.core.reports.writing import write_file
from app.ui import theme
from app.ui.common.files import PNG, SVG, png_bytes

translate = QCoreApplication.translate

PNG_SCALE = 2
SUFFIXES = PNG.suffixes + SVG.suffixes
_DOTS_PER_INCH = 96
"""At which a figure's unit is a pixel."""


class Figure(Protocol):
    """Something that can be painted on the screen and into files, on white in every theme."""

    @property
    def size(self) -> QSizeF:
        """Width and height, in pixels at 100%."""

    def paint(self, painter: QPainter) -> None:
        """Paint everything, the ground too, from (0, 0) to `size`."""


@dataclass(frozen=True, eq=False)
class Example:
    """A picture and what a network says of it.

    `image` is (28, 28) uint8, ink = 255; `probabilities` (classes,); `true` is the right class, None if nobody knows.
    """

    image: NDArray[np.uint8]
    probabilities: NDArray[np.float32]
    true: int | None
    class_names: tuple[str, ...]

    @property
    def predicted(self) -> int:
        """The class of the largest probability."""
        return int(self.probabilities.argmax())

    @property
    def is_right(self) -> bool | None:
        """Whether the network is right; None if nobody knows."""
        return None if self.true is None else self.predicted == self.true

    @property
    def answer(self) -> str:
        """The first half of the tutorial's caption: "Sneaker 98%"."""
        return f"{self.class_names[self.predicted]} {probability_text(float(self.probabilities.max()), 0):>3}"

    @property
    def truth(self) -> str:
        """The second half: "(Sneaker)", or nothing."""
        return "" if self.true is None else f"({self.class_names[self.true]})"

    @property
    def caption(self) -> str:
        """The tutorial's caption: "Sneaker 98% (Sneaker)"."""
        return f"{self.answer} {self.truth}".rstrip()

    @property
    def spoken(self) -> str:
        """The caption with what its colour and its sign say."""
        if self.is_right is None:
            return self.caption
        verdict = translate("plots", "right") if self.is_right else translate("plots", "wrong")
        return f"{self.caption}, {verdict}"


def examples_of(
    images: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    probabilities: NDArray[np.float32],
    class_names: tuple[str, ...],
    indices: Iterable[int] = range(15),
) -> tuple[Example, ...]:
    """Pick examples, by default the first 15, out of pictures (n, 28, 28), labels (n,) and answers (n, classes)."""
    return tuple(
        Example(images[index], probabilities[index], int(labels[index]), class_names)
        for index in indices
        if index < len(images)
    )


def right_and_wrong() -> str:
    """The legend of the tutorial's colours."""
    return translate("plots", "Blue: the true class. Red: a wrong answer. Grey: other classes.")


class ExampleFigure(ABC):
    """A figure whose examples can be pointed at: `places` are where they are, `spoken` says each in words.

    `legend` says what its colours mean, if they do not speak for themselves.
    """

    size: QSizeF
    places: tuple[QRectF, ...]
    spoken: tuple[str, ...]
    legend: str = ""

    @abstractmethod
    def paint(self, painter: QPainter) -> None:
        """Paint everything, the ground too, from (0, 0) to `size`."""

    def example_at(self, point: QPointF) -> int | None:
        """Which of the examples the figure was made of is at `point`."""
        return next((number for number, place in enumerate(self.places) if place.contains(point)), None)

    def tip_at(self, point: QPointF) -> str:
        """What to say of what is at `point`."""
        number = self.example_at(point)
        return "" if number is None else self.spoken[number]


def save_figure(figure: Figure, path: Path, title: str = "") -> None:
    """Write `figure` as PNG, at twice its size, or as SVG, after the suffix of `path`. Replaces what is there.

    Raises InputError for other suffixes and for a place that is none, StudioError if the disk refuses.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(
            translate("plots", "{name} is not a PNG or SVG file; choose a name that ends in .png or .svg.").format(
                name=path.name
            )
        )
    write_file(path, figure_bytes(figure, suffix, title), replace=True)


def figure_bytes(figure: Figure, suffix: str, title: str) -> bytes:
    """A figure as a file of that suffix, one of `SUFFIXES`."""
    return png_bytes(figure_image(figure)) if suffix == ".png" else _svg(figure, title)


def paint_figure(figure: Figure, device: QPaintDevice) -> None:
    """Fill a picture, or whatever else can be painted on, with `figure`."""
    painter = QPainter(device)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    painter.scale(device.width() / figure.size.width(), device.height() / figure.size.height())
    try:
        figure.paint(painter)
    finally:
        painter.end()


def figure_image(figure: Figure) -> QImage:
    """The figure as a picture, at twice its size."""
    image = QImage((figure.size * PNG_SCALE).toSize(), QImage.Format.Format_RGB32)
    paint_figure(figure, image)
    return image


def _svg(figure: Figure, title: str) -> bytes:
    content = QByteArray()
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)  # the older one cuts nothing off
    buffer = QBuffer(content)  # the generator does not keep it
    generator.setOutputDevice(buffer)
    generator.setTitle(title)
    generator.setResolution(_DOTS_PER_INCH)
    generator.setSize(figure.size.toSize())
    generator.setViewBox(QRectF(QPointF(), QSizeF(figure.size.toSize())))
    paint_figure(figure, generator)
    return bytes(content.data()).replace(f'"{FAMILY}"'.encode(), f'"{FAMILIES}"'.encode())


# Pixels in colour, as matplotlib's `imshow` shows them: scaled so that the colours go from the least to the most.

_ENLARGED = 10
"""Viewers blur what they enlarge; pixels that are large already stay squares."""

# Every sixteenth colour of matplotlib's viridis (Smith and van der Walt 2015), published as CC0.
_VIRIDIS = (
    "440154 48186A 472D7B 424086 3B528B 33638D 2C728E 26828E 21918C 1FA088 28AE80 3FBC73 5EC962 84D44B ADDC30 D8E219 "
    "FDE725"
)


def binary(shares: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Ink on paper: (h, w) in 0..1 as (h, w, 3), 0 white and 1 black."""
    return np.repeat(np.rint(255 * (1 - shares)).astype(np.uint8)[..., None], 3, axis=-1)


def viridis(shares: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Dark blue over green to yellow: (h, w) in 0..1 as (h, w, 3)."""
    stops = np.array([list(bytes.fromhex(stop)) for stop in _VIRIDIS.split()])
    places = np.linspace(0, 1, len(stops))
    return np.stack([np.rint(np.interp(shares, places, part)) for part in stops.T], axis=-1).astype(np.uint8)


def shares_of(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Pixels (h, w) as shares of the way from the least to the most of them; 0 where all are the same."""
    least, most = int(pixels.min()), int(pixels.max())
    return (pixels.astype(np.float64) - least) / max(1, most - least)


def image_of(colours: NDArray[np.uint8]) -> QImage:
    """Colours (h, w, 3) as a picture of larger pixels, to be painted at any size."""
    large = np.ascontiguousarray(colours.repeat(_ENLARGED, axis=0).repeat(_ENLARGED, axis=1))
    height, width, _ = large.shape
    return QImage(large.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()


# What all plots are painted with: ground, frame, text, signs.

FRAME = 0.8
"""Width of lines, as matplotlib has it."""
TICK = 4.0
SIGN = 8.0
_STROKE = 1.8
LINE_HEIGHT = 15.0
_TEXT = Qt.TextFlag.TextDontClip | Qt.TextFlag.TextSingleLine
CENTRED = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter


def plot_font(size: int = theme.SMALL_FONT_SIZE) -> QFont:
    """The program's font; unhinted, so that its proportions are the same at every scale."""
    font = QFont(QApplication.font())
    font.setPixelSize(size)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def width_of(text: str) -> float:
    """How wide a line of text is."""
    return QFontMetricsF(plot_font()).horizontalAdvance(text)


def cut(text: str, width: float) -> str:
    """The text, or as much of it as fits."""
    return QFontMetricsF(plot_font()).elidedText(text, Qt.TextElideMode.ElideRight, width)


def paint_ground(painter: QPainter, size: QSizeF) -> None:
    """White, everywhere."""
    painter.fillRect(QRectF(QPointF(), size), QColor(theme.colours().paper))
    painter.setFont(plot_font())


def paint_frame(painter: QPainter, place: QRectF) -> None:
    """A thin line around a plot."""
    painter.setPen(_pen(theme.colours().plot_ink, FRAME, Qt.PenCapStyle.SquareCap, Qt.PenJoinStyle.MiterJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(place)


def paint_line(painter: QPainter, start: QPointF, end: QPointF) -> None:
    """A tick or the like."""
    painter.setPen(_pen(theme.colours().plot_ink, FRAME, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.MiterJoin))
    painter.drawLine(start, end)


def paint_text(
    painter: QPainter, place: QRectF, text: str, colour: str = "", align: Qt.AlignmentFlag = CENTRED
) -> None:
    """A line of text in black or in `colour`; `place` only aligns, it does not clip."""
    painter.setPen(QColor(colour or theme.colours().plot_ink))
    painter.drawText(place, int(align | _TEXT), text)


def paint_sign(painter: QPainter, place: QRectF, is_right: bool, colour: str) -> None:
    """A check or a cross."""
    inner = place.adjusted(1, 1, -1, -1)
    painter.setPen(_pen(colour, _STROKE, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    if is_right:
        low = QPointF(inner.left() + 0.36 * inner.width(), inner.bottom())
        middle = QPointF(inner.left(), inner.center().y() + 0.1 * inner.height())
        painter.drawPolyline(QPolygonF([middle, low, inner.topRight()]))
    else:
        painter.drawLine(inner.topLeft(), inner.bottomRight())
        painter.drawLine(inner.bottomLeft(), inner.topRight())


def _pen(colour: str, width: float, cap: Qt.PenCapStyle, join: Qt.PenJoinStyle) -> QPen:
    return QPen(QBrush(QColor(colour)), width, Qt.PenStyle.SolidLine, cap, join)

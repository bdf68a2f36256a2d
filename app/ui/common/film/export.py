"""A film for slides: bars, filters, confusion matrix or map of every moment, painted on white and saved as one file."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QWidget

from app.core.errors import InputError
from app.core.film.animation import write_animation
from app.core.film.film import Film
from app.core.film.pictures import bands
from app.core.inference.explaining.numpy_network import Array
from app.core.percentages import percent, probability_text
from app.core.runs.snapshots import Moment
from app.ui.common.files import FileFormat, ask_to_save
from app.ui.common.film.decision import RowsPainter
from app.ui.common.film.pictures import paint_confusion, paint_kernels
from app.ui.common.film.ribbon import paint_bands, paint_here
from app.ui.common.maps.figure import MapFigure
from app.ui.common.maps.painting import MapPoints
from app.ui.common.maps.viewport import Viewport
from app.ui.common.plots.figure import plot_font
from app.ui.common.tasks import Task
from app.ui.theme import FONT_SIZE, LIGHT

translate = QCoreApplication.translate

SIZE = QSize(480, 400)
MOST_FRAMES = 120
"""Of a longer film so many moments are shown, evenly spread: each takes half a megabyte of memory."""
_MARGIN, _TITLE, _FOOT = 16.0, 28.0, 6.0
_RIBBON = 56.0
_MAP, _LEGEND = QSize(424, 272), 100


class FilmOf(StrEnum):
    """What a saved film shows."""

    BARS = "bars"
    FILTERS = "filters"
    CONFUSION = "confusion"
    MAP = "map"
    DECISION = "decision"


def choose_film(parent: QWidget, name: str) -> Path | None:
    """Ask where to save a film."""
    kinds = (FileFormat("GIF", (".gif",)), FileFormat("WebP", (".webp",)))
    return ask_to_save(parent, translate("film", "Save film"), name, kinds)


def moment_text(moment: Moment) -> str:
    """How a moment is called: "Before training", "After batch 16", "After epoch 3"."""
    if moment.batch:
        return translate("film", "After batch {batch}").format(batch=moment.batch)
    if not moment.epochs:
        return translate("film", "Before training")
    return translate("film", "After epoch {epoch}").format(epoch=moment.epochs)


def save_film(film: Film, what: FilmOf, drawing: Array | None, path: Path, *, frame_ms: int, task: "Task[int]") -> int:
    """Paint all moments and write them to `path`; returns how many. `task` hears how far it is, and may end it.

    Raises InputError for what needs a drawing without one, and as `write_animation` does.
    """
    if what in {FilmOf.BARS, FilmOf.DECISION} and drawing is None:
        raise InputError("There is no drawing to read; draw something on Recognize first.")
    return write_animation(path, _frames(film, what, drawing, task), frame_ms)


def _frames(film: Film, what: FilmOf, drawing: Array | None, task: "Task[int]") -> Iterator[NDArray[np.uint8]]:
    count = len(film.moments)
    chosen = np.unique(np.linspace(0, count - 1, min(count, MOST_FRAMES)).round().astype(int))
    moments = [film.moments[place] for place in chosen]
    painter = _FilmPainter(film, what, drawing, moments, task)
    for number, moment in enumerate(moments):
        task.report(number, len(moments))
        try:
            image = painter.image(number, moment)
        except InputError:  # one that cannot be read is left out
            continue
        pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
        yield pixels[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


class _FilmPainter:
    """Paints one moment after the other."""

    def __init__(
        self, film: Film, what: FilmOf, drawing: Array | None, moments: Sequence[Moment], task: "Task[int]"
    ) -> None:
        self._film, self._what, self._drawing, self._count = film, what, drawing, len(moments)
        self._bands: Array | None = None
        if what is FilmOf.BARS and drawing is not None and len(moments) > 1:
            self._bands = bands(film.probabilities(moments, drawing, task.check))
        self._way: list[Array] = []
        self._rows = RowsPainter(least_side=6)
        self._view = Viewport()
        """Of the map: it holds what the last moment has, and never moves."""

    def image(self, number: int, moment: Moment) -> QImage:
        """The moment that has this number among all. Raises InputError if it cannot be shown."""
        image = QImage(SIZE, QImage.Format.Format_RGB888)
        image.fill(QColor(LIGHT.card))
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRectF(image.rect()).adjusted(_MARGIN, _MARGIN + _TITLE, -_MARGIN, -_MARGIN - _FOOT)
        painter.setFont(plot_font(FONT_SIZE))
        painter.save()
        try:
            title = self._paint(painter, number, moment, place)
        except InputError:
            painter.restore()
            painter.end()  # before its image goes
            raise
        painter.restore()
        bold = QFont(painter.font())
        bold.setBold(True)
        painter.setFont(bold)
        painter.setPen(QColor(LIGHT.text))
        painter.drawText(QRectF(_MARGIN, _MARGIN, place.width(), _TITLE), int(Qt.AlignmentFlag.AlignTop), title)
        foot = QRectF(_MARGIN, image.height() - _MARGIN, place.width(), 3)
        painter.fillRect(foot, QColor(LIGHT.line))
        painter.fillRect(
            QRectF(foot.left(), foot.top(), foot.width() * number / max(1, self._count - 1), 3), QColor(LIGHT.accent)
        )
        painter.end()
        return image

    def _paint(self, painter: QPainter, number: int, moment: Moment, place: QRectF) -> str:
        """What is to be seen; returns the title."""
        film, title = self._film, moment_text(moment)
        square = QRectF(0, place.top(), place.height(), place.height())
        square.moveCenter(place.center())
        match self._what:
            case FilmOf.BARS:
                probabilities = film.frame(moment, self._drawing).probabilities
                assert probabilities is not None
                if self._bands is not None:
                    ribbon = place.adjusted(0, place.height() - _RIBBON, 0, 0)
                    place = place.adjusted(0, 0, 0, -_RIBBON - _FOOT)
                    paint_bands(painter, self._bands, film.class_names, ribbon, LIGHT)
                    paint_here(painter, number, self._count, ribbon, LIGHT)
                _paint_bars(painter, probabilities, film.class_names, place)
                return title
            case FilmOf.DECISION:
                decision = film.frame(moment, self._drawing).decision
                if decision is None:
                    raise InputError("Only a network of one layer decides by one sum for each class.")
                self._rows.take(decision, film.class_names)
                painter.setFont(plot_font())
                painter.translate(place.topLeft())
                self._rows.paint(painter, place.size(), LIGHT)
                return title
            case FilmOf.FILTERS:
                kernels = film.frame(moment).kernels
                if not len(kernels):
                    raise InputError("The first layer of this network has no filters to look at.")
                paint_kernels(painter, kernels, square, LIGHT)
                return title
            case FilmOf.CONFUSION:
                paint_confusion(painter, film.check(moment), film.class_names, square, LIGHT)
            case FilmOf.MAP:
                self._paint_map(painter, moment, place)
        return f"{title}: {percent(film.check(moment).accuracy, 1)}"

    def _paint_map(self, painter: QPainter, moment: Moment, place: QRectF) -> None:
        """The sample, and the drawing with the way that it has come so far."""
        film = self._film
        for each in (moment, film.moments[-1]):
            film.check(each)
        now, last = film.drift(moment), film.drift(film.moments[-1])
        if now is None or last is None:
            raise InputError("There are no pictures to put on a map.")
        if self._drawing is not None and (dot := film.dot(film.frame(moment, self._drawing))) is not None:
            self._way.append(dot)
        has_legend = max(map(len, film.class_names)) > 1  # a letter is its own sign
        self._view.size = QSize(_MAP.width() - (_LEGEND if has_legend else 0), _MAP.height())
        self._view.fit(last.places)
        points = MapPoints(film.class_names, now.labels, now.is_wrong)
        words = translate("film", "What the network takes as alike is near; a ring marks a mistake")
        way = self._view.points(np.array(self._way, np.float32).reshape(-1, 2))
        figure = MapFigure(
            points,
            self._view.points(now.places),
            self._view.size,
            words=words,
            font=painter.font(),
            has_legend=has_legend,
            way=[QPointF(*point) for point in way.tolist()],
        )
        scale = min(1.0, place.width() / figure.size.width(), place.height() / figure.size.height())
        painter.translate(place.center().x() - scale * figure.size.width() / 2, place.top())
        painter.scale(scale, scale)
        figure.paint(painter)


def _paint_bars(painter: QPainter, probabilities: Array, names: tuple[str, ...], place: QRectF) -> None:
    """A row for each class: its name, its bar, its figure."""
    metrics = QFontMetricsF(painter.font())
    left = min(max(map(metrics.horizontalAdvance, names)), place.width() * 0.35) + 8
    right, height = metrics.horizontalAdvance("100.0%") + 8, place.height() / len(names)
    best = int(probabilities.argmax())
    for row, (name, value) in enumerate(zip(names, probabilities, strict=True)):
        top = place.top() + row * height
        painter.setPen(QColor(LIGHT.text if row == best else LIGHT.muted))
        words = metrics.elidedText(name, Qt.TextElideMode.ElideRight, left - 8)
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(QRectF(place.left(), top, left, height), middle, words)
        room = place.width() - left - right
        bar = QRectF(place.left() + left, top + height * 0.18, room * float(value), height * 0.64)
        painter.fillRect(bar, QColor(LIGHT.accent if row == best else LIGHT.bar))
        painter.drawText(QRectF(bar.right() + 6, top, right, height), middle, probability_text(float(value)))

"""Pictures of a search's results: one setting against the objective, two settings as a map, what mattered."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from app.core.runs.curves import even_ticks
from app.core.search.effects import Axis, Outcome
from app.ui import theme
from app.ui.common.plots.figure import (
    LINE_HEIGHT,
    TICK,
    ExampleFigure,
    cut,
    paint_frame,
    paint_ground,
    paint_line,
    paint_text,
    viridis,
    width_of,
)
from app.ui.common.text import LEFT, RIGHT

translate = QCoreApplication.translate

SMALLEST = QSizeF(460, 150)
"""In less room than this nothing can be read."""

_DOT = 9.0
_MOST_TEXT = 90.0

Say = Callable[[float], str]


class ValueFigure(ExampleFigure):
    """A point for each trial: the setting across, the objective up. The best one is filled with another colour."""

    def __init__(
        self, size: QSizeF, across: Axis, told: Sequence[Outcome], *, best: int | None, objective: str, say: Say
    ) -> None:
        """`best` is the number of the best trial, `say` puts an objective into words."""
        self.size, self._across, self._objective, self._say, self._best = size, across, objective, say, best
        self._told = tuple(told)
        values = [outcome.value for outcome in told]
        low, high = min(values), max(values)
        margin = (high - low) * 0.08 or 0.05
        self._low, self._high = low - margin, high + margin
        self._plot = QRectF(78, 10, size.width() - 98, size.height() - 56)
        self.places = tuple(self._place(outcome) for outcome in told)
        self.spoken = tuple(_spoken(outcome, across.title, across.field, say) for outcome in told)
        partial = any(outcome.is_partial for outcome in told)
        self.legend = translate("search_figures", "Hollow: stopped early; the last value is shown.") if partial else ""

    def paint(self, painter: QPainter) -> None:
        """Axes and points."""
        colours = theme.colours()
        paint_ground(painter, self.size)
        for value in even_ticks(self._low, self._high):
            if self._low <= value <= self._high:
                y = self._y(value)
                paint_line(painter, QPointF(self._plot.left() - TICK, y), QPointF(self._plot.left(), y))
                place = QRectF(0, y - LINE_HEIGHT / 2, self._plot.left() - 2 * TICK, LINE_HEIGHT)
                paint_text(painter, place, self._say(value), align=RIGHT)
        _paint_across(painter, self._plot, self._across)
        painter.save()
        painter.translate(10, self._plot.center().y())
        painter.rotate(-90)
        paint_text(painter, QRectF(-150, -LINE_HEIGHT / 2, 300, LINE_HEIGHT), self._objective)
        painter.restore()
        paint_frame(painter, self._plot)
        for outcome, place in zip(self._told, self.places, strict=True):
            colour = QColor(theme.LIGHT.best if outcome.trial.number == self._best else theme.LIGHT.accent)
            painter.setPen(QPen(colour, 1.6))
            painter.setBrush(QColor(colours.paper) if outcome.is_partial else colour)
            painter.drawEllipse(place)

    def _place(self, outcome: Outcome) -> QRectF:
        x = self._plot.left() + self._across.at(outcome.trial) * self._plot.width()
        return QRectF(x - _DOT / 2, self._y(outcome.value) - _DOT / 2, _DOT, _DOT)

    def _y(self, value: float) -> float:
        return self._plot.bottom() - (value - self._low) / (self._high - self._low) * self._plot.height()


class MapFigure(ExampleFigure):
    """Two settings, and the objective as colour: a cell for each pair of listed values, else a dot for each trial.

    A cell with several trials has the colour of their mean. Trials that were stopped early are left out.
    """

    def __init__(self, size: QSizeF, across: Axis, up: Axis, told: Sequence[Outcome], say: Say) -> None:
        self.size, self._across, self._up, self._say = size, across, up, say
        self._plot = QRectF(110, 10, size.width() - 230, size.height() - 56)
        self._is_grid = across.is_of_places and up.is_of_places
        groups: dict[tuple[float, float], list[Outcome]] = {}
        for outcome in told:
            groups.setdefault((across.at(outcome.trial), up.at(outcome.trial)), []).append(outcome)
        self._groups = tuple(groups.items())
        self.trials = tuple(inside[0].trial.number for _, inside in self._groups)
        self._means = [float(np.mean([outcome.value for outcome in inside])) for _, inside in self._groups]
        self._low, self._high = min(self._means), max(self._means)
        self.places = tuple(self._place(*place) for place, _ in self._groups)
        words = translate("search_figures", "{across} {x}, {up} {y}: {value}")
        several = translate("search_figures", "{words}, mean of {count} trials")
        self.spoken = tuple(
            (several if len(inside) > 1 else "{words}").format(
                count=len(inside),
                words=words.format(
                    across=across.title,
                    x=_short(inside[0].trial.changes[across.field]),
                    up=up.title,
                    y=_short(inside[0].trial.changes[up.field]),
                    value=say(mean),
                ),
            )
            for (_, inside), mean in zip(self._groups, self._means, strict=True)
        )

    def paint(self, painter: QPainter) -> None:
        """Axes, cells or dots, and what the colours mean."""
        paint_ground(painter, self.size)
        _paint_across(painter, self._plot, self._across)
        for share, words in self._up.ticks:
            y = self._plot.bottom() - share * self._plot.height()
            paint_line(painter, QPointF(self._plot.left() - TICK, y), QPointF(self._plot.left(), y))
            place = QRectF(0, y - LINE_HEIGHT / 2, self._plot.left() - 2 * TICK, LINE_HEIGHT)
            paint_text(painter, place, cut(words, self._plot.left() - 34), align=RIGHT)
        painter.save()
        painter.translate(10, self._plot.center().y())
        painter.rotate(-90)
        paint_text(painter, QRectF(-150, -LINE_HEIGHT / 2, 300, LINE_HEIGHT), self._up.title)
        painter.restore()
        for place, mean in zip(self.places, self._means, strict=True):
            share = self._share(mean)
            painter.setPen(Qt.PenStyle.NoPen if self._is_grid else QPen(QColor(theme.colours().plot_ink), 0.6))
            painter.setBrush(_colour(share))
            if not self._is_grid:
                painter.drawEllipse(place)
                continue
            painter.drawRect(place)
            words = self._say(mean)
            if width_of(words) < place.width() - 4 and place.height() > LINE_HEIGHT:
                paint_text(painter, place, words, theme.colours().plot_ink if share > 0.5 else theme.colours().paper)
        paint_frame(painter, self._plot)
        self._paint_scale(painter)

    def _paint_scale(self, painter: QPainter) -> None:
        bar = QRectF(self._plot.right() + 22, self._plot.top(), 14, self._plot.height())
        steps = 64
        painter.setPen(Qt.PenStyle.NoPen)
        for step in range(steps):
            painter.setBrush(_colour(1 - step / (steps - 1)))
            painter.drawRect(QRectF(bar.left(), bar.top() + step * bar.height() / steps, bar.width(), 2 + 1))
        paint_frame(painter, bar)
        for value, y in ((self._high, bar.top()), (self._low, bar.bottom())):
            place = QRectF(bar.right() + TICK, y - LINE_HEIGHT / 2, 80, LINE_HEIGHT)
            paint_text(painter, place, self._say(value), align=LEFT)

    def _place(self, x: float, y: float) -> QRectF:
        centre = QPointF(self._plot.left() + x * self._plot.width(), self._plot.bottom() - y * self._plot.height())
        if not self._is_grid:
            return QRectF(centre.x() - 6, centre.y() - 6, 12, 12)
        width = self._plot.width() / len(self._across.places)
        height = self._plot.height() / len(self._up.places)
        return QRectF(centre.x() - width / 2, centre.y() - height / 2, width, height)

    def _share(self, value: float) -> float:
        return (value - self._low) / (self._high - self._low) if self._high > self._low else 1.0


class ImportanceFigure(ExampleFigure):
    """A bar for each setting, the most important one first."""

    def __init__(self, size: QSizeF, found: Mapping[str, float], titles: Mapping[str, str]) -> None:
        self.size = QSizeF(size.width(), max(size.height(), 30.0 * len(found) + 30))
        self._bars = tuple((titles[field], share) for field, share in found.items())
        self.places, self.spoken = (), ()
        self.legend = translate(
            "search_figures",
            "How much each setting mattered for the better trials (PED-ANOVA), not which value is best.",
        )

    def paint(self, painter: QPainter) -> None:
        """Names, bars and shares."""
        paint_ground(painter, self.size)
        left, room = 170.0, self.size.width() - 170 - 70
        for number, (title, share) in enumerate(self._bars):
            line = QRectF(0, 18 + 30 * number, left - 10, 20)
            paint_text(painter, line, cut(title, left - 20), align=RIGHT)
            painter.fillRect(QRectF(left, line.top(), max(1.0, room * share), 20), QColor(theme.LIGHT.accent))
            place = QRectF(left + room * share + 6, line.top(), 60, 20)
            paint_text(painter, place, f"{share:.0%}", align=LEFT)


def _paint_across(painter: QPainter, plot: QRectF, across: Axis) -> None:
    room = plot.width() / max(1, len(across.ticks)) - 4 if across.is_of_places else _MOST_TEXT
    for share, words in across.ticks:
        x = plot.left() + share * plot.width()
        paint_line(painter, QPointF(x, plot.bottom()), QPointF(x, plot.bottom() + TICK))
        place = QRectF(x - _MOST_TEXT / 2, plot.bottom() + TICK + 2, _MOST_TEXT, LINE_HEIGHT)
        paint_text(painter, place, cut(words, room))
    title = translate("search_figures", "{title} (logarithmic)") if across.log else "{title}"
    place = QRectF(plot.left(), plot.bottom() + LINE_HEIGHT + 9, plot.width(), LINE_HEIGHT)
    paint_text(painter, place, title.format(title=across.title))


def _spoken(outcome: Outcome, title: str, field: str, say: Say) -> str:
    words = translate("search_figures", "Trial {number}, {title} {x}: {value}")
    if outcome.is_partial:
        words = translate("search_figures", "Trial {number}, {title} {x}: {value} when it was stopped early")
    return words.format(
        number=outcome.trial.number, title=title, x=_short(outcome.trial.changes[field]), value=say(outcome.value)
    )


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _colour(share: float) -> QColor:
    red, green, blue = viridis(np.array([[share]]))[0, 0]
    return QColor(int(red), int(green), int(blue))

"""Curves of a run as SVG: loss or accuracy by epoch, with axes, a legend and the best epoch marked.

Shapes carry classes that a style sheet may dress (for a dark page, for instance) and colours for where there is none.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from app.core.runs.comparison import legend_texts
from app.core.runs.events import EpochDone
from app.core.runs.records import RunRecord
from app.core.svg import document, element, path

WIDTH, HEIGHT = 440, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 50, 14, 42, 40
_MOST_DOTS = 20
_AT_ENDS, _LINE = 34, 12
"""Room for the titles at the ends of curves: across, and from one to the next."""


@dataclass(frozen=True)
class Curve:
    """One curve: `values[i]` belongs to `epochs[i]`, None where nothing was measured.

    `kind` is "train", "val", or "run-1" to "run-8" where runs are compared; `dash` is SVG's.
    """

    title: str
    kind: str
    values: Sequence[float | None]
    dash: str = ""


def curve_chart(
    title: str, epochs: Sequence[int], curves: Sequence[Curve], best_epoch: int | None, *, at_ends: bool = False
) -> str:
    """An SVG picture of `curves` over `epochs`; a sentence in it if there is nothing to draw.

    Titles stand in a legend, or, of many curves, where each one ends.
    """
    shown = [curve for curve in curves if any(_is_number(value) for value in curve.values)]
    heading = {"kind": "title", "x": _LEFT, "y": 16, "font_size": 13, "font_weight": 600, "fill": "#1B1F24"}
    parts = [element("text", title, **heading)]
    if shown:
        numbers = [value for curve in shown for value in curve.values if _is_number(value)]
        scale = _Scale(epochs, numbers, _AT_ENDS if at_ends else 0)
        parts += _axes(scale)
        parts += _best(scale, best_epoch)
        parts += [shape for curve in shown for shape in _line(scale, epochs, curve)]
        parts += _ends(scale, epochs, shown) if at_ends else _legend(shown)
    else:
        parts.append(_tick(_LEFT, HEIGHT / 2, "No epoch was finished."))
    return document(parts, (WIDTH, HEIGHT), f"{title} by epoch", kind="chart", font_size=11)


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """About `count` round numbers that span `low` to `high`: steps of 1, 2 or 5 times a power of ten."""
    rough = (high - low) / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(position * step, 12) for position in range(first, last + 1)]


class _Scale:
    """From epochs and values to the picture's coordinates."""

    def __init__(self, epochs: Sequence[int], values: Sequence[float | None], reserved: int) -> None:
        self._reserved = reserved
        numbers = [value for value in values if value is not None]
        low, high = min(numbers), max(numbers)
        spread = max(high - low, abs(high) * 1e-3, 1e-6)
        self.values = ticks(low, low + spread)
        self.first, self.last = epochs[0], max(epochs[-1], epochs[0] + 1)
        self.epochs = sorted({max(round(tick), self.first) for tick in ticks(self.first, self.last, 8)})
        self.epochs = [epoch for epoch in self.epochs if epoch <= self.last]

    def x(self, epoch: float) -> float:
        share = (epoch - self.first) / (self.last - self.first)
        return _LEFT + 8 + share * (WIDTH - _LEFT - _RIGHT - 16 - self._reserved)

    def y(self, value: float) -> float:
        low, high = self.values[0], self.values[-1]
        return HEIGHT - _BOTTOM - (value - low) / (high - low) * (HEIGHT - _TOP - _BOTTOM)


def _axes(scale: _Scale) -> list[str]:
    bottom, shapes = HEIGHT - _BOTTOM, []
    step = scale.values[1] - scale.values[0]
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    for value in scale.values:
        y = scale.y(value)
        shapes.append(_across(y, "grid", "#E2E5EA"))
        shapes.append(_tick(_LEFT - 6, y + 4, f"{value:.{decimals}f}", "end"))
    shapes.append(_across(bottom, "axis", "#68707C"))
    shapes += [_tick(scale.x(epoch), bottom + 15, str(epoch), "middle") for epoch in scale.epochs]
    shapes.append(_tick((_LEFT + WIDTH - _RIGHT) / 2, HEIGHT - 6, "Epoch", "middle"))
    return shapes


def _across(y: float, kind: str, colour: str) -> str:
    return element("line", kind=kind, x1=_LEFT, x2=WIDTH - _RIGHT, y1=y, y2=y, stroke=colour)


def _tick(x: float, y: float, text: str, anchor: str = "") -> str:
    return element("text", text, kind="tick", x=x, y=y, text_anchor=anchor, fill="#68707C")


def _line(scale: _Scale, epochs: Sequence[int], curve: Curve) -> list[str]:
    """A line broken where a value is missing, with a dot at each epoch if there are few."""
    colour = _COLOURS[curve.kind]
    points = [
        (scale.x(epoch), scale.y(value)) if value is not None and _is_number(value) else None
        for epoch, value in zip(epochs, curve.values, strict=True)
    ]
    shapes = [element("path", kind=curve.kind, d=path(points), fill="none", stroke=colour, **_pen(curve))]
    if len(points) <= _MOST_DOTS:
        dots = filter(None, points)
        shapes += [element("circle", kind=f"{curve.kind} dot", cx=x, cy=y, r=2.5, fill=colour) for x, y in dots]
    return shapes


def _best(scale: _Scale, epoch: int | None) -> list[str]:
    """A dashed line at the best epoch, named above it, where no curve can be."""
    if epoch is None or not scale.first <= epoch <= scale.last:
        return []
    x = scale.x(epoch)
    anchor = "end" if x > WIDTH * 0.8 else "start" if x < WIDTH * 0.2 else "middle"
    line = {"x1": x, "x2": x, "y1": _TOP - 6, "y2": HEIGHT - _BOTTOM, "stroke": "#2C9A5B", "stroke_dasharray": "2 3"}
    text = {"x": x, "y": _TOP - 10, "text_anchor": anchor, "fill": "#1B7442"}
    return [element("line", kind="best", **line), element("text", f"best: epoch {epoch}", kind="best", **text)]


def _ends(scale: _Scale, epochs: Sequence[int], curves: Sequence[Curve]) -> list[str]:
    """The titles of the curves to the right of their last points, one below the other where they would overlap."""
    ends = []
    for curve in curves:
        numbers = zip(epochs, curve.values, strict=True)
        epoch, value = [(epoch, value) for epoch, value in numbers if value is not None and _is_number(value)][-1]
        ends.append((scale.x(epoch) + 6, scale.y(value) + 4, curve))
    shapes: list[str] = []
    placed: list[tuple[float, float]] = []
    for x, wanted, curve in sorted(ends, key=lambda end: end[:2]):
        y = wanted
        while any(abs(y - other_y) < _LINE and abs(x - other_x) < _AT_ENDS for other_x, other_y in placed):
            y += 1
        placed.append((x, y))
        shapes.append(element("text", curve.title, kind=curve.kind, x=x, y=y, fill=_COLOURS[curve.kind]))
    return shapes


def _legend(curves: Sequence[Curve]) -> list[str]:
    """A sample of each line and its title, from the right edge leftwards."""
    shapes, x = [], float(WIDTH - _RIGHT)
    for curve in reversed(curves):
        x -= 6.2 * len(curve.title)
        shapes.append(_tick(x, 16, curve.title))
        line = {"x1": x - 28, "x2": x - 6, "y1": 12, "y2": 12, "stroke": _COLOURS[curve.kind]}
        shapes.append(element("line", kind=curve.kind, **line, **_pen(curve)))
        x -= 42
    return shapes


def _pen(curve: Curve) -> dict[str, object]:
    """The two kinds differ by more than their colour."""
    return {"stroke_width": 2, "stroke_dasharray": "6 3" if curve.kind == "val" else curve.dash}


def _is_number(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


RUN_COLOURS = ("#2F63E0", "#B54A12", "#17785C", "#9A3FC4", "#7A6000", "#C2327A", "#0C7196", "#5B6470")
"""Of runs that are compared; a dash of its own goes with each."""

_COLOURS = {"train": "#2F63E0", "val": "#E07B2E"} | {
    f"run-{place}": colour for place, colour in enumerate(RUN_COLOURS, 1)
}


# The curves of several runs over each other: each has a colour and a dash of its own, and its number at its end.

_DASHES = ("", "7 3", "2 3", "9 3 2 3")
_QUANTITIES = ("loss", "accuracy")


def overlay(runs: Sequence[RunRecord], epochs: Mapping[int, Sequence[EpochDone]]) -> str:
    """Two charts, of validation if all runs were validated, else of training; below them what each line is.

    Nothing if fewer than two runs have epochs: then there is nothing to compare.
    """
    trained = [run for run in runs if epochs[run.id]]
    if len(trained) < 2:
        return ""
    is_validated = all(any(_is_number(epoch.val_loss) for epoch in epochs[run.id]) for run in trained)
    part, prefix = ("Validation", "val_") if is_validated else ("Training", "")
    last = max(epoch.epoch for run in trained for epoch in epochs[run.id])
    charts = [
        curve_chart(
            f"{part} {name}",
            range(1, last + 1),
            [
                Curve(f"#{run.id}", _kind(place), _values(epochs[run.id], f"{prefix}{name}", last), _dash(place))
                for place, run in enumerate(trained)
            ],
            None,
            at_ends=True,
        )
        for name in _QUANTITIES
    ]
    return f'<div class="curves">\n{chr(10).join(charts)}\n</div>\n{_overlay_legend(trained)}'


def _values(epochs: Sequence[EpochDone], name: str, last: int) -> list[float | None]:
    by_epoch = {epoch.epoch: getattr(epoch, name) for epoch in epochs}
    return [by_epoch.get(number) for number in range(1, last + 1)]


def _overlay_legend(runs: Sequence[RunRecord]) -> str:
    lines = [
        f'<li><svg class="chart sample" viewBox="0 0 30 10">{_sample(place)}</svg> #{run.id} {escape(words)}</li>'
        for place, (run, words) in enumerate(zip(runs, _words(runs), strict=True))
    ]
    return f'<ul class="legend">\n{chr(10).join(lines)}\n</ul>'


def _sample(place: int) -> str:
    line = {"x1": 1, "x2": 29, "y1": 5, "y2": 5, "stroke_width": 2, "stroke_dasharray": _dash(place)}
    return element("line", kind=_kind(place), **line)


def _words(runs: Sequence[RunRecord]) -> list[str]:
    """Names, and what tells a run from others that have the same."""
    names = [run.name for run in runs]
    texts = zip(names, legend_texts(runs), strict=True)
    return [name if names.count(name) == 1 else f"{name}: {text}" for name, text in texts]


def _kind(place: int) -> str:
    return f"run-{place % len(RUN_COLOURS) + 1}"


def _dash(place: int) -> str:
    """Runs of the same colour never have the same dash; nor do neighbours."""
    return _DASHES[(place + place // len(RUN_COLOURS)) % len(_DASHES)]

"""A network drawn as SVG: maps as stacked sheets, rows of numbers as columns, wrapped like a text.

Blue is what learns, grey is what only rearranges, and the bare picture's own way in a wide-and-deep network is orange.
"""

from dataclasses import dataclass
from itertools import pairwise

from app.core.models.config import TrainingConfig
from app.core.models.diagram_drawing import DiagramColours, Drawing
from app.core.models.diagram_glyphs import GLYPH_HEIGHT, Box, draw_glyph, draw_link, glyph_width
from app.core.models.diagram_stations import Station, stations
from app.core.models.shapes import network_summary

LIGHT = DiagramColours(
    ground="#FFFFFF",
    text="#1B1F24",
    muted="#68707C",
    line="#A9B1BC",
    learns="#E7EEFC",
    learns_edge="#2F63E0",
    plain="#F1F3F5",
    plain_edge="#8A929D",
    wide="#E07B2E",
    wrong="#B3322B",
)

WIDTH = 960
"""Where lines wrap, in pixels, unless told otherwise."""

_MARGIN = 18
_GAP = 24
"""Between two stations."""
_LANE = 26
"""Above a line into which the picture's own way leads."""
_LINE_GAP = 26
_TITLE_SIZE, _TEXT_SIZE = 11.5, 10.5
_TEXT_HEIGHT = 14
_LETTER_WIDTH = 0.56
"""Of the height: wide enough for the usual sans-serif fonts."""


@dataclass(frozen=True)
class _Place:
    """Where a station stands: its line, and the box of its picture."""

    station: Station
    line: int
    box: Box


@dataclass(frozen=True)
class _Line:
    """Stations beside each other, from `top` to `bottom`."""

    top: float
    bottom: float
    right: float
    lane: float


def diagram_svg(config: TrainingConfig, classes: int, colours: DiagramColours = LIGHT, width: int = WIDTH) -> str:
    """The network as an SVG document with a ground of its own, at most `width` pixels wide where one station fits.

    A network that does not fit together is drawn up to the layer that is the problem.
    """
    summary = network_summary(config, classes)
    row = stations(config, summary)
    places, lines = _lay_out(row, width)
    total = f"{summary.parameters:,} parameters"
    right = max([line.right for line in lines] + [_MARGIN + _text_width(total, _TEXT_SIZE)]) + _MARGIN
    bottom = lines[-1].bottom + 2 * _TEXT_HEIGHT
    drawing = Drawing(colours)
    for place in places:
        draw_glyph(drawing, place.station, place.box)
        _draw_labels(drawing, place)
        if place.station.joins:
            _draw_wide_way(drawing, places[0], place, lines)
    for before, after in pairwise(places):
        if before.line == after.line:
            draw_link(drawing, before.station, before.box, after.station, after.box)
        else:
            _draw_turn(drawing, before.box, lines[before.line], after.box, lines[after.line])
    drawing.text((_MARGIN, bottom), total, _TEXT_SIZE, colours.muted, anchor="start")
    title = "Network: " + ", ".join(f"{station.title} {station.shape}".strip() for station in row)
    return drawing.svg(right, bottom + _MARGIN, title)


def _lay_out(row: tuple[Station, ...], width: int) -> tuple[list[_Place], list[_Line]]:
    places: list[_Place] = []
    lines: list[_Line] = []
    top = float(_MARGIN)
    for number, stations_of_line in enumerate(_wrapped(row, width)):
        lane = top + _LANE - 16 if any(station.joins for station in stations_of_line) else top
        glyphs_top = top + (_LANE if lane != top else 0)
        x = float(_MARGIN)
        for station in stations_of_line:
            cell, glyph = _cell_width(station), glyph_width(station)
            places.append(_Place(station, number, Box(x + (cell - glyph) / 2, glyphs_top, glyph, GLYPH_HEIGHT)))
            x += cell + _GAP
        labels = max(len(_labels(station)) for station in stations_of_line)
        bottom = glyphs_top + GLYPH_HEIGHT + 2 + labels * _TEXT_HEIGHT
        lines.append(_Line(top, bottom, x - _GAP, lane))
        top = bottom + _LINE_GAP
    return places, lines


def _wrapped(row: tuple[Station, ...], width: int) -> list[list[Station]]:
    """As many stations in a line as there is room for."""
    lines: list[list[Station]] = [[]]
    x = 2.0 * _MARGIN
    for station in row:
        cell = _cell_width(station)
        if lines[-1] and x + cell > width:
            lines.append([])
            x = 2.0 * _MARGIN
        lines[-1].append(station)
        x += cell + _GAP
    return lines


def _labels(station: Station) -> list[str]:
    return [station.title, *([station.shape] if station.shape else []), *station.notes]


def _cell_width(station: Station) -> float:
    return max(glyph_width(station), *(_text_width(text, _TITLE_SIZE) for text in _labels(station)))


def _text_width(text: str, size: float) -> float:
    return len(text) * size * _LETTER_WIDTH


def _draw_labels(drawing: Drawing, place: _Place) -> None:
    """Title, shape and notes below the picture of a station."""
    x, y = place.box.centre_x, place.box.bottom + 2
    colours, station = drawing.colours, place.station
    for number, text in enumerate(_labels(station)):
        y += _TEXT_HEIGHT
        if number == 0:
            drawing.text((x, y), text, _TITLE_SIZE, colours.wrong if station.is_misfit else colours.text, bold=True)
        else:
            drawing.text((x, y), text, _TEXT_SIZE, colours.text if text == station.shape else colours.muted)


def _draw_turn(drawing: Drawing, before: Box, line: _Line, after: Box, next_line: _Line) -> None:
    """From the end of a line to the beginning of the next."""
    right, left = max(line.right, before.right + 10) + 8, _MARGIN / 2
    middle = (line.bottom + next_line.top) / 2 + 2
    points = [
        (before.right + 4, before.centre_y),
        (right, before.centre_y),
        (right, middle),
        (left, middle),
        (left, after.centre_y),
        (after.left - 5, after.centre_y),
    ]
    drawing.way(points, drawing.colours.line)


def _draw_wide_way(drawing: Drawing, picture: _Place, target: _Place, lines: list[_Line]) -> None:
    """The bare picture's way to where it is joined: over the line, or down along the left side."""
    lane, colours = lines[target.line].lane, drawing.colours
    end = [(target.box.centre_x, lane), (target.box.centre_x, target.box.top + 6)]
    if picture.line == target.line:
        start = [(picture.box.centre_x, picture.box.top + 12), (picture.box.centre_x, lane)]
    else:
        side = _MARGIN / 2 - 5
        start = [(picture.box.left - 4, picture.box.centre_y), (side, picture.box.centre_y), (side, lane)]
    drawing.way([*start, *end], colours.wide)
    words, middle = target.station.joins, target.box.centre_x
    if middle - _text_width(words, _TEXT_SIZE) > 2 * _MARGIN:
        drawing.text((middle - 8, lane - 4), words, _TEXT_SIZE, colours.muted, anchor="end")
    else:
        drawing.text((middle + 8, lane + 2), words, _TEXT_SIZE, colours.muted, anchor="start")

"""A network drawn as SVG: maps as stacked sheets, rows of numbers as columns, wrapped like a text.

Blue is what learns, grey is what only rearranges, and the bare picture's own way in a wide-and-deep network is orange.
"""

from dataclasses import dataclass
from itertools import pairwise
from math import log2

from app.core.config.config import TrainingConfig
from app.core.networks.diagram_stations import Station, stations
from app.core.networks.shapes import network_summary
from app.core.networks.svg import DiagramColours, Drawing, Point

# The pictures in a diagram: sheets, columns, and what leads from one to the next.

GLYPH_HEIGHT = 96.0
_LEAST_SHEET, _MOST_SHEET = 14.0, 58.0
_SHEET_STEP = (4.0, -3.5)
"""How far each sheet of a stack lies behind the one before it, to the right and up."""
_MOST_SHEETS = 8
_COLUMN_WIDTH, _UNIT_COLUMN_WIDTH = 9.0, 17.0
_UNIT_PITCH, _UNIT_RADIUS = 9.4, 3.1
_MOST_UNITS = 10
_MOST_LINES = 5
_SEVEN = ((0.28, 0.26), (0.72, 0.26), (0.44, 0.78))


@dataclass(frozen=True)
class Box:
    """A rectangle on the drawing."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right side."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The lower side."""
        return self.top + self.height

    @property
    def centre_x(self) -> float:
        """Half-way from left to right."""
        return self.left + self.width / 2

    @property
    def centre_y(self) -> float:
        """Half-way from top to bottom."""
        return self.top + self.height / 2


def glyph_width(station: Station) -> float:
    """How much room a station's picture takes."""
    if station.is_misfit:
        return _MOST_SHEET
    if _is_flat(station):
        return _UNIT_COLUMN_WIDTH if station.is_dense else _COLUMN_WIDTH
    return _sheet_sides(station)[0] + (_sheets(station) - 1) * _SHEET_STEP[0]


def draw_glyph(drawing: Drawing, station: Station, box: Box) -> None:
    """The picture of a station, in the middle of its box."""
    if station.is_misfit:
        _draw_misfit(drawing, box)
    elif not _is_flat(station):
        _draw_sheets(drawing, station, box)
    elif station.is_dense:
        _draw_units(drawing, station, box)
    else:
        _draw_column(drawing, station, box)


def draw_link(drawing: Drawing, before: Station, left: Box, after: Station, right: Box) -> None:
    """What leads from a station to the next: every unit to every unit, a window to a point, or corner to corner."""
    colours = drawing.colours
    if after.is_misfit:
        drawing.way([(left.right + 4, left.centre_y), (right.left - 5, right.centre_y)], colours.line)
    elif _is_flat(before) and after.is_dense:
        starts, ends = _unit_points(before, left, left.right), _unit_points(after, right, right.left)
        drawing.lines([(start, end) for start in _few(starts) for end in _few(ends)], colours.line, 0.7, 0.6)
    elif after.window and not _is_flat(before):
        _draw_window(drawing, before, left, after, right)
    else:
        (_, top, edge, bottom), (start, first, _, last) = _extent(before, left), _extent(after, right)
        pairs = [((edge + 2, top), (start - 2, first)), ((edge + 2, bottom), (start - 2, last))]
        drawing.lines(pairs, colours.line, 1)


def _is_flat(station: Station) -> bool:
    return len(station.size) == 1


def _sheet_sides(station: Station) -> tuple[float, float]:
    """Width and height of a sheet: a quarter of the picture's pixels has half its sides."""
    rows, columns, _ = station.size
    height, width = (max(_LEAST_SHEET, _MOST_SHEET * min(1.0, side / 28)) for side in (rows, columns))
    return width, height


def _sheets(station: Station) -> int:
    """How many sheets stand for the channels: one more each time they double."""
    return min(_MOST_SHEETS, 1 + round(log2(station.size[2])))


def _front(station: Station, box: Box) -> tuple[float, float, float, float]:
    """The foremost sheet: x, y, width, height."""
    width, height = _sheet_sides(station)
    behind = (_sheets(station) - 1) * -_SHEET_STEP[1]
    return box.left, box.centre_y - (height + behind) / 2 + behind, width, height


def _draw_sheets(drawing: Drawing, station: Station, box: Box) -> None:
    fill, edge = _fill(drawing, station)
    x, y, width, height = _front(station, box)
    if station.is_picture:
        drawing.rect((x, y, width, height), "#000000", drawing.colours.plain_edge)
        drawing.stroke([(x + u * width, y + v * height) for u, v in _SEVEN], "#FFFFFF", 4)
        return
    for sheet in reversed(range(_sheets(station))):
        drawing.rect((x + sheet * _SHEET_STEP[0], y + sheet * _SHEET_STEP[1], width, height), fill, edge)


def _draw_window(drawing: Drawing, before: Station, left: Box, after: Station, right: Box) -> None:
    """A square on the foremost sheet, whose pixels become one pixel of the next sheet."""
    x, y, width, height = _front(before, left)
    columns, rows = before.size[1], before.size[0]
    sides = [max(4.0, side * min(1.0, after.window / count)) for side, count in ((width, columns), (height, rows))]
    place = (x + (width - sides[0]) * 0.75, y + (height - sides[1]) * 0.3)
    u, v, target_width, target_height = _front(after, right)
    point = (u + target_width * 0.2, v + target_height * 0.6)
    edge = place[0] + sides[0]
    drawing.lines([((edge, place[1]), point), ((edge, place[1] + sides[1]), point)], drawing.colours.line)
    drawing.rect((*place, sides[0], sides[1]), drawing.colours.ground, drawing.colours.learns_edge, radius=1)
    drawing.circle(*point, 1.8, drawing.colours.learns_edge)


def _units(station: Station) -> int:
    """How many discs stand for the units: all of them as long as there is room."""
    return min(_MOST_UNITS, station.size[0])


def _column_height(station: Station) -> float:
    """Taller for more numbers: a step each time they double."""
    if station.is_dense and station.size[0] <= _MOST_UNITS:
        return _units(station) * _UNIT_PITCH + 6
    return min(GLYPH_HEIGHT, 60 + 3.0 * log2(station.size[0] / 8))


def _draw_units(drawing: Drawing, station: Station, box: Box) -> None:
    """A column of discs, with dots in its middle if there are more than it shows."""
    fill, edge = _fill(drawing, station)
    height = _column_height(station)
    drawing.rect((box.left, box.centre_y - height / 2, box.width, height), fill, edge, radius=box.width / 2)
    for x, y in _unit_points(station, box, box.centre_x):
        drawing.circle(x, y, _UNIT_RADIUS, edge if station.is_answer else drawing.colours.ground, edge)
    if station.size[0] > _MOST_UNITS:
        for step in (-4, 0, 4):
            drawing.circle(box.centre_x, box.centre_y + step, 1.1, edge)


def _unit_points(station: Station, box: Box, x: float) -> list[Point]:
    """Where units stand, on the line `x`: evenly, with a hole in the middle where not all are shown."""
    height = _column_height(station)
    shows_all = station.size[0] <= _MOST_UNITS
    count = station.size[0] if shows_all else int((height - 6) / _UNIT_PITCH)
    first = box.centre_y - (count - 1) * _UNIT_PITCH / 2
    points = [(x, first + number * _UNIT_PITCH) for number in range(count)]
    return points if shows_all else [(u, v) for u, v in points if abs(v - box.centre_y) > _UNIT_PITCH]


def _few(points: list[Point]) -> list[Point]:
    """Some of the points, the outermost among them: all lines between all units would be a grey surface."""
    steps = min(len(points), _MOST_LINES) - 1
    return [points[round(number * (len(points) - 1) / steps)] for number in range(steps + 1)] if steps else points


def _draw_column(drawing: Drawing, station: Station, box: Box) -> None:
    """Numbers that were only laid out in a row, as cells."""
    fill, edge = _fill(drawing, station)
    height = _column_height(station)
    top = box.centre_y - height / 2
    drawing.rect((box.left, top, box.width, height), fill, edge)
    cells = int(height / 6)
    marks = [top + height * number / cells for number in range(1, cells)]
    drawing.lines([((box.left, y), (box.right, y)) for y in marks], edge, 0.6, 0.6)


def _draw_misfit(drawing: Drawing, box: Box) -> None:
    side, colour = box.width - 12, drawing.colours.wrong
    left, top = box.centre_x - side / 2, box.centre_y - side / 2
    drawing.rect((left, top, side, side), "none", colour, radius=6, dashed=True)
    near, far = 14.0, side - 14.0
    cross = [((left + near, top + near), (left + far, top + far)), ((left + far, top + near), (left + near, top + far))]
    drawing.lines(cross, colour, 2.4)


def _extent(station: Station, box: Box) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of what is drawn, for links from corner to corner."""
    if not _is_flat(station):
        x, y, _, height = _front(station, box)
        behind = (_sheets(station) - 1) * _SHEET_STEP[1]
        return x, y + behind, box.right, y + height + behind
    height = _column_height(station)
    return box.left, box.centre_y - height / 2, box.right, box.centre_y + height / 2


def _fill(drawing: Drawing, station: Station) -> tuple[str, str]:
    """Ground and edge: blue if the station learns."""
    colours = drawing.colours
    return (colours.learns, colours.learns_edge) if station.learns else (colours.plain, colours.plain_edge)


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

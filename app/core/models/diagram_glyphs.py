"""The pictures in a diagram: sheets, columns, and what leads from one to the next."""

from dataclasses import dataclass
from math import log2

from app.core.models.diagram_drawing import Drawing, Point
from app.core.models.diagram_stations import Station

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

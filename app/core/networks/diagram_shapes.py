"""The shapes of a network's diagram: sheets, columns, and what leads from one to the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log2

from app.core.config.layers import Shape, shape_text
from app.core.svg import Point, document, element, path

NODE_HEIGHT = 96.0
_LEAST_SHEET, _MOST_SHEET = 14.0, 58.0
_SHEET_STEP = (4.0, -3.5)
"""How far each sheet of a stack lies behind the one before it, to the right and up."""
_MOST_SHEETS = 8
_COLUMN_WIDTH, _UNIT_COLUMN_WIDTH = 9.0, 17.0
_UNIT_PITCH, _UNIT_RADIUS = 9.4, 3.1
_MOST_UNITS = 10
_MOST_LINES = 5
_SEVEN = ((0.28, 0.26), (0.72, 0.26), (0.44, 0.78))
_CORNER = 7.0


@dataclass(frozen=True)
class DiagramColours:
    """The colours of a diagram as "#rrggbb". `skip` is that of the edge from the picture past other layers."""

    background: str
    text: str
    muted: str
    line: str
    trainable: str
    trainable_outline: str
    plain: str
    plain_outline: str
    skip: str
    wrong: str


class Drawing:
    """Collects shapes; later ones lie on top."""

    def __init__(self, colours: DiagramColours) -> None:
        self.colours = colours
        self._shapes: list[str] = []

    def svg(self, width: float, height: float, title: str) -> str:
        """The whole document, with `title` for those who cannot see it."""
        size = {"width": f"{width:.0f}", "height": f"{height:.0f}"}
        background = element("rect", **size, fill=self.colours.background)
        return document([background, *self._shapes], (width, height), title, **size) + "\n"

    def text(
        self, at: Point, text: str, size: float, colour: str, *, anchor: str = "middle", bold: bool = False
    ) -> None:
        """A line of text; `at` is on its baseline."""
        place = {"x": at[0], "y": at[1], "text_anchor": anchor}
        weight = "600" if bold else ""
        self._shapes.append(element("text", text, **place, font_size=size, fill=colour, font_weight=weight))

    def rect(
        self, place: tuple[float, float, float, float], fill: str, outline: str, radius: float = 2, dashed: bool = False
    ) -> None:
        """A rectangle of (x, y, width, height) with rounded corners."""
        known = dict(zip(("x", "y", "width", "height"), place, strict=True))
        dash = "4 3" if dashed else ""
        self._shapes.append(element("rect", **known, rx=radius, fill=fill, stroke=outline, stroke_dasharray=dash))

    def circle(self, x: float, y: float, radius: float, fill: str, outline: str = "none") -> None:
        """A disc."""
        self._shapes.append(element("circle", cx=x, cy=y, r=radius, fill=fill, stroke=outline))

    def lines(self, pairs: Sequence[tuple[Point, Point]], colour: str, width: float = 1, opacity: float = 1) -> None:
        """Straight lines, each from a point to another."""
        points = [point for start, end in pairs for point in (start, end, None)]
        pen = {"stroke": colour, "stroke_width": width, "stroke_opacity": opacity, "stroke_linecap": "round"}
        self._shapes.append(element("path", d=path(points), fill="none", **pen))

    def stroke(self, points: Sequence[Point], colour: str, width: float) -> None:
        """A line through all points, with round ends."""
        pen = {"stroke": colour, "stroke_width": width, "stroke_linecap": "round", "stroke_linejoin": "round"}
        self._shapes.append(element("path", d=path(points), fill="none", **pen))

    def arrow(self, points: Sequence[Point], colour: str) -> None:
        """A line with round corners through points that lie beside or below each other, ending in an arrow head."""
        words = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
        for before, corner, after in zip(points, points[1:], points[2:], strict=False):
            (ax, ay), (bx, by) = _towards(corner, before), _towards(corner, after)
            words.append(f"L{ax:.1f} {ay:.1f}Q{corner[0]:.1f} {corner[1]:.1f} {bx:.1f} {by:.1f}")
        words.append(f"L{points[-1][0]:.1f} {points[-1][1]:.1f}")
        self._shapes.append(element("path", d=" ".join(words), fill="none", stroke=colour, stroke_width=1.4))
        self._arrow_head(points[-2], points[-1], colour)

    def _arrow_head(self, start: Point, tip: Point, colour: str) -> None:
        x, y = tip
        if start[0] == x:
            back = -6 if y > start[1] else 6
            corners = [(x, y), (x - 3.5, y + back), (x + 3.5, y + back)]
        else:
            back = -6 if x > start[0] else 6
            corners = [(x, y), (x + back, y - 3.5), (x + back, y + 3.5)]
        self._shapes.append(element("path", d=f"{path(corners)}Z", fill=colour))


def _towards(corner: Point, other: Point) -> Point:
    """The point on the line from a corner to `other` where the rounding begins: never beyond the middle."""
    (x, y), (u, v) = corner, other
    length = abs(u - x) + abs(v - y)
    share = min(_CORNER, length / 2) / length if length else 0
    return x + (u - x) * share, y + (v - y) * share


@dataclass(frozen=True)
class Node:
    """A layer in a diagram, or the picture, with its words.

    `window` is the side of what slides over the maps that come to it, 0 if nothing does; `joins` says what is
    joined to it by an edge from the picture; a misfit stands for a layer that does not fit, and for all after it.
    """

    title: str
    size: Shape
    notes: tuple[str, ...] = ()
    is_trainable: bool = False
    is_dense: bool = False
    is_picture: bool = False
    is_output: bool = False
    is_misfit: bool = False
    window: int = 0
    joins: str = ""

    @property
    def shape(self) -> str:
        """28x28x1, or 1,568; nothing for a misfit."""
        return shape_text(self.size) if self.size else ""


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


def node_width(node: Node) -> float:
    """How wide the shape of a node is."""
    if node.is_misfit:
        return _MOST_SHEET
    if _is_flat(node):
        return _UNIT_COLUMN_WIDTH if node.is_dense else _COLUMN_WIDTH
    return _sheet_sides(node)[0] + (_sheets(node) - 1) * _SHEET_STEP[0]


def draw_node(drawing: Drawing, node: Node, box: Box) -> None:
    """What stands for a node, in the middle of its box."""
    if node.is_misfit:
        _draw_misfit(drawing, box)
    elif not _is_flat(node):
        _draw_sheets(drawing, node, box)
    elif node.is_dense:
        _draw_units(drawing, node, box)
    else:
        _draw_column(drawing, node, box)


def draw_edge(drawing: Drawing, before: Node, left: Box, after: Node, right: Box) -> None:
    """What leads from a node to the next: every unit to every unit, a window to a point, or corner to corner."""
    colours = drawing.colours
    if after.is_misfit:
        drawing.arrow([(left.right + 4, left.centre_y), (right.left - 5, right.centre_y)], colours.line)
    elif _is_flat(before) and after.is_dense:
        starts, ends = _unit_points(before, left, left.right), _unit_points(after, right, right.left)
        drawing.lines([(start, end) for start in _few(starts) for end in _few(ends)], colours.line, 0.7, 0.6)
    elif after.window and not _is_flat(before):
        _draw_window(drawing, before, left, after, right)
    else:
        (_, top, edge, bottom), (start, first, _, last) = _extent(before, left), _extent(after, right)
        pairs = [((edge + 2, top), (start - 2, first)), ((edge + 2, bottom), (start - 2, last))]
        drawing.lines(pairs, colours.line, 1)


def _is_flat(node: Node) -> bool:
    return len(node.size) == 1


def _sheet_sides(node: Node) -> tuple[float, float]:
    """Width and height of a sheet: a quarter of the picture's pixels has half its sides."""
    rows, columns, _ = node.size
    height, width = (max(_LEAST_SHEET, _MOST_SHEET * min(1.0, side / 28)) for side in (rows, columns))
    return width, height


def _sheets(node: Node) -> int:
    """How many sheets stand for the channels: one more each time they double."""
    return min(_MOST_SHEETS, 1 + round(log2(node.size[2])))


def _front(node: Node, box: Box) -> tuple[float, float, float, float]:
    """The foremost sheet: x, y, width, height."""
    width, height = _sheet_sides(node)
    behind = (_sheets(node) - 1) * -_SHEET_STEP[1]
    return box.left, box.centre_y - (height + behind) / 2 + behind, width, height


def _draw_sheets(drawing: Drawing, node: Node, box: Box) -> None:
    fill, outline = _fill(drawing, node)
    x, y, width, height = _front(node, box)
    if node.is_picture:
        drawing.rect((x, y, width, height), "#000000", drawing.colours.plain_outline)
        drawing.stroke([(x + u * width, y + v * height) for u, v in _SEVEN], "#FFFFFF", 4)
        return
    for sheet in reversed(range(_sheets(node))):
        drawing.rect((x + sheet * _SHEET_STEP[0], y + sheet * _SHEET_STEP[1], width, height), fill, outline)


def _draw_window(drawing: Drawing, before: Node, left: Box, after: Node, right: Box) -> None:
    """A square on the foremost sheet, whose pixels become one pixel of the next sheet."""
    x, y, width, height = _front(before, left)
    columns, rows = before.size[1], before.size[0]
    sides = [max(4.0, side * min(1.0, after.window / count)) for side, count in ((width, columns), (height, rows))]
    place = (x + (width - sides[0]) * 0.75, y + (height - sides[1]) * 0.3)
    u, v, target_width, target_height = _front(after, right)
    point = (u + target_width * 0.2, v + target_height * 0.6)
    edge = place[0] + sides[0]
    drawing.lines([((edge, place[1]), point), ((edge, place[1] + sides[1]), point)], drawing.colours.line)
    drawing.rect((*place, sides[0], sides[1]), drawing.colours.background, drawing.colours.trainable_outline, radius=1)
    drawing.circle(*point, 1.8, drawing.colours.trainable_outline)


def _units(node: Node) -> int:
    """How many discs stand for the units: all of them as long as there is room."""
    return min(_MOST_UNITS, node.size[0])


def _column_height(node: Node) -> float:
    """Taller for more numbers: a step each time they double."""
    if node.is_dense and node.size[0] <= _MOST_UNITS:
        return _units(node) * _UNIT_PITCH + 6
    return min(NODE_HEIGHT, 60 + 3.0 * log2(node.size[0] / 8))


def _draw_units(drawing: Drawing, node: Node, box: Box) -> None:
    """A column of discs, with dots in its middle if there are more than it shows."""
    fill, outline = _fill(drawing, node)
    height = _column_height(node)
    drawing.rect((box.left, box.centre_y - height / 2, box.width, height), fill, outline, radius=box.width / 2)
    for x, y in _unit_points(node, box, box.centre_x):
        drawing.circle(x, y, _UNIT_RADIUS, outline if node.is_output else drawing.colours.background, outline)
    if node.size[0] > _MOST_UNITS:
        for step in (-4, 0, 4):
            drawing.circle(box.centre_x, box.centre_y + step, 1.1, outline)


def _unit_points(node: Node, box: Box, x: float) -> list[Point]:
    """Where units stand, on the line `x`: evenly, with a hole in the middle where not all are shown."""
    height = _column_height(node)
    shows_all = node.size[0] <= _MOST_UNITS
    count = node.size[0] if shows_all else int((height - 6) / _UNIT_PITCH)
    first = box.centre_y - (count - 1) * _UNIT_PITCH / 2
    points = [(x, first + number * _UNIT_PITCH) for number in range(count)]
    return points if shows_all else [(u, v) for u, v in points if abs(v - box.centre_y) > _UNIT_PITCH]


def _few(points: list[Point]) -> list[Point]:
    """Some of the points, the outermost among them: all lines between all units would be a grey surface."""
    steps = min(len(points), _MOST_LINES) - 1
    return [points[round(number * (len(points) - 1) / steps)] for number in range(steps + 1)] if steps else points


def _draw_column(drawing: Drawing, node: Node, box: Box) -> None:
    """Numbers that were only laid out in a row, as cells."""
    fill, outline = _fill(drawing, node)
    height = _column_height(node)
    top = box.centre_y - height / 2
    drawing.rect((box.left, top, box.width, height), fill, outline)
    cells = int(height / 6)
    marks = [top + height * number / cells for number in range(1, cells)]
    drawing.lines([((box.left, y), (box.right, y)) for y in marks], outline, 0.6, 0.6)


def _draw_misfit(drawing: Drawing, box: Box) -> None:
    side, colour = box.width - 12, drawing.colours.wrong
    left, top = box.centre_x - side / 2, box.centre_y - side / 2
    drawing.rect((left, top, side, side), "none", colour, radius=6, dashed=True)
    near, far = 14.0, side - 14.0
    cross = [((left + near, top + near), (left + far, top + far)), ((left + far, top + near), (left + near, top + far))]
    drawing.lines(cross, colour, 2.4)


def _extent(node: Node, box: Box) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of what is drawn, for links from corner to corner."""
    if not _is_flat(node):
        x, y, _, height = _front(node, box)
        behind = (_sheets(node) - 1) * _SHEET_STEP[1]
        return x, y + behind, box.right, y + height + behind
    height = _column_height(node)
    return box.left, box.centre_y - height / 2, box.right, box.centre_y + height / 2


def _fill(drawing: Drawing, node: Node) -> tuple[str, str]:
    """Ground and edge: blue if the node learns."""
    colours = drawing.colours
    return (
        (colours.trainable, colours.trainable_outline) if node.is_trainable else (colours.plain, colours.plain_outline)
    )

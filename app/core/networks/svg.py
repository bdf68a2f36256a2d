"""SVG, written shape by shape: only what every reader of SVG understands, Qt's small one included."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from app.core.paths import FAMILIES

Point = tuple[float, float]

_CORNER = 7.0


@dataclass(frozen=True)
class DiagramColours:
    """The colours of a diagram as "#rrggbb". `learns` has weights, `plain` has none, `wide` is the picture's way."""

    ground: str
    text: str
    muted: str
    line: str
    learns: str
    learns_edge: str
    plain: str
    plain_edge: str
    wide: str
    wrong: str


class Drawing:
    """Collects shapes; later ones lie on top."""

    def __init__(self, colours: DiagramColours) -> None:
        self.colours = colours
        self._shapes: list[str] = []

    def svg(self, width: float, height: float, title: str) -> str:
        """The whole document, with `title` for those who cannot see it."""
        size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
        ground = f'<rect width="{width:.0f}" height="{height:.0f}" fill="{self.colours.ground}"/>'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label={quoteattr(title)}'
        return "\n".join((f"{head} font-family={quoteattr(FAMILIES)}>", ground, *self._shapes, "</svg>\n"))

    def text(
        self, at: Point, text: str, size: float, colour: str, *, anchor: str = "middle", bold: bool = False
    ) -> None:
        """A line of text; `at` is on its baseline."""
        x, y = at
        weight = ' font-weight="600"' if bold else ""
        where = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size:g}"'
        self._shapes.append(f'<text {where} fill="{colour}"{weight}>{escape(text)}</text>')

    def rect(
        self, place: tuple[float, float, float, float], fill: str, edge: str, radius: float = 2, dashed: bool = False
    ) -> None:
        """A rectangle of (x, y, width, height) with rounded corners."""
        x, y, width, height = place
        dashes = ' stroke-dasharray="4 3"' if dashed else ""
        where = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{radius:g}"'
        self._shapes.append(f'<rect {where} fill="{fill}" stroke="{edge}"{dashes}/>')

    def circle(self, x: float, y: float, radius: float, fill: str, edge: str = "none") -> None:
        """A disc."""
        self._shapes.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{fill}" stroke="{edge}"/>')

    def lines(self, pairs: Sequence[tuple[Point, Point]], colour: str, width: float = 1, opacity: float = 1) -> None:
        """Straight lines, each from a point to another."""
        path = " ".join(f"M{a:.1f} {b:.1f}L{c:.1f} {d:.1f}" for (a, b), (c, d) in pairs)
        pen = f'stroke="{colour}" stroke-width="{width:g}" stroke-opacity="{opacity:g}" stroke-linecap="round"'
        self._shapes.append(f'<path d="{path}" fill="none" {pen}/>')

    def stroke(self, points: Sequence[Point], colour: str, width: float) -> None:
        """A line through all points, with round ends."""
        path = " ".join(f"{'L' if number else 'M'}{x:.1f} {y:.1f}" for number, (x, y) in enumerate(points))
        pen = f'stroke="{colour}" stroke-width="{width:g}" stroke-linecap="round" stroke-linejoin="round"'
        self._shapes.append(f'<path d="{path}" fill="none" {pen}/>')

    def way(self, points: Sequence[Point], colour: str) -> None:
        """A line with round corners through points that lie beside or below each other, ending in an arrow."""
        path = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
        for before, corner, after in zip(points, points[1:], points[2:], strict=False):
            (ax, ay), (bx, by) = _towards(corner, before), _towards(corner, after)
            path.append(f"L{ax:.1f} {ay:.1f}Q{corner[0]:.1f} {corner[1]:.1f} {bx:.1f} {by:.1f}")
        path.append(f"L{points[-1][0]:.1f} {points[-1][1]:.1f}")
        self._shapes.append(f'<path d="{" ".join(path)}" fill="none" stroke="{colour}" stroke-width="1.4"/>')
        self._arrow_head(points[-2], points[-1], colour)

    def _arrow_head(self, start: Point, tip: Point, colour: str) -> None:
        x, y = tip
        if start[0] == x:
            back = -6 if tip[1] > start[1] else 6
            corners = f"M{x:.1f} {y:.1f}L{x - 3.5:.1f} {y + back:.1f}L{x + 3.5:.1f} {y + back:.1f}Z"
        else:
            back = -6 if tip[0] > start[0] else 6
            corners = f"M{x:.1f} {y:.1f}L{x + back:.1f} {y - 3.5:.1f}L{x + back:.1f} {y + 3.5:.1f}Z"
        self._shapes.append(f'<path d="{corners}" fill="{colour}"/>')


def _towards(corner: Point, other: Point) -> Point:
    """The point on the way from a corner to `other` where the rounding begins: never beyond the middle."""
    (x, y), (u, v) = corner, other
    length = abs(u - x) + abs(v - y)
    share = min(_CORNER, length / 2) / length if length else 0
    return x + (u - x) * share, y + (v - y) * share

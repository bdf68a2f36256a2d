"""SVG, written element by element: only what every reader of SVG understands, Qt's small one included."""

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from app.core.paths import FAMILIES

Point = tuple[float, float]


def element(tag: str, content: str = "", /, **attributes: object) -> str:
    """An element with plain text in it; attributes with `_` for "-", and `kind` for the class. Empty ones go."""
    words = [tag] + [
        f"{'class' if name == 'kind' else name.replace('_', '-')}={quoteattr(_written(value))}"
        for name, value in attributes.items()
        if value not in {None, ""}
    ]
    return f"<{' '.join(words)}>{escape(content)}</{tag}>" if content else f"<{' '.join(words)}/>"


def path(points: Sequence[Point | None]) -> str:
    """The `d` of straight lines through points, broken at None."""
    words, is_drawing = [], False
    for point in points:
        if point is not None:
            words.append(f"{'L' if is_drawing else 'M'}{point[0]:.1f} {point[1]:.1f}")
        is_drawing = point is not None
    return " ".join(words)


def document(elements: Sequence[str], size: tuple[float, float], title: str, /, **attributes: object) -> str:
    """The whole document, with `title` for those who cannot see it."""
    known = {"viewBox": f"0 0 {size[0]:.0f} {size[1]:.0f}", "role": "img", "aria_label": title, "font_family": FAMILIES}
    head = element("svg", **attributes, xmlns="http://www.w3.org/2000/svg", **known).removesuffix("/>")
    return "\n".join((f"{head}>", *elements, "</svg>"))


def _written(value: object) -> str:
    """One decimal, or none where it would be 0."""
    return f"{value:.1f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)

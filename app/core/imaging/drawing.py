"""A drawing: strokes as they were made, never pixels.

A `*.drawing.json` file holds `{"format": "softmax-studio-drawing", "version": 1, "canvas": [width, height],
"strokes": [[[x, y], ...], ...]}`; a point may carry two more numbers, the time in ms and the pressure. "pen", the
width of the pen in units of the canvas, may be missing.
"""

import errno
import json
import math
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.core.errors import InputError, StudioError
from app.core.file_writing import write_whole
from app.core.paths import read_regular

Point = tuple[float, ...]
"""x, y in canvas units, y down; optionally time in ms since the drawing began, and pressure in 0..1."""

Stroke = tuple[Point, ...]

DRAWING_SUFFIX = ".drawing.json"
DRAWING_FORMAT = b"softmax-studio-drawing"
"""Stands near the beginning of each file."""
MAX_FILE_BYTES = 40 * 2**20
MAX_POINTS = 500_000
"""An hour of drawing without a pause, at 125 points a second, has 450,000."""

_ROOM = 10_000  # lists and commas for what is no point


@dataclass(frozen=True)
class Drawing:
    """Strokes on a canvas of `width` x `height` units. Immutable: every edit makes a new one.

    `pen` is how wide they were shown, in the same units; 0 where nobody knows.
    """

    width: float
    height: float
    strokes: tuple[Stroke, ...] = ()
    pen: float = 0.0

    @property
    def is_empty(self) -> bool:
        """True when there is nothing to read."""
        return not any(self.strokes)


CheckedNumber = Annotated[float, Field(allow_inf_nan=False, ge=-1e9, le=1e9)]
Side = Annotated[float, Field(allow_inf_nan=False, ge=1e-3, le=1e6)]
Pen = Annotated[float, Field(allow_inf_nan=False, ge=0, le=1e6)]
CheckedPoint = Annotated[tuple[CheckedNumber, ...], Field(min_length=2, max_length=4)]


class _DrawingFile(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)

    format: Literal["softmax-studio-drawing"]
    version: Literal[1]
    canvas: tuple[Side, Side]
    strokes: tuple[tuple[CheckedPoint, ...], ...]
    pen: Pen = 0.0


def parse_drawing(text: str | bytes, name: str = "The drawing") -> Drawing:
    """Read the text of a drawing file; `name` is what an error calls it. Ink beside its canvas is left out.

    Raises:
        InputError: the text is no drawing, is of another version, is absurdly large, or all ink is beside its canvas.

    """
    if len(text) > MAX_FILE_BYTES:
        raise InputError(f"{name} is larger than {MAX_FILE_BYTES >> 20} MB; choose a smaller drawing.")
    too_many = InputError(f"{name} has more than {MAX_POINTS:,} points; choose a simpler drawing.")
    if holds_too_much(text):
        raise too_many
    try:
        content = _DrawingFile.model_validate_json(text)
    except ValidationError as error:
        raise InputError(f"{name} cannot be read as a drawing: {_reason(error)}.") from error
    except ValueError as error:  # text that is not UTF-8
        raise InputError(f"{name} cannot be read as a drawing: it is not text; choose another file.") from error
    if sum(map(len, content.strokes)) > MAX_POINTS:
        raise too_many
    drawing = Drawing(*content.canvas, tuple(stroke for stroke in content.strokes if stroke), content.pen)
    seen = on_canvas(drawing)
    if seen.is_empty and not drawing.is_empty:
        raise InputError(f"{name} has no ink on its canvas; correct its canvas or choose another file.")
    return seen


def holds_too_much(text: str | bytes) -> bool:
    """True of JSON with more lists and numbers than MAX_POINTS can need, before each of them takes a hundred bytes."""
    return _count(text, "[") > 2 * MAX_POINTS + _ROOM or _count(text, ",") > 4 * MAX_POINTS + _ROOM


def _count(text: str | bytes, sign: str) -> int:
    return text.count(sign) if isinstance(text, str) else text.count(sign.encode())


def _reason(error: ValidationError) -> str:
    """What is wrong and what to do, from the first thing that is wrong."""
    first = error.errors(include_url=False, include_context=False)[0]
    if first["type"] == "json_invalid":
        return "it is not complete JSON; save it again or choose another file"
    match first["loc"]:
        case ("format",) | ():
            return "it is not a Softmax Studio drawing; choose a *.drawing.json file"
        case ("version",):
            return "it was made by another version of the program; save it again with this one"
        case ("canvas", *_):
            return "the canvas needs a width and a height above zero; correct it or choose another file"
        case _:
            return (
                "the strokes must be lists of points of two to four finite numbers; correct it or choose another file"
            )


def load_drawing(path: Path) -> Drawing:
    """Read a `*.drawing.json` file.

    Raises:
        InputError: the file cannot be opened, or is no drawing (see `parse_drawing`).

    """
    path = Path(path)
    try:
        content = read_regular(path, MAX_FILE_BYTES)
    except OSError as error:
        if error.errno in (errno.EISDIR, errno.EINVAL):
            raise InputError(f"{path.name} is not a file; choose a drawing.") from error
        raise InputError(f"{path.name} cannot be opened ({error.strerror}); choose another file.") from error
    return parse_drawing(content.removeprefix(b"\xef\xbb\xbf"), path.name)


def drawing_text(drawing: Drawing) -> str:
    """Return what a `*.drawing.json` file of the drawing holds."""
    content: dict[str, object] = {
        "format": "softmax-studio-drawing",
        "version": 1,
        "canvas": [drawing.width, drawing.height],
        "strokes": drawing.strokes,
    }
    if drawing.pen:
        content["pen"] = drawing.pen
    return json.dumps(content, separators=(",", ":"), allow_nan=False)


def save_drawing(drawing: Drawing, path: Path) -> None:
    """Write a `*.drawing.json` file: whole or not at all.

    Raises:
        StudioError: the file cannot be written.

    """
    path = Path(path)
    try:
        write_whole(path, drawing_text(drawing).encode())
    except OSError as error:
        raise StudioError(f"{path.name} cannot be saved ({error.strerror}); choose another place.") from error


def with_stroke(drawing: Drawing, stroke: Stroke) -> Drawing:
    """Return the drawing with one more stroke on top; a stroke without points changes nothing."""
    return replace(drawing, strokes=(*drawing.strokes, stroke)) if stroke else drawing


def fitting(drawing: Drawing, width: float, height: float) -> tuple[float, float, float]:
    """How the drawing lies on a canvas of another size, as a whole, in the middle: its scale, left and top."""
    scale = min(width / drawing.width, height / drawing.height)
    return scale, (width - scale * drawing.width) / 2, (height - scale * drawing.height) / 2


def fitted(drawing: Drawing, width: float, height: float) -> Drawing:
    """Return the drawing on a canvas of another size: scaled as a whole, in the middle."""
    scale, left, top = fitting(drawing, width, height)
    strokes = tuple(
        tuple((left + scale * x, top + scale * y, *rest) for x, y, *rest in stroke) for stroke in drawing.strokes
    )
    return Drawing(width, height, strokes, scale * drawing.pen)


def on_canvas(drawing: Drawing) -> Drawing:
    """Leave out the ink beside the canvas, which nobody sees: strokes are cut where they cross its edge.

    A drawing that has none comes back as the same object.
    """
    width, height = drawing.width, drawing.height
    if all(0 <= point[0] <= width and 0 <= point[1] <= height for stroke in drawing.strokes for point in stroke):
        return drawing
    return replace(
        drawing, strokes=tuple(piece for stroke in drawing.strokes for piece in _inside(stroke, width, height))
    )


def _inside(stroke: Stroke, width: float, height: float) -> list[Stroke]:
    """Return the pieces of a stroke that lie in 0..width and 0..height."""
    if len(stroke) == 1:
        stroke = (*stroke, *stroke)  # a dot is a segment without length
    columns = min(map(len, stroke))
    points = np.array([point[:columns] for point in stroke], np.float64)
    begins, steps = points[:-1], np.diff(points, axis=0)
    enters, leaves = np.zeros(len(steps)), np.ones(len(steps))
    for axis, most in ((0, width), (1, height)):
        begin, step = begins[:, axis], steps[:, axis]
        stands = step == 0
        ends = np.stack([-begin, most - begin]) / np.where(stands, 1.0, step)
        is_beside = (begin < 0) | (begin > most)
        enters = np.maximum(enters, np.where(stands, 2.0 * is_beside, ends.min(axis=0)))
        leaves = np.minimum(leaves, np.where(stands, 1.0, ends.max(axis=0)))
    inside = np.flatnonzero(enters <= leaves)
    shares = [share[inside] for share in (enters, leaves)]
    crossings = [(begins[inside] + share[:, None] * steps[inside]).tolist() for share in shares]
    pieces: list[list[Point]] = []
    is_open = False
    for number, enter, leave, first, last in zip(inside.tolist(), *shares, *crossings, strict=True):
        a, b = stroke[number], stroke[number + 1]
        if not is_open or enter > 0:
            pieces.append([a if enter == 0 else tuple(first)])
        if a[:2] != b[:2] or len(stroke) > 2:
            pieces[-1].append(b if leave == 1 else tuple(last))
        is_open = leave == 1
    return [tuple(piece) for piece in pieces]


def erase(drawing: Drawing, x: float, y: float, radius: float) -> Drawing:
    """Remove what lies inside a circle. Strokes are split where they cross it."""
    return erase_path(drawing, (x, y), (x, y), radius)


def erase_path(drawing: Drawing, start: Point, end: Point, radius: float) -> Drawing:
    """Remove what a round eraser touches while it moves straight from `start` to `end`.

    Strokes are split exactly at the outline of the path; time and pressure are interpolated there. A drawing that
    was not touched comes back as the same object.
    """
    pieces: list[Stroke] = []
    touched = False
    for stroke in drawing.strokes:
        rest = _outside(stroke, start, end, radius)
        touched = touched or rest != [stroke]
        pieces += rest
    return replace(drawing, strokes=tuple(pieces)) if touched else drawing


def _outside(stroke: Stroke, start: Point, end: Point, radius: float) -> list[Stroke]:
    """Return the pieces of a stroke outside the path of the eraser."""
    if len(stroke) == 1:
        return [] if _covered(stroke[0], stroke[0], start, end, radius) else [stroke]
    pieces: list[list[Point]] = [[*stroke[:1]]]
    for a, b in pairwise(stroke):
        covered = _covered(a, b, start, end, radius)
        if covered is None:
            pieces[-1].append(b)
            continue
        enter, leave = covered
        if enter > 0:
            pieces[-1].append(_between(a, b, enter))
        pieces.append([_between(a, b, leave), b] if leave < 1 else [b])
        if enter <= 0 and len(pieces[-2]) == 1:
            del pieces[-2]  # the stroke had begun inside
    if len(pieces[-1]) == 1:
        del pieces[-1]  # the stroke ends inside
    return [tuple(piece) for piece in pieces]


def _covered(a: Point, b: Point, start: Point, end: Point, radius: float) -> tuple[float, float] | None:
    """Return the part of the segment a-b under the eraser, as fractions of its length; None if there is none.

    The eraser's path, two discs and the rectangle between them, is convex, so that part is one interval.
    """
    path = (end[0] - start[0], end[1] - start[1])
    length = math.hypot(*path)
    along = (path[0] / length, path[1] / length) if length else (1.0, 0.0)
    # The path's own coordinates: u along it, v across it.
    u, v = (a[0] - start[0]) * along[0] + (a[1] - start[1]) * along[1], _cross(along, a, start)
    du, dv = (b[0] - a[0]) * along[0] + (b[1] - a[1]) * along[1], _cross(along, b, a)
    parts = [
        _in_disc(u, v, du, dv, radius),
        _in_disc(u - length, v, du, dv, radius),
        _in_both(_in_slab(u, du, 0, length), _in_slab(v, dv, -radius, radius)),
    ]
    found = [part for part in parts if part is not None]
    if not found:
        return None
    first, last = max(0.0, min(p[0] for p in found)), min(1.0, max(p[1] for p in found))
    # A segment that only touches the outline loses nothing; one without length is inside or it is not.
    return (first, last) if first < last else None


def _cross(along: tuple[float, float], a: Point, b: Point) -> float:
    return (a[1] - b[1]) * along[0] - (a[0] - b[0]) * along[1]


def _in_disc(u: float, v: float, du: float, dv: float, radius: float) -> tuple[float, float] | None:
    """Return where (u, v) + t (du, dv) is within `radius` of the origin."""
    square, half, rest = du * du + dv * dv, u * du + v * dv, u * u + v * v - radius * radius
    if square == 0:
        return (-math.inf, math.inf) if rest <= 0 else None
    root = half * half - square * rest
    if root <= 0:
        return None
    return (-half - math.sqrt(root)) / square, (-half + math.sqrt(root)) / square


def _in_slab(u: float, du: float, low: float, high: float) -> tuple[float, float] | None:
    """Return where u + t du lies in low..high."""
    if du == 0:
        return (-math.inf, math.inf) if low <= u <= high else None
    ends = ((low - u) / du, (high - u) / du)
    return min(ends), max(ends)


def _in_both(a: tuple[float, float] | None, b: tuple[float, float] | None) -> tuple[float, float] | None:
    if a is None or b is None:
        return None
    first, last = max(a[0], b[0]), min(a[1], b[1])
    return (first, last) if first <= last else None


def _between(a: Point, b: Point, t: float) -> Point:
    return tuple(p + t * (q - p) for p, q in zip(a, b, strict=False))

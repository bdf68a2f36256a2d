"""What a person says about where the piece is in a picture: a rectangle around it, and strokes over what belongs to it.

All places are shares of the picture, x of its width and y of its height, so they hold in any size of it.
"""

import math
from collections.abc import Sequence
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from pydantic import BaseModel, ConfigDict, Field, ValidationError

Mask = NDArray[np.bool_]
Share = Annotated[float, Field(allow_inf_nan=False, ge=0, le=1)]

_KEPT = ConfigDict(frozen=True, strict=True, defer_build=True)  # few starts need them

MOST_MARKS, MOST_POINTS = 500, 5_000


class Frame(BaseModel):
    """A rectangle in shares of the picture: `left` < `right`, `top` < `bottom`."""

    model_config = _KEPT

    left: Share
    top: Share
    right: Share
    bottom: Share


class Mark(BaseModel):
    """A stroke with a round pen over what belongs to the piece, or does not. `width` is a share of the longest side."""

    model_config = _KEPT

    belongs: bool
    width: Share
    points: Annotated[tuple[tuple[Share, Share], ...], Field(min_length=1, max_length=MOST_POINTS)]


class Region(BaseModel):
    """What was said: the piece is within `frame`, and of `marks` each is right about what earlier ones said."""

    model_config = _KEPT

    frame: Frame | None = None
    marks: Annotated[tuple[Mark, ...], Field(max_length=MOST_MARKS)] = ()


TEXT_KEY = "softmax-studio-region"
"""Of the text in a PNG file that keeps what was said of its picture."""


def said_in(text: object) -> Region | None:
    """The region that such a text tells; None for anything else."""
    try:
        return Region.model_validate_json(text) if isinstance(text, str) else None
    except ValidationError:
        return None


def window(region: Region | None, height: int, width: int) -> tuple[slice, slice]:
    """Return the rows and columns of a picture to look for the piece in: the frame, and all that was marked for it."""
    if region is None or region.frame is None:
        return slice(0, height), slice(0, width)
    frame = region.frame
    x, y = [frame.left, frame.right], [frame.top, frame.bottom]
    for mark in region.marks:
        if mark.belongs:
            x += [place[0] for place in mark.points]
            y += [place[1] for place in mark.points]
    return _pixels(min(y), max(y), height), _pixels(min(x), max(x), width)


def marked(region: Region | None, height: int, width: int) -> tuple[Mask, Mask]:
    """Return what was marked as belonging to the piece and as not belonging to it, each (h, w)."""
    said = Image.new("L", (width, height))
    for mark in region.marks if region is not None else ():
        _draw(said, mark)
    levels = np.asarray(said)
    return levels == _YES, levels == _NO


_NO, _YES = 1, 2


def _draw(said: Image.Image, mark: Mark) -> None:
    from PIL import ImageDraw

    pen, colour = ImageDraw.Draw(said), _YES if mark.belongs else _NO
    diameter = max(1.0, mark.width * max(said.size))
    places = [(x * said.width, y * said.height) for x, y in mark.points]
    pen.line(places, colour, round(diameter), joint="curve")
    for x, y in (places[0], places[-1]):
        reach = diameter / 2
        pen.ellipse((x - reach, y - reach, x + reach, y + reach), colour)


def _pixels(low: float, high: float, size: int) -> slice:
    """At least one pixel of so many."""
    first = min(int(low * size), size - 1)
    return slice(first, max(first + 1, round(high * size)))


# The outline of what was found.


def outline(
    mask: Mask, width: int, height: int, line: float, halo: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return how much of each pixel a smooth line along the edge of a mask covers, and a wider one below it.

    Args:
        mask: (h, w), true for what lies within.
        width: pixels of the result across.
        height: pixels of the result down.
        line: pixels that the line is wide.
        halo: pixels that the wider one is wide.

    Returns:
        Twice (height, width) float32 in [0, 1].

    """
    blur = max(_SOFTNESS * line, 0.6 * width / mask.shape[1])  # the mask's own pixels become no steps
    soft = Image.fromarray(np.where(mask, np.uint8(255), np.uint8(0))).resize(
        (width, height), Image.Resampling.BILINEAR
    )
    levels = np.asarray(soft.filter(ImageFilter.GaussianBlur(blur)), np.float32) / np.float32(255)
    # Across a straight edge the blurred mask is the normal distribution's integral, nearly a line around the middle;
    # among specks and thin holes it is flat, and the edge is as far as the slope says.
    off = np.abs(levels - np.float32(0.5))
    slope = np.hypot(*np.gradient(levels))
    distance = np.maximum(off * np.float32(blur * math.sqrt(2 * math.pi)), off / np.maximum(2 * slope, 1e-3))
    thin, wide = (np.clip(np.float32(across / 2 + 0.5) - distance, 0, 1) for across in (line, halo))
    return thin, wide


def with_frame(region: Region | None, corner: tuple[float, float], opposite: tuple[float, float]) -> Region | None:
    """Return the region with another frame between two places, which may lie outside of the picture, and no marks.

    The region stays as it is where nothing of the picture lies between them.
    """
    left, right = sorted((_share(corner[0]), _share(opposite[0])))
    top, bottom = sorted((_share(corner[1]), _share(opposite[1])))
    if right - left < _LEAST_FRAME or bottom - top < _LEAST_FRAME:
        return region
    return Region(frame=Frame(left=left, top=top, right=right, bottom=bottom))


def with_mark(region: Region | None, mark: Mark) -> Region:
    """Return the region with one more mark; the oldest of too many is forgotten."""
    known = region or Region()
    return Region(frame=known.frame, marks=(*known.marks, mark)[-MOST_MARKS:])


def mark_of(points: Sequence[tuple[float, float]], width: float, belongs: bool) -> Mark:
    """Make a mark of places in shares of the picture, which may lie outside of it."""
    every = -(-len(points) // MOST_POINTS)
    places = tuple((_share(x), _share(y)) for x, y in (*points[:-1:every][: MOST_POINTS - 1], points[-1]))
    return Mark(belongs=belongs, width=_share(width), points=places)


_LEAST_FRAME = 0.02
_SOFTNESS = 1.2


def _share(value: float) -> float:
    return round(min(max(float(value), 0.0), 1.0), 5)

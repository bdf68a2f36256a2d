"""What a person says about where the piece is in a picture: a rectangle around it, and strokes over what belongs to it.

All places are shares of the picture, x of its width and y of its height, so they hold in any size of it.
"""

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from pydantic import BaseModel, ConfigDict, Field

Mask = NDArray[np.bool_]
Share = Annotated[float, Field(allow_inf_nan=False, ge=0, le=1)]

MOST_MARKS, MOST_POINTS = 500, 5_000


class Frame(BaseModel):
    """A rectangle in shares of the picture: `left` < `right`, `top` < `bottom`."""

    model_config = ConfigDict(frozen=True, strict=True)

    left: Share
    top: Share
    right: Share
    bottom: Share


class Mark(BaseModel):
    """A stroke with a round pen over what belongs to the piece, or does not. `width` is a share of the longest side."""

    model_config = ConfigDict(frozen=True, strict=True)

    belongs: bool
    width: Share
    points: Annotated[tuple[tuple[Share, Share], ...], Field(min_length=1, max_length=MOST_POINTS)]


class Region(BaseModel):
    """What was said: the piece is within `frame`, and of `marks` each is right about what earlier ones said."""

    model_config = ConfigDict(frozen=True, strict=True)

    frame: Frame | None = None
    marks: Annotated[tuple[Mark, ...], Field(max_length=MOST_MARKS)] = ()


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

"""A film as a picture that moves: GIF, which every program of slides knows, or WebP, which is smaller and sharper."""

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.core.errors import InputError
from app.core.file_writing import write_whole
from app.core.models.store import disk_errors

SUFFIXES = (".gif", ".webp")
LAST_MS = 2_000
"""The end of a film stays longer."""
_PALETTE_FRAMES = 8
_WHITE = 255
"""The last of 256 colours."""


def write_animation(path: Path, frames: Iterable[NDArray[np.uint8]], frame_ms: int) -> int:
    """Write frames (height, width, 3) uint8, all of one size, each to be seen for so long; returns how many.

    Raises InputError for another suffix and for no frames, StudioError if the disk refuses.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"{path.name} has no suffix of a moving picture; end its name in {' or '.join(SUFFIXES)}.")
    pictures = [Image.fromarray(np.ascontiguousarray(frame)) for frame in frames]
    if not pictures:
        raise InputError("There is no moment of this run that can be shown.")
    durations = [frame_ms] * (len(pictures) - 1) + [max(frame_ms, LAST_MS)]
    content = BytesIO()
    if path.suffix.lower() == ".gif":
        pictures = _indexed(pictures)
        pictures[0].save(
            content, "GIF", save_all=True, append_images=pictures[1:], duration=durations, loop=0, optimize=False
        )
    else:
        pictures[0].save(
            content, "WEBP", save_all=True, append_images=pictures[1:], duration=durations, loop=0, lossless=True
        )
    with disk_errors(f"The film could not be saved as {path}"):
        write_whole(path, content.getvalue())
    return len(pictures)


def _indexed(pictures: list[Image.Image]) -> list[Image.Image]:
    """The same in 256 colours, one palette for all, or their grounds would flicker; white stays white."""
    some = [pictures[place] for place in np.linspace(0, len(pictures) - 1, _PALETTE_FRAMES).round().astype(int)]
    together = Image.fromarray(np.concatenate([np.asarray(picture) for picture in some]))
    palette = together.quantize(colors=_WHITE, method=Image.Quantize.MAXCOVERAGE)
    colours = bytes(palette.getpalette() or ())[: 3 * _WHITE].ljust(3 * _WHITE, b"\0") + b"\xff\xff\xff"
    made = list[Image.Image]()
    for picture in pictures:
        indices = np.array(picture.quantize(palette=palette, dither=Image.Dither.NONE))
        indices[(np.asarray(picture) == 255).all(axis=2)] = _WHITE
        made.append(Image.fromarray(indices))
        made[-1].putpalette(colours)
    return made

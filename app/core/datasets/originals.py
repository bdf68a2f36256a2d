"""What somebody drew or loaded, before it is made ready for a network; in memory and as a file.

Three kinds of files: `*.drawing.json`; a picture, whose name may end in `.dark-on-light` or `.light-on-dark` before its
suffix, the user's word on its polarity; and `*.28x28.png`, pixels that a network reads as they are.
"""

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.core.datasets.types import IMAGE_SIZE
from app.core.errors import InputError
from app.core.imaging.drawing import DRAWING_SUFFIX, Drawing, drawing_text, load_drawing, parse_drawing
from app.core.imaging.paper import Paper
from app.core.imaging.pictures import PICTURE_SUFFIXES, Picture, load_picture, png_of
from app.core.imaging.preprocess import NetworkInput, Preprocessing, example_picture, prepare, prepare_example
from app.core.imaging.region import Region

_PIXELS_SUFFIX = ".28x28.png"
_POLARITIES = {".dark-on-light": False, ".light-on-dark": True}
_PNG_EFFORT = 3  # of 9: half the time of the usual 6, a tenth larger


@dataclass(frozen=True, eq=False)
class Pixels:
    """A picture that is ready: `image` (28, 28) uint8, ink = 255."""

    image: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class LoadedPicture:
    """A picture, with the user's word on it: whether it is light on dark, and where the piece is in it.

    None lets the program find out.
    """

    picture: Picture
    invert: bool | None = None
    region: Region | None = None


Original = Drawing | LoadedPicture | Pixels


def original_of(paper: Paper) -> Original:
    """What is kept of a paper. An example of a data set, drawn on or not, stays the pixels it is."""
    if paper.picture is None:
        return paper.drawing
    if paper.example_of:
        return original_of_input(prepare_example(paper.picture))
    return LoadedPicture(paper.picture, paper.invert, paper.region)


def original_of_input(shown: NetworkInput) -> Original:
    """What is kept of one thing of several on a paper, such as a digit of a number: the pixels that a network saw."""
    return Pixels(np.rint(shown.image * 255).astype(np.uint8))


def paper_of(original: Original, preprocessing: str) -> Paper:
    """A paper with the original on it; `preprocessing` is that of its set."""
    match original:
        case Drawing():
            return Paper(original)
        case Pixels(image):
            nothing = Drawing(float(len(image)), float(len(image)))
            return Paper(nothing, example_picture(image), invert=True, example_of=preprocessing)
        case LoadedPicture(picture, invert, region):
            height, width = picture.rgb.shape[:2]
            return Paper(Drawing(float(width), float(height)), picture, invert, region=region)


def network_image(original: Original, preprocessing: Preprocessing | str) -> NDArray[np.uint8]:
    """(28, 28) uint8, ink = 255: exactly what a model is shown of it when it is to be read. Zeros for nothing."""
    if isinstance(original, Pixels):
        return original.image
    if isinstance(original, LoadedPicture):
        shown = prepare(original.picture, preprocessing, original.invert, original.region)
    else:
        shown = prepare(original, preprocessing)
    return np.rint(shown.image * 255).astype(np.uint8)


def is_original(path: Path) -> bool:
    """True for the name of a file that may hold one."""
    name = path.name.lower()
    return name.endswith((DRAWING_SUFFIX, *PICTURE_SUFFIXES)) and not name.startswith(".")


def load_original(path: Path) -> Original:
    """Read one from a file. Raises InputError (not a drawing or picture, damaged, or too large)."""
    name = path.name.lower()
    if name.endswith(DRAWING_SUFFIX):
        return load_drawing(path)
    if name.endswith(_PIXELS_SUFFIX):
        return Pixels(_grey_pixels(load_picture(path), path.name))
    said = next((word for ending, word in _POLARITIES.items() if path.stem.lower().endswith(ending)), None)
    picture = load_picture(path)
    return LoadedPicture(picture, said, picture.region)


def save_original(original: Original, folder: Path, stem: str) -> Path:
    """Write it as a file of `folder` that `load_original` reads back to the last bit.

    Raises OSError (the file cannot be written).
    """
    path = folder / f"{stem}{_suffix(original)}"
    path.write_bytes(original_bytes(original))
    return path


def original_bytes(original: Original) -> bytes:
    """The content of its file: a drawing's text, or a PNG."""
    if isinstance(original, Drawing):
        return drawing_text(original).encode()
    if isinstance(original, LoadedPicture):
        return png_of(original.picture, original.region, _PNG_EFFORT)
    buffer = io.BytesIO()
    Image.fromarray(original.image).save(buffer, "PNG", compress_level=_PNG_EFFORT)
    return buffer.getvalue()


def parse_original(kind: str, content: bytes, invert: int | None) -> Original:
    """The reverse of `original_bytes`, for what `kind_of` and `LoadedPicture.invert` tell (0 or 1, as SQLite keeps it).

    Raises InputError (damaged content).
    """
    if not isinstance(content, bytes):  # SQLite keeps anything in any column
        raise InputError("The sample is damaged; delete it.")
    if kind == "drawing":
        return parse_drawing(content)
    picture = load_picture(content)
    if kind == "pixels":
        return Pixels(_grey_pixels(picture, "The picture"))
    return LoadedPicture(picture, None if invert is None else bool(invert), picture.region)


def kind_of(original: Original) -> str:
    """One of "drawing", "picture", "pixels"."""
    if isinstance(original, Drawing):
        return "drawing"
    return "pixels" if isinstance(original, Pixels) else "picture"


def _suffix(original: Original) -> str:
    if isinstance(original, Drawing):
        return DRAWING_SUFFIX
    if isinstance(original, Pixels):
        return _PIXELS_SUFFIX
    said = next((ending for ending, word in _POLARITIES.items() if word is original.invert), "")
    return f"{said}.png"


def _grey_pixels(picture: Picture, name: str) -> NDArray[np.uint8]:
    if picture.rgb.shape != (IMAGE_SIZE, IMAGE_SIZE, 3):
        height, width = picture.rgb.shape[:2]
        raise InputError(
            f"{name} has {width} x {height} pixels; a picture with this name must have 28 x 28. Give it another name."
        )
    return np.ascontiguousarray(picture.rgb[:, :, 0])

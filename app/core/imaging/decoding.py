"""From a picture's file to its pixels: any usual format, by its content, in bounded memory and time."""

import importlib
import io
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from typing import IO, TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile, ImageOps

from app.core.imaging.bands import PngRows, reduced
from app.core.imaging.region import TEXT_KEY, Region, said_in

if TYPE_CHECKING:
    from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile
    from PIL.JpegImagePlugin import JpegImageFile
    from PIL.TiffImagePlugin import TiffImageFile

FORMATS = ("PNG", "JPEG", "HEIF", "AVIF", "WEBP", "GIF", "BMP", "DIB", "TIFF", "JPEG2000", "PPM", "ICO")
_PLUGINS = ("Png", "Jpeg", "Avif", "WebP", "Gif", "Bmp", "Tiff", "Jpeg2K", "Ppm", "Ico")  # of Pillow, which has 40
MAX_PIXELS = 400_000_000
"""An A3 page scanned with 1200 dots per inch has 278 million."""
Image.MAX_IMAGE_PIXELS = MAX_PIXELS  # Pillow's own, lower limit is meant for those who look at none

_BAND = 1_000_000  # pixels that are scaled at once
_LARGE = 50_000_000  # pixels; what has more is read in bands where that can be done
_MOST_BYTES = 480_000_000  # of memory for what has to be decoded as a whole
_BYTES = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2}  # of a pixel in Pillow; all others have 4
_EXTRA_BYTES = {"WEBP": 8, "AVIF": 5, "HEIF": 5, "GIF": 8, "JPEG2000": 12}  # of a pixel in what decodes it
_SLOW, _MOST_SLOW = (
    {"ppm", "ppm_plain", "bmp_rle"},
    4_000_000,
)  # decoders in Python, and pixels that take seconds

_MOST_PAGES = 1_000
_MOST_FRAMES = 50  # are looked at for the first that shows something
_LOOK_SIDE, _SHOWS = 192, 16  # pixels that are averaged over the picture, and levels of 255 between two of them
_MOST_HALVINGS, _BYTES_OF_WAVELETS = 5, 5  # of JPEG 2000 as it is usually written, and of a pixel that is left out
_ORIENTATION = 0x0112
_QUARTER_TURNED = 5  # and above: EXIF's orientations that exchange width and height
_IS_COPY = 0x00FE  # TIFF's NewSubfileType: bit 0 for a page that is a smaller copy of another
_END_OF_JPEG = b"\xff\xd9"
_MISSING = 128  # the grey that libjpeg fills in for what did not come
_JPEG_ROWS = 16  # are decoded together


_TOO_MANY = f"has more than {MAX_PIXELS // 10**6} million pixels; make it smaller"


class TooLargeError(Exception):
    """The picture needs too much memory or time; the message goes on after its name."""


@dataclass(frozen=True)
class Decoded:
    """`image` is upright, of any mode, and may be smaller than `full_size`, its width and height.

    `share` of it came before the file ends or is damaged. Of `pages` (1 or more), or of an animation, it is number
    `frame`, counted from 0. `region` is what this program kept in the file of where a piece is.
    """

    image: Image.Image
    full_size: tuple[int, int]
    share: float = 1.0
    frame: int = 0
    pages: int = 1
    is_animation: bool = False
    region: Region | None = None


def formats_of(head: bytes) -> tuple[str, ...]:
    """The formats of FORMATS that a file may have whose first bytes are these; most often one or none."""
    _load_plugins()
    if head[4:8] == b"ftyp":
        _register_heif()
    begin = head[:32].ljust(32, b"\x00")
    answers = {name: accept(begin) for name in FORMATS if (accept := Image.OPEN.get(name, (None, None))[1])}
    return tuple(name for name, answer in answers.items() if answer and not isinstance(answer, str))  # text: not here


@cache
def _load_plugins() -> None:
    """When the first picture comes, and not at the start."""
    for name in _PLUGINS:
        importlib.import_module(f"PIL.{name}ImagePlugin")


@cache
def _register_heif() -> None:
    """Only for who brings such a picture: it takes a moment."""
    import pi_heif

    pi_heif.register_heif_opener(depth_images=False, aux_images=False)


def decode(file: IO[bytes], formats: tuple[str, ...], least_side: int) -> Decoded:
    """Decode a picture in one of `formats`; a larger one smaller, but no side below `least_side` by that.

    Raises TooLargeError, and whatever Pillow raises for a damaged file.
    """
    # Pillow warns of large pictures, odd metadata and more; whatever it can decode is good enough here.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image = Image.open(file, formats=formats)
        except Image.DecompressionBombError as error:
            raise TooLargeError(_TOO_MANY) from error
        with image:
            try:
                return _first_that_shows(image, file, least_side)
            except (OSError, ValueError, SyntaxError):
                cut = _upper_part(image, file, least_side)
                if cut is None:
                    raise
                return cut


def _first_that_shows(image: ImageFile.ImageFile, file: IO[bytes], least_side: int) -> Decoded:
    """Decode the first page or picture of an animation that is not blank; the first of all if all are."""
    frames = _frames(image)
    is_animation = image.format != "TIFF" and frames.stop > 1
    pages, blank, seen = (1 if is_animation else frames.stop), None, 0
    for number in frames:
        try:
            image.seek(number)
        except EOFError:
            break
        found = _one(image, file, least_side)
        found = replace(found, frame=number, pages=pages, is_animation=is_animation)
        if frames.stop == 1:
            return replace(found, region=said_in(image.info.get(TEXT_KEY)))
        if _shows_something(found.image):
            return found
        blank, seen = blank or found, seen + image.width * image.height
        if seen > MAX_PIXELS:
            break
    assert blank is not None
    return blank


def _frames(image: ImageFile.ImageFile) -> range:
    """The numbers of the pages, or pictures of an animation, to look at. What else a photograph brings is none."""
    if image.format == "TIFF":
        pages = cast("TiffImageFile", image)
        return range(1 if pages.tag_v2.get(_IS_COPY, 0) & 1 else _pages(pages))
    if image.format in ("GIF", "PNG", "WEBP", "AVIF") and getattr(image, "is_animated", False):
        return range(_MOST_FRAMES)
    return range(1)


def _pages(image: "TiffImageFile") -> int:
    """How many pages there are, up to _MOST_PAGES: each is found through the one before it alone."""
    count = 1
    with suppress(EOFError):
        while count < _MOST_PAGES:
            image.seek(count)
            count += 1
    image.seek(0)
    return count


def _shows_something(image: Image.Image) -> bool:
    small = eight_bits(image)
    small = small.convert("RGBa") if small.mode == "RGBA" else small
    factor = max(1, max(small.size) // _LOOK_SIDE)
    levels = np.asarray(small.reduce(factor))
    return bool((np.ptp(levels, axis=(0, 1)) > _SHOWS).any())


def _one(image: ImageFile.ImageFile, file: IO[bytes], least_side: int) -> Decoded:
    """Decode the picture or page that the file is at."""
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise TooLargeError(_TOO_MANY)
    turn = _orientation(image)
    is_turned = turn >= _QUARTER_TURNED and image.format != "TIFF"  # of which Pillow tells the upright size
    full_size = (height, width) if is_turned else (width, height)
    factor = max(width, height) // (2 * least_side)
    if width * height > _LARGE and factor > 1:
        small = reduced(image, file, factor, eight_bits)
        if small is not None:
            small.getexif()[_ORIENTATION] = turn
            return Decoded(_upright(small), full_size)
    image.draft("RGB", (least_side, least_side))  # lets a large JPEG be decoded at a fraction of its size
    halvings = 0
    if image.format == "JPEG2000" and factor > 1:
        halvings = min(factor.bit_length() - 1, _MOST_HALVINGS)
        cast("Jpeg2KImageFile", image).reduce = halvings
    _check_memory(image, width * height, halvings)
    image.load()
    return Decoded(_upright(image), full_size)


def _check_memory(image: ImageFile.ImageFile, full_pixels: int, halvings: int = 0) -> None:
    pixels = image.width * image.height >> 2 * halvings
    needed = pixels * (_BYTES.get(image.mode, 4) + _EXTRA_BYTES.get(image.format or "", 0))
    kind = image.format
    if image.format in ("JPEG", "MPO") and "progressive" in image.info:
        # Two bytes for each of its coefficients, of which colours may have fewer, are held until its end.
        planes = [across * down for _, across, down, _ in cast("JpegImageFile", image).layer]
        needed += 2 * full_pixels * sum(planes) // max(planes)
        kind = "a progressive JPEG"
    if halvings:
        needed += full_pixels * _BYTES_OF_WAVELETS
    if needed > _MOST_BYTES or (pixels > _MOST_SLOW and any(tile[0] in _SLOW for tile in image.tile)):
        many = f"has {full_pixels / 10**6:.0f} million pixels, too many for {kind}"
        raise TooLargeError(f"{many}; make it smaller, or save it as plain JPEG")


def _orientation(image: ImageFile.ImageFile) -> int:
    """The number in its EXIF data, 1 for none."""
    if image.format == "PNG" and "exif" not in image.info:
        return 1  # Pillow would decode all of it to see whether some comes at its end
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # unreadable metadata is no reason to refuse a readable picture
        return 1


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # likewise
        return image


def eight_bits(image: Image.Image) -> Image.Image:
    """Return the picture as 8-bit grey or RGB, with or without alpha.

    16 and 32 bits a pixel are scaled; Pillow itself clips them, which leaves most of them white.
    """
    if image.mode.startswith(("I", "F")):
        return _scaled(image)
    if image.mode == "LAB":
        return image.getchannel(0)
    if image.has_transparency_data:
        return image if image.mode == "RGBA" else image.convert("RGBA")
    return image if image.mode in ("RGB", "L") else image.convert("L" if image.mode == "1" else "RGB")


def _scaled(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):
        return _in_bands(image, lambda band: band // 257)
    highest = max(float(_numbers(band).max()) for _, band in _bands(image))
    top = max(highest, 1.0 if image.mode == "F" else 255.0)
    if image.mode == "I" and 255 < top <= 65535:
        top = 65535.0
    return _in_bands(image, lambda band: np.rint(_numbers(band).clip(0, top) * (255 / top)))


def _numbers(band: NDArray[np.generic]) -> NDArray[np.float32]:
    return np.nan_to_num(band.astype(np.float32), posinf=0, neginf=0)


def _in_bands(image: Image.Image, scaled: Callable[[NDArray[Any]], NDArray[Any]]) -> Image.Image:
    """Scale some rows after the others: numbers of 32 bits for all of them, and copies, would take much memory."""
    levels = np.empty((image.height, image.width), np.uint8)
    for top, band in _bands(image):
        levels[top : top + len(band)] = scaled(band)
    return Image.fromarray(levels)


def _bands(image: Image.Image) -> Iterator[tuple[int, NDArray[Any]]]:
    rows = max(1, _BAND // image.width)
    for top in range(0, image.height, rows):
        yield top, np.asarray(image.crop((0, top, image.width, min(top + rows, image.height))))


# What is cut off: the upper part may be enough.


def _upper_part(image: ImageFile.ImageFile, file: IO[bytes], least_side: int) -> Decoded | None:
    """Decode what came of a JPEG or a PNG, None where that is nothing or it is neither."""
    file.seek(0)
    if image.format == "PNG":
        content = PngRows(file).upper_part(_MOST_BYTES // 4)
        if content is None:
            return None
        with Image.open(io.BytesIO(content), formats=["PNG"]) as part:
            return replace(_one(part, io.BytesIO(content), least_side), share=part.height / image.height)
    if image.format not in ("JPEG", "MPO"):
        return None
    with Image.open(io.BytesIO(file.read() + 2 * _END_OF_JPEG), formats=["JPEG"]) as part:
        turn, (width, height) = _orientation(part), part.size
        part.draft("RGB", (least_side, least_side))
        _check_memory(part, width * height)
        upper = part.crop((0, 0, part.width, _rows_that_came(part, height)))
        share = upper.height / part.height
    upper.getexif()[_ORIENTATION] = turn
    full_size = (width, round(height * share))
    return Decoded(_upright(upper), full_size[::-1] if turn >= _QUARTER_TURNED else full_size, share)


def _rows_that_came(image: Image.Image, full_height: int) -> int:
    """Count the rows above those that libjpeg filled in, and above the ones of which only the left may have come."""
    off = np.abs(np.asarray(image.convert("RGB")).astype(np.int16) - _MISSING).max(axis=(1, 2))
    filled = off < 2
    if not filled[-1]:
        return image.height
    came = image.height - int(np.argmin(filled[::-1])) if not filled.all() else 0
    together = max(1, _JPEG_ROWS * image.height // full_height)
    return max(0, (came - 2) // together * together)

"""Pictures from files and from the clipboard, made plain: upright, opaque, of a workable size."""

import io
import stat
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.core.child_process import Answer, run_in_child
from app.core.errors import InputError
from app.core.file_descriptions import HEAD_BYTES, describe_file, is_text_art
from app.core.imaging.decoding import MAX_PIXELS, Decoded, TooLargeError, decode, eight_bits, formats_of
from app.core.imaging.region import TEXT_KEY, Region
from app.core.paths import BoundedReader

PICTURE_SUFFIXES = (
    *(".png", ".jpg", ".jpeg", ".jfif", ".jpe", ".heic", ".heif", ".hif", ".avif", ".webp", ".gif", ".bmp", ".dib"),
    *(".tif", ".tiff", ".apng", ".mpo", ".jp2", ".ppm", ".pgm", ".pbm", ".pnm", ".ico"),
)
"""Of names that a picture usually has. What a file is, its content tells."""
MAX_SIDE = 1024

LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601, as Pillow's own "L"

_MOST_ART = 64 * 1024
_MOST_HEIF_BYTES = 256 * 2**20
_LEAST_SHARE = 0.1  # of a picture that is cut off; less tells nothing of it


@dataclass(frozen=True, eq=False)
class Picture:
    """An upright, opaque picture: `rgb` is (h, w, 3) uint8 in 0..255, no side above MAX_SIDE.

    `full_size` is the width and height it had, upright, before it was made smaller; None if it never was. `note` is a
    sentence on what of its file was left out, if anything was; `region` what its file keeps of where a piece is in it.
    """

    rgb: NDArray[np.uint8]
    full_size: tuple[int, int] | None = None
    note: str = ""
    region: Region | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture as it came, in pixels."""
        height, width = self.rgb.shape[:2]
        return self.full_size or (width, height)

    @cached_property
    def grey(self) -> NDArray[np.float32]:
        """The luminance, (h, w) float32 in [0, 1], white = 1."""
        return np.minimum(self.rgb.astype(np.float32) @ (LUMINANCE / 255), np.float32(1))


def load_picture(source: Path | bytes, may_be_cut: bool = False) -> Picture:
    """Read a picture of any usual format, known by its content.

    Of pages and animations it is the first one that shows something. Of one that is cut off, as by a download that
    was stopped, it is the upper part where it `may_be_cut`.

    Raises:
        InputError: the file cannot be opened, is no picture, is damaged, or too large to be read.

    """
    if isinstance(source, bytes):
        return _read(io.BytesIO(source), "The picture", may_be_cut)
    path = Path(source)
    try:
        _check_place(path)
        with BoundedReader(path.open("rb", buffering=0)) as file:
            return _read(file, path.name, may_be_cut)
    except OSError as error:
        raise InputError(f"{path.name} cannot be opened ({error.strerror}); choose another file.") from error


def peek(path: Path) -> bytes:
    """Return how a file begins, nothing for one that cannot be opened: whoever reads it will say why."""
    try:
        _check_place(path)
        with path.open("rb") as file:
            return file.read(HEAD_BYTES)
    except (OSError, ValueError, InputError):
        return b""


def png_of(picture: Picture, region: Region | None = None, compress_level: int = 6) -> bytes:
    """Return a PNG file of the picture that keeps what was said of where the piece is in it."""
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    if region is not None:
        info.add_text(TEXT_KEY, region.model_dump_json())
    file = io.BytesIO()
    Image.fromarray(picture.rgb).save(file, "PNG", compress_level=compress_level, pnginfo=info)
    return file.getvalue()


def picture_from_rgba(array: NDArray[np.uint8]) -> Picture:
    """Make a picture of pasted pixels, (h, w, 4) uint8, alpha not premultiplied.

    Raises:
        InputError: there are no pixels, or over MAX_PIXELS.

    """
    height, width = array.shape[:2]
    if not 0 < height * width <= MAX_PIXELS:
        raise InputError("The pasted picture is empty or too large; copy a smaller part of it.")
    return _plain(Image.fromarray(np.ascontiguousarray(array, np.uint8), "RGBA"))


def _check_place(path: Path) -> None:
    """Opening a pipe or a device could wait for ever."""
    kind = path.stat().st_mode
    if stat.S_ISDIR(kind):
        raise InputError(f"{path.name} is a folder; choose a picture in it.")
    if not stat.S_ISREG(kind):
        raise InputError(f"{path.name} is not a file; choose a picture.")


def _read(file: IO[bytes], name: str, may_be_cut: bool) -> Picture:
    head = file.read(HEAD_BYTES)
    if is_text_art(head):
        return _text_art(head + file.read(_MOST_ART), name)
    kind, formats = describe_file(head), formats_of(head)
    if kind is not None:
        refusal = kind.refusal(name)
    elif formats:
        refusal = f"{name} is damaged and cannot be read; save it again or choose another file."
    else:
        refusal = f"{name} is not a picture this program knows; save it as PNG or JPEG."
    if not formats:
        raise InputError(refusal)
    if "HEIF" in formats:
        return _read_apart(file, name, may_be_cut)
    return _decoded(file, name, formats, refusal, may_be_cut)


def _text_art(text: bytes, name: str) -> Picture:
    """Lines of 0 and 1: what is 1 is ink."""
    rows = text.split()
    if len({len(row) for row in rows}) != 1 or len(text) > _MOST_ART or set(b"".join(rows)) - set(b"01"):
        raise InputError(f"{name} is damaged: its lines of 0 and 1 should all be as long; choose another file.")
    ink = np.frombuffer(b"".join(rows), np.uint8).reshape(len(rows), -1) - ord("0")
    return Picture(np.repeat(255 * (1 - ink[..., None]), 3, axis=2))


def _read_apart(file: IO[bytes], name: str, may_be_cut: bool) -> Picture:
    """Decode a photograph of a phone in a process of its own: a flipped bit in one makes its library crash."""
    file.seek(0)
    content = file.read(_MOST_HEIF_BYTES + 1)
    if len(content) > _MOST_HEIF_BYTES:
        raise InputError(f"{name} is larger than {_MOST_HEIF_BYTES >> 20} MB; save it as JPEG.")
    facts, (pixels,) = run_in_child(read_heif, content, name, may_be_cut, what=name)
    rgb = np.frombuffer(pixels, np.uint8).reshape(facts["shape"])
    return Picture(rgb, (facts["full_size"][0], facts["full_size"][1]), facts["note"])


def read_heif(content: bytes, name: str, may_be_cut: bool) -> Answer:
    """In the child: decode what is HEIF by its first bytes. Raises InputError."""
    refusal = f"{name} is damaged and cannot be read; save it again or choose another file."
    found = _decoded(io.BytesIO(content), name, formats_of(content[:HEAD_BYTES]), refusal, may_be_cut)
    return {"shape": found.rgb.shape, "full_size": found.full_size, "note": found.note}, [found.rgb.tobytes()]


def _decoded(file: IO[bytes], name: str, formats: tuple[str, ...], refusal: str, may_be_cut: bool) -> Picture:
    try:
        found = decode(file, formats, MAX_SIDE)
    except TooLargeError as error:
        raise InputError(f"{name} {error}.") from error
    except MemoryError:
        raise
    except Exception as error:  # a damaged file makes Pillow's decoders raise almost anything
        raise InputError(refusal) from error
    if found.share < (_LEAST_SHARE if may_be_cut else 1):
        raise InputError(
            f"{name} is damaged or cut off: only its upper {found.share:.0%} can be read; copy or download it again."
        )
    return replace(_plain(found.image), full_size=found.full_size, note=_note(name, found), region=found.region)


def _note(name: str, found: Decoded) -> str:
    if found.share < 1:
        return f"{name} is damaged or cut off: only its upper {found.share:.0%} was read."
    if found.pages > 1:
        why = ", the first that shows something," if found.frame else ""
        return f"{name} has {found.pages} pages: page {found.frame + 1}{why} was opened."
    if found.is_animation:
        why = f"picture {found.frame + 1}, the first that shows something," if found.frame else "its first picture"
        return f"{name} is an animation: {why} was opened."
    return ""


def _plain(image: Image.Image) -> Picture:
    """Reduce to 8-bit RGB without transparency, at most MAX_SIDE pixels a side."""
    image = eight_bits(image)
    image.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    if image.mode == "RGBA":
        return Picture(_opaque(np.asarray(image)))
    return Picture(np.asarray(image.convert("RGB")))


def _opaque(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Lay the picture on white; on black if what can be seen of it is light, so that white ink stays legible."""
    rgb = rgba[..., :3].astype(np.float32)
    alpha = rgba[..., 3:].astype(np.float32) / 255
    visible = float(alpha.sum())
    transparent = float((1 - alpha).mean()) > 0.01
    light = visible > 0 and float(((rgb * alpha) @ LUMINANCE).sum()) / visible > 160
    background = 0.0 if transparent and light else 255.0
    return np.rint(rgb * alpha + background * (1 - alpha)).astype(np.uint8)

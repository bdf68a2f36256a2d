"""Pictures from files and from the clipboard, made plain: upright, opaque, of a workable size."""

import io
import warnings
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from app.core.errors import InputError

FORMATS = ("PNG", "JPEG", "BMP", "WEBP", "GIF", "TIFF")
PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".gif", ".tif", ".tiff")
MAX_PIXELS = 100_000_000
MAX_SIDE = 1024

LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601, as Pillow's own "L"


@dataclass(frozen=True, eq=False)
class Picture:
    """An upright, opaque picture: `rgb` is (h, w, 3) uint8 in 0..255, no side above MAX_SIDE.

    `full_size` is the width and height it had, upright, before it was made smaller; None if it never was.
    """

    rgb: NDArray[np.uint8]
    full_size: tuple[int, int] | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture as it came, in pixels."""
        height, width = self.rgb.shape[:2]
        return self.full_size or (width, height)

    @cached_property
    def grey(self) -> NDArray[np.float32]:
        """The luminance, (h, w) float32 in [0, 1], white = 1."""
        return np.minimum(self.rgb.astype(np.float32) @ (LUMINANCE / 255), np.float32(1))


def load_picture(source: Path | bytes) -> Picture:
    """Read a png, jpeg, bmp, webp, gif or tiff, known by its content. Of an animation the first frame is taken.

    Raises:
        InputError: the file cannot be opened, is no such picture, is damaged, or has over MAX_PIXELS pixels.

    """
    if isinstance(source, bytes):
        return _decode(io.BytesIO(source), "The picture")
    path = Path(source)
    try:
        with path.open("rb") as file:
            return _decode(file, path.name)
    except OSError as error:
        raise InputError(f"{path.name} cannot be opened ({error.strerror}); choose another file.") from error


def picture_from_rgba(array: NDArray[np.uint8]) -> Picture:
    """Make a picture of pasted pixels, (h, w, 4) uint8, alpha not premultiplied.

    Raises:
        InputError: there are no pixels, or over MAX_PIXELS.

    """
    height, width = array.shape[:2]
    if not 0 < height * width <= MAX_PIXELS:
        raise InputError("The pasted picture is empty or too large; copy a smaller part of it.")
    return _plain(Image.fromarray(np.ascontiguousarray(array, np.uint8), "RGBA"))


def _decode(file: IO[bytes], name: str) -> Picture:
    # Pillow warns of large pictures, odd metadata and more; whatever it can decode is good enough here.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(file, formats=FORMATS) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise InputError(
                        f"{name} has more than {MAX_PIXELS // 10**6} million pixels; make it smaller first."
                    )
                full_size = image.size
                image.draft("RGB", (MAX_SIDE, MAX_SIDE))  # lets a large JPEG be decoded at a fraction of its size
                image.load()
                upright = _upright(image)
                is_turned = upright.size == image.size[::-1]
                return replace(_plain(upright), full_size=full_size[::-1] if is_turned else full_size)
        except InputError:
            raise
        except Image.DecompressionBombError as error:
            raise InputError(f"{name} has too many pixels; make it smaller first.") from error
        except UnidentifiedImageError as error:
            raise InputError(f"{name} is not a picture this program knows; save it as PNG or JPEG.") from error
        except Exception as error:  # a damaged file makes Pillow's decoders raise almost anything
            raise InputError(f"{name} is damaged and cannot be read; save it again or choose another file.") from error


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # unreadable metadata is no reason to refuse a readable picture
        return image


def _plain(image: Image.Image) -> Picture:
    """Reduce to 8-bit RGB without transparency, at most MAX_SIDE pixels a side."""
    has_alpha = image.has_transparency_data
    if image.mode.startswith(("I", "F")):
        image = _eight_bits(image)
    elif image.mode not in ("RGB", "RGBA", "L"):
        image = image.convert("RGBA" if has_alpha else "RGB")
    elif has_alpha:
        image = image.convert("RGBA")
    image.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    if image.mode == "RGBA":
        return Picture(_opaque(np.asarray(image)))
    return Picture(np.asarray(image.convert("RGB")))


def _eight_bits(image: Image.Image) -> Image.Image:
    """Scale 16 and 32 bits a pixel to 8. Pillow itself clips them, which leaves most of them white."""
    values = np.nan_to_num(np.asarray(image).astype(np.float64), posinf=0, neginf=0)
    top = 65535.0 if image.mode.startswith("I;16") else max(float(values.max()), 1.0 if image.mode == "F" else 255.0)
    if image.mode == "I" and 255 < top <= 65535:
        top = 65535.0
    return Image.fromarray(np.rint(values.clip(0, top) * (255 / top)).astype(np.uint8))


def _opaque(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Lay the picture on white; on black if what can be seen of it is light, so that white ink stays legible."""
    rgb = rgba[..., :3].astype(np.float32)
    alpha = rgba[..., 3:].astype(np.float32) / 255
    visible = float(alpha.sum())
    transparent = float((1 - alpha).mean()) > 0.01
    light = visible > 0 and float(((rgb * alpha) @ LUMINANCE).sum()) / visible > 160
    background = 0.0 if transparent and light else 255.0
    return np.rint(rgb * alpha + background * (1 - alpha)).astype(np.uint8)

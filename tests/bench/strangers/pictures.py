"""Pictures of one digit in every form that people have them in, and files that are none."""

import io
import struct
import tempfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from app.core.errors import InputError
from app.core.imaging.pictures import load_picture
from app.core.imaging.preprocess import prepare_picture
from tests.bench.accuracy.reading import DIGITS, predictor
from tests.bench.report import Tally
from tests.bench.strangers.data_inputs import starter

DIGIT = 3
SIDE = 400
HUGE = (14_000, 14_400)  # 201.6 million pixels

Content = Callable[[], bytes]


def rows() -> Iterator[Tally]:
    """How many of each kind are read as the digit they show; of files that are no picture, how many get a sentence."""
    for kind, files in (("formats", _formats()), ("pages and frames", _frames()), ("huge", _huge())):
        wrong = Counter(f"{name}: {answer}" for name, content in files.items() if (answer := _read(content())) != "3")
        yield Tally("strangers", f"pictures: {kind}", len(files), len(files) - wrong.total(), "= 100", wrong)
    others = _others()
    untold = Counter(
        f"{name}: {answer}" for name, content in others.items() if not (answer := _read(content())).endswith(".")
    )
    yield Tally(
        "strangers", "pictures: no picture, told why", len(others), len(others) - untold.total(), "= 100", untold
    )


def _read(content: bytes) -> str:
    """The digit that is read, or the sentence."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "file")  # no ending: what it is, its content tells
        path.write_bytes(content)
        try:
            shown = prepare_picture(load_picture(path, may_be_cut=True), predictor(DIGITS).preprocessing)
        except InputError as error:
            return str(error)
    return "nothing" if shown.is_empty else str(predictor(DIGITS).probabilities(shown.image[None])[0].argmax())


def _digit(digit: int = DIGIT, side: int = SIDE) -> Image.Image:
    """Dark on white."""
    digits = starter("mnist").test
    image = digits.images[np.flatnonzero(digits.labels == digit)[0]]
    return Image.fromarray(255 - image).resize((side, side), Image.Resampling.BICUBIC)


def _blank(mode: str = "L") -> Image.Image:
    return Image.new(mode, (SIDE, SIDE), (0, 0, 0, 0) if mode == "RGBA" else 255)


def _file(image: Image.Image, form: str, *more: Image.Image, **how: object) -> Content:
    def content() -> bytes:
        buffer = io.BytesIO()
        pages = {"save_all": True, "append_images": [each.copy() for each in more]} if more else {}
        image.copy().save(buffer, form, **pages, **how)
        return buffer.getvalue()

    return content


def _formats() -> dict[str, Content]:
    from pillow_heif import register_heif_opener

    register_heif_opener()
    digit = _digit()
    ink = np.zeros((SIDE, SIDE, 4), np.uint8)
    ink[..., 3] = 255 - np.asarray(digit)
    turned = Image.Exif()
    turned[0x0112] = 6
    colour = digit.convert("RGB")
    return {
        "HEIC": _file(colour, "HEIF"),
        "AVIF": _file(colour, "AVIF"),
        "PPM": _file(colour, "PPM"),
        "PGM": _file(digit, "PPM"),
        "PBM": _file(digit.convert("1"), "PPM"),
        "JPEG, CMYK": _file(digit.convert("CMYK"), "JPEG"),
        "JPEG, turned by its Exif": _file(colour.rotate(90, expand=True), "JPEG", exif=turned),
        "PNG, 16 bit": _file(Image.fromarray(np.asarray(digit).astype(np.uint16) * 257), "PNG"),
        "PNG, palette": _file(colour.convert("P"), "PNG"),
        "PNG, black ink, no background": _file(Image.fromarray(ink), "PNG"),
        "PNG, white ink, no background": _file(Image.fromarray(ink | np.array([255, 255, 255, 0], np.uint8)), "PNG"),
        "BMP": _file(colour, "BMP"),
        "WebP": _file(colour, "WEBP"),
        "JPEG 2000": _file(colour, "JPEG2000"),
    }


def _frames() -> dict[str, Content]:
    digit, other = _digit(), _digit(8)
    return {
        "TIFF, second page": _file(_blank(), "TIFF", digit),
        "TIFF, first of three": _file(digit, "TIFF", other, other),
        "GIF, empty first frame": _file(_blank("RGBA"), "GIF", digit.convert("RGBA"), disposal=2),
        "WebP, blank first frame": _file(_blank("RGB"), "WEBP", digit.convert("RGB")),
        "APNG, blank first frame": _file(_blank(), "PNG", digit),
        "MPO of a phone": _file(digit.convert("RGB"), "MPO", other.convert("RGB")),
        "JPEG, cut off near its end": lambda: (whole := _file(digit, "JPEG")())[: len(whole) * 97 // 100],
    }


def _huge() -> dict[str, Content]:
    paper = Image.new("L", HUGE, 255)
    paper.paste(_digit(side=6_000), (4_000, 4_000))
    return {
        "JPEG, 202 megapixels": _file(paper, "JPEG"),
        "PNG, 202 megapixels": _file(paper, "PNG", compress_level=1),
        "TIFF, 202 megapixels": _file(paper, "TIFF", compression="tiff_lzw"),
    }


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _others() -> dict[str, Content]:
    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(bytes(1_000)))
    texts = {
        "empty": b"",
        "web page": b"\n<html><body>404</body></html>",
        "PDF": b"%PDF-1.7\n" + bytes(50),
        "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"></svg>',
        "zip": b"PK\x03\x04" + bytes(60),
        "text": b"hello world, this is text",
        "video": b"\x00\x00\x00\x18ftypmp42" + bytes(60),
        "noise": np.random.default_rng(0).bytes(5_000),
        "10 gigapixels announced": bomb + _chunk(b"IEND", b""),
        "JPEG, only its head": _file(_digit(), "JPEG")()[:200],
    }
    return {name: partial(bytes, content) for name, content in texts.items()}

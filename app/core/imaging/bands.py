"""Pictures of hundreds of millions of pixels, read some rows at a time: Pillow itself would hold all of them.

JPEG and JPEG 2000 are decoded at a fraction of their size. Of PNG, of TIFF in strips, and of pixels that lie in a file
as they are (BMP, PPM, TIFF), each band of rows is made a small file of its own, which Pillow reads.
"""

import io
import zlib
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import IO, TYPE_CHECKING, cast

from PIL import Image, ImageFile

if TYPE_CHECKING:
    from PIL.TiffImagePlugin import ImageFileDirectory_v2, TiffImageFile

_BAND_BYTES, _MOST_BAND_BYTES = 8_000_000, 200_000_000
"""Of decoded pixels: what is usual, and what may be needed where rows are very long."""

Plain = Callable[[Image.Image], Image.Image]


def reduced(image: ImageFile.ImageFile, file: IO[bytes], factor: int, plain: Plain) -> Image.Image | None:
    """Return the picture averaged over `factor` x `factor` pixels; None if it cannot be read in bands.

    `plain` makes a band 8-bit grey or RGB, with or without alpha. Raises what Pillow raises for damaged files.
    """
    width, height = image.size
    if image.format == "TIFF":  # Pillow tells the size that it will have upright
        tags = cast("TiffImageFile", image).tag_v2
        width, height = tags[_WIDTH], tags[_LENGTH]
    if 4 * width * min(factor, height) > _MOST_BAND_BYTES:
        return None
    bands = _bands(image, file, (width, height), max(1, _BAND_BYTES // (4 * width * factor)) * factor)
    if bands is None:
        return None
    whole: Image.Image | None = None
    top = 0
    for band in _of_whole_squares(map(plain, bands), factor):
        small = band.reduce(factor)
        if whole is None:
            whole = Image.new(small.mode, (small.width, -(-height // factor)))
        whole.paste(small, (0, top))
        top += small.height
    if whole is None or top < whole.height:
        raise OSError("image file is truncated")
    return whole


def _bands(
    image: ImageFile.ImageFile, file: IO[bytes], size: tuple[int, int], rows: int
) -> Iterator[Image.Image] | None:
    kinds = {tile[0] for tile in image.tile}
    if kinds == {"raw"} and image.format in ("BMP", "DIB", "PPM", "TIFF"):  # others call what they decoded so
        return _raw_bands(image, file, size, rows)
    if kinds == {"zip"} and image.format == "PNG":
        png = PngRows(file)
        return png.bands(rows) if png.can_be_split else None
    if kinds == {"libtiff"} and image.format == "TIFF":
        return _strip_bands(cast("TiffImageFile", image).tag_v2, file, size, rows)
    return None


def _of_whole_squares(bands: Iterator[Image.Image], factor: int) -> Iterator[Image.Image]:
    """Cut the bands anew, so that each but the last has a multiple of `factor` rows."""
    rest: Image.Image | None = None
    for band in bands:
        whole = band if rest is None else _stacked(rest, band)
        even = whole.height // factor * factor
        rest = whole.crop((0, even, whole.width, whole.height)) if even < whole.height else None
        if even:
            yield whole if rest is None else whole.crop((0, 0, whole.width, even))
    if rest is not None:
        yield rest


def _stacked(upper: Image.Image, lower: Image.Image) -> Image.Image:
    both = Image.new(upper.mode, (upper.width, upper.height + lower.height))
    both.paste(upper, (0, 0))
    both.paste(lower, (0, upper.height))
    return both


# Pixels that lie in the file as they are.

_BITS = {
    **dict.fromkeys(("1", "1;I"), 1),
    **dict.fromkeys(("L", "L;I", "P"), 8),
    **dict.fromkeys(("LA", "I;16", "I;16B"), 16),
    **dict.fromkeys(("RGB", "BGR", "YCbCr"), 24),
    **dict.fromkeys(("RGBA", "RGBX", "BGRA", "BGRX", "CMYK", "CMYK;I"), 32),
}
"""Of a pixel, by how Pillow calls its form in the file."""


def _raw_bands(
    image: ImageFile.ImageFile, file: IO[bytes], size: tuple[int, int], rows: int
) -> Iterator[Image.Image] | None:
    """Bands of a file whose tiles are rows of pixels, one below the other."""
    width = size[0]
    places = []
    for tile in image.tile:
        args = tile.args if isinstance(tile.args, tuple) else (tile.args, 0, 1)
        left, top, right, bottom = tile.extents or (0, 0, *size)
        if (left, right) != (0, width) or len(args) < 3 or not (args[1] or args[0] in _BITS):
            return None
        stride = args[1] or -(-width * _BITS[args[0]] // 8)
        places.append((top, bottom, tile.offset, args[0], stride, args[2]))
    places.sort()
    if places[0][0] != 0 or any(above[1] != below[0] for above, below in pairwise(places)):
        return None

    def read() -> Iterator[Image.Image]:
        for top, bottom, offset, raw_mode, stride, direction in places:
            for first in range(top, bottom, rows):
                count = min(rows, bottom - first)
                skipped = first - top if direction > 0 else bottom - first - count
                file.seek(offset + skipped * stride)
                data = file.read(count * stride)
                if len(data) < count * stride:
                    raise OSError("image file is truncated")  # before there is memory for what did not come
                band = Image.frombytes(image.mode, (width, count), data, "raw", raw_mode, stride, direction)
                band.palette, band.info = image.palette, image.info
                yield band

    return read()


# PNG.

_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHUNK_BYTES = 1_000_000


class PngRows:
    """The rows of a PNG as they were filtered, as far as they came. Raises OSError or ValueError for what is no PNG."""

    def __init__(self, file: IO[bytes]) -> None:
        file.seek(0)
        self._file, self._kept, self._first_data = file, b"", 0
        header = bytes(13)
        if file.read(8) != _SIGNATURE:
            raise OSError("not a PNG")
        for kind, size in self._chunks():
            if kind == b"IHDR":
                header = file.read(size)
            elif kind in (b"PLTE", b"tRNS"):
                self._kept += _chunk(kind, file.read(size))
            elif kind == b"IDAT":
                self._first_data = size
                break
            else:
                file.seek(size, io.SEEK_CUR)
        self.width, self.height = int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big")
        self._format = header[8:13]
        self.depth, self.colours, self.is_interlaced = header[8], header[9], header[12] != 0
        self._row_bytes = 1 + -(-self.width * _CHANNELS[self.colours] * self.depth // 8)

    @property
    def can_be_split(self) -> bool:
        """True if Pillow gives the bytes of a row back, on which the filter of the next one builds."""
        return self.depth == 8 and not self.is_interlaced

    def bands(self, rows: int) -> Iterator[Image.Image]:
        """Yield the picture from top to bottom, some rows at a time."""
        above = b""
        for data in self._filtered(rows):
            with Image.open(io.BytesIO(self._png(above + data)), formats=["PNG"]) as read:
                read.load()
                band = read.crop((0, 1, read.width, read.height)) if above else read
                above = b"\x00" + read.crop((0, read.height - 1, read.width, read.height)).tobytes()
                yield band

    def upper_part(self, most_bytes: int) -> bytes | None:
        """Return a PNG of the rows that came, None if there are none, or they would be too many bytes."""
        if self.is_interlaced or self.height * self._row_bytes > most_bytes:
            return None
        data = next(self._filtered(self.height), b"")
        return self._png(data) if data else None

    def _filtered(self, rows: int) -> Iterator[bytes]:
        """Yield whole rows, each with its filter before it, until the data end or are damaged."""
        wanted, unpack = rows * self._row_bytes, zlib.decompressobj()
        data, left = bytearray(), self.height
        try:
            for piece in self._packed():
                packed = piece
                while packed and left:
                    data += unpack.decompress(packed, wanted - len(data))
                    packed = unpack.unconsumed_tail
                    if len(data) == wanted:
                        yield bytes(data)
                        left, data = left - rows, bytearray()
                        wanted = min(rows, left) * self._row_bytes
        except (zlib.error, OSError):
            pass
        if whole := len(data) // self._row_bytes:
            yield bytes(data[: whole * self._row_bytes])

    def _packed(self) -> Iterator[bytes]:
        kind, size = b"IDAT", self._first_data
        while kind == b"IDAT":
            while size:
                packed = self._file.read(min(size, _CHUNK_BYTES))
                if not packed:
                    return
                size -= len(packed)
                yield packed
            self._file.seek(4, io.SEEK_CUR)  # the checksum: the rows have one of their own
            kind, size = next(self._chunks(), (b"", 0))

    def _chunks(self) -> Iterator[tuple[bytes, int]]:
        """Yield kind and size of the next chunk; whoever takes one reads or skips its content."""
        while len(head := self._file.read(8)) == 8:
            yield head[4:], int.from_bytes(head[:4], "big")
            self._file.seek(4, io.SEEK_CUR)

    def _png(self, data: bytes) -> bytes:
        size = self.width.to_bytes(4, "big") + (len(data) // self._row_bytes).to_bytes(4, "big")
        parts = (_chunk(b"IHDR", size + self._format), self._kept, _chunk(b"IDAT", zlib.compress(data, 0)))
        return _SIGNATURE + b"".join(parts) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(data, zlib.crc32(kind))
    return len(data).to_bytes(4, "big") + kind + data + checksum.to_bytes(4, "big")


# TIFF in strips, each compressed by itself.

_WIDTH, _LENGTH, _ROWS, _OFFSETS, _COUNTS, _PLANES = 256, 257, 278, 273, 279, 284
_KEPT_TAGS = (
    *(_WIDTH, 258, 259, 262, 266, 277, _PLANES, 292, 293, 317, 320, 338, 339),  # size, depth, compression, colours
    *(347, 529, 530, 531, 532),  # JPEG's tables, and how its colours are meant
)


def _strip_bands(
    tags: "ImageFileDirectory_v2", file: IO[bytes], size: tuple[int, int], rows: int
) -> Iterator[Image.Image] | None:
    width, height = size
    offsets, counts = tags.get(_OFFSETS), tags.get(_COUNTS)
    each = min(tags.get(_ROWS, height), height)
    if not offsets or not counts or tags.get(_PLANES, 1) != 1 or len(offsets) != -(-height // each):
        return None
    if each * width * 4 > 8 * _BAND_BYTES:
        return None
    together = max(1, rows // each)

    def read() -> Iterator[Image.Image]:
        for first in range(0, len(offsets), together):
            number = slice(first, first + together)
            strips = []
            for offset, length in zip(offsets[number], counts[number], strict=True):
                file.seek(offset)
                strips.append(file.read(min(length, 4 * _BAND_BYTES)))
            count = min(together * each, height - first * each)
            with Image.open(io.BytesIO(_tiff(tags, strips, count, each)), formats=["TIFF"]) as band:
                band.load()
                yield band

    return read()


def _tiff(tags: "ImageFileDirectory_v2", strips: list[bytes], height: int, rows: int) -> bytes:
    from PIL.TiffImagePlugin import ImageFileDirectory_v2

    kept = ImageFileDirectory_v2(prefix=tags.prefix)
    for tag in _KEPT_TAGS:
        if tag in tags:
            kept.tagtype[tag] = tags.tagtype[tag]
            kept[tag] = tags[tag]
    kept[_LENGTH], kept[_ROWS] = height, rows
    kept[_COUNTS] = tuple(map(len, strips))
    kept[_OFFSETS] = tuple(sum(map(len, strips[:number])) for number in range(len(strips)))  # from the tags' end
    content = io.BytesIO()
    kept.save(content)
    return content.getvalue() + b"".join(strips)

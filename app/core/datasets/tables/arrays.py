"""NumPy's arrays in files: what their headers announce, checked, and their pictures block by block. Nothing is run."""

import lzma
import math
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from app.core.datasets.tables.columns import LARGEST_SIDE, Sample, find_columns, picture_shape
from app.core.datasets.tables.rows import MAX_PICTURES, Rows, Table
from app.core.errors import InputError, translate_errors
from app.core.zip_files import open_zip

_BLOCK_BYTES = 4 * 1024 * 1024
MAX_WHOLE = 1 << 30
"""The largest array that is read at once, because its pictures do not lie one after the other."""
_SAMPLE_ROWS = 1_000
_COLOURS = (1, 3, 4)
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, ValueError, NotImplementedError, RuntimeError),
    *(SyntaxError, tokenize.TokenError, IndexError, KeyError, TypeError, OverflowError, struct.error),
)
"""What zipfile and NumPy raise, who believe what a file says of itself."""


@dataclass(frozen=True)
class StoredArray:
    """An array in a file, not read yet. `is_fortran`: the first axis varies fastest."""

    name: str
    file: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    is_fortran: bool
    open: Callable[[], AbstractContextManager[BinaryIO]]

    def values(self, most: int = MAX_WHOLE) -> NDArray[Any]:
        """All of it. Raises InputError (more than `most` bytes, Python objects, or damaged)."""
        self.check_plain()
        size = math.prod(self.shape) * self.dtype.itemsize
        if size > most:
            raise InputError(f"{self.name} in {self.file} is larger than {most >> 20} MB; use a smaller data set.")
        with self.open() as file:
            data = _exactly(file, size)
            if self.dtype.kind == "U" and not _are_letters(np.frombuffer(data, f"{self.dtype.str[0]}u4")):
                raise ValueError("no text")
        return np.frombuffer(data, self.dtype).reshape(self.shape, order="F" if self.is_fortran else "C")

    def check_plain(self) -> None:
        """Raise InputError if it holds anything but numbers or texts."""
        if self.dtype.kind == "O":
            raise InputError(
                f"{self.name} in {self.file} holds Python objects (a pickle), which could run a program; save plain "
                "arrays, texts with .astype(str)."
            )
        if not self.dtype.itemsize:
            raise InputError(f"{self.name} in {self.file} holds texts without letters; save it again.")
        if self.dtype.names:
            fields = ", ".join(self.dtype.names[:4]) + (", …" if len(self.dtype.names) > 4 else "")
            raise InputError(
                f"{self.name} in {self.file} holds rows of named fields ({fields}), which are not read; save the "
                "labels and the pixels as arrays of their own, with numpy.savez."
            )
        if self.dtype.kind not in "biufUS":
            raise InputError(f"{self.name} in {self.file} holds {self.dtype} values; numbers are needed.")


def stored_arrays(path: Path) -> list[StoredArray]:
    """The arrays of an .npz or .npy file, by the name each has in it. Raises InputError (damaged) and OSError."""
    with damaged_as_input(path):
        with path.open("rb") as file:
            is_array = file.read(6) == b"\x93NUMPY"
        if is_array:
            return [_announced(path.stem, path, partial(_whole_file, path), path.stat().st_size)]
        with open_zip(path) as archive:
            members = [info for info in archive.infolist() if info.filename.endswith(".npy")]
            if not members:
                raise InputError(f"{path.name} holds no arrays; choose another file.")
            return [
                _announced(info.filename[:-4], path, partial(_member, path, info.filename), info.file_size)
                for info in members
            ]


@contextmanager
def _whole_file(path: Path) -> Iterator[BinaryIO]:
    with path.open("rb") as file:
        yield file


@contextmanager
def _member(path: Path, name: str) -> Iterator[BinaryIO]:
    with open_zip(path) as archive, archive.open(name) as file:
        yield cast(BinaryIO, file)


def damaged_as_input(path: Path) -> AbstractContextManager[None]:
    """Raise InputError for what zip and NumPy say of a damaged file."""
    kind = "npy" if path.suffix.lower() == ".npy" else "npz"
    return translate_errors(
        _DAMAGED, lambda _: InputError(f"{path.name} is damaged or not an {kind} file; get it again.")
    )


def _announced(
    name: str, path: Path, open_file: Callable[[], AbstractContextManager[BinaryIO]], file_size: int
) -> StoredArray:
    with open_file() as file:
        shape, is_fortran, dtype = _read_header(file)
        has_all = file.tell() + math.prod(shape) * dtype.itemsize <= file_size
    if min(shape, default=0) < 0 or not (has_all or dtype.hasobject):
        raise ValueError("a negative length, or less than announced")
    return StoredArray(name, path.name, shape, dtype, is_fortran, partial(_at_data, path, open_file))


def _read_header(file: BinaryIO) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    version = npy.read_magic(file)
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    try:
        return read(file)
    except ValueError as error:
        if "max_header_size" not in str(error):
            raise
        raise InputError(
            "An array has so long a description that it is not read, as one of named fields has; save the labels and "
            "the pixels as plain arrays, with numpy.savez."
        ) from None


@contextmanager
def _at_data(path: Path, open_file: Callable[[], AbstractContextManager[BinaryIO]]) -> Iterator[BinaryIO]:
    with damaged_as_input(path), open_file() as file:
        _read_header(file)
        yield file


def _are_letters(codes: NDArray[np.unsignedinteger]) -> bool:
    """Whether all are characters of Unicode; NumPy makes text of any number, which no library can read."""
    return not bool(((codes > 0x10FFFF) | ((codes >= 0xD800) & (codes < 0xE000))).any())


def _exactly(file: BinaryIO, size: int) -> bytes:
    data = file.read(size)
    if len(data) != size:
        raise ValueError("truncated")
    return data


# Pictures.


@dataclass(frozen=True)
class _Layout:
    """How an array holds pictures: how many, of which shape, and whether the last axis counts them."""

    count: int
    shape: tuple[int, int, int]
    counts_last: bool = False
    planes_first: bool | None = None


def picture_layout(shape: tuple[int, ...], count: int | None = None) -> _Layout | None:
    """How an array of this shape holds pictures; None if it cannot. `count` is how many there are, if that is known."""
    if not shape or min(shape) < 1:
        return None
    fits_first = count in (None, shape[0])
    if count is not None and not fits_first and shape[-1] == count:
        return _counted_last(shape)
    if not fits_first:
        return None
    if count is None and len(shape) in (3, 4) and _is_matlab(shape):
        return _counted_last(shape)
    found = _picture_of(shape[1:])
    return None if found is None else _Layout(shape[0], found[0], planes_first=found[1])


def _counted_last(shape: tuple[int, ...]) -> _Layout | None:
    found = _picture_of(shape[:-1])
    return None if found is None else _Layout(shape[-1], found[0], counts_last=True, planes_first=found[1])


def _is_matlab(shape: tuple[int, ...]) -> bool:
    """(28, 28, n) and (28, 28, 1, n): two equal sides first, but none behind."""
    return (
        shape[0] == shape[1] <= LARGEST_SIDE and shape[1] != shape[2] and (len(shape) == 4 or shape[2] not in _COLOURS)
    )


def _picture_of(sides: tuple[int, ...]) -> tuple[tuple[int, int, int], bool | None] | None:
    """Height, width and colours of one picture, and whether colours come first."""
    match sides:
        case (values,) | (values, 1) | (1, values):
            shape = picture_shape(values)
            return None if shape is None else (shape, None)
        case (height, width):
            shape, planes_first = (height, width, 1), None
        case (colours, height, width) if colours in _COLOURS and width not in _COLOURS:
            shape, planes_first = (height, width, colours), True
        case (height, width, colours) if colours in _COLOURS:
            shape, planes_first = (height, width, colours), False
        case _:
            return None
    return (shape, planes_first) if 4 <= min(shape[:2]) <= max(shape[:2]) <= 1024 else None


def has_label_column(array: StoredArray) -> bool:
    """Whether an array has a row for each picture with one number more than it has pixels: its label."""
    return (
        array.dtype.kind in "biuf"
        and len(array.shape) == 2
        and array.shape[0] > 1
        and picture_layout(array.shape) is None
        and picture_shape(array.shape[1] - 1) is not None
    )


def open_array(array: StoredArray, labels: NDArray[Any] | None, wanted_label: str = "") -> Table:
    """The pictures of an array as a table; `wanted_label` is the number of the column that holds labels, from 1.

    Raises InputError (no pictures, too many, or other labels than pictures), and ChoiceNeededError (which column?).
    """
    array.check_plain()
    if labels is None and has_label_column(array):
        return _open_with_labels(array, wanted_label)
    if 0 in array.shape:
        raise InputError(f"{array.file} holds 0 pictures; choose another file.")
    count = None if labels is None else len(labels)
    layout = picture_layout(array.shape, count) or picture_layout(array.shape)
    if layout is None and count in (None, 1) and len(array.shape) <= 3:  # a single picture
        layout = picture_layout((1, *array.shape))
    if layout is None or array.dtype.kind not in "biuf":
        raise InputError(
            f"{array.file} holds arrays of shape {array.shape}; pictures of 28 x 28 pixels are needed, or of other "
            "sizes, one after the other."
        )
    if layout.count > MAX_PICTURES:
        raise InputError(
            f"{array.name} in {array.file} announces {layout.count:,} pictures; at most {MAX_PICTURES:,} can be used."
        )
    if labels is not None and len(labels) != layout.count:
        raise InputError(
            f"{array.file} holds {layout.count} pictures and {len(labels)} labels; one label for each is needed."
        )
    read = partial(_blocks, array, layout, labels)
    return Table(array.file, layout.shape, labels is not None, read, unit="picture", planes_first=layout.planes_first)


def _open_with_labels(array: StoredArray, wanted_label: str) -> Table:
    """A table of labels and pixels side by side, as `numpy.column_stack` and data frames make it."""
    count, width = array.shape
    chosen = np.linspace(0, count - 1, min(count, _SAMPLE_ROWS)).astype(int)
    rows = array.values()[chosen].astype(np.float64)
    sample = Sample(("",) * width, rows.astype(str).tolist(), rows, is_in_order=False)
    columns = find_columns(sample, wanted_label, array.file, lambda: sample)
    shape = picture_shape(width - 1)
    assert shape is not None

    def read() -> Iterator[Rows]:
        whole = array.values()
        for start in range(0, count, _SAMPLE_ROWS):
            block = whole[start : start + _SAMPLE_ROWS]
            numbers = np.arange(start + 1, start + 1 + len(block))
            yield Rows(block[:, list(columns.pixels)], block[:, columns.label[0]], None, numbers)

    return Table(array.file, shape, True, read, unit="picture")


def _blocks(array: StoredArray, layout: _Layout, labels: NDArray[Any] | None) -> Iterator[Rows]:
    pixels = math.prod(layout.shape)
    row_bytes = pixels * array.dtype.itemsize
    rows = max(1, _BLOCK_BYTES // row_bytes)
    places = range(0, layout.count, rows)
    if layout.counts_last or (array.is_fortran and len(array.shape) > 1):
        whole = array.values()
        pictures = np.moveaxis(whole, -1, 0) if layout.counts_last else whole
        for start in places:
            block = np.ascontiguousarray(pictures[start : start + rows]).reshape(-1, pixels)
            yield _rows(block, labels, start)
        return
    with array.open() as file:
        for start in places:
            data = _exactly(file, min(rows, layout.count - start) * row_bytes)
            yield _rows(np.frombuffer(data, array.dtype).reshape(-1, pixels), labels, start)


def _rows(block: NDArray[Any], labels: NDArray[Any] | None, start: int) -> Rows:
    stop = start + len(block)
    return Rows(block, None if labels is None else labels[start:stop], None, np.arange(start + 1, stop + 1))

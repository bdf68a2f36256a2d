"""Kaggle's CSV: a row for each picture, its label and 784 numbers."""

import gzip
import zlib
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.content import labelled_images
from app.core.datasets.idx import MAX_BYTES
from app.core.datasets.types import IMAGE_SIZE, LabelledImages
from app.core.errors import InputError

_PIXELS = IMAGE_SIZE * IMAGE_SIZE
_COLUMNS = _PIXELS + 1
_LONGEST_LINE = 64 * 1024
_BLOCK_BYTES = 4 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"


def read_csv(path: Path) -> LabelledImages | None:
    """Read the pictures in `path` (plain or .gz): a column "label", or else the first, and 784 columns 0..255.

    Returns None if the file has no labels (784 columns), like the test file of a competition. Raises InputError (other
    columns, or values that are not whole numbers from 0 to 255) and OSError (the file cannot be read).
    """
    try:
        with _open(path) as file:
            return _read(file, path.name)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"{path.name} is a damaged gzip file; get it again.") from error


def may_hold_images(path: Path) -> bool:
    """False if the table in `path` surely is something else, such as a list of answers to hand in."""
    try:
        with _open(path) as file:
            return len(_titles(file)) in (_PIXELS, _COLUMNS)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        return True  # reading it will tell what is wrong


def _open(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb"))


def _titles(file: BinaryIO) -> list[bytes]:
    """Return what the first line says."""
    first = file.readline(_LONGEST_LINE).removeprefix(_BOM)
    return [title.strip(b' "\r\n') for title in first.split(b",")]


def _read(file: BinaryIO, name: str) -> LabelledImages | None:
    first = _titles(file)
    titles = [title.lower() for title in first]
    if len(titles) == _PIXELS:
        return None
    if len(titles) != _COLUMNS:
        raise InputError(f"{name} has {len(titles)} columns; a label and {_PIXELS} pixels are needed.")
    has_titles = not all(_is_number(title) for title in titles)
    label_column = titles.index(b"label") if b"label" in titles else 0
    blocks = [] if has_titles else [_parse(b",".join(first), name)]
    size = 0
    while block := file.read(_BLOCK_BYTES):
        blocks.append(_parse(block + file.readline(_LONGEST_LINE), name))
        size += blocks[-1].size
        if size > MAX_BYTES:
            raise InputError(f"{name} holds more than {MAX_BYTES >> 20} MB of pictures; use a smaller data set.")
    rows = np.concatenate(blocks) if blocks else np.empty((0, _COLUMNS), np.uint8)
    return labelled_images(np.delete(rows, label_column, axis=1), rows[:, label_column].copy(), name)


def _is_number(text: bytes) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _parse(text: bytes, name: str) -> NDArray[np.uint8]:
    """Return whole lines as (rows, 785) numbers. Read as float, because NumPy would cut 0.5 down to a whole number."""
    if not text.strip():
        return np.empty((0, _COLUMNS), np.uint8)
    try:
        values = np.loadtxt(BytesIO(text), np.float32, comments=None, delimiter=",", quotechar='"', ndmin=2)
    except ValueError as error:
        raise _unreadable(name) from error
    if values.shape[1] != _COLUMNS or not ((values >= 0) & (values <= 255)).all():
        raise _unreadable(name)
    whole = values.astype(np.uint8)
    if not (whole == values).all():
        raise _unreadable(name)
    return whole


def _unreadable(name: str) -> InputError:
    return InputError(f"{name} has a row that is not a label and {_PIXELS} whole numbers from 0 to 255; correct it.")

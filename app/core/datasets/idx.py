"""IDX, the file format MNIST is published in: a short header, then the bytes. Plain or gzipped."""

import hashlib
import math
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.core.errors import InputError

MAX_BYTES = 512 * 1024 * 1024
"""The largest array that is read: nine times MNIST. A hostile file cannot make the program run out of memory."""

_UNSIGNED_BYTE = 8
_LONGEST_HEADER = 16
_GZIP_MAGIC = b"\x1f\x8b"


def read_idx(path: Path) -> NDArray[np.uint8]:
    """Read the array in an IDX file, plain or gzipped (told by its content, not by its name), read-only.

    Returns uint8 with one dimension (labels) or three (pictures). Raises InputError (not IDX, not unsigned bytes,
    truncated, longer than its header says, or above `MAX_BYTES`) and OSError (the file cannot be read).
    """
    if path.stat().st_size > MAX_BYTES:
        raise InputError(f"{path.name} is larger than {MAX_BYTES >> 20} MB; use a smaller data set.")
    return parse_idx(path.read_bytes(), path.name)


def parse_idx(data: bytes, name: str) -> NDArray[np.uint8]:
    """As `read_idx`, from the file's content; `name` is for the message. Raises InputError (as `read_idx`)."""
    stream = zlib.decompressobj(wbits=31) if data.startswith(_GZIP_MAGIC) else None
    try:
        head = stream.decompress(data, _LONGEST_HEADER) if stream else data[:_LONGEST_HEADER]
        shape = _parse_header(head, name)
        start, size = 4 + 4 * len(shape), math.prod(shape)
        if size > MAX_BYTES:
            raise InputError(f"{name} claims to hold more than {MAX_BYTES >> 20} MB; use a smaller data set.")
        if stream:
            # One byte more than announced is asked for: a bomb is noticed without being unpacked.
            data = head + stream.decompress(stream.unconsumed_tail, start + size + 1 - len(head))
            complete = stream.eof
        else:
            complete = True
    except zlib.error as error:
        raise InputError(f"{name} is a damaged gzip file; get it again.") from error
    if len(data) != start + size or not complete:
        raise InputError(f"{name} is truncated or damaged: it should hold {size:,} bytes of data; get it again.")
    return np.frombuffer(data, np.uint8, offset=start).reshape(shape)


def write_idx(path: Path, array: NDArray[np.uint8]) -> None:
    """Write `array` as a plain IDX file: five times the size of a gzipped one, but read in a tenth of the time.

    Raises OSError (the file cannot be written).
    """
    with path.open("wb") as file:
        file.write(_header(array))
        file.write(np.ascontiguousarray(array).data)


def idx_sha256(array: NDArray[np.uint8]) -> str:
    """Return the sha256 of `array` as a plain IDX file: the same for the same data, whatever file it came from."""
    digest = hashlib.sha256(_header(array))
    digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _header(array: NDArray[np.uint8]) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, _UNSIGNED_BYTE, array.ndim, *array.shape)


def _parse_header(head: bytes, name: str) -> tuple[int, ...]:
    dimensions = head[3] if len(head) >= 4 else 0
    if head[:3] != bytes((0, 0, _UNSIGNED_BYTE)) or dimensions not in (1, 3) or len(head) < 4 + 4 * dimensions:
        raise InputError(f"{name} is not an IDX file of pictures or labels; choose the files MNIST is published in.")
    return struct.unpack_from(f">{dimensions}I", head, 4)

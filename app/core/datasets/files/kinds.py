"""What a file holds, told by its first bytes: a name can be changed, lost or wrong."""

import bz2
import gzip
import io
import lzma
import os
import re
import stat
import zlib
from enum import StrEnum
from typing import IO, cast

from app.core.file_descriptions import PICTURE_BRANDS, is_text_art
from app.core.imaging.drawing import DRAWING_SUFFIX
from app.core.imaging.pictures import PICTURE_SUFFIXES
from app.core.paths import BoundedReader

HEAD_BYTES = 512

_PACKED = ((b"\x1f\x8b", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ\x00", lzma.open))
_PICTURE_ENDINGS = frozenset(PICTURE_SUFFIXES)
_TABLE_ENDINGS = frozenset(
    (".csv", ".tsv", ".txt", ".tab", ".data", ".json", ".jsonl", ".npy", ".npz", ".arff", ".parquet")
)
_HDF5_ENDINGS = (".h5", ".hdf5", ".hdf", ".he5")
ARCHIVE_ENDINGS = (*_HDF5_ENDINGS, ".zip", ".tar", ".tgz", ".tbz2", ".tbz", ".txz", ".tar.gz", ".tar.bz2", ".tar.xz")
_ZIPS_OF_PROGRAMS = frozenset((".pt", ".pth", ".xlsx", ".ods", ".docx", ".odt", ".pptx", ".odp", ".epub", ".keras"))
"""Zip files by what they begin with, in which nobody looks for data."""
_PICTURE_STARTS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\x00", b"MM\x00*")
HDF5_START = b"\x89HDF\r\n\x1a\n"
_IDX_TYPES = frozenset((0x08, 0x09, 0x0B, 0x0C, 0x0D, 0x0E))


class FileKind(StrEnum):
    """What a file may hold; the reader of tables tells whether there are pictures in one. OTHER is no data.

    An HDF5 file is an archive of arrays.
    """

    PICTURE = "picture"
    DRAWING = "drawing"
    IDX = "idx"
    TABLE = "table"
    ARCHIVE = "archive"
    OTHER = "other"


def is_system_file(name: str) -> bool:
    """Tell whether a file or folder is what systems and archives leave behind: nobody means it to be data."""
    return name.startswith((".", "__", "$")) or name.casefold() in {
        "thumbs.db",
        "ehthumbs.db",
        "desktop.ini",
        "icon\r",
        "@eadir",
        "system volume information",
        "lost+found",
    }


def kind_of_file(path: str) -> FileKind:
    """Tell what a regular file holds: by a well-known ending, otherwise by what it starts with.

    A file with a picture's ending counts as a picture, whatever it holds; reading it tells what is wrong with it.
    Raises OSError (the file cannot be opened).
    """
    name = os.path.basename(path).lower()  # noqa: PTH119 - there may be a million of them
    if name.endswith(DRAWING_SUFFIX):
        return FileKind.DRAWING
    ending = os.path.splitext(name)[1]  # noqa: PTH122
    if ending in _PICTURE_ENDINGS:
        return FileKind.PICTURE
    if ending == ".txt" and is_text_art(first_bytes(path)):
        return FileKind.PICTURE
    if ending in _TABLE_ENDINGS or name.endswith((".csv.gz", ".tsv.gz", ".csv.xz", ".csv.bz2")):
        return FileKind.TABLE
    if name.endswith(ARCHIVE_ENDINGS):
        return FileKind.ARCHIVE
    if ending in _ZIPS_OF_PROGRAMS:
        return FileKind.OTHER
    return _kind_of_content(path)


def _kind_of_content(path: str) -> FileKind:
    head = first_bytes(path)
    if is_picture(head):
        return FileKind.PICTURE
    if head.startswith((b"PK\x03\x04", HDF5_START)) or head[257:262] == b"ustar":
        return FileKind.ARCHIVE
    if is_idx(head):
        return FileKind.IDX
    return FileKind.OTHER


def first_bytes(path: str) -> bytes:
    """What the file starts with, at most `HEAD_BYTES`; of a packed file (gzip, bzip2, xz) what is inside.

    A packed file that is damaged gives its own first bytes. Raises OSError (the file cannot be opened).
    """
    with open_regular(path) as file:
        head = file.read(HEAD_BYTES)
        try:
            return open_unpacked(file).read(HEAD_BYTES) if is_packed(head) else head
        except (EOFError, zlib.error, lzma.LZMAError, OSError):
            return head


def is_packed(head: bytes) -> bool:
    """Tell whether these are the first bytes of a gzip, bzip2 or xz file."""
    return any(head.startswith(magic) for magic, _ in _PACKED)


def open_regular(path: str) -> IO[bytes]:
    """Open a file to read it, unless it is a pipe, a device or something else that could keep us waiting.

    Raises OSError (it cannot be opened, or is no regular file).
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(f"{path} is no regular file")
    return BoundedReader(io.FileIO(handle))


def open_unpacked(file: IO[bytes]) -> IO[bytes]:
    """What is in an open file from its start on, unpacked if it is packed with gzip, bzip2 or xz."""
    file.seek(0)
    head = file.read(8)
    file.seek(0)
    opener = next((opener for magic, opener in _PACKED if head.startswith(magic)), None)
    return file if opener is None else cast("IO[bytes]", opener(file))


def is_picture(head: bytes) -> bool:
    """Tell whether these are the first bytes of a picture in a known format."""
    return (
        head.startswith(_PICTURE_STARTS)
        or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")
        or (head[4:8] == b"ftyp" and head[8:12] in PICTURE_BRANDS)
        or (head[:2] == b"BM" and head[6:10] == bytes(4))
        or re.match(rb"P[1-6]\s+(#[^\n]*\n\s*)*\d+\s+\d+\s", head) is not None
    )


def is_idx(head: bytes) -> bool:
    """Tell whether these are the first bytes of an IDX file of labels or pictures."""
    return len(head) >= 8 and head[:2] == b"\x00\x00" and head[2] in _IDX_TYPES and 1 <= head[3] <= 4

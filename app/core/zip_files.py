"""ZIP files whose list of members would take more memory and time than it is worth are not opened."""

import io
import re
import struct
import zipfile
from pathlib import Path
from typing import IO

MOST_DIRECTORY_BYTES = 40 * 2**20
"""Of the list: 500,000 files of usual names. Python takes ten times that."""

_END, _END_BYTES = b"PK\x05\x06", 22
_END_64, _END_64_BYTES = b"PK\x06\x06", 56 + 20  # the record, and what tells where it is
_LONGEST_COMMENT = 65_535


class TooManyMembersError(zipfile.BadZipFile):
    """It is not looked at: it may well be whole."""


def open_zip(source: Path | IO[bytes]) -> zipfile.ZipFile:
    """Open a ZIP file to be read. Raises BadZipFile, TooManyMembersError and OSError."""
    file = source.open("rb") if isinstance(source, Path) else source
    try:
        if _directory_bytes(file) > MOST_DIRECTORY_BYTES:
            raise TooManyMembersError
    finally:
        if isinstance(source, Path):
            file.close()
    return zipfile.ZipFile(source)


def _directory_bytes(file: IO[bytes]) -> int:
    """How large the list is, as far as any record at the end of the file says."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - _LONGEST_COMMENT - _END_BYTES - _END_64_BYTES))
    tail, told = file.read(), 0
    file.seek(0)
    for match in re.finditer(re.escape(_END), tail):
        record, before = tail[match.start() :][:_END_BYTES], tail[max(0, match.start() - _END_64_BYTES) : match.start()]
        if len(record) == _END_BYTES:
            told = max(told, *struct.unpack_from("<I", record, 12))
        if before.startswith(_END_64) and len(before) == _END_64_BYTES:
            told = max(told if told != 0xFFFFFFFF else 0, *struct.unpack_from("<Q", before, 40))
    return told

"""ZIP files that announce very many members."""

import io
import struct
import zipfile
from pathlib import Path

import pytest

from app.core import zip_files
from app.core.zip_files import TooManyMembersError, open_zip


def packed(members: int) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for number in range(members):
            archive.writestr(f"{number:04}", b"x")
    return whole.getvalue()


def with_64(content: bytes, directory_bytes: int) -> bytes:
    """The same with a record of ZIP64, which tells how large the list is."""
    record = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, directory_bytes, 0)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, len(content) - 22, 1)
    return content[:-22] + record + locator + content[-22:-10] + b"\xff" * 8 + content[-2:]


FEW, MANY = packed(3), packed(40)


@pytest.mark.parametrize("comment", [b"", b"PK\x06\x06", b"c" * 65_535])
def test_what_is_not_too_much_is_opened(comment: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(packed(9)[:-2] + struct.pack("<H", len(comment)) + comment)
    for source in (path, io.BytesIO(packed(9))):
        with open_zip(source) as archive:
            assert len(archive.namelist()) == 9


def test_too_many_members_are_never_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_files, "MOST_DIRECTORY_BYTES", 1_000)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    for content in (MANY, with_64(FEW, 2**40)):
        with pytest.raises(TooManyMembersError):
            open_zip(io.BytesIO(content))


def test_what_is_no_zip_file_is_the_library_s_to_refuse() -> None:
    for content in (b"", b"PK", b"PK\x05\x06", b"x" * 100):
        with pytest.raises(zipfile.BadZipFile):
            open_zip(io.BytesIO(content))

import bz2
import gzip
import lzma
import os
import sys
from pathlib import Path

import pytest

from app.core.datasets.files.kinds import FileKind, first_bytes, kind_of_file, open_regular

IDX = bytes([0, 0, 8, 1, 0, 0, 0, 2, 1, 2])


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.JPG", b"", FileKind.PICTURE),
        ("a", b"\x89PNG\r\n\x1a\nrest", FileKind.PICTURE),
        ("a.dat", b"\xff\xd8\xff\xe0", FileKind.PICTURE),
        ("scan", b"P5\n# made by hand\n28 28\n255\n", FileKind.PICTURE),
        ("photo", b"\x00\x00\x00\x18ftypheic", FileKind.PICTURE),
        ("7.drawing.json", b"{}", FileKind.DRAWING),
        ("labels", IDX, FileKind.IDX),
        ("labels.bin", gzip.compress(IDX, mtime=0), FileKind.IDX),
        ("labels (1).gz", bz2.compress(IDX), FileKind.IDX),
        ("LABELS.XZ", lzma.compress(IDX), FileKind.IDX),
        ("a.csv", b"", FileKind.TABLE),
        ("a.npz", b"PK\x03\x04", FileKind.TABLE),
        ("a.tar.gz", b"", FileKind.ARCHIVE),
        ("download", b"PK\x03\x04", FileKind.ARCHIVE),
        ("README", b"Read me", FileKind.OTHER),
        ("nothing", b"", FileKind.OTHER),
    ],
)
def test_kinds_by_content_where_the_ending_says_nothing(
    tmp_path: Path, name: str, content: bytes, kind: FileKind
) -> None:
    (tmp_path / name).write_bytes(content)
    assert kind_of_file(str(tmp_path / name)) is kind


def test_what_is_packed_and_damaged_shows_itself(tmp_path: Path) -> None:
    damaged = b"\x1f\x8bnonsense"
    (tmp_path / "a").write_bytes(damaged)
    assert first_bytes(str(tmp_path / "a")) == damaged


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of Unix")
def test_a_pipe_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="no regular file"):
        open_regular(str(tmp_path / "pipe"))

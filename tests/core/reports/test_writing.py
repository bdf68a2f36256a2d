"""Files are written whole or not at all, and nothing is replaced that may not be."""

import errno
import os
from pathlib import Path

import pytest

from app.core.errors import InputError, StudioError
from app.core.file_writing import written_beside
from app.core.reports.writing import csv_bytes, write_file, write_files, write_folder


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second file that is written finds the disk full."""
    written: list[Path] = []
    write = Path.write_bytes

    def refuse(path: Path, content: bytes) -> int:
        written.append(path)
        if len(written) == 2:
            write(path, content[:1])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", refuse)


@pytest.mark.usefixtures("full_disk")
def test_of_several_files_all_are_written_or_none(tmp_path: Path) -> None:
    first, second = tmp_path / "first.csv", tmp_path / "inside" / "second.csv"
    first.write_text("old")
    with pytest.raises(StudioError, match="is full; free some space"):
        write_files({first: b"new", second: b"new"}, replace=True)
    assert first.read_text() == "old"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [first]


@pytest.mark.usefixtures("full_disk")
def test_a_folder_is_made_whole_or_not_at_all(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="is full"):
        write_folder(tmp_path / "all", {"a": b"1", "b": b"2"})
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    write_folder(tmp_path / "all", {"a": b"1"})
    with pytest.raises(InputError, match="already exists"):
        write_folder(tmp_path / "all", {"a": b"2"})
    assert (tmp_path / "all" / "a").read_bytes() == b"1"


def test_only_files_are_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "lost").symlink_to(tmp_path / "nowhere")
    for name in ("pipe", "lost"):
        with pytest.raises(InputError, match="is not a file that can be replaced"):
            write_file(tmp_path / name, b"new", replace=True)
    assert (tmp_path / "pipe").is_fifo()
    (tmp_path / "file").write_bytes(b"old")
    with pytest.raises(InputError, match="already exists"):
        write_file(tmp_path / "file", b"new", replace=False)
    write_file(tmp_path / "file", b"new", replace=True)
    assert (tmp_path / "file").read_bytes() == b"new"


def test_the_longest_name_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 251 + ".csv")
    with written_beside(path) as work:
        work.write_bytes(b"whole")
    assert path.read_bytes() == b"whole"


def test_a_spreadsheet_knows_the_letters_of_a_table() -> None:
    assert csv_bytes("Höhe,숫자\n") == b"\xef\xbb\xbf" + "Höhe,숫자\n".encode()

"""Tables and arrays that announce or hold more than there can be: refused before it takes memory or time."""

import gzip
import zipfile
from pathlib import Path

import numpy as np
import pytest

from app.core.datasets.reading import find_data
from app.core.datasets.tables import csv_format, npz_format, text
from app.core.datasets.tables.arrays import stored_arrays
from app.core.errors import InputError


def test_lines_of_nothing_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "MOST_LINES", 10_000)
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"\n" * 100_000))
    with pytest.raises(InputError, match="more than 10,000 lines"):
        find_data(path)


def test_rows_have_to_begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_format, "_MOST_BLANK", 100)
    path = tmp_path / "a.csv"
    path.write_text("# nothing\n" * 100)
    with pytest.raises(InputError, match="without a row"):
        find_data(path)


@pytest.mark.parametrize("separator", [",", ";", "\t", " "])
def test_no_picture_has_a_million_columns(tmp_path: Path, separator: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_format.Dialect, "cells", None)  # what would take the memory
    path = tmp_path / "a.csv"
    path.write_text(separator.join(["1"] * 300_000) + "\n")
    with pytest.raises(InputError, match="columns"):
        find_data(path)


def test_labels_are_refused_by_what_is_announced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(npz_format, "MAX_PICTURES", 100)
    path = tmp_path / "a.npz"
    np.savez_compressed(path, x_train=np.zeros((10, 28, 28), np.uint8), y_train=np.zeros(1_000, np.int64))
    with pytest.raises(InputError, match="announces 1,000 labels"):
        find_data(path)
    np.savez_compressed(path, x_train=np.zeros((10, 28, 28), np.uint8), y_train=np.array(["x" * 2_000] * 10))
    with pytest.raises(InputError, match="too long for labels"):
        find_data(path)


@pytest.mark.parametrize("code", [0x110000, 0xD800, 2**32 - 1])
def test_numbers_that_are_no_letters_are_no_labels(tmp_path: Path, code: int) -> None:
    labels = np.full(10, code, np.uint32).view("<U1")
    np.savez(tmp_path / "a.npz", x_train=np.zeros((10, 28, 28), np.uint8), y_train=labels)
    with pytest.raises(InputError, match="is damaged"):
        find_data(tmp_path / "a.npz")


@pytest.mark.parametrize("header", [b"{'descr': '|u1', (", b"{'descr': '|u1', 'shape': ((((((((", b"[1", b"\\", b"{'"])
def test_headers_that_are_no_python_are_damaged(tmp_path: Path, header: bytes) -> None:
    (tmp_path / "a.npy").write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
    with pytest.raises(InputError, match="is damaged"):
        stored_arrays(tmp_path / "a.npy")


def test_an_archive_with_a_file_of_no_name_is_damaged(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("x", b"1")
    content = (tmp_path / "a.zip").read_bytes()
    place = content.rindex(b"PK\x01\x02")
    named = content[:place] + content[place:].replace(b"\x01\x00\x00\x00", bytes(4), 1)
    nameless = bytearray(content)
    nameless[place + 28 : place + 30] = bytes(2)  # the length of the name
    nameless[place + 30 : place + 32] = b"\x01\x00"  # which counts as extra data instead
    for each in (named, bytes(nameless)):
        (tmp_path / "a.zip").write_bytes(each)
        with pytest.raises(InputError):
            find_data(tmp_path / "a.zip")

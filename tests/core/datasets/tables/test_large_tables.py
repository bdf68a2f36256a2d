"""Tables and arrays that announce or hold more than there can be: refused before it takes memory or time."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from app.core.datasets.reading import find_data
from app.core.datasets.tables import csv_format, npz_format, text
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

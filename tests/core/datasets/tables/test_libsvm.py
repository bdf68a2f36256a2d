"""LIBSVM's text: a label and the pixels that are not 0, each with its place."""

from pathlib import Path

import numpy as np
import pytest

from app.core.datasets.formats import read_data
from app.core.errors import InputError

from .made import DIGITS, PIXELS


def write(path: Path) -> Path:
    lines = [
        f"{label} " + " ".join(f"{place + 1}:{row[place]}" for place in np.flatnonzero(row))
        for label, row in zip(DIGITS.labels.tolist(), PIXELS, strict=True)
    ]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize("name", ["digits", "digits.t", "digits.libsvm", "digits.txt"])
@pytest.mark.parametrize("is_folder", [False, True])
def test_such_files_are_called_anything(tmp_path: Path, name: str, is_folder: bool) -> None:
    path = write(tmp_path / name)
    found = read_data(tmp_path if is_folder else path).train
    assert np.array_equal(found.images, DIGITS.images)
    assert np.array_equal(found.labels, DIGITS.labels)


def test_parts_by_their_endings(tmp_path: Path) -> None:
    for name in ("digits.scale", "digits.scale.t", "digits.scale.val"):
        write(tmp_path / name)
    found = read_data(tmp_path)
    assert found.test is not None
    assert found.validation is not None
    assert len(found.train) == len(found.test) == len(found.validation) == len(DIGITS)


def test_other_files_without_an_ending_are_no_tables(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("a text\n")
    (tmp_path / "bytes").write_bytes(bytes(range(256)) * 4)
    for path in (tmp_path / "notes", tmp_path / "bytes", tmp_path):
        with pytest.raises(InputError):
            read_data(path)


def test_damaged_lines_are_left_out_wherever_they_are(tmp_path: Path) -> None:
    path = write(tmp_path / "digits.libsvm")
    broken = ["3 x:1", "3 :", "3 4", f"3 {'9' * 5000}:1", "3 1:1 2"]
    path.write_text("\n".join((*path.read_text().splitlines(), *broken)) + "\n")
    found = read_data(path)
    assert np.array_equal(found.train.images, DIGITS.images)

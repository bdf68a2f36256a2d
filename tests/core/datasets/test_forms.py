"""The same data as a folder, an archive, archives in a folder, and one in the other."""

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest

from app.core.datasets.choices import ChoiceNeededError
from app.core.datasets.formats import read_data
from app.core.errors import InputError

from .pictures.making import digit, write, write_digits
from .test_idx_sets import PARTS, TRAIN, write_all


def zip_of(folder: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return buffer.getvalue()


def tar_of(folder: Path, mode: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload]
        archive.add(folder, folder.name)
    return buffer.getvalue()


@pytest.fixture
def digits(tmp_path: Path) -> Path:
    """A folder of pictures in two parts."""
    for part in ("train", "test"):
        write_digits(tmp_path / "made" / "mnist" / part)
    return tmp_path / "made"


@pytest.mark.parametrize("name", ["archive.zip", "a.tar", "a.tar.gz", "a.TGZ", "a.tar.bz2", "a.tar.xz", "download"])
@pytest.mark.parametrize("is_in_folder", [False, True])
def test_archives(tmp_path: Path, digits: Path, name: str, is_in_folder: bool) -> None:
    mode = {"tar": "w", "gz": "w:gz", "TGZ": "w:gz", "bz2": "w:bz2", "xz": "w:xz"}.get(name.rpartition(".")[2])
    path = write(tmp_path / "given" / name, zip_of(digits) if mode is None else tar_of(digits, mode))
    (tmp_path / "given" / "README.txt").write_text("Cite us, please.")
    raw = read_data(path.parent if is_in_folder else path)
    assert raw.test is not None
    assert (raw.class_names, len(raw.train), len(raw.test)) == (("0", "1", "2"), 12, 12)
    np.testing.assert_array_equal(raw.train.images[0], digit(0))


def test_archives_in_an_archive_and_beside_each_other(tmp_path: Path, digits: Path) -> None:
    given = tmp_path / "given"
    for part in ("train", "test"):
        write(given / f"{part}.zip", zip_of(digits / "mnist" / part))
    write(given / "sample_submission.csv", b"id,label\n1,0\n")
    outer = write(tmp_path / "competition.zip", zip_of(given))
    for path in (given, outer):
        raw = read_data(path)
        assert raw.test is not None
        assert (len(raw.train), len(raw.test)) == (12, 12)


def test_idx_in_archives(tmp_path: Path) -> None:
    write_all(tmp_path / "given", "gzip/{part}-{kind}-idx{n}-ubyte.gz", gzip.compress)
    raw = read_data(write(tmp_path / "a.zip", zip_of(tmp_path / "given")))
    np.testing.assert_array_equal(raw.train.images, TRAIN.images)
    assert "a.zip" in raw.found_names


def test_a_folder_of_several_archives_is_asked_about(tmp_path: Path) -> None:
    write_all(tmp_path / "one", "{part}-{kind}-idx{n}-ubyte")
    for name in ("letters", "digits"):
        write(tmp_path / "given" / f"{name}.zip", zip_of(tmp_path / "one"))
    with pytest.raises(ChoiceNeededError, match="several data sets here"):
        read_data(tmp_path / "given")


def test_data_goes_before_the_archive_it_came_from(tmp_path: Path, digits: Path) -> None:
    write(digits / "mnist.zip", zip_of(digits))
    raw = read_data(digits)
    assert len(raw.train) == 12
    assert [one.source for one in raw.left_out] == ["mnist.zip"]


def test_idx_beside_other_forms_of_it(tmp_path: Path) -> None:
    write_all(tmp_path, "{part}-{kind}-idx{n}-ubyte")
    write(tmp_path / "preview.png", digit(1))
    raw = read_data(tmp_path)
    assert len(raw.train) == 40
    assert [one.source for one in raw.left_out] == ["preview.png"]


def test_an_archive_without_data(tmp_path: Path) -> None:
    write(tmp_path / "given" / "readme.md", b"Nothing")
    path = write(tmp_path / "a.zip", zip_of(tmp_path / "given"))
    with pytest.raises(InputError, match="No data was found"):
        read_data(path)
    with pytest.raises(InputError, match="No data was found"):
        read_data(tmp_path / "given")


def test_single_files_that_are_no_data_set(tmp_path: Path) -> None:
    for name, content, said in (
        ("seven.png", digit(7), "a single picture"),
        ("page.csv", b"<!DOCTYPE html><html></html>", "web page"),
        ("train-images-idx3-ubyte.gz", b"<html></html>", "web page"),
        ("train.zip", b"<html></html>", "web page"),
        ("data.npz", b"", "empty"),
        ("data.rar", b"Rar!\x1a\x07\x00", "RAR"),
        ("data.7z", b"7z\xbc\xaf\x27\x1c", "7-Zip"),
        ("data.bin", PARTS["train", "images"], "lacks the training pictures or labels"),
    ):
        write(tmp_path / name, content)
        with pytest.raises(InputError, match=said):
            read_data(tmp_path / name)
        (tmp_path / name).unlink()

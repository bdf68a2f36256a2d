"""Pictures that are named by their label."""

from pathlib import Path

import numpy as np
import pytest

from app.core.datasets.formats import read_data
from app.core.errors import InputError

from .making import digit, write, write_digits


@pytest.mark.parametrize(
    "name",
    [
        "{label}_{number:04}.png",
        "images/{label}-{number:04}.png",
        "img_{label}_{number:04}.png",
        "{number:04}_{label}.png",
        "img{number:04}-{label}.png",
        "label_{label}_{number:04}.png",
        "{number:05}-num{label}.png",
        "digit{label} ({number}).png",
        "sample{number:03}_class{label}_b.png",
    ],
)
def test_plain_patterns(tmp_path: Path, name: str) -> None:
    for label in range(3):
        for number in range(20):
            write(tmp_path / name.format(label=label, number=number), digit(label, number))
    raw = read_data(tmp_path)
    assert raw.class_names == ("0", "1", "2")
    assert raw.train.labels.tolist().count(1) == 20
    assert "names of the files" in raw.notes[0]


@pytest.mark.parametrize("name", ["{called}.{number}.png", "{called}{number}.png", "{called} ({number}).png"])
def test_words(tmp_path: Path, name: str) -> None:
    for label, called in enumerate(("ankle boot", "T-shirt", "Löwe")):
        for number in range(5):
            write(tmp_path / "train" / name.format(called=called, number=number), digit(label, number))
    if "{called}{number}" in name:
        with pytest.raises(InputError):
            read_data(tmp_path)  # "ankle boot0" could be anything
        return
    assert read_data(tmp_path).class_names == ("Löwe", "T-shirt", "ankle boot")


@pytest.mark.parametrize(
    "name",
    ["IMG_{number:04}.png", "{number}.png", "IMG_2024010{label}_1200{number:02}.png", "{label}_{number}_{label}x.png"],
)
def test_names_that_say_nothing_sure(tmp_path: Path, name: str) -> None:
    for label in range(3):
        for number in range(8):
            write(tmp_path / name.format(label=label, number=number + 10 * label), digit(label, number))
    with pytest.raises(InputError, match="nothing says which class"):
        read_data(tmp_path)


def test_folders_go_first(tmp_path: Path) -> None:
    write_digits(tmp_path, "{label}/7_{number}.png")
    assert read_data(tmp_path).class_names == ("0", "1", "2")


def test_parts(tmp_path: Path) -> None:
    write_digits(tmp_path, "train/{label}_{number}.png", count=6)
    write_digits(tmp_path, "test/{label}_{number}.png", count=3)
    raw = read_data(tmp_path)
    assert raw.test is not None
    assert (len(raw.train), len(raw.test)) == (18, 9)


def test_unlabelled_test_pictures_beside_named_ones(tmp_path: Path) -> None:
    for called in ("cat", "dog"):
        for number in range(5):
            write(tmp_path / "train" / f"{called}.{number}.jpg", digit(3, number))
            write(tmp_path / "test1" / f"{called[0]}{number}{called}.jpg", digit(3, number))
    raw = read_data(tmp_path)
    assert (raw.class_names, len(raw.train), raw.test) == (("cat", "dog"), 10, None)
    assert raw.left_out_count == 10
    assert raw.left_out[0].why == "Its name does not tell its class."


def test_of_two_numbers_the_digits_are_the_label_and_else_the_first(tmp_path: Path) -> None:
    write_digits(tmp_path / "first", "{label}-{number}.png", labels=range(10), count=5)
    write_digits(tmp_path / "second", "{number}-{label}.png", labels=range(10), count=13)
    for name in ("first", "second"):
        raw = read_data(tmp_path / name)
        assert raw.class_names == tuple("0123456789")
        np.testing.assert_array_equal(raw.train.images[raw.train.labels == 3][0], digit(3))

"""Folders of classes as they come: wrapped, in parts, half of it missing."""

import unicodedata
from pathlib import Path

import numpy as np
import pytest

from app.core.datasets.choices import ChoiceNeededError, ImportChoices
from app.core.datasets.formats import read_data
from app.core.errors import InputError

from .making import digit, write, write_digits


@pytest.mark.parametrize("around", ["mnist_png", "archive/data", "a/b/c", "train"])
def test_folders_around_all_classes_do_not_matter(tmp_path: Path, around: str) -> None:
    write_digits(tmp_path / around)
    raw = read_data(tmp_path)
    assert (raw.class_names, len(raw.train), raw.test, raw.left_out_count) == (("0", "1", "2"), 12, None, 0)
    np.testing.assert_array_equal(raw.train.images[4], digit(1))


@pytest.mark.parametrize(
    ("train", "validation", "test"),
    [
        ("train/{label}", "val/{label}", "test/{label}"),
        ("TRAIN/{label}", "Valid/{label}", "Testing/{label}"),
        ("training_set/{label}", "validation_set/{label}", "test_set/{label}"),
        ("trainingSet/trainingSet/{label}", "devSet/devSet/{label}", "testSet/testSet/{label}"),
        ("mnist_train/{label}", "mnist_val/{label}", "mnist_t10k/{label}"),
        ("train/images/{label}", "dev/images/{label}", "test/images/{label}"),
        ("{label}/train", "{label}/val", "{label}/test"),
        ("data/images/{label}/tr", "data/images/{label}/validation", "data/images/{label}/tst"),
        ("{label}", "val/{label}", "test/{label}"),
    ],
)
def test_parts(tmp_path: Path, train: str, validation: str, test: str) -> None:
    for pattern, count in ((train, 3), (validation, 1), (test, 2)):
        write_digits(tmp_path, f"{pattern}/{{number}}.png", count=count)
    raw = read_data(tmp_path)
    assert raw.validation is not None
    assert raw.test is not None
    assert raw.class_names == ("0", "1", "2")
    assert (len(raw.train), len(raw.validation), len(raw.test)) == (9, 3, 6)
    assert raw.test.labels.tolist() == [0, 0, 1, 1, 2, 2]
    assert raw.left_out_count == 0


def test_a_class_may_be_called_like_a_part(tmp_path: Path) -> None:
    for name in ("car", "plane", "train"):
        write_digits(tmp_path / "both", f"train/{name}/{{number}}.png", labels=[1])
        write_digits(tmp_path / "alone", f"{name}/{{number}}.png", labels=[1])
    assert read_data(tmp_path / "alone").class_names == ("car", "plane", "train")
    assert read_data(tmp_path / "both").class_names == ("car", "plane", "train")


def test_a_part_that_lacks_a_class_is_no_error_but_is_said(tmp_path: Path) -> None:
    write_digits(tmp_path / "train")
    write_digits(tmp_path / "test", labels=[0, 2])
    raw = read_data(tmp_path)
    assert raw.test is not None
    assert raw.test.labels.tolist() == [0] * 4 + [2] * 4
    assert raw.notes == ("There are no test pictures of 1.",)


def test_test_pictures_without_classes_are_left_out(tmp_path: Path) -> None:
    write_digits(tmp_path / "train")
    write_digits(tmp_path, "test/{label}{number}.png", labels=[0])
    raw = read_data(tmp_path)
    assert raw.test is None
    assert raw.left_out_count == 4
    assert raw.left_out[0].source == "test/00.png"
    assert "no folder of a class" in raw.left_out[0].why


def test_pictures_further_down_and_beside(tmp_path: Path) -> None:
    write_digits(tmp_path, "cat/indoor/{label}{number}.png")
    write_digits(tmp_path, "cat/{label}{number}.png")
    write_digits(tmp_path, "dog/{label}{number}.png")
    write(tmp_path / "example.png", digit(3))
    raw = read_data(tmp_path)
    assert (raw.class_names, len(raw.train)) == (("cat", "dog"), 36)
    assert [one.source for one in raw.left_out] == ["example.png"]


def test_classes_may_be_the_inner_folders(tmp_path: Path) -> None:
    for writer in range(8):
        write_digits(tmp_path, f"writer_{writer}a/{{label}}/{{number}}.png", count=1)
    assert read_data(tmp_path).class_names == ("0", "1", "2")


def test_several_sets_side_by_side_are_asked_about(tmp_path: Path) -> None:
    write_digits(tmp_path / "mnist_png")
    write_digits(tmp_path / "fashion_png", labels=range(4))
    with pytest.raises(ChoiceNeededError, match=r"several data sets here \(fashion_png, mnist_png\)") as needed:
        read_data(tmp_path)
    assert (needed.value.field, needed.value.options) == ("subset", ("fashion_png", "mnist_png", "all together"))
    together = read_data(tmp_path, ImportChoices(subset="all together"))
    assert together.class_names == ("0", "1", "2", "3")
    assert len(together.train) == 28
    assert read_data(tmp_path, ImportChoices(subset="fashion_png")).class_names == ("0", "1", "2", "3")


def test_names_that_differ_by_their_unicode_form_alone_are_one_class(tmp_path: Path) -> None:
    for form, part in (("NFC", "train"), ("NFD", "test")):
        for name in ("é", "한글"):
            write_digits(tmp_path / part / unicodedata.normalize(form, name), "{number}.png", labels=[1])  # type: ignore[arg-type]
    raw = read_data(tmp_path)
    assert raw.class_names == ("é", "한글")
    assert raw.test is not None
    assert len(raw.test) == 8


def test_what_systems_leave_behind_is_not_told(tmp_path: Path) -> None:
    write_digits(tmp_path)
    for name in ("__MACOSX/0/._0.png", ".DS_Store", "0/.DS_Store", "1/Thumbs.db", "desktop.ini", "@eaDir/0/0.png"):
        write(tmp_path / name, b"?")
    raw = read_data(tmp_path)
    assert (len(raw.train), raw.left_out_count) == (12, 0)


def test_pictures_that_nothing_tells_the_class_of(tmp_path: Path) -> None:
    write_digits(tmp_path, "IMG_{label}{number}00.png")
    with pytest.raises(InputError, match="nothing says which class each of them is"):
        read_data(tmp_path)


def test_up_to_a_hundred_classes(tmp_path: Path) -> None:
    for label in range(62):
        write(tmp_path / f"{label:02}" / "0.png", digit(3, label % 20))
    raw = read_data(tmp_path)
    assert raw.class_names is not None
    assert len(raw.class_names) == 62


def test_a_sample_of_a_part_beside_it_is_not_read_twice(tmp_path: Path) -> None:
    write_digits(tmp_path / "trainingSet" / "trainingSet")
    write_digits(tmp_path / "trainingSample" / "trainingSample", count=2)
    raw = read_data(tmp_path)
    assert len(raw.train) == 12
    assert [one.source for one in raw.left_out] == ["trainingSample/"]

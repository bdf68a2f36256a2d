"""Sets published elsewhere come in through Import with their own labels: EMNIST's and KMNIST's files, made up here."""

import gzip
import string
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.datasets.formats import read_data
from app.core.datasets.idx import write_idx
from app.core.datasets.importing import ImportedInfo, import_folder
from app.core.datasets.sources import load_dataset
from app.core.errors import InputError
from app.core.inference.evaluation import check_unseen
from app.core.models.store import find_model

from .helpers import random_images


def write_packed(folder: Path, name: str, array: NDArray[np.uint8]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write_idx(folder / name, array)
    (folder / f"{name}.gz").write_bytes(gzip.compress((folder / name).read_bytes()))
    (folder / name).unlink()


def write_emnist(folder: Path, split: str, labels: NDArray[np.uint8], mapping: str) -> NDArray[np.uint8]:
    """Pictures as EMNIST has them, on their side, and the list of its classes; returns them upright."""
    upright = random_images(len(labels), 5).images
    for part, images in (("train", upright), ("test", upright[::-1])):
        write_packed(folder, f"emnist-{split}-{part}-images-idx3-ubyte", images.transpose(0, 2, 1))
        said = labels if part == "train" else labels[::-1]
        write_packed(folder, f"emnist-{split}-{part}-labels-idx1-ubyte", said)
    (folder / f"emnist-{split}-mapping.txt").write_text(mapping)
    return upright


def digits(count: int) -> NDArray[np.uint8]:
    return (np.arange(count) % 10).astype(np.uint8)


def codes(characters: str, first: int = 0) -> str:
    """EMNIST's mapping."""
    return "".join(f"{first + place} {ord(character)}\n" for place, character in enumerate(characters))


def write_kmnist(folder: Path, name: str = "kmnist", classes: str = "おきすつなはまやれを") -> None:
    folder.mkdir(parents=True)
    for part, seed in (("train", 1), ("test", 2)):
        made = random_images(2 * len(classes), seed, classes=len(classes))
        np.savez_compressed(folder / f"{name}-{part}-imgs.npz", made.images)
        np.savez_compressed(folder / f"{name}-{part}-labels.npz", made.labels)
    lines = [f"{index},U+{ord(char):04X},{char}" for index, char in enumerate(classes)]
    (folder / f"{name}_classmap.csv").write_text("\n".join(["index,codepoint,char", *lines]), encoding="utf-8")


def imported(path: Path, name: str) -> tuple[ImportedInfo, NDArray[np.uint8]]:
    info = import_folder(path, name)
    return info, load_dataset(info.name, "full").train.images


def test_emnist_digits_are_turned_upright_and_it_is_said(tmp_path: Path) -> None:
    upright = write_emnist(tmp_path / "gzip", "digits", digits(30), codes("0123456789"))
    info, images = imported(tmp_path / "gzip", "emnist-digits")
    assert np.array_equal(images, upright)
    assert "turned upright" in info.note
    assert info.class_names == tuple("0123456789")
    assert np.array_equal(load_dataset("emnist-digits", "full").test.images, upright[::-1])


def test_emnist_digits_can_test_the_models_that_come_with_the_program(tmp_path: Path) -> None:
    write_emnist(tmp_path / "gzip", "digits", digits(30), codes("0123456789"))
    import_folder(tmp_path / "gzip", "emnist-digits")
    check_unseen(find_model("digits-cnn").card, load_dataset("emnist-digits", "full"))


def test_emnist_letters_count_from_one_and_have_two_cases(tmp_path: Path) -> None:
    labels = (np.arange(52) % 26 + 1).astype(np.uint8)
    mapping = "".join(f"{number} {64 + number} {96 + number}\n" for number in range(1, 27))
    write_emnist(tmp_path / "gzip", "letters", labels, mapping)
    info, _ = imported(tmp_path / "gzip", "letters")
    assert info.class_names[:2] == ("A/a", "B/b")
    assert len(info.class_names) == 26
    assert load_dataset("letters", "full").train.labels.max() == 25


def test_the_one_folder_with_all_of_emnist_asks_which(tmp_path: Path) -> None:
    for split in ("digits", "mnist"):
        write_emnist(tmp_path / "gzip", split, digits(30), codes("0123456789"))
    with pytest.raises(InputError, match=r"several data sets here \(emnist-digits, emnist-mnist\)"):
        import_folder(tmp_path / "gzip", "emnist")
    info, _ = imported(tmp_path / "gzip" / "emnist-digits-train-images-idx3-ubyte.gz", "emnist")
    assert (info.train_count, info.test_count) == (30, 30)


def test_emnist_with_62_classes_comes_in(tmp_path: Path) -> None:
    write_emnist(tmp_path / "gzip", "byclass", np.arange(124, dtype=np.uint8) % 62, "")
    (tmp_path / "gzip" / "emnist-byclass-mapping.txt").unlink()
    info, _ = imported(tmp_path / "gzip", "everything")
    assert info.class_names == tuple(string.digits + string.ascii_uppercase + string.ascii_lowercase)


def test_kmnist_keeps_the_names_of_its_classes(tmp_path: Path) -> None:
    write_kmnist(tmp_path / "kmnist")
    info, images = imported(tmp_path / "kmnist", "kmnist")
    assert info.class_names == tuple("おきすつなはまやれを")
    assert (info.train_count, info.test_count) == (20, 20)
    assert np.array_equal(images, random_images(20, 1, classes=10).images)
    assert load_dataset("kmnist", "full").class_names == info.class_names


def test_kmnist_without_its_list_is_not_taken_for_digits(tmp_path: Path) -> None:
    write_kmnist(tmp_path / "kmnist")
    (tmp_path / "kmnist" / "kmnist_classmap.csv").unlink()
    info, _ = imported(tmp_path / "kmnist" / "kmnist-train-imgs.npz", "kmnist")
    assert info.class_names[0] == "お"


def test_forty_nine_kuzushiji_come_in(tmp_path: Path) -> None:
    classes = "".join(chr(0x3042 + number) for number in range(49))
    write_kmnist(tmp_path / "k49", "k49", classes)
    info, _ = imported(tmp_path / "k49", "k49")
    assert info.class_names == tuple(classes)


def test_models_for_digits_do_not_know_kuzushiji(tmp_path: Path) -> None:
    write_kmnist(tmp_path / "kmnist")
    import_folder(tmp_path / "kmnist", "kmnist")
    with pytest.raises(InputError, match="does not know the classes of kmnist"):
        check_unseen(find_model("digits-cnn").card, load_dataset("kmnist", "full"))


@pytest.mark.parametrize(
    "text",
    ["index,char\n0\n", "char,index\n0\n", "index,char\nx,y\n", "something\nelse\n", "index,char\n300,y\n"],
)
def test_a_list_of_classes_that_is_none_is_told(tmp_path: Path, text: str) -> None:
    write_kmnist(tmp_path / "kmnist")
    (tmp_path / "kmnist" / "kmnist_classmap.csv").write_text(text)
    with pytest.raises(InputError, match=r"kmnist_classmap\.csv is not a list of classes"):
        import_folder(tmp_path / "kmnist", "kmnist")


@pytest.mark.parametrize("text", ["0 x\n", "0 99999999999999\n", "900 65\n", "0\n"])
def test_a_mapping_that_is_none_is_told(tmp_path: Path, text: str) -> None:
    write_emnist(tmp_path / "gzip", "digits", digits(30), text)
    with pytest.raises(InputError, match=r"emnist-digits-mapping\.txt is not a list of classes"):
        import_folder(tmp_path / "gzip", "emnist")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    write_kmnist(tmp_path / "kmnist")
    (tmp_path / "kmnist" / "kmnist-test-labels.npz").unlink()
    raw = read_data(tmp_path / "kmnist")
    assert raw.test is None
    assert {one.source: one.why for one in raw.left_out}["kmnist-test-imgs.npz, test pictures"] == "It has no labels."

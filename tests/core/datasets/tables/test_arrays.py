"""npz and npy with the names, shapes and numbers that people save: the same pictures and labels."""

import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.datasets.choices import ChoiceNeededError, ImportChoices
from app.core.datasets.content import RawData
from app.core.datasets.tables.reading import read_tables
from app.core.errors import InputError

from .made import DIGITS, PIXELS

IMAGES, LABELS = DIGITS.images, DIGITS.labels


def save(path: Path, **arrays: NDArray[np.generic]) -> Path:
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]
    return path


def read(*paths: Path, label_column: str = "") -> RawData:
    raw = read_tables(paths, ImportChoices(label_column=label_column))
    assert raw is not None
    return raw


def check_digits(raw: RawData) -> None:
    np.testing.assert_array_equal(raw.train.images, IMAGES)
    np.testing.assert_array_equal(raw.train.labels, LABELS)


@pytest.mark.parametrize(
    ("images", "labels"),
    [("x", "y"), ("X", "Y"), ("images", "labels"), ("data", "target"), ("features", "targets"), ("imgs", "classes"),
     ("image_data", "image_label"), ("arr_0", "arr_1"), ("arr_1", "arr_0"), ("a", "b"), ("pixels", "digit")],
)  # fmt: skip
def test_names_of_one_pair(tmp_path: Path, images: str, labels: str) -> None:
    check_digits(read(save(tmp_path / "a.npz", **{images: IMAGES, labels: LABELS})))


def test_labels_that_come_with_the_facts_of_qmnist(tmp_path: Path) -> None:
    facts = np.random.default_rng(0).integers(0, 90_000, (60, 8), np.int32)
    facts[:, 0] = LABELS
    check_digits(read(save(tmp_path / "qmnist.npz", x=IMAGES, y=facts)))


@pytest.mark.parametrize(
    "names",
    [
        ("x_train", "y_train", "x_val", "y_val", "x_test", "y_test"),
        ("X_train", "Y_train", "X_valid", "Y_valid", "X_test", "Y_test"),
        ("train_images", "train_labels", "val_images", "val_labels", "test_images", "test_labels"),
        ("trainX", "trainY", "valX", "valY", "testX", "testY"),
        ("xtrain", "ytrain", "xval", "yval", "xtest", "ytest"),
        ("training_data", "training_target", "dev_data", "dev_target", "testing_data", "testing_target"),
        ("arr_0", "arr_1", "arr_2", "arr_3", "arr_4", "arr_5"),
    ],
)
def test_names_of_parts(tmp_path: Path, names: tuple[str, ...]) -> None:
    places = (slice(30), slice(30, 45), slice(45, 60))
    arrays: dict[str, NDArray[np.generic]] = {}
    for place, images, labels in zip(places, names[::2], names[1::2], strict=True):
        arrays |= {images: IMAGES[place], labels: LABELS[place]}
    raw = read(save(tmp_path / "a.npz", **arrays))
    for part, place in zip((raw.train, raw.validation, raw.test), places, strict=True):
        assert part is not None
        np.testing.assert_array_equal(part.images, IMAGES[place])
        np.testing.assert_array_equal(part.labels, LABELS[place])


@pytest.mark.parametrize(
    "images",
    [
        IMAGES.reshape(60, 1, 28, 28),
        IMAGES.reshape(60, 28, 28, 1),
        PIXELS,
        IMAGES.transpose(1, 2, 0),
        IMAGES.transpose(1, 2, 0)[:, :, None, :],
        np.asfortranarray(IMAGES),
        np.asfortranarray(PIXELS),
        IMAGES.astype(">i4"),
        IMAGES.astype(np.float16),
        IMAGES / 255,
        (IMAGES / 255).astype(">f4"),
        IMAGES / 127.5 - 1,
        IMAGES[..., None].repeat(3, axis=3),
        IMAGES[:, None].repeat(3, axis=1),
        IMAGES.astype(np.int8),
    ],
    ids=lambda array: f"{array.dtype.str}{array.shape}",
)
def test_shapes_and_kinds_of_pictures(tmp_path: Path, images: NDArray[np.generic]) -> None:
    check_digits(read(save(tmp_path / "a.npz", x=images, y=LABELS)))


def test_pictures_of_yes_and_no(tmp_path: Path) -> None:
    raw = read(save(tmp_path / "a.npz", x=IMAGES > 100, y=LABELS))
    np.testing.assert_array_equal(raw.train.images, (IMAGES > 100) * np.uint8(255))


@pytest.mark.parametrize(
    "labels",
    [LABELS[:, None], LABELS.astype(float), LABELS.astype(">i8"), np.eye(10)[LABELS], np.eye(10, dtype=bool)[LABELS],
     LABELS.astype(str), LABELS.astype("S1"), LABELS[None]],
    ids=lambda array: f"{array.dtype.str}{array.shape}",
)  # fmt: skip
def test_shapes_and_kinds_of_labels(tmp_path: Path, labels: NDArray[np.generic]) -> None:
    check_digits(read(save(tmp_path / "a.npz", x=IMAGES, y=labels)))


def test_words_are_labels_and_names_go_with_numbers(tmp_path: Path) -> None:
    words = np.array([f"class {label}" for label in range(10)])
    raw = read(save(tmp_path / "a.npz", x=IMAGES, y=words[LABELS]))
    named = read(save(tmp_path / "b.npz", x=IMAGES, y=LABELS, target_names=words))
    for each in (raw, named):
        check_digits(each)
        assert each.class_names == tuple(words)


def test_files_of_one_array_each(tmp_path: Path) -> None:
    for part, place in (("train", slice(40)), ("test", slice(40, 60))):
        np.save(tmp_path / f"x_{part}.npy", IMAGES[place])
        np.save(tmp_path / f"y_{part}.npy", LABELS[place])
    raw = read(*tmp_path.iterdir())
    assert raw.test is not None
    np.testing.assert_array_equal(raw.train.images, IMAGES[:40])
    np.testing.assert_array_equal(raw.test.labels, LABELS[40:])


def test_a_file_for_each_class(tmp_path: Path) -> None:
    """QuickDraw's bitmaps."""
    for number, name in enumerate(("cat", "hockey stick", "The Eiffel Tower")):
        np.save(tmp_path / f"full_numpy_bitmap_{name}.npy", PIXELS[number == LABELS])
    raw = read(*tmp_path.iterdir())
    assert raw.class_names == ("The Eiffel Tower", "cat", "hockey stick")
    np.testing.assert_array_equal(raw.train.images[raw.train.labels == 1], IMAGES[LABELS == 0])


def test_python_objects_are_refused_without_being_opened(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, ...]:
            return (Path.write_text, (tmp_path / "opened", ""))

    trap = np.empty(60, object)
    trap[:] = Trap()
    np.savez(tmp_path / "a.npz", allow_pickle=True, x=IMAGES, y=trap)
    with pytest.raises(InputError, match=r"y in a\.npz holds Python objects"):
        read(tmp_path / "a.npz")
    assert not (tmp_path / "opened").exists()


def test_labels_that_cannot_be_told_are_asked_for(tmp_path: Path) -> None:
    path = save(tmp_path / "a.npz", images=IMAGES, fine_labels=LABELS, coarse_labels=LABELS // 5)
    with pytest.raises(ChoiceNeededError, match="choose one of: fine_labels, coarse_labels") as asked:
        read(path)
    assert asked.value.options == ("fine_labels", "coarse_labels")
    assert read(path, label_column="coarse_labels").train.labels.max() == 1


@pytest.mark.parametrize(
    ("shape", "said"),
    [((2**40, 28, 28), "damaged"), ((-5, 28, 28), "damaged"), ((60, 28), "lacks an array|without labels")],
)
def test_a_header_that_lies(tmp_path: Path, shape: tuple[int, ...], said: str) -> None:
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("x.npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + bytes(60 * 28))
    with pytest.raises(InputError, match=said):
        read(tmp_path / "a.npz")


@pytest.mark.parametrize("is_last", [False, True])
@pytest.mark.parametrize("dtype", ["uint8", ">i8", "float32"])
def test_labels_in_a_column_of_the_pixels(tmp_path: Path, is_last: bool, dtype: str) -> None:
    columns = [PIXELS, LABELS[:, None]] if is_last else [LABELS[:, None], PIXELS]
    rows = np.concatenate(columns, axis=1).astype(dtype)
    np.save(tmp_path / "a.npy", np.asfortranarray(rows))
    check_digits(read(tmp_path / "a.npy"))
    check_digits(read(tmp_path / "a.npy", label_column="785" if is_last else "1"))
    raw = read(save(tmp_path / "a.npz", train=rows, test=rows[:20]))
    check_digits(raw)
    assert raw.test is not None
    np.testing.assert_array_equal(raw.test.labels, LABELS[:20])


@pytest.mark.parametrize("name", ["{}", "digit_{}", "class {}"])
def test_an_array_for_each_class(tmp_path: Path, name: str) -> None:
    raw = read(save(tmp_path / "a.npz", **{name.format(digit): IMAGES[digit == LABELS] for digit in range(10)}))
    order = np.argsort(LABELS, kind="stable")
    np.testing.assert_array_equal(raw.train.images, IMAGES[order])
    np.testing.assert_array_equal(raw.train.labels, LABELS[order])


def test_named_fields_are_refused_as_such(tmp_path: Path) -> None:
    short = np.zeros(3, [("label", "u1"), ("image", "u1", (28, 28))])
    long = np.zeros(3, [(f"pixel{number}", "u1") for number in range(784)])
    for rows in (short, long):
        np.save(tmp_path / "a.npy", rows)
        with pytest.raises(InputError, match="named fields"):
            read(tmp_path / "a.npy")


def test_a_dictionary_is_called_a_pickle(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", {"x": IMAGES}, allow_pickle=True)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="pickle"):
        read(tmp_path / "a.npy")

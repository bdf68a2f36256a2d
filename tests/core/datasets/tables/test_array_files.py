"""Arrays in files of their own: parts by files and folders, labels as text beside them, and HDF5."""

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import h5py
import numpy as np
import pytest

from app.core.datasets.choices import ChoiceNeededError, ImportChoices
from app.core.datasets.content import RawData
from app.core.datasets.files import hdf5
from app.core.datasets.formats import read_data
from app.core.errors import InputError

from .made import DIGITS, PIXELS

TRAIN, TEST = slice(40), slice(40, 60)


def check_parts(raw: RawData) -> None:
    for found, place in ((raw.train, TRAIN), (raw.test, TEST)):
        assert found is not None
        np.testing.assert_array_equal(found.images, DIGITS.images[place])
        np.testing.assert_array_equal(found.labels, DIGITS.labels[place])


def check_digits(raw: RawData) -> None:
    np.testing.assert_array_equal(raw.train.images, DIGITS.images)
    np.testing.assert_array_equal(raw.train.labels, DIGITS.labels)


def each_part(write: Callable[[str, slice], None]) -> None:
    write("train", TRAIN)
    write("test", TEST)


def test_a_folder_of_arrays_for_each_part(tmp_path: Path) -> None:
    def write(part: str, place: slice) -> None:
        (tmp_path / part).mkdir()
        np.save(tmp_path / part / "images.npy", DIGITS.images[place])
        np.save(tmp_path / part / "labels.npy", DIGITS.labels[place])

    each_part(write)
    check_parts(read_data(tmp_path))


@pytest.mark.parametrize("name", ["{}.npz", "digits_{}.npz", "{}/data.npz"])
def test_an_archive_of_arrays_for_each_part(tmp_path: Path, name: str) -> None:
    def write(part: str, place: slice) -> None:
        path = tmp_path / name.format(part)
        path.parent.mkdir(exist_ok=True)
        np.savez(path, images=DIGITS.images[place], labels=DIGITS.labels[place])

    each_part(write)
    check_parts(read_data(tmp_path))


def test_archives_of_the_same_part_are_sets_of_their_own(tmp_path: Path) -> None:
    for name in ("a", "b"):
        np.savez(tmp_path / f"{name}.npz", images=DIGITS.images, labels=DIGITS.labels)
    with pytest.raises(ChoiceNeededError, match="2 npz files"):
        read_data(tmp_path)
    check_digits(read_data(tmp_path, ImportChoices(subset="b")))


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("labels.csv", ["label", *map(str, DIGITS.labels)]),
        ("labels.csv", ["id,label", *(f"{n},{label}" for n, label in enumerate(DIGITS.labels))]),
        ("info.csv", ["file,label,writer", *(f"{n}.png,{label},{n % 7}" for n, label in enumerate(DIGITS.labels))]),
        ("y.txt", list(map(str, DIGITS.labels))),
    ],
)
@pytest.mark.parametrize("is_pointed_at", [True, False])
def test_labels_as_text_beside_an_array(tmp_path: Path, name: str, lines: Sequence[str], is_pointed_at: bool) -> None:
    np.save(tmp_path / "X.npy", PIXELS)
    (tmp_path / name).write_text("\n".join(lines))
    check_digits(read_data(tmp_path / "X.npy" if is_pointed_at else tmp_path))


def test_words_as_text_beside_an_array(tmp_path: Path) -> None:
    np.save(tmp_path / "X.npy", PIXELS)
    (tmp_path / "labels.txt").write_text("label\n" + "\n".join("ab"[label % 2] for label in DIGITS.labels))
    assert read_data(tmp_path).class_names == ("a", "b")


def test_pictures_without_labels_are_left_out_and_named(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x_train=DIGITS.images, y_train=DIGITS.labels, x_test=DIGITS.images)
    raw = read_data(tmp_path)
    check_digits(raw)
    assert [(left.source, left.why) for left in raw.left_out] == [("a.npz, test pictures", "It has no labels.")]


def test_a_table_for_each_class(tmp_path: Path) -> None:
    for label in range(10):
        rows = PIXELS[DIGITS.labels == label]
        (tmp_path / f"digit-{label}.csv").write_text("\n".join(",".join(map(str, row)) for row in rows))
    raw = read_data(tmp_path)
    assert len(raw.train) == 60
    np.testing.assert_array_equal(np.bincount(raw.train.labels), [6] * 10)


@pytest.mark.parametrize("name", ["mnist", "train.csv (1)", "train.csv - Copy"])
def test_a_table_without_an_ending(tmp_path: Path, name: str) -> None:
    rows = (",".join(map(str, [label, *row])) for label, row in zip(DIGITS.labels, PIXELS, strict=True))
    (tmp_path / name).write_text("\n".join(rows))
    (tmp_path / "README").write_text("These are digits, " * 60)
    check_digits(read_data(tmp_path))
    check_digits(read_data(tmp_path / name))


@pytest.mark.parametrize(
    ("encoding", "said"), [("utf-16", "UTF-16"), ("utf-8-sig", "a byte order mark"), ("utf-8", "")]
)
def test_how_a_table_is_written_is_said(tmp_path: Path, encoding: str, said: str) -> None:
    rows = (",".join(map(str, [label, *row])) for label, row in zip(DIGITS.labels, PIXELS, strict=True))
    (tmp_path / "a.csv").write_text("\n".join(rows), encoding=encoding)
    assert [said in note for note in read_data(tmp_path / "a.csv").notes] == ([True] if said else [])


# HDF5


@pytest.fixture
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process, which is quicker; what the other one adds is tested with models."""
    monkeypatch.setattr(hdf5, "run_in_child", lambda call, *arguments, **_: call(*arguments))


def test_an_hdf5_file_is_read_in_a_process_of_its_own(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["x_train"], file["y_train"] = DIGITS.images, DIGITS.labels
    check_digits(read_data(tmp_path / "a.h5"))


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize(
    "names", ["{}/data {}/target", "{}_set_x {}_set_y", "set/{}/images set/{}/labels", "X_{} y_{}"]
)
@pytest.mark.parametrize("packing", [None, "gzip", "lzf"])
def test_hdf5_with_groups_and_packings(tmp_path: Path, names: str, packing: str | None) -> None:
    with h5py.File(tmp_path / "a.hdf5", "w") as file:
        pictures, labels = names.split()

        def write(part: str, place: slice) -> None:
            file.create_dataset(pictures.format(part), data=DIGITS.images[place], compression=packing)
            file.create_dataset(labels.format(part), data=DIGITS.labels[place].astype(">i8"))

        each_part(write)
    check_parts(read_data(tmp_path))


@pytest.mark.usefixtures("inline")
def test_words_in_hdf5(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["images"] = DIGITS.images / 255
        words = np.array(["été" if label % 2 else "b" for label in DIGITS.labels], object)
        file.create_dataset("labels", data=words, dtype=h5py.string_dtype())
    assert read_data(tmp_path / "a.h5").class_names == ("b", "été")


def _elsewhere(file: h5py.File, folder: Path) -> None:
    file["images"] = h5py.ExternalLink(str(folder / "b.h5"), "images")


def _kept_elsewhere(file: h5py.File, folder: Path) -> None:
    file.create_dataset("images", (60, 784), "u1", external=[(str(folder / "raw"), 0, 60 * 784)])


def _put_together(file: h5py.File, folder: Path) -> None:
    layout = h5py.VirtualLayout((60, 784), "u1")
    layout[:] = h5py.VirtualSource(str(folder / "b.h5"), "images", (60, 784))
    file.create_virtual_dataset("images", layout)


def _endless(file: h5py.File, _folder: Path) -> None:
    file.create_dataset("images", (2**40, 784), "u1", chunks=(64, 784), compression="gzip")


def _large_chunks(file: h5py.File, _folder: Path) -> None:
    file.create_dataset("images", (2**20, 784), "u1", chunks=(2**20, 784), compression="gzip")


def _model(file: h5py.File, _folder: Path) -> None:
    file.attrs["model_config"] = "{}"


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize(
    ("make", "said"),
    [(_elsewhere, "link to another file"), (_kept_elsewhere, "lie in another file"), (_put_together, "another file"),
     (_endless, "more than 256 MB"), (_large_chunks, "more than"), (_model, "import it on the Models page")],
)  # fmt: skip
def test_hdf5_that_is_refused(tmp_path: Path, make: Callable[[h5py.File, Path], None], said: str) -> None:
    with h5py.File(tmp_path / "b.h5", "w") as other:
        other["images"] = PIXELS
    (tmp_path / "raw").write_bytes(PIXELS.tobytes())
    with h5py.File(tmp_path / "a.h5", "w") as file:
        make(file, tmp_path)
        file["labels"] = DIGITS.labels
    with pytest.raises(InputError, match=said):
        read_data(tmp_path / "a.h5")


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize("cut", [8, 600, -40])
def test_a_damaged_hdf5_file(tmp_path: Path, cut: int) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["images"], file["labels"] = DIGITS.images, DIGITS.labels
    content = (tmp_path / "a.h5").read_bytes()
    (tmp_path / "a.h5").write_bytes(content[:cut])
    with pytest.raises(InputError, match="damaged"):
        read_data(tmp_path / "a.h5")


def test_texts_without_letters_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", images=np.zeros((4, 9, 9), np.uint8), labels=[0, 1, 0, 1], class_names=["aa", "bb"])
    (tmp_path / "in").mkdir()
    with zipfile.ZipFile(tmp_path / "a.npz") as packed, zipfile.ZipFile(tmp_path / "in" / "b.npz", "w") as broken:
        for name in packed.namelist():
            broken.writestr(name, packed.read(name).replace(b"'<U2'", b"'<U0'"))
    with pytest.raises(InputError, match="texts without letters"):
        read_data(tmp_path / "in" / "b.npz")


@pytest.mark.parametrize("is_single", [False, True])
@pytest.mark.parametrize("part", ["", "train/"])
def test_folders_of_arrays_called_like_classes(tmp_path: Path, is_single: bool, part: str) -> None:
    for digit in range(10):
        folder = tmp_path / f"{part}{digit}"
        folder.mkdir(parents=True)
        pictures = DIGITS.images[DIGITS.labels == digit]
        for number, array in enumerate(pictures if is_single else [pictures]):
            np.save(folder / f"{number}.npy", array)
    found = read_data(tmp_path).train
    order = np.argsort(DIGITS.labels, kind="stable")
    np.testing.assert_array_equal(found.labels, DIGITS.labels[order])
    np.testing.assert_array_equal(found.images, DIGITS.images[order])


def test_a_folder_of_classes_for_each_part(tmp_path: Path) -> None:
    for part, place in (("train", slice(3)), ("test", slice(3, 6))):
        (tmp_path / part).mkdir()
        for digit in range(10):
            np.save(tmp_path / part / f"{digit}.npy", DIGITS.images[DIGITS.labels == digit][place])
    raw = read_data(tmp_path)
    assert raw.test is not None
    assert raw.test.labels.tolist() == raw.train.labels.tolist() == np.repeat(range(10), 3).tolist()


def test_files_of_one_name_and_size_in_several_folders_are_all_read(tmp_path: Path) -> None:
    for part, place in (("train", slice(30)), ("test", slice(30, 60))):
        (tmp_path / part).mkdir()
        np.savez(tmp_path / part / "data.npz", images=DIGITS.images[place], labels=DIGITS.labels[place])
    raw = read_data(tmp_path)
    assert raw.test is not None
    np.testing.assert_array_equal(raw.test.images, DIGITS.images[30:])

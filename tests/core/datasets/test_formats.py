import io
import os
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.core.datasets.formats import read_data
from app.core.datasets.pictures import found as pictures
from app.core.datasets.sources import load_dataset
from app.core.datasets.tables import text as table_text
from app.core.errors import InputError
from app.core.imaging.pictures import load_picture
from app.core.imaging.preprocess import prepare_picture

from .helpers import SmallSet, random_images

DATA = random_images(12, 5)
DIGITS = load_dataset("mnist").test.images[:20]


def _csv(*, header: bool = True, rows: int = 12) -> str:
    lines = [",".join(map(str, (DATA.labels[i], *DATA.images[i].ravel()))) for i in range(rows)]
    titles = ",".join(["label", *(f"pixel{i}" for i in range(784))])
    return "\n".join([titles, *lines] if header else lines) + "\n"


def _png(path: Path, array: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(array).save(path)


@pytest.mark.parametrize("packed", [True, False])
def test_idx_folder(tmp_path: Path, tiny: SmallSet, packed: bool) -> None:
    raw = read_data(tiny.write(tmp_path / "set", packed=packed))
    assert raw.test is not None
    np.testing.assert_array_equal(raw.train.images, tiny.content.train.images)
    np.testing.assert_array_equal(raw.test.labels, tiny.content.test.labels)


def test_idx_folder_under_kaggles_file_names_and_without_test_part(tmp_path: Path, tiny: SmallSet) -> None:
    folder = tiny.write(tmp_path / "set", packed=False)
    for name in ("train-images", "train-labels"):
        file = next(folder.glob(f"{name}*"))
        file.rename(folder / file.name.replace("-idx", ".idx"))
    for file in folder.glob("t10k*"):
        file.unlink()
    raw = read_data(folder)
    assert raw.test is None
    assert len(raw.train) == 40


def test_idx_folder_with_a_file_missing(tmp_path: Path, tiny: SmallSet) -> None:
    folder = tiny.write(tmp_path / "set")
    (folder / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(InputError, match="lacks the test pictures or labels"):
        read_data(folder)


@pytest.mark.parametrize("shape", [(12, 28, 28), (12, 784), (12, 28, 28, 1)])
def test_npz_in_the_shapes_people_save(tmp_path: Path, shape: tuple[int, ...]) -> None:
    np.savez(tmp_path / "a.npz", x_train=DATA.images.reshape(shape), y_train=DATA.labels.astype(np.int64))
    raw = read_data(tmp_path / "a.npz")
    assert raw.test is None
    np.testing.assert_array_equal(raw.train.images, DATA.images)
    np.testing.assert_array_equal(raw.train.labels, DATA.labels)


def test_npz_saved_in_fortran_order(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x_train=np.asfortranarray(DATA.images), y_train=DATA.labels)
    np.testing.assert_array_equal(read_data(tmp_path / "a.npz").train.images, DATA.images)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"x_train": DATA.images}, "pictures without labels"),
        ({"y_train": DATA.labels}, "lacks an array of pictures"),
        ({"x_train": DATA.images.astype(int) * 2, "y_train": DATA.labels}, "outside 0 to 255"),
        ({"x_train": DATA.images[:, :3], "y_train": DATA.labels}, "28 x 28"),
        ({"x_train": DATA.images, "y_train": DATA.labels[:5]}, "12 pictures and 5 labels"),
        ({"x_train": DATA.images, "y_train": np.ones((12, 12), int)}, "not one of which is 1"),
        ({"x_train": DATA.images[:0], "y_train": DATA.labels[:0]}, "0 pictures"),
        ({"x_train": np.uint8(3), "y_train": DATA.labels}, "28 x 28"),
        ({"x_train": DATA.images, "y_train": np.uint8(3)}, "labels must be a list"),
        ({"x_train": np.array([object()]), "y_train": DATA.labels}, "Python objects"),
    ],
)
def test_unusable_npz(tmp_path: Path, arrays: dict[str, np.ndarray], message: str) -> None:
    np.savez(tmp_path / "a.npz", allow_pickle=True, **arrays)
    with pytest.raises(InputError, match=message):
        read_data(tmp_path / "a.npz")


def test_damaged_npz(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x_train=DATA.images, y_train=DATA.labels)
    content = bytearray((tmp_path / "a.npz").read_bytes())
    content[3000] ^= 1
    for data in (content, content[:-30], b"nothing"):
        (tmp_path / "a.npz").write_bytes(data)
        with pytest.raises(InputError, match="damaged or not an npz"):
            read_data(tmp_path / "a.npz")


@pytest.mark.parametrize(("count", "message"), [(2**40, "damaged"), (10_000, "damaged")])
def test_npz_that_announces_more_than_it_has(tmp_path: Path, count: int, message: str) -> None:
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({count}, 28, 28), }}\n".encode()
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("x_train.npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + b"1234")
    with pytest.raises(InputError, match=message):
        read_data(tmp_path / "a.npz")


@pytest.mark.parametrize(
    "text",
    [
        _csv(),
        _csv(header=False),
        _csv().replace("\n", "\r\n"),
        "\ufeff" + _csv() + "\n",
        _csv().replace(",7,", ',"7.0",'),
        _csv(header=False).replace(",", ".0,"),
    ],
)
@pytest.mark.parametrize("block_bytes", [1000, 1 << 20])
def test_csv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, block_bytes: int) -> None:
    monkeypatch.setattr(table_text, "BLOCK_BYTES", block_bytes)
    (tmp_path / "a.csv").write_text(text, encoding="utf-8", newline="")
    raw = read_data(tmp_path / "a.csv")
    np.testing.assert_array_equal(raw.train.images, DATA.images)
    np.testing.assert_array_equal(raw.train.labels, DATA.labels)


def test_csv_with_the_label_in_another_column(tmp_path: Path) -> None:
    lines = [line.split(",", 1) for line in _csv().splitlines()]
    (tmp_path / "a.csv").write_text("\n".join(f"{rest},{label}" for label, rest in lines))
    raw = read_data(tmp_path / "a.csv")
    np.testing.assert_array_equal(raw.train.images, DATA.images)
    np.testing.assert_array_equal(raw.train.labels, DATA.labels)


def test_folder_with_two_csv_files(tmp_path: Path) -> None:
    (tmp_path / "mnist_train.csv").write_text(_csv())
    (tmp_path / "mnist_test.csv").write_text(_csv(rows=5))
    raw = read_data(tmp_path)
    assert raw.test is not None
    assert (len(raw.train), len(raw.test)) == (12, 5)
    # A competition's test file has no labels: it is of no use, and no obstacle.
    (tmp_path / "mnist_test.csv").write_text("\n".join(line.split(",", 1)[1] for line in _csv().splitlines()))
    assert read_data(tmp_path).test is None
    (tmp_path / "other.csv").write_text(_csv())
    with pytest.raises(InputError, match=r"2 tables of several data sets \(mnist, other\)"):
        read_data(tmp_path)


@pytest.mark.parametrize(
    "name", ["train_part{}.csv", "{:03}.csv", "mnist-{}-train.csv", "{}of12.csv", "part-{:05}-3f1c.csv"]
)
def test_pieces_of_a_table(tmp_path: Path, name: str) -> None:
    (tmp_path / name.format(9)).write_text(_csv(rows=5))
    (tmp_path / name.format(10)).write_text(_csv())
    raw = read_data(tmp_path)
    np.testing.assert_array_equal(raw.train.labels, [*DATA.labels[:5], *DATA.labels])
    (tmp_path / name.format(100)).write_text(_csv())  # they do not count on: sets of their own
    with pytest.raises(InputError, match="3 tables of several data sets"):
        read_data(tmp_path)


def test_the_folder_of_kaggles_competition(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text(_csv())
    (tmp_path / "test.csv").write_text("\n".join(line.split(",", 1)[1] for line in _csv().splitlines()))
    (tmp_path / "sample_submission.csv").write_text("ImageId,Label\n1,0\n2,0\n")
    raw = read_data(tmp_path)
    np.testing.assert_array_equal(raw.train.labels, DATA.labels)
    assert raw.test is None


ROW = _csv().splitlines()[1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("a,b\n1,2\n", "2 columns"),
        (_csv().splitlines()[0], "0 pictures"),
        (_csv(rows=2).replace("\n", ",256\n"), "2 of 2 rows|square picture"),
    ],
)
def test_unusable_csv(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(InputError, match=message):
        read_data(tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (ROW[: ROW.rindex(",")], "It has 784 columns, not 785"),
        (ROW + ",0", "It has 786 columns, not 785"),
        (ROW + "6", "Its pixels go from 0 to"),
        (ROW + "000", "Its pixels go from 0 to"),
        (ROW[: ROW.rindex(",")] + ",-1", "Its pixels go from -1 to"),
        (ROW[: ROW.rindex(",")] + ",", "A pixel is missing"),
        (ROW + "x", "is no pixel"),
        (ROW[: ROW.rindex(",")] + ",nan", "no finite number"),
        (ROW[: ROW.rindex(",")] + ",1e999", "no finite number"),
        (ROW[ROW.index(",") :], "It has no label"),
    ],
)
def test_damaged_rows_of_a_csv_are_left_out_and_told(tmp_path: Path, row: str, why: str) -> None:
    (tmp_path / "a.csv").write_text(f"{_csv(rows=5)}{row}\n{_csv(header=False)}")
    raw = read_data(tmp_path / "a.csv")
    np.testing.assert_array_equal(raw.train.images[5:], DATA.images)
    np.testing.assert_array_equal(raw.train.labels[5:], DATA.labels)
    assert raw.left_out_count == 1
    assert raw.left_out[0].source == "a.csv, line 7"
    assert why in raw.left_out[0].why
    (tmp_path / "a.csv").write_text(f"{_csv()}{(row + chr(10)) * 12}")
    with pytest.raises(InputError, match=r"12 of 24 rows of a\.csv cannot be read"):
        read_data(tmp_path / "a.csv")


def test_damaged_packed_csv(tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(b"\x1f\x8b\x08nonsense")
    with pytest.raises(InputError, match="damaged gzip"):
        read_data(tmp_path / "a.csv.gz")


def test_folder_of_pictures(tmp_path: Path) -> None:
    for name in ("10", "9", "cat"):
        _png(tmp_path / name / "b.png", np.full((28, 28), 7, np.uint8))
        _png(tmp_path / name / "a.png", DIGITS[0])
    (tmp_path / "9" / "notes.txt").write_text("not a picture")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / "empty").mkdir()
    raw = read_data(tmp_path)
    assert raw.class_names == ("9", "10", "cat")  # numbers as numbers, then names
    assert raw.train.labels.tolist() == [0, 1, 2]
    np.testing.assert_array_equal(raw.train.images[0], DIGITS[0])  # a digit of MNIST stays as it is
    assert [(one.source, one.why) for one in raw.left_out] == [
        ("9/notes.txt", "It is no picture."),
        ("9/b.png", "Nothing was found on it."),
        ("10/b.png", "Nothing was found on it."),
        ("cat/b.png", "Nothing was found on it."),
    ]
    assert raw.left_out_count == 4
    assert raw.test is None


def test_a_folder_in_which_nothing_is_found_is_refused(tmp_path: Path) -> None:
    for name in "ab":
        _png(tmp_path / name / "blank.png", np.full((28, 28), 255, np.uint8))
    with pytest.raises(InputError, match="Nothing was found on any picture"):
        read_data(tmp_path)


def test_folder_of_pictures_in_two_parts(tmp_path: Path) -> None:
    for part, count in (("training", 3), ("testing", 2)):
        for name in "ab":
            for i in range(count):
                _png(tmp_path / part / name / f"{i}.png", DIGITS[i])
    raw = read_data(tmp_path)
    assert raw.test is not None
    assert (raw.class_names, len(raw.train), len(raw.test)) == (("a", "b"), 6, 4)
    _png(tmp_path / "testing" / "c" / "0.png", np.zeros((28, 28), np.uint8))
    with pytest.raises(InputError, match="class c is in testing but not in training"):
        read_data(tmp_path)


@pytest.mark.parametrize("dark_on_light", [True, False])
def test_a_picture_is_trained_on_as_it_is_read(tmp_path: Path, dark_on_light: bool) -> None:
    random = np.random.default_rng(3)
    for number, digit in enumerate(DIGITS[:20]):
        canvas = np.zeros((280, 400), np.uint8)
        side = int(random.integers(60, 200))
        top, left = random.integers(0, 280 - side), random.integers(0, 400 - side)
        canvas[top : top + side, left : left + side] = np.asarray(Image.fromarray(digit).resize((side, side)))
        _png(tmp_path / "ab"[number % 2] / f"{number:02}.png", 255 - canvas if dark_on_light else canvas)
    files = sorted((tmp_path / "a").iterdir()) + sorted((tmp_path / "b").iterdir())
    for image, path in zip(read_data(tmp_path).train.images, files, strict=True):
        seen = prepare_picture(load_picture(path), "mnist-1").image
        assert np.abs(image / 255 - seen).max() <= 0.5 / 255 + 1e-6
        assert np.ptp(np.argwhere(image), axis=0).max() == 19  # its ink fills MNIST's box of 20 pixels


def test_a_class_needs_a_name_that_is_text(tmp_path: Path) -> None:
    for name in ("a", os.fsdecode(b"b\xff")):
        _png(tmp_path / name / "0.png", DIGITS[0])
    with pytest.raises(InputError, match="not valid Unicode; rename it"):
        read_data(tmp_path)


def test_unusable_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "ab":
        _png(tmp_path / name / "0.png", np.zeros((28, 28), np.uint8))
    data = (tmp_path / "a" / "0.png").read_bytes()
    for damaged in (b"", b"<svg/>", data[:45]):
        (tmp_path / "a" / "0.png").write_bytes(damaged)
        with pytest.raises(InputError, match=r"2 pictures cannot be used. a/0\.png: "):
            read_data(tmp_path)
    (tmp_path / "a" / "0.png").write_bytes(data)
    monkeypatch.setattr(pictures, "MAX_IMAGES", 1)
    with pytest.raises(InputError, match="at most 1"):
        read_data(tmp_path)


def test_picture_that_would_unpack_to_gigabytes(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    Image.new("1", (1, 1)).save(buffer, "PNG")
    data = bytearray(buffer.getvalue())
    data[16:24] = struct.pack(">2I", 60_000, 60_000)
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / "0.png").write_bytes(data)
    with pytest.raises(InputError, match=r"0\.png"):
        read_data(tmp_path)


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file or folder"):
        read_data(tmp_path / "no")
    with pytest.raises(InputError, match="No data was found"):
        read_data(tmp_path)
    (tmp_path / "a.txt").touch()
    with pytest.raises(InputError, match=r"a\.txt is empty"):
        read_data(tmp_path / "a.txt")
    (tmp_path / "only").mkdir()
    _png(tmp_path / "only" / "0.png", np.zeros((28, 28), np.uint8))
    with pytest.raises(InputError, match="There is 1 class in"):
        read_data(tmp_path)


def test_of_several_npz_files_none_is_chosen_silently(tmp_path: Path) -> None:
    for name in ("a", "b", "c", "d"):
        np.savez(tmp_path / f"{name}.npz", x_train=DATA.images, y_train=DATA.labels)
    with pytest.raises(InputError, match=r"There are 4 npz files \(a.npz, b.npz, c.npz, …\); choose one of them"):
        read_data(tmp_path)
    assert len(read_data(tmp_path / "b.npz").train) == 12

"""Inputs as strangers have them, written from the starter pictures: a function for each, and what should come of it."""

import csv
import gzip
import io
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from app.core.datasets.sources import load_dataset
from app.core.datasets.types import Dataset, LabelledImages

COUNT, TEST_COUNT = 800, 200
"""Pictures of most inputs, and of their test part."""

Levels = NDArray[np.uint8]


@dataclass(frozen=True)
class Expected:
    """What should come out. `test` None: a part may have been set aside. `sentence`: no data, and the program says so.

    `source` is the set whose starter pictures went in, empty for others; `says` a part of what is told.
    `alike` is the least correlation of a class's mean picture with that of what went in.
    """

    pictures: int = COUNT
    classes: int = 10
    test: int | None = None
    validation: int = 0
    left_out: int = 0
    source: str = "mnist"
    says: str = ""
    alike: float = 0.95
    sentence: bool = False


DIGITS = Expected()
DIGITS_AND_TEST = Expected(COUNT + TEST_COUNT, test=TEST_COUNT)
CLOTHES = Expected(source="fashion-mnist", says="Fashion-MNIST")
REFUSED = Expected(sentence=True)


@dataclass(frozen=True)
class Case:
    """One input: `write` puts it into an empty folder and returns what is to be imported, None for the folder."""

    group: str
    name: str
    write: Callable[[Path], Path | None]
    expected: Expected


CASES: list[Case] = []


def case(group: str, expected: Expected) -> Callable[[Callable[[Path], Path | None]], Callable[[Path], Path | None]]:
    """Make a function a case, called as it says in its docstring."""

    def keep(write: Callable[[Path], Path | None]) -> Callable[[Path], Path | None]:
        CASES.append(Case(group, (write.__doc__ or "").strip("."), write, expected))
        return write

    return keep


@cache
def starter(name: str) -> Dataset:
    """The starter pictures of a set."""
    return load_dataset(name)


@cache
def mixed(name: str = "mnist", count: int = COUNT, is_test: bool = False) -> LabelledImages:
    """Some of them; in the file the classes lie one after the other."""
    whole = starter(name).test if is_test else starter(name).train
    chosen = np.random.default_rng(7).permutation(len(whole))[:count]
    return LabelledImages(whole.images[chosen], whole.labels[chosen])


def _test() -> LabelledImages:
    return mixed(count=TEST_COUNT, is_test=True)


def _idx(array: NDArray[np.generic], type_code: int = 8) -> bytes:
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, type_code, array.ndim, *array.shape) + array.tobytes()


def _png(image: Levels, form: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, form)
    return buffer.getvalue()


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _table(
    path: Path, rows: Iterable[Sequence[object]], header: Sequence[str] = (), separator: str = ",", code: str = "utf-8"
) -> None:
    with path.open("w", encoding=code, newline="") as file:
        writer = csv.writer(file, delimiter=separator)
        writer.writerows([header] if header else [])
        writer.writerows(rows)


def _rows(images: LabelledImages) -> list[list[object]]:
    flat = images.images.reshape(len(images), -1).tolist()
    return [[label, *pixels] for label, pixels in zip(images.labels.tolist(), flat, strict=True)]


PIXELS = tuple(f"pixel{number}" for number in range(784))


def _pictures(
    folder: Path,
    images: LabelledImages,
    names: Sequence[str] = "0123456789",
    ending: str = ".png",
    change: Callable[[Levels], Levels] = lambda image: image,
) -> None:
    form = "JPEG" if ending == ".JPG" else "PNG"
    for number, (image, label) in enumerate(zip(images.images, images.labels, strict=True)):
        _put(folder / names[label] / f"{number:05d}{ending}", _png(change(image), form))


def _resized(image: Levels, side: int) -> Levels:
    return np.asarray(Image.fromarray(image).resize((side, side), Image.Resampling.BOX))


def _photographed(image: Levels) -> Levels:
    return _resized(255 - image, 112)


# IDX files


@case("IDX files", DIGITS_AND_TEST)
def _(folder: Path) -> None:
    """Upper case, a dot before idx3."""
    train, test = mixed(), _test()
    _put(folder / "TRAIN-IMAGES.IDX3-UBYTE", _idx(train.images))
    _put(folder / "TRAIN-LABELS.IDX1-UBYTE", _idx(train.labels))
    _put(folder / "T10K-IMAGES.IDX3-UBYTE", _idx(test.images))
    _put(folder / "T10K-LABELS.IDX1-UBYTE", _idx(test.labels))


@case("IDX files", DIGITS)
def _(folder: Path) -> None:
    """A browser's copies of two files, called otherwise."""
    _put(folder / "images (2).gz", gzip.compress(_idx(mixed().images), 1))
    _put(folder / "labels (2).gz", gzip.compress(_idx(mixed().labels), 1))


@case("IDX files", DIGITS)
def _(folder: Path) -> None:
    """Labels of four bytes, ending .bin."""
    _put(folder / "train_images.bin", _idx(mixed().images))
    _put(folder / "train_labels.bin", _idx(mixed().labels.astype(">i4"), 12))


@case("IDX files", CLOTHES)
def _(folder: Path) -> None:
    """Three folders too deep."""
    clothes = mixed("fashion-mnist")
    _put(folder / "a" / "b" / "c" / "train-images-idx3-ubyte", _idx(clothes.images))
    _put(folder / "a" / "b" / "c" / "train-labels-idx1-ubyte", _idx(clothes.labels))


@case("IDX files", DIGITS)
def _(folder: Path) -> None:
    """Each file in a folder of its name, as Kaggle packs them."""
    _put(folder / "train-images-idx3-ubyte" / "train-images-idx3-ubyte", _idx(mixed().images))
    _put(folder / "train-labels-idx1-ubyte" / "train-labels-idx1-ubyte", _idx(mixed().labels))


@case("IDX files", REFUSED)
def _(folder: Path) -> None:
    """Cut off."""
    _put(folder / "train-images-idx3-ubyte", _idx(mixed().images)[:-20_000])
    _put(folder / "train-labels-idx1-ubyte", _idx(mixed().labels))


@case("IDX files", REFUSED)
def _(folder: Path) -> None:
    """A web page under the name of one."""
    _put(folder / "train-images-idx3-ubyte", b"<!DOCTYPE html><html><body>Not found</body></html>")
    _put(folder / "train-labels-idx1-ubyte", _idx(mixed().labels))


# Tables


@case("tables", DIGITS)
def _(folder: Path) -> None:
    """Tabs, byte order mark, CRLF, the label called target."""
    _table(folder / "digits.tsv", _rows(mixed()), ("target", *PIXELS), "\t", "utf-8-sig")


@case("tables", DIGITS)
def _(folder: Path) -> None:
    """UTF-16 and semicolons."""
    _table(folder / "a.csv", _rows(mixed()), ("Label", *PIXELS), ";", "utf-16")


@case("tables", DIGITS)
def _(folder: Path) -> None:
    """A column of names before the label."""
    rows = [[f"img_{number}.png", *row] for number, row in enumerate(_rows(mixed()))]
    _table(folder / "train.csv", rows, ("id", "label", *PIXELS))


@case("tables", CLOTHES)
def _(folder: Path) -> None:
    """Words as labels, in the last column."""
    names = starter("fashion-mnist").class_names
    rows = [[*pixels, names[int(str(label))]] for label, *pixels in _rows(mixed("fashion-mnist"))]
    _table(folder / "f.csv", rows, (*PIXELS, "article"))


@case("tables", CLOTHES)
def _(folder: Path) -> None:
    """Fashion-MNIST as Kaggle has it."""
    _table(folder / "fashion-mnist_train.csv", _rows(mixed("fashion-mnist")), ("label", *PIXELS))


@case("tables", DIGITS)
def _(folder: Path) -> None:
    """Decimal commas from 0 to 1."""
    rows = [
        [label, *(f"{int(str(v)) / 255:.4f}".replace(".", ",") for v in pixels)] for label, *pixels in _rows(mixed())
    ]
    _table(folder / "x.csv", rows, ("y", *PIXELS), ";")


@case("tables", Expected(COUNT, validation=100, test=100))
def _(folder: Path) -> None:
    """All pixels in one column, and a column of parts."""
    parts = ["Training"] * 600 + ["PublicTest"] * 100 + ["PrivateTest"] * 100
    rows = [
        [label, " ".join(map(str, pixels)), part] for (label, *pixels), part in zip(_rows(mixed()), parts, strict=True)
    ]
    _table(folder / "fer.csv", rows, ("emotion", "pixels", "Usage"))


@case("tables", Expected(COUNT - 3, left_out=3))
def _(folder: Path) -> None:
    """Three damaged rows."""
    rows = _rows(mixed())
    rows[10][5], rows[20], rows[30][7] = "x", rows[20][:100], 999
    _table(folder / "train.csv", rows, ("label", *PIXELS))


@case("tables", Expected(alike=0.65))  # most of what went in is gone, and large pixels get round corners
def _(folder: Path) -> None:
    """8 x 8 pixels from 0 to 16, label last, no titles."""
    rows = [
        [*(_resized(image, 8) // 16).ravel().tolist(), label]
        for image, label in zip(mixed().images, mixed().labels.tolist(), strict=True)
    ]
    _table(folder / "digits.csv", rows)


@case("tables", Expected(left_out=2))
def _(folder: Path) -> None:
    """A competition: train, test without labels, a sample answer."""
    _table(folder / "train.csv", _rows(mixed()), ("label", *PIXELS))
    _table(folder / "test.csv", [row[1:] for row in _rows(_test())], PIXELS)
    _table(folder / "sample_submission.csv", [[n + 1, 0] for n in range(TEST_COUNT)], ("ImageId", "Label"))


@case("tables", DIGITS)
def _(folder: Path) -> None:
    """ARFF, as OpenML has MNIST."""
    titles = "".join(f"@ATTRIBUTE {name} real\n" for name in PIXELS)
    data = "\n".join(",".join(map(str, [*pixels, label])) for label, *pixels in _rows(mixed()))
    text = f"% MNIST\n@RELATION mnist_784\n{titles}@ATTRIBUTE class {{0,1,2,3,4,5,6,7,8,9}}\n@DATA\n{data}\n"
    _put(folder / "mnist_784.arff", text.encode())


@case("tables", Expected(says="USPS", alike=0.8))
def _(folder: Path) -> Path:
    """USPS as LIBSVM has it: 16 x 16, -1 to 1, labels from 1."""
    lines = [
        f"{label + 1} " + " ".join(f"{n}:{v / 127.5 - 1:.3f}" for n, v in enumerate(_resized(image, 16).ravel(), 1))
        for image, label in zip(mixed().images, mixed().labels.tolist(), strict=True)
    ]
    _put(folder / "usps", "\n".join(lines).encode())
    return folder / "usps"


@case("tables", Expected(says="Semeion", alike=0.8))
def _(folder: Path) -> Path:
    """Semeion: 256 black or white pixels and ten columns for the class."""
    lines = [
        " ".join(f"{float(v > 100):.4f}" for v in _resized(image, 16).ravel())
        + " "
        + " ".join("1" if label == number else "0" for number in range(10))
        for image, label in zip(mixed().images, mixed().labels.tolist(), strict=True)
    ]
    _put(folder / "semeion.data", "\n".join(lines).encode())
    return folder / "semeion.data"


# Arrays


@case("arrays", DIGITS)
def _(folder: Path) -> None:
    """Dark ink on white."""
    np.savez(folder / "data.npz", images=255 - mixed().images, labels=mixed().labels)


@case("arrays", DIGITS_AND_TEST)
def _(folder: Path) -> None:
    """(n, 1, 28, 28) floats, labels one-hot."""
    arrays: dict[str, ArrayLike] = {}
    for part, images in (("train", mixed()), ("test", _test())):
        arrays[f"X_{part}"] = (images.images / 255).astype(np.float32)[:, None]
        arrays[f"Y_{part}"] = np.eye(10)[images.labels]
    np.savez(folder / "d.npz", allow_pickle=False, **arrays)


@case("arrays", DIGITS)
def _(folder: Path) -> None:
    """Standardized: mean 0, deviation 1."""
    np.savez(folder / "d.npz", x=((mixed().images / 255 - 0.1307) / 0.3081).astype(np.float32), y=mixed().labels)


@case("arrays", DIGITS)
def _(folder: Path) -> None:
    """From -1 to 1 in half precision, labels of 8 bytes."""
    np.savez(folder / "d.npz", x=(mixed().images / 127.5 - 1).astype(np.float16), y=mixed().labels.astype(np.int64))


@case("arrays", CLOTHES)
def _(folder: Path) -> None:
    """Two npy files, labels as floats."""
    clothes = mixed("fashion-mnist")
    np.save(folder / "X.npy", clothes.images.reshape(-1, 784))
    np.save(folder / "y.npy", clothes.labels.astype(float))


@case("arrays", CLOTHES)
def _(folder: Path) -> None:
    """Words as labels."""
    clothes = mixed("fashion-mnist")
    np.save(folder / "images.npy", clothes.images)
    np.save(folder / "labels.npy", np.array(starter("fashion-mnist").class_names)[clothes.labels])


@case("arrays", DIGITS)
def _(folder: Path) -> None:
    """Lying on their side."""
    np.savez(folder / "d.npz", images=mixed().images.transpose(0, 2, 1), labels=mixed().labels)


@case("arrays", Expected(classes=100, source=""))
def _(folder: Path) -> None:
    """A hundred classes."""
    np.savez(folder / "d.npz", x=mixed().images, y=np.arange(COUNT) % 100)


@case("arrays", REFUSED)
def _(folder: Path) -> None:
    """A hundred and one classes."""
    np.savez(folder / "d.npz", x=mixed().images, y=np.arange(COUNT) % 101)


@case("arrays", REFUSED)
def _(folder: Path) -> None:
    """A pickle inside."""
    np.save(folder / "a.npy", np.array([{1: 2}], object), allow_pickle=True)


# Pictures


@case("pictures", DIGITS)
def _(folder: Path) -> None:
    """Large, dark on white, ending .JPG."""
    _pictures(folder, mixed(), ending=".JPG", change=_photographed)


@case("pictures", Expected(COUNT + TEST_COUNT, test=100, validation=100))
def _(folder: Path) -> None:
    """Training, valid and TESTING."""
    test = _test()
    _pictures(folder / "Training", mixed())
    _pictures(folder / "valid", LabelledImages(test.images[:100], test.labels[:100]))
    _pictures(folder / "TESTING", LabelledImages(test.images[100:], test.labels[100:]))


@case("pictures", DIGITS_AND_TEST)
def _(folder: Path) -> None:
    """A folder for each part in each class."""
    for part, images in (("train", mixed()), ("test", _test())):
        _pictures(folder, images, [f"{digit}/{part}" for digit in range(10)])


@case("pictures", DIGITS)
def _(folder: Path) -> None:
    """Without any ending."""
    _pictures(folder, mixed(), ending="")


@case("pictures", CLOTHES)
def _(folder: Path) -> None:
    """Fashion-MNIST in folders by name."""
    names = [name.replace("/", "-") for name in starter("fashion-mnist").class_names]
    _pictures(folder, mixed("fashion-mnist"), names)


@case("pictures", CLOTHES)
def _(folder: Path) -> None:
    """Fashion-MNIST in folders by number, negatives."""
    _pictures(folder, mixed("fashion-mnist"), change=lambda image: 255 - image)


@case("pictures", Expected(left_out=4))
def _(folder: Path) -> None:
    """Four bad files among them."""
    _pictures(folder, mixed())
    _put(folder / "3" / "empty.png", b"")
    _put(folder / "4" / "page.jpg", b"<!DOCTYPE html><html></html>")
    _put(folder / "5" / "cut.png", _png(mixed().images[0])[:60])
    _put(folder / "5" / "notes.txt", b"hello")
    _put(folder / "6" / ".DS_Store", b"x")
    _put(folder / "Thumbs.db", b"x")


@case("pictures", DIGITS)
def _(folder: Path) -> None:
    """In one folder, beside a list of labels."""
    for number, image in enumerate(mixed().images):
        _put(folder / "images" / f"{number}.png", _png(image))
    rows = [[f"{number}.png", label] for number, label in enumerate(mixed().labels.tolist())]
    _table(folder / "labels.csv", rows, ("filename", "label"))


@case("pictures", Expected(says="", source=""))
def _(folder: Path) -> None:
    """Beside a list with no titles and no endings."""
    for number, image in enumerate(mixed().images):
        _put(folder / f"im{number:04d}.jpg", _png(image, "JPEG"))
    rows = [[f"im{number:04d}", f"digit {label}"] for number, label in enumerate(mixed().labels.tolist())]
    _table(folder / "labels.txt", rows, separator="\t")


@case("pictures", Expected(classes=3, source=""))
def _(folder: Path) -> None:
    """Classes in Korean script."""
    _pictures(folder, LabelledImages(mixed().images, mixed().labels % 3), ("하나", "두울", "셋"))


@case("pictures", Expected(classes=2, source=""))
def _(folder: Path) -> None:
    """One name in two normal forms of Unicode."""
    _pictures(folder, LabelledImages(mixed().images, mixed().labels % 3), ("caf\u00e9", "cafe\u0301", "tea"))


# Archives


def _zip(path: Path, folder: Path, inside: str = "") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, f"{inside}{file.relative_to(folder)}")
    return path


@case("archives", DIGITS)
def _(folder: Path) -> Path:
    """A zip of pictures in a folder."""
    _pictures(folder / "in", mixed())
    return _zip(folder / "digits.zip", folder / "in", "dataset/")


@case("archives", DIGITS)
def _(folder: Path) -> Path:
    """A zip within a zip, and what macOS puts beside it."""
    _put(folder / "in" / "train-images-idx3-ubyte", _idx(mixed().images))
    _put(folder / "in" / "train-labels-idx1-ubyte", _idx(mixed().labels))
    inner = _zip(folder / "inner.zip", folder / "in")
    with zipfile.ZipFile(folder / "outer.zip", "w") as archive:
        archive.write(inner, "archive/inner.zip")
        archive.writestr("__MACOSX/._inner.zip", "x")
    return folder / "outer.zip"


@case("archives", CLOTHES)
def _(folder: Path) -> Path:
    """A tar.xz of pictures."""
    _pictures(folder / "in", mixed("fashion-mnist"))
    with tarfile.open(folder / "fashion.tar.xz", "w:xz") as archive:
        archive.add(folder / "in", "fashion")
    return folder / "fashion.tar.xz"


@case("archives", DIGITS)
def _(folder: Path) -> Path:
    """A zip of one table."""
    _table(folder / "train.csv", _rows(mixed()), ("label", *PIXELS))
    with zipfile.ZipFile(folder / "train.csv.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(folder / "train.csv", "train.csv")
    return folder / "train.csv.zip"


@case("archives", REFUSED)
def _(folder: Path) -> Path:
    """Paths and links that lead out."""
    with tarfile.open(folder / "evil.tar.gz", "w:gz") as archive:
        up = tarfile.TarInfo("../../evil")
        up.size = 3
        archive.addfile(up, io.BytesIO(b"abc"))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return folder / "evil.tar.gz"


@case("archives", REFUSED)
def _(folder: Path) -> Path:
    """A zip bomb."""
    with zipfile.ZipFile(folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0/a.png", bytes(400_000_000))
    return folder / "bomb.zip"


# Other published sets, by what they are called and how they are made; the pictures in them are not theirs.


def _noise(count: int) -> Levels:
    return np.random.default_rng(5).normal(140, 40, (count, 28, 28)).clip(0, 255).astype(np.uint8)


@case("published sets", Expected(classes=24, source="", says="Sign"))
def _(folder: Path) -> None:
    """Sign Language MNIST."""
    labels = np.array([letter for letter in range(25) if letter != 9], np.uint8)[np.arange(COUNT) % 24]
    _table(folder / "sign_mnist_train.csv", _rows(LabelledImages(_noise(COUNT), labels)), ("label", *PIXELS))


@case("published sets", Expected(600, classes=3, source="", says="Quick"))
def _(folder: Path) -> None:
    """QuickDraw, one file for each class."""
    digits = starter("mnist").train
    for digit, name in ((0, "cat"), (1, "airplane"), (7, "hockey stick")):
        np.save(folder / f"full_numpy_bitmap_{name}.npy", digits.images[digits.labels == digit][:200].reshape(-1, 784))


@case("published sets", Expected(450, classes=2, test=100, validation=50, source="", says="BreastMNIST"))
def _(folder: Path) -> None:
    """BreastMNIST."""
    images, labels = _noise(450), (np.arange(450) % 2).astype(np.uint8)[:, None]
    parts = {"train": slice(300), "val": slice(300, 350), "test": slice(350, None)}
    arrays = {f"{part}_images": images[place] for part, place in parts.items()}
    arrays |= {f"{part}_labels": labels[place] for part, place in parts.items()}
    np.savez(folder / "breastmnist.npz", allow_pickle=False, **arrays)


@case("published sets", Expected(COUNT + TEST_COUNT, test=TEST_COUNT, source="", says="KMNIST"))
def _(folder: Path) -> None:
    """KMNIST, four npz files."""
    for part, count in (("train", COUNT), ("test", TEST_COUNT)):
        np.savez(folder / f"kmnist-{part}-imgs.npz", _noise(count))
        np.savez(folder / f"kmnist-{part}-labels.npz", np.arange(count, dtype=np.uint8) % 10)


@case("published sets", Expected(says="EMNIST"))
def _(folder: Path) -> None:
    """EMNIST Digits as a table, on their side."""
    turned = LabelledImages(mixed().images.transpose(0, 2, 1), mixed().labels)
    _table(folder / "emnist-digits-train.csv", _rows(turned))


# Files that hold no data


def _other(name: str, content: bytes) -> None:
    def write(folder: Path) -> Path:
        _put(folder / name, content)
        return folder / name

    CASES.append(Case("other files", name, write, REFUSED))


for _name, _content in {
    "train.parquet": b"PAR1" + bytes(100) + b"PAR1",
    "mnist.mat": b"MATLAB 5.0 MAT-file" + bytes(200),
    "mnist.pkl.gz": gzip.compress(b"\x80\x04K\x01."),
    "empty.csv": b"",
    "page.npz": b"<html></html>",
    "notes.txt": b"hello\n",
    "letter.docx": b"PK\x03\x04" + bytes(60),
}.items():
    _other(_name, _content)

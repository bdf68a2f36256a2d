"""Files that are chosen together among others: what belongs to them is read, and nothing else."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.core.datasets.choices import ImportChoices, chosen_together
from app.core.datasets.content import RawData
from app.core.datasets.formats import read_data
from app.core.datasets.samples.exchange import import_as_new_set
from app.core.errors import InputError

from .helpers import random_images

DATA, OTHERS = random_images(12, 5), random_images(30, 6)


def table(path: Path, place: slice) -> Path:
    rows = zip(DATA.labels[place], DATA.images[place], strict=True)
    path.write_text("".join(",".join(map(str, (label, *image.ravel()))) + "\n" for label, image in rows))
    return path


def read_together(*paths: Path) -> RawData:
    folder, files = chosen_together(paths)
    return read_data(folder, ImportChoices(files=files))


def test_two_tables_are_the_parts_that_they_are_called(tmp_path: Path) -> None:
    table(tmp_path / "old.csv", slice(3))
    raw = read_together(table(tmp_path / "mine_train.csv", slice(8)), table(tmp_path / "mine_test.csv", slice(8, 12)))
    assert raw.test is not None
    np.testing.assert_array_equal(raw.train.images, DATA.images[:8])
    np.testing.assert_array_equal(raw.test.labels, DATA.labels[8:])


def test_two_arrays_among_others(tmp_path: Path) -> None:
    for name, values in (("a", OTHERS.images), ("b", OTHERS.labels), ("x", DATA.images), ("y", DATA.labels)):
        np.save(tmp_path / f"{name}.npy", values)
    raw = read_together(tmp_path / "x.npy", tmp_path / "y.npy")
    np.testing.assert_array_equal(raw.train.images, DATA.images)
    np.testing.assert_array_equal(raw.train.labels, DATA.labels)


def test_archives_and_folders_of_classes(tmp_path: Path) -> None:
    for number, name in enumerate(("circle", "square", "triangle")):
        (tmp_path / name).mkdir()
        with zipfile.ZipFile(tmp_path / f"{name}.zip", "w") as archive:
            for place in range(4):
                picture = tmp_path / name / f"{place}.png"
                Image.fromarray(DATA.images[4 * number + place]).save(picture)
                archive.write(picture, f"{name}/{place}.png")
    for ending in ("", ".zip"):
        raw = read_together(tmp_path / f"circle{ending}", tmp_path / f"triangle{ending}")
        assert raw.class_names == ("circle", "triangle")
        assert len(raw.train) == 8
    folder, files = chosen_together([tmp_path / "square", tmp_path / "triangle"])
    made = import_as_new_set("shapes", folder, choices=ImportChoices(files=files))
    assert made.set.class_names == ("square", "triangle")


def test_a_name_that_is_too_long_for_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_data(tmp_path, ImportChoices(files=("x" * 300, "y")))


def test_one_file_is_itself_and_what_is_apart_or_missing_is_refused(tmp_path: Path) -> None:
    assert chosen_together([tmp_path / "a.csv"]) == (tmp_path / "a.csv", ())
    with pytest.raises(InputError, match=r"a\.csv and b\.csv lie in different folders"):
        chosen_together([tmp_path / "a.csv", tmp_path / "in" / "b.csv"])
    table(tmp_path / "a.csv", slice(3))
    with pytest.raises(InputError, match=r"There is no file or folder .*b\.csv"):
        read_together(tmp_path / "a.csv", tmp_path / "b.csv")

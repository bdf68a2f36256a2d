"""Recognizes how a file or folder holds its pictures: IDX files, Keras' npz, Kaggle's CSV, a folder for each class."""

import re
from collections.abc import Iterable
from pathlib import Path

from app.core.datasets.content import RawData, labelled_images
from app.core.datasets.csv_format import may_hold_pictures, read_csv
from app.core.datasets.idx import read_idx
from app.core.datasets.npz_format import read_npz
from app.core.datasets.pictures import read_pictures
from app.core.datasets.storage import read_card
from app.core.datasets.types import LabelledImages
from app.core.errors import InputError

_IDX_NAME = re.compile(r"(images|labels)[-.]idx[13]-ubyte(\.gz)?$")
_TEST_NAME = re.compile(r"test|t10k")


def read_data(path: Path) -> RawData:
    """Read `path`: an .npz or .csv file, or a folder with IDX files, one of those, or a folder for each class.

    Raises:
        InputError: nothing there, none of these formats, or damaged.

    """
    try:
        if path.is_file():
            found = _read_files([path])
        elif path.is_dir():
            found = _read_idx_folder(path) or _read_files(sorted(path.iterdir())) or read_pictures(path)
        else:
            raise InputError(f"There is no file or folder {path}; check the name.")
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror or error}); check its permissions.") from error
    if found is None:
        raise InputError(
            f"No data was found in {path}; it should hold the IDX files of MNIST, mnist.npz, a CSV with labels, "
            "or a folder of pictures for each class."
        )
    return found


def _read_files(paths: Iterable[Path]) -> RawData | None:
    """Read the one npz among `paths`, or its CSV files: one whose name says "test" is the test part."""
    files = [path for path in paths if path.is_file()]
    for path in files:
        if path.suffix.lower() == ".npz":
            return read_npz(path)
    tables = [path for path in files if path.name.lower().endswith((".csv", ".csv.gz"))]
    if len(tables) > 1:
        tables = [path for path in tables if may_hold_pictures(path)] or tables
    tests = [path for path in tables if _TEST_NAME.search(path.name.lower())] if len(tables) > 1 else []
    trains = [path for path in tables if path not in tests]
    if not trains:
        return None
    if len(trains) > 1 or len(tests) > 1:
        raise InputError(f"There are {len(tables)} CSV files; leave one to train with and at most one called test.")
    train = read_csv(trains[0])
    if train is None:
        raise InputError(f"{trains[0].name} has no labels; choose the file to train with.")
    return RawData(train, read_csv(tests[0]) if tests else None)


def _read_idx_folder(folder: Path) -> RawData | None:
    """IDX files, called as published (also ...-images.idx3-ubyte), and the card of an own set beside them."""
    paths = {
        (bool(_TEST_NAME.search(path.name)), match[1]): path
        for path in sorted(folder.iterdir(), reverse=True)  # reversed: where both are, the plain file wins over .gz
        if (match := _IDX_NAME.search(path.name)) and path.is_file()
    }
    if not paths:
        return None
    train = _read_pair(paths, False, folder)
    test = _read_pair(paths, True, folder) if (True, "images") in paths or (True, "labels") in paths else None
    card = read_card(folder)
    return RawData(train, test, card.class_names if card else None)


def _read_pair(paths: dict[tuple[bool, str], Path], is_test: bool, folder: Path) -> LabelledImages:
    images, labels = paths.get((is_test, "images")), paths.get((is_test, "labels"))
    if images is None or labels is None:
        raise InputError(
            f"{folder} lacks the {'test' if is_test else 'training'} pictures or labels; add the missing file."
        )
    return labelled_images(read_idx(images), read_idx(labels), images.name)

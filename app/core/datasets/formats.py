"""Recognizes how a file or folder holds its pictures: IDX files, npz, Kaggle's CSV, a folder for each class."""

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from app.core.datasets.content import Progress, RawData, no_progress
from app.core.datasets.csv_format import may_hold_pictures, read_csv
from app.core.datasets.file_groups import find_group
from app.core.datasets.idx import read_idx
from app.core.datasets.named_sets import with_names
from app.core.datasets.npz_format import read_npz, read_single_array
from app.core.datasets.pictures import read_pictures
from app.core.datasets.storage import read_card
from app.core.errors import InputError

_IDX_NAME = re.compile(r"(images|labels)[-.]idx[13]-ubyte(\.gz)?$")
_NPZ_NAME = re.compile(r"(images|imgs|labels)\.npz$")
_NAMED = 3
_TEST_NAME = re.compile(r"test|t10k")


def read_data(path: Path, progress: Progress = no_progress) -> RawData:
    """Read `path`: a folder with IDX files, an npz or CSV files, or a folder for each class; or one of those files.

    `progress` is told of single pictures only.

    Raises:
        InputError: nothing there, none of these formats, or damaged.

    """
    try:
        if path.is_file():
            found = _read_groups(path.parent, path) or _read_files([path])
        elif path.is_dir():
            found = _read_groups(path) or _read_files(sorted(path.iterdir())) or read_pictures(path, progress)
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


def _read_groups(folder: Path, chosen: Path | None = None) -> RawData | None:
    """A file each for pictures and labels: IDX, called as published (also ...-images.idx3-ubyte), or KMNIST's npz.

    The card of an own set may lie beside them.
    """
    for pattern, read_array in ((_IDX_NAME, read_idx), (_NPZ_NAME, read_single_array)):
        group = find_group(folder.iterdir(), pattern, chosen)
        if group is not None:
            raw = with_names(group.read(read_array, folder), group.name, folder)
            card = read_card(folder)
            return raw if card is None else replace(raw, class_names=card.class_names, preprocessing=card.preprocessing)
    return None


def _read_files(paths: Iterable[Path]) -> RawData | None:
    """Read the one npz among `paths`, or its CSV files: one whose name says "test" is the test part."""
    files = [path for path in paths if path.is_file()]
    archives = [path for path in files if path.suffix.lower() == ".npz"]
    if len(archives) > 1:
        names = ", ".join(path.name for path in archives[:_NAMED]) + (", …" if len(archives) > _NAMED else "")
        raise InputError(f"There are {len(archives)} npz files ({names}); choose one of them.")
    if archives:
        return read_npz(archives[0])
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

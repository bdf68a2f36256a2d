"""Arrays of one or several files, npz and npy: which of them are one set, what each is for, and labels beside them."""

import io
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.choices import ChoiceNeededError
from app.core.datasets.files.parts import Part, part_of_name
from app.core.datasets.tables.arrays import StoredArray, picture_layout, stored_arrays
from app.core.datasets.tables.csv_format import read_column
from app.core.datasets.tables.text import ending_of
from app.core.errors import InputError

_LARGEST_LABELS = 64 << 20
_ARRAYS = (".npz", ".npy")
_PARTS_OF_LIBSVM = {".tr": "train", ".val": "val", ".t": "test"}


@dataclass(frozen=True)
class ArrayFiles:
    """The arrays of one set, each called by its part as well, and the files they are in."""

    arrays: list[StoredArray]
    paths: list[Path]

    @property
    def has_one_class_a_file(self) -> bool:
        """Whether all files hold pictures of one shape, and most are not called like a part of a set."""
        shapes = {array.shape[1:] for array in self.arrays}
        return (
            len(self.arrays) == len(self.paths) > 1
            and len(shapes) == 1
            and all(len(array.shape) > 1 for array in self.arrays)
            and 2 * sum(part_of_name(array.name) is not None for array in self.arrays) < len(self.arrays)
        )

    @property
    def has_one_class_a_folder(self) -> bool:
        """Whether all files hold pictures of one size, and lie in several folders of classes or of parts."""
        shapes = {array.shape[picture_layout(array.shape) is not None :] for array in self.arrays}
        return (
            len(self.arrays) == len(self.paths)
            and len(set(map(class_of_path, self.paths))) > 1
            and len({path.parent for path in self.paths}) > 1
            and not any(part_of_name(class_of_path(path)) for path in self.paths)
            and len(shapes) == 1
            and picture_layout((1, *shapes.pop())) is not None
        )

    def with_labels(self, texts: Sequence[Path], root: Path | None) -> "ArrayFiles":
        """With the labels that lie beside them as text, a label for each picture of one of the arrays."""
        counts = {array.shape[0] for array in self.arrays if len(array.shape) > 1}
        found = list(filter(None, (_labels(path, counts, root) for path in texts)))
        return ArrayFiles([*self.arrays, *(array for array, _ in found)], [*self.paths, *(path for _, path in found)])


def array_files(paths: Sequence[Path], root: Path | None, subset: str) -> ArrayFiles:
    """Find the arrays of one set among files of a folder.

    Args:
        paths: npz and npy files in `root` or folders in it.
        root: the folder that is looked at; the names of folders in it tell parts, too.
        subset: which npz file is meant, of several that are sets of their own.

    Raises InputError (damaged), ChoiceNeededError (which npz file?) and OSError.

    """
    archives = [path for path in paths if path.suffix.lower() == ".npz"]
    if len(archives) > 1:
        stored = [stored_arrays(path) for path in archives]
        parts = [part_of_path(path, root) for path in archives]
        if all(len(arrays) == 1 for arrays in stored):  # as KMNIST has them
            named = [replace(arrays[0], name=path.stem) for path, arrays in zip(archives, stored, strict=True)]
            return ArrayFiles([_called(a, p, root) for a, p in zip(named, archives, strict=True)], archives)
        if any(parts) and len(set(parts)) == len(parts):
            found = [_called(a, path, root) for path, arrays in zip(archives, stored, strict=True) for a in arrays]
            return ArrayFiles(found, archives)
        archives = [_chosen(archives, subset)]
    if archives:
        return ArrayFiles(stored_arrays(archives[0]), archives)
    return ArrayFiles([_called(stored_arrays(path)[0], path, root) for path in paths], list(paths))


def class_of_path(path: Path) -> str:
    """The folder that an array lies in, or its own name if that is called like a part."""
    return path.stem if part_of_name(path.parent.name) else path.parent.name


def part_of_path(path: Path, root: Path | None = None) -> Part | None:
    """Which part of a set the name of a file tells, or of the folders that lead to it from `root`."""
    return part_of_name(_teller(path, root))


def _teller(path: Path, root: Path | None) -> str:
    """The name nearest to a file that tells a part; empty if none does."""
    names = [path.name.split(".")[0], _PARTS_OF_LIBSVM.get(ending_of(path.name), "")]
    if root is not None and path.is_relative_to(root):
        names += reversed(path.parent.relative_to(root).parts)
    return next((name for name in names if part_of_name(name)), "")


def _called(array: StoredArray, path: Path, root: Path | None) -> StoredArray:
    """Called by its part as well, if its file or folder tells that and its own name does not."""
    teller = _teller(path, root)
    return array if part_of_name(array.name) or not teller else replace(array, name=f"{teller} {array.name}")


def _chosen(paths: Sequence[Path], subset: str) -> Path:
    by_name = {path.name: path for path in paths}
    return by_name[one_of(list(by_name), subset, f"There are {len(paths)} npz files")]


def one_of(names: Sequence[str], subset: str, there: str) -> str:
    """The one name that is meant by `subset`. Raises ChoiceNeededError if it tells none of several."""
    wanted = [name for name in names if subset and subset.casefold() in name.casefold()]
    exact = [name for name in wanted if name.casefold() == subset.casefold()] or wanted
    if len(exact) == 1 or len(names) == 1:
        return (exact or list(names))[0]
    shown = ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
    raise ChoiceNeededError("subset", f"{there} ({shown}); choose one of them.", list(names))


# Labels in a text.


def _labels(path: Path, counts: set[int], root: Path | None) -> tuple[StoredArray, Path] | None:
    """The column of labels in a text as an array, if there is one for each picture of an array."""
    try:
        if path.stat().st_size > _LARGEST_LABELS:
            return None
        labels = read_column(path)
    except InputError:
        return None
    if len(labels) not in counts and len(labels) - 1 in counts:  # a title over words
        labels = labels[1:]
    if len(labels) not in counts:
        return None
    name = path.name.split(".")[0]
    array = StoredArray(f"{name} labels", path.name, labels.shape, labels.dtype, False, partial(_in_memory, labels))
    return _called(array, path, root), path


@contextmanager
def _in_memory(values: NDArray[np.str_]) -> Any:
    yield cast(BinaryIO, io.BytesIO(values.tobytes()))

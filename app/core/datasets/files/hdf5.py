"""HDF5 files of data: each array in one is written as a file of NumPy's, in folders called like its groups.

The library that reads HDF5 runs in a process of its own, which writes block by block and holds no array whole.
"""

from collections.abc import Callable, Iterator
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from app.core.child_process import Answer, Limits, run_in_child
from app.core.datasets.files.kinds import open_regular
from app.core.errors import InputError

_BLOCK_BYTES = 8 * 1024 * 1024
_LARGEST_CHUNK = 256 * 1024 * 1024
_LONGEST_TEXT = 80
_MOST_TEXTS = 1_000_000
_MARKS_OF_MODELS = ("model_config", "keras_version", "layer_names", "model_weights", "_layer_checkpoint_dependencies")


def unpack_hdf5(path: Path, target: Path, source: str, most_bytes: int, check: Callable[[], None]) -> int:
    """Write the arrays of `path` into the folder `target`; how many bytes that are.

    `check` is called often and may raise, which ends it.

    Raises InputError (damaged, a model, links to other files, more than `most_bytes`) and StudioError (disk full).
    """
    limits = Limits(seconds=600, memory_mib=2048, file_mib=(most_bytes >> 20) + 1)
    facts, _ = run_in_child(
        _unpack, str(path), str(target), source, most_bytes, what=source, limits=limits, check=check
    )
    return int(facts["bytes"])


def _unpack(path: str, target: str, source: str, most_bytes: int) -> Answer:
    """In the process of its own."""
    from app.core.hdf5 import Hdf5File

    def refuse(what: str) -> InputError:
        return InputError(f"{source} cannot be imported: {what}.")

    written = 0
    with open_regular(path) as content:
        file = Hdf5File(content, refuse)
        if file.has(*_MARKS_OF_MODELS):
            raise InputError(f"{source} is a model (Keras); import it on the Models page.")
        for name, stored in file.arrays_in().items():
            dtype = _dtype(stored)
            if dtype is None or not stored.shape:
                continue
            file.check_inside(stored, f"the numbers of {name[:80]!r}")
            written += prod(stored.shape) * dtype.itemsize
            if written > most_bytes or prod(stored.chunks or ()) * dtype.itemsize > _LARGEST_CHUNK:
                raise refuse(f"it holds more than {most_bytes >> 20:,} MB")
            try:
                _write(Path(target, *map(_folder_name, name.split("/"))), stored, dtype)
            except FileExistsError:
                continue  # two names that become one: the first stays
            except (RuntimeError, ValueError, KeyError):
                raise refuse(f"the numbers of {name[:80]!r} are damaged") from None
            except OSError as error:
                if error.errno is not None:  # of the disk
                    raise
                raise refuse(f"the numbers of {name[:80]!r} are damaged") from None
    return {"bytes": written}, ()


def _dtype(stored: Any) -> np.dtype[Any] | None:
    """What its values are written as; None for what is neither numbers nor short texts."""
    import h5py

    if h5py.check_string_dtype(stored.dtype) is not None:
        is_list = len(stored.shape) == 1 and stored.shape[0] <= _MOST_TEXTS
        return np.dtype(f"U{_LONGEST_TEXT}") if is_list else None
    return stored.dtype if stored.dtype.kind in "biuf" else None


def _folder_name(name: str) -> str:
    """One step of a path that is safe as the name of a file."""
    return "".join(letter if letter.isalnum() or letter in " -_." else "_" for letter in name)[:100].strip(". ") or "_"


def _write(place: Path, stored: Any, dtype: np.dtype[Any]) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.with_name(f"{place.name}.npy").open("xb") as file:
        header = {"descr": npy.dtype_to_descr(dtype), "fortran_order": False, "shape": tuple(stored.shape)}
        npy.write_array_header_1_0(file, header)
        for block in _blocks(stored, dtype):
            file.write(np.ascontiguousarray(block, dtype).tobytes())


def _blocks(stored: Any, dtype: np.dtype[Any]) -> Iterator[NDArray[Any]]:
    """Its values in order, a whole number of chunks at a time, so that none is unpacked twice."""
    each = max(1, prod(stored.shape[1:]) * dtype.itemsize)
    chunk = stored.chunks[0] if stored.chunks else 1
    rows = max(1, _BLOCK_BYTES // each // chunk) * chunk
    for start in range(0, stored.shape[0], rows):
        block = stored[start : start + rows]
        yield np.array([_text(value) for value in block], dtype) if dtype.kind == "U" else block


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)

"""Where the weights of a layer lie in each of Keras' formats. Every array is asked for with the shape it must have."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from app.core.models.foreign.hdf5 import ArrayFile, finite
from app.core.models.foreign.limits import refuse

Array = NDArray[np.float32]
Wanted = tuple[str, tuple[int, ...]]
"""A weight's own name in Keras, and its shape."""


@dataclass(frozen=True)
class Place:
    """Where a layer stands: the names of the models around it and its own, and its path in a .keras file."""

    names: tuple[str, ...]
    path: str

    @property
    def text(self) -> str:
        """How a sentence names it."""
        return f"layer '{self.names[-1]}'"


class WeightFile(Protocol):
    """Gives the weights of layers."""

    def read(self, place: Place, wanted: Sequence[Wanted]) -> list[Array]:
        """The weights of one layer. Raises InputError if they are not there, or are not what they should be."""


class NumberedWeights:
    """`model.weights.h5` of a .keras file: weights by their numbers, in the order in which the layer makes them."""

    def __init__(self, file: ArrayFile) -> None:
        self._file = file

    def read(self, place: Place, wanted: Sequence[Wanted]) -> list[Array]:
        """As WeightFile."""
        paths = [place.path, place.path.replace("layers/", "_layer_checkpoint_dependencies/")]
        paths += [path.replace("/", "\\") for path in paths]
        group = next((path for path in paths if self._file.group(f"{path}/vars") is not None), place.path)
        if wanted and self._file.group(f"{group}/vars/{len(wanted)}") is not None and wanted[0][0] != "mean":
            raise refuse(f"{place.text} has more weights than it should")
        stored = (self._file.group(f"{group}/vars/{number}") for number in range(len(wanted)))
        return [self._file.read(each, shape, place.text) for each, (_, shape) in zip(stored, wanted, strict=True)]


class NamedWeights:
    """Weights by names that end with the layer's and their own: an .h5 file's."""

    def __init__(self, file: ArrayFile, arrays: Mapping[str, Any]) -> None:
        """`arrays` by their paths: "conv2d/sequential/conv2d/kernel:0"."""
        self._file = file
        self._arrays = arrays

    def read(self, place: Place, wanted: Sequence[Wanted]) -> list[Array]:
        """As WeightFile."""
        found = (find_named(self._arrays, place, name) for name, _ in wanted)
        return [self._file.read(each, shape, place.text) for each, (_, shape) in zip(found, wanted, strict=True)]


class LoadedWeights:
    """Weights that were read already, by names as in `NamedWeights`."""

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self._arrays = arrays

    def read(self, place: Place, wanted: Sequence[Wanted]) -> list[Array]:
        """As WeightFile."""
        found = []
        for name, shape in wanted:
            array = find_named(self._arrays, place, name)
            if array is None or array.shape != shape:
                raise refuse(f"the weights of {place.text} are missing, or of another shape")
            found.append(finite(array, place.text))
        return found


def find_named(arrays: Mapping[str, Any], place: Place, name: str) -> Any | None:
    """The array of a weight, None if there is none. Raises InputError if two could be meant."""
    fitting = []
    for path, array in arrays.items():
        *around, last = path.split("/")
        if re.sub(r":\d+$", "", last) == name and place.names[-1] in around[-1:]:
            fitting.append((around, array))
    for outer in place.names[:-1]:  # layers of two models inside may be called the same
        inside = [each for each in fitting if outer in each[0]]
        fitting = inside or fitting
    if len(fitting) > 1:
        raise refuse(f"several layers are called '{place.names[-1]}', so that their weights cannot be told apart")
    return fitting[0][1] if fitting else None


def paths_of(classes: Sequence[str], before: str) -> list[str]:
    """The paths of layers beside each other in a .keras file: their classes in small letters, and numbered."""
    seen: Counter[str] = Counter()
    paths = []
    for kind in classes:
        name = re.sub("([a-z])([A-Z])", r"\1_\2", re.sub("(.)([A-Z][a-z]+)", r"\1_\2", kind)).lower()
        paths.append(f"{before}layers/{name}" + (f"_{seen[name]}" if seen[name] else ""))
        seen[name] += 1
    return paths

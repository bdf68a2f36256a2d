"""Rows of a table or an array, block by block, and how they become pictures."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.tables.labels import Labels, is_label
from app.core.datasets.tables.pixel_values import PixelScale, find_scale
from app.core.errors import InputError
from app.core.imaging.pictures import LUMINANCE

MAX_PICTURES = 1_000_000
_TO_SCALE = 2_000
_HOPELESS = 1_000


@dataclass(frozen=True)
class Rows:
    """Some rows: `values` (n, pixels) any numbers, `labels` and `parts` (n,) or None, `numbers` (n,) their places.

    `damaged` are the places of rows that could not be read, and why.
    """

    values: NDArray[np.number]
    labels: Labels | None
    parts: NDArray[np.str_] | None
    numbers: NDArray[np.int64]
    damaged: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Table:
    """A table of pictures that was looked at, but not read yet.

    Args:
        name: the file, for messages.
        shape: height, width and colours of a picture.
        has_labels: whether its rows have labels.
        read: begins to read the rows.
        unused: titles of columns that mean nothing to us.
        titles: of all columns.
        unit: what its rows are called: "line" or "picture".
        planes_first: of colour pictures, whether all of one colour come before those of the next.
        notes: sentences about how it is read.

    """

    name: str
    shape: tuple[int, int, int]
    has_labels: bool
    read: Callable[[], Iterator[Rows]]
    unused: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    unit: str = "line"
    planes_first: bool | None = None
    notes: tuple[str, ...] = ()

    def place(self, number: int) -> str:
        """How a row is called in sentences: "train.csv, line 17"."""
        return f"{self.name}, {self.unit} {number}"


@dataclass(frozen=True)
class Pictures:
    """Some pictures of a table: `images` (n, h, w) uint8 grey, with labels, parts, places and damage as in `Rows`."""

    images: NDArray[np.uint8]
    labels: Labels | None
    parts: NDArray[np.str_] | None
    numbers: NDArray[np.int64]
    damaged: tuple[tuple[int, str], ...] = ()


class PictureReader:
    """Reads the pictures of a table block by block, in bounded memory; `notes` tells how, once the first is there."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._scale: PixelScale | None = None
        self._planes_first = table.planes_first
        self.notes = list(table.notes)

    def __iter__(self) -> Iterator[Pictures]:
        """Raises InputError (more than half cannot be read, or too many, or pixels of no known scale)."""
        good, bad, example = 0, 0, ""
        for rows in self._table.read():
            pictures = self._pictures(rows)
            good, bad = good + len(pictures.images), bad + len(pictures.damaged)
            if pictures.damaged and not example:
                example = f" {self._table.place(pictures.damaged[0][0])}: {pictures.damaged[0][1]}"
            if bad > max(good, _HOPELESS):
                break
            if good > MAX_PICTURES:
                raise InputError(f"{self._table.name} holds more than {MAX_PICTURES:,} pictures; use fewer.")
            yield pictures
        if bad >= max(1, good):
            raise InputError(
                f"{bad:,} of {good + bad:,} rows of {self._table.name} cannot be read; correct the file.{example}"
            )

    def _pictures(self, rows: Rows) -> Pictures:
        if self._scale is None and len(rows.values):
            self._scale = find_scale(rows.values[:_TO_SCALE], self._table.name)
            self.notes += [self._scale.note] if self._scale.note else []
        scale = self._scale or PixelScale()
        fits = scale.fits(rows.values)
        labelled = np.ones(len(fits), np.bool_) if rows.labels is None else is_label(rows.labels)
        good = fits & labelled
        damaged = [*rows.damaged]
        for at in np.flatnonzero(~good):
            damaged.append((int(rows.numbers[at]), self._why(rows.values[at], bool(fits[at]))))
        everything = bool(good.all())
        values = rows.values if everything else rows.values[good]
        return Pictures(
            self._grey(scale.to_bytes(values)),
            rows.labels if everything or rows.labels is None else rows.labels[good],
            rows.parts if everything or rows.parts is None else rows.parts[good],
            rows.numbers if everything else rows.numbers[good],
            tuple(damaged),
        )

    def _why(self, values: NDArray[np.number], fits: bool) -> str:
        if fits:
            return "It has no label."
        if not np.isfinite(values).all():
            return "A pixel is no finite number."
        return f"Its pixels go from {float(values.min()):g} to {float(values.max()):g}, unlike those of the others."

    def _grey(self, values: NDArray[np.uint8]) -> NDArray[np.uint8]:
        height, width, colours = self._table.shape
        if colours == 1:
            return values.reshape(-1, height, width)
        if self._planes_first is None and len(values):
            self._planes_first = _are_planes(values[:_TO_SCALE], height, width, colours)
        if not self.notes or not self.notes[-1].startswith("The pictures were in colour"):
            self.notes.append("The pictures were in colour; they were made grey.")
        if self._planes_first:
            coloured = values.reshape(-1, colours, height, width)[:, :3].transpose(0, 2, 3, 1)
        else:
            coloured = values.reshape(-1, height, width, colours)[..., :3]
        return np.asarray(np.rint(coloured @ LUMINANCE).clip(0, 255), np.uint8)


def _are_planes(values: NDArray[np.uint8], height: int, width: int, colours: int) -> bool:
    """Tell by which reading neighbours are more alike whether colours come one after the other, or by pixel."""
    planes = values.reshape(-1, colours, height, width).astype(np.int16)
    pixels = values.reshape(-1, height, width, colours).astype(np.int16)
    return _roughness(planes, (2, 3)) < _roughness(pixels, (1, 2))


def _roughness(images: NDArray[np.int16], axes: tuple[int, int]) -> float:
    return sum(float(np.abs(np.diff(images, axis=axis)).mean()) for axis in axes)

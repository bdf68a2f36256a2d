"""LIBSVM's text, in which USPS and MNIST are published too: a label, then "place:value" for what is not zero."""

import math
import re
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.tables.columns import LARGEST_SIDE, SMALLEST_SIDE
from app.core.datasets.tables.rows import Rows, Table
from app.core.datasets.tables.text import decoded, line_blocks
from app.core.errors import InputError

_LINE = re.compile(r"\s*[+-]?\d+(\.\d+)?(\s+\d+:[-+.\deE]+)+\s*")
_FROM_0 = re.compile(r"zero.based", re.IGNORECASE)
"""As scikit-learn says above what it writes; the first pixel of a digit is never there to tell."""
_PLACE = re.compile(r"(\d{1,9}):")


def is_libsvm(path: Path) -> bool:
    """Tell by its first lines. Raises InputError (no text) and OSError (the file cannot be read)."""
    lines = [line for line in islice(_lines(path), 10) if not line.startswith("#")]
    return bool(lines) and all(_LINE.fullmatch(line) for line in lines)


def open_libsvm(path: Path) -> Table:
    """Look at the table in `path`; how large pictures are is told by the largest place in it.

    Raises InputError (no square pictures) and OSError (the file cannot be read).
    """
    first, last = 1, 0
    for line in _lines(path):
        if line.startswith("#"):
            first = 0 if _FROM_0.search(line) else first
            continue
        places = _ends(line)
        first, last = min((first, *places)), max((last, *places))
    side = math.isqrt(last - first) + 1 if last else 0
    if not SMALLEST_SIDE <= side <= LARGEST_SIDE:
        raise InputError(
            f"{path.name} has {last} values in a row; square pictures are needed, such as 784 for 28 x 28."
        )
    return Table(path.name, (side, side, 1), True, partial(_read_rows, path, side * side, first))


def _ends(line: str) -> list[int]:
    """The first and the last place in a line; none in one that is damaged, which is told when it is read."""
    pairs = line.partition("#")[0].split()[1:]
    found = [_PLACE.match(pair) for pair in (*pairs[:1], *pairs[-1:])]
    return [int(place[1]) for place in found if place]


def _lines(path: Path) -> Iterator[str]:
    for block in line_blocks(path):
        yield from (line for line in decoded(block).split("\n") if line.strip())


def _read_rows(path: Path, pixels: int, first: int) -> Iterator[Rows]:
    number = 1
    for block in line_blocks(path):
        lines = decoded(block).split("\n")[:-1]
        values = np.zeros((len(lines), pixels), np.float32)
        labels = np.zeros(len(lines), np.float64)
        damaged = []
        for at, line in enumerate(lines):
            try:
                labels[at] = _read_line(line, values[at], first)
            except (ValueError, IndexError):
                if line.partition("#")[0].strip():
                    damaged.append((number + at, "It is not a label and pairs of place and value."))
                labels[at] = np.nan
        good = np.isfinite(labels)
        yield Rows(values[good], labels[good], None, number + np.flatnonzero(good), tuple(damaged))
        number += len(lines)


def _read_line(line: str, into: NDArray[np.float32], first: int) -> float:
    label, *pairs = line.split("#", maxsplit=1)[0].split()
    if pairs:
        found = np.array(" ".join(pairs).replace(":", " ").split(), np.float64).reshape(-1, 2)
        places = found[:, 0] - first
        if not (places.min() >= 0 and places.max() < len(into)):
            raise ValueError("a place before the first, beyond the last, or none")
        into[places.astype(np.int64)] = found[:, 1]
    return float(label)

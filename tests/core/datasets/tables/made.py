"""Tables of digits as people write them: all hold the same 60 pictures."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.sources import load_dataset
from app.core.datasets.types import LabelledImages


def digits(count: int = 60) -> LabelledImages:
    """So many digits, as often each."""
    found = load_dataset("mnist").test
    order = np.argsort(found.labels, kind="stable").reshape(10, -1)[:, : count // 10].T.reshape(-1)
    return LabelledImages(found.images[order], found.labels[order])


DIGITS = digits()
PIXELS = DIGITS.images.reshape(len(DIGITS), -1)


def table(columns: Sequence[tuple[str, Sequence[object]]], separator: str = ",", *, titles: bool = True) -> str:
    """Columns with their titles as text, one row a line."""
    lines = [separator.join(title for title, _ in columns)] if titles else []
    lines += [separator.join(map(str, row)) for row in zip(*(values for _, values in columns), strict=True)]
    return "\n".join(lines) + "\n"


def pixel_columns(pixels: NDArray[np.generic] = PIXELS, title: str = "pixel{}") -> list[tuple[str, Sequence[object]]]:
    """One column for each pixel."""
    return [(title.format(number), column.tolist()) for number, column in enumerate(pixels.T)]


LABEL: tuple[str, Sequence[object]] = ("label", DIGITS.labels.tolist())

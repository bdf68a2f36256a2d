"""Picture files as strangers have them, made of starter digits."""

import io
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.core.datasets.sources import load_dataset
from app.core.datasets.types import LabelledImages


@cache
def digits() -> LabelledImages:
    """MNIST's starter test pictures."""
    return load_dataset("mnist").test


def digit(label: int, number: int = 0) -> NDArray[np.uint8]:
    """The picture with this label and number."""
    found: NDArray[np.uint8] = digits().images[np.flatnonzero(digits().labels == label)[number]]
    return found


def picture(array: NDArray[np.uint8], kind: str = "PNG") -> bytes:
    """A file's content."""
    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, kind, **({"lossless": True} if kind == "WEBP" else {}))
    return buffer.getvalue()


def write(path: Path, content: NDArray[np.uint8] | bytes) -> Path:
    """Write a picture, or any content, and the folders to it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else picture(content))
    return path


def write_digits(
    folder: Path, name: str = "{label}/{number}.png", labels: Iterable[int] = range(3), count: int = 4
) -> None:
    """A few pictures of each label, where `name` says."""
    for label in labels:
        for number in range(count):
            write(folder / name.format(label=label, number=number), digit(label, number))

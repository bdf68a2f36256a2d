"""Reading files: pictures and drawings, one or thousands, in batches."""

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.core.errors import InputError
from app.core.imaging.drawing import load_drawing
from app.core.imaging.pictures import load_picture
from app.core.imaging.preprocess import NetworkInput, Preprocessing, prepare_drawing, prepare_picture
from app.core.inference.predictor import BATCH, Predictor
from app.core.models.store import StoredModel

DRAWING_SUFFIX = ".drawing.json"
PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".gif", ".tif", ".tiff")


@dataclass(frozen=True)
class Reading:
    """What a model read in one file. `label` and `name` are None for an empty one; `error` says why there is none.

    `probabilities` (classes,) float32 are zeros when nothing was read; `elapsed_ms` is this file's share of the work.
    """

    path: Path
    model: str
    label: int | None
    name: str | None
    probabilities: NDArray[np.float32]
    elapsed_ms: float
    error: str | None = None


def read_files(model: StoredModel, paths: Sequence[Path]) -> Iterator[Reading]:
    """Read every file in `paths`, and every picture and drawing in folders among them, in order.

    A file that cannot be read gives a Reading with `error`; the others go on.

    Raises:
        InputError: the model cannot be used, or the paths are folders and no picture is in any of them.

    """
    predictor = Predictor(model)
    files = _expand(paths)
    found = False
    while batch := list(islice(files, BATCH)):
        found = True
        yield from _read_batch(predictor, batch)
    if not found:
        where = ", ".join(str(path) for path in paths)
        raise InputError(f"There are no pictures or drawings in {where}; choose files or another folder.")


def prepare_file(path: Path, preprocessing: Preprocessing) -> NetworkInput:
    """A file as the network sees it. Raises InputError if it is no drawing or picture."""
    if path.name.lower().endswith(DRAWING_SUFFIX):
        return prepare_drawing(load_drawing(path), preprocessing)
    return prepare_picture(load_picture(path), preprocessing)


def _expand(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield the files to read; in folders those with a fitting name, but nothing hidden."""
    suffixes = (DRAWING_SUFFIX, *PICTURE_SUFFIXES)
    for path in paths:
        if not os.path.isdir(path):  # noqa: PTH112 - Path's own raises for names that no file can have
            yield path
            continue
        closed: list[OSError] = []
        for folder, folders, names in os.walk(path, onerror=closed.append):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            fitting = (name for name in names if name.lower().endswith(suffixes) and not name.startswith("."))
            yield from (Path(folder, name) for name in sorted(fitting))
        yield from (Path(error.filename) for error in closed)


def _image(path: Path, preprocessing: Preprocessing) -> NDArray[np.float32] | None:
    """What the network sees of a file, (28, 28); None if it is empty. Raises InputError if it cannot be read."""
    try:
        if path.is_dir():
            raise InputError(f"The folder {path.name} cannot be opened; check its permissions.")
        # Opening a pipe or a device could wait for ever.
        if path.exists() and not path.is_file():
            raise InputError(f"{path.name} is not a file; choose a picture or a drawing.")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InputError(f"{path.name[:80]} cannot be opened ({reason}); choose another file.") from error
    shown = prepare_file(path, preprocessing)
    return None if shown.is_empty else shown.image


def _read_batch(predictor: Predictor, files: Sequence[Path]) -> Iterator[Reading]:
    card = predictor.model.card
    nothing = np.zeros(len(card.class_names), np.float32)
    began = time.perf_counter()
    images: dict[int, NDArray[np.float32]] = {}
    errors: dict[int, str] = {}
    for position, path in enumerate(files):
        try:
            image = _image(path, predictor.preprocessing)
        except InputError as error:
            errors[position] = str(error)
        else:
            if image is not None:
                images[position] = image
    stacked = np.stack(list(images.values())) if images else np.empty((0, 28, 28), np.float32)
    answers = dict(zip(images, predictor.predict_many(stacked), strict=True))
    elapsed_ms = (time.perf_counter() - began) * 1000 / len(files)
    for position, path in enumerate(files):
        answer = answers.get(position)
        if answer is None:
            yield Reading(path, card.name, None, None, nothing, elapsed_ms, errors.get(position))
        else:
            yield Reading(path, card.name, answer.label, answer.name, answer.probabilities, elapsed_ms)

"""Reading files: pictures and drawings, one or thousands, in batches."""

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
    """
    predictor = Predictor(model)
    files = iter(_expand(paths))
    while batch := list(islice(files, BATCH)):
        yield from _read_batch(predictor, batch)


def prepare_file(path: Path, preprocessing: Preprocessing) -> NetworkInput:
    """A file as the network sees it. Raises InputError if it is no drawing or picture."""
    if path.name.endswith(DRAWING_SUFFIX):
        return prepare_drawing(load_drawing(path), preprocessing)
    return prepare_picture(load_picture(path), preprocessing)


def _expand(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            inside = sorted(file for file in path.rglob("*") if file.is_file())
            yield from (file for file in inside if file.name.lower().endswith((DRAWING_SUFFIX, *PICTURE_SUFFIXES)))
        else:
            yield path


def _read_batch(predictor: Predictor, files: Sequence[Path]) -> Iterator[Reading]:
    card = predictor.model.card
    preprocessing = Preprocessing(card.preprocessing)
    nothing = np.zeros(len(card.class_names), np.float32)
    began = time.perf_counter()
    inputs: dict[int, NetworkInput] = {}
    errors: dict[int, str] = {}
    for position, path in enumerate(files):
        try:
            inputs[position] = prepare_file(path, preprocessing)
        except InputError as error:
            errors[position] = str(error)
    images = {position: shown.image for position, shown in inputs.items() if not shown.is_empty}
    stacked = np.stack(list(images.values())) if images else np.empty((0, 28, 28), np.float32)
    answers = dict(zip(images, predictor.predict_many(stacked), strict=True))
    elapsed_ms = (time.perf_counter() - began) * 1000 / len(files)
    for position, path in enumerate(files):
        answer = answers.get(position)
        if answer is None:
            yield Reading(path, card.name, None, None, nothing, elapsed_ms, errors.get(position))
        else:
            yield Reading(path, card.name, answer.label, answer.name, answer.probabilities, elapsed_ms)

"""Reading files: pictures and drawings, one or thousands, in batches."""

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.core.errors import InputError
from app.core.imaging.drawing import DRAWING_SUFFIX, Drawing
from app.core.imaging.pictures import PICTURE_SUFFIXES
from app.core.imaging.preprocess import load_source, prepare
from app.core.inference.calibration import Verdict
from app.core.inference.multi_digit import MultiDigitPrediction, predict_multi_digit
from app.core.inference.predictor import Predictor
from app.core.models.interpreter import BATCH
from app.core.models.store import StoredModel


@dataclass(frozen=True, eq=False)
class FilePrediction:
    """What a model predicts for one file. `label` and `name` are None for an empty one; `error` says why there is none.

    `probabilities` (classes,) float32 are zeros when nothing was read; `elapsed_ms` is this file's share of the work.
    `number` is what it reads as several digits, if that was asked for; `size` the width and height of the paper, in
    pixels of the picture or units of the canvas. `class_names` are all that the model tells apart.
    """

    path: Path
    model: str
    label: int | None
    name: str | None
    probabilities: NDArray[np.float32]
    elapsed_ms: float
    verdict: Verdict | None = None
    error: str | None = None
    number: MultiDigitPrediction | None = None
    size: tuple[float, float] = (0.0, 0.0)
    class_names: tuple[str, ...] = ()


def predict_files(model: StoredModel, paths: Sequence[Path], multi: bool = False) -> Iterator[FilePrediction]:
    """Read every file in `paths`, and every picture and drawing in folders among them, in order.

    A file that cannot be read gives a FilePrediction with `error`; the others go on. With `multi` each is read as a
    number of several digits too.

    Raises:
        InputError: the model cannot be used, or the paths are folders and no picture is in any of them.

    """
    predictor = Predictor(model, threads=os.cpu_count() or 1)
    files = _expand(paths)
    found = False
    while batch := list(islice(files, BATCH)):
        found = True
        yield from _predict_batch(predictor, batch, multi)
    if not found:
        where = ", ".join(str(path) for path in paths)
        raise InputError(f"There are no pictures or drawings in {where}; choose files or another folder.")


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


@dataclass(frozen=True, eq=False)
class _Seen:
    """What there is to read in one file: `image` (28, 28) float32, None for blank paper."""

    image: NDArray[np.float32] | None
    size: tuple[float, float]
    number: MultiDigitPrediction | None


def _look(path: Path, predictor: Predictor, multi: bool) -> _Seen:
    """Open a file and prepare it. Raises InputError if it cannot be read."""
    try:
        if path.is_dir():
            raise InputError(f"The folder {path.name} cannot be opened; check its permissions.")
        # Opening a pipe or a device could wait for ever.
        if path.exists() and not path.is_file():
            raise InputError(f"{path.name} is not a file; choose a picture or a drawing.")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InputError(f"{path.name[:80]} cannot be opened ({reason}); choose another file.") from error
    source = load_source(path)
    shown = prepare(source, predictor.preprocessing)
    size = (source.width, source.height) if isinstance(source, Drawing) else source.size
    return _Seen(
        None if shown.is_empty else shown.image, size, predict_multi_digit(predictor, source) if multi else None
    )


def _predict_batch(predictor: Predictor, files: Sequence[Path], multi: bool) -> Iterator[FilePrediction]:
    card = predictor.model.card
    nothing = np.zeros(len(card.class_names), np.float32)
    began = time.perf_counter()
    found: list[_Seen | InputError] = []
    for path in files:
        try:
            found.append(_look(path, predictor, multi))
        except InputError as error:
            found.append(error)
    images = [seen.image for seen in found if isinstance(seen, _Seen) and seen.image is not None]
    predictions = iter(predictor.predict_many(np.stack(images) if images else np.empty((0, 28, 28), np.float32)))
    elapsed_ms = (time.perf_counter() - began) * 1000 / len(files)
    for path, seen in zip(files, found, strict=True):
        unread = FilePrediction(path, card.name, None, None, nothing, elapsed_ms, class_names=card.class_names)
        if isinstance(seen, InputError):
            yield replace(unread, error=str(seen))
        elif seen.image is None:
            yield replace(unread, number=seen.number, size=seen.size)
        else:
            prediction = next(predictions)
            yield replace(
                unread,
                label=prediction.label,
                name=prediction.name,
                probabilities=prediction.probabilities,
                verdict=prediction.verdict,
                number=seen.number,
                size=seen.size,
            )

"""Reading files: pictures and drawings, one or thousands, in batches."""

import glob
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.choices import NO_CHOICES, ImportChoices
from app.core.errors import InputError
from app.core.imaging.drawing import DRAWING_SUFFIX, Drawing
from app.core.imaging.pictures import PICTURE_SUFFIXES, Picture
from app.core.imaging.preprocess import load_source, prepare
from app.core.inference.better_model import Better, Reading, better_model
from app.core.inference.calibration import Verdict
from app.core.inference.file_prediction import FilePrediction
from app.core.inference.multi_digit import MultiDigitPrediction, predict_multi_digit
from app.core.inference.predict_tables import is_table_of_pictures, predict_table
from app.core.inference.predictor import Prediction, Predictor
from app.core.models.interpreter import BATCH
from app.core.models.store import StoredModel


def predict_files(  # noqa: PLR0917 - the command's options
    model: StoredModel,
    paths: Sequence[Path],
    multi: bool = False,
    choices: ImportChoices = NO_CHOICES,
    tell: Callable[[str], None] = lambda _: None,
    others: Sequence[StoredModel] = (),
) -> Iterator[FilePrediction]:
    """Read every file in `paths`, and every picture and drawing in folders among them, in order.

    A path may be a pattern with `*`, `?` and `**`, for shells that do not expand them. A table of pictures (CSV, npz,
    npy, IDX) gives an answer for each row; `choices` are for these, and `tell` is given sentences about how they were
    read. In folders tables are looked for only where there are no pictures.

    A file that cannot be read gives a FilePrediction with `error`; the others go on. With `multi` each is read as a
    number of several digits too. Of each file it is told which of `others` should rather read it, if one should.

    Raises:
        InputError: the model cannot be used, or the paths are folders and no picture is in any of them.

    """
    predictor = Predictor(model, threads=os.cpu_count() or 1)
    better, found = _BetterModels(predictor, others), False
    for are_tables, group in groupby(_expand(paths), is_table_of_pictures):
        found = True
        if are_tables:
            for path in group:
                yield from _table_or_error(predictor, path, choices, tell)
            continue
        while batch := list(islice(group, BATCH)):
            for prediction in _predict_batch(predictor, batch, multi):
                yield replace(prediction, better=better.of(prediction))
    if not found:
        where = ", ".join(str(path) for path in paths)
        raise InputError(f"There are no pictures or drawings in {where}; choose files or another folder.")


class _BetterModels:
    """Finds the models that should rather read what was read, each opened once."""

    def __init__(self, predictor: Predictor, others: Sequence[StoredModel]) -> None:
        self._predictor, self._others = predictor, others
        self._open: dict[str, Predictor] = {}

    def of(self, read: FilePrediction) -> Better | None:
        """One for this file, if there is any."""
        if read.error is not None or not self._others:
            return None
        source = load_source(read.path, may_be_cut=True)
        region = source.region if isinstance(source, Picture) else None
        shown = prepare(source, self._predictor.preprocessing, region=region)

        def answers() -> tuple[Prediction, ...]:
            """Digit by digit, as the window reads it, unless it is surely one."""
            if read.verdict is Verdict.SURE:
                return (self._predictor.predict(shown.image),)
            number = read.number or predict_multi_digit(self._predictor, source)
            return tuple(digit.prediction for digit in number.digits)

        reading = Reading(self._predictor.model.card, shown, answers)
        return better_model(source, reading, self._others, self._opened, region=region)

    def _opened(self, model: StoredModel) -> Predictor:
        if model.card.name not in self._open:
            self._open[model.card.name] = Predictor(model)
        return self._open[model.card.name]


def _table_or_error(
    predictor: Predictor, path: Path, choices: ImportChoices, tell: Callable[[str], None]
) -> Iterator[FilePrediction]:
    nothing = np.zeros(len(predictor.model.card.class_names), np.float32)
    try:
        _check_is_file(path)
        yield from predict_table(predictor, path, choices, tell)
    except (InputError, OSError) as error:
        yield FilePrediction(path, predictor.model.card.name, None, None, nothing, 0.0, error=_why(path, error))


def _why(path: Path, error: Exception) -> str:
    return str(error) if isinstance(error, InputError) else _cannot_be_opened(path, error)


def _cannot_be_opened(path: Path, error: Exception) -> str:
    reason = error.strerror if isinstance(error, OSError) else error
    return f"{path.name[:80]} cannot be opened ({reason}); choose another file."


def _expand(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield the files to read: those that match, and in folders those with a fitting name, but nothing hidden."""
    for path in paths:
        # os.path and not Path, whose own raise for names that no file can have
        if os.path.isdir(path):  # noqa: PTH112
            yield from _in_folder(path)
        elif glob.has_magic(str(path)) and not os.path.lexists(path):
            names = sorted(glob.glob(str(path), recursive=True))  # noqa: PTH207 - Path's own takes no whole path
            # ** matches folders, and all that is in them as well
            found = [Path(name) for name in names if "**" not in path.parts or not os.path.isdir(name)]  # noqa: PTH112
            yield from _expand(found) if found else (path,)
        else:
            yield path


def _in_folder(folder: Path) -> Iterator[Path]:
    """The pictures and drawings in a folder; if there are none, its tables of pictures."""
    pictures, tables = (DRAWING_SUFFIX, *PICTURE_SUFFIXES), list[Path]()
    closed: list[OSError] = []
    has_pictures = False
    for place, folders, names in os.walk(folder, onerror=closed.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(name for name in names if not name.startswith(".")):
            if name.lower().endswith(pictures):
                has_pictures = True
                yield Path(place, name)
            elif not has_pictures and is_table_of_pictures(Path(place, name)) and not name.lower().endswith(".txt"):
                tables.append(Path(place, name))
    if not has_pictures:
        yield from tables
    yield from (Path(error.filename) for error in closed)


@dataclass(frozen=True, eq=False)
class _Seen:
    """What there is to read in one file: `image` (28, 28) float32, None for blank paper."""

    image: NDArray[np.float32] | None
    size: tuple[float, float]
    number: MultiDigitPrediction | None
    note: str


def _look(path: Path, predictor: Predictor, multi: bool) -> _Seen:
    """Open a file and prepare it. Raises InputError if it cannot be read."""
    _check_is_file(path)
    source = load_source(path, may_be_cut=True)
    if isinstance(source, Drawing):
        size, note, shown = (source.width, source.height), "", prepare(source, predictor.preprocessing)
    else:
        size, note = source.size, source.note
        shown = prepare(source, predictor.preprocessing, region=source.region)
    number = predict_multi_digit(predictor, source) if multi else None
    return _Seen(None if shown.is_empty else shown.image, size, number, note)


def _check_is_file(path: Path) -> None:
    """Raise InputError unless it may be opened: opening a pipe or a device could wait for ever."""
    try:
        if path.is_dir():
            raise InputError(f"The folder {path.name} cannot be opened; check its permissions.")
        if glob.has_magic(str(path)) and not path.exists():
            raise InputError(f"No file is called like {path}; choose another name.")
        if path.exists() and not path.is_file():
            raise InputError(f"{path.name} is not a file; choose a picture or a drawing.")
    except (OSError, ValueError) as error:
        raise InputError(_cannot_be_opened(path, error)) from error


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
            yield replace(unread, number=seen.number, size=seen.size, note=seen.note)
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
                note=seen.note,
            )

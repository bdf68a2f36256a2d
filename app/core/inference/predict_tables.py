"""Reading tables of pictures with a model: CSV, npz, npy and IDX, row by row, with labels or without."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.choices import NO_CHOICES, ImportChoices
from app.core.datasets.content import RawData
from app.core.datasets.files.kinds import first_bytes, is_idx
from app.core.datasets.idx import read_idx
from app.core.datasets.known.applying import shown_as
from app.core.datasets.known.recognizing import Reading, recognize
from app.core.datasets.tables.labels import LabelCoder, Labels, label_text
from app.core.datasets.tables.reading import is_table_name, open_tables
from app.core.datasets.tables.rows import PictureReader, Pictures, Rows, Table
from app.core.datasets.types import LabelledImages
from app.core.errors import InputError
from app.core.imaging.preprocess import Preprocessing
from app.core.inference.file_prediction import FilePrediction
from app.core.inference.predictor import Predictor

_LOOKED_AT = 2_000
_IDX_BLOCK = 4_096


def is_table_of_pictures(path: Path) -> bool:
    """Tell whether a file is one of these, by its name or, for IDX, by its first bytes."""
    if is_table_name(path.name):
        return True
    try:
        return path.is_file() and is_idx(first_bytes(str(path)))
    except (OSError, ValueError):
        return False


def predict_table(
    predictor: Predictor,
    path: Path,
    choices: ImportChoices = NO_CHOICES,
    tell: Callable[[str], None] = lambda _: None,
) -> Iterator[FilePrediction]:
    """Read every picture in a table, in order; `row` counts them from 1, those that are damaged too.

    A table that looks like a known set is read as that is (EMNIST's pictures are turned upright); `tell` is given a
    sentence about it. Of a labelled one each answer has its `truth`, if the model has classes of these names.

    Raises InputError (no table of pictures, or damaged), ChoiceNeededError and OSError.
    """
    row = 0
    for table in _tables(path, choices.label_column):
        reader, looked_at = PictureReader(table), None
        for pictures in reader:
            if looked_at is None and len(pictures.images):
                looked_at = _look(pictures, path, choices, predictor.preprocessing)
                for note in (looked_at.reading.why, *reader.notes):
                    if note:
                        tell(f"{path.name}: {note}")
            for prediction in _predicted(predictor, path, pictures, looked_at, table.unit):
                row += 1
                yield replace(prediction, row=row)


def _tables(path: Path, label_column: str) -> list[Table]:
    return list(open_tables(path, label_column).values()) if is_table_name(path.name) else [_open_idx(path)]


def _open_idx(path: Path) -> Table:
    """IDX pictures, with the labels beside them if a file is called so."""
    images = read_idx(path)
    if images.ndim != 3:
        raise InputError(f"{path.name} holds labels; choose the file with the pictures.")
    beside = path.with_name(re.sub("idx3", "idx1", re.sub("images", "labels", path.name)))
    labels = read_idx(beside) if beside != path and beside.is_file() else None
    if labels is not None and labels.shape != images.shape[:1]:
        raise InputError(f"{path.name} holds {len(images)} pictures and {beside.name} {labels.size} labels.")
    return Table(
        path.name, (*images.shape[1:], 1), labels is not None, partial(_idx_rows, images, labels), unit="picture"
    )


def _idx_rows(images: NDArray[np.uint8], labels: NDArray[np.uint8] | None) -> Iterator[Rows]:
    for start in range(0, len(images), _IDX_BLOCK):
        block = images[start : start + _IDX_BLOCK].reshape(-1, images[0].size)
        stop = start + len(block)
        yield Rows(block, None if labels is None else labels[start:stop], None, np.arange(start + 1, stop + 1))


@dataclass(frozen=True)
class _LookedAt:
    """How a table is read, told by its first pictures; `names` are what its labels are called."""

    reading: Reading
    names: dict[str, str]

    def images(self, found: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The pictures as a network reads them, (n, 28, 28)."""
        return shown_as(found, self.reading, None, None)

    def truths(self, labels: Labels | None) -> list[str | None]:
        """What pictures show by their labels."""
        if labels is None:
            return []
        return [self.names.get(text, text) for text in map(label_text, labels)]


def _look(pictures: Pictures, path: Path, choices: ImportChoices, preprocessing: Preprocessing) -> _LookedAt:
    images = pictures.images[:_LOOKED_AT]
    named: tuple[str, ...] | None
    if pictures.labels is None:
        codes, named = np.zeros(len(images), np.uint8), ("unknown",)
    else:
        coder = LabelCoder(path.name)
        found = coder.encode(pictures.labels[:_LOOKED_AT])
        final, named = coder.finished(np.bincount(found))
        codes = final[found]
    raw = RawData(LabelledImages(images, codes), class_names=named, found_names=(path.name,))
    reading = recognize(raw, choices, path)
    if reading.known is None and choices.kind is None:
        reading = replace(reading, preprocessing=preprocessing)
    said = dict(reading.known.classes) if reading.known is not None and named is None else {}
    said |= zip(reading.labels, reading.class_names, strict=True)
    texts = {label: named[label] if named and label < len(named) else str(label) for label in said}
    return _LookedAt(reading, {texts[label]: name for label, name in said.items()})


def _predicted(
    predictor: Predictor, path: Path, pictures: Pictures, looked_at: _LookedAt | None, unit: str
) -> Iterator[FilePrediction]:
    """The answers for one block, in order, with those for rows that are damaged between them."""
    card = predictor.model.card
    nothing = FilePrediction(
        path, card.name, None, None, np.zeros(len(card.class_names), np.float32), 0.0, class_names=card.class_names
    )
    damaged = dict(pictures.damaged)
    answers: dict[int, FilePrediction] = {
        number: replace(nothing, error=f"{unit.capitalize()} {number}: {why}") for number, why in damaged.items()
    }
    if looked_at is not None and len(pictures.images):
        images = looked_at.images(pictures.images)
        truths = looked_at.truths(pictures.labels) or [None] * len(images)
        read = predictor.predict_many(np.divide(images, 255, dtype=np.float32))
        inked = np.asarray(images.any(axis=(1, 2)))
        for number, truth, prediction, is_inked in zip(pictures.numbers, truths, read, inked, strict=True):
            known = truth if truth in card.class_names else None
            answer = replace(nothing, truth=known, elapsed_ms=prediction.elapsed_ms)
            if is_inked:
                answer = replace(
                    answer,
                    label=prediction.label,
                    name=prediction.name,
                    probabilities=prediction.probabilities,
                    verdict=prediction.verdict,
                )
            answers[int(number)] = answer
    for number in sorted(answers):
        yield answers[number]

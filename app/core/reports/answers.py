"""Answers as a file: a table for spreadsheets, or what Kaggle's competitions want; and how many of them are right."""

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.datasets.storage import storage_errors
from app.core.file_writing import written_beside
from app.core.reports.writing import check_target

if TYPE_CHECKING:
    from app.core.inference.file_prediction import FilePrediction

_COLUMNS = ("file", "row", "label", "name", "probability", "verdict", "truth", "error")


class AnswersFormat(StrEnum):
    """How answers are written. KAGGLE: the columns ImageId, from 1, and Label."""

    TABLE = "table"
    KAGGLE = "kaggle"


@dataclass
class AnswerCount:
    """How many answers there were: `read`, of these with a known `truth` so many `right`, and `failed` ones.

    `tables` tells whether any came from a table.
    """

    read: int = 0
    labelled: int = 0
    right: int = 0
    failed: int = 0
    tables: bool = False

    def add(self, prediction: "FilePrediction") -> None:
        """Count one."""
        self.tables |= prediction.row is not None
        if prediction.error is not None:
            self.failed += 1
            return
        self.read += 1
        if prediction.truth is not None:
            self.labelled += 1
            self.right += prediction.name == prediction.truth


@contextmanager
def answers_file(path: Path, wanted: AnswersFormat, replace: bool) -> Iterator[Callable[["FilePrediction"], None]]:
    """Give what writes an answer into a new CSV file, which is there when the block ends well, whole.

    Raises InputError (there is a file that may not be replaced, or no such folder) and StudioError (the disk refuses).
    """
    check_target(path, is_folder=False, replace=replace)
    # With a byte order mark spreadsheets read it as UTF-8; Kaggle takes it for a part of the title.
    encoding = "utf-8-sig" if wanted is AnswersFormat.TABLE else "utf-8"
    with (
        storage_errors(path.parent),
        written_beside(path) as work,
        work.open("w", encoding=encoding, newline="") as file,
    ):
        rows = csv.writer(file, lineterminator="\n")
        if wanted is AnswersFormat.TABLE:
            rows.writerow(_COLUMNS)
            yield lambda prediction: rows.writerow(_table_row(prediction))
        else:
            rows.writerow(("ImageId", "Label"))
            yield _numbered(rows.writerow)


def _numbered(write: Callable[[tuple[int, str]], object]) -> Callable[["FilePrediction"], None]:
    count = 0

    def add(prediction: "FilePrediction") -> None:
        nonlocal count
        count += 1
        # A competition wants an answer for each row; for one that shows nothing any class is as good.
        write((count, prediction.name or next(iter(prediction.class_names), "")))

    return add


def _table_row(prediction: "FilePrediction") -> tuple[object, ...]:
    label, number = prediction.label, prediction.number
    name = number.text if number is not None and len(number.digits) > 1 else prediction.name
    probability = "" if label is None else round(float(prediction.probabilities[label]), 6)
    verdict = prediction.verdict or ("empty" if prediction.error is None else "")
    return (prediction.path, prediction.row, label, name, probability, verdict, prediction.truth, prediction.error)

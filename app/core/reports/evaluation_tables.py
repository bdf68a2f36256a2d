"""An evaluation as CSV tables: figures, confusions, calibration, mistakes and every single answer.

Figures have all their digits.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from app.core.inference.evaluation import ModelEvaluation
from app.core.inference.metrics import CalibrationBin


def summary(evaluation: ModelEvaluation) -> dict[str, object]:
    """What was read by whom, and how well: a name and a value each."""
    return {
        "model": evaluation.model,
        "data": evaluation.data,
        "samples": evaluation.samples,
        "accuracy": evaluation.accuracy,
        "loss": evaluation.loss,
        "expected_calibration_error": evaluation.expected_calibration_error,
        "elapsed_s": evaluation.elapsed_s,
    }


def summary_csv(evaluation: ModelEvaluation) -> str:
    """One row with the figures that are about all pictures."""
    return _of_mappings([summary(evaluation)])


def classes_csv(evaluation: ModelEvaluation) -> str:
    """A row for each class: precision, recall, F1, and how many pictures it has."""
    return _of_mappings([vars(figures) for figures in evaluation.classes])


def confusion_csv(evaluation: ModelEvaluation) -> str:
    """A row for each true class with the count of every predicted one."""
    rows = zip(evaluation.class_names, evaluation.confusion.tolist(), strict=True)
    return _of_rows(["true \\ predicted", *evaluation.class_names], ([name, *counts] for name, counts in rows))


def calibration_csv(evaluation: ModelEvaluation) -> str:
    """A row for each bin of confidence; one that no answer fell into has neither confidence nor accuracy."""
    return _of_mappings([_bin(part) for part in evaluation.calibration])


def mistakes_csv(evaluation: ModelEvaluation) -> str:
    """A row for each picture that was read wrong, most confident first, as in `predictions_csv`."""
    return _answers(evaluation, evaluation.mistakes())


def predictions_csv(evaluation: ModelEvaluation) -> str:
    """A row for each picture in the order of the test split: its classes, and the probability of every class."""
    return _answers(evaluation, np.arange(evaluation.samples))


def _bin(part: CalibrationBin) -> dict[str, object]:
    row = dict(vars(part))
    return row if part.count else row | {"confidence": None, "accuracy": None}


def _answers(evaluation: ModelEvaluation, places: NDArray[np.int64]) -> str:
    """`picture` counts the test pictures from 0."""
    names = evaluation.class_names
    header = ["picture", "true", "predicted", "confidence", *(f"probability of {name}" for name in names)]
    rows = (
        [
            int(place),
            names[evaluation.labels[place]],
            names[evaluation.predicted[place]],
            *(f"{value:.9g}" for value in (evaluation.confidences[place], *evaluation.probabilities[place])),
        ]
        for place in places
    )
    return _of_rows(header, rows)


def _of_mappings(rows: Sequence[Mapping[str, object]]) -> str:
    return _of_rows(list(rows[0]), (list(row.values()) for row in rows))


def _of_rows(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


TABLES: Mapping[str, Callable[[ModelEvaluation], str]] = {
    "summary.csv": summary_csv,
    "classes.csv": classes_csv,
    "confusion.csv": confusion_csv,
    "calibration.csv": calibration_csv,
    "mistakes.csv": mistakes_csv,
    "predictions.csv": predictions_csv,
}
"""All tables, by the names their files should have."""

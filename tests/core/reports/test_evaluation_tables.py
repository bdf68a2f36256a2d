"""Tables of an evaluation, read back as a spreadsheet reads them."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from app.core.inference.evaluation import ModelEvaluation
from app.core.inference.metrics import cross_entropy
from app.core.reports.evaluation_tables import TABLES

NAMES = ("Coat", 'Shirt, "long"', "Bag")


@pytest.fixture
def read() -> ModelEvaluation:
    """Four answers; the second and the last are wrong, the last one more confidently."""
    probabilities = np.array([[0.7, 0.2, 0.1], [0.55, 0.4, 0.05], [0.0, 0.1, 0.9], [0.95, 0.05, 0.0]], np.float32)
    labels = np.array([0, 1, 2, 2], np.uint8)
    images = np.zeros((4, 28, 28), np.uint8)
    loss = cross_entropy(probabilities, labels)
    return ModelEvaluation("clothes", "Clothes", "Clothes, full, 9", NAMES, images, labels, probabilities, loss, 0.5)


def rows(name: str, evaluation: ModelEvaluation) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(TABLES[name](evaluation))))


def test_the_summary_has_every_digit(read: ModelEvaluation) -> None:
    (row,) = rows("summary.csv", read)
    assert (row["model"], row["data"], row["samples"]) == ("clothes", "Clothes, full, 9", "4")
    assert float(row["accuracy"]) == 0.5
    assert float(row["loss"]) == read.loss
    assert float(row["expected_calibration_error"]) == read.expected_calibration_error


def test_classes_and_confusions_are_named(read: ModelEvaluation) -> None:
    assert [row["name"] for row in rows("classes.csv", read)] == list(NAMES)
    bag = rows("classes.csv", read)[2]
    assert (float(bag["precision"]), float(bag["recall"]), bag["support"]) == (1, 0.5, "2")
    table = list(csv.reader(io.StringIO(TABLES["confusion.csv"](read))))
    assert table[0] == ["true \\ predicted", *NAMES]
    assert table[1:] == [["Coat", "1", "0", "0"], ['Shirt, "long"', "1", "0", "0"], ["Bag", "1", "0", "1"]]


def test_what_does_not_exist_is_an_empty_cell(read: ModelEvaluation) -> None:
    shirt, bag = rows("classes.csv", replace(read, labels=np.array([0, 0, 2, 2], np.uint8)))[1:]
    assert (shirt["precision"], shirt["recall"], shirt["f1"], shirt["support"]) == ("", "", "", "0")
    assert bag["recall"] == "0.5"


def test_a_bin_without_answers_claims_nothing(read: ModelEvaluation) -> None:
    bins = rows("calibration.csv", read)
    assert len(bins) == 15
    assert sum(int(one["count"]) for one in bins) == 4
    assert (bins[0]["confidence"], bins[0]["accuracy"]) == ("", "")
    assert float(bins[10]["confidence"]) == pytest.approx(0.7)
    assert bins[10]["accuracy"] == "1.0"


def test_mistakes_come_most_confident_first_and_say_which_picture(read: ModelEvaluation) -> None:
    mistakes = rows("mistakes.csv", read)
    assert [row["picture"] for row in mistakes] == ["3", "1"]
    assert (mistakes[0]["true"], mistakes[0]["predicted"]) == ("Bag", "Coat")
    assert float(mistakes[0]["confidence"]) == np.float32(0.95)


def test_every_answer_is_there_with_the_bits_it_had(read: ModelEvaluation) -> None:
    answers = rows("predictions.csv", read)
    assert [row["picture"] for row in answers] == ["0", "1", "2", "3"]
    kept = [[row[f"probability of {name}"] for name in NAMES] for row in answers]
    np.testing.assert_array_equal(np.array(kept, np.float32), read.probabilities)

"""Logits and probabilities class by class: softmax, done here once more, makes the one of the other."""

import csv
import io
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.datasets.sources import load_dataset
from app.core.inference.predictor import Predictor
from app.core.inference.softmax_table import LogitReader, SoftmaxTable
from app.core.models.store import StoredModel, find_model


def table_of(model: StoredModel) -> SoftmaxTable:
    image = load_dataset(model.card.dataset, "starter").test.images[3] / np.float32(255)
    return LogitReader(model).table(image, Predictor(model).predict(image))


def softmax(table: SoftmaxTable) -> NDArray[np.float64]:
    powers = np.exp(np.array([row.logit for row in table.rows]) / table.temperature)
    return np.asarray(powers / powers.sum(), np.float64)


@pytest.mark.parametrize("name", ["digits-cnn", "clothes-cnn", "quickstart-mnist"])
def test_softmax_of_the_logits_is_the_answer(name: str) -> None:
    model = find_model(name)
    table = table_of(model)
    assert table.is_exact
    assert [row.name for row in table.rows] == list(model.card.class_names)
    probabilities = [row.probability for row in table.rows]
    np.testing.assert_allclose(softmax(table), probabilities, atol=1e-4)
    np.testing.assert_allclose([row.power / table.sum_of_powers for row in table.rows], probabilities, atol=1e-4)


def test_without_weights_the_logits_are_those_of_the_probabilities(tmp_path: Path) -> None:
    whole = find_model("quickstart-mnist")
    shutil.copy(whole.litert_path, tmp_path)
    table = table_of(replace(whole, folder=tmp_path))
    assert not table.is_exact
    assert table.sum_of_powers == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(softmax(table), [row.probability for row in table.rows], atol=1e-6)


def test_the_copy_has_all_digits() -> None:
    table = table_of(find_model("quickstart-mnist"))
    header, *rows = csv.reader(io.StringIO(table.as_csv()))
    assert header == ["class", "logit", "power", "probability"]
    np.testing.assert_allclose([float(row[3]) for row in rows], [row.probability for row in table.rows], rtol=1e-7)

"""Doubt is counted as the window shows it."""

import numpy as np
import pytest

from app.core.inference.evaluation import ModelEvaluation, UncertaintyMetrics, uncertainty_metrics
from app.core.models.card import Calibration


def test_answers_without_doubt_are_counted_and_how_many_of_them_are_right() -> None:
    probabilities = np.array(
        [[0.95, 0.03, 0.02], [0.90, 0.06, 0.04], [0.6, 0.39, 0.01], [0.4, 0.3, 0.3], [0.02, 0.96, 0.02]], np.float32
    )
    labels = np.array([0, 1, 0, 2, 1], np.uint8)  # the second and the fourth are wrong
    images = np.zeros((5, 28, 28), np.uint8)
    read = ModelEvaluation("pets", "Pets", "Pets", ("cat", "dog", "owl"), images, labels, probabilities, 0.1, 0.1)
    metrics = uncertainty_metrics(read, Calibration(sure_above=0.8, known_above=0.9))
    assert metrics == UncertaintyMetrics(samples=5, sure=3, sure_and_right=2)
    assert metrics.sure_share == pytest.approx(0.6)
    assert metrics.accuracy_when_sure == pytest.approx(2 / 3)
    # What belongs to no class counts as doubt as well, however low the bar for sure answers is.
    assert uncertainty_metrics(read, Calibration(sure_above=0.1, known_above=0.9)).sure == 4


def test_nothing_read_is_nothing_sure() -> None:
    assert UncertaintyMetrics(0, 0, 0).sure_share == UncertaintyMetrics(0, 0, 0).accuracy_when_sure == 0

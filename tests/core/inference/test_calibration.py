"""Temperature and thresholds: found again where they were put in."""

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.inference.calibration import Verdict, calibrate, familiarity, fit_temperature, judge, tempered
from app.core.models.card import Calibration


def answers(count: int, seed: int) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Honest probabilities of four classes, and labels drawn from them."""
    random = np.random.default_rng(seed)
    logits = random.normal(0, 2.5, (count, 4))
    beliefs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = (beliefs.cumsum(axis=1) < random.random((count, 1))).sum(axis=1)
    return beliefs.astype(np.float32), labels.astype(np.uint8)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_a_temperature_that_was_put_in_is_found(temperature: float) -> None:
    honest, labels = answers(20_000, 1)
    said = tempered(honest, 1 / temperature)
    assert fit_temperature(said, labels) == pytest.approx(temperature, rel=0.06)


def test_a_temperature_is_the_softmax_of_divided_logits() -> None:
    logits = np.array([[2.0, -1.0, 0.5]])
    wanted = np.exp(logits / 3) / np.exp(logits / 3).sum()
    plain = np.exp(logits) / np.exp(logits).sum()
    np.testing.assert_allclose(tempered(plain.astype(np.float32), 3), wanted, rtol=1e-5)


def test_calibration_brings_confidence_and_accuracy_together() -> None:
    honest, labels = answers(20_000, 2)
    found = calibrate(tempered(honest, 1 / 3), labels)
    assert found.error is not None
    assert found.error_before is not None
    assert found.error < 0.02 < found.error_before
    assert found.samples == 20_000


def test_what_is_spread_over_all_classes_is_unknown_where_training_was_certain() -> None:
    certain = np.full((1000, 4), 0.01, np.float32)
    certain[:, 0] = 0.97
    spread = np.full((500, 4), 0.25, np.float32)
    found = calibrate(certain, np.zeros(1000, np.uint8))
    assert judge(tempered(certain, found.temperature), found)[0] is Verdict.SURE
    assert judge(tempered(spread, found.temperature), found)[0] is Verdict.UNKNOWN


def test_few_pictures_of_the_own_kind_are_unknown() -> None:
    honest, labels = answers(5_000, 3)
    found = calibrate(honest, labels)
    verdicts = judge(tempered(honest, found.temperature), found)
    assert verdicts.count(Verdict.UNKNOWN) / len(verdicts) == pytest.approx(0.005, abs=0.001)


def test_an_answer_that_is_often_wrong_is_never_sure() -> None:
    beliefs = np.tile(np.array([[0.6, 0.4, 0.0]], np.float32), (1000, 1))
    labels = np.where(np.arange(1000) % 10 < 6, 0, 1).astype(np.uint8)
    found = calibrate(beliefs, labels)
    assert judge(tempered(beliefs[:1], found.temperature), found) == [Verdict.UNSURE]


def test_sure_takes_more_where_confident_predictions_are_often_wrong() -> None:
    random = np.random.default_rng(5)
    confidence = random.uniform(0.5, 1, 20_000)
    is_right = random.random(20_000) < np.where(confidence > 0.95, 1, 0.85)  # the temperature cannot tell
    beliefs = np.stack([confidence, 1 - confidence], axis=1).astype(np.float32)
    found = calibrate(beliefs, np.where(is_right, 0, 1).astype(np.uint8))
    sure = np.array([verdict is Verdict.SURE for verdict in judge(tempered(beliefs, found.temperature), found)])
    assert is_right[sure].mean() >= 0.97
    assert sure.any()


def test_between_two_digits_it_is_unsure_and_among_all_it_is_unknown() -> None:
    rule = Calibration(sure_above=0.7, known_above=0.8)
    beliefs = np.array([[0.9, 0.05, 0.03, 0.02], [0.5, 0.45, 0.03, 0.02], [0.3, 0.3, 0.2, 0.2]], np.float32)
    assert judge(beliefs, rule) == [Verdict.SURE, Verdict.UNSURE, Verdict.UNKNOWN]
    np.testing.assert_allclose(familiarity(beliefs), [0.95, 0.95, 0.6], rtol=1e-6)


def test_one_of_two_classes_is_never_called_unknown() -> None:
    random = np.random.default_rng(4)
    first = random.random((500, 1), dtype=np.float32) ** np.float32(0.1)
    beliefs, labels = np.concatenate([first, 1 - first], axis=1), (random.random(500) > first[:, 0]).astype(np.uint8)
    found = calibrate(beliefs, labels)
    assert Verdict.UNKNOWN not in judge(tempered(beliefs, found.temperature), found)

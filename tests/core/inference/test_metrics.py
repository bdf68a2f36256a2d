"""Metrics of predictions against plain counting, one answer at a time, and against examples worked out by hand."""

import numpy as np
import pytest

from app.core.inference.metrics import (
    Evaluation,
    calibration_curve,
    class_metrics,
    confusion_matrix,
    expected_calibration_error,
    mean_gap,
)

RANDOM = np.random.default_rng(11)


def test_a_confusion_matrix_has_true_classes_in_rows() -> None:
    labels, said = np.array([0, 0, 1, 2, 2, 2], np.uint8), np.array([0, 1, 1, 0, 2, 2])
    np.testing.assert_array_equal(confusion_matrix(labels, said, 3), [[1, 1, 0], [0, 1, 0], [1, 0, 2]])


def test_confusions_of_many_classes_do_not_wrap_round() -> None:
    labels = np.full(3, 49, np.uint8)
    assert confusion_matrix(labels, np.array([49, 49, 0]), 50)[49, [0, 49]].tolist() == [1, 2]


def test_figures_by_class_are_those_worked_out_by_hand() -> None:
    cat, dog = class_metrics(np.array([[8, 2], [4, 6]]), ("cat", "dog"))
    assert (cat.name, cat.support) == ("cat", 10)
    assert cat.precision == pytest.approx(8 / 12)
    assert cat.recall == pytest.approx(0.8)
    assert cat.f1 == pytest.approx(2 * (2 / 3) * 0.8 / (2 / 3 + 0.8))
    assert dog.precision == pytest.approx(6 / 8)
    assert dog.recall == pytest.approx(0.6)


def test_what_never_occurs_has_no_recall_and_what_is_never_named_a_precision_of_nothing() -> None:
    never_named, never_there = class_metrics(np.array([[0, 5], [0, 0]]), ("a", "b"))
    assert (never_named.precision, never_named.recall, never_named.f1, never_named.support) == (0, 0, 0, 5)
    assert (never_there.precision, never_there.recall, never_there.f1, never_there.support) == (0, None, None, 0)
    (_, neither) = class_metrics(np.array([[5, 0], [0, 0]]), ("a", "b"))
    assert (neither.precision, neither.recall, neither.f1, neither.support) == (None, None, None, 0)


def test_the_mean_over_classes_is_what_training_tells() -> None:
    confusion = RANDOM.integers(0, 9, (6, 6))
    confusion[2] = 0
    figures = [one for one in class_metrics(confusion, "abcdef") if one.support]
    told = Evaluation(0.0, confusion)
    assert np.mean([one.precision for one in figures]) == pytest.approx(told.precision)
    assert np.mean([one.recall for one in figures]) == pytest.approx(told.recall)


def test_the_calibration_curve_matches_a_plain_count() -> None:
    confidences = RANDOM.random(500).astype(np.float32)
    is_right = RANDOM.random(500) < confidences
    curve = calibration_curve(confidences, is_right)
    assert len(curve) == 15
    for place, part in enumerate(curve):
        assert (part.lower, part.upper) == pytest.approx((place / 15, (place + 1) / 15))
        inside = [i for i in range(500) if part.lower < confidences[i] <= part.upper]
        assert part.count == len(inside)
        assert part.confidence == pytest.approx(np.mean([confidences[i] for i in inside]))
        assert part.accuracy == pytest.approx(np.mean([is_right[i] for i in inside]))


def test_every_answer_is_in_a_bin_the_surest_and_the_emptiest_too() -> None:
    curve = calibration_curve(np.array([0.0, 1.0, 0.5], np.float32), np.array([False, True, True]), bins=2)
    assert [part.count for part in curve] == [2, 1]
    nothing = calibration_curve(np.zeros(0, np.float32), np.zeros(0, bool))
    assert {(part.count, part.confidence, part.accuracy) for part in nothing} == {(0, 0.0, 0.0)}
    assert mean_gap(nothing) == 0


def test_the_calibration_error_weighs_bins_by_their_answers() -> None:
    # Three answers at 0.9 of which two are right, and one at 0.5 that is right.
    confidences, is_right = np.array([0.9, 0.9, 0.9, 0.5]), np.array([True, True, False, True])
    expected = 0.75 * abs(0.9 - 2 / 3) + 0.25 * abs(0.5 - 1)
    assert mean_gap(calibration_curve(confidences, is_right)) == pytest.approx(expected)


def test_the_calibration_error_of_answers_is_that_of_their_largest_probabilities() -> None:
    answers, labels = np.array([[0.9, 0.1], [0.1, 0.9], [0.7, 0.3]], np.float32), np.array([0, 0, 0], np.uint8)
    # Two answers at 0.9 of which one is right, one at 0.7 that is.
    assert expected_calibration_error(answers, labels) == pytest.approx((2 * 0.4 + 0.3) / 3)
    assert expected_calibration_error(np.zeros((0, 10), np.float32), labels[:0]) == 0


def test_a_reader_that_is_as_good_as_it_says_has_no_calibration_error() -> None:
    confidences = np.full(1000, 0.7)
    assert mean_gap(calibration_curve(confidences, np.arange(1000) < 700)) == pytest.approx(0)

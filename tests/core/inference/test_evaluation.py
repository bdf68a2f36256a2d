"""An evaluation keeps every answer, and its figures follow from them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.core.datasets.sources import load_dataset
from app.core.datasets.types import Dataset, LabelledImages, Variant
from app.core.errors import InputError
from app.core.inference.evaluation import ModelEvaluation, check_classes, check_unseen, evaluate_model
from app.core.inference.metrics import cross_entropy
from app.core.inference.predictor import Predictor
from app.core.models.card import ModelCard
from app.core.models.store import find_model


@pytest.fixture
def read() -> ModelEvaluation:
    """Six answers about three classes; the fourth and the last two are wrong."""
    probabilities = np.array(
        [
            [0.9, 0.1, 0.0],
            [0.6, 0.3, 0.1],
            [0.2, 0.7, 0.1],
            [0.5, 0.4, 0.1],
            [0.8, 0.1, 0.1],
            [0.0, 0.6, 0.4],
        ],
        np.float32,
    )
    labels = np.array([0, 0, 1, 1, 1, 2], np.uint8)
    return ModelEvaluation(
        model="pets",
        title="Pets",
        data="Pets, full, 6",
        class_names=("cat", "dog", "owl"),
        images=np.zeros((6, 28, 28), np.uint8),
        labels=labels,
        probabilities=probabilities,
        loss=cross_entropy(probabilities, labels),
        elapsed_s=0.1,
    )


@pytest.fixture(scope="module")
def digits() -> Dataset:
    """Pictures that the program's own starter edition does not hold as such: every third of them."""
    starter = load_dataset("mnist").test
    few = LabelledImages(starter.images[:900:3], starter.labels[:900:3])
    names = tuple("0123456789")
    return Dataset("own", "Own digits", Variant.IMPORTED, names, "mnist-1", few, few, "0" * 64, "made here")


def test_figures_follow_from_the_answers(read: ModelEvaluation) -> None:
    assert read.samples == 6
    assert read.predicted.tolist() == [0, 0, 1, 0, 0, 1]
    assert read.confidences.tolist() == pytest.approx([0.9, 0.6, 0.7, 0.5, 0.8, 0.6])
    assert read.accuracy == 0.5
    assert read.confusion.tolist() == [[2, 0, 0], [2, 1, 0], [0, 1, 0]]
    assert [one.recall for one in read.classes] == pytest.approx([1, 1 / 3, 0])
    assert [one.precision for one in read.classes] == pytest.approx([0.5, 0.5, 0])
    assert sum(part.count for part in read.calibration) == 6
    # In fifteen bins only the two answers at 0.6 meet, of which one is right.
    expected = (0.1 + 2 * abs(0.6 - 0.5) + 0.3 + 0.5 + 0.8) / 6
    assert read.expected_calibration_error == pytest.approx(expected, abs=1e-6)


def test_the_loss_is_the_mean_surprise_at_the_right_class(read: ModelEvaluation) -> None:
    assert read.loss == pytest.approx(-np.log([0.9, 0.6, 0.7, 0.4, 0.1, 0.4]).mean(), abs=1e-6)


def test_a_right_class_that_was_thought_impossible_costs_much_but_not_everything() -> None:
    assert cross_entropy(np.array([[0, 1]], np.float32), np.zeros(1, np.uint8)) == pytest.approx(np.log(1e7), rel=1e-3)


def test_examples_and_mistakes_come_most_confident_first(read: ModelEvaluation) -> None:
    assert read.examples(0, 0).tolist() == [0, 1]
    assert read.examples(1, 0).tolist() == [4, 3]
    assert read.examples(2, 0).tolist() == []
    assert read.mistakes().tolist() == [4, 5, 3]
    assert read.mistakes(2).tolist() == [4, 5]
    assert read.mistakes_with(0).tolist() == [4, 3]
    assert read.mistakes_with(2).tolist() == [5]
    assert read.confused() == [(1, 0, 2), (2, 1, 1)]


def test_an_evaluation_keeps_pictures_labels_and_answers_in_order(digits: Dataset) -> None:
    predictor = Predictor(find_model("quickstart-mnist"))
    result = evaluate_model(predictor, digits)
    assert (result.model, result.data) == ("quickstart-mnist", "Own digits, imported: 300 test pictures")
    assert result.class_names == digits.class_names
    np.testing.assert_array_equal(result.images, digits.test.images)
    np.testing.assert_array_equal(result.labels, digits.test.labels)
    last = predictor.predict(digits.test.images[-1].astype(np.float32) / 255)
    np.testing.assert_allclose(result.probabilities[-1], last.probabilities, atol=1e-5)
    assert result.accuracy > 0.9


def test_progress_is_told_and_can_end_the_work(digits: Dataset) -> None:
    predictor, told = Predictor(find_model("quickstart-mnist")), list[tuple[int, int]]()
    evaluate_model(predictor, digits, lambda done, total: told.append((done, total)))
    assert told == [(256, 300), (300, 300)]

    class CancelledError(Exception):
        pass

    def cancel(_done: int, _total: int) -> None:
        raise CancelledError

    with pytest.raises(CancelledError):
        evaluate_model(predictor, digits, cancel)


def fine_tuned(**changes: object) -> ModelCard:
    """The card of a model that learned from somebody's samples."""
    card = find_model("quickstart-mnist").card
    config = card.config.changed(**changes)
    own = {"name": "mine", "dataset": "my-samples", "data_variant": "imported", "config": config}
    return card.model_copy(update=own)


def test_a_model_has_seen_what_those_have_that_it_began_from() -> None:
    starter = load_dataset("mnist")
    check_unseen(fine_tuned(), starter)
    check_unseen(fine_tuned(initial_model="removed since"), starter)
    check_unseen(fine_tuned(initial_model="mine"), starter)
    with pytest.raises(InputError, match="has seen"):
        check_unseen(fine_tuned(initial_model="digits-cnn"), starter)


def test_a_model_has_seen_what_was_trained_beside_its_own_data(monkeypatch: pytest.MonkeyPatch) -> None:
    starter, card = load_dataset("mnist"), fine_tuned(replay_dataset="mnist")
    check_unseen(card, starter)  # only the starter edition is here, and its test split was not trained on
    monkeypatch.setattr("app.core.inference.evaluation.find_full", lambda _name: Path("mnist"))
    with pytest.raises(InputError, match="has seen"):
        check_unseen(card, starter)


def test_nothing_to_test_gives_no_figures_and_no_failure(digits: Dataset) -> None:
    empty = Dataset(**{**vars(digits), "test": LabelledImages(digits.test.images[:0], digits.test.labels[:0])})
    result = evaluate_model(Predictor(find_model("quickstart-mnist")), empty)
    assert (result.samples, result.accuracy, result.loss, result.expected_calibration_error) == (0, 0, 0, 0)
    assert result.mistakes().tolist() == []


def test_a_set_that_changed_its_classes_is_called_so(digits: Dataset) -> None:
    card = find_model("quickstart-mnist").card
    names = (*card.class_names[:-1], "nine")
    with pytest.raises(InputError, match="The classes of Own digits have changed since 'quickstart-mnist' was trained"):
        check_classes(card, replace(digits, name="mnist", class_names=names))

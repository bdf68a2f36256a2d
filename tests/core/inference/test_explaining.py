"""What speaks for an answer, what is like a picture, and what is unusual about it."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.datasets.sources import load_dataset
from app.core.datasets.types import LabelledImages
from app.core.errors import InputError
from app.core.imaging.drawing import Drawing
from app.core.imaging.preprocess import DIGITS, NetworkInput, prepare_drawing
from app.core.inference.explaining import neighbours as training_data_module
from app.core.inference.explaining.explainer import Explainer, Explanation, Missing
from app.core.inference.explaining.features import Feature
from app.core.inference.explaining.hints import Hint
from app.core.inference.explaining.neighbours import ENOUGH, FIRST_LOOK, NeighbourIndex, Neighbours, training_data
from app.core.inference.explaining.numpy_network import load_network
from app.core.inference.explaining.saliency import Saliency, integrated_gradients
from app.core.inference.predictor import Predictor
from app.core.models.store import KERAS_FILE, StoredModel, find_model
from tests.patience import PATIENCE_S

Image = NDArray[np.float32]


@pytest.fixture(scope="module")
def digits() -> LabelledImages:
    return load_dataset("mnist").train


@pytest.fixture(scope="module")
def mean(digits: LabelledImages) -> Image:
    return np.asarray(digits.images.mean(axis=0) / 255, np.float32)


def read(image: NDArray[np.uint8]) -> Image:
    return np.asarray(image / np.float32(255), np.float32)


def drawn(*strokes: tuple[tuple[float, float], ...]) -> NetworkInput:
    return prepare_drawing(Drawing(280, 280, strokes), DIGITS)


SLANTED_SEVEN = ((130.0, 40.0), (260.0, 40.0), (40.0, 240.0))
SEVEN = ((90.0, 40.0), (190.0, 40.0), (120.0, 240.0))


# What spoke for it.


@pytest.mark.parametrize("name", ["fast-cnn", "quickstart-mnist"])
def test_attributions_sum_to_what_the_picture_changes(name: str, digits: LabelledImages, mean: Image) -> None:
    network = load_network(find_model(name))
    for image in map(read, digits.images[:3]):
        logits, before = network.logits(image[None])[0], network.logits(mean[None])[0]
        first, second = np.argsort(logits)[::-1][:2]
        found = integrated_gradients(network, image, mean, int(first))
        gained = (logits[first] - logits.mean()) - (before[first] - before.mean())
        assert found.attributions.sum() == pytest.approx(gained, rel=0.06, abs=0.3)
        versus = integrated_gradients(network, image, mean, int(first), rival=int(second))
        between = (logits[first] - logits[second]) - (before[first] - before[second])
        assert versus.attributions.sum() == pytest.approx(between, rel=0.06, abs=0.3)
        assert versus.rival == second


def test_a_place_like_the_baseline_has_no_say(mean: Image) -> None:
    network, image = load_network(find_model("fast-cnn")), mean.copy()
    image[10:18, 13:15] = 1
    found = integrated_gradients(network, image, mean, 1).attributions
    assert np.flatnonzero(np.abs(found).sum(axis=1)).tolist() == list(range(10, 18))
    assert np.flatnonzero(np.abs(found).sum(axis=0)).tolist() == [13, 14]


def test_the_map_for_the_eye_is_smooth_and_spans_one() -> None:
    spike = np.zeros((28, 28), np.float32)
    spike[10, 10] = -3
    shown = Saliency(spike).shown
    assert shown.shape == (28, 28)
    assert shown.min() == shown[10, 10] == -1
    assert (np.diff(shown[10, 10:17]) > 0).all()
    assert not shown[10, 17:].any()
    assert not Saliency(np.zeros((28, 28), np.float32)).shown.any()


def test_the_map_can_be_cancelled(mean: Image) -> None:
    def enough() -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        integrated_gradients(load_network(find_model("quickstart-mnist")), mean, mean, 0, check=enough)


# What is like it.


def pixels(images: Image) -> Image:
    return images.reshape(len(images), -1)


def grown(index: NeighbourIndex) -> NeighbourIndex:
    while not index.is_complete:
        index.grow()
    return index


def test_neighbours_are_those_of_a_plain_search(digits: LabelledImages) -> None:
    few = LabelledImages(digits.images[:300], digits.labels[:300])
    found = grown(NeighbourIndex(few, pixels)).nearest(read(digits.images[1000]))
    query = digits.images[1000].ravel().astype(float)
    rows = few.images.reshape(300, -1).astype(float)
    cosines = rows @ query / np.linalg.norm(rows, axis=1) / np.linalg.norm(query)
    order = np.argsort(-cosines)[:5]
    np.testing.assert_array_equal(found.images, few.images[order])
    assert found.labels == tuple(few.labels[order])
    np.testing.assert_allclose(found.similarities, cosines[order], atol=1e-5)
    assert found.among == 300
    assert not found.is_far


def test_an_index_answers_among_what_is_in_by_now(digits: LabelledImages) -> None:
    index = NeighbourIndex(digits, pixels)
    assert not index.is_ready
    index.grow()
    found = index.nearest(read(digits.images[3000]))
    assert 0 < found.among < ENOUGH
    assert len(found.labels) == 5


def test_a_training_picture_is_its_own_nearest_and_noise_is_far(digits: LabelledImages) -> None:
    few = LabelledImages(digits.images[:500], digits.labels[:500])
    index = grown(NeighbourIndex(few, pixels))
    itself = index.nearest(read(few.images[7]))
    np.testing.assert_array_equal(itself.images[0], few.images[7])
    assert itself.similarities[0] == pytest.approx(1)
    corner = np.zeros((28, 28), np.float32)
    corner[:4, :4] = 1
    assert index.nearest(corner).is_far


# The whole, in stages.


def wanted() -> None:
    """Go on."""


def stages(name: str, shown: NetworkInput) -> tuple[Explainer, list[Explanation]]:
    model = find_model(name)
    explainer = Explainer(model)
    return explainer, list(explainer.stages(shown, Predictor(model).predict(shown.image), wanted))


def test_what_is_quick_comes_first_and_everything_in_the_end() -> None:
    shown = drawn(SLANTED_SEVEN)
    explainer, (steps, hints, *between, last) = stages("quickstart-mnist", shown)
    assert (steps.hints, steps.neighbours, steps.saliency) == (None, None, None)
    assert isinstance(hints.hints, tuple)
    first = hints.hints[0].hint
    assert isinstance(first, Hint)
    assert first.outlier.feature is Feature.SLANT
    assert last.is_complete
    assert isinstance(last.neighbours, Neighbours)
    assert last.neighbours.among == 4000
    looks = [stage.neighbours.among for stage in between if isinstance(stage.neighbours, Neighbours)]
    assert len(looks) == 1
    assert FIRST_LOOK <= looks[0] < 4000
    assert last.neighbours.labels.count(7) >= 3
    assert isinstance(last.saliency, Saliency)
    assert not explainer.prepare_more()  # the starter pictures are all there are


def test_a_correction_is_read_by_the_same_model() -> None:
    shown = drawn(SLANTED_SEVEN)
    _, (_, hints, *_) = stages("quickstart-mnist", shown)
    assert isinstance(hints.hints, tuple)
    corrected = hints.hints[0]
    assert corrected.shown is not None
    assert corrected.prediction is not None
    again = Predictor(find_model("quickstart-mnist")).predict(corrected.shown.image)
    np.testing.assert_allclose(corrected.prediction.probabilities, again.probabilities, atol=1e-6)
    assert corrected.prediction.name == "7"


def test_a_newer_question_stops_the_older_one_and_what_was_prepared_is_kept() -> None:
    explainer, shown = Explainer(find_model("quickstart-mnist")), drawn(SEVEN)
    prediction = Predictor(explainer.model).predict(shown.image)
    questions = iter(range(30))

    def check() -> None:
        if next(questions, None) is None:
            raise TimeoutError

    with pytest.raises(TimeoutError):
        list(explainer.stages(shown, prediction, check))
    calls = 0

    def count() -> None:
        nonlocal calls
        calls += 1

    complete = list(explainer.stages(shown, prediction, count))[-1]
    assert complete.is_complete
    assert calls < 4000 / 64  # not from the beginning again


def test_without_training_pictures_the_rest_is_still_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    model = find_model("quickstart-mnist")
    elsewhere = StoredModel(model.card.model_copy(update={"dataset": "gone"}), model.folder, bundled=False)
    shown = drawn(SEVEN)
    last = list(Explainer(elsewhere).stages(shown, Predictor(elsewhere).predict(shown.image), wanted))[-1]
    assert (last.hints, last.neighbours) == (Missing.NO_IMAGES, Missing.NO_IMAGES)
    assert isinstance(last.saliency, Saliency)


def test_without_weights_the_rest_is_still_explained(tmp_path: Path) -> None:
    model = find_model("quickstart-mnist")
    for path in model.folder.iterdir():
        if path.name != KERAS_FILE:
            (tmp_path / path.name).write_bytes(path.read_bytes())
    damaged = StoredModel(model.card, tmp_path, bundled=False)
    shown = drawn(SEVEN)
    last = list(Explainer(damaged).stages(shown, Predictor(damaged).predict(shown.image), wanted))[-1]
    assert last.saliency is Missing.NO_WEIGHTS
    assert isinstance(last.neighbours, Neighbours)  # by plain pixels, if need be


def test_features_that_were_stored_with_the_model_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    model, shown = find_model("quickstart-mnist"), drawn(SEVEN)

    def bright_rows(_self: Predictor, images: Image) -> Image:
        return np.asarray(images.sum(axis=2), np.float32)

    monkeypatch.setattr(Predictor, "embeddings", bright_rows)
    explainer = Explainer(model)
    last = list(explainer.stages(shown, explainer.read(shown), wanted))[-1]
    images = training_data(model.card).train.images
    rows = images.sum(axis=2, dtype=float)
    cosines = rows @ shown.image.sum(axis=1) / np.linalg.norm(rows, axis=1)
    assert isinstance(last.neighbours, Neighbours)
    np.testing.assert_array_equal(last.neighbours.images[0], images[int(cosines.argmax())])


def test_data_that_has_other_classes_by_now_is_not_shown() -> None:
    card = find_model("quickstart-mnist").card
    with pytest.raises(InputError, match="classes of MNIST have changed"):
        training_data(card.model_copy(update={"class_names": (*card.class_names[:9], "nine")}))


def test_a_model_made_of_a_folder_is_compared_with_what_is_in_it(tmp_path: Path) -> None:
    train = load_dataset("mnist").train
    np.savez(tmp_path / "own.npz", x_train=train.images[500:900], y_train=train.labels[500:900])
    own = load_dataset("mnist", str(tmp_path / "own.npz"))
    card = find_model("fast-cnn").card
    config = card.config.changed(data=str(tmp_path / "own.npz"))
    card = card.model_copy(update={"data_variant": own.variant, "config": config})
    np.testing.assert_array_equal(training_data(card).train.images, own.train.images)
    (tmp_path / "own.npz").unlink()
    training_data_module._loaded.cache_clear()
    with pytest.raises(InputError):
        training_data(card)


def test_a_model_made_of_starters_is_compared_with_starters() -> None:
    card = find_model("fast-cnn").card
    card = card.model_copy(update={"data_variant": "starter", "config": card.config.changed(data="starter")})
    np.testing.assert_array_equal(training_data(card).train.images, load_dataset("mnist").train.images)


def test_neither_tensorflow_nor_the_window_is_needed() -> None:
    script = """
import sys
import numpy as np
from app.core.imaging.preprocess import NetworkInput
from app.core.inference.explaining.explainer import Explainer
from app.core.models.store import find_model
image = np.zeros((28, 28), np.float32)
image[4:24, 13:16] = 1
explainer, shown = Explainer(find_model("quickstart-mnist")), NetworkInput(image, (), False, False)
last = list(explainer.stages(shown, explainer.read(shown), lambda: None))[-1]
assert last.is_complete
print(sorted({"tensorflow", "keras", "PySide6"} & sys.modules.keys()))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=PATIENCE_S
    )
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr


# Hints and corrections are in test_hints.py; here only that they reach the explanation.


def test_hints_reach_the_explanation(digits: LabelledImages) -> None:
    image = np.ascontiguousarray(read(digits.images[5]) * np.float32(0.5))
    pale = NetworkInput(image, (), is_empty=False, inverted=False)
    _, (_, hints, *_) = stages("quickstart-mnist", pale)
    assert isinstance(hints.hints, tuple)
    odd = [corrected.hint.outlier for corrected in hints.hints if isinstance(corrected.hint, Hint)]
    assert any(outlier.feature is Feature.STRENGTH and not outlier.is_high for outlier in odd)

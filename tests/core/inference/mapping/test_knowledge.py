"""Maps of what a network knows: their axes, their places, and choosing on them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.core.datasets.sources import load_dataset
from app.core.datasets.types import LabelledImages
from app.core.errors import InputError
from app.core.inference.calibration import softmax
from app.core.inference.embedding import embedding_of, embedding_or_logits
from app.core.inference.evaluation import ModelEvaluation, compact, evaluate_model, mapped_places
from app.core.inference.explaining.neighbours import store_cached
from app.core.inference.explaining.numpy_network import Network
from app.core.inference.mapping.knowledge import (
    KnowledgeMap,
    Projection,
    inside,
    nearest_place,
    principal_axes,
)
from app.core.inference.mapping.making import (
    Placer,
    keep_map,
    kept_map,
    map_evaluated,
    map_for_paper,
    map_training,
)
from app.core.inference.predictor import Predictor
from app.core.models.store import find_model


def ignore(_done: int, _total: int) -> None:
    """Nobody looks at the progress."""


@pytest.fixture(scope="module")
def evaluation() -> ModelEvaluation:
    starter = load_dataset("mnist")
    few = LabelledImages(starter.test.images[:200], starter.test.labels[:200])
    dataset = replace(starter, test=few)
    return evaluate_model(Predictor(find_model("quickstart-mnist")), dataset, unseen_only=False)


@pytest.fixture(scope="module")
def knowledge(evaluation: ModelEvaluation) -> KnowledgeMap:
    return map_evaluated(find_model("quickstart-mnist"), evaluation, ignore).knowledge


@pytest.mark.parametrize("numbers", [1, 2, 7, 60, 1100])
def test_principal_axes_are_those_of_the_singular_value_decomposition(numbers: int) -> None:
    scales = 0.8 ** np.arange(numbers)
    points = (np.random.default_rng(2).normal(3, 1, (150, numbers)) * scales).astype(np.float32)
    axes = principal_axes(points, 5)
    _, values, rows = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)
    most = min(5, numbers)
    assert axes.directions.shape == (numbers, most)
    np.testing.assert_allclose(np.abs((rows[:most] * axes.directions.T).sum(axis=1)), 1, atol=1e-3)
    np.testing.assert_allclose(axes.shares, (values**2 / (values**2).sum())[:most], rtol=1e-3)
    places = axes.place(points)
    np.testing.assert_allclose(places.std(axis=0) * np.sqrt(150), values[:most], rtol=1e-3)


def test_points_that_are_all_the_same_have_axes_too() -> None:
    axes = principal_axes(np.ones((5, 3), np.float32))
    np.testing.assert_allclose(axes.place(np.ones((5, 3), np.float32)), 0)


def test_an_evaluation_keeps_what_went_into_the_last_layer(evaluation: ModelEvaluation) -> None:
    images = evaluation.images[:20].astype(np.float32) / np.float32(255)
    embed = embedding_of(Predictor(find_model("quickstart-mnist")))
    assert embed is not None
    assert evaluation.embeddings is not None
    np.testing.assert_allclose(evaluation.embeddings[:20], embed(images), rtol=2e-3, atol=2e-3)


def test_of_many_pictures_evenly_many_are_mapped() -> None:
    assert mapped_places(7).tolist() == list(range(7))
    assert mapped_places(0).tolist() == []
    places = mapped_places(25_000)
    assert (len(places), places[0], places[-1]) == (10_000, 0, 24_997)
    assert set(np.diff(places)) == {2, 3}


def test_numbers_that_have_no_room_are_the_largest_that_have() -> None:
    assert compact(np.array([[1e9, -1e9, 2.0]], np.float32)).tolist() == [[65504.0, -65504.0, 2.0]]


def test_a_picture_is_where_it_is_by_pca_and_near_its_like_by_tsne(
    evaluation: ModelEvaluation, knowledge: KnowledgeMap
) -> None:
    assert knowledge.best is Projection.PCA
    assert evaluation.embeddings is not None
    own = evaluation.embeddings[3].astype(np.float32)
    np.testing.assert_allclose(
        knowledge.place_of(own, Projection.PCA), knowledge.places(Projection.PCA)[3], rtol=1e-3, atol=1e-3
    )
    done = knowledge.with_neighbourhood(lambda _done, _total, _places: None)
    assert done.best is Projection.TSNE
    places, own_class = done.places(Projection.TSNE), knowledge.predicted == knowledge.predicted[3]
    at = done.place_of(own, Projection.TSNE)
    middle = places[own_class].mean(axis=0)
    others = places[~own_class].mean(axis=0)
    assert np.linalg.norm(at - middle) < np.linalg.norm(at - others)
    np.testing.assert_array_equal(done.places(Projection.PCA), knowledge.places(Projection.PCA))


def test_mistakes_are_known(evaluation: ModelEvaluation, knowledge: KnowledgeMap) -> None:
    assert np.flatnonzero(knowledge.is_wrong).tolist() == sorted(evaluation.mistakes().tolist())


def test_a_model_that_was_stored_without_is_looked_into_for_its_map(
    evaluation: ModelEvaluation, knowledge: KnowledgeMap
) -> None:
    told: list[tuple[int, int]] = []
    other = map_evaluated(
        find_model("quickstart-mnist"), replace(evaluation, embeddings=None), lambda *counts: told.append(counts)
    ).knowledge
    np.testing.assert_allclose(other.points, knowledge.points, atol=1e-4)
    assert told == [(0, 200)]


def test_training_pictures_have_a_map_too() -> None:
    starter = load_dataset("mnist")
    few = replace(starter, train=LabelledImages(starter.train.images[:80], starter.train.labels[:80]))
    found = map_training(find_model("quickstart-mnist"), few, ignore)
    assert found.knowledge.data == "MNIST, starter: 80 of 80 training pictures"
    np.testing.assert_array_equal(found.evaluation.images, few.train.images)
    np.testing.assert_array_equal(found.knowledge.labels, few.train.labels)


def test_a_map_is_kept_with_what_took_long(home: Path, evaluation: ModelEvaluation, knowledge: KnowledgeMap) -> None:
    model = find_model("quickstart-mnist")
    assert kept_map(model) is None
    places = np.arange(400, dtype=np.float32).reshape(200, 2)
    keep_map(model, replace(knowledge, neighbourhood=places))
    kept = kept_map(model)
    assert kept is not None
    assert (kept.data, kept.class_names, len(kept)) == (knowledge.data, knowledge.class_names, 200)
    assert kept.axes.shares == pytest.approx(knowledge.axes.shares)
    np.testing.assert_array_equal(kept.is_wrong, knowledge.is_wrong)
    again = map_evaluated(model, evaluation, ignore).knowledge
    np.testing.assert_array_equal(again.places(Projection.TSNE), places)
    np.testing.assert_array_equal(map_for_paper(model, ignore).places(Projection.TSNE), places)
    of_others = map_evaluated(model, replace(evaluation, data="other pictures"), ignore).knowledge
    assert of_others.best is Projection.PCA
    assert kept_map(find_model("fast-cnn")) is None


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", b"nonsense"])
def test_a_kept_map_that_cannot_be_read_is_none(home: Path, content: bytes) -> None:
    model = find_model("quickstart-mnist")
    store_cached(f"map 1 {model.card.files['model.tflite']}", content)
    assert kept_map(model) is None


def test_a_map_for_the_paper_is_made_of_training_pictures(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.core.inference.mapping.making.MOST_ON_PAPER", 60)
    model = find_model("quickstart-mnist")
    found = map_for_paper(model, ignore)
    assert (len(found), found.data) == (60, "60 training pictures")
    image = load_dataset("mnist").test.images[0].astype(np.float32) / np.float32(255)
    assert Placer(model).place(found, image, Projection.PCA).shape == (2,)


def test_models_that_were_stored_without_it_are_computed_in_numpy_or_mapped_by_their_logits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    predictor = Predictor(find_model("quickstart-mnist"))
    images = load_dataset("mnist").test.images[:5].astype(np.float32) / np.float32(255)
    told = predictor.embeddings(images)
    assert told is not None
    monkeypatch.setattr(predictor, "embeddings", lambda _images: None)
    np.testing.assert_allclose(embedding_or_logits(predictor)(images), told, rtol=1e-3, atol=1e-3)

    def refuse(_model: object) -> Network:
        raise InputError("made elsewhere")

    monkeypatch.setattr("app.core.inference.embedding.load_network", refuse)
    assert embedding_of(predictor) is None
    logits = embedding_or_logits(predictor)(images)
    np.testing.assert_allclose(softmax(logits), predictor.probabilities(images), atol=1e-4)
    np.testing.assert_allclose(logits.sum(axis=1), 0, atol=1e-4)


def test_the_nearest_place_is_found_if_it_is_near() -> None:
    places = np.array([[0, 0], [3, 4], [10, 0]], np.float32)
    assert nearest_place(places, (3.5, 4), 1) == 1
    assert nearest_place(places, (6, 20), 5) is None
    assert nearest_place(places[:0], (0, 0), 5) is None


def test_a_lasso_holds_what_is_inside_it() -> None:
    grid = np.stack(np.meshgrid(np.arange(5), np.arange(5)), axis=-1).reshape(-1, 2).astype(np.float32)
    square = np.array([[0.5, 0.5], [0.5, 2.5], [2.5, 2.5], [2.5, 0.5]], np.float32)
    assert grid[inside(grid, square)].tolist() == [[1, 1], [2, 1], [1, 2], [2, 2]]
    hook = np.array([[-1, -1], [5, -1], [5, 0.5], [0.5, 0.5], [0.5, 5], [-1, 5]], np.float32)
    assert sorted(grid[inside(grid, hook)].tolist()) == sorted(
        [[x, 0] for x in range(5)] + [[0, y] for y in range(1, 5)]
    )
    assert not inside(grid, hook[:0]).any()

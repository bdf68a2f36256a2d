"""Neighbours, their weights and the forces of t-SNE, against plain sums over all pairs."""

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.inference.mapping.tsne import (
    Array,
    Attraction,
    Repulsion,
    affinities,
    conditional,
    gradient,
    nearest,
    tsne,
)

Exact = NDArray[np.float64]

STEPS = 40, 40


def clusters(count: int = 120, dimensions: int = 6, kinds: int = 3) -> tuple[Array, NDArray[np.int64]]:
    """Points around some centres, and which of them."""
    random = np.random.default_rng(7)
    labels = np.arange(count) % kinds
    centres = random.normal(0, 8, (kinds, dimensions))
    return (centres[labels] + random.normal(0, 1, (count, dimensions))).astype(np.float32), labels


def exact_gradient(pairs: Exact, places: Exact) -> Exact:
    """As van der Maaten and Hinton write it down, in float64, without the factor 4."""
    apart = places[:, None] - places[None]
    student = 1 / (1 + (apart**2).sum(axis=2))
    np.fill_diagonal(student, 0)
    forces = (pairs - student / student.sum()) * student
    return np.asarray((forces[:, :, None] * apart).sum(axis=1))


def exact_affinities(points: Array, perplexity: float) -> Exact:
    """With all other points as neighbours, each width found on a fine scale."""
    squares = ((points[:, None].astype(float) - points[None]) ** 2).sum(axis=2)
    pairs = np.zeros_like(squares)
    for row, far in enumerate(squares):
        others = np.delete(far, row)
        scale = np.geomspace(1e-3, 1e2, 800)[:, None]
        weights = np.exp(-(others - others.min()) * scale)
        weights /= weights.sum(axis=1, keepdims=True)
        entropy = -(weights * np.log(np.maximum(weights, 1e-300))).sum(axis=1)
        best = weights[np.abs(entropy - np.log(perplexity)).argmin()]
        pairs[row] = np.insert(best, row, 0)
    return np.asarray((pairs + pairs.T) / (2 * len(points)))


def whole(points: Array, perplexity: float) -> Exact:
    found = affinities(points, perplexity)
    table = np.zeros((len(points), len(points)))
    table[found.rows, found.columns] = found.weights
    return table


def test_neighbours_are_the_nearest_of_all_pairs() -> None:
    points, _ = clusters(600, 5)  # more than a block
    squares = ((points[:, None].astype(float) - points[None]) ** 2).sum(axis=2)
    np.fill_diagonal(squares, np.inf)
    indices, found = nearest(points, points, 4, skip_self=True)
    np.testing.assert_allclose(found, np.sort(squares, axis=1)[:, :4], rtol=1e-3, atol=1e-2)
    np.testing.assert_allclose(np.take_along_axis(squares, indices, axis=1), found, rtol=1e-3, atol=1e-2)


def test_weights_have_the_perplexity() -> None:
    squares = np.sort(np.random.default_rng(1).uniform(0, 900, (20, 60)).astype(np.float32), axis=1)
    weights = conditional(squares, 12)
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-5)
    entropy = -(weights * np.log(np.maximum(weights, 1e-30))).sum(axis=1)
    np.testing.assert_allclose(np.exp(entropy), 12, rtol=1e-3)
    assert (np.diff(weights, axis=1) <= 0).all()


@pytest.mark.parametrize("same", [0.0, 4.0])
def test_neighbours_at_one_distance_have_one_weight(same: float) -> None:
    np.testing.assert_allclose(conditional(np.full((2, 9), same, np.float32), 3), 1 / 9, rtol=1e-5)


def test_affinities_are_those_of_all_pairs_but_for_the_far_ones() -> None:
    points, _ = clusters(60)
    table = whole(points, 6)
    np.testing.assert_array_equal(table, table.T)
    assert table.sum() == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(table, exact_affinities(points, 6), atol=5e-4)


@pytest.mark.parametrize(("count", "spread"), [(120, 1e-4), (120, 0.5), (120, 8), (600, 20)])
def test_the_gradient_is_that_of_all_pairs(count: int, spread: float) -> None:
    points, _ = clusters(count)
    pairs = affinities(points, 10)
    places = np.random.default_rng(3).normal(0, spread, (len(points), 2)).astype(np.float32)
    expected = exact_gradient(whole(points, 10), places.astype(float))
    found = gradient(places, Attraction(pairs), Repulsion())
    assert np.linalg.norm(found - expected) < 0.05 * np.linalg.norm(expected)


def test_repulsion_stays_right_while_the_map_grows() -> None:
    repulsion, random = Repulsion(), np.random.default_rng(5)
    for spread in (1e-4, 0.01, 1, 10, 30, 20):
        places = random.normal(0, spread, (80, 2)).astype(np.float32)
        apart = places[:, None].astype(float) - places[None]
        student = 1 / (1 + (apart**2).sum(axis=2))
        forces, total = repulsion(places)
        expected = (student[:, :, None] ** 2 * apart).sum(axis=1)
        assert np.linalg.norm(forces - expected) < 0.05 * np.linalg.norm(expected)
        assert total == pytest.approx(student.sum() - 80, rel=0.02)


def test_a_map_keeps_clusters_together_and_is_always_the_same() -> None:
    points, labels = clusters()
    told: list[tuple[int, int]] = []
    places = tsne(
        points, points[:, :2], lambda done, total, _places: told.append((done, total)), perplexity=10, steps=STEPS
    )
    indices, _ = nearest(places, places, 5, skip_self=True)
    assert (labels[indices] == labels[:, None]).mean() > 0.99
    assert told[0] == (1, 80)
    assert told[-1] == (80, 80)
    np.testing.assert_array_equal(places, tsne(points, points[:, :2], perplexity=10, steps=STEPS))


@pytest.mark.parametrize("count", [0, 1, 3, 4, 7])
def test_few_points_and_points_that_are_all_the_same_have_places(count: int) -> None:
    for points in (clusters(count)[0], np.ones((count, 6), np.float32)):
        places = tsne(points, points[:, :2], steps=(5, 5))
        assert places.shape == (count, 2)
        assert np.isfinite(places).all()


def test_what_is_told_can_cancel() -> None:
    class EnoughError(Exception):
        pass

    def enough(done: int, _total: int, _places: Array) -> None:
        if done == 3:
            raise EnoughError

    points, _ = clusters()
    with pytest.raises(EnoughError):
        tsne(points, points[:, :2], enough)

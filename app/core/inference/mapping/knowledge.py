"""A map of what a network knows: pictures by what goes into its last layer, brought down to two numbers each."""

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from app.core.inference.mapping.tsne import Array, Check, Report, conditional, nearest, tsne

_DIMENSIONS = 50
"""Neighbours are looked for among so many principal components, as van der Maaten and Hinton do."""
_MOST_EXACT, _ITERATIONS = 1024, 8
_NEAREST, _PERPLEXITY = 15, 5.0
"""A picture that comes later is put between so many neighbours, weighted with that perplexity."""


class Projection(StrEnum):
    """How many numbers become two."""

    PCA = "pca"
    TSNE = "tsne"


@dataclass(frozen=True, eq=False)
class Axes:
    """Principal axes (numbers, k) of points around their mean (numbers,), the one with most of the variance first.

    `shares` (k,) is the part of the variance that each explains, 0..1.
    """

    mean: Array
    directions: Array
    shares: tuple[float, ...]

    def place(self, points: Array) -> Array:
        """The places (n, k) of points (n, numbers)."""
        return np.asarray((points - self.mean) @ self.directions, np.float32)


def principal_axes(points: Array, most: int = _DIMENSIONS) -> Axes:
    """The first axes of points (n, numbers). The largest weight of each is positive, so that it is always the same."""
    mean = points.mean(axis=0)
    around = points - mean
    covariance = around.T @ around
    basis = _subspace(covariance, 2 * most) if len(covariance) > _MOST_EXACT else np.eye(len(covariance))
    values, vectors = np.linalg.eigh((basis.T @ covariance @ basis).astype(np.float64))
    most = min(most, len(values))
    vectors, values = (basis @ vectors[:, ::-1])[:, :most], np.maximum(values[::-1], 0)
    vectors = vectors * np.sign(vectors[np.abs(vectors).argmax(axis=0), np.arange(most)])
    shares = values[:most] / max(float(np.trace(covariance)), 1e-12)
    return Axes(np.asarray(mean, np.float32), vectors.astype(np.float32), tuple(shares.tolist()))


def _subspace(covariance: Array, count: int) -> Array:
    """Directions (numbers, count) that hold the first axes, by subspace iteration: all of them would take minutes.

    N. Halko, P. G. Martinsson, J. A. Tropp: Finding structure with randomness. SIAM Review 53, 2011.
    """
    found = np.random.default_rng(0).standard_normal((len(covariance), count), np.float32)
    for _ in range(_ITERATIONS):
        found = np.linalg.qr(covariance @ found)[0]
    return found


@dataclass(frozen=True, eq=False)
class KnowledgeMap:
    """Points of a map, in the order of the pictures that it is of.

    `points` (n, k) are the pictures along the principal `axes` of what goes into the last layer, `labels` and
    `predicted` (n,) uint8 their true and predicted classes, `neighbourhood` (n, 2) their places by t-SNE, if these
    were computed. `data` says what pictures they are.
    """

    data: str
    class_names: tuple[str, ...]
    labels: NDArray[np.uint8]
    predicted: NDArray[np.uint8]
    axes: Axes
    points: Array
    neighbourhood: Array | None = None

    def __len__(self) -> int:
        """How many pictures are on it."""
        return len(self.labels)

    @cached_property
    def is_wrong(self) -> NDArray[np.bool_]:
        """Which pictures were read wrong, (n,)."""
        return np.asarray(self.labels != self.predicted)

    @property
    def best(self) -> Projection:
        """The best projection that there is by now."""
        return Projection.PCA if self.neighbourhood is None else Projection.TSNE

    def places(self, projection: Projection) -> Array:
        """Where the pictures are, (n, 2)."""
        if projection is Projection.TSNE and self.neighbourhood is not None:
            return self.neighbourhood
        return flat(self.points)

    def place_of(self, embedding: Array, projection: Projection) -> Array:
        """Where a picture is, (2,), by what goes into the last layer (numbers,): exactly by PCA.

        By t-SNE it is put between its nearest neighbours, as openTSNE does to begin with.
        """
        point = self.axes.place(embedding[None])
        if projection is Projection.PCA or self.neighbourhood is None:
            return np.asarray(flat(point)[0])
        indices, squares = nearest(point, self.points, min(_NEAREST, len(self)))
        weights = conditional(squares, _PERPLEXITY)[0]
        return np.asarray(weights @ self.neighbourhood[indices[0]], np.float32)

    def with_neighbourhood(self, report: Report, check: Check = lambda: None) -> "KnowledgeMap":
        """The same with places by t-SNE."""
        return replace(self, neighbourhood=tsne(self.points, flat(self.points), report, check=check))


def map_of(
    data: str,
    class_names: tuple[str, ...],
    labels: NDArray[np.uint8],
    predicted: NDArray[np.int64],
    embeddings: NDArray[np.float16],
) -> KnowledgeMap:
    """The map of pictures by what went into the last layer for each, (n, numbers), n > 0."""
    numbers = embeddings.astype(np.float32)
    axes = principal_axes(numbers)
    return KnowledgeMap(data, class_names, labels, predicted.astype(np.uint8), axes, axes.place(numbers))


def flat(points: Array) -> Array:
    """The first two numbers of each point; 0 for what is not there."""
    if points.shape[1] >= 2:
        return np.ascontiguousarray(points[:, :2])
    return np.pad(points, ((0, 0), (0, 2 - points.shape[1])))


# Choosing on a map.


def nearest_place(places: Array, at: tuple[float, float], within: float) -> int | None:
    """The point that is nearest to a place, None if none is so near."""
    if not len(places):
        return None
    squares = ((places - np.array(at, np.float32)) ** 2).sum(axis=1)
    found = int(squares.argmin())
    return found if squares[found] <= within * within else None


def inside(places: Array, outline: Array) -> NDArray[np.bool_]:
    """Which places (n, 2) are inside a closed outline (corners, 2), by the even-odd rule."""
    found = np.zeros(len(places), np.bool_)
    across, up = places[:, 0], places[:, 1]
    for (x, y), (next_x, next_y) in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        if y == next_y:
            continue
        crosses = (up < y) != (up < next_y)
        found ^= crosses & (across < x + (up - y) * (next_x - x) / (next_y - y))
    return found

"""t-SNE in NumPy: points of many dimensions in a plane, such that near neighbours stay near neighbours.

L. van der Maaten, G. Hinton: Visualizing data using t-SNE. JMLR 9, 2008. Repulsion is interpolated on a grid and
convolved by FFT, as in G. C. Linderman et al.: Fast interpolation-based t-SNE for improved visualization of single-cell
RNA-seq data. Nature Methods 16, 2019. Start, learning rates and exaggeration follow D. Kobak, P. Berens: The art of
using t-SNE for single-cell transcriptomics. Nature Communications 10, 2019, and A. C. Belkina et al., in the same
volume.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

PERPLEXITY = 30.0
STEPS = 250, 400
"""So many with exaggerated attraction, and so many after them."""
_EXAGGERATION = 12.0
_MOMENTUM = 0.8
_START_SPREAD = 1e-4
_LONGEST_STEP = 5.0
_LEAST_GAIN = 0.01
_NEIGHBOURS_PER_PERPLEXITY = 3
_BISECTIONS = 50
_BLOCK = 500
"""Points whose distances to all others are in memory at once."""

Check = Callable[[], None]
"""Called often during long work; may raise to cancel it."""
Report = Callable[[int, int, Array], None]
"""Told which of how many steps is done, and the places (n, 2) by then; may raise to cancel."""


def nearest(
    points: Array, among: Array, count: int, check: Check = lambda: None, skip_self: bool = False
) -> tuple[NDArray[np.int64], Array]:
    """The nearest of `among` (n, d) to each of `points` (m, d), nearest first: (m, count), and squared distances.

    `skip_self`: both are the same, and no point is its own neighbour. Exact, by blocks of matrix products.
    """
    lengths = np.einsum("ij,ij->i", among, among)
    indices, squares = np.empty((len(points), count), np.int64), np.empty((len(points), count), np.float32)
    for start in range(0, len(points), _BLOCK):
        check()
        part = points[start : start + _BLOCK]
        rows = np.arange(len(part))
        far = lengths - 2 * (part @ among.T)  # their own lengths change no order
        if skip_self:
            far[rows, rows + start] = np.inf
        found = np.argpartition(far, count - 1, axis=1)[:, :count]
        found = found[rows[:, None], np.argsort(far[rows[:, None], found], axis=1, kind="stable")]
        indices[start : start + len(part)] = found
        own = np.einsum("ij,ij->i", part, part)
        squares[start : start + len(part)] = np.maximum(far[rows[:, None], found] + own[:, None], 0)
    return indices, squares


def conditional(squares: Array, perplexity: float) -> Array:
    """The weights (n, k) of neighbours at these squared distances, each row with sum 1 and that perplexity.

    Gaussian; the width of each is found by bisection. A row of equal distances has equal weights.
    """
    squares = squares - squares[:, :1]
    scale = np.maximum(squares.mean(axis=1, keepdims=True), np.float32(1e-12))
    squares = squares.astype(np.float64) / scale
    wanted = np.log(min(perplexity, squares.shape[1] * 0.99))
    low, high = np.full((len(squares), 1), 1e-6), np.full((len(squares), 1), 1e6)
    for _ in range(_BISECTIONS):
        precision = np.sqrt(low * high)
        weights = np.exp(-squares * precision)
        total = weights.sum(axis=1, keepdims=True)
        entropy = np.log(total) + precision * (squares * weights).sum(axis=1, keepdims=True) / total
        is_wide = entropy > wanted
        low, high = np.where(is_wide, precision, low), np.where(is_wide, high, precision)
    return np.asarray(weights / total, np.float32)


@dataclass(frozen=True, eq=False)
class Affinities:
    """How strongly points attract each other, both ways: `rows` (edges,), ascending, each with one of `columns`.

    `weights` (edges,) sum to 1; the edges of a point begin at its place in `starts` (n,).
    """

    rows: NDArray[np.int32]
    columns: NDArray[np.int32]
    weights: Array
    starts: NDArray[np.int64]


def affinities(points: Array, perplexity: float = PERPLEXITY, check: Check = lambda: None) -> Affinities:
    """Of points (n, d), n > 3: those of each with its nearest neighbours, made symmetric."""
    count = len(points)
    perplexity = min(perplexity, (count - 1) / _NEIGHBOURS_PER_PERPLEXITY)
    near = min(count - 1, round(_NEIGHBOURS_PER_PERPLEXITY * perplexity))
    indices, squares = nearest(points, points, near, check, skip_self=True)
    weights = conditional(squares, perplexity).ravel()
    rows, columns = np.repeat(np.arange(count), near), indices.ravel()
    keys = np.concatenate([rows * count + columns, columns * count + rows])
    keys, inverse = np.unique(keys, return_inverse=True)
    both = np.bincount(inverse, np.concatenate([weights, weights])) / (2 * count)
    rows, columns = np.divmod(keys, count)
    starts = np.searchsorted(rows, np.arange(count))
    return Affinities(rows.astype(np.int32), columns.astype(np.int32), both.astype(np.float32), starts)


class Attraction:
    """The attracting part of the gradient. In blocks that stay in the processor's cache."""

    _EDGES = 1 << 15

    def __init__(self, pairs: Affinities) -> None:
        count = len(pairs.starts)
        ends = np.append(pairs.starts, len(pairs.rows))
        self._blocks = []
        first = 0
        while first < count:
            last = int(np.searchsorted(ends, ends[first] + self._EDGES, side="right")) - 1
            last = min(max(last, first + 1), count)
            edges = slice(int(ends[first]), int(ends[last]))
            own, others = pairs.rows[edges].astype(np.intp), pairs.columns[edges].astype(np.intp)
            block = (slice(first, last), own, others, pairs.weights[edges], pairs.starts[first:last] - ends[first])
            self._blocks.append(block)
            first = last

    def __call__(self, places: Array) -> Array:
        """Sums of p q (y_i - y_j), (n, 2), for places (n, 2)."""
        found = np.empty_like(places)
        across, up = np.ascontiguousarray(places[:, 0]), np.ascontiguousarray(places[:, 1])
        for points, own, others, weights, starts in self._blocks:
            right = across.take(own) - across.take(others)
            above = up.take(own) - up.take(others)
            pull = right * right
            pull += above * above
            pull += 1
            np.divide(weights, pull, out=pull)
            right *= pull
            above *= pull
            found[points, 0] = np.add.reduceat(right, starts)
            found[points, 1] = np.add.reduceat(above, starts)
        return found


class Repulsion:
    """The repelling part of the gradient, between all points: interpolated on a regular grid, convolved by FFT."""

    _SPACING, _LEAST_NODES, _MOST_NODES = 1 / 3, 48, 432
    """Nodes are so far apart, or nearer to each other in a small map; in a very large one there are the most."""
    _SIZES = (_LEAST_NODES, 64, 96, 128, 160, 192, 216, 256, 288, 320, 360, 400, _MOST_NODES)
    _STENCIL = np.arange(-1, 3)
    _MARGIN = 4
    _RATIO = 1.2
    """Spacings are powers of it, so that few kernels are computed."""

    def __init__(self) -> None:
        self._grid = (0, 0.0)
        self._kernels: NDArray[np.complex64] = np.zeros((3, 0, 0), np.complex64)
        self._own: Array = np.zeros((16, 16), np.float32)

    def __call__(self, places: Array) -> tuple[Array, float]:
        """Sums of q^2 (y_i - y_j), (n, 2), and the sum of q over all pairs, with q = 1 / (1 + |y_i - y_j|^2)."""
        low = places.min(axis=0)
        self._fit(float((places.max(axis=0) - low).max()))
        size, spacing = self._grid
        at = (places - low) / np.float32(spacing) + 1
        node = np.floor(at)
        weights = _cubic(at - node)  # (n, 2, 4)
        stencil = node.astype(np.intp)[:, :, None] + self._STENCIL
        flat = (stencil[:, 0, :, None] * size + stencil[:, 1, None, :]).reshape(len(places), 16)
        shares = (weights[:, 0, :, None] * weights[:, 1, None, :]).reshape(len(places), 16)
        charges = np.bincount(flat.ravel(), shares.ravel(), size * size).astype(np.float32).reshape(size, size)
        spectrum = np.fft.fft(np.fft.rfft(charges, 2 * size, axis=1), 2 * size, axis=0)
        found = np.empty((3, len(places)), np.float32)
        for number, kernel in enumerate(self._kernels):
            rows = np.fft.ifft(spectrum * kernel, axis=0)[:size]
            potential = np.fft.irfft(rows, 2 * size, axis=1)[:, :size]
            found[number] = np.einsum("ij,ij->i", potential.ravel().take(flat), shares)
        own = np.einsum("ij,ij->i", shares @ self._own, shares)  # what each point gives to itself
        return np.ascontiguousarray(found[1:].T), float((found[0] - own).sum(dtype=np.float64))

    def _fit(self, span: float) -> None:
        """A grid that holds all points; only where another one is needed are the kernels computed anew."""
        finest = max(span, 1e-6) / (self._LEAST_NODES - self._MARGIN)
        finest = self._RATIO ** np.ceil(np.log(finest) / np.log(self._RATIO))
        coarsest = span / (self._MOST_NODES - self._MARGIN)
        coarsest = self._RATIO ** np.ceil(np.log(coarsest) / np.log(self._RATIO)) if coarsest > self._SPACING else 0.0
        spacing = float(max(min(finest, self._SPACING), coarsest))
        size = next(size for size in self._SIZES if size >= span / spacing + self._MARGIN - 1e-3)
        if (size, spacing) != self._grid:
            self._grid = size, spacing
            self._compute_kernels()

    def _compute_kernels(self) -> None:
        size, spacing = self._grid
        steps = np.fft.fftfreq(2 * size, 1 / (2 * size)) * spacing
        across, up = steps[:, None], steps[None, :]
        near = 1 / (1 + across**2 + up**2)
        kernels = np.stack([near, across * near**2, up * near**2]).astype(np.float32)
        self._kernels = np.asarray(np.fft.rfft2(kernels), np.complex64)
        row, column = np.divmod(np.arange(16), 4)
        far = (row[:, None] - row) ** 2 + (column[:, None] - column) ** 2
        self._own = (1 / (1 + far * spacing**2)).astype(np.float32)


def _cubic(share: Array) -> Array:
    """Lagrange's weights of the nodes -1, 0, 1, 2 for places in 0..1: one more axis, of four."""
    before, after, last = share + 1, share - 1, share - 2
    return np.stack(
        [share * after * last / -6, before * after * last / 2, before * share * last / -2, before * share * after / 6],
        axis=-1,
    ).astype(np.float32)


def gradient(places: Array, attraction: Attraction, repulsion: Repulsion, exaggeration: float = 1.0) -> Array:
    """A quarter of the gradient of the Kullback-Leibler divergence with respect to places (n, 2)."""
    apart, total = repulsion(places)
    return np.asarray(np.float32(exaggeration) * attraction(places) - apart / np.float32(max(total, 1e-12)), np.float32)


def tsne(
    points: Array,
    start: Array,
    report: Report = lambda _done, _total, _places: None,
    *,
    perplexity: float = PERPLEXITY,
    steps: tuple[int, int] | None = None,
    check: Check = lambda: None,
) -> Array:
    """Places (n, 2) of points (n, d), from a `start` (n, 2) that shows their large structure, such as PCA.

    The same for the same points. 10,000 points take about half a minute.
    """
    count, steps = len(points), steps or STEPS
    if count < 4:
        return start.astype(np.float32)
    attraction, repulsion = Attraction(affinities(points, perplexity, check)), Repulsion()
    places = start - start.mean(axis=0)
    places = np.asarray(places * (_START_SPREAD / max(float(places[:, 0].std()), 1e-12)), np.float32)
    step, gains = np.zeros_like(places), np.ones_like(places)
    for number in range(sum(steps)):
        exaggeration = _EXAGGERATION if number < steps[0] else 1.0
        if number == steps[0]:
            step[:], gains[:] = 0, 1
        slope = gradient(places, attraction, repulsion, exaggeration)
        goes_on = (slope > 0) != (step > 0)
        gains = np.maximum(np.where(goes_on, gains + np.float32(0.2), gains * np.float32(0.8)), np.float32(_LEAST_GAIN))
        step = np.float32(_MOMENTUM) * step - np.float32(count / exaggeration) * gains * slope
        length = np.sqrt((step * step).sum(axis=1, keepdims=True))
        step *= np.minimum(1, _LONGEST_STEP / np.maximum(length, 1e-12)).astype(np.float32)
        places = np.asarray(places + step, np.float32)
        places -= places.mean(axis=0)
        report(number + 1, sum(steps), places)
    return places

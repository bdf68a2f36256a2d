"""A piece cut out of a photograph: what stands apart from the border of the picture, told from what lies around it.

First guess: superpixels (Achanta et al. 2012) that differ from those tied to the border (Zhu, Liang, Wei and Sun 2014:
"Saliency optimization from robust background detection"). From there, as in GrabCut (Rother, Kolmogorov and Blake
2004), two mixtures of Gaussians learn the colours of the piece and of the rest, turn about with a smooth partition
whose borders follow edges; here that is the random walker's (Grady 2006), which needs no more than NumPy.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core.imaging.ink import otsu
from app.core.imaging.morphology import border

Field = NDArray[np.float32]
Mask = NDArray[np.bool_]
Labels = NDArray[np.int64]
Box = tuple[slice, slice]

_ACROSS = 14  # superpixels along the longest side
_COMPACT = 12.0  # how much a step to the next superpixel weighs, as a distance of colours
_ALIKE = 10.0  # distance of colours (CIELAB) that neighbours may have and still be one surface
_COLOURS = 4  # Gaussians in a mixture
_SPREAD = 9.0  # the least variance of a colour
_TURNS = 3
_FEWEST = 20  # places from which a mixture can be learned
_PLAUSIBLE = 0.6  # of a first guess that needs no second
_NEAR = 0.38  # of a side: how far from the middle a piece is expected
_NEAR_FRAMED = 0.6  # the same of a frame that it fills
_SURE_ODDS = 6.0  # log odds beyond which colour says no more
_TRUST = 0.25  # in a place's own colour, beside its neighbours (1 each)
_LEAST_TRUST = 0.005


def cut_out(colours: Field, belongs: Mask, apart: Mask, frame: Box | None = None) -> Field:
    """Return how likely each place belongs to the piece, (h, w) in 0..1.

    Args:
        colours: (h, w, 3) RGB in [0, 1], small: around 80 along the longest side.
        belongs: (h, w) what is known to be the piece.
        apart: (h, w) what is known not to be.
        frame: rows and columns that the piece fills from side to side, if that is known.

    """
    if frame is not None:  # beside it lies what the background is like; what fills it is found by its place alone
        view = _view(colours, belongs, apart | _beside(frame, apart.shape), frame)
        return _partition(view, view.near)
    view = _view(colours, belongs, apart)
    labels, count = _superpixels(view.lab)
    salience = _salience(view.lab, labels, count)[labels] * (0.25 + 0.75 * view.near)
    first = _partition(view, np.asarray(salience / max(float(salience.max()), 1e-6), np.float32))
    if belongs.any() or _plausibility(first, view.near) > _PLAUSIBLE:
        return first
    second = _partition(view, view.near)  # where the piece has the border's colours: by its place alone
    return max(first, second, key=lambda each: _plausibility(each, view.near) * _sharpness(each, view.edges) ** 2)


def nearness(belongs: Mask, frame: Box | None = None) -> Field:
    """Return how much a piece is expected at each place, (h, w): 1 in the middle, and less outwards.

    The middle is that of the picture, of its frame, or of what is known to belong to the piece.
    """
    rows, columns = frame or (slice(0, belongs.shape[0]), slice(0, belongs.shape[1]))
    sides = [rows.stop - rows.start, columns.stop - columns.start]
    middle = [(each.start + each.stop) / 2 for each in (rows, columns)]
    if belongs.any() and frame is None:
        middle = [float(places.mean()) + 0.5 for places in np.nonzero(belongs)]
    reach = _NEAR if frame is None else _NEAR_FRAMED
    y, x = (
        (np.arange(count, dtype=np.float32) + 0.5 - at) / (side * reach)
        for count, side, at in zip(belongs.shape, sides, middle, strict=True)
    )
    return np.asarray(np.exp(-(np.square(y)[:, None] + np.square(x)) / 2), np.float32)


def _beside(frame: Box, shape: tuple[int, ...]) -> Mask:
    mask = np.ones(shape, np.bool_)
    mask[frame] = False
    return mask


@dataclass(frozen=True, eq=False)
class _View:
    """A picture as it is looked at: its colours, where a piece is expected, its edges, and what is known."""

    lab: Field
    near: Field
    edges: tuple[Field, Field]
    belongs: Mask
    apart: Mask

    def settled(self, guess: Field, trust: Field) -> Field:
        """Return the smooth field near `guess` that holds to what is known."""
        known = np.where(self.belongs, np.float32(1), np.where(self.apart, np.float32(0), guess))
        trust = np.where(self.belongs | self.apart, np.float32(100), trust)
        return _smoothed(np.asarray(known, np.float32), np.asarray(trust, np.float32), self.edges)


def _view(colours: Field, belongs: Mask, apart: Mask, frame: Box | None = None) -> _View:
    lab = _lab(colours)
    return _View(lab, nearness(belongs, frame), _edges(lab), belongs, apart)


def _plausibility(piece: Field, near: Field) -> float:
    """Return in 0..1 how much a piece lies where it is expected: it has the middle, and little else, and no border."""
    is_piece, middle = piece > 0.5, near > 0.6
    inside = float((is_piece & middle).sum())
    at_border = float(border(is_piece).mean())
    return inside / float(middle.sum()) * inside / max(1.0, float(is_piece.sum())) * (1 - at_border)


def _sharpness(piece: Field, edges: tuple[Field, Field]) -> float:
    """Return in 0..1 how far the border of a piece follows edges."""
    is_piece = piece > 0.5
    crossed = [np.diff(is_piece, axis=axis) for axis in (0, 1)]
    ties = sum(float(tie[cross].sum()) for tie, cross in zip(edges, crossed, strict=True))
    return 1 - ties / max(1, sum(int(cross.sum()) for cross in crossed))


def _partition(view: _View, guess: Field) -> Field:
    """Return the piece, (h, w) in 0..1, that is found when `guess` is believed at first."""
    piece = view.settled(guess, np.full_like(guess, 0.1))
    is_piece = piece > otsu(piece.ravel())
    terms, prior = _square_terms(view.lab), np.log(view.near / (1.25 - view.near))
    for _ in range(_TURNS):
        if not _FEWEST < is_piece.sum() < is_piece.size - _FEWEST:
            break
        odds = (_log_density(terms, is_piece) - _log_density(terms, ~is_piece)).reshape(guess.shape)
        share = 1 / (1 + np.exp(-np.clip(odds, -_SURE_ODDS, _SURE_ODDS) - prior))
        piece = view.settled(share, np.square(2 * share - 1) * _TRUST + _LEAST_TRUST)
        is_piece = piece > 0.5
    return np.clip(piece, 0, 1)


def _lab(colours: Field) -> Field:
    """Return CIELAB, with less weight on lightness: folds and shade change that first."""
    linear = np.where(colours > 0.04045, ((colours + 0.055) / 1.055) ** 2.4, colours / 12.92)
    xyz = linear @ np.array(_TO_XYZ, np.float32) / np.array([0.9505, 1, 1.089], np.float32)
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    lightness, a, b = 116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])
    return np.asarray(np.stack([0.8 * lightness, a, b], axis=-1), np.float32)


_TO_XYZ = [[0.4124, 0.2126, 0.0193], [0.3576, 0.7152, 0.1192], [0.1805, 0.0722, 0.9505]]


# Superpixels, and which of them are not of the border's kind.


def _superpixels(lab: Field) -> tuple[Labels, int]:
    """Number patches of about one colour each, (h, w), by SLIC: k-means among the nine nearest centres."""
    height, width = lab.shape[:2]
    step = max(height, width) / _ACROSS
    rows, columns = max(2, round(height / step)), max(2, round(width / step))
    y, x = np.mgrid[:height, :width]
    row, column = np.minimum(y * rows // height, rows - 1), np.minimum(x * columns // width, columns - 1)
    places = (np.stack([y, x], axis=-1) * (_COMPACT / step)).astype(np.float32)
    points = np.concatenate([lab, places], axis=-1)
    labels = row * columns + column
    around = [(row + down, column + right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    nearby = np.stack([np.clip(r, 0, rows - 1) * columns + np.clip(c, 0, columns - 1) for r, c in around])
    for _ in range(4):
        centres = _means(points, labels, rows * columns)
        distance = np.stack([np.square(points - centres[each]).sum(axis=2) for each in nearby])
        labels = np.take_along_axis(nearby, distance.argmin(axis=0)[None], axis=0)[0]
    kept, numbers = np.unique(labels, return_inverse=True)
    return numbers.reshape(height, width), len(kept)


def _means(points: Field, labels: Labels, count: int) -> Field:
    """Return the mean of the points (h, w, n) of each label, (count, n)."""
    sizes = np.maximum(np.bincount(labels.ravel(), minlength=count), 1)
    sums = [np.bincount(labels.ravel(), points[..., i].ravel(), count) for i in range(points.shape[2])]
    return np.asarray(np.stack(sums, axis=1) / sizes[:, None], np.float32)


def _salience(lab: Field, labels: Labels, count: int) -> Field:
    """Return in 0..1 how much each superpixel is something else than the border's surfaces."""
    height, width = labels.shape
    colours = _means(lab, labels, count)
    y, x = np.mgrid[:height, :width].astype(np.float32) / max(height, width)
    places = _means(np.stack([y, x], axis=-1), labels, count)
    sizes = np.bincount(labels.ravel(), minlength=count).astype(np.float32)
    sizes /= sizes.mean()
    difference = np.sqrt(np.square(colours[:, None] - colours).sum(axis=2))
    at_border = np.zeros(count, np.bool_)
    at_border[np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])] = True
    touching = at_border[:, None] & at_border
    for first, second in ((labels[1:], labels[:-1]), (labels[:, 1:], labels[:, :-1])):
        touching[first, second] = touching[second, first] = True
    np.fill_diagonal(touching, False)
    steps = np.where(touching, difference, np.inf)
    steps = np.maximum(steps - steps.min(axis=1).mean(), 0)  # what every neighbour differs by is no step
    np.fill_diagonal(steps, 0)
    for via in range(count):  # the shortest ways (Floyd and Warshall)
        np.minimum(steps, steps[:, via, None] + steps[via], out=steps)
    alike = np.exp(-np.square(steps / _ALIKE) / 2)
    tied = (alike @ at_border) / np.sqrt(alike @ sizes)
    ground = 1 - np.exp(-np.square(tied) / 2)
    close = np.exp(-np.square(places[:, None] - places).sum(axis=2) / 0.32)
    contrast = (difference * close) @ (ground * sizes) / (close @ sizes)
    contrast = (contrast - contrast.min()) / max(float(np.ptp(contrast)), 1e-6)
    return np.asarray((1 - ground + contrast) / 2, np.float32)


# Colours: a mixture of Gaussians, whose log density is a quadratic.


def _square_terms(lab: Field) -> Field:
    """Return 1, the three coordinates, and their six products, (n, 10)."""
    x, y, z = lab.reshape(-1, 3).T
    return np.stack([np.ones_like(x), x, y, z, x * x, y * y, z * z, x * y, x * z, y * z], axis=1)


def _log_density(terms: Field, mask: Mask) -> Field:
    """Fit a mixture to the colours in the mask, and return its log density everywhere, (n,)."""
    chosen = terms[mask.ravel()]
    belonging = _clustered(chosen[:, 1:4])
    for _ in range(2):
        sums = chosen.T @ belonging
        densities = terms @ np.stack([_quadratic_form(each, len(chosen)) for each in sums.T], axis=1)
        inside = densities[mask.ravel()]
        belonging = np.exp(inside - inside.max(axis=1, keepdims=True))
        belonging /= belonging.sum(axis=1, keepdims=True)
    top = densities.max(axis=1)
    return np.asarray(top + np.log(np.exp(densities - top[:, None]).sum(axis=1)), np.float32)


def _quadratic_form(sums: NDArray[np.floating], total: int) -> Field:
    """Return the coefficients of a Gaussian's log density, from its share of the sums of terms, (10,)."""
    weight = max(float(sums[0]), 1e-3)
    mean = sums[1:4].astype(np.float64) / weight
    (xx, yy, zz, xy, xz, yz) = sums[4:].astype(np.float64) / weight
    square = np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]])
    covariance = square - np.outer(mean, mean) + _SPREAD * np.eye(3)
    inverse = np.linalg.inv(covariance)
    constant = np.log(weight / total) - 0.5 * (np.linalg.slogdet(covariance)[1] + mean @ inverse @ mean)
    products = [-inverse[0, 1], -inverse[0, 2], -inverse[1, 2]]
    return np.array([constant, *(inverse @ mean), *(-0.5 * np.diag(inverse)), *products], np.float32)


def _clustered(points: Field) -> Field:
    """Return the cluster of each point as shares, (n, k): k-means that begins with the points farthest from others."""
    centres = [points.mean(axis=0)]
    apart = np.square(points - centres[0]).sum(axis=1)
    for _ in range(_COLOURS - 1):
        middle = np.searchsorted(np.cumsum(apart), apart.sum(dtype=np.float64) / 2)
        centres.append(points[min(int(middle), len(points) - 1)])
        apart = np.minimum(apart, np.square(points - centres[-1]).sum(axis=1))
    found = np.stack(centres)
    for _ in range(4):
        nearest = (np.square(found).sum(axis=1) - 2 * points @ found.T).argmin(axis=1)
        shares: Field = np.eye(_COLOURS, dtype=np.float32)[nearest]
        sizes = shares.sum(axis=0)
        found = np.where(sizes[:, None] > 0, (shares.T @ points) / np.maximum(sizes, 1)[:, None], found)
    return shares


# The partition.


def _edges(lab: Field) -> tuple[Field, Field]:
    """Return how strongly neighbours down and across are tied: nearly 1 on a surface, nearly 0 across an edge."""
    down, across = np.square(np.diff(lab, axis=0)).sum(axis=2), np.square(np.diff(lab, axis=1)).sum(axis=2)
    usual = 2 * max(float((down.sum() + across.sum()) / (down.size + across.size)), 4.0)
    return np.exp(-down / usual) + np.float32(0.003), np.exp(-across / usual) + np.float32(0.003)


def _smoothed(wanted: Field, trust: Field, edges: tuple[Field, Field]) -> Field:
    """Return the field near `wanted`, where that is trusted, that changes only across edges: conjugate gradients."""
    down, across = edges
    diagonal = trust.copy()
    diagonal[1:] += down
    diagonal[:-1] += down
    diagonal[:, 1:] += across
    diagonal[:, :-1] += across

    def applied(field: Field) -> Field:
        result = trust * field
        flow = down * np.diff(field, axis=0)
        result[1:] += flow
        result[:-1] -= flow
        flow = across * np.diff(field, axis=1)
        result[:, 1:] += flow
        result[:, :-1] -= flow
        return result

    field = wanted.copy()
    rest = trust * wanted - applied(field)
    scaled = rest / diagonal
    way, size = scaled, float((rest * scaled).sum())
    for _ in range(60):
        if size < 1e-4:
            break
        image = applied(way)
        step = np.float32(size / float((way * image).sum()))
        field = field + step * way
        rest = rest - step * image
        scaled = rest / diagonal
        before, size = size, float((rest * scaled).sum())
        way = scaled + np.float32(size / before) * way
    return field

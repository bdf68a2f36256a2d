"""How pictures are set aside. The test split of a set is never touched: these functions share out training pictures."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from app.core.errors import InputError

Place = Literal["random", "first", "last"]


def split_validation(
    n: int, fraction: float, seed: int, labels: ArrayLike | None = None, place: Place = "random"
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Share `n` pictures out: (training indices, validation indices), each int64, ascending, disjoint.

    The same arguments give the same split on every machine (NumPy's PCG64). The draw is random, the answer is sorted,
    because memory is read faster in order; the trainer shuffles anyway.

    Args:
        n: how many pictures there are, at least 0.
        fraction: the share for validation, 0 <= fraction < 1; 0 gives none. Without labels the validation split has
            round(n * fraction) pictures.
        seed: any integer >= 0.
        labels: (n,) classes. With them every class gives its own share, and at least one picture if it has two.
        place: which pictures are for validation: drawn at random, or the first or last ones as they lie.

    Raises:
        InputError: a fraction outside [0, 1), or as many labels as there are not pictures.

    """
    if not 0 <= fraction < 1:
        raise InputError(f"The share for validation is {fraction:g}; it must be at least 0 and below 1.")
    validation = np.zeros(n, np.bool_)
    if fraction > 0:
        generator = np.random.Generator(np.random.PCG64(seed))
        for members in _groups(n, labels):
            count = round(len(members) * fraction)
            if labels is not None and len(members) > 1:
                count = min(max(count, 1), len(members) - 1)
            ordered = generator.permutation(members) if place == "random" else members
            validation[ordered[len(ordered) - count :] if place == "last" else ordered[:count]] = True
    return np.flatnonzero(~validation).astype(np.int64), np.flatnonzero(validation).astype(np.int64)


def _groups(n: int, labels: ArrayLike | None) -> list[NDArray[np.int64]]:
    """Return the indices of each class; without labels all belong to one."""
    if labels is None:
        return [np.arange(n, dtype=np.int64)]
    classes = np.asarray(labels)
    if classes.shape != (n,):
        raise InputError(f"There are {n} pictures and {classes.size} labels; give one label for each picture.")
    return [np.flatnonzero(classes == label).astype(np.int64) for label in np.unique(classes)]

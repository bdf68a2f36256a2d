"""Pictures that are in two parts of the data: a test with pictures that were trained on says nothing of new ones.

A Keras script gets the source of `are_copies`, which keeps to the 88 letters of its lines.
"""

from typing import Any

import numpy as np


def are_copies(images: Any, others: Any, tolerance: float = 0.05) -> Any:
    """Which images (n, 28, 28) uint8 are among the others (m, 28, 28), too: (n,) bool.

    Also those that differ a little, as after saving a picture as JPEG: by so small
    a share of the ink of both. Images without ink are nobody's copies.

    Candidates have the same sums over squares of 7 x 7 pixels, rounded in one of four
    ways (locality-sensitive hashing), so that few pictures need be compared.
    """
    ours, theirs = (
        pictures.reshape(-1, 4, 7, 28).sum(axis=2, dtype=np.uint16).reshape(-1, 16, 7).sum(axis=2)
        for pictures in (images, others)
    )
    mix = np.random.default_rng(0).integers(1, 2**63, 16, dtype=np.uint64) | np.uint64(1)
    found = np.zeros(len(images), bool)
    for shift in (0, 294, 588, 882):
        keys, others_keys = (((sums + shift) // 1176).astype(np.uint64) @ mix for sums in (ours, theirs))
        order = np.argsort(others_keys, kind="stable")
        ordered = others_keys[order]
        place = np.searchsorted(ordered, keys)
        end = np.searchsorted(ordered, keys, side="right")
        for _ in range(8):  # of very many alike, the first ones are enough
            open_ones = np.flatnonzero(~found & (place < end))
            for some in np.array_split(open_ones, len(open_ones) // 1000 + 1):
                one = images[some].astype(np.int16)
                other = others[order[place[some]]].astype(np.int16)
                apart = np.abs(one - other).sum(axis=(1, 2), dtype=np.int64)
                ink = (one + other).sum(axis=(1, 2), dtype=np.int64) / 2
                found[some] = (apart <= tolerance * ink) & (ink > 0)
            place += 1
    return found

"""Uncertainty: are digits told from what is none, and how often is the program sure?"""

from collections import Counter
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.handwriting.sheets import letters
from app.core.datasets.types import Dataset
from app.core.inference.calibration import Verdict, familiarity
from tests.bench.accuracy.data import absent, drawings, full_set
from tests.bench.accuracy.reading import (
    CLOTHES,
    DIGITS,
    Images,
    grey_picture,
    of_drawings,
    of_pictures,
    of_set,
    percent,
    predictor,
)
from tests.bench.accuracy.strangers import full_canvases, printed_letters, scribbles
from tests.bench.report import Figure, Skipped

COUNT = 1000

Groups = Mapping[str, Images]


def measure() -> Iterator[Figure | Skipped]:
    """Both readers: what they know against what they do not, and the verdicts on each."""
    digits, clothes = full_set("mnist"), full_set("fashion-mnist")
    people = [one.drawing for one in drawings()]
    if people:
        known = {"digits, drawn": of_drawings(DIGITS, people)}
        if digits:
            known["digits, MNIST"] = of_set(_some(digits))
        strange = _strangers(DIGITS)
        if clothes:
            strange["clothes"] = of_pictures(DIGITS, map(grey_picture, _some(clothes)))
        yield from _separation(DIGITS, known, strange)
    else:
        yield absent("uncertainty of digits")
    if clothes:
        strange = _strangers(CLOTHES)
        if digits:
            strange["digits"] = of_set(_some(digits))
        yield from _separation(CLOTHES, {"clothes": of_set(_some(clothes))}, strange)
    else:
        yield absent("uncertainty of clothes")


def _some(dataset: Dataset) -> NDArray[np.uint8]:
    return dataset.test.images[:: len(dataset.test) // COUNT]


def _strangers(model: str) -> dict[str, Images]:
    """Letters in shapes that no model was trained on; the others are made by the measurement itself."""
    return {
        "letters, written": of_set(letters(COUNT, 99, held_out=True)),
        "letters, printed": of_pictures(model, printed_letters()),
        "scribbles": of_drawings(model, scribbles(COUNT // 2, 5)),
        "full canvases": of_drawings(model, full_canvases(COUNT // 10, 5)),
    }


def _separation(model: str, known: Groups, strange: Groups) -> Iterator[Figure]:
    """What comes out empty is not read at all, so it is the least familiar of all."""
    reader = predictor(model)
    groups = {**known, **strange}
    scores = {
        name: familiarity(reader.probabilities(images)) * images.any(axis=(1, 2)) for name, images in groups.items()
    }
    for one in known:
        for other in strange:
            yield percent(f"{model}: AUROC of {one} against {other}", auroc(scores[one], scores[other]))
    for name, images in groups.items():
        inked = images[images.any(axis=(1, 2))]
        verdicts = Counter(answer.verdict for answer in reader.predict_many(inked))
        for verdict in Verdict:
            yield percent(f"{model}: {name} called {verdict}", verdicts[verdict] / len(images))
        if len(inked) < len(images):
            yield percent(f"{model}: {name} with nothing to read", 1 - len(inked) / len(images))


def auroc(higher: NDArray[np.floating], lower: NDArray[np.floating]) -> float:
    """How well a score separates: the chance that one of `higher` is above one of `lower`, ties counting half.

    That is the area under the receiver operating characteristic (Hanley and McNeil 1982), from the sum of ranks: 1 if
    all of `higher` (n,) are above all of `lower` (m,), 0.5 if the score says nothing. Raises ValueError if either is
    empty.
    """
    if not higher.size or not lower.size:
        raise ValueError("a score is needed on both sides")
    _, places, counts = np.unique(np.concatenate([higher, lower]), return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2  # equal scores share the middle of their ranks
    above = float(ranks[places[: higher.size]].sum()) - higher.size * (higher.size + 1) / 2
    return above / (higher.size * lower.size)

"""Clothes in photographs by the public, by what they are; and what the reader says of things it does not know."""

import csv
from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

from app.core.imaging.pictures import Picture, load_picture
from app.core.inference.calibration import Verdict, judge
from tests.bench.accuracy.data import development_folder
from tests.bench.accuracy.reading import CLOTHES, of_pictures, predictor
from tests.bench.clothes_photographs import CLOTHES_KINDS, clothes_photographs
from tests.bench.report import Tally

_UNKNOWN = ("hat", "shorts", "skirt")
_MADE = {5: "sandals", 7: "sneakers", 8: "bags", 9: "ankle boots"}
"""Classes that the photographs do not tell apart: Fashion-MNIST's own pictures, enlarged on made-up backgrounds."""

GOAL, SURE_RIGHT_GOAL, RIGHT_SURE_GOAL = ">= 85", ">= 96", ">= 65"


def rows(split: str = "dev") -> Iterator[Tally]:
    """Each kind of photograph in that split, then all; none if the photographs are not here."""
    read = _read(split)
    if read is not None:
        kinds, labels, answers, verdicts = read
        known, right = labels >= 0, answers == labels
        for kind in sorted(set(kinds[known])):
            chosen = kinds == kind
            yield Tally("strangers", f"photographs: {kind}", int(chosen.sum()), int(right[chosen].sum()), GOAL)
        yield Tally("strangers", "photographs, six kinds", int(known.sum()), int(right[known].sum()), GOAL)
        sure = known & (verdicts == Verdict.SURE)
        yield Tally("strangers", "called sure: right", int(sure.sum()), int(right[sure].sum()), SURE_RIGHT_GOAL)
        found = known & right
        yield Tally("strangers", "right: called sure", int(found.sum()), int(sure[found].sum()), RIGHT_SURE_GOAL)
        for kind in _UNKNOWN:
            said = verdicts[kinds == kind]
            refused = {verdict.value: int((said == verdict).sum()) for verdict in (Verdict.SURE, Verdict.UNSURE)}
            yield Tally("strangers", f"not known: {kind}", len(said), int((said == Verdict.UNKNOWN).sum()), "", refused)
    yield from _made()


def _made(count: int = 400) -> Iterator[Tally]:
    made = [each for kind in CLOTHES_KINDS for each in clothes_photographs(kind, count // len(CLOTHES_KINDS), 4)]
    labels = np.array([each.label for each in made])
    answers, _ = _answered([each.picture for each in made])
    for label, name in _MADE.items():
        chosen = labels == label
        right = int((answers[chosen] == label).sum())
        yield Tally("strangers", f"enlarged pictures of the set: {name}", int(chosen.sum()), right)


@cache
def _read(split: str) -> tuple[NDArray[np.str_], NDArray[np.int64], NDArray[np.int64], NDArray[np.str_]] | None:
    """Kinds, labels (-1 for none), predicted labels and verdicts; shoes are of several classes, and left out."""
    folder = development_folder() / "clothes-photos"
    if not (folder / "manifest.csv").is_file():
        return None
    with (folder / "manifest.csv").open(encoding="utf-8") as file:
        listed = [row for row in csv.DictReader(file) if row["file"].startswith(f"{split}/") and row["kind"] != "shoes"]
    answers, verdicts = _answered([load_picture(folder / row["file"]) for row in listed])
    labels = np.array([int(row["label"]) if row["label"] else -1 for row in listed])
    return np.array([row["kind"] for row in listed]), labels, answers, verdicts


def _answered(pictures: list[Picture]) -> tuple[NDArray[np.int64], NDArray[np.str_]]:
    probabilities = predictor(CLOTHES).probabilities(of_pictures(CLOTHES, pictures))
    verdicts = judge(probabilities, predictor(CLOTHES).model.card.calibration)
    return probabilities.argmax(axis=1), np.array([verdict.value for verdict in verdicts])

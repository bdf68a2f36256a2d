"""Numbers of several digits, put together from single drawings of the development set."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from app.core.imaging.drawing import Drawing
from app.core.inference.multi_digit import predict_multi_digit
from tests.bench.accuracy.data import LabelledDrawing, absent, drawings
from tests.bench.accuracy.drawn import saved
from tests.bench.accuracy.reading import DIGITS, percent, predictor
from tests.bench.report import Figure, Skipped

LENGTHS = {
    "1 digit": (1,),
    "2 to 4 digits": (2, 3, 4),
    "5 to 8 digits": (5, 6, 7, 8),
    "9 to 12 digits": (9, 10, 11, 12),
}
EACH = 10  # numbers of every length
HEIGHT = 100.0
PEN_PX = 7
TOUCHING = 0.2  # of the pairs, where some touch


@dataclass(frozen=True)
class Written:
    """A number in one drawing, and what it is."""

    drawing: Drawing
    text: str


def measure() -> Iterator[Figure | Skipped]:
    """Whole numbers and single digits, with gaps of all sizes; then with neighbours that touch; then as pictures."""
    people = drawings()
    if not people:
        yield absent("numbers of several digits")
        return
    for title, touching in (("with gaps", 0.0), ("some touching", TOUCHING)):
        read: list[tuple[str, str]] = []
        for name, lengths in LENGTHS.items():
            written = numbers(people, lengths, EACH, touching)
            some = [(one.text, predict_multi_digit(predictor(DIGITS), one.drawing).text) for one in written]
            yield percent(f"numbers {title}, {name}: whole", _whole(some))
            read += some
        yield percent(f"numbers {title}: whole", _whole(read))
        yield percent(f"numbers {title}: digits", _digits(read))
        yield percent(f"numbers {title}: as many digits as there are", _counted(read))
    as_pictures = [
        (one.text, predict_multi_digit(predictor(DIGITS), saved(one.drawing, PEN_PX)).text)
        for lengths in LENGTHS.values()
        for one in numbers(people, lengths, EACH // 3, 0.0)
    ]
    yield percent("numbers with gaps, as pictures: whole", _whole(as_pictures))
    yield percent("numbers with gaps, as pictures: digits", _digits(as_pictures))


def numbers(people: Sequence[LabelledDrawing], lengths: Sequence[int], each: int, touching: float) -> list[Written]:
    """Numbers of these lengths, the same every time; `touching` is the share of neighbours that do."""
    random = np.random.default_rng(7 + lengths[0])
    return [_compose(people, length, touching, random) for length in lengths for _ in range(each)]


def distance(text: str, other: str) -> int:
    """How many digits have to be changed, put in or taken out to make one of the other (Levenshtein 1966)."""
    row = list(range(len(other) + 1))
    for place, letter in enumerate(text, 1):
        before, row = row, [place]
        for column, another in enumerate(other, 1):
            row.append(min(row[-1] + 1, before[column] + 1, before[column - 1] + (letter != another)))
    return row[-1]


def _compose(people: Sequence[LabelledDrawing], length: int, touching: float, random: np.random.Generator) -> Written:
    """Digits side by side, about equally high, on a line that wavers; gaps from hardly any to half a digit."""
    chosen = [people[place] for place in random.integers(0, len(people), length)]
    strokes: list[tuple[tuple[float, float], ...]] = []
    right = 30.0
    for one in chosen:
        points = np.concatenate([np.array(stroke)[:, :2] for stroke in one.drawing.strokes])
        low, size = points.min(axis=0), np.ptp(points, axis=0)
        scale = min(HEIGHT * random.uniform(0.85, 1.1) / max(size[1], 1.0), HEIGHT / max(size[0], 1.0))
        gap = -0.04 if strokes and random.random() < touching else random.uniform(0.08, 0.5)
        place = np.array([right + gap * HEIGHT, 40 + (HEIGHT - scale * size[1]) / 2 + random.normal(0, 4)])
        for stroke in one.drawing.strokes:
            moved = (np.array(stroke)[:, :2] - low) * scale + place
            strokes.append(tuple((float(x), float(y)) for x, y in moved))
        right = place[0] + scale * size[0]
    text = "".join(str(one.label) for one in chosen)
    return Written(Drawing(float(right) + 30, HEIGHT + 80, tuple(strokes)), text)


def _whole(read: Sequence[tuple[str, str]]) -> float:
    return float(np.mean([true == said for true, said in read]))


def _digits(read: Sequence[tuple[str, str]]) -> float:
    return 1 - sum(distance(true, said) for true, said in read) / sum(len(true) for true, _ in read)


def _counted(read: Sequence[tuple[str, str]]) -> float:
    return float(np.mean([len(true) == len(said) for true, said in read]))

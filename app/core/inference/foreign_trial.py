"""Trying a model that was made elsewhere: what its file does not say is found by reading labelled pictures with it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from app.core.child_process import Limits, run_in_child
from app.core.datasets.choices import Orientation, Polarity
from app.core.datasets.registry import DATASETS
from app.core.datasets.sources import available, load_dataset, own_names
from app.core.datasets.types import Dataset, LabelledImages, Variant
from app.core.errors import InputError, StudioError
from app.core.imaging.preprocess import Preprocessing
from app.core.models.adaptation import Adaptation, Output, Scale
from app.core.models.foreign.adapting import read_in_ways
from app.core.models.foreign.reading import READING, ForeignModel

SHOWN = 25
"""So many pictures are tried and shown, five in a row."""
_CLOSE, _MOST_CLOSE, _MORE = 0.15, 2, 100
"""Ways whose scores hardly differ on these few pictures, and how many of them are compared on so many."""
_HOPELESS = -1.5
"""A score that no way has which is right."""
_GOOD = 0.8
"""A share of right answers from which on nothing stranger is tried."""
TRYING = Limits(seconds=600, memory_mib=READING.memory_mib)
"""Large networks on slow computers; whoever waits can cancel it."""
_POLARITIES = (Polarity.LIGHT_INK, Polarity.DARK_INK)
_CLIPPED = (0.01, 0.99)
"""A network that reads pixels that are far too large is surer than it should be: that counts for nothing."""
_USUAL = 0.05
"""What is usual is preferred as long as something else does not fit clearly better."""
_FEW, _LESS_SURE = 0.03, 2.5
"""So many fewer may be read right, and so much larger the loss may be, with the scale that is usual."""
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

Check = Callable[[], None]


@dataclass(frozen=True)
class Wanted:
    """What a person has decided of how pictures are shown to a model; the rest is found out."""

    scale: Scale | None = None
    polarity: Polarity | None = None
    orientation: Orientation | None = None
    output: Output | None = None


NOTHING_WANTED = Wanted()


@dataclass(frozen=True)
class TrialSet:
    """A set of labelled pictures on this computer with as many classes as a model."""

    name: str
    title: str
    data: str
    class_names: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Trial:
    """What a model reads in labelled pictures, for every way of showing them to it.

    `pictures` (n, 28, 28), `answers` probabilities (n, classes).
    """

    set: TrialSet
    preprocessing: Preprocessing
    pictures: LabelledImages
    answers: Mapping[Adaptation, NDArray[np.float32]]
    best: Adaptation

    def right(self, adaptation: Adaptation) -> int:
        """How many pictures are read right."""
        return int((self.answers[adaptation].argmax(axis=1) == self.pictures.labels).sum())

    @property
    def score(self) -> float:
        """How well the best way fits, up to 0; usual ways count a little more."""
        return _score(self.answers[self.best], self.pictures.labels)


def trial_sets(model: ForeignModel) -> tuple[TrialSet, ...]:
    """The sets on this computer with as many classes as the model: those whose names its labels are come first."""
    found = []
    for name in (*DATASETS, *own_names()):
        try:
            about = available(name)
        except StudioError:  # damaged: its own page says so
            continue
        data = Variant.STARTER if about.starter else Variant.FULL
        if len(about.class_names) == model.facts.classes and (about.starter or about.full_at):
            found.append(TrialSet(about.name, about.title, data.value, about.class_names))
    labels = model.facts.labels
    return tuple(sorted(found, key=lambda each: not has_same_names(labels, each.class_names)))


def has_same_names(labels: Sequence[str], class_names: Sequence[str]) -> bool:
    """True if both name the same classes, in whatever order."""
    return sorted(map(_key, labels)) == sorted(map(_key, class_names)) and len(labels) > 0


def order_of(labels: Sequence[str], class_names: Sequence[str]) -> tuple[int, ...]:
    """Where each class stands among the labels; empty if they stand in the same order, or are others."""
    given, wanted = list(map(_key, labels)), list(map(_key, class_names))
    if given == wanted or not has_same_names(labels, class_names):
        return ()
    return tuple(given.index(name) for name in wanted)


def propose(model: ForeignModel, wanted: Wanted = NOTHING_WANTED, check: Check = lambda: None) -> Trial | None:
    """The trial on the set that fits best; None if there is none of its classes.

    `check` is called often and may raise, which ends it. Raises InputError if the model does harm.
    """
    sets = trial_sets(model)
    named = [each for each in sets if has_same_names(model.facts.labels, each.class_names)]
    if model.facts.labels and not named:
        return None  # classes of its own: pictures of others say nothing
    trials = [try_on(model, each, wanted, check) for each in named or sets]
    return max(trials, key=lambda trial: trial.score, default=None)


def try_on(
    model: ForeignModel, chosen: TrialSet, wanted: Wanted = NOTHING_WANTED, check: Check = lambda: None
) -> Trial:
    """Read pictures of one set in every way that is left open. Raises as `propose`, or as `load_dataset`."""
    dataset = load_dataset(chosen.name, chosen.data)
    pictures = _spread(dataset.test, len(dataset.class_names), SHOWN)
    answers: dict[Adaptation, NDArray[np.float32]] = {}
    for orientation in (wanted.orientation,) if wanted.orientation else Orientation:
        ways = _ways(model, dataset, orientation, wanted)
        answers |= dict(zip(ways, read_with(model, ways, pictures.images, check), strict=True))
        best = _best(model, answers, pictures, dataset.test, check)
        trial = Trial(chosen, Preprocessing(dataset.preprocessing), pictures, answers, best)
        if trial.right(best) >= _GOOD * len(pictures):
            break
    return trial


def _best(
    model: ForeignModel,
    answers: Mapping[Adaptation, NDArray[np.float32]],
    pictures: LabelledImages,
    test: LabelledImages,
    check: Check,
) -> Adaptation:
    """The way that fits best; those that are close to it, and the usual scale, are compared on more pictures."""
    scores = {way: _score(found, pictures.labels) + _usual(model, way) for way, found in answers.items()}
    first, *others = sorted(scores, key=lambda way: -scores[way])
    close = [way for way in others if scores[way] > scores[first] - _CLOSE][:_MOST_CLOSE]
    ways = [first, *dict.fromkeys((*close, *(way for way in others if way == _usually(model, first))))]
    if len(ways) == 1 or scores[first] < _HOPELESS:
        return first
    more = _spread(test, answers[first].shape[1], _MORE)
    again = dict(zip(ways, read_with(model, ways, more.images, check), strict=True))
    best = max(ways, key=lambda way: _score(again[way], more.labels) + _usual(model, way))
    usual = _usually(model, best)
    return usual if usual in again and _is_as_good(again[usual], again[best], more.labels) else best


def _usually(model: ForeignModel, way: Adaptation) -> Adaptation:
    """The same way with the scale that is usual for the model."""
    return way.model_copy(update={"scale": model.facts.scale or Scale.UNIT})


def _is_as_good(usual: NDArray[np.float32], other: NDArray[np.float32], labels: NDArray[np.uint8]) -> bool:
    """Whether what is usual reads as many right, and is not much less sure of them.

    Pixels that are too large make a network surer, and one that was trained for a short time seems better by that.
    """
    right, most = (int((answers.argmax(axis=1) == labels).sum()) for answers in (usual, other))
    return right >= most - _FEW * len(labels) and _score(usual, labels) >= _LESS_SURE * _score(other, labels)


def tried_again(trial: Trial, model: ForeignModel, way: Adaptation, check: Check = lambda: None) -> Trial:
    """The trial with one more way, as a person wants it."""
    if way in trial.answers:
        return trial
    (answers,) = read_with(model, [way], trial.pictures.images, check)
    return replace(trial, answers={**trial.answers, way: answers})


def read_with(
    model: ForeignModel, ways: Sequence[Adaptation], images: NDArray[np.uint8], check: Check = lambda: None
) -> NDArray[np.float32]:
    """Probabilities (ways, n, classes) of pictures (n, 28, 28) uint8, read in a process of its own."""
    plain = [way.model_dump_json() for way in ways]
    what = f"'{model.facts.file}'"
    arguments = (model.content, model.facts.takes_any_batch, plain, images.tobytes())
    said, blobs = run_in_child(read_in_ways, *arguments, what=what, limits=TRYING, check=check)
    found = np.frombuffer(blobs[0], np.float32).reshape(len(ways), len(images), -1)
    if not np.isfinite(found).all() or said["ways"] != len(ways):
        raise InputError(f"{what} gives something else than numbers for a picture: it is refused.")
    return found


def guessed(model: ForeignModel, wanted: Wanted = NOTHING_WANTED) -> Adaptation:
    """What is usual for such a network, where there are no pictures to try it on."""
    facts = model.facts
    return Adaptation(
        input_shape=facts.input_shape,
        scale=wanted.scale or facts.scale or Scale.UNIT,
        polarity=wanted.polarity or Polarity.LIGHT_INK,
        orientation=wanted.orientation or Orientation.UPRIGHT,
        output=wanted.output or facts.output,
    )


def _ways(model: ForeignModel, dataset: Dataset, orientation: Orientation, wanted: Wanted) -> list[Adaptation]:
    """Every scale and polarity that is left open."""
    few = dataset.train.images[:2_000] if len(dataset.train) else dataset.test.images
    mean, deviation = float(few.mean()) / 255, max(float(few.std()) / 255, 1e-3)
    order = order_of(model.facts.labels, dataset.class_names)
    return [
        Adaptation(
            input_shape=model.facts.input_shape,
            scale=scale,
            mean=round(mean, 4),
            deviation=round(deviation, 4),
            polarity=polarity,
            orientation=orientation,
            output=wanted.output or model.facts.output,
            order=order,
        )
        for scale, polarity in product(
            (wanted.scale,) if wanted.scale else Scale, (wanted.polarity,) if wanted.polarity else _POLARITIES
        )
    ]


def _spread(images: LabelledImages, classes: int, count: int) -> LabelledImages:
    """The first pictures of each class, class by class in turn."""
    places = [np.flatnonzero(images.labels == label) for label in range(classes)]
    turns = range(max((len(each) for each in places), default=0))
    chosen = [int(each[turn]) for turn in turns for each in places if turn < len(each)][:count]
    return LabelledImages(images.images[chosen], images.labels[chosen])


def _score(answers: NDArray[np.float32], labels: NDArray[np.uint8]) -> float:
    """The mean log-likelihood of the right classes, within bounds."""
    right = answers[np.arange(len(labels)), labels]
    return float(np.log(np.clip(right, *_CLIPPED)).mean()) if len(labels) else -np.inf


def _usual(model: ForeignModel, way: Adaptation) -> float:
    """What speaks for a way besides the pictures."""
    is_usual = (
        way.scale is (model.facts.scale or Scale.UNIT),
        way.polarity is Polarity.LIGHT_INK,
        way.orientation is Orientation.UPRIGHT,
    )
    return _USUAL * sum(is_usual)


def _key(name: str) -> str:
    """How classes are compared: "Zero" is "0"."""
    plain = " ".join(name.casefold().split())
    return str(_DIGITS.index(plain)) if plain in _DIGITS else plain

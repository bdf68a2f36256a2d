"""How well a stored model does on the test split of a data set."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.sources import find_full, is_starter
from app.core.datasets.types import Dataset, Variant
from app.core.errors import InputError
from app.core.inference.calibration import Verdict, judge
from app.core.inference.metrics import (
    CalibrationBin,
    ClassMetrics,
    calibration_curve,
    class_metrics,
    confusion_matrix,
    cross_entropy,
    mean_gap,
)
from app.core.inference.predictor import Predictor
from app.core.models.card import Calibration, ModelCard
from app.core.models.interpreter import BATCH
from app.core.models.store import find_model

MOST_MAPPED = 10_000


@dataclass(frozen=True, eq=False)
class ModelEvaluation:
    """A model's predictions for test pictures, and the metrics that follow from them.

    `model` is its name and `title` what reads, `data` says what was read: "MNIST, full: 10,000 test pictures".
    `images` (n, 28, 28) uint8, ink = 255, `labels` (n,) uint8 and `probabilities` (n, classes) float32 belong together;
    `loss` is the mean cross-entropy. `embeddings` (m, units) float16 are what went into the last layer for the pictures
    at `mapped_places`, None if the model does not tell.
    """

    model: str
    title: str
    data: str
    class_names: tuple[str, ...]
    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    probabilities: NDArray[np.float32]
    loss: float
    elapsed_s: float
    embeddings: NDArray[np.float16] | None = None

    @property
    def samples(self) -> int:
        """How many pictures were read."""
        return len(self.labels)

    @cached_property
    def predicted(self) -> NDArray[np.int64]:
        """The class of each picture's largest probability, (n,)."""
        return np.asarray(self.probabilities.argmax(axis=1), np.int64)

    @cached_property
    def confidences(self) -> NDArray[np.float32]:
        """The largest probability of each picture, (n,) in 0..1."""
        return np.asarray(self.probabilities.max(axis=1), np.float32)

    @property
    def accuracy(self) -> float:
        """Share of right predictions, 0..1."""
        return float(np.trace(self.confusion)) / max(1, self.samples)

    @cached_property
    def confusion(self) -> NDArray[np.int64]:
        """Counts (classes, classes): rows are true classes, columns what was said."""
        return confusion_matrix(self.labels, self.predicted, len(self.class_names))

    @cached_property
    def classes(self) -> tuple[ClassMetrics, ...]:
        """Precision, recall and F1 of each class."""
        return class_metrics(self.confusion, self.class_names)

    @cached_property
    def calibration(self) -> tuple[CalibrationBin, ...]:
        """How often predictions are right by how confident they are."""
        return calibration_curve(self.confidences, self.predicted == self.labels)

    @property
    def expected_calibration_error(self) -> float:
        """How far confidence and accuracy are apart on average, 0..1."""
        return mean_gap(self.calibration)

    def examples(self, true: int, predicted: int) -> NDArray[np.int64]:
        """The pictures of class `true` that were taken for `predicted`, as indices, most confident first."""
        return self._most_confident_first((self.labels == true) & (self.predicted == predicted))

    def mistakes(self, count: int | None = None) -> NDArray[np.int64]:
        """The pictures that were read wrong, as indices, most confident first; at most `count` of them."""
        return self._most_confident_first(self.predicted != self.labels)[:count]

    def mistakes_with(self, label: int) -> NDArray[np.int64]:
        """The pictures of class `label` that were read as another, or the other way round, most confident first."""
        is_concerned = (self.labels == label) | (self.predicted == label)
        return self._most_confident_first(is_concerned & (self.predicted != self.labels))

    def confused(self) -> list[tuple[int, int, int]]:
        """What was taken for what: true class, predicted class and how often, most often first."""
        wrong = self.confusion.copy()
        np.fill_diagonal(wrong, 0)
        pairs = [(int(true), int(said), int(wrong[true, said])) for true, said in np.argwhere(wrong)]
        return sorted(pairs, key=lambda pair: -pair[2])

    def _most_confident_first(self, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        places = np.flatnonzero(chosen)
        return places[np.argsort(-self.confidences[places], kind="stable")]


def evaluate_model(
    predictor: Predictor,
    dataset: Dataset,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    unseen_only: bool = True,
) -> ModelEvaluation:
    """Read the test split of `dataset` with a stored model.

    `progress` is told after each few hundred pictures how many are done and how many there are; what it raises ends
    the work. Raises InputError if the model was made for other classes, or (unless `unseen_only` is False: then the
    metrics flatter it) has seen this test split while it was trained.
    """
    card = predictor.model.card
    check_classes(card, dataset)
    if unseen_only:
        check_unseen(card, dataset)
    began = time.perf_counter()
    test = dataset.test
    probabilities = np.empty((len(test), len(card.class_names)), np.float32)
    embeddings, is_mapped = list[NDArray[np.float16]](), np.zeros(len(test), np.bool_)
    is_mapped[mapped_places(len(test))] = True
    for start in range(0, len(test), BATCH):
        part = slice(start, start + BATCH)
        probabilities[part], found = predictor.read(test.images[part].astype(np.float32) / np.float32(255))
        if found is not None:
            embeddings.append(compact(found[is_mapped[part]]))
        progress(min(start + BATCH, len(test)), len(test))
    return ModelEvaluation(
        model=card.name,
        title=card.title,
        data=dataset.test_description,
        class_names=card.class_names,
        images=test.images,
        labels=test.labels,
        probabilities=probabilities,
        loss=cross_entropy(probabilities, test.labels),
        elapsed_s=time.perf_counter() - began,
        embeddings=np.concatenate(embeddings) if embeddings else None,
    )


def mapped_places(count: int, most: int = MOST_MAPPED) -> NDArray[np.int64]:
    """Which of so many pictures go onto a map: all, or so many at equal distances."""
    most = min(count, most)
    return np.arange(most) * count // max(1, most)


def compact(embeddings: NDArray[np.float32]) -> NDArray[np.float16]:
    """The same in half the room; what float16 cannot hold becomes the largest number it can."""
    largest = np.float32(np.finfo(np.float16).max)
    return np.asarray(np.clip(embeddings, -largest, largest), np.float16)


def check_classes(card: ModelCard, dataset: Dataset) -> None:
    """Raise InputError unless the model with that card knows the classes of `dataset`."""
    if card.class_names == dataset.class_names:
        return
    if card.dataset == dataset.name:
        raise InputError(
            f"The classes of {dataset.title} have changed since '{card.name}' was trained; train it again."
        )
    raise InputError(
        f"'{card.name}' was trained on {card.dataset_title}; it does not know the classes of {dataset.title}."
    )


def check_unseen(card: ModelCard, dataset: Dataset) -> None:
    """Raise InputError unless the test split of `dataset` is a fair test of the model with that card."""
    check_classes(card, dataset)
    if dataset.variant is Variant.FULL:
        return
    # The pictures of a starter edition, the test split too, are from the training split of the full set.
    for name in full_sets_behind(card):
        same = dataset.variant is Variant.STARTER and dataset.name == name
        if same or is_starter(dataset.sha256, name):
            raise InputError(
                f"'{card.name}' was trained on the full set and has seen the starter test pictures; "
                "evaluate it on the full set."
            )


def full_sets_behind(card: ModelCard) -> set[str]:
    """The sets whose whole training split went into a model, or into those it began from as far as they are known."""
    names, known = set[str](), {card.name}
    while True:
        if card.data_variant == Variant.FULL:
            names.add(card.dataset)
        if card.config.replay_dataset and find_full(card.config.replay_dataset):
            names.add(card.config.replay_dataset)
        start = card.config.initial_model
        if not start or start in known:
            return names
        known.add(start)
        try:
            card = find_model(start).card
        except InputError:  # removed since
            return names


# What uncertainty is worth: how often a model is sure, and how often it is right when it is.


@dataclass(frozen=True)
class UncertaintyMetrics:
    """Of `samples` predictions `sure` are sure, and `sure_and_right` of those are right."""

    samples: int
    sure: int
    sure_and_right: int

    @property
    def sure_share(self) -> float:
        """The share of sure predictions, 0..1."""
        return self.sure / max(1, self.samples)

    @property
    def accuracy_when_sure(self) -> float:
        """The share of right ones among the sure predictions, 0..1; 0 if there is none."""
        return self.sure_and_right / max(1, self.sure)


def uncertainty_metrics(evaluation: ModelEvaluation, calibration: Calibration | None) -> UncertaintyMetrics:
    """Judge every prediction of an evaluation as the window would, by the calibration on the model's card."""
    verdicts = judge(evaluation.probabilities, calibration)
    is_sure = np.array([verdict is Verdict.SURE for verdict in verdicts], np.bool_)
    is_right = evaluation.predicted == evaluation.labels
    return UncertaintyMetrics(evaluation.samples, int(is_sure.sum()), int((is_sure & is_right).sum()))

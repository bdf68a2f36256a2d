"""How well a stored model does on the test part of a data set."""

import time
from dataclasses import dataclass

import numpy as np

from app.core.datasets.sources import is_starter
from app.core.datasets.types import Dataset, Variant
from app.core.errors import InputError
from app.core.inference.predictor import Predictor
from app.core.models.card import ModelCard

_SMALLEST_PROBABILITY = 1e-7


@dataclass(frozen=True)
class Evaluation:
    """Mean cross-entropy and share of right answers (0..1) over `samples` test pictures."""

    loss: float
    accuracy: float
    samples: int
    elapsed_s: float


def evaluate_model(predictor: Predictor, dataset: Dataset) -> Evaluation:
    """Read the test part of `dataset` with a stored model.

    Raises InputError if the model was made for other classes, or has seen this test part while it was trained.
    """
    check_unseen(predictor.model.card, dataset)
    began = time.perf_counter()
    test = dataset.test
    answers = predictor.probabilities(test.images.astype(np.float32) / 255.0)
    right = answers[np.arange(len(test)), test.labels]
    return Evaluation(
        loss=float(-np.log(np.maximum(right, _SMALLEST_PROBABILITY)).mean()),
        accuracy=float((answers.argmax(axis=1) == test.labels).mean()),
        samples=len(test),
        elapsed_s=time.perf_counter() - began,
    )


def check_unseen(card: ModelCard, dataset: Dataset) -> None:
    """Raise InputError unless the test part of `dataset` is a fair test of the model with that card."""
    if card.class_names != dataset.class_names:
        raise InputError(
            f"'{card.name}' was trained on {card.dataset_title}; it does not know the classes of {dataset.title}."
        )
    if card.data_variant != Variant.FULL or dataset.variant is Variant.FULL:
        return
    # The pictures of a starter edition, the test part too, are from the training part of the full set.
    same = dataset.variant is Variant.STARTER and dataset.name == card.dataset
    if same or is_starter(dataset.sha256, card.dataset):
        raise InputError(
            f"'{card.name}' was trained on the full set and has seen the starter test pictures; "
            "evaluate it with --data full."
        )

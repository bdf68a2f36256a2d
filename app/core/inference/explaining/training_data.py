"""The training pictures of a model, as far as they are on this machine, and what is known of them."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.sources import find_full, load_dataset
from app.core.datasets.types import LabelledImages, Variant
from app.core.errors import InputError
from app.core.inference.explaining.neighbours import MOST_COMPARED
from app.core.inference.explaining.norms import Norms, measure_norms
from app.core.models.card import ModelCard


@dataclass(frozen=True, eq=False)
class TrainingData:
    """Up to MOST_COMPARED training pictures of `classes` classes. What is measured of them is measured once."""

    pictures: LabelledImages
    classes: int

    @cached_property
    def norms(self) -> Norms:
        """What they are like."""
        return measure_norms(self.pictures, self.classes)

    @cached_property
    def mean(self) -> NDArray[np.float32]:
        """Their mean, (28, 28) float32 in [0, 1]."""
        return np.asarray(self.pictures.images.mean(axis=0) / 255, np.float32)


def training_data(card: ModelCard) -> TrainingData:
    """What a model was trained on: of all its pictures if they are here, else of the starters.

    Models of the same data share it. Raises StudioError if neither is on this machine, or what is there has other
    classes.
    """
    is_here = card.data_variant != Variant.STARTER and find_full(card.dataset) is not None
    edition = Variant.FULL if is_here else Variant.STARTER
    return _loaded(card.dataset, edition, card.data_sha256, card.class_names)


@lru_cache(maxsize=2)
def _loaded(name: str, edition: Variant, _sha256: str, class_names: tuple[str, ...]) -> TrainingData:
    """`_sha256` is that of the model's data: an own set may have grown since an older model was trained on it."""
    dataset = load_dataset(name, edition)
    if dataset.class_names != class_names:
        raise InputError(f"{dataset.title} has other classes now than when the model was trained on it.")
    train = dataset.train
    # Copies, so that the rest of a large set can go.
    few = LabelledImages(train.images[:MOST_COMPARED].copy(), train.labels[:MOST_COMPARED].copy())
    return TrainingData(few, len(class_names))

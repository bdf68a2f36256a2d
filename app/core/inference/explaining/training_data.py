"""The training pictures of a model, as far as they are on this computer, and what is known of them."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.sources import load_dataset
from app.core.datasets.types import LabelledImages, Variant
from app.core.errors import InputError
from app.core.inference.explaining.neighbours import MOST_COMPARED
from app.core.inference.explaining.norms import Norms, measure_norms
from app.core.models.card import ModelCard


@dataclass(frozen=True, eq=False)
class TrainingData:
    """Up to MOST_COMPARED training pictures of `classes` classes. What is measured of them is measured once.

    `sha256` is that of all the data they are from.
    """

    pictures: LabelledImages
    classes: int
    sha256: str

    @cached_property
    def norms(self) -> Norms:
        """What they are like."""
        return measure_norms(self.pictures, self.classes)

    @cached_property
    def mean(self) -> NDArray[np.float32]:
        """Their mean, (28, 28) float32 in [0, 1]."""
        return np.asarray(self.pictures.images.mean(axis=0) / 255, np.float32)


def training_data(card: ModelCard) -> TrainingData:
    """What a model was trained on; of a published set that is not on this computer, the starters.

    Models of the same data share it. Raises InputError if it is not on this computer, or has other classes by now.
    """
    try:
        return _loaded(card.dataset, card.config.data, card.data_sha256, card.class_names)
    except InputError:
        if card.data_variant != Variant.FULL:
            raise
        return _loaded(card.dataset, Variant.STARTER, card.data_sha256, card.class_names)


@lru_cache(maxsize=2)
def _loaded(name: str, data: str, _sha256: str, class_names: tuple[str, ...]) -> TrainingData:
    """`_sha256` is that of the model's data: an own set may have grown since an older model was trained on it."""
    dataset = load_dataset(name, data)
    if dataset.class_names != class_names:
        raise InputError(f"The classes of {dataset.title} have changed since the model was trained.")
    train = dataset.train
    # Copies, so that the rest of a large set can go.
    few = LabelledImages(train.images[:MOST_COMPARED].copy(), train.labels[:MOST_COMPARED].copy())
    return TrainingData(few, len(class_names), dataset.sha256)

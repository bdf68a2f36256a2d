"""What goes into a model's last layer: pictures that the network takes as alike have numbers that are alike."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.types import IMAGE_SIZE
from app.core.errors import InputError
from app.core.inference.explaining.numpy_network import load_network
from app.core.inference.predictor import Predictor

Embed = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""Pictures (n, 28, 28) float32 in [0, 1] to numbers (n, k) that are alike for what the network takes as alike."""


def embedding_of(predictor: Predictor) -> Embed | None:
    """By LiteRT if the model was stored with it, else in NumPy; None for networks whose layers can only be run."""
    if predictor.embeddings(np.zeros((1, IMAGE_SIZE, IMAGE_SIZE), np.float32)) is None:
        try:
            return load_network(predictor.model).embeddings
        except InputError:
            return None

    def embed(images: NDArray[np.float32]) -> NDArray[np.float32]:
        embeddings = predictor.embeddings(images)
        assert embeddings is not None
        return embeddings

    return embed


def embedding_or_logits(predictor: Predictor) -> Embed:
    """As `embedding_of`; of networks whose layers can only be run what comes out of the last one, up to a constant."""
    return embedding_of(predictor) or (lambda images: _logits(predictor.probabilities(images)))


def _logits(probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    logits = np.log(np.maximum(probabilities, np.float32(1e-7)))
    return np.asarray(logits - logits.mean(axis=1, keepdims=True), np.float32)

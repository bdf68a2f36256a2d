"""The calibration of a network that was just written, on pictures that it was not trained on."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.splits import split_validation
from app.core.datasets.types import Dataset
from app.core.inference.calibration import calibrate
from app.core.models.card import Calibration
from app.core.models.config import TrainingConfig
from app.core.models.interpreter import Interpreter

FEWEST = 50
"""Validation pictures below which nothing can be said."""
MOST = 4_000
_BATCH = 256


def calibration_of(network: Path, config: TrainingConfig, dataset: Dataset) -> Calibration | None:
    """Read the validation pictures with the LiteRT file `network`.

    None if too few pictures were kept aside.
    """
    _, held = split_validation(len(dataset.train), config.validation_split, config.seed, place=config.validation_from)
    if len(held) < FEWEST:
        return None
    held = held[:: -(-len(held) // MOST)]
    interpreter = Interpreter(network)
    return calibrate(_read(interpreter, dataset.train.images[held]), dataset.train.labels[held])


def _read(interpreter: Interpreter, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    inputs = images.astype(np.float32)[..., None] / np.float32(255)
    return np.concatenate([interpreter.run(inputs[start : start + _BATCH]) for start in range(0, len(inputs), _BATCH)])

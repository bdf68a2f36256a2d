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
from app.core.training.pictures import outlier_pictures

FEWEST = 50
"""Validation pictures below which nothing can be said."""
MOST = 4_000
OUTLIERS = 1_000
_OTHER_SEED = 1_000_003
_BATCH = 256


def calibration_of(network: Path, config: TrainingConfig, dataset: Dataset) -> Calibration | None:
    """Read the validation pictures with the LiteRT file `network`, and outliers that were drawn and picked anew.

    None if too few pictures were kept aside.
    """
    _, held = split_validation(len(dataset.train), config.validation_split, config.seed, place=config.validation_from)
    if len(held) < FEWEST:
        return None
    held = held[:: -(-len(held) // MOST)]
    interpreter = Interpreter(network)
    known = _read(interpreter, dataset.train.images[held])
    strange = outlier_pictures(OUTLIERS, dataset.class_names, config.seed + _OTHER_SEED)
    return calibrate(known, dataset.train.labels[held], None if strange is None else _read(interpreter, strange))


def _read(interpreter: Interpreter, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    inputs = images.astype(np.float32)[..., None] / np.float32(255)
    return np.concatenate([interpreter.run(inputs[start : start + _BATCH]) for start in range(0, len(inputs), _BATCH)])

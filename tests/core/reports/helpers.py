"""A run that nobody trained: its config, its epochs and its test."""

from collections.abc import Callable

import numpy as np

from app.core.config.config import TrainingConfig
from app.core.config.layers import Dense, Dropout
from app.core.recipes import find_recipe
from app.core.runs.events import EpochDone, RunTested

CONFIG = TrainingConfig(recipe="tuning-512x512-02", layers=(Dense(units=8), Dropout(rate=0.25)), epochs=3)
NOTED = find_recipe("tuning-512x512-02").config.changed(data="full")
"""What the notes report: these layers and settings, on all of the data."""
EPOCHS = (
    EpochDone(1, 0.9, 0.6, 0.7, 0.7, 0.001, True, 2.0, 2.0, 0.71, 0.69, 0.5),
    EpochDone(2, 0.5, 0.8, 0.4, 0.85, 0.0005, True, 2.0, 4.0, 0.86, 0.84, 0.5),
    EpochDone(3, 0.3, 0.9, 0.45, 0.84, 0.00025, False, 2.0, 6.0, 0.85, 0.83, 0.5),
)
CONFUSION = np.array([[48, 2, 0, 0], [1, 49, 0, 0], [0, 0, 50, 0], [0, 0, 7, 43]])
TESTED = RunTested(0.25, 0.95, 0.952, 0.95, 200, 0.3, CONFUSION)

MakeRun = Callable[..., int]

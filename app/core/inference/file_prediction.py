"""The answer for one file, or one row of a table."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.core.inference.better_model import Better
from app.core.inference.calibration import Verdict
from app.core.inference.multi_digit import MultiDigitPrediction


@dataclass(frozen=True, eq=False)
class FilePrediction:
    """What a model predicts for one file. `label` and `name` are None for an empty one; `error` says why there is none.

    `probabilities` (classes,) float32 are zeros when nothing was read; `elapsed_ms` is this file's share of the work.
    `number` is what it reads as several digits, if that was asked for; `size` the width and height of the paper, in
    pixels of the picture or units of the canvas. `class_names` are all that the model tells apart. Of a table, `row`
    counts its pictures from 1, and `truth` is what its label says, if that is one of the classes. `note` is a sentence
    on what of the file was left out. `better` is a model that should rather read it, if that was asked for.
    """

    path: Path
    model: str
    label: int | None
    name: str | None
    probabilities: NDArray[np.float32]
    elapsed_ms: float
    verdict: Verdict | None = None
    error: str | None = None
    number: MultiDigitPrediction | None = None
    size: tuple[float, float] = (0.0, 0.0)
    class_names: tuple[str, ...] = ()
    row: int | None = None
    truth: str | None = None
    note: str = ""
    better: Better | None = None

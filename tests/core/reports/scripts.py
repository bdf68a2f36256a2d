"""Running a Keras script here, with what it does looked at instead of done."""

import runpy
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.core.config.config import TrainingConfig
from app.core.datasets.types import LabelledImages
from app.core.reports.keras_script import keras_script
from app.core.runs.records import Metrics, RunRecord, RunState


def record(config: TrainingConfig) -> RunRecord:
    """A run with that config, of which nothing else matters."""
    return RunRecord(
        id=7,
        name=config.recipe,
        recipe=config.recipe,
        dataset=config.dataset,
        data_description="MNIST, full, 60,000",
        data_sha256="0" * 64,
        config_json=config.model_dump_json(),
        created=datetime(2026, 1, 31, tzinfo=UTC),
        state=RunState.COMPLETED,
        message="",
        device="CPU",
        versions_json="{}",
        parameters=0,
        epochs_done=config.epochs,
        best_epoch=1,
        train_s=1.0,
        val_s=0.0,
        test_s=0.0,
        metrics=Metrics(test_loss=0.25, test_accuracy=0.95),
        model=None,
        note="",
        tags=(),
        study="",
        trial=None,
    )


def pictures(count: int, classes: int = 10) -> LabelledImages:
    """Random pictures, every class among them."""
    random = np.random.default_rng(count)
    images = random.integers(0, 256, (count, 28, 28), np.uint8)
    return LabelledImages(images, (np.arange(count) % classes).astype(np.uint8))


def write_npz(path: Path, train: LabelledImages, test: LabelledImages) -> Path:
    np.savez(path, x_train=train.images, y_train=train.labels, x_test=test.images, y_test=test.labels)
    return path


@dataclass
class Ran:
    """What a script did: the names it defined, and what it passed to `fit` and `evaluate`."""

    names: dict[str, Any] = field(default_factory=dict)
    fit: dict[str, Any] = field(default_factory=dict)
    evaluated: tuple[Any, Any] = ((), ())

    @property
    def model(self) -> Any:
        return self.names["model"]


def run_script(config: TrainingConfig, data: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Ran:
    """Run the script of a config with `fit` and `evaluate` only noting what they are given."""
    import keras

    ran = Ran()

    def fit(_model: Any, x: Any, y: Any, **rest: Any) -> None:
        ran.fit = {"x": x, "y": y, **rest}

    def evaluate(_model: Any, x: Any, y: Any, **_rest: Any) -> tuple[float, float]:
        ran.evaluated = (x, y)
        return 0.0, 0.0

    script = folder / "script.py"
    script.write_text(keras_script(record(config), script.name))
    with monkeypatch.context() as patch:
        patch.setattr(keras.Model, "fit", fit)
        patch.setattr(keras.Model, "evaluate", evaluate)
        patch.setattr(sys, "argv", [str(script), str(data)])
        ran.names = runpy.run_path(str(script), run_name="__main__")
    return ran

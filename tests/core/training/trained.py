"""A user folder in which a run has ended, trained once for the tests of a file; each takes a copy for its own."""

from pathlib import Path

import pytest

from app.core.config.config import TrainingConfig
from app.core.datasets.types import Dataset
from app.core.training.control import RunControl


def train_in(folder: Path, config: TrainingConfig, dataset: Dataset, name: str | None = None) -> Path:
    """Make `folder` the user folder of one run, which leaves its history and its model there."""
    from app.core.training.runs import run

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTMAX_STUDIO_HOME", str(folder))
        run(config, dataset, lambda _event: None, RunControl(), name)
    return folder

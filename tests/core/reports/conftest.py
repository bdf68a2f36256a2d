"""A history with runs in it that nobody trained."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from app.core.config.config import TrainingConfig
from app.core.datasets.types import Dataset
from app.core.runs.events import EndReason, EpochDone, ModelSaved, RunEnded, RunStarted
from app.core.runs.history import RunHistory
from tests.core.reports.helpers import CONFIG, EPOCHS, TESTED, MakeRun


@pytest.fixture
def history(tmp_path: Path) -> RunHistory:
    return RunHistory(tmp_path / "runs.sqlite3")


@pytest.fixture
def make_run(history: RunHistory, bars: Dataset) -> MakeRun:
    """Enter a finished run into the history; gives its number."""

    def make(
        config: TrainingConfig = CONFIG,
        epochs: Sequence[EpochDone] = EPOCHS,
        saved: bool = True,
        dataset: Dataset = bars,
        model: str = "my model",
    ) -> int:
        run = history.begin(config, dataset)
        history.started(run, RunStarted(config.recipe, "Bars", config.epochs, 10, 540, 60, 6_320, "graph"), "CPU")
        for epoch in epochs:
            history.add_epoch(run, epoch)
        if saved:
            history.tested(run, TESTED)
            history.saved(run, ModelSaved(model, TESTED.test_loss, TESTED.test_accuracy, 200))
        best = max((epoch.epoch for epoch in epochs if epoch.is_best), default=None)
        last = len(epochs) or None
        history.end(run, RunEnded(EndReason.COMPLETED, "Saved.", len(epochs), best, 6.0, weights_epoch=last))
        return run

    return make

"""What the tests of the Runs page do over and over."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.core.config.config import TrainingConfig
from app.core.datasets.types import Dataset
from app.core.reports.writing import ReportFormat
from app.core.runs.columns import COLUMNS
from app.core.runs.events import EndReason, EpochDone, ModelSaved, RunEnded
from app.core.runs.history import RunHistory
from app.ui.runs.model import RunsModel
from app.ui.runs.page import RunsPage
from app.ui.runs.table import RunsTable
from tests.core.runs.made_runs import CONFIG

MakePage = Callable[..., RunsPage]
CTRL = Qt.KeyboardModifier.ControlModifier
PLACES = {name: place for place, name in enumerate(COLUMNS)}

W = TypeVar("W", bound=QWidget)


def epoch(number: int, loss: float = 0.5) -> EpochDone:
    return EpochDone(number, loss, 0.8, loss + 0.1, 0.75, 0.001, True, 1.0, float(number), validation_s=0.2)


def begin_run(history: RunHistory, dataset: Dataset, config: TrainingConfig = CONFIG, epochs: int = 3) -> int:
    """A run under way."""
    run = history.begin(config, dataset)
    for number in range(1, epochs + 1):
        history.add_epoch(run, epoch(number, 1 / number))
    return run


def add_run(
    history: RunHistory,
    dataset: Dataset,
    config: TrainingConfig = CONFIG,
    *,
    epochs: int = 3,
    reason: EndReason = EndReason.COMPLETED,
    test_accuracy: float = 0.98,
) -> int:
    """A run that has ended."""
    run = begin_run(history, dataset, config, epochs)
    if reason is EndReason.COMPLETED:
        history.saved(run, ModelSaved(f"model {run}", 0.1, test_accuracy, 200))
    history.end(run, RunEnded(reason, "It ended.", epochs, epochs, float(epochs)))
    return run


def cell(table: RunsTable, row: int, column: str) -> str:
    return str(table.model().index(row, PLACES[column]).data())


def names(table: RunsTable) -> list[str]:
    return [cell(table, row, "name") for row in range(table.model().rowCount())]


def numbers(model: RunsModel) -> list[int]:
    return [line.id for line in model.lines if hasattr(line, "id")]


def click_cell(
    table: RunsTable, row: int, column: str = "name", key: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    place = table.visualRect(table.model().index(row, PLACES[column])).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, key, place)


class FakeDialog:
    """Answers every question for a file with the same path."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.asked: list[tuple[ReportFormat, str]] = []

    def __call__(self, parent: QWidget, wanted: ReportFormat, suggested: str) -> Path | None:
        self.asked.append((wanted, suggested))
        return self._path


def texts(table: QWidget, rows: Sequence[int], column: int) -> list[str]:
    model = table.model()  # type: ignore[attr-defined]
    return [str(model.index(row, column).data()) for row in rows]

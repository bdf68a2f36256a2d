"""Where the Evaluate page writes: file dialogs, and what each file holds."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFileDialog, QWidget

from app.core.reports.evaluation_tables import TABLES
from app.core.reports.writing import write_files
from app.ui.plots.figure import SUFFIXES, Figure, save_figure
from app.ui.widgets.calibration_painting import CalibrationFigure
from app.ui.widgets.class_figure import ClassFigure
from app.ui.widgets.confusion_geometry import Cell
from app.ui.widgets.confusion_painting import ConfusionFigure
from app.ui.widgets.evaluate_figures import Plot, figure_of
from app.ui.widgets.evaluate_save_menu import SaveWish
from app.ui.widgets.examples_figure import ExamplesFigure
from app.ui.widgets.figure_view import choose_file, free_path
from app.ui.workers.evaluation_export import Write
from app.ui.workers.evaluation_facts import Evaluated

translate = QCoreApplication.translate

ChooseFile = Callable[[QWidget, SaveWish, Path], Path | None]
ChooseFolder = Callable[[QWidget, Path], Path | None]


def choose_target(parent: QWidget, wish: SaveWish, suggested: Path) -> Path | None:
    """Ask with the system's dialog where to save; it also asks before anything is replaced."""
    if not wish.is_table:
        return choose_file(parent, free_path(suggested.with_suffix(".png")))
    chosen, _ = QFileDialog.getSaveFileName(
        parent,
        translate("evaluate_export", "Save table"),
        str(free_path(suggested)),
        translate("evaluate_export", "Table (*.csv)"),
    )
    if not chosen:
        return None
    path = Path(chosen)
    # The dialog has not asked about a name with a suffix that it does not know of: never replace that.
    return path if path.suffix.lower() == ".csv" else free_path(path.with_name(f"{path.name}.csv"))


def choose_folder(parent: QWidget, suggested: Path) -> Path | None:
    """Ask with the system's dialog for a folder."""
    chosen = QFileDialog.getExistingDirectory(
        parent, translate("evaluate_export", "Save everything into a folder"), str(suggested)
    )
    return Path(chosen) if chosen else None


def file_to_write(result: Evaluated, wish: SaveWish, path: Path, font: QFont, cell: Cell) -> Write:
    """What writes the one file that is wished for; `cell` is the chosen one."""
    if wish.is_table:
        return partial(_write_table, result, wish.name, path)
    return partial(save_figure, _figures(result, font, cell)[wish.name], path, wish.name)


def everything_to_write(result: Evaluated, folder: Path, font: QFont, cell: Cell) -> list[Write]:
    """What writes every figure, as PNG and as SVG, and every table into the new folder `folder`."""
    tables = [partial(_write_table, result, name.removesuffix(".csv"), folder / name) for name in TABLES]
    figures = _figures(result, font, cell) | _tutorial_figures(result)
    pictures = [
        partial(save_figure, figure, folder / f"{name}{suffix}", name)
        for name, figure in figures.items()
        for suffix in SUFFIXES
    ]
    return [*tables, *pictures]


def folder_name(result: Evaluated) -> str:
    """A name for the folder: "digits-cnn on mnist full"."""
    return f"{result.request.model.card.name} on {result.request.dataset} {result.request.data}"


def _write_table(result: Evaluated, name: str, path: Path) -> None:
    write_files({path: TABLES[f"{name}.csv"](result.evaluation).encode()}, replace=True)


def _figures(result: Evaluated, font: QFont, cell: Cell) -> dict[str, Figure]:
    evaluation = result.evaluation
    return {
        "classes": ClassFigure(evaluation),
        "confusion": ConfusionFigure(evaluation, font),
        "calibration": CalibrationFigure(evaluation.calibration, font),
        "cell": ExamplesFigure(evaluation, evaluation.examples(*cell)),
        "mistakes": ExamplesFigure(evaluation, evaluation.mistakes()),
    }


def _tutorial_figures(result: Evaluated) -> dict[str, Figure]:
    """The tutorial's, of the first pictures."""
    made = {plot: figure_of(plot, result.evaluation, result.training, np.arange(25), True) for plot in Plot}
    return {f"plot-{plot.file_name}": shown.figure for plot, shown in made.items() if shown is not None}

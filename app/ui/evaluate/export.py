"""Where the Evaluate page writes: file dialogs, and what each file holds."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtGui import QAction, QFont
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from app.core.reports.evaluation_tables import TABLES
from app.core.reports.writing import csv_bytes, write_file, write_folder
from app.ui.common.dialogs import give_menu
from app.ui.common.files import FileFormat, ask_for_folder, ask_to_save
from app.ui.common.plots.figure import SUFFIXES, Figure, figure_bytes, save_figure
from app.ui.common.plots.figure_view import choose_file
from app.ui.evaluate.calibration import CalibrationFigure
from app.ui.evaluate.classes import ClassFigure
from app.ui.evaluate.confusion_figure import Cell, ConfusionFigure
from app.ui.evaluate.evaluations import Evaluated
from app.ui.evaluate.examples import ExamplesFigure
from app.ui.evaluate.plots import PLOTS, select

# What of an evaluation can be saved: each figure as a picture, each table for a spreadsheet, or everything.


@dataclass(frozen=True)
class SaveWish:
    """`name` is what the file should be called, without the suffix; a table is saved as CSV, else PNG or SVG."""

    name: str
    is_table: bool


class SaveMenu(QToolButton):
    """A button with a menu."""

    save_requested = Signal(object)  # SaveWish

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(self.tr("Save"))
        self.setObjectName("save_evaluation")
        self.setToolTip(self.tr("Save figures (PNG, SVG) and tables (CSV)"))
        menu = QMenu(self)
        for name, words in (
            ("classes", self.tr("Accuracy and classes")),
            ("confusion", self.tr("Confusion matrix")),
            ("cell", self.tr("Examples of the selected cell")),
            ("mistakes", self.tr("Most confident mistakes")),
            ("calibration", self.tr("Calibration curve")),
            ("map", self.tr("Map")),
        ):
            self._add(menu, self.tr("{what}, picture…").format(what=words), SaveWish(name, False))
        menu.addSeparator()
        for name, words in (
            ("summary", self.tr("Accuracy and loss")),
            ("classes", self.tr("Classes")),
            ("confusion", self.tr("Confusion matrix")),
            ("mistakes", self.tr("Mistakes")),
            ("calibration", self.tr("Calibration curve")),
            ("predictions", self.tr("All predictions")),
        ):
            self._add(menu, self.tr("{what}, table…").format(what=words), SaveWish(name, True))
        menu.addSeparator()
        self.everything = menu.addAction(self.tr("Save everything…"))
        self.everything.setObjectName("save_everything")
        menu.triggered.connect(self._on_triggered)
        self.map = next(action for action in menu.actions() if action.data() == SaveWish("map", False))
        self.map.setEnabled(False)
        give_menu(self, menu)

    def _add(self, menu: QMenu, words: str, wish: SaveWish) -> None:
        action = menu.addAction(words)
        action.setObjectName(f"save_{wish.name}_{'table' if wish.is_table else 'picture'}")
        action.setData(wish)

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        if isinstance(action.data(), SaveWish):
            self.save_requested.emit(action.data())


translate = QCoreApplication.translate

ChooseFile = Callable[[QWidget, SaveWish, str], Path | None]
ChooseFolder = Callable[[QWidget], Path | None]
Write = Callable[[], object]
"""Writes what is wanted; raises StudioError if it cannot."""


def choose_target(parent: QWidget, wish: SaveWish, name: str) -> Path | None:
    """Ask where to save; suggest `name`, without a suffix."""
    if not wish.is_table:
        return choose_file(parent, name)
    kinds = (FileFormat(translate("evaluate_export", "Table"), (".csv",)),)
    return ask_to_save(parent, translate("evaluate_export", "Save table"), name, kinds)


def choose_folder(parent: QWidget) -> Path | None:
    """Ask for the folder in which a new one will hold everything."""
    return ask_for_folder(parent, translate("evaluate_export", "Save everything into a folder"), to_save=True)


@dataclass(frozen=True, eq=False)
class Seen:
    """What of an evaluation is looked at: the font, the chosen cell, and the map, None if there is none yet."""

    font: QFont
    cell: Cell
    map: Figure | None


def file_to_write(result: Evaluated, wish: SaveWish, path: Path, seen: Seen) -> Write:
    """What writes the one file that is wished for."""
    if wish.is_table:
        return partial(_write_table, result, wish.name, path)
    return partial(save_figure, _figures(result, seen)[wish.name], path, wish.name)


def write_everything(result: Evaluated, folder: Path, seen: Seen) -> int:
    """Write every figure, as PNG and as SVG, and every table into the new folder `folder`; return how many files."""
    tables = {name: csv_bytes(table(result.evaluation)) for name, table in TABLES.items()}
    figures = _figures(result, seen) | _tutorial_figures(result)
    pictures = {
        f"{name}{suffix}": figure_bytes(figure, suffix, name) for name, figure in figures.items() for suffix in SUFFIXES
    }
    write_folder(folder, tables | pictures)
    return len(tables) + len(pictures)


def folder_name(result: Evaluated) -> str:
    """A name for the folder: "digits-cnn on mnist full"."""
    return f"{result.request.model.card.name} on {result.request.dataset} {result.request.data}"


def _write_table(result: Evaluated, name: str, path: Path) -> None:
    write_file(path, csv_bytes(TABLES[f"{name}.csv"](result.evaluation)), replace=True)


def _figures(result: Evaluated, seen: Seen) -> dict[str, Figure]:
    evaluation, font = result.evaluation, seen.font
    figures: dict[str, Figure] = {
        "classes": ClassFigure(evaluation),
        "confusion": ConfusionFigure(evaluation, font),
        "calibration": CalibrationFigure(evaluation.calibration, font),
        "cell": ExamplesFigure(evaluation, evaluation.examples(*seen.cell)),
        "mistakes": ExamplesFigure(evaluation, evaluation.mistakes()),
    }
    return figures if seen.map is None else figures | {"map": seen.map}


def _tutorial_figures(result: Evaluated) -> dict[str, Figure]:
    """The tutorial's, of the first pictures."""
    chosen = ((plot, select(plot, result.evaluation, result.training, np.arange(plot.count))) for plot in PLOTS)
    return {f"plot-{plot.file_name}": plot.make(found, True) for plot, found in chosen if found is not None}

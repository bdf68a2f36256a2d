"""Something to begin with: drawn digits, and pieces of clothing from the starter data, each with its picture."""

from pathlib import Path

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction, QIcon, QPixmap
from PySide6.QtWidgets import QMenu, QWidget

from app.core.datasets.registry import DATASETS
from app.core.datasets.sources import load_dataset
from app.core.datasets.types import Variant
from app.core.imaging.drawing import load_drawing
from app.core.imaging.preprocess import Preprocessing, prepare_drawing
from app.core.paths import resources_dir
from app.ui.common.navigator import Navigator
from app.ui.common.picture_grid import ExampleChosen, on_paper

_PREFIX = "digit-"


class ExamplesMenu(QMenu):
    """Two menus, each filled when it is first opened: pictures take a moment to read."""

    drawing_chosen = Signal(object)  # Path

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.digits, self.clothes = self.addMenu(self.tr("Digits")), self.addMenu(self.tr("Clothes"))
        self.digits.aboutToShow.connect(self._fill_digits)
        self.clothes.aboutToShow.connect(self._fill_clothes)
        self.digits.triggered.connect(self._on_digit)
        self.clothes.triggered.connect(self._on_piece)

    @Slot()
    def _fill_digits(self) -> None:
        if self.digits.isEmpty():
            for path in sorted((resources_dir() / "samples").glob(f"{_PREFIX}*"), key=_digit_name):
                shown = prepare_drawing(load_drawing(path), Preprocessing.DIGITS)
                self._add(self.digits, _digit_name(path), np.asarray(shown.image * 255, np.uint8), path)

    @Slot()
    def _fill_clothes(self) -> None:
        if self.clothes.isEmpty():
            found = load_dataset("fashion-mnist", Variant.STARTER)
            for label, name in enumerate(found.class_names):
                image = found.test.images[int(np.flatnonzero(found.test.labels == label)[0])]
                example = ExampleChosen(image, found.preprocessing, class_names=found.class_names, true=name)
                self._add(self.clothes, name, image, example)

    def _add(self, menu: QMenu, name: str, image: np.ndarray, what: Path | ExampleChosen) -> None:
        action = menu.addAction(QIcon(QPixmap.fromImage(on_paper(image))), name)
        action.setData(what)

    @Slot(QAction)
    def _on_digit(self, action: QAction) -> None:
        self.drawing_chosen.emit(action.data())

    @Slot(QAction)
    def _on_piece(self, action: QAction) -> None:
        Navigator.of(self).open_example(action.data())


def classes_of_drawings() -> tuple[str, tuple[str, ...]]:
    """How the drawings are prepared, and what they are drawings of."""
    return DATASETS["mnist"].preprocessing, DATASETS["mnist"].class_names


def _digit_name(path: Path) -> str:
    """digit-7-crossed.drawing.json reads "7, crossed"."""
    return path.name.removeprefix(_PREFIX).partition(".")[0].replace("-", ", ", 1).replace("-", " ")

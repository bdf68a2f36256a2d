"""Asks once how pictures are meant, where the data does not tell: 25 of them under each reading, side by side."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from app.core.datasets.choices import Orientation, Polarity
from app.core.datasets.importing import ImportPreview
from app.ui import theme
from app.ui.common import build
from app.ui.common.layout import FitScroll
from app.ui.common.picture_grid import PictureGrid

translate = QCoreApplication.translate


def polarity_words() -> dict[Polarity, str]:
    """What each polarity is called."""
    return {
        Polarity.DARK_INK: translate("data", "Dark on light"),
        Polarity.LIGHT_INK: translate("data", "Light on dark"),
        Polarity.AS_IS: translate("data", "As it is, a photograph"),
    }


def orientation_words() -> dict[Orientation, str]:
    """What each orientation is called."""
    return {
        Orientation.UPRIGHT: translate("data", "Upright"),
        Orientation.TURNED: translate("data", "Turned on their side"),
    }


class ReadingChoice(QWidget):
    """The readings that may be meant, each with a button; a click on one of its pictures chooses it, too."""

    chosen = Signal(object, object)  # polarity, orientation

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: FitScroll | None = None
        self._cells: list[QWidget] = []
        self._columns = 0
        self._question = build.label(
            self.tr(
                "It is not clear how these pictures are meant. Choose those that are upright, with dark ink on white; "
                "photographs are shown as negatives."
            ),
            name="reading_question",
            wraps=True,
            fills=True,
        )
        self._column = build.column(self._question, on=self)

    def show_alternatives(self, preview: ImportPreview, names: Sequence[str]) -> None:
        """Show the pictures of `preview` under each reading; `names` are those of its classes."""
        self.clear()
        captions = [names[label] for label in preview.samples.labels]
        for number, reading in enumerate(preview.alternatives):
            pictures = PictureGrid()
            pictures.show_pictures(preview.shown(*reading), captions)
            pictures.setAccessibleName(_words(preview, reading))
            choose = partial(self.chosen.emit, *reading)
            pictures.example_clicked.connect(lambda _number, choose=choose: choose())
            button = build.button(
                _words(preview, reading),
                name=f"reading_{number + 1}",
                tip=self.tr("Import the pictures as they are shown above"),
                clicked=lambda *_, choose=choose: choose(),
            )
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            self._cells.append(build.panel(build.column((pictures, 1), button)))
        self._grid = QGridLayout()
        self._grid.setSpacing(theme.SPACING)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._shown = FitScroll(build.panel(self._grid))
        self._column.addWidget(self._shown, 1)
        self._place()

    def clear(self) -> None:
        """Forget what was asked."""
        if self._shown is not None:
            build.remove(self._column, self._shown)
            self._shown, self._cells, self._columns = None, [], 0

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side where there is room for it."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        if not self._cells:
            return
        least = self._cells[0].minimumSizeHint().width()
        columns = 2 if self.width() >= 2 * least + theme.SPACING + theme.SCROLL_BAR else 1
        if columns != self._columns:
            self._columns = columns
            for number, cell in enumerate(self._cells):
                self._grid.addWidget(cell, number // columns, number % columns)


def _words(preview: ImportPreview, reading: tuple[Polarity, Orientation]) -> str:
    polarity, orientation = polarity_words()[reading[0]], orientation_words()[reading[1]]
    inks, turns = (set(values) for values in zip(*preview.alternatives, strict=True))
    if len(inks) > 1 and len(turns) > 1:  # there is room for few words
        ink = translate("data", "Photograph") if reading[0] is Polarity.AS_IS else polarity
        turn = translate("data", "upright") if reading[1] is Orientation.UPRIGHT else translate("data", "turned")
        return translate("data", "{ink}, {turn}").format(ink=ink, turn=turn)
    return polarity if len(inks) > 1 else orientation

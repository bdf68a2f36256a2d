"""Asks once how pictures are meant, where the data does not tell: 25 of them under each reading, side by side."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from app.core.datasets.choices import Orientation, Polarity
from app.core.datasets.importing import ImportPreview
from app.ui import theme
from app.ui.common import build
from app.ui.common.layout import FitScroll
from app.ui.common.picture_grid import PictureGrid

translate = QCoreApplication.translate

_COLUMNS = 2


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
        self._shown: QWidget | None = None
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
        grid = QGridLayout(spacing=theme.SPACING)
        grid.setContentsMargins(0, 0, 0, 0)
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
            grid.addLayout(build.column((pictures, 1), button), number // _COLUMNS, number % _COLUMNS)
        self._shown = FitScroll(build.panel(grid))
        self._column.addWidget(self._shown, 1)

    def clear(self) -> None:
        """Forget what was asked."""
        if self._shown is not None:
            self._shown.hide()
            self._shown.deleteLater()
            self._shown = None


def _words(preview: ImportPreview, reading: tuple[Polarity, Orientation]) -> str:
    polarity, orientation = polarity_words()[reading[0]], orientation_words()[reading[1]]
    inks, turns = (set(values) for values in zip(*preview.alternatives, strict=True))
    if len(inks) > 1 and len(turns) > 1:  # there is room for few words
        ink = translate("data", "Photograph") if reading[0] is Polarity.AS_IS else polarity
        turn = translate("data", "upright") if reading[1] is Orientation.UPRIGHT else translate("data", "turned")
        return translate("data", "{ink}, {turn}").format(ink=ink, turn=turn)
    return polarity if len(inks) > 1 else orientation

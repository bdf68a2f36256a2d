"""Between the paper and the cards: what the network sees of it, and what it believes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.core.errors import StudioError
from app.core.imaging.examples import prepare_example
from app.core.imaging.preprocess import NetworkInput, Preprocessing, prepare_drawing, prepare_picture
from app.core.inference.predictor import Prediction, Predictor
from app.core.models.store import StoredModel
from app.ui.widgets.paper import Paper


@dataclass(frozen=True, eq=False)
class Recognition:
    """What was read of `paper`: what the network saw, and its prediction, None for nothing seen or no model."""

    paper: Paper
    shown: NetworkInput
    prediction: Prediction | None


def seen(paper: Paper, preprocessing: Preprocessing | str) -> NetworkInput:
    """What a network of that preprocessing sees of the paper."""
    if paper.picture is not None and paper.example_of == preprocessing:
        return prepare_example(paper.picture)
    if paper.picture is not None:
        return prepare_picture(paper.picture, preprocessing, paper.invert)
    return prepare_drawing(paper.drawing, preprocessing)


@dataclass(frozen=True)
class PaperProbe:
    """The paper, for a network in training to re-read; a `Probe` of the run control. The same for the same paper."""

    paper: Paper

    def __call__(self, preprocessing: str) -> NDArray[np.float32] | None:
        """The paper as a network of that preprocessing reads it."""
        shown = seen(self.paper, Preprocessing(preprocessing))
        return None if shown.is_empty else shown.image


class Recognizer(QObject):
    """Reads the newest paper once the event loop is free: a burst of moves costs one reading."""

    recognized = Signal(object)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model: StoredModel | None = None
        self._predictor: Predictor | None = None
        self._paper: Paper | None = None
        self._preprocessing = Preprocessing.DIGITS
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._on_time)

    def set_model(self, model: StoredModel | None) -> None:
        """Read with this model from now on. It is opened when it is first needed, after the window was painted."""
        self._model, self._predictor = model, None
        self._soon.start()

    def read(self, paper: Paper) -> None:
        """Read this paper soon, unless a newer one comes first."""
        self._paper = paper
        self._soon.start()

    @Slot()
    def _on_time(self) -> None:
        if self._model is not None and self._predictor is None:
            self._open(self._model)
        if self._paper is not None:
            self.recognized.emit(self._recognize(self._paper))

    def _open(self, model: StoredModel) -> None:
        """Open the model; a damaged one is reported once and not used."""
        self._model = None
        try:
            self._preprocessing = Preprocessing(model.card.preprocessing)
            self._predictor = Predictor(model)
        except StudioError as error:
            self.failed.emit(str(error))
        except ValueError:
            sentence = self.tr("'{name}' was made by a newer version of the program; update it to use this model.")
            self.failed.emit(sentence.format(name=model.card.name))

    def _recognize(self, paper: Paper) -> Recognition:
        shown = seen(paper, self._preprocessing)
        if shown.is_empty or self._predictor is None:
            return Recognition(paper, shown, None)
        return Recognition(paper, shown, self._predictor.predict(shown.image))

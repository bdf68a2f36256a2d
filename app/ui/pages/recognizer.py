"""Between the paper and the cards: reads at once what is quickly read, and lets a thread read the rest."""

import time

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from app.core.errors import StudioError
from app.core.imaging.drawing import Drawing
from app.core.imaging.preprocess import NetworkInput, Preprocessing
from app.core.inference.number import NumberReader
from app.core.inference.predictor import Prediction, Predictor
from app.core.models.store import StoredModel
from app.ui.widgets.paper import Paper
from app.ui.workers.paper_reader import PaperReader, ReadingRequest
from app.ui.workers.recognition import (
    Recognition,
    is_quick,
    may_hold_a_number,
    of_digit,
    recognize,
    recognize_digits,
)

_MOST_STROKES = 24
"""Twelve digits of two strokes each; what has more takes too long to take apart while the event loop waits."""
_FRAME_MS = 7
"""A frame of the quickest usual screens: an answer that comes sooner after another is not seen."""
_PATIENCE = 3
"""How often it is tried to read a growing stroke at once, where that takes too long."""


class Recognizer(QObject):
    """Reads the newest paper once the event loop is free: a burst of moves costs one reading.

    Under a moving pointer no reading begins within a frame of the last one, nor sooner than that one took: ink comes
    first.

    Photographs, and numbers that take long, are read when the pointer was lifted; what is shown of them stays until
    then.
    """

    recognized = Signal(object)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model: StoredModel | None = None
        self._compared: StoredModel | None = None
        self._open: dict[str, Predictor | None] = {}
        self._numbers: NumberReader | None = None
        self._paper: Paper | None = None
        self._last: Recognition | None = None
        self._is_drawing, self._several = False, True
        self._patience = _PATIENCE
        self._taken_s = self._ended_s = 0.0
        self._reader = PaperReader(self)
        self._reader.read.connect(self._on_read)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setTimerType(Qt.TimerType.PreciseTimer)
        self._soon.timeout.connect(self._on_time)

    def set_model(self, model: StoredModel | None) -> None:
        """Read with this model from now on. It is opened when it is first needed, after the window was painted."""
        self._model = model
        self._begin_anew()

    def set_compared(self, model: StoredModel | None) -> None:
        """Let a second model read the same, or none."""
        self._compared = model
        self._begin_anew()

    def set_several(self, several: bool) -> None:
        """Look for several digits, or take everything on the paper for one."""
        if several != self._several:
            self._several = several
            self._begin_anew()

    def read(self, paper: Paper, is_drawing: bool = False) -> None:
        """Read this paper soon, unless a newer one comes first. `is_drawing`: the pointer is still down."""
        self._paper, self._is_drawing = paper, is_drawing
        if not is_drawing:
            self._patience = _PATIENCE
            self._soon.start(0)
        elif not (self._soon.isActive() or _only_begins(paper.drawing)):
            self._soon.start(self._rest_ms())

    def predict(self, shown: NetworkInput) -> Prediction | None:
        """What the model says of another input, such as a corrected one."""
        predictor = self._predictor(self._model)
        return predictor.predict(shown.image) if predictor is not None and not shown.is_empty else None

    def of_digit(self, whole: Recognition, place: int) -> Recognition:
        """What was read of one digit of a number, by the second model, too."""
        return of_digit(whole, place, self._predictor(self._compared))

    def _begin_anew(self) -> None:
        self._open, self._numbers, self._last = {}, None, None
        self._reader.forget()
        self._soon.start(0)

    def _rest_ms(self) -> int:
        """How long to let the ink go on before it is read again."""
        wait_s = self._ended_s + max(_FRAME_MS / 1000, self._taken_s) - time.monotonic()
        return max(0, round(wait_s * 1000))

    @Slot()
    def _on_time(self) -> None:
        began_s = time.thread_time()  # what other programs took meanwhile is no reason to wait
        self._read_now()
        self._taken_s, self._ended_s = time.thread_time() - began_s, time.monotonic()

    def _read_now(self) -> None:
        predictor, other = self._predictor(self._model), self._predictor(self._compared)
        if self._paper is None:
            return
        paper = self._paper
        may_be_number = self._several and predictor is not None and may_hold_a_number(paper, predictor)
        digits = self._digits(paper, predictor, other) if predictor is not None and may_be_number else None
        if digits is not None:
            self._reader.forget()
            self._tell(digits)
            return
        if predictor is None or (is_quick(paper) and not (may_be_number and self._shows_number)):
            self._reader.forget()
            self._tell(recognize(paper, predictor, other))
            if not may_be_number:
                return
        # Another thread at work makes every stroke falter: it has to wait until the pointer is lifted.
        if not self._is_drawing:
            assert self._model is not None
            self._reader.ask(ReadingRequest(paper, self._model, self._compared if other else None, may_be_number))

    def _digits(self, paper: Paper, predictor: Predictor, other: Predictor | None) -> Recognition | None:
        """What a drawing is, one digit or several, if that is quickly told; None if it has to wait.

        A first stroke under way is one digit. A second makes two of it as soon as they stand apart: while it is being
        made, what stands over the other may yet be a part of it.
        """
        strokes = len(paper.drawing.strokes)
        is_first = self._is_drawing and strokes < 2
        if paper.picture is not None or is_first or strokes > _MOST_STROKES or not self._patience:
            return None
        if self._numbers is None:
            self._numbers = NumberReader(predictor)
        found = recognize_digits(paper, self._numbers, other, self._is_drawing)
        if found is None:
            self._patience -= 1
        if found is None or found.number is None or found.number.is_apart or self._shows_number:
            return found
        return None if self._is_drawing else found

    @Slot(object)
    def _on_read(self, recognition: Recognition) -> None:
        has_been_told = self._last is not None and self._last.paper is recognition.paper
        if recognition.number is not None or not has_been_told or self._shows_number:
            self._tell(recognition)

    @property
    def _shows_number(self) -> bool:
        return self._last is not None and self._last.number is not None

    def _tell(self, recognition: Recognition) -> None:
        self._last = recognition
        self.recognized.emit(recognition)

    def _predictor(self, model: StoredModel | None) -> Predictor | None:
        """The opened model; a damaged one is reported once and not used."""
        if model is None:
            return None
        if model.card.name not in self._open:
            self._open[model.card.name] = self._opened(model)
        return self._open[model.card.name]

    def _opened(self, model: StoredModel) -> Predictor | None:
        try:
            Preprocessing(model.card.preprocessing)
            return Predictor(model)
        except StudioError as error:
            self.failed.emit(str(error))
        except ValueError:
            sentence = self.tr("'{name}' was made by a newer version of the program; update it to use this model.")
            self.failed.emit(sentence.format(name=model.card.name))
        return None


def _only_begins(drawing: Drawing) -> bool:
    """True while the pointer has only touched down: a dot tells nothing yet, and the ink is waited for."""
    return bool(drawing.strokes) and len(drawing.strokes[-1]) == 1

"""Between the paper and the cards: reads at once what is quickly read, and lets a thread read the rest."""

import time
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from app.core.datasets.types import IMAGE_SIZE, DataKind
from app.core.errors import StudioError
from app.core.imaging.drawing import Drawing
from app.core.imaging.paper import Paper
from app.core.imaging.preprocess import NetworkInput, Preprocessing, prepare, prepare_example
from app.core.inference.multi_digit import MultiDigitPrediction, MultiDigitPredictor, predict_multi_digit
from app.core.inference.predictor import Prediction, Predictor
from app.core.models.store import StoredModel
from app.ui.common.messages import Messages
from app.ui.common.tasks import Task, Tasks

# From the paper to an answer: plain functions, for whichever thread reads.

QUICK_SIDE = 128
"""Pictures with longer sides take milliseconds to prepare: not while the event loop waits."""

QUICK_POINTS = 20_000
"""Of a drawing; ten minutes of drawing are read in a few milliseconds, an hour is not."""

MOST_NEW = 4
"""What may be a digit and is read anew while the event loop waits: some two milliseconds each."""


@dataclass(frozen=True, eq=False)
class Recognition:
    """What was read of `paper`: what the network saw, and its prediction, None for nothing seen or no model.

    `other` is what a second model says of the same, `number` all digits where there are several. `is_waiting`: it is
    read beside the window, and nothing is known yet.
    """

    paper: Paper
    shown: NetworkInput
    prediction: Prediction | None
    other: Prediction | None = None
    number: MultiDigitPrediction | None = None
    is_waiting: bool = False


_NOTHING_YET = NetworkInput(np.zeros((IMAGE_SIZE, IMAGE_SIZE), np.float32), (), is_empty=True, inverted=False)


@dataclass(frozen=True)
class PaperProbe:
    """The paper, for a network in training to re-read; a `Probe` of the run control. The same for the same paper."""

    paper: Paper

    def __call__(self, preprocessing: str) -> NDArray[np.float32] | None:
        """The paper as a network of that preprocessing reads it."""
        shown = seen(self.paper, Preprocessing(preprocessing))
        return None if shown.is_empty else shown.image


def seen(paper: Paper, preprocessing: Preprocessing | str) -> NetworkInput:
    """What a network of that preprocessing sees of the paper."""
    if paper.picture is not None and paper.example_of == preprocessing:
        return prepare_example(paper.picture)
    return prepare(paper.picture or paper.drawing, preprocessing, paper.invert, paper.region)


def is_quick(paper: Paper) -> bool:
    """True if the paper is read in a moment: small pictures are, and drawings of no more ink than is usual."""
    if paper.picture is None:
        return sum(map(len, paper.drawing.strokes)) <= QUICK_POINTS
    return bool(paper.example_of) or max(paper.picture.rgb.shape[:2]) <= QUICK_SIDE


def may_hold_a_number(paper: Paper, predictor: Predictor) -> bool:
    """True if it makes sense to look for several digits. Examples of datasets are one thing each."""
    reads_digits = predictor.model.card.kind is DataKind.DIGITS
    return reads_digits and not paper.example_of and not paper.is_empty


def recognize(paper: Paper, predictor: Predictor | None, other: Predictor | None = None) -> Recognition:
    """Read the paper as one thing, with one model or two."""
    shown = seen(paper, predictor.preprocessing if predictor is not None else Preprocessing.DIGITS)
    if shown.is_empty or predictor is None:
        return Recognition(paper, shown, None)
    return Recognition(paper, shown, predictor.predict(shown.image), _other(paper, shown, predictor, other))


def recognize_digits(
    paper: Paper, reader: MultiDigitPredictor, other: Predictor | None = None, is_drawing: bool = False
) -> Recognition | None:
    """Read a drawing as one digit or several, whichever it is; None if that would take too long.

    Of a drawing that grows most is known from the call before. `is_drawing`: its last stroke is still being made.
    """
    number = reader.read_if_quick(paper.drawing, MOST_NEW, is_drawing)
    if number is None:
        return None
    last = number.digits[-1]
    if len(number.digits) > 1:
        return Recognition(paper, last.shown, last.prediction, number=number)
    return Recognition(paper, last.shown, last.prediction, _other(paper, last.shown, reader.predictor, other))


def find_number(paper: Paper, predictor: Predictor) -> MultiDigitPrediction | None:
    """All digits of the paper, if there are several."""
    number = predict_multi_digit(predictor, paper.picture or paper.drawing, paper.invert)
    return number if len(number.digits) > 1 else None


def of_digit(whole: Recognition, place: int, other: Predictor | None = None) -> Recognition:
    """What was read of one digit of the number."""
    assert whole.number is not None
    digit = whole.number.digits[place]
    second = other.predict(digit.shown.image) if other is not None else None
    return Recognition(whole.paper, digit.shown, digit.prediction, second, whole.number)


def _other(paper: Paper, shown: NetworkInput, first: Predictor, other: Predictor | None) -> Prediction | None:
    if other is None:
        return None
    again = shown if other.preprocessing is first.preprocessing else seen(paper, other.preprocessing)
    return None if again.is_empty else other.predict(again.image)


class OpenPredictors:
    """The two models that were used last, open. For one thread at a time."""

    def __init__(self) -> None:
        self._open: dict[str, Predictor] = {}

    def of(self, model: StoredModel) -> Predictor:
        """Open the model, unless it is."""
        key = str(model.folder)
        if key not in self._open or self._open[key].model != model:
            self._open = {**dict(list(self._open.items())[-1:]), key: Predictor(model)}
        return self._open[key]


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
    then. Of another photograph, and of what is on the paper at first, it is told that it is waited for.
    """

    recognized = Signal(object)
    waited_for = Signal(object)  # a Recognition in which nothing is known yet

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model: StoredModel | None = None
        self._compared: StoredModel | None = None
        self._open: dict[str, Predictor | None] = {}
        self._numbers: MultiDigitPredictor | None = None
        self._paper: Paper | None = None
        self._last: Recognition | None = None
        self._is_drawing, self._several = False, True
        self._patience, self._tried = _PATIENCE, set[str]()  # models of strangers that are tried just now
        self._taken_s = self._ended_s = 0.0
        # Photographs, and numbers of several digits, take some ten milliseconds: they are read beside the window.
        self._tasks, self._predictors = Tasks(self), OpenPredictors()
        self._soon = QTimer(self, singleShot=True)
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
        self._tasks.drop()
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
            self._tasks.drop()
            self._tell(digits)
            return
        if predictor is None and self._model is not None and self._model.card.name in self._tried:
            self._tell_waiting(paper)
            return
        is_new = self._last is None and not self._is_drawing
        if predictor is None or (is_quick(paper) and not (may_be_number and (self._shows_number or is_new))):
            self._tasks.drop()
            self._tell(recognize(paper, predictor, other))
            if not may_be_number:
                return
        elif self._last is None or self._last.paper.picture is not paper.picture:
            self._tell_waiting(paper)
        # Another thread at work makes every stroke falter: it has to wait until the pointer is lifted.
        if not self._is_drawing:
            assert self._model is not None
            self._read_beside(paper, self._model, self._compared if other else None, may_be_number)

    def _read_beside(self, paper: Paper, model: StoredModel, other: StoredModel | None, several: bool) -> None:
        """Read this beside the window; `several`: look for a number, too."""

        def work(_task: Task[Recognition]) -> Recognition:
            predictor = self._predictors.of(model)
            whole = recognize(paper, predictor, self._predictors.of(other) if other is not None else None)
            if not several or whole.prediction is None or not may_hold_a_number(paper, predictor):
                return whole
            return replace(whole, number=find_number(paper, predictor))

        # A model that cannot be opened was told of already, by whoever opened it in the window.
        self._tasks.start(work, self._on_read, failed=lambda _sentence: None, newest_only=True)

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
            self._numbers = MultiDigitPredictor(predictor)
        found = recognize_digits(paper, self._numbers, other, self._is_drawing)
        if found is None:
            self._patience -= 1
        if found is None or found.number is None or found.number.is_apart or self._shows_number:
            return found
        return None if self._is_drawing else found

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

    def _tell_waiting(self, paper: Paper) -> None:
        self._last = None
        self.waited_for.emit(Recognition(paper, _NOTHING_YET, None, is_waiting=True))

    def _predictor(self, model: StoredModel | None) -> Predictor | None:
        """The opened model; a damaged one is reported once and not used."""
        if model is None:
            return None
        if model.card.name not in self._open:
            self._open[model.card.name] = self._opened(model)
        return self._open[model.card.name]

    def _opened(self, model: StoredModel) -> Predictor | None:
        if not model.is_known:  # a stranger's, which is tried in another process first
            self._try(model)
            return None
        try:
            Preprocessing(model.card.preprocessing)
            return Predictor(model)
        except StudioError as error:
            Messages.of(self).error(str(error))
        except ValueError:
            sentence = self.tr("'{name}' was made by a newer version of the program; update it to use this model.")
            Messages.of(self).error(sentence.format(name=model.card.name))
        return None

    def _try(self, model: StoredModel) -> None:
        def tried(_outcome: object) -> None:
            self._tried.discard(model.card.name)
            self._begin_anew()

        def refused(sentence: str) -> None:
            self._tried.discard(model.card.name)
            Messages.of(self).error(sentence)
            self._soon.start(0)

        self._tried.add(model.card.name)
        self._tasks.start(lambda _task: model.check_network(), tried, failed=refused, lane=model.folder)


def _only_begins(drawing: Drawing) -> bool:
    """True while the pointer has only touched down: a dot tells nothing yet, and the ink is waited for."""
    return bool(drawing.strokes) and len(drawing.strokes[-1]) == 1

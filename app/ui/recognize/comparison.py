"""Two answers to one picture side by side: who says what, whether they agree, and the bars of both."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.inference.calibration import Verdict
from app.core.inference.predictor import Prediction
from app.ui import theme
from app.ui.common import build
from app.ui.recognize.answer import SMALL, Answer, unknown_words
from app.ui.recognize.comparison_bars import ComparisonBars
from app.ui.recognize.network_input_view import NetworkView

_PICTURE_SIDE = 66
_ROOM_FOR_PICTURES = 300


@dataclass(frozen=True, eq=False)
class Side:
    """One of two answers: whose it is, and what it says; None before there is any.

    `image` (28, 28) is what was read, where that is not the same on both sides.
    """

    title: str
    prediction: Prediction | None
    image: NDArray[np.float32] | None = None


class ComparisonView(QWidget):
    """The left answer stands above the bars that grow to the left, the right one above those to the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self.answers, self.bars = (Answer(SMALL), Answer(SMALL)), ComparisonBars()
        self.pictures = (NetworkView(), NetworkView())
        self._titles = (build.elided(role="muted"), build.elided(role="muted"))
        stop = self.tr("Stop comparing")
        self.close_button = build.button("✗", kind="link", tip=stop, says=stop)
        self._words = build.label(role="title", wraps=True, fills=True)
        key = self.tr("Hatched: higher than the other model")
        self._key = build.label(key, role="caption", align=Qt.AlignmentFlag.AlignHCenter)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setRetainSizeWhenHidden(True)  # the bars keep their places while one draws
        self._key.setSizePolicy(policy)
        sides = build.row(spacing=theme.MARGIN)
        for title, picture, answer in zip(self._titles, self.pictures, self.answers, strict=True):
            picture.setFixedSize(_PICTURE_SIDE, _PICTURE_SIDE)
            top = build.row((title, 1), spacing=2)
            if title is self._titles[1]:
                top.addWidget(self.close_button)
            sides.addLayout(build.column(top, build.row(picture, (answer, 1)), spacing=2), 1)
        build.column(sides, self._words, (self.bars, 1), self._key, on=self)

    @property
    def words(self) -> str:
        """What is said of the two."""
        return self._words.text()

    def set_classes(self, names: tuple[str, ...]) -> None:
        """Name the classes that both know."""
        self._names = names
        self.bars.set_classes(names)

    def show_sides(self, left: Side, right: Side, words: str) -> None:
        """Show two answers, and a sentence on both."""
        for title, picture, answer, side in zip(self._titles, self.pictures, self.answers, (left, right), strict=True):
            title.set_whole(side.title)
            picture.set_image(side.image)
            answer.set_prediction(side.prediction, self._names)
        first, second = left.prediction, right.prediction
        self.bars.set_answers(
            (first.probabilities if first else None, second.probabilities if second else None),
            (_is_sure(first), _is_sure(second)),
        )
        self._show_pictures()
        self._key.setVisible(self.bars.has_difference)
        self._words.setText(words)
        self._words.setVisible(bool(words))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow card the answers need all the room."""
        self._show_pictures()
        super().resizeEvent(event)

    def _show_pictures(self) -> None:
        for picture in self.pictures:
            picture.setVisible(not picture.is_empty and self.width() >= _ROOM_FOR_PICTURES)


def _is_sure(prediction: Prediction | None) -> bool:
    return prediction is None or prediction.verdict is Verdict.SURE


# What two answers to one picture have in common, in words.


def is_same(first: Prediction, second: Prediction) -> bool:
    """True if both say the same: the same class, or both that it is none of them."""
    unknown = [prediction.verdict is Verdict.UNKNOWN for prediction in (first, second)]
    return all(unknown) or (not any(unknown) and first.label == second.label)


def agreement_words(first: Prediction, second: Prediction, names: tuple[str, ...]) -> str:
    """Whether two models say the same: "They agree: 7", "They disagree: 7 or 1"."""
    if not is_same(first, second):
        sentence = QCoreApplication.translate("comparison", "≠  They disagree: {first} or {second}")
        return sentence.format(first=_short(first, names), second=_short(second, names))
    sure = [prediction.verdict is not Verdict.UNSURE for prediction in (first, second)]
    if all(sure):
        sentence = QCoreApplication.translate("comparison", "=  They agree: {answer}")
    elif any(sure):
        sentence = QCoreApplication.translate("comparison", "=  They agree: {answer}, but only one is sure")
    else:
        sentence = QCoreApplication.translate("comparison", "=  They agree: {answer}, but neither is sure")
    return sentence.format(answer=_short(first, names))


def correction_words(before: Prediction, after: Prediction, names: tuple[str, ...]) -> str:
    """What a correction did to the answer: "Corrected, it is read as 7"."""
    if is_same(before, after):
        if before.verdict is not after.verdict and after.verdict is Verdict.SURE:
            sentence = QCoreApplication.translate("comparison", "=  Corrected: still {answer}, now sure")
        else:
            sentence = QCoreApplication.translate("comparison", "=  Corrected: still {answer}")
        return sentence.format(answer=_short(after, names))
    sentence = QCoreApplication.translate("comparison", "≠  Corrected: {answer} instead")
    return sentence.format(answer=_short(after, names))


def _short(prediction: Prediction, names: tuple[str, ...]) -> str:
    if prediction.verdict is not Verdict.UNKNOWN:
        return prediction.name
    words = unknown_words(names)
    return words[0].lower() + words[1:]

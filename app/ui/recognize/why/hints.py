"""What is unusual about a picture, and a button for each thing that can be put right."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from app.core.datasets.registry import kind_of
from app.core.datasets.types import DataKind
from app.core.imaging.preprocess import Preprocessing
from app.core.inference.explaining.explainer import Corrected, Explanation
from app.core.inference.explaining.features import Feature, Outlier
from app.core.inference.explaining.hints import MOST_HINTS, Turn
from app.ui import theme
from app.ui.common import build
from app.ui.recognize.comparison import correction_words
from app.ui.recognize.network_input_view import grey_image

# What is unusual about a picture, in words: "Your stroke is thinner than 99% of the training digits.".

_UPSIDE_DOWN = 180

translate = QCoreApplication.translate


def hint_words(outlier: Outlier | Turn, class_names: Sequence[str], preprocessing: Preprocessing) -> str:
    """The sentence on one thing that is unusual."""
    if isinstance(outlier, Turn):
        return _turn_sentence(outlier)
    sentence = _clothes_sentence(outlier) if preprocessing is Preprocessing.CLOTHES else _digit_sentence(outlier)
    others = _others(outlier.label, tuple(class_names))
    share = f"{math.floor(100 * outlier.share)}%"
    return sentence.format(than=_than(outlier.share, others), parts=f"{outlier.value:.0f}", share=share, others=others)


def _others(label: int | None, class_names: tuple[str, ...]) -> str:
    """The training pictures it is compared with."""
    if kind_of(class_names) is DataKind.DIGITS:
        if label is None:
            return translate("why", "the training digits")
        return translate("why", "the training {name}s").format(name=class_names[label])
    if label is None:
        return translate("why", "the training pictures")
    return translate("why", "the training pictures of {name}").format(name=class_names[label])


def _than(share: float, others: str) -> str:
    """The comparison, such as "than 99% of the training digits": no more than is so, and never "100%"."""
    if share >= 1:
        return translate("why", "than any of {others}").format(others=others)
    tenths = math.floor(share * 1000) / 10
    percent = f"{tenths:g}%" if tenths > 99.5 else "99%"
    return translate("why", "than {percent} of {others}").format(percent=percent, others=others)


def _digit_sentence(outlier: Outlier) -> str:
    match outlier.feature, outlier.is_high:
        case Feature.STROKE, True:
            return translate("why", "Your stroke is thicker {than}.")
        case Feature.STROKE, False:
            return translate("why", "Your stroke is thinner {than}.")
        case Feature.SLANT, True:
            return translate("why", "It leans further to the right {than}.")
        case Feature.SLANT, False:
            return translate("why", "It leans further to the left {than}.")
        case Feature.STRENGTH, True:
            return translate("why", "Its edges are sharper {than}.")
        case Feature.STRENGTH, False:
            return translate("why", "Its ink is paler {than}.")
        case Feature.SIZE, _:
            return translate("why", "It is smaller {than}.")
        case Feature.OFF_CENTRE, _:
            return translate("why", "It is further from the centre {than}.")
        case Feature.INK, True:
            return translate("why", "It has more ink {than}.")
        case Feature.INK, False:
            return translate("why", "It has less ink {than}.")
        case Feature.PARTS, _:
            return translate("why", "It has {parts} separate parts; {share} of {others} have fewer.")
        case _:
            return _proportions_sentence(outlier)


def _turn_sentence(turn: Turn) -> str:
    if turn.degrees == _UPSIDE_DOWN:
        return translate("why", "It seems to be upside down.")
    if turn.degrees > 0:
        return translate("why", "It seems to be turned by about {degrees} degrees to the right.").format(
            degrees=turn.degrees
        )
    return translate("why", "It seems to be turned by about {degrees} degrees to the left.").format(
        degrees=-turn.degrees
    )


def _clothes_sentence(outlier: Outlier) -> str:
    match outlier.feature, outlier.is_high:
        case Feature.SIZE, _:
            return translate("why", "It fills less of the picture {than}.")
        case Feature.STRENGTH, True:
            return translate("why", "As the network sees it, it is brighter {than}.")
        case Feature.STRENGTH, False:
            return translate("why", "As the network sees it, it is darker {than}.")
        case Feature.FILLED, True:
            return translate("why", "It covers more of its frame {than}. Is the background plain?")
        case Feature.FILLED, False:
            return translate("why", "It has more empty area {than}: they show whole pieces, not outlines.")
        case Feature.PARTS, _:
            return translate(
                "why", "It has {parts} separate parts; {share} of {others} have fewer. Is the background plain?"
            )
        case _:
            return _proportions_sentence(outlier)


def _proportions_sentence(outlier: Outlier) -> str:
    if outlier.is_high:
        return translate("why", "It is wider {than}.")
    return translate("why", "It is narrower {than}.")


# One part of the panel of reasons: a heading, what it shows, and a sentence on it.


class WhySection(QWidget):
    """Shows `body` once there is something in it. Until then, or if it takes long, it says what is waited for."""

    def __init__(self, heading: str, body: QWidget, waiting: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._body, self._waiting = body, waiting
        self._title, self._words = wrapped_label("title"), wrapped_label("muted")
        self.set_heading(heading)
        build.column(self._title, body, self._words, on=self)
        self.reset()

    @property
    def words(self) -> str:
        """The sentence that is shown."""
        return self._words.text()

    def set_heading(self, heading: str) -> None:
        """What it is called."""
        self._title.setText(heading)

    def show_words(self, words: str, has_body: bool) -> None:
        """The part is there: the body, if there is something in it, and the sentence."""
        self._body.setVisible(has_body)
        self._body.setEnabled(True)
        self._words.setText(words)
        self._words.setVisible(bool(words))

    def wait(self) -> None:
        """It takes longer than a moment: what is shown, if anything, is of an older picture, and grows pale."""
        self._body.setEnabled(False)
        self._words.setText(self._waiting)
        self._words.show()

    def reset(self) -> None:
        """Nothing is known, and something is waited for."""
        self._body.hide()
        self.wait()


def wrapped_label(role: str) -> QLabel:
    """Plain text in as many lines as it takes, in whatever width there is."""
    label = build.label(role=role, wraps=True)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label


_THUMBNAIL = 2 * 28


class WhyHint(QWidget):
    """One hint. Its button shows the corrected picture with the new answer, and tells the page."""

    correction_requested = Signal(object)  # NetworkInput

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._corrected: Corrected | None = None
        self._text, self._picture, self._answer = wrapped_label("text"), QLabel(), wrapped_label("muted")
        self._picture.setFixedSize(_THUMBNAIL, _THUMBNAIL)
        tip = self.tr("Correct this and read again")
        self.button = build.button(self.tr("Show corrected"), tip=tip, clicked=self._on_clicked)
        result = build.row(self._picture, (self._answer, 1))
        build.column(self._text, (self.button, Qt.AlignmentFlag.AlignLeft), result, on=self)

    @property
    def text(self) -> str:
        """The hint."""
        return self._text.text()

    @property
    def answer(self) -> str:
        """What is read of the corrected picture, once that was asked for."""
        return "" if self._answer.isHidden() else self._answer.text()

    def show_hint(self, corrected: Corrected, of: Explanation) -> None:
        """Show a hint of an explanation."""
        self._corrected = corrected
        hint = corrected.hint
        outlier = hint if isinstance(hint, Turn) else hint.outlier
        self._text.setText(hint_words(outlier, of.class_names, of.preprocessing))
        self.button.setVisible(corrected.shown is not None)
        for widget in (self._picture, self._answer):
            widget.hide()
        if corrected.shown is None or corrected.prediction is None:
            return
        self._answer.setText(correction_words(of.prediction, corrected.prediction, of.class_names))
        image = grey_image(corrected.shown.image).scaled(_THUMBNAIL, _THUMBNAIL)
        self._picture.setPixmap(QPixmap.fromImage(image))

    @Slot()
    def _on_clicked(self) -> None:
        if self._corrected is not None:
            self._picture.show()
            self._answer.show()
            self.correction_requested.emit(self._corrected.shown)


class WhyHints(QWidget):
    """Up to MOST_HINTS hints below each other."""

    correction_requested = Signal(object)  # NetworkInput

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = tuple(WhyHint() for _ in range(MOST_HINTS))
        build.column(*self.rows, on=self, spacing=theme.PADDING)
        for row in self.rows:
            row.correction_requested.connect(self.correction_requested)

    def show_hints(self, hints: tuple[Corrected, ...], of: Explanation) -> None:
        """Show the hints of an explanation."""
        for index, row in enumerate(self.rows):
            row.setVisible(index < len(hints))
            if index < len(hints):
                row.show_hint(hints[index], of)

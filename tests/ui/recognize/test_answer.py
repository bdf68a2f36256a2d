"""What is said of an answer: for sure, as a question, or that it is none of the classes."""

import numpy as np
import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from app.core.datasets.registry import DATASETS
from app.core.inference.calibration import Verdict
from app.ui import theme
from app.ui.common.probability_bars import ProbabilityBars
from app.ui.recognize.answer import LARGE, SMALL, Answer
from app.ui.recognize.comparison import agreement_words, correction_words
from tests.ui.recognize.answers import DIGITS, answer

CLOTHES = DATASETS["fashion-mnist"].class_names
SEVEN, ONE = answer({7: 0.9, 1: 0.1}), answer({1: 0.8, 7: 0.2})
SPLIT = answer({4: 0.52, 9: 0.45}, Verdict.UNSURE)
SCRIBBLE = answer({5: 0.31, 8: 0.2}, Verdict.UNKNOWN)


def test_a_sure_answer_is_a_name_and_how_sure_it_is(qtbot: QtBot) -> None:
    widget = Answer()
    qtbot.addWidget(widget)
    widget.set_prediction(SEVEN, DIGITS)
    assert widget.text == "7 90%"
    assert widget.accessibleDescription() == "then 1 (10%)"


@pytest.mark.parametrize(
    ("shares", "words"),
    [({4: 0.52, 9: 0.45}, "Not sure: 4 or 9?"), ({7: 0.85, 1: 0.08}, "Not sure: 7?")],
)
def test_what_is_not_sure_is_asked(qtbot: QtBot, shares: dict[int, float], words: str) -> None:
    widget = Answer()
    qtbot.addWidget(widget)
    widget.set_prediction(answer(shares, Verdict.UNSURE), DIGITS)
    assert widget.text == words
    assert widget.accessibleName() == words


@pytest.mark.parametrize(
    ("names", "words"),
    [(DIGITS, "Not a digit"), (CLOTHES, "Not a piece of clothing"), (("cat", "dog"), "None of these")],
)
def test_what_is_unknown_is_not_named(qtbot: QtBot, names: tuple[str, ...], words: str) -> None:
    widget = Answer()
    qtbot.addWidget(widget)
    widget.set_prediction(answer({0: 0.6}, Verdict.UNKNOWN, names), names)
    assert widget.text == words
    assert widget.accessibleDescription().startswith("looks most like ")


def test_what_is_like_no_class_is_likened_to_none(qtbot: QtBot) -> None:
    widget = Answer()
    qtbot.addWidget(widget)
    widget.set_prediction(SCRIBBLE, DIGITS)
    assert widget.accessibleDescription() == "looks like none of the classes"


@pytest.mark.parametrize("look", [LARGE, SMALL])
@pytest.mark.parametrize("verdict", list(Verdict))
@pytest.mark.parametrize("width", [130, 270, 400])
def test_long_names_are_painted_within_the_width(qtbot: QtBot, look: object, verdict: Verdict, width: int) -> None:
    names = ("An extraordinarily long name of a class", "Another one that is no shorter", "Bag")
    widget = Answer(LARGE if look is LARGE else SMALL)
    qtbot.addWidget(widget)
    widget.resize(width, widget.height())
    widget.set_prediction(answer({0: 0.5, 1: 0.4}, verdict, names), names)
    shown = widget.grab().toImage()
    assert not shown.isNull()
    assert widget.width() == width


def test_without_an_answer_there_is_a_hint(qtbot: QtBot) -> None:
    widget = Answer()
    qtbot.addWidget(widget)
    widget.set_hint("Draw, and watch the bars move")
    widget.set_prediction(SEVEN, DIGITS)
    widget.set_prediction(None)
    assert widget.text == ""
    assert widget.accessibleName() == "Draw, and watch the bars move"


def test_bars_of_an_answer_that_is_not_sure_are_grey(qtbot: QtBot) -> None:
    bars = ProbabilityBars()
    qtbot.addWidget(bars)
    bars.resize(400, 260)

    def has(colour: str) -> bool:
        image, wanted = bars.grab().toImage(), QColor(colour).rgb()
        return any(image.pixel(x, y) == wanted for x in range(image.width()) for y in range(0, image.height() - 30, 3))

    bars.set_probabilities(SPLIT.probabilities, is_sure=False)
    assert not has(theme.LIGHT.accent)
    assert has(theme.LIGHT.bar)
    bars.set_probabilities(SPLIT.probabilities)
    assert has(theme.LIGHT.accent)


def test_agreement_is_said_in_words() -> None:
    assert agreement_words(SEVEN, SEVEN, DIGITS) == "=  They agree: 7"
    assert agreement_words(SEVEN, ONE, DIGITS) == "≠  They disagree: 7 or 1"
    assert agreement_words(SEVEN, SCRIBBLE, DIGITS) == "≠  They disagree: 7 or not a digit"
    assert agreement_words(SCRIBBLE, answer({3: 0.4}, Verdict.UNKNOWN), DIGITS) == "=  They agree: not a digit"
    assert agreement_words(SPLIT, answer({4: 0.9}), DIGITS) == "=  They agree: 4, but only one is sure"
    assert agreement_words(SPLIT, SPLIT, DIGITS) == "=  They agree: 4, but neither is sure"


def test_what_a_correction_did_is_said_in_words() -> None:
    assert correction_words(ONE, SEVEN, DIGITS) == "≠  Corrected: 7 instead"
    assert correction_words(SEVEN, SEVEN, DIGITS) == "=  Corrected: still 7"
    assert correction_words(SPLIT, answer({4: 0.9}), DIGITS) == "=  Corrected: still 4, now sure"
    assert np.isclose(SPLIT.probabilities.sum(), 1)

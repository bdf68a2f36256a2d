"""Digits that lie on their side are found by turning them back."""

import numpy as np
import pytest

from app.core.imaging.drawing import Drawing
from app.core.imaging.preprocess import DIGITS, prepare_drawing
from app.core.inference.calibration import Verdict
from app.core.inference.explaining.hints import STEP_DEG, find_turn
from app.core.inference.predictor import Predictor
from app.core.models.store import find_model
from tests.written import digit, on_canvas


@pytest.fixture(scope="module")
def reader() -> Predictor:
    return Predictor(find_model("digits-cnn"))


def turned(name: str, degrees: float) -> Drawing:
    angle = np.radians(degrees)
    matrix = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    strokes = [stroke @ matrix for stroke in digit(name)]
    return on_canvas([stroke - np.concatenate(strokes).min(axis=0) + 30 for stroke in strokes])


@pytest.mark.parametrize(("name", "degrees"), [("4", 40), ("4", -90), ("7", 90), ("3", 90), ("2", -45)])
def test_a_turned_digit_is_turned_back_and_read(reader: Predictor, name: str, degrees: int) -> None:
    shown = prepare_drawing(turned(name, degrees), DIGITS)
    found = find_turn(shown, reader.predict_many)
    assert found is not None
    turn, _, prediction = found
    assert prediction.name == name
    assert prediction.verdict is Verdict.SURE
    assert abs(turn.degrees - degrees) <= 2 * STEP_DEG


def test_a_scribble_is_no_turned_digit(reader: Predictor) -> None:
    random = np.random.default_rng(3)
    scribble = on_canvas([random.uniform(30, 230, (40, 2))])
    assert find_turn(prepare_drawing(scribble, DIGITS), reader.predict_many) is None

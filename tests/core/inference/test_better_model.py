"""Which model reads a picture better than the chosen one: clothes by a reader of digits, digits by one of clothes."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.core.datasets.sources import load_dataset
from app.core.datasets.types import Variant
from app.core.imaging.drawing import Drawing, load_drawing
from app.core.imaging.pictures import Picture, load_picture
from app.core.imaging.preprocess import Preprocessing, Source, prepare
from app.core.inference.better_model import Better, Reading, better_model
from app.core.inference.calibration import Verdict
from app.core.inference.multi_digit import predict_multi_digit
from app.core.inference.predictor import Prediction, Predictor
from app.core.models.store import StoredModel, find_model, list_models
from tests.bench.photographs import photographs
from tests.core.models.stored import card
from tests.ui.recognize.answers import answer

SAMPLES = Path(__file__).parents[3] / "resources" / "samples"
PIECES = ("t-shirt", "trouser", "ankle-boot")


def better(source: Source, chosen: str) -> Better | None:
    """What is offered while this model reads, as the window asks."""
    predictor = Predictor(find_model(chosen))
    shown = prepare(source, predictor.preprocessing)
    number = predict_multi_digit(predictor, source)
    return better_model(
        source,
        Reading(predictor.model.card, shown, lambda: tuple(digit.prediction for digit in number.digits)),
        list_models(),
        Predictor,
    )


@pytest.mark.parametrize("name", PIECES)
def test_clothes_are_offered_to_the_reader_of_clothes_and_not_to_that_of_digits(name: str) -> None:
    picture = load_picture(SAMPLES / f"{name}.png")
    offered = better(picture, "digits-cnn")
    assert offered is not None
    assert offered.model.card.name == "clothes-cnn"
    assert better(picture, "clothes-cnn") is None


def test_pictures_of_the_published_set_are_clothes() -> None:
    images = load_dataset("fashion-mnist", Variant.STARTER).test.images[:6]
    as_files = [Picture(np.repeat(image[..., None], 3, axis=2)) for image in images]
    enlarged = [Picture(np.asarray(Image.fromarray(each.rgb).resize((140, 140)))) for each in as_files]
    for pictures in (as_files, enlarged):
        assert sum(better(picture, "digits-cnn") is not None for picture in pictures) >= 5


@pytest.mark.parametrize("kind", ["squared paper", "coloured ink"])
def test_digits_on_paper_are_offered_to_the_reader_of_digits_and_not_to_that_of_clothes(kind: str) -> None:
    for one in photographs(kind, 1, seed=3):
        assert better(one.picture, "digits-cnn") is None
        offered = better(one.picture, "clothes-cnn")
        assert offered is not None
        assert offered.name == str(one.label)


def test_a_drawn_digit_is_a_digit_and_a_number_is_said_to_be_one() -> None:
    drawing = load_drawing(SAMPLES / "digit-3.drawing.json")
    one = better(drawing, "clothes-cnn")
    assert one is not None
    assert (one.name, one.is_number) == ("3", False)
    shifted = tuple(tuple((x + drawing.width, y) for x, y in stroke) for stroke in drawing.strokes)
    several = better(Drawing(2 * drawing.width, drawing.height, drawing.strokes + shifted, drawing.pen), "clothes-cnn")
    assert several is not None
    assert (several.name, several.is_number) == ("33", True)


def test_of_a_strangers_model_nothing_is_offered_before_it_was_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.core.models.store.StoredModel.is_known", property(lambda _: False))
    assert better(load_picture(SAMPLES / "trouser.png"), "digits-cnn") is None


SHAPES = ("circle", "square", "star")


@pytest.mark.parametrize(
    ("read_as", "own_says", "is_offered"),
    [
        (Verdict.UNKNOWN, answer({2: 0.995}, names=SHAPES), True),
        (Verdict.UNSURE, answer({2: 0.995}, names=SHAPES), False),
        (Verdict.UNKNOWN, answer({2: 0.9}, names=SHAPES), False),
        (Verdict.UNKNOWN, answer({2: 0.995}, Verdict.UNSURE, SHAPES), False),
    ],
)
def test_own_models_are_offered_for_what_the_chosen_one_does_not_know_at_all(
    read_as: Verdict, own_says: Prediction, is_offered: bool
) -> None:
    class Answering:
        preprocessing = Preprocessing.DIGITS

        def predict(self, _image: object) -> Prediction:
            return own_says

    drawing = load_drawing(SAMPLES / "digit-3.drawing.json")
    reading = Reading(card("chosen"), prepare(drawing, Preprocessing.DIGITS), lambda: (answer({3: 0.3}, read_as),))
    own, pair = (
        StoredModel(card("shapes").model_copy(update={"class_names": names}), Path(), bundled=True)
        for names in (SHAPES, SHAPES[1:])
    )
    # Of a model of two classes nothing is ever strange to it.
    offered = better_model(drawing, reading, (pair, own), lambda _model: Answering())  # type: ignore[arg-type, return-value]
    assert offered is None or offered.model is own
    assert (offered is not None) == is_offered
    assert offered is None or offered.name == "star"

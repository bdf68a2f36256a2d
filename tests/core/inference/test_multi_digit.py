"""Numbers of several digits: strokes that belong together stay together, digits that do not are read one by one."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.imaging.drawing import Drawing
from app.core.imaging.pictures import Picture, load_picture
from app.core.imaging.preprocess import DIGITS, prepare_drawing, prepare_picture
from app.core.inference.calibration import Verdict
from app.core.inference.multi_digit import MultiDigitPrediction, MultiDigitPredictor, predict_multi_digit
from app.core.inference.predictor import Prediction, Predictor
from app.core.models.store import find_model
from app.core.paths import resources_dir
from tests.written import digit, on_canvas, photographed, written

TURN = np.linspace(0, 2 * np.pi, 30)


@pytest.fixture(scope="module")
def reader() -> Predictor:
    return Predictor(find_model("digits-cnn"))


def boxes_in_order(number: MultiDigitPrediction) -> bool:
    lefts = [found.box.left for found in number.digits]
    return lefts == sorted(lefts) and all(0 <= min(found.box) <= max(found.box) <= 1 for found in number.digits)


@pytest.mark.parametrize("name", [*"0123456789", "7-crossed", "1-with-flag"])
def test_one_digit_is_one_digit_and_read_as_ever(reader: Predictor, name: str) -> None:
    drawing = written([name])
    number = predict_multi_digit(reader, drawing)
    assert number.text == name[0]
    np.testing.assert_array_equal(number.digits[0].shown.image, prepare_drawing(drawing, DIGITS).image)
    picture = photographed(drawing)
    number = predict_multi_digit(reader, picture)
    assert number.text == name[0]
    np.testing.assert_array_equal(number.digits[0].shown.image, prepare_picture(picture, DIGITS).image)


@pytest.mark.parametrize("text", ["10", "42", "77", "2024", "55", "1111", "365", "90210"])
@pytest.mark.parametrize("gap", [60, 18, 8])
def test_digits_side_by_side_are_a_number(reader: Predictor, text: str, gap: float) -> None:
    number = predict_multi_digit(reader, written(text, gap))
    assert number.text == text
    assert boxes_in_order(number)
    assert [number.text[start:end] for start, end in number.spans] == list(text)


def test_twelve_digits_are_read(reader: Predictor) -> None:
    text = "314159265358"
    for source in (written(text), photographed(written(text))):
        number = predict_multi_digit(reader, source)
        assert number.text == text
        assert boxes_in_order(number)


def test_what_is_longer_than_a_number_may_be_ends_in_three_dots(reader: Predictor) -> None:
    number = predict_multi_digit(reader, written("3141592653589"))
    assert number.text == "314159265358…"
    assert (len(number.digits), len(number.spans), number.has_more) == (12, 12, True)
    assert not predict_multi_digit(reader, written("314159265358")).has_more


def test_boxes_are_where_the_ink_is(reader: Predictor) -> None:
    drawing = written("42", gap=40)
    four, two = (found.box for found in predict_multi_digit(reader, drawing).digits)
    everything = np.concatenate([np.array(stroke) for stroke in drawing.strokes])
    assert four.left * drawing.width == pytest.approx(everything[:, 0].min())
    assert two.right * drawing.width == pytest.approx(everything[:, 0].max())
    assert (two.left - four.right) * drawing.width == pytest.approx(40)
    found = predict_multi_digit(reader, photographed(drawing)).digits
    for seen, meant in zip([each.box for each in found], (four, two), strict=True):
        np.testing.assert_allclose(seen, meant, atol=0.05)


def test_strokes_that_belong_together_are_one_digit(reader: Predictor) -> None:
    body, bar = digit("5")
    loose = [body, bar + np.array([6, -8])]  # the bar floats above
    stem, flag, base = np.array([[[40.0, 0], [40, 100]], [[15, 30], [38, 4]], [[20, 100], [60, 100]]])
    upper, lower = (np.column_stack([30 + 22 * np.sin(t), c - 24 * np.cos(t)]) for c, t in ((24, TURN), (76, TURN)))
    slash = np.array([[5.0, 95], [62, 5]])
    shapes = {"5": loose, "1": [flag, stem, base], "8": [upper, lower], "0": [*digit("0"), slash]}
    for name, strokes in shapes.items():
        for beside in ("", "3"):
            whole = [*strokes, *(stroke + np.array([95, 0]) for beside_name in beside for stroke in digit(beside_name))]
            number = predict_multi_digit(reader, on_canvas([stroke + 30 for stroke in whole]))
            assert len(number.digits) == 1 + len(beside), name
            assert number.text[1:] == beside


def test_the_order_of_strokes_does_not_matter(reader: Predictor) -> None:
    drawing = written(["4", "7-crossed", "5"])
    backwards = Drawing(drawing.width, drawing.height, drawing.strokes[::-1])
    assert predict_multi_digit(reader, backwards).text == predict_multi_digit(reader, drawing).text == "475"


def test_touching_digits_of_a_picture_are_cut(reader: Predictor) -> None:
    for text in ("36", "20", "58"):
        assert predict_multi_digit(reader, photographed(written(text, gap=6), pen=9)).text == text


def test_digits_of_a_picture_stand_at_different_heights(reader: Predictor) -> None:
    steps = (("4", 0), ("7", 25), ("2", 45))
    strokes = [
        stroke + np.array([30 + 110 * place, 30 + lower])
        for place, (name, lower) in enumerate(steps)
        for stroke in digit(name)
    ]
    assert predict_multi_digit(reader, photographed(on_canvas(strokes))).text == "472"


def test_the_outer_digits_of_a_tight_crop_are_kept(reader: Predictor) -> None:
    lower = (20, 0, 25, 10)
    strokes = [
        stroke + np.array([90 * place, 20 + down])
        for place, (name, down) in enumerate(zip("7283", lower, strict=True))
        for stroke in digit(name)
    ]
    rgb = photographed(on_canvas(strokes)).rgb
    assert predict_multi_digit(reader, Picture(np.ascontiguousarray(rgb[:, 2:-28]))).text == "7283"


def test_a_tilted_line_is_one_row_and_two_rows_are_two(reader: Predictor) -> None:
    assert predict_multi_digit(reader, written("20241", tilt=0.2)).text == "20241"
    second = [np.array(stroke) + np.array([0, 170]) for stroke in written("61").strokes]
    first = [np.array(stroke) for stroke in written("203").strokes]
    both = on_canvas([*second, *first])
    assert predict_multi_digit(reader, both).text == "203 61"
    assert predict_multi_digit(reader, both).lines == "203\n61"
    assert predict_multi_digit(reader, photographed(both)).text == "203 61"


@pytest.mark.parametrize("wide", [1.5, 2.0, 2.4])
@pytest.mark.parametrize("name", ["0", "2", "3", "5", "8"])
def test_one_unbroken_stroke_is_one_digit_however_wide(reader: Predictor, name: str, wide: float) -> None:
    strokes = [stroke * (wide, 1) for stroke in digit(name)]
    assert len(predict_multi_digit(reader, on_canvas([np.concatenate(strokes) + 30])).digits) == 1


def test_text_tag_and_verdict_of_a_digit_say_the_same(reader: Predictor) -> None:
    number = MultiDigitPrediction((), "")
    for width in np.linspace(1, 6, 12):  # wider and wider beside a 7: a poor digit, in the end none
        strokes = [*digit("7"), *(stroke * (width, 1) + (110, 0) for stroke in digit("4"))]
        number = predict_multi_digit(reader, on_canvas([stroke + 30 for stroke in strokes]))
        for one in number.digits:
            is_named = one.prediction.verdict is not Verdict.UNKNOWN
            assert (one.text != "?") == is_named or len(number.digits) == 1


def test_a_person_corrects_a_digit(reader: Predictor) -> None:
    number = predict_multi_digit(reader, written("365")).corrected(1, "8")
    assert number.text == "385"
    assert [one.text for one in number.digits] == ["3", "8", "5"]
    assert number.digits[1].is_sure


def test_blank_paper_has_no_number(reader: Predictor) -> None:
    for nothing in (Drawing(280, 280), Picture(np.full((200, 300, 3), 240, np.uint8))):
        number = predict_multi_digit(reader, nothing)
        assert (number.digits, number.text, number.spans) == ((), "", ())


def test_dots_and_scribbles_are_read_as_something_and_soon(reader: Predictor) -> None:
    random = np.random.default_rng(5)
    dot = Drawing(280, 280, (((140.0, 140.0),),))
    assert len(predict_multi_digit(reader, dot).digits) == 1
    everywhere = tuple(tuple(map(tuple, random.uniform(0, 280, (5, 2)).tolist())) for _ in range(300))
    dots = tuple((tuple(at),) for at in random.uniform(0, 280, (300, 2)).tolist())
    for strokes in (everywhere, dots, everywhere[:20]):
        number = predict_multi_digit(reader, Drawing(280, 280, strokes))
        assert 1 <= len(number.digits) <= 40
    noise = random.integers(0, 255, (120, 300, 3)).astype(np.uint8)
    assert predict_multi_digit(reader, Picture(noise)).text is not None


def flat(*corners: tuple[float, float]) -> NDArray[np.float64]:
    """A stroke from corner to corner."""
    return np.concatenate([np.linspace(start, end, 20) for start, end in pairwise(corners)])


@pytest.mark.parametrize(
    "strokes",
    [
        pytest.param([flat((20, 100), (260, 100))], id="a line"),
        pytest.param([np.column_stack([TURN * 40, 100 + 8 * np.sin(9 * TURN)])], id="a wave"),
        pytest.param([flat((60, 60), (220, 220)), flat((220, 60), (60, 220))], id="a cross"),
    ],
)
def test_what_holds_no_digit_is_one_thing_that_is_none(reader: Predictor, strokes: list[NDArray[np.float64]]) -> None:
    number = predict_multi_digit(reader, on_canvas(strokes))
    assert number.text == "?"
    assert [digit.prediction.verdict for digit in number.digits] == [Verdict.UNKNOWN]


def test_a_line_on_a_photograph_is_no_row_of_digits(reader: Predictor) -> None:
    number = predict_multi_digit(reader, photographed(on_canvas([flat((20, 100), (400, 110))])))
    assert (len(number.digits), number.text) == (1, "?")


def test_what_is_no_digit_has_its_place_in_the_number(reader: Predictor) -> None:
    plus = [flat((80, 100), (130, 100)), flat((105, 75), (105, 125))]
    drawing = on_canvas([flat((20, 40), (20, 160)), *plus, flat((190, 40), (190, 160))])
    number = predict_multi_digit(reader, drawing)
    assert number.text == "1?1"
    assert number.spans == ((0, 1), (1, 2), (2, 3))


def test_no_digit_vanishes_beside_a_taller_one_that_is_not_far(reader: Predictor) -> None:
    nought = np.column_stack([90 + 16 * np.sin(TURN), 130 + 16 * np.cos(TURN)])
    one = flat((20, 20), (20, 180))
    assert predict_multi_digit(reader, on_canvas([one, nought])).text == "10"
    assert predict_multi_digit(reader, on_canvas([nought - np.array([60, 0]), one + np.array([80, 0])])).text == "01"


@pytest.mark.parametrize("height", [50, 80, 110])
def test_no_digit_vanishes_beside_a_taller_one(reader: Predictor, height: float) -> None:
    seven = flat((20, 60), (20 + 0.6 * height, 60), (20 + 0.3 * height, 60 + height))
    one = flat((160, 20), (160, 180))
    assert predict_multi_digit(reader, on_canvas([seven, one])).text == "71"
    assert predict_multi_digit(reader, on_canvas([one - np.array([150, 0]), seven + np.array([60, 0])])).text == "17"


def test_clothes_are_one_thing() -> None:
    reader = Predictor(find_model("clothes-cnn"))
    number = predict_multi_digit(reader, load_picture(resources_dir() / "samples" / "trouser.png"))
    assert number.text == "Trouser"
    assert number.digits[0].box == (0, 0, 1, 1)
    assert predict_multi_digit(reader, Drawing(280, 280)).digits == ()


def growing(drawing: Drawing) -> Iterator[Drawing]:
    """The drawing while its last stroke is made."""
    *before, last = drawing.strokes
    for count in range(1, len(last) + 1):
        yield Drawing(drawing.width, drawing.height, (*before, last[:count]))


def test_a_growing_drawing_is_read_as_any_other(reader: Predictor) -> None:
    live = MultiDigitPredictor(reader)
    for drawing in growing(written("472")):
        number, whole = live.read_if_quick(drawing, 99), predict_multi_digit(reader, drawing)
        assert number is not None
        assert number.text == whole.text
        for found, other in zip(number.digits, whole.digits, strict=True):
            assert found.box == other.box
            np.testing.assert_array_equal(found.shown.image, other.shown.image)
            np.testing.assert_allclose(found.prediction.probabilities, other.prediction.probabilities, atol=1e-5)


def test_of_a_growing_drawing_only_what_changed_is_read_again(
    reader: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing, looked_at = written("20472", gap=60), []

    def counted(images: NDArray[np.float32]) -> list[Prediction]:
        looked_at.append(len(images))
        return Predictor.predict_many(reader, images)

    monkeypatch.setattr(reader, "predict_many", counted)
    live = MultiDigitPredictor(reader)
    live.read(drawing)
    first = looked_at[0]
    for part in growing(drawing):
        live.read(part)
    assert all(count < first - 2 for count in looked_at[1:])
    before = len(looked_at)
    live.read(part)
    assert len(looked_at) == before


def test_what_takes_long_is_ready_after_a_few_calls(reader: Predictor) -> None:
    drawing, live = written("20472"), MultiDigitPredictor(reader)
    tries = [live.read_if_quick(drawing, 2) for _ in range(8)]
    assert tries[0] is None
    assert tries[-1] is not None
    assert tries[-1].text == "20472"
    assert MultiDigitPredictor(reader).read_if_quick(Drawing(280, 280), 2) is None


def test_of_a_stroke_under_way_no_more_is_looked_at_than_it_may_be_part_of(
    reader: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[int] = []

    def counted(images: NDArray[np.float32]) -> list[Prediction]:
        looked_at.append(len(images))
        return Predictor.predict_many(reader, images)

    monkeypatch.setattr(reader, "predict_many", counted)
    loops = tuple(
        (300 + 100 * np.cos(turn / 12) * np.sin(turn / 40), 200 + 100 * np.sin(turn / 12)) for turn in range(400)
    )
    one, live = ((40.0, 90.0), (40.0, 310.0)), MultiDigitPredictor(reader)
    live.read(Drawing(560, 560, (one,)))
    looked_at.clear()
    for count in range(20, 400, 20):
        assert live.read_if_quick(Drawing(560, 560, (one, loops[:count])), 4, is_growing=True) is not None
    assert looked_at[0] <= 3  # the first stroke, too: it is now one of two
    assert max(looked_at[1:]) <= 2


def test_two_pictures_are_never_taken_for_the_same(reader: Predictor) -> None:
    live = MultiDigitPredictor(reader)
    assert [live.read(photographed(written(text))).text for text in ("42", "24", "42")] == ["42", "24", "42"]


def test_digits_are_apart_while_none_reaches_over_its_neighbour(reader: Predictor) -> None:
    assert predict_multi_digit(reader, written("42", gap=20)).is_apart
    tilted = on_canvas([30 + stroke for stroke in digit("4")] + [stroke + np.array([75, 30]) for stroke in digit("2")])
    number = predict_multi_digit(reader, tilted)
    assert len(number.digits) == 2
    assert not number.is_apart


def around() -> list[NDArray[np.float64]]:
    """A 3 and a 5 with room between them."""
    return [stroke + np.array([left, 30]) for name, left in (("3", 60), ("5", 250)) for stroke in digit(name)]


def test_a_comma_and_a_slash_between_digits_are_no_digits(reader: Predictor) -> None:
    comma, slash = flat((190, 120), (192, 128), (186, 142)), flat((218, 8), (166, 152))
    for mark in (comma, slash):
        strokes = around()
        for source in (on_canvas([*strokes, mark]), photographed(on_canvas([*strokes, mark]))):
            number = predict_multi_digit(reader, source)
            assert number.text == "3?5"
            assert number.digits[1].prediction.is_sign
            assert not number.digits[1].is_sure
        assert number.corrected(1, "1").text == "315"


def test_a_slanted_one_between_digits_is_a_one(reader: Predictor) -> None:
    strokes = around()
    assert predict_multi_digit(reader, on_canvas([*strokes, flat((208, 30), (176, 130))])).text == "315"

"""The tutorial's plots: bars, captions, pixels and places, as they come out on a picture."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from app.core.datasets.registry import DATASETS
from app.ui import theme
from app.ui.common.plots.figure import (
    Example,
    Figure,
    binary,
    examples_of,
    image_of,
    paint_figure,
    shares_of,
    viridis,
    width_of,
)
from app.ui.evaluate.tutorial import (
    PairGrid,
    PixelFigure,
    SinglePrediction,
    TrainingGallery,
    caption_lines,
    ink_on,
    paint_picture,
)

GREY, RED, BLUE, WHITE = (0x77, 0x77, 0x77), (0xEE, 0, 0), (0, 0, 0xFF), (255, 255, 255)
CLOTHES = DATASETS["fashion-mnist"].class_names
RAMP = (np.arange(784) % 256).astype(np.uint8).reshape(28, 28)

pytestmark = pytest.mark.usefixtures("qapp")


def example(probabilities: list[float], true: int | None, names: tuple[str, ...] = ()) -> Example:
    given = np.array(probabilities, np.float32)
    return Example(np.zeros((28, 28), np.uint8), given, true, names or tuple(str(n) for n in range(len(given))))


def painted(figure: Figure) -> NDArray[np.uint8]:
    """The figure at twice its size: (h, w, 3)."""
    image = QImage((figure.size * 2).toSize(), QImage.Format.Format_RGB888)
    paint_figure(figure, image)
    return rgb(image)


def rgb(image: QImage) -> NDArray[np.uint8]:
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def bars(pixels: NDArray[np.uint8], colour: tuple[int, int, int]) -> list[tuple[int, int]]:
    """Where bars of this colour begin, and how high they are: the longest run of each column; letters are shorter."""
    matching = (pixels == colour).all(axis=-1)
    run = heights = np.zeros(matching.shape[1], np.intp)
    for row in matching:
        run = np.where(row, run + 1, 0)
        heights = np.maximum(heights, run)
    starts = np.flatnonzero((heights > 24) & (np.roll(heights, 1) <= 24))
    return [(int(x), int(heights[x + 1])) for x in starts]


def test_the_predicted_bar_is_red_the_true_one_blue_and_the_others_grey() -> None:
    pixels = painted(SinglePrediction(example([0.1, 0.25, 0.5, 0.15], true=1)))
    (blue,), (red,), grey = bars(pixels, BLUE), bars(pixels, RED), bars(pixels, GREY)
    assert [x for x, _ in sorted([*grey, blue, red])] == [grey[0][0], blue[0], red[0], grey[1][0]]
    assert red[1] / blue[1] == pytest.approx(2, abs=0.03)
    assert grey[0][1] / red[1] == pytest.approx(0.2, abs=0.02)


def test_the_true_class_has_the_last_word_on_the_colour() -> None:
    pixels = painted(SinglePrediction(example([0.1, 0.3, 0.6], true=2)))
    assert len(bars(pixels, BLUE)) == 1
    assert bars(pixels, RED) == []


def test_the_axis_ends_at_one() -> None:
    figure = SinglePrediction(example([0.0, 1.0], true=1))
    whole = bars(painted(figure), BLUE)[0][1]
    half = bars(painted(SinglePrediction(example([0.5, 0.5], true=1))), BLUE)[0][1]
    assert half / whole == pytest.approx(0.5, abs=0.01)
    beyond = bars(painted(SinglePrediction(example([0.0, 7.0], true=1))), BLUE)[0][1]
    assert beyond == whole


def test_the_dark_theme_leaves_figures_as_they_are(qapp: QApplication) -> None:
    figure, shots = PairGrid([example([0.2, 0.8], 0)]), []
    for scheme in (theme.Scheme.DARK, theme.Scheme.LIGHT):
        theme.apply_theme(qapp, scheme)
        shots.append(painted(figure))
    assert (shots[0] == shots[1]).all()


def test_without_a_truth_nothing_says_right_or_wrong() -> None:
    unknown = example([0.2, 0.8], true=None)
    pixels = painted(SinglePrediction(unknown))
    assert unknown.caption == "1 80%"
    assert unknown.spoken == "1 80%"
    assert bars(pixels, BLUE) == []
    assert len(bars(pixels, RED)) == 1
    below_the_picture = pixels[-100:, :500]
    assert not (below_the_picture == RED).all(axis=-1).any()


@pytest.mark.parametrize(
    ("probabilities", "true", "caption", "spoken"),
    [
        ([0.0] * 7 + [0.976, 0.024, 0.0], 7, "Sneaker 98% (Sneaker)", "Sneaker 98% (Sneaker), right"),
        ([0.0] * 7 + [0.976, 0.024, 0.0], 9, "Sneaker 98% (Ankle boot)", "Sneaker 98% (Ankle boot), wrong"),
        ([1.0] + [0.0] * 9, 0, "T-shirt/top >99% (T-shirt/top)", "T-shirt/top >99% (T-shirt/top), right"),
    ],
)
def test_captions_are_the_tutorials(probabilities: list[float], true: int, caption: str, spoken: str) -> None:
    given = example(probabilities, true, CLOTHES)
    assert given.caption == caption
    assert given.spoken == spoken


def test_a_small_confidence_is_padded_as_in_the_tutorial() -> None:
    assert example([0.046] + [0.0454] * 21, 0).caption == "0  5% (0)"


def test_the_caption_is_blue_when_right_and_red_when_wrong() -> None:
    for true, shown, absent in ((1, BLUE, RED), (0, RED, BLUE)):
        below = painted(PairGrid([example([0.2, 0.8], true)]))[-52:-22, :300]
        assert (below == shown).all(axis=-1).sum() > 20
        assert not (below == absent).all(axis=-1).any()


def test_check_and_cross_differ_without_their_colour() -> None:
    dark = []
    for true in (1, 0):
        below = painted(PairGrid([example([0.2, 0.8], true, ("a", "a"))]))[-52:-22, :300]
        dark.append((below != 255).any(axis=-1))
    assert (dark[0] != dark[1]).any()


def test_long_captions_break_before_they_are_cut() -> None:
    names = ("a rather long name of a class", "x" * 80)
    assert caption_lines(example([1.0, 0.0], 0, ("a", "b")), 160) == ("a >99% (a)",)
    assert caption_lines(example([1.0, 0.0], 0, names), 240) == (f"{names[0]} >99%", f"({names[0]})")
    cut = caption_lines(example([0.0, 1.0], 1, names), 160)
    assert cut[0].endswith("… >99%")
    assert all(width_of(line) <= 160 for line in cut)


@pytest.mark.parametrize("classes", [2, 10, 50])
def test_every_number_of_classes_has_its_bars(classes: int) -> None:
    probabilities = [0.4 / (classes - 1)] * (classes - 1) + [0.6]
    names = tuple(f"a class with a long name, number {number}" for number in range(classes))
    for figure in (PairGrid([example(probabilities, 0, names)]), SinglePrediction(example(probabilities, 0, names))):
        pixels = painted(figure)
        assert len(bars(pixels, RED)) == 1
        assert (pixels == BLUE).all(axis=-1).any()
        edges = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
        assert (edges == WHITE).all(), "nothing may be cut at the figure's edge"


def test_ink_is_black_on_white_as_it_is_in_the_picture() -> None:
    image = QImage(280, 280, QImage.Format.Format_RGB888)
    painter = QPainter(image)
    paint_picture(painter, QRectF(0, 0, 280, 280), image_of(binary(shares_of(RAMP))))
    painter.end()
    assert (rgb(image)[5::10, 5::10] == 255 - RAMP[..., None]).all()


def test_colours_go_from_the_least_to_the_most_as_in_the_tutorial() -> None:
    pale = np.full((28, 28), 100, np.uint8)
    pale[4:9] = 150
    assert set(shares_of(pale).ravel()) == {0.0, 1.0}
    assert (shares_of(np.full((28, 28), 7, np.uint8)) == 0).all()


def test_viridis_is_matplotlibs() -> None:
    known = {0.0: (68, 1, 84), 0.25: (59, 82, 139), 0.5: (33, 145, 140), 0.75: (94, 201, 98), 1.0: (253, 231, 37)}
    shown = viridis(np.array([list(known)]))[0]
    assert np.abs(shown.astype(int) - np.array(list(known.values()))).max() <= 2


@pytest.mark.parametrize("has_values", [False, True])
def test_each_pixel_has_its_colour_and_its_value(has_values: bool) -> None:
    figure = PixelFigure(RAMP, "ramp", has_values)
    pixels, plot = painted(figure), figure.places[0]
    side = plot.width() / 28
    for row, column in ((0, 0), (5, 20), (27, 27)):
        corner = plot.topLeft() + QPointF(column * side + 2, row * side + 2)
        colour = pixels[round(2 * corner.y()), round(2 * corner.x())]
        assert (colour == viridis(shares_of(RAMP))[row, column]).all()
        assert figure.tip_at(corner) == f"Row {row}, column {column}: {RAMP[row, column]}"
    assert figure.tip_at(QPointF(1, 1)) == ""


def test_every_value_can_be_read() -> None:
    for share in np.linspace(0, 1, 256):
        ground = viridis(np.array([[share]]))[0, 0] / 255
        colour = QColor(ink_on(float(share)))
        ink = np.array([colour.redF(), colour.greenF(), colour.blueF()])
        bright, dark = sorted((luminance(ground), luminance(ink)), reverse=True)
        assert (bright + 0.05) / (dark + 0.05) >= 4.5


@pytest.mark.parametrize("colour", [theme.LIGHT.plot_right, theme.LIGHT.plot_wrong, theme.DARK.plot_wrong])
def test_captions_can_be_read_on_white(colour: str) -> None:
    ink = np.array([QColor(colour).redF(), QColor(colour).greenF(), QColor(colour).blueF()])
    assert 1.05 / (luminance(ink) + 0.05) >= 4.5


def luminance(colour: NDArray[np.float64]) -> float:
    """As the Web Content Accessibility Guidelines define it."""
    linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def test_a_plain_picture_has_a_colour_bar_too() -> None:
    assert (painted(PixelFigure(np.zeros((28, 28), np.uint8))) != 255).any()


def test_the_first_fifteen_are_the_tutorials_grid() -> None:
    images, labels = np.zeros((40, 28, 28), np.uint8), np.arange(40, dtype=np.uint8) % 10
    answers = np.eye(10, dtype=np.float32)[labels]
    shown = examples_of(images, labels, answers, CLOTHES)
    assert [given.true for given in shown] == [number % 10 for number in range(15)]
    places = PairGrid(shown).places
    assert len({place.left() for place in places}) == 3
    assert len({place.top() for place in places}) == 5
    others = examples_of(images, labels, answers, CLOTHES, [38, 2])
    assert [given.true for given in others] == [8, 2]
    assert len(examples_of(images[:4], labels[:4], answers[:4], CLOTHES)) == 4


def test_every_example_is_found_where_it_is() -> None:
    pair = example([0.5, 0.5], 0)
    for figure in (PairGrid([pair] * 7), TrainingGallery(np.stack([RAMP] * 25), CLOTHES[:5] * 5)):
        for number, place in enumerate(figure.places):
            assert figure.example_at(place.center()) == number
            assert figure.tip_at(place.center()) == figure.spoken[number]
            assert QRectF(QPointF(), figure.size).contains(place)
        assert figure.example_at(QPointF(1, 1)) is None
        assert not any(a.intersects(b) for a in figure.places for b in figure.places if a is not b)
    assert PairGrid([pair] * 7).example_at(QPointF(600, 700)) is None


def test_no_examples_are_an_empty_figure() -> None:
    for figure in (PairGrid([]), TrainingGallery(np.zeros((0, 28, 28), np.uint8), [])):
        assert (painted(figure) == 255).all()

"""A network with what it needs around it answers as NumPy says, for every way of showing pictures to it."""

from typing import Any

import numpy as np
import pytest

from app.core.datasets.choices import Orientation, Polarity
from app.core.errors import InputError
from app.core.models.adaptation import Adaptation, Output, Scale, layout_of
from app.core.models.foreign.adapting import adapted, end_of, scale_of
from app.core.models.foreign.litert_graph import Graph
from app.core.models.interpreter import Interpreter

PICTURES = np.random.default_rng(5).random((3, 28, 28), dtype=np.float32)


def network(shape: tuple[int, ...], classes: int = 4, seed: int = 0) -> tuple[bytes, Any]:
    """A row of numbers times a kernel, and the kernel."""
    graph = Graph()
    picture = graph.picture(shape, batch=-1)
    kernel = np.random.default_rng(seed).normal(size=(int(np.prod(shape)), classes)).astype(np.float32) * 0.05
    flat = graph.reshaped(picture, (len(kernel),))
    return graph.end(picture, [graph.dense(flat, kernel)]), kernel


def softmax(logits: Any) -> Any:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


@pytest.mark.parametrize(
    ("shape", "change", "pixels"),
    [
        ((784,), {}, lambda x: x),
        ((28, 28), {"scale": Scale.BYTES}, lambda x: x * 255),
        ((28, 28, 1), {"scale": Scale.SIGNED}, lambda x: x * 2 - 1),
        ((1, 28, 28), {"scale": Scale.STANDARDIZED, "mean": 0.13, "deviation": 0.31}, lambda x: (x - 0.13) / 0.31),
        ((28, 28), {"polarity": Polarity.DARK_INK}, lambda x: 1 - x),
        ((28, 28), {"polarity": Polarity.DARK_INK, "scale": Scale.SIGNED}, lambda x: 1 - 2 * x),
        ((28, 28), {"orientation": Orientation.TURNED}, lambda x: x.transpose(0, 2, 1)),
        ((28, 28, 3), {}, lambda x: np.repeat(x[..., None], 3, axis=3)),
        ((3, 28, 28), {}, lambda x: np.repeat(x[:, None], 3, axis=1)),
        ((2352,), {}, lambda x: np.repeat(x[..., None], 3, axis=3)),
    ],
)
def test_pictures_are_shown_as_the_network_wants_them(
    shape: tuple[int, ...], change: dict[str, Any], pixels: Any
) -> None:
    content, kernel = network(shape)
    way = Adaptation(input_shape=shape, output=Output.LOGITS, **change)
    found = Interpreter(adapted(content, way, True)).probabilities(PICTURES)
    np.testing.assert_allclose(found, softmax(pixels(PICTURES).reshape(3, -1) @ kernel), rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("orientation", list(Orientation))
@pytest.mark.parametrize("sides", [(32, 32), (64, 40), (14, 20)])
def test_other_sizes_are_scaled_as_pillow_scales(sides: tuple[int, int], orientation: Orientation) -> None:
    from PIL import Image

    content, kernel = network((*sides, 1))
    way = Adaptation(input_shape=(*sides, 1), output=Output.LOGITS, orientation=orientation)
    shown = PICTURES if orientation is Orientation.UPRIGHT else PICTURES.transpose(0, 2, 1)
    size = (sides[1], sides[0])
    scaled = [np.asarray(Image.fromarray(each).resize(size, Image.Resampling.BILINEAR)) for each in shown]
    found = Interpreter(adapted(content, way, True)).probabilities(PICTURES)
    np.testing.assert_allclose(found, softmax(np.stack(scaled).reshape(3, -1) @ kernel), rtol=1e-3, atol=1e-5)


def test_one_answer_becomes_two_classes() -> None:
    content, kernel = network((28, 28), classes=1)
    way = Adaptation(input_shape=(28, 28), output=Output.LOGITS)
    second = 1 / (1 + np.exp(-PICTURES.reshape(3, -1) @ kernel))
    found = Interpreter(adapted(content, way, True)).probabilities(PICTURES)
    np.testing.assert_allclose(found, np.hstack([1 - second, second]), rtol=1e-3)


def test_classes_in_another_order_and_answers_that_do_not_sum_to_one() -> None:
    graph = Graph()
    picture = graph.picture((784,), batch=-1)
    kernel = np.random.default_rng(1).normal(size=(784, 3)).astype(np.float32) * 0.05
    answers = graph.operation("LOGISTIC", (graph.dense(picture, kernel),), (3,))
    content = graph.end(picture, [answers])
    shares = 1 / (1 + np.exp(-PICTURES.reshape(3, -1) @ kernel))
    shares = (shares / shares.sum(axis=1, keepdims=True))[:, [2, 0, 1]]
    way = Adaptation(input_shape=(784,), order=(2, 0, 1))
    np.testing.assert_allclose(Interpreter(adapted(content, way, True)).probabilities(PICTURES), shares, rtol=1e-3)
    assert end_of(content) == "LOGISTIC"


def test_a_network_for_one_picture_at_a_time_reads_many_one_by_one() -> None:
    content, kernel = network((28, 28))
    way = Adaptation(input_shape=(28, 28), output=Output.LOGITS)
    found = Interpreter(adapted(content, way, False)).probabilities(PICTURES)
    np.testing.assert_allclose(found, softmax(PICTURES.reshape(3, -1) @ kernel), rtol=1e-3)


def test_what_the_last_layer_reads_comes_along() -> None:
    graph = Graph()
    picture = graph.picture((784,), batch=-1)
    random = np.random.default_rng(2)
    first, last = (random.normal(size=shape).astype(np.float32) * 0.1 for shape in ((784, 6), (6, 4)))
    hidden = graph.operation("RELU", (graph.dense(picture, first),), (6,))
    content = graph.end(picture, [graph.softmax(graph.dense(hidden, last))])
    interpreter = Interpreter(adapted(content, Adaptation(input_shape=(784,)), True))
    assert interpreter.units == 6
    np.testing.assert_allclose(
        interpreter.embeddings(PICTURES), np.maximum(PICTURES.reshape(3, -1) @ first, 0), rtol=1e-3, atol=1e-5
    )


@pytest.mark.parametrize(
    ("operation", "number", "scale"),
    [("MUL", 1 / 255, Scale.BYTES), ("MUL", 2.0, None), ("SUB", 127.5, Scale.BYTES), ("DIV", 255.0, Scale.BYTES)],
)
def test_a_network_that_scales_pixels_itself_says_what_they_are(
    operation: str, number: float, scale: Scale | None
) -> None:
    graph = Graph()
    picture = graph.picture((784,), batch=-1)
    constant = graph.constant(np.asarray(number, np.float32))
    scaled = graph.operation(operation, (picture, constant), (784,))
    kernel = np.ones((784, 3), np.float32)
    assert scale_of(graph.end(picture, [graph.dense(scaled, kernel)])) is scale


@pytest.mark.parametrize(
    ("shape", "sides"),
    [((784,), (28, 28, 1)), ((3072,), (32, 32, 3)), ((1, 784), (28, 28, 1)), ((28, 28), (28, 28, 1)),
     ((224, 224, 3), (224, 224, 3)), ((3, 20, 30), (20, 30, 3)), ((1, 28, 28), (28, 28, 1))],
)  # fmt: skip
def test_what_a_shape_means(shape: tuple[int, ...], sides: tuple[int, int, int]) -> None:
    layout = layout_of(shape)
    assert (layout.rows, layout.columns, layout.channels) == sides


@pytest.mark.parametrize("shape", [(100_001,), (28, 28, 2), (5, 28, 28)])
def test_a_shape_that_no_picture_has(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="no grey or colour picture"):
        layout_of(shape)


def test_words_say_how_pictures_are_shown() -> None:
    way = Adaptation(input_shape=(32, 32, 3), scale=Scale.SIGNED, polarity=Polarity.DARK_INK)
    assert way.words == "32 x 32, colour, pixels -1..1, dark ink, probabilities"

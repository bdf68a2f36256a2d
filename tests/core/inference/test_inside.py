"""The way of a picture through a network, compared with what LiteRT answers and with sums done by hand."""

import numpy as np
import pytest

from app.core.datasets.sources import load_dataset
from app.core.inference.explaining.inside import Inside, LayerOutput, NetworkInside, Unit
from app.core.inference.predictor import Predictor
from app.core.models.store import find_model

PICTURE = load_dataset("mnist", "starter").test.images[3].astype(np.float32) / np.float32(255)


@pytest.fixture(scope="module")
def fast() -> NetworkInside:
    return NetworkInside(find_model("fast-cnn"))


@pytest.fixture(scope="module")
def dense() -> NetworkInside:
    return NetworkInside(find_model("quickstart-mnist"))


def layer(inside: Inside, kind: str) -> LayerOutput:
    return next(each for each in inside.layers if each.type == kind)


@pytest.mark.parametrize("name", ["fast-cnn", "quickstart-mnist"])
def test_it_ends_in_the_answer_of_the_model(name: str) -> None:
    model = find_model(name)
    inside = NetworkInside(model).look(PICTURE)
    np.testing.assert_allclose(inside.probabilities, Predictor(model).predict(PICTURE).probabilities, atol=2e-4)
    assert inside.layers[-1].values.shape == (10,)
    assert layer(inside, "Dense").words.startswith("Dense")


def test_a_window_times_its_kernel_is_the_number_of_the_map(fast: NetworkInside) -> None:
    inside = fast.look(PICTURE)
    maps = layer(inside, "Conv2D")
    assert maps.words == f"Conv2D 5 × 5, relu: {' × '.join(map(str, maps.values.shape))}"
    for row, column in ((0, 0), (9, 12), (maps.values.shape[0] - 1, maps.values.shape[1] - 1)):
        added = fast.sum_at(inside, Unit(maps.name, 3), row, column)
        assert added is not None
        assert added.inputs.shape == added.weights.shape == (5, 5, 1)
        assert max(added.total, 0) == pytest.approx(maps.values[row, column, 3], abs=1e-5)
        assert added.given == maps.values[row, column, 3]


def test_a_pooling_layer_keeps_the_largest_of_its_window(fast: NetworkInside) -> None:
    inside = fast.look(PICTURE)
    pooled = layer(inside, "MaxPooling2D")
    window = fast.window_at(inside, Unit(pooled.name, 2), 4, 5)
    assert window is not None
    assert window.max() == pooled.values[4, 5, 2]
    assert fast.window_at(inside, Unit(layer(inside, "Conv2D").name, 2), 4, 5) is None


def test_a_dense_unit_is_a_sum_and_its_weights_are_a_picture(dense: NetworkInside) -> None:
    inside = dense.look(PICTURE)
    hidden = layer(inside, "Dense")
    unit = Unit(hidden.name, int(hidden.order[0]))
    added, weights = dense.sum_at(inside, unit), dense.weights(unit)
    assert added is not None
    assert weights is not None
    assert weights.shape == (28, 28, 1)
    assert max(added.total, 0) == pytest.approx(hidden.values[unit.number], abs=1e-4)
    assert (np.abs(hidden.values)[hidden.order] == np.sort(np.abs(hidden.values))[::-1]).all()


def test_the_largest_products_of_a_sum_come_first(dense: NetworkInside) -> None:
    inside = dense.look(PICTURE)
    added = dense.sum_at(inside, Unit(layer(inside, "Dense").name, 5))
    assert added is not None
    products = np.abs(PICTURE.ravel() * added.weights)
    first = added.largest(4)
    assert [products[place] for place in first] == sorted(products, reverse=True)[:4]
    blank = dense.sum_at(dense.look(np.zeros_like(PICTURE)), Unit(layer(inside, "Dense").name, 5))
    assert blank is not None
    assert blank.largest(4) == []


def test_a_unit_that_is_switched_off_changes_the_answer(dense: NetworkInside) -> None:
    inside = dense.look(PICTURE)
    assert inside.without is None
    hidden = layer(inside, "Dense")
    strongest, idle = Unit(hidden.name, int(hidden.order[0])), Unit(hidden.name, int(hidden.order[-1]))
    assert hidden.values[idle.number] == 0
    with_idle_off, with_strongest_off = dense.look(PICTURE, idle).without, dense.look(PICTURE, strongest).without
    assert with_idle_off is not None
    assert with_strongest_off is not None
    np.testing.assert_allclose(with_idle_off, inside.probabilities, atol=1e-6)
    assert np.abs(with_strongest_off - inside.probabilities).max() > 1e-4
    assert with_strongest_off.sum() == pytest.approx(1, abs=1e-5)


def test_the_pictures_that_a_unit_responds_to_most_are_found(dense: NetworkInside) -> None:
    images = load_dataset("mnist", "starter").train.images[:300]
    hidden = layer(dense.look(PICTURE), "Dense")
    unit = Unit(hidden.name, 7)
    found = dense.strongest(unit, images, 9, lambda: None)
    pixels = images.astype(np.float32) / 255
    responses = [dense.look(picture).layers for picture in pixels]
    values = [next(each for each in layers if each.name == hidden.name).values[7] for layers in responses]
    assert [values[number] for number in found] == pytest.approx(sorted(values, reverse=True)[:9], abs=1e-4)


def test_pictures_that_were_compared_once_are_known_for_all_units_up_to_that_layer(fast: NetworkInside) -> None:
    images, asked = load_dataset("mnist", "starter").train.images[:60], []
    inside = fast.look(PICTURE)
    first, pooled, hidden = (layer(inside, kind).name for kind in ("Conv2D", "MaxPooling2D", "Dense"))
    of_pooled = fast.strongest(Unit(pooled, 2), images, 9, lambda: asked.append(pooled))
    of_first = fast.strongest(Unit(first, 5), images, 9, lambda: asked.append(first))
    assert set(asked) == {pooled}
    fast.strongest(Unit(hidden, 5), images, 9, lambda: asked.append(hidden))
    assert hidden in asked
    assert of_pooled == fast.strongest(Unit(pooled, 2), images, 9, lambda: None)
    assert of_first == NetworkInside(fast.model).strongest(Unit(first, 5), images, 9, lambda: None)
    assert fast.strongest(Unit(first, 5), images[:0], 9, lambda: None) == []


def test_with_a_large_network_fewer_pictures_are_compared(fast: NetworkInside) -> None:
    assert fast.most_compared == 1000
    assert NetworkInside(find_model("clothes-cnn")).most_compared == 200

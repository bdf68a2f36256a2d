"""The diagram is sound SVG, says what the network is, and stays within its width."""

from itertools import pairwise
from xml.etree import ElementTree

import pytest

from app.core.config.config import TrainingConfig
from app.core.config.notation import parse_layers
from app.core.networks.diagram import LIGHT, WIDTH, diagram_svg, nodes
from app.core.networks.diagram_shapes import Drawing
from app.core.networks.summary import network_summary
from app.core.recipes import RECIPES, Recipe, find_recipe

SVG = "{http://www.w3.org/2000/svg}"


def config(layers: str) -> TrainingConfig:
    return RECIPES[0].config.changed(layers=parse_layers(layers))


def parsed(wanted: TrainingConfig, classes: int = 10, width: int = WIDTH) -> ElementTree.Element:
    return ElementTree.fromstring(diagram_svg(wanted, classes, LIGHT, width))


def texts(root: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}text")]


def titles(layers: str) -> list[str]:
    return [node.title for node in nodes(config(layers), network_summary(config(layers), 10))]


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.id)
def test_every_recipe_is_drawn_with_its_size(recipe: Recipe) -> None:
    root = parsed(recipe.config)
    assert root.tag == f"{SVG}svg"
    assert f"{network_summary(recipe.config, 10).parameters:,} parameters" in texts(root)


def test_labels_tell_shapes_settings_and_parameters() -> None:
    said = texts(parsed(config("conv2d 32 5x5 tanh same, batch_normalization, max_pooling2d 2, dense 64"), 26))
    for words in ("28x28x32", "5x5 tanh same", "832 params", "+ BatchNormalization", "128 params", "14x14x32", "26"):
        assert words in said


def test_what_keeps_the_shape_is_told_where_it_stands() -> None:
    assert titles("dropout 0.1, dense 9, batch_normalization, dropout 0.5") == ["Picture", "Flatten", "Dense", "Output"]
    assert "+ Dropout 0.5" in texts(parsed(config("dense 9, dropout 0.5")))


@pytest.mark.parametrize(
    ("layers", "words"), [("reshape 28x28x1", "the picture"), ("dense 9", "the picture, flattened")]
)
def test_the_bare_picture_has_an_edge_of_its_own(layers: str, words: str) -> None:
    wide = diagram_svg(config(f"{layers}, concatenate_input"), 10)
    assert words in wide
    assert wide.count(f'stroke="{LIGHT.skip}"') == 1
    assert LIGHT.skip not in diagram_svg(config(layers), 10)


def test_the_picture_is_flattened_on_its_edge_without_a_node() -> None:
    assert titles("dense 9, concatenate_input") == ["Picture", "Flatten", "Dense", "Concatenate", "Output"]


@pytest.mark.parametrize("width", [300, 480, 960, 2000])
def test_twenty_layers_wrap_within_the_width(width: int) -> None:
    root = parsed(find_recipe("lab-complex-fashion").config, width=width)
    assert int(root.attrib["width"]) <= width
    for text in root.iter(f"{SVG}text"):
        assert 0 <= float(text.attrib["x"]) <= int(root.attrib["width"])
        assert 0 <= float(text.attrib["y"]) <= int(root.attrib["height"])


def test_a_narrower_diagram_is_higher() -> None:
    wanted = find_recipe("lab-complex-fashion").config
    heights = [int(parsed(wanted, width=width).attrib["height"]) for width in (1600, 900, 450)]
    assert all(before < after for before, after in pairwise(heights))


def test_a_small_network_is_no_wider_than_it_must_be() -> None:
    assert int(parsed(find_recipe("quickstart-mnist").config).attrib["width"]) < 500


def test_a_network_that_does_not_fit_ends_in_a_cross() -> None:
    said = texts(parsed(config("dense 9, conv2d 8 3x3, dense 5")))
    assert "✗ Conv2D" in said
    assert "Output" not in said
    assert "✗ Too many layers" in texts(parsed(config(", ".join(["flatten"] * 101))))


@pytest.mark.parametrize("layers", ["", "dense 1", "reshape 4x196x1", "reshape 112x7x1, conv2d 512 1x1", "dense 4096"])
def test_extreme_shapes_can_be_drawn(layers: str) -> None:
    for classes in (1, 2, 10, 47, 1000):
        root = parsed(config(layers), classes)
        assert "nan" not in ElementTree.tostring(root, encoding="unicode")


def test_text_is_escaped() -> None:
    drawing = Drawing(LIGHT)
    drawing.text((1, 2), '<b> & "c"', 10, "#000000")
    root = ElementTree.fromstring(drawing.svg(10, 10, 'a "title" <with> & everything'))
    assert texts(root) == ['<b> & "c"']
    assert root.attrib["aria-label"] == 'a "title" <with> & everything'

"""Layers as a line of text."""

import pytest

from app.core.config.layers import BatchNormalization, Conv2D, Dense, Dropout, Reshape
from app.core.config.notation import layers_text, parse_layers
from app.core.errors import InputError
from app.core.recipes import RECIPES, Recipe


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.id)
def test_what_is_written_is_read_again(recipe: Recipe) -> None:
    assert parse_layers(layers_text(recipe.config.layers)) == recipe.config.layers


def test_a_line_means_what_it_says() -> None:
    layers = parse_layers(
        "conv2d 32 5x5 same elu he_normal l1=0.1,batch_normalization , reshape 2x3x4, dropout 0.5, dense 9"
    )
    assert layers == (
        Conv2D(filters=32, kernel_size=5, padding="same", activation="elu", kernel_initializer="he_normal", l1=0.1),
        BatchNormalization(),
        Reshape(rows=2, columns=3, channels=4),
        Dropout(rate=0.5),
        Dense(units=9),
    )
    assert parse_layers("  ") == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dence 5", "did you mean dense"),
        ("dense", "Units"),
        ("dense 0", "Units"),
        ("dense 5 magic", "magic"),
        ("dropout 1.5", "Rate"),
        ("conv2d 3 3x4", "3x4"),
        ("flatten 3", "'3'"),
        ("dense 5, ", "comma"),
        ("dense 5 type=flatten", "units"),
        ("dense 5 colour=red", "colour"),
    ],
)
def test_what_is_wrong_is_named(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        parse_layers(text)

"""The shapes, parameters and problems that are told without TensorFlow are those of the real Keras network."""

import random
import re
from typing import Any

import pytest

from app.core.config.config import TrainingConfig
from app.core.config.layers import (
    LAYER_KINDS,
    AveragePooling2D,
    BatchNormalization,
    ConcatenateInput,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    Layer,
    MaxPooling2D,
    Reshape,
)
from app.core.config.notation import layers_text, parse_layers
from app.core.errors import InputError
from app.core.networks.summary import (
    MOST_PARAMETERS,
    NetworkSummary,
    SummaryRow,
    check_network,
    network_summary,
    summary_cells,
    summary_text,
    summary_titles,
    summary_totals,
)
from app.core.recipes import RECIPES, Recipe, find_recipe

NETWORKS = {(recipe.config.layers, recipe.config.output): recipe for recipe in RECIPES}
"""Of the recipes that share a network, one."""


def config(layers: str | tuple[Layer, ...], **values: object) -> TrainingConfig:
    parsed = parse_layers(layers) if isinstance(layers, str) else layers
    return RECIPES[0].config.changed(layers=parsed, **values)


def summary(layers: str | tuple[Layer, ...], **values: object) -> NetworkSummary:
    return network_summary(config(layers, **values), 10)


def problem(layers: str, **values: object) -> str:
    (found,) = summary(layers, **values).problems
    return found.text


def keras_rows(wanted: TrainingConfig, classes: int = 10) -> list[SummaryRow]:
    """What Keras itself says of the network it builds."""
    import keras

    from app.core.networks.building import build_network

    keras.backend.clear_session(free_memory=False)  # names begin anew; collecting all rubbish takes long
    return [_keras_row(layer) for layer in build_network(wanted, classes).layers]


def _keras_row(layer: Any) -> SummaryRow:
    read = tuple(history.operation.name for history in _sources(layer))
    trainable = sum(weight.size for weight in map(_numbers, layer.trainable_weights))
    fixed = sum(weight.size for weight in map(_numbers, layer.non_trainable_weights))
    return SummaryRow(layer.name, type(layer).__name__, tuple(layer.output.shape[1:]), read, trainable, fixed)


def _sources(layer: Any) -> list[Any]:
    inputs = layer.input if isinstance(layer.input, list) else [layer.input]
    return [tensor._keras_history for tensor in inputs] if type(layer).__name__ != "InputLayer" else []


def _numbers(weight: Any) -> Any:
    return weight.numpy()


def without_positions(rows: tuple[SummaryRow, ...]) -> list[SummaryRow]:
    return [SummaryRow(row.name, row.type, row.shape, row.inputs, row.trainable, row.not_trainable) for row in rows]


def random_layers(numbers: random.Random) -> tuple[Layer, ...]:
    """Mostly sensible kinds with sizes that often, but not always, fit together."""
    kinds: list[Layer] = [
        Dense(units=numbers.choice((1, 9, 49, 196, 784))),
        Conv2D(
            filters=numbers.randint(1, 6),
            kernel_size=numbers.choice((1, 2, 3, 5, 11)),
            padding=numbers.choice(("valid", "same")),
        ),
        MaxPooling2D(pool_size=numbers.choice((2, 3, 7))),
        AveragePooling2D(pool_size=numbers.choice((2, 3, 7))),
        BatchNormalization(),
        Dropout(rate=0.5),
        Flatten(),
        GlobalAveragePooling2D(),
        numbers.choice(
            (
                Reshape(),
                Reshape(rows=7, columns=7, channels=4),
                Reshape(rows=7, columns=7, channels=1),
                Reshape(rows=3, columns=3, channels=1),
            )
        ),
        ConcatenateInput(),
    ]
    assert {type(kind) for kind in kinds} == {type(layer) for layer in LAYER_KINDS}
    weights = (4, 5, 2, 2, 2, 1, 1, 1, 2, 2)
    return tuple(numbers.choices(kinds, weights, k=numbers.randint(0, 6)))


@pytest.mark.usefixtures("tensorflow")
@pytest.mark.parametrize("recipe", NETWORKS.values(), ids=lambda recipe: recipe.id)
def test_the_network_of_every_recipe_is_what_keras_builds(recipe: Recipe) -> None:
    told = network_summary(recipe.config, 10)
    assert without_positions(told.rows) == keras_rows(recipe.config)
    assert (told.problems, told.warnings) == ((), ())


@pytest.mark.usefixtures("tensorflow")
def test_random_networks_fit_where_keras_says_so_and_nowhere_else() -> None:
    numbers = random.Random(2026)
    fitting = misfits = 0
    for _ in range(120):
        wanted = config(random_layers(numbers))
        told = network_summary(wanted, 7)
        if told.problems:
            misfits += 1
            with pytest.raises(ValueError):  # noqa: PT011 - Keras has many wordings
                keras_rows(wanted, 7)
        else:
            fitting += 1
            assert without_positions(told.rows) == keras_rows(wanted, 7), layers_text(wanted.layers)
    assert min(fitting, misfits) >= 30


@pytest.mark.usefixtures("tensorflow")
@pytest.mark.parametrize("recipe_id", ["tuning-512x512-02", "lab-cnn-mnist", "lab-functional-mnist"])
def test_totals_are_those_of_keras(recipe_id: str) -> None:
    from app.core.networks.building import build_network

    told, network = network_summary(find_recipe(recipe_id).config, 10), build_network(find_recipe(recipe_id).config, 10)
    assert told.parameters == network.count_params()
    assert told.trainable == sum(int(_numbers(weight).size) for weight in network.trainable_weights)
    assert told.trainable + told.not_trainable == told.parameters


def test_a_network_without_hidden_layers_flattens_and_answers() -> None:
    rows = summary(()).rows
    assert [(row.name, row.shape, row.parameters) for row in rows] == [
        ("input_layer", (28, 28, 1), 0),
        ("flatten", (784,), 0),
        ("dense", (10,), 7850),
    ]


def test_rows_know_which_layer_they_are() -> None:
    rows = summary("conv2d 8 3x3, dense 5").rows
    assert [(row.name, row.position) for row in rows] == [
        ("input_layer", None),
        ("conv2d", 0),
        ("flatten", None),
        ("dense", 1),
        ("dense_1", None),
    ]


def test_the_wide_and_deep_network_branches() -> None:
    assert network_summary(find_recipe("lab-functional-mnist").config, 10).branches
    assert not network_summary(find_recipe("lab-cnn-mnist").config, 10).branches


def test_a_layer_that_lost_its_rows_names_the_one_that_took_them() -> None:
    assert problem("conv2d 8 3x3, flatten, max_pooling2d 2") == (
        "Layer 3, MaxPooling2D: needs rows and columns, but layer 2, Flatten, has flattened the picture; "
        "move it before that layer, or remove one of the two."
    )
    assert "but layer 1, Dense, has flattened" in problem("dense 9, dropout 0.1, conv2d 8 3x3")


def test_a_kernel_larger_than_what_is_left_is_told_its_limit() -> None:
    said = problem("max_pooling2d 7, conv2d 8 5x5")
    assert said.startswith("Layer 2, Conv2D: a kernel of 5x5 does not fit into the 4x4 that are left; make it 4x4 or ")
    assert summary("max_pooling2d 7, conv2d 8 4x4").problems == ()
    assert summary("max_pooling2d 7, conv2d 8 5x5 same").problems == ()


def test_pooling_to_nothing_is_a_problem() -> None:
    assert "Layer 3, MaxPooling2D: squares of 2x2 do not fit into the 1x1" in problem(
        "max_pooling2d 7, average_pooling2d 4, max_pooling2d 2"
    )


def test_a_reshape_says_how_many_numbers_it_takes_and_gets() -> None:
    assert "Layer 2, Reshape: 28x28x1 takes 784 numbers, but its input has 512" in problem("dense 512, reshape 28x28x1")


def test_joining_the_picture_to_smaller_maps_is_a_problem() -> None:
    assert "the picture has 28x28 pixels, but the feature maps have 14x14" in problem(
        "max_pooling2d 2, concatenate_input"
    )
    assert summary("max_pooling2d 2, flatten, concatenate_input").rows[-2].shape == (14 * 14 + 784,)


def test_rows_end_before_the_layer_that_does_not_fit() -> None:
    told = summary("dense 5, conv2d 8 3x3, dense 4")
    assert [row.name for row in told.rows] == ["input_layer", "flatten", "dense"]
    assert told.problems[0].position == 1


def test_a_network_too_large_for_memory_names_its_largest_layer() -> None:
    said = problem("conv2d 64 3x3 same, dense 4096")
    assert f"more than the {MOST_PARAMETERS:,} it may have; layer 2, Dense, has 205,524,992 of them" in said
    assert "GB of memory" in problem("conv2d 512 3x3 same, " * 6 + "global_average_pooling2d", batch_size=1024)
    assert "101 layers" in problem(", ".join(["dropout 0.1"] * 101))


def test_check_network_raises_the_first_problem() -> None:
    check_network(config("dense 5"), 10)
    with pytest.raises(InputError, match="Layer 1, Reshape"):
        check_network(config("reshape 5x5x5"), 10)


@pytest.mark.parametrize(
    ("layers", "warning"),
    [
        ("dense 9 softmax", "Layer 1, Dense: a softmax in a hidden layer"),
        ("dense 9 zeros", "all weights 0"),
        ("dense 9 linear, dropout 0.1, dense 9", "without an activation"),
        ("dense 9 linear", "without an activation"),
        ("dense 9, flatten", "Layer 2, Flatten: does nothing"),
        ("dropout 0", "Layer 1, Dropout: does nothing"),
        ("batch_normalization, batch_normalization", "Layer 2, BatchNormalization: normalizes"),
        ("dropout 0.9", "lets only 10%"),
        ("max_pooling2d 7, conv2d 8 5x5 same", "5x5 kernel is larger than the 4x4"),
        ("conv2d 32 3x3, dense 512", "has 11,076,096 weights, because its input is 26x26x32"),
    ],
)
def test_what_is_legal_but_doubtful_is_a_warning(layers: str, warning: str) -> None:
    told = summary(layers)
    assert told.problems == ()
    assert len(told.warnings) == 1
    assert warning in told.warnings[0].text


def test_a_linear_layer_before_a_normalization_is_no_doubt() -> None:
    assert summary("dense 9 linear, batch_normalization, dense 9").warnings == ()


def test_the_table_of_the_quickstart() -> None:
    assert summary_text(network_summary(find_recipe("quickstart-mnist").config, 10)) == (
        "Layer (type)              Output Shape       Param #\n"
        "────────────────────────────────────────────────────\n"
        "input_layer (InputLayer)  (None, 28, 28, 1)        0\n"
        "flatten (Flatten)         (None, 784)              0\n"
        "dense (Dense)             (None, 128)        100,480\n"
        "dropout (Dropout)         (None, 128)              0\n"
        "dense_1 (Dense)           (None, 10)           1,290\n"
        "────────────────────────────────────────────────────\n"
        "Total params: 101,770 (397.54 KB)\n"
        "Trainable params: 101,770 (397.54 KB)\n"
        "Non-trainable params: 0 (0.00 B)"
    )


def test_a_network_that_branches_says_what_is_connected() -> None:
    summary = network_summary(find_recipe("lab-functional-mnist").config, 10)
    assert summary_titles(summary)[-1] == "Connected to"
    assert summary_cells(summary)[13][-1] == "reshape[0][0], input_layer[0][0]"


@pytest.mark.usefixtures("tensorflow")
@pytest.mark.parametrize("recipe_id", ["quickstart-mnist", "lab-cnn-mnist", "lab-functional-mnist"])
def test_every_cell_and_total_is_in_keras_own_table(recipe_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import keras

    from app.core.networks.building import build_network

    config = find_recipe(recipe_id).config
    keras.backend.clear_session(free_memory=False)
    monkeypatch.setenv("COLUMNS", "200")
    lines: list[str] = []
    build_network(config, 10).summary(line_length=160, print_fn=lines.append)
    printed = re.sub(r"\s+", " ", "\n".join(lines))
    summary = network_summary(config, 10)
    for cells in summary_cells(summary):
        assert all(cell.split(",")[0] in printed for cell in cells)
    assert all(total in printed for total in summary_totals(summary))

"""The part of a Keras script that builds the network."""

from collections.abc import Iterator, Sequence

from app.core.config.config import TrainingConfig
from app.core.config.layers import Layer, is_flat
from app.core.networks.shapes import network_summary

# Python source, put together line by line as a formatter would lay it out.

WIDTH = 88
"""The usual width of formatted Python."""


def call(function: str, arguments: Sequence[str], indent: int = 0, prefix: str = "", suffix: str = "") -> list[str]:
    """A call as lines: on one if that fits into `WIDTH`, otherwise an argument a line."""
    margin = " " * indent
    line = f"{margin}{prefix}{function}({', '.join(arguments)}){suffix}"
    if len(line) <= WIDTH:
        return [line]
    inner = [f"{margin}    {argument}," for argument in arguments]
    return [f"{margin}{prefix}{function}(", *inner, f"{margin}){suffix}"]


def keywords(**values: object) -> list[str]:
    """Arguments by name, as source."""
    return [f"{name}={_source(value)}" for name, value in values.items()]


def _source(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


Call = tuple[str, list[str]]
"""A Keras layer: its class and its arguments, as source."""


def network_lines(config: TrainingConfig, classes: str) -> list[str]:
    """Source that makes `model`: a list of layers, or the functional way where the picture is joined in.

    `classes` is the number of classes as source. A network that augments begins with the layer `augment`.
    """
    if any(layer.is_input_joined for layer in config.layers):
        return _functional(config, classes)
    lines = ["model = keras.Sequential(", "    [", "        keras.Input((28, 28, 1)),"]
    lines += ["        augment,"] if config.augments else []
    for layer, _ in _calls(config, classes):
        lines += call(*layer, indent=8, suffix=",")
    return [*lines, "    ]", ")"]


def _functional(config: TrainingConfig, classes: str) -> list[str]:
    lines = ["inputs = keras.Input((28, 28, 1))"]
    lines += ["picture = augment(inputs)"] if config.augments else []
    picture = "picture" if config.augments else "inputs"
    values = picture
    for (function, arguments), given_flat in _calls(config, classes):
        if function == "layers.Concatenate":
            joined = f"layers.Flatten()({picture})" if given_flat else picture
            lines.append(f"x = layers.Concatenate()([{values}, {joined}])")
        else:
            lines += call(function, arguments, prefix="x = ", suffix=f"({values})")
        values = "x"
    return [*lines, "model = keras.Model(inputs, x)"]


def _calls(config: TrainingConfig, classes: str) -> Iterator[tuple[Call, bool]]:
    """Every layer, also those that flatten what a dense one gets, and whether it is given flat values."""
    rows = network_summary(config, classes=1).rows
    shapes = {row.name: row.shape for row in rows}
    joined = {name for row in rows for name in row.inputs[1:]}
    for row in rows[1:-1]:
        if row.name not in joined:
            call = ("layers.Flatten", []) if row.position is None else _call(config.layers[row.position])
            yield call, is_flat(shapes[row.inputs[0]])
    answer = {"activation": "softmax"} if config.output == "softmax" else {}
    if config.output_initializer != "glorot_uniform":
        answer["kernel_initializer"] = config.output_initializer
    yield ("layers.Dense", [classes, *keywords(**answer)]), True


_KERAS_DEFAULTS = {"activation": "linear", "padding": "valid", "kernel_initializer": "glorot_uniform"}


def _call(layer: Layer) -> Call:
    """Numbers by their place, words by their names where they are not Keras' default."""
    arguments = layer.arguments()
    penalties = {name.upper(): arguments.pop(name) for name in ("l1", "l2") if name in arguments}
    used = {name: value for name, value in penalties.items() if value}
    words = {
        name: value
        for name, value in arguments.items()
        if isinstance(value, str) and value != _KERAS_DEFAULTS.get(name)
    }
    source = [repr(value) for value in arguments.values() if not isinstance(value, str)] + keywords(**words)
    if used:
        penalty = "".join(used)  # L1, L2 or L1L2
        source.append(f"kernel_regularizer=regularizers.{penalty}({', '.join(map(repr, used.values()))})")
    return f"layers.{layer.keras_name}", source

"""The part of a Keras script that builds the network."""

from collections.abc import Iterator, Sequence

from app.core.config.config import TrainingConfig
from app.core.config.layers import (
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
    if any(isinstance(layer, ConcatenateInput) for layer in config.layers):
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
    for (function, arguments), is_flat in _calls(config, classes):
        if function == "layers.Concatenate":
            joined = f"layers.Flatten()({picture})" if is_flat else picture
            lines.append(f"x = layers.Concatenate()([{values}, {joined}])")
        else:
            lines += call(function, arguments, prefix="x = ", suffix=f"({values})")
        values = "x"
    return [*lines, "model = keras.Model(inputs, x)"]


def _calls(config: TrainingConfig, classes: str) -> Iterator[tuple[Call, bool]]:
    """Every layer, also those that flatten what a dense one gets, and whether it is given flat values."""
    is_flat = False
    for layer in config.layers:
        if isinstance(layer, Dense) and not is_flat:
            yield ("layers.Flatten", []), is_flat
            is_flat = True
        yield _call(layer), is_flat
        is_flat = isinstance(layer, Flatten | GlobalAveragePooling2D) or (is_flat and not isinstance(layer, Reshape))
    if not is_flat:
        yield ("layers.Flatten", []), is_flat
    answer = {"activation": "softmax"} if config.output == "softmax" else {}
    if config.output_initializer != "glorot_uniform":
        answer["kernel_initializer"] = config.output_initializer
    yield ("layers.Dense", [classes, *keywords(**answer)]), True


def _call(layer: Layer) -> Call:
    match layer:
        case Dense():
            return "layers.Dense", [str(layer.units), *_weighted(layer)]
        case Conv2D():
            padding = keywords(padding="same") if layer.padding == "same" else []
            return "layers.Conv2D", [str(layer.filters), str(layer.kernel_size), *padding, *_weighted(layer)]
        case MaxPooling2D():
            return "layers.MaxPooling2D", [str(layer.pool_size)]
        case AveragePooling2D():
            return "layers.AveragePooling2D", [str(layer.pool_size)]
        case GlobalAveragePooling2D():
            return "layers.GlobalAveragePooling2D", []
        case BatchNormalization():
            return "layers.BatchNormalization", []
        case Dropout():
            return "layers.Dropout", [repr(layer.rate)]
        case Flatten():
            return "layers.Flatten", []
        case Reshape():
            return "layers.Reshape", [f"({layer.rows}, {layer.columns}, {layer.channels})"]
        case ConcatenateInput():
            return "layers.Concatenate", []


def _weighted(layer: Dense | Conv2D) -> list[str]:
    """Activation, initializer and penalty, where they are not Keras' usual ones."""
    values: dict[str, str] = {"activation": layer.activation} if layer.activation != "linear" else {}
    if layer.kernel_initializer != "glorot_uniform":
        values["kernel_initializer"] = layer.kernel_initializer
    penalty = []
    if layer.l1 and layer.l2:
        penalty = [f"kernel_regularizer=regularizers.L1L2({layer.l1!r}, {layer.l2!r})"]
    elif layer.l1 or layer.l2:
        name = "L1" if layer.l1 else "L2"
        penalty = [f"kernel_regularizer=regularizers.{name}({layer.l1 or layer.l2!r})"]
    return [*keywords(**values), *penalty]

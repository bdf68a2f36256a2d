"""Layers in a line of text: "conv2d 32 3x3 relu, max_pooling2d 2, dropout 0.25, dense 128 relu l2=0.0001".

One reads it in tables and legends, types it in a form, and gives it to `--set layers=`.
"""

import re
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError

from app.core.config.layers import (
    Activation,
    AveragePooling2D,
    Conv2D,
    Dense,
    Dropout,
    Initializer,
    Layer,
    MaxPooling2D,
    Reshape,
)
from app.core.config.problems import first_problem
from app.core.errors import InputError

_LAYER: TypeAdapter[Layer] = TypeAdapter(Layer)
_FIRST_NUMBER = {
    "dense": "units",
    "conv2d": "filters",
    "max_pooling2d": "pool_size",
    "average_pooling2d": "pool_size",
    "dropout": "rate",
}
_KINDS = (*_FIRST_NUMBER, "global_average_pooling2d", "batch_normalization", "flatten", "reshape", "concatenate_input")


_WORDS = (
    ("activation", "an activation", get_args(Activation)),
    ("padding", "a padding", ("same", "valid")),
    ("kernel_initializer", "an initializer", get_args(Initializer)),
)
"""Words that say themselves which field they set."""


def layers_text(layers: tuple[Layer, ...]) -> str:
    """The layers as `parse_layers` reads them; an empty text for none."""
    return ", ".join(layer_text(layer) for layer in layers)


def layer_text(layer: Layer) -> str:
    """One layer: its kind and whatever differs from what is usual."""
    words: list[str] = [layer.type]
    match layer:
        case Dense():
            words += [str(layer.units), layer.activation]
        case Conv2D():
            words += [str(layer.filters), f"{layer.kernel_size}x{layer.kernel_size}", layer.activation]
            words += ["same"] if layer.padding == "same" else []
        case MaxPooling2D() | AveragePooling2D():
            words.append(str(layer.pool_size))
        case Dropout():
            words.append(f"{layer.rate:g}")
        case Reshape():
            words.append(f"{layer.rows}x{layer.columns}x{layer.channels}")
        case _:
            pass
    if isinstance(layer, Dense | Conv2D):
        words += [layer.kernel_initializer] if layer.kernel_initializer != "glorot_uniform" else []
        words += [f"{name}={getattr(layer, name):g}" for name in ("l1", "l2") if getattr(layer, name)]
    return " ".join(words)


def parse_layers(text: str) -> tuple[Layer, ...]:
    """The layers of a line of text; none for an empty one. Raises InputError naming the part it does not understand."""
    return tuple(_parse_layer(part) for part in text.split(",")) if text.strip() else ()


def _parse_layer(text: str) -> Layer:
    kind, *words = text.split() or [""]
    if not kind:
        raise InputError("A layer is missing beside a comma; name one, or remove the comma.")
    if kind not in _KINDS:
        close = get_close_matches(kind.lower(), _KINDS, 1)
        hint = f"did you mean {close[0]}?" if close else f"use one of: {', '.join(_KINDS)}."
        raise InputError(f"'{kind}' is not a layer; {hint}")
    values: dict[str, Any] = {"type": kind}
    for position, word in enumerate(words):
        values |= _value(kind, word, position, text)
    try:
        return _LAYER.validate_python(values)
    except ValidationError as error:
        raise InputError(f"In the layer '{text.strip()}': {first_problem(error)}") from None


def _value(kind: str, word: str, position: int, text: str) -> dict[str, Any]:
    """The field that one word sets."""
    name, separator, value = word.partition("=")
    if separator:
        return {name: value}
    if position == 0 and kind in _FIRST_NUMBER:
        return {_FIRST_NUMBER[kind]: word}
    if kind == "reshape" and (sizes := re.fullmatch(r"(\d+)x(\d+)x(\d+)", word)):
        return dict(zip(("rows", "columns", "channels"), sizes.groups(), strict=True))
    if kind == "conv2d" and (sizes := re.fullmatch(r"(\d+)x\1", word)):
        return {"kernel_size": sizes[1]}
    for field, _, words in _WORDS:
        if word in words:
            return {field: word}
    for _, noun, words in _WORDS:
        if close := get_close_matches(word.lower(), words, 1):
            raise InputError(f"In the layer '{text.strip()}': '{word}' is not {noun}; did you mean {close[0]}?")
    raise InputError(f"In the layer '{text.strip()}': '{word}' is not understood.")

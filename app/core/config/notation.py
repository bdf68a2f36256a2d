"""Layers in a line of text: "conv2d 32 3x3 relu, max_pooling2d 2, dropout 0.25, dense 128 relu l2=0.0001".

One reads it in tables and legends, types it in a form, and gives it to `--set layers=`.
"""

import re
from difflib import get_close_matches
from typing import Any

from pydantic import TypeAdapter, ValidationError

from app.core.config.form import fields_of
from app.core.config.layers import LAYER_KINDS, Layer
from app.core.config.problems import first_problem
from app.core.errors import InputError

_LAYER: TypeAdapter[Layer] = TypeAdapter(Layer)
_KINDS: dict[str, Layer] = {layer.type: layer for layer in LAYER_KINDS}
_CHOICES = {field.name: field for layer in LAYER_KINDS for field in fields_of(type(layer)) if field.choices}
"""Fields that are set by words which say themselves what they are: activation, padding, initializer."""


def layers_text(layers: tuple[Layer, ...]) -> str:
    """The layers as `parse_layers` reads them; an empty text for none."""
    return ", ".join(layer_text(layer) for layer in layers)


def layer_text(layer: Layer) -> str:
    """One layer: its kind and whatever differs from what is usual."""
    return f"{layer.type} {layer.details}".strip()


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
    """The fields that one word sets."""
    layer = _KINDS[kind]
    name, separator, value = word.partition("=")
    if separator:
        return {name: value}
    if position == 0 and layer.number:
        return {layer.number: word}
    if re.fullmatch(r"\d+(x\d+)+", word):
        sizes = word.split("x")
        values = dict(zip(layer.sizes, sizes, strict=False))
        if [values.get(name) for name in layer.sizes] == sizes:
            return values
    for field in _CHOICES.values():
        if word in field.choices:
            return {field.name: word}
    for field in _CHOICES.values():
        if close := get_close_matches(word.lower(), field.choices, 1):
            noun = field.title.lower()
            noun = f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
            raise InputError(f"In the layer '{text.strip()}': '{word}' is not {noun}; did you mean {close[0]}?")
    raise InputError(f"In the layer '{text.strip()}': '{word}' is not understood.")

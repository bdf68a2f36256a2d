"""What is legal in a network but seldom meant: each rule knows one doubtful thing and says it in a sentence."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from app.core.config.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    Shape,
    is_flat,
    shape_text,
)

# What there is to say about a network before it is trained.


@dataclass(frozen=True)
class Finding:
    """A sentence about the layer at `position` of the config's layers, or about the whole network (None)."""

    text: str
    position: int | None = None


def layer_label(position: int, layer: Layer) -> str:
    """How sentences name a layer: "Layer 3, Conv2D"."""
    return f"Layer {position + 1}, {layer.title}"


_MUCH_DROPOUT = 0.8
_MANY_WEIGHTS = 5_000_000
_PASSING = (Dropout, Flatten)
"""Layers that change no number but where it stands, or whether it counts."""


def network_warnings(layers: tuple[Layer, ...], incoming: Sequence[Shape]) -> tuple[Finding, ...]:
    """Warnings for layers that fit together; `incoming` is the shape that comes to each."""
    return tuple(
        Finding(f"{layer_label(position, layers[position])}: {text}", position)
        for position in range(len(layers))
        for rule in _RULES
        for text in rule(layers, position, incoming[position])
    )


def _hidden_softmax(layers: tuple[Layer, ...], position: int, _shape: Shape) -> Iterator[str]:
    layer = layers[position]
    if isinstance(layer, Dense | Conv2D) and layer.activation == "softmax":
        yield "a softmax in a hidden layer lets its units compete for a sum of 1 and passes little on; relu is usual."


def _zeros(layers: tuple[Layer, ...], position: int, _shape: Shape) -> Iterator[str]:
    layer = layers[position]
    if isinstance(layer, Dense | Conv2D) and layer.kernel_initializer == "zeros":
        yield "with all weights 0 at the start its units stay equal, and it hardly learns; use random weights."


def _linear(layers: tuple[Layer, ...], position: int, _shape: Shape) -> Iterator[str]:
    layer = layers[position]
    following = next((later for later in layers[position + 1 :] if not isinstance(later, _PASSING)), None)
    if (
        isinstance(layer, Dense)
        and layer.activation == "linear"
        and (following is None or isinstance(following, Dense))
    ):
        yield "without an activation it and the next dense layer do no more than one; add an activation, or remove it."


def _idle(layers: tuple[Layer, ...], position: int, shape: Shape) -> Iterator[str]:
    layer = layers[position]
    if isinstance(layer, Flatten) and is_flat(shape):
        yield "does nothing, since its input is flat already."
    if isinstance(layer, Dropout) and layer.rate == 0:
        yield "does nothing at a rate of 0."
    if isinstance(layer, BatchNormalization) and position and isinstance(layers[position - 1], BatchNormalization):
        yield "normalizes again what the layer before it has normalized."


def _much_dropout(layers: tuple[Layer, ...], position: int, _shape: Shape) -> Iterator[str]:
    layer = layers[position]
    if isinstance(layer, Dropout) and layer.rate > _MUCH_DROPOUT:
        yield f"lets only {1 - layer.rate:.0%} of the values through in training; 0.2 to 0.5 is usual."


def _padding_only(layers: tuple[Layer, ...], position: int, shape: Shape) -> Iterator[str]:
    layer = layers[position]
    if isinstance(layer, Conv2D) and layer.kernel_size > max(shape[:2]):
        kernel = shape_text((layer.kernel_size, layer.kernel_size))
        yield f"its {kernel} kernel is larger than the {shape_text(shape[:2])} it sees: the rest is padding."


def _many_weights(layers: tuple[Layer, ...], position: int, shape: Shape) -> Iterator[str]:
    layer = layers[position]
    if isinstance(layer, Dense) and not is_flat(shape):
        flat = shape[0] * shape[1] * shape[2]
        weights, _ = layer.weights((flat,))
        if weights > _MANY_WEIGHTS:
            yield f"has {weights:,} weights, because its input is {shape_text(shape)}; pooling first saves most."


_RULES: tuple[Callable[[tuple[Layer, ...], int, Shape], Iterator[str]], ...] = (
    _hidden_softmax,
    _zeros,
    _linear,
    _idle,
    _much_dropout,
    _padding_only,
    _many_weights,
)

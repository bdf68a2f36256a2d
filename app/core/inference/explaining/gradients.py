"""A stored network in NumPy: its answers, what goes into its last layer, and gradients with respect to the picture.

LiteRT cannot differentiate, and TensorFlow takes seconds to load and belongs to the training thread. The weights are
read from `model.keras`, a zip of open formats; what they mean comes from the declared layers of the card alone.
"""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from app.core.errors import InputError
from app.core.inference.explaining import operations
from app.core.inference.explaining.operations import Array, Done
from app.core.models import layers as declared
from app.core.models.shapes import NetworkSummary, SummaryRow, network_summary
from app.core.models.store import KERAS_FILE, StoredModel, file_sha256

BATCH = 8
"""The windows of so few pictures stay in the processor's cache, and take about a hundredth of a second."""

_WEIGHTS = "model.weights.h5"
_FLOAT_BYTES = 4
_LARGEST_OVERHEAD = 4 * 2**20
"""Bytes of a file of weights that are no weights, with room to spare."""

Operation = Callable[[Array], Done]


@dataclass(frozen=True)
class _Node:
    """One layer: what it reads, by name. Two inputs are joined first."""

    name: str
    inputs: tuple[str, ...]
    operation: Operation


class Network:
    """A network from pictures (n, 28, 28) float32 in [0, 1] to logits (n, classes) float32."""

    def __init__(self, picture: str, nodes: tuple[_Node, ...]) -> None:
        """`nodes` in the order in which they can be worked through, `picture` the name of what the first one reads."""
        self._picture, self._nodes = picture, nodes

    def logits(self, images: Array) -> Array:
        """Logits (n, classes) of pictures (n, 28, 28)."""
        return self._forward(images)[self._nodes[-1].name]

    def features(self, images: Array) -> Array:
        """What goes into the last layer, (n, numbers), for pictures (n, 28, 28)."""
        name = self._nodes[-1].inputs[0]
        parts = [self._forward(images[start : start + BATCH])[name] for start in range(0, len(images), BATCH)]
        return np.concatenate(parts)

    def gradients(self, images: Array, weights: Array) -> Array:
        """The gradient of `logits @ weights` with respect to the pictures (n, 28, 28); `weights` is (classes,)."""
        backs: list[operations.Back] = []
        self._forward(images, backs)
        last = self._nodes[-1].name
        gradients = {last: np.broadcast_to(weights.astype(np.float32), (len(images), len(weights)))}
        for node, back in zip(reversed(self._nodes), reversed(backs), strict=True):
            given = back(gradients.pop(node.name))
            start = 0
            for name in node.inputs:
                end = given.shape[-1] if name == node.inputs[-1] else start + self._widths[name]
                part = given[..., start:end]
                gradients[name] = gradients[name] + part if name in gradients else part
                start = end
        return np.ascontiguousarray(gradients[self._picture][..., 0])

    def _forward(self, images: Array, backs: list[operations.Back] | None = None) -> dict[str, Array]:
        """The output of every layer by name; the ways back are put into `backs`."""
        values: dict[str, Array] = {self._picture: np.ascontiguousarray(images[..., None], np.float32)}
        for node in self._nodes:
            given = [values[name] for name in node.inputs]
            values[node.name], back = node.operation(given[0] if len(given) == 1 else np.concatenate(given, axis=-1))
            if backs is not None:
                backs.append(back)
        self._widths = {name: value.shape[-1] for name, value in values.items()}
        return values


def load_network(model: StoredModel) -> Network:
    """Read the network of a stored model.

    Raises:
        InputError: the file is damaged, is not its card's, or does not hold what the card declares.

    """
    card = model.card
    summary = network_summary(card.config, len(card.class_names))
    if summary.problems:
        raise InputError(f"The card of '{card.name}' declares no network: {summary.problems[0].text}")
    try:
        if file_sha256(model.folder / KERAS_FILE) != card.files.get(KERAS_FILE):
            raise ValueError("not the file of the card")
        content = _weights_file(model, summary)
        return Network(summary.rows[0].name, _nodes(model, summary, content))
    except (OSError, ValueError, KeyError, RuntimeError, TypeError, zipfile.BadZipFile) as error:
        raise InputError(
            f"The weights of '{card.name}' cannot be read from {KERAS_FILE}; train it again or choose another model."
        ) from error


def _weights_file(model: StoredModel, summary: NetworkSummary) -> bytes:
    """The file of weights inside the zip. Raises ValueError if it is larger than the weights can be."""
    with zipfile.ZipFile(model.folder / KERAS_FILE) as archive:
        if archive.getinfo(_WEIGHTS).file_size > 2 * _FLOAT_BYTES * summary.parameters + _LARGEST_OVERHEAD:
            raise ValueError("more than the declared weights")
        return archive.read(_WEIGHTS)


def _nodes(model: StoredModel, summary: NetworkSummary, content: bytes) -> tuple[_Node, ...]:
    import h5py  # loads in a twentieth of a second; only who asks why needs it

    layers, shapes = model.card.config.layers, {row.name: row.shape for row in summary.rows}
    with h5py.File(io.BytesIO(content), "r") as file:

        def node(row: SummaryRow) -> _Node:
            reads = shapes[row.inputs[0]]
            layer = None if row.position is None else layers[row.position]
            return _Node(row.name, row.inputs, _operation(layer, row, reads, _Weights(file, row.name)))

        return tuple(node(row) for row in summary.rows[1:])


class _Weights:
    """The arrays of one layer in a Keras file."""

    def __init__(self, file: Any, layer: str) -> None:
        self._file, self._layer = file, layer

    def array(self, number: int, shape: tuple[int, ...]) -> Array:
        """The array `number`. Raises KeyError or ValueError if it is not there, not finite or of another shape."""
        stored = self._file[f"layers/{self._layer}/vars/{number}"]
        if tuple(stored.shape) != shape:
            raise ValueError("not the declared shape")
        values = np.asarray(stored[()], np.float32)
        if not np.isfinite(values).all():
            raise ValueError("not finite")
        return values


def _operation(layer: declared.Layer | None, row: SummaryRow, reads: tuple[int, ...], weights: _Weights) -> Operation:
    """What a row of the summary does; `reads` is the shape of its first input."""
    match layer:
        case None if row.type == "Dense":  # the last layer; its softmax, if it has one, is left out
            return _dense(reads, row.shape[0], "linear", weights)
        case declared.Dense():
            return _dense(reads, layer.units, layer.activation, weights)
        case declared.Conv2D():
            kernel = weights.array(0, (layer.kernel_size, layer.kernel_size, reads[2], layer.filters))
            bias = weights.array(1, (layer.filters,))
            return operations.Convolution(kernel, bias, layer.activation, layer.padding == "same")
        case declared.BatchNormalization():
            return _scaling(reads[-1:], weights)
        case declared.MaxPooling2D():
            return operations.MaxPooling(layer.pool_size)
        case declared.AveragePooling2D():
            return operations.AveragePooling(layer.pool_size)
        case declared.GlobalAveragePooling2D():
            return operations.global_average
        case declared.Dropout() | declared.ConcatenateInput():
            return operations.unchanged
        case _:  # Flatten, Reshape, and the flattening that building adds
            return operations.Reshaping(row.shape)


def _dense(reads: tuple[int, ...], units: int, activation: declared.Activation, weights: _Weights) -> Operation:
    kernel, bias = weights.array(0, (prod(reads), units)), weights.array(1, (units,))
    return operations.Dense(kernel, bias, activation)


def _scaling(shape: tuple[int, ...], weights: _Weights) -> Operation:
    gamma, beta, mean, variance = (weights.array(number, shape) for number in range(4))
    scale = np.asarray(gamma / np.sqrt(np.maximum(variance, 0) + operations.EPSILON), np.float32)
    return operations.Scaling(scale, np.asarray(beta - mean * scale, np.float32))

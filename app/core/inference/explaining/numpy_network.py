"""A network in NumPy: what every layer makes of a picture, its logits, and gradients with respect to the picture.

LiteRT cannot differentiate, and TensorFlow takes seconds to load and belongs to the training thread. The weights are
those of a snapshot, or are read from `model.keras`, a zip of open formats; what they mean comes from the declared
layers of the config alone.
"""

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, Protocol

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from app.core.config import layers as declared
from app.core.config.config import TrainingConfig
from app.core.config.layers import Activation
from app.core.errors import InputError
from app.core.inference.calibration import softmax
from app.core.models.foreign.containers import BROKEN_ZIP
from app.core.models.store import KERAS_FILE, StoredModel
from app.core.networks.summary import NetworkSummary, SummaryRow, network_summary

# What each kind of layer does to numbers, and to a gradient on its way back, in NumPy.
#
# Every operation takes what comes to it, float32 with the pictures of a batch along the first axis, and returns what
# it
# makes of it and the way back: a function from the gradient with respect to the one to that with respect to the
# other.

Array = NDArray[np.float32]
Back = Callable[[Array], Array]
Done = tuple[Array, Back]

EPSILON = 1e-3
"""What Keras adds to the variance of a batch normalization."""
_LEAKY = np.float32(0.2)


def activate(values: Array, activation: Activation) -> Done:
    """One of the activations that layers may have."""
    match activation:
        case "relu":
            positive = values > 0
            return values * positive, lambda back: back * positive
        case "leaky_relu":
            slope = np.where(values > 0, np.float32(1), _LEAKY)
            return values * slope, lambda back: back * slope
        case "elu":
            power = np.exp(np.minimum(values, 0))
            return np.maximum(values, 0) + power - np.float32(1), lambda back: back * power
        case "sigmoid":
            share = np.asarray(1 / (1 + np.exp(-values)), np.float32)
            return share, lambda back: back * share * (1 - share)
        case "tanh":
            bent = np.tanh(values)
            return bent, lambda back: back * (1 - bent * bent)
        case "softmax":
            shares = softmax(values)
            return shares, lambda back: shares * (back - (back * shares).sum(axis=-1, keepdims=True))
        case "linear":
            return values, lambda back: back


@dataclass(frozen=True, eq=False)
class WayBack:
    """Back through a layer with weights: `bend` through its activation, then `spread` to what it was given."""

    bend: Back
    spread: Back

    def __call__(self, gradient: Array) -> Array:
        """As any other way back."""
        return self.spread(self.bend(gradient))


@dataclass(frozen=True, eq=False)
class Dense:
    """`kernel` (numbers, units), `bias` (units,)."""

    kernel: Array
    bias: Array
    activation: Activation

    def __call__(self, values: Array) -> Done:
        """(n, numbers) to (n, units)."""
        answer, bend = activate(values @ self.kernel + self.bias, self.activation)
        return answer, WayBack(bend, lambda gradient: gradient @ self.kernel.T)

    def kernel_gradient(self, values: Array, bent: Array) -> Array:
        """With respect to the kernel, from what was given and the gradient before the activation (n, units)."""
        return values.T @ bent


@dataclass(frozen=True, eq=False)
class Convolution:
    """`kernel` (size, size, channels, filters), `bias` (filters,)."""

    kernel: Array
    bias: Array
    activation: Activation
    is_padded: bool

    def __call__(self, values: Array) -> Done:
        """(n, rows, columns, channels) to (n, rows, columns, filters)."""
        lost = self.kernel.shape[0] - 1
        before, after = (lost // 2, lost - lost // 2) if self.is_padded else (0, 0)
        answer, bend = activate(_correlate(values, self.kernel, before, after) + self.bias, self.activation)
        # The gradient meets the same kernel turned by half a turn, with inputs and outputs exchanged.
        turned = self.kernel[::-1, ::-1].transpose(0, 1, 3, 2)
        return answer, WayBack(bend, lambda gradient: _correlate(gradient, turned, lost - before, lost - after))

    def kernel_gradient(self, values: Array, bent: Array) -> Array:
        """With respect to the kernel, from what was given and the gradient before the activation, a number a window."""
        size, filters = self.kernel.shape[0], self.kernel.shape[-1]
        before = (size - 1) // 2 if self.is_padded else 0
        after = size - 1 - before if self.is_padded else 0
        windows = _windows(values, size, before, after)
        return (windows.reshape(-1, windows[0, 0, 0].size).T @ bent.reshape(-1, filters)).reshape(self.kernel.shape)


def _windows(values: Array, size: int, before: int, after: int) -> Array:
    """All windows of a square kernel (n, rows, columns, size, size, channels), with margins of zeros: a view."""
    padded = np.pad(values, ((0, 0), (before, after), (before, after), (0, 0)))
    return sliding_window_view(padded, (size, size), axis=(1, 2)).transpose(0, 1, 2, 4, 5, 3)


def _correlate(values: Array, kernel: Array, before: int, after: int) -> Array:
    """Slide the kernel over the values with margins of zeros: one matrix product of all windows."""
    size, _, channels, filters = kernel.shape
    windows = _windows(values, size, before, after)
    count, rows, columns = windows.shape[:3]
    flat = windows.reshape(count * rows * columns, size * size * channels)
    return np.asarray(flat @ kernel.reshape(-1, filters), np.float32).reshape(count, rows, columns, filters)


@dataclass(frozen=True, eq=False)
class Scaling:
    """A batch normalization when it predicts: `scale` and `shift` (channels,)."""

    scale: Array
    shift: Array

    def __call__(self, values: Array) -> Done:
        """The same shape."""
        return values * self.scale + self.shift, lambda gradient: gradient * self.scale


@dataclass(frozen=True)
class MaxPooling:
    """The largest value of each square. Where several are, they share the gradient."""

    pool: int

    def __call__(self, values: Array) -> Done:
        """(n, rows, columns, channels) to a `pool`-th of rows and columns; what is left over is left out."""
        squares = _squares(values, self.pool)
        largest = squares.max(axis=(2, 4))

        def back(gradient: Array) -> Array:
            are_largest = squares == largest[:, :, None, :, None]
            share = gradient / are_largest.sum(axis=(2, 4))
            return _whole(are_largest * share[:, :, None, :, None], values.shape)

        return largest, back


@dataclass(frozen=True)
class AveragePooling:
    """The mean of each square."""

    pool: int

    def __call__(self, values: Array) -> Done:
        """As MaxPooling."""
        squares = _squares(values, self.pool)

        def back(gradient: Array) -> Array:
            share = gradient[:, :, None, :, None] / np.float32(self.pool**2)
            return _whole(np.broadcast_to(share, squares.shape), values.shape)

        return squares.mean(axis=(2, 4)), back


def _squares(values: Array, pool: int) -> Array:
    """(n, rows, pool, columns, pool, channels)."""
    count, rows, columns, channels = values.shape
    rows, columns = rows // pool, columns // pool
    return values[:, : rows * pool, : columns * pool].reshape(count, rows, pool, columns, pool, channels)


def _whole(squares: Array, shape: tuple[int, ...]) -> Array:
    """Put squares back; zeros where some were left over."""
    count, rows, pool, columns, _, channels = squares.shape
    result = np.zeros(shape, np.float32)
    result[:, : rows * pool, : columns * pool] = squares.reshape(count, rows * pool, columns * pool, channels)
    return result


def global_average(values: Array) -> Done:
    """The mean of each feature map."""
    rows, columns = values.shape[1:3]

    def back(gradient: Array) -> Array:
        return np.broadcast_to(gradient[:, None, None] / np.float32(rows * columns), values.shape)

    return values.mean(axis=(1, 2)), back


@dataclass(frozen=True)
class Reshaping:
    """The same numbers in another shape."""

    shape: tuple[int, ...]

    def __call__(self, values: Array) -> Done:
        """(n, *shape)."""
        return values.reshape(-1, *self.shape), lambda gradient: gradient.reshape(values.shape)


def unchanged(values: Array) -> Done:
    """A dropout when it predicts."""
    return values, lambda gradient: gradient


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


NOTHING_OFF: Mapping[str, int] = {}


class Network:
    """A network from pictures (n, 28, 28) float32 in [0, 1] to logits (n, classes) float32."""

    def __init__(self, picture: str, nodes: tuple[_Node, ...]) -> None:
        """`nodes` in the order in which they can be worked through, `picture` the name of what the first one reads."""
        self._picture, self._nodes = picture, nodes

    def logits(self, images: Array) -> Array:
        """Logits (n, classes) of pictures (n, 28, 28)."""
        return self._forward(images)[self._nodes[-1].name]

    def outputs(self, images: Array, off: Mapping[str, int] | None = None, last: str = "") -> dict[str, Array]:
        """What every layer makes of pictures (n, 28, 28), by its name in the network's summary; logits come last.

        `off` names layers, each with the number of a map or unit that gives 0 instead; `last` a layer to end with.
        """
        return self._forward(images, off=off or {}, last=last)

    def inputs_of(self, name: str) -> tuple[str, ...]:
        """The names of what a layer reads."""
        return next(node.inputs for node in self._nodes if node.name == name)

    def operation(self, name: str) -> "Operation":
        """What a layer does, with its weights: `Dense`, `Convolution` and so on."""
        return next(node.operation for node in self._nodes if node.name == name)

    def embeddings(self, images: Array) -> Array:
        """What goes into the last layer, (n, numbers), for pictures (n, 28, 28)."""
        name = self._nodes[-1].inputs[0]
        parts = [self._forward(images[start : start + BATCH])[name] for start in range(0, len(images), BATCH)]
        return np.concatenate(parts)

    def gradients(self, images: Array, weights: Array) -> Array:
        """The gradient of `logits @ weights` with respect to the pictures (n, 28, 28); `weights` is (classes,)."""
        backs: list[Back] = []
        self._forward(images, backs)
        gradients: dict[str, Array] = {}
        answer = np.broadcast_to(weights.astype(np.float32), (len(images), len(weights)))
        for _ in self._backward(backs, gradients, answer):
            pass
        return np.ascontiguousarray(gradients[self._picture][..., 0])

    def lesson(self, images: Array, labels: NDArray[np.uint8]) -> tuple[dict[str, Array], dict[str, Array]]:
        """What pictures (n, 28, 28) and their labels (n,) would teach it now, without changing it.

        The outputs of all layers by name, as `outputs` gives them, and the gradient of the sum of the cross-entropies
        with respect to each kernel, by the name of its layer, the last one first.
        """
        backs: list[Back] = []
        outputs = self._forward(images, backs)
        logits = outputs[self._nodes[-1].name]
        missed = softmax(logits) - np.eye(logits.shape[-1], dtype=np.float32)[labels]
        kernels: dict[str, Array] = {}
        weighted = sum(isinstance(back, WayBack) for back in backs)
        for node, back, gradient in self._backward(backs, {}, missed):
            if isinstance(back, WayBack) and isinstance(node.operation, Dense | Convolution):
                given = [outputs[name] for name in node.inputs]
                kernels[node.name] = node.operation.kernel_gradient(given[0], back.bend(gradient))
                if len(kernels) == weighted:
                    break  # nobody asks for the way to the picture
        return outputs, kernels

    def _backward(
        self, backs: list[Back], gradients: dict[str, Array], answer: Array
    ) -> Iterator[tuple[_Node, Back, Array]]:
        """Go back from the gradient of the `answer`: each layer with its way back and the gradient that reaches it.

        What has reached the layers to come, and the picture at last, is in `gradients`.
        """
        gradients[self._nodes[-1].name] = answer
        for node, back in zip(reversed(self._nodes), reversed(backs), strict=True):
            gradient = gradients.pop(node.name)
            yield node, back, gradient
            given = back(gradient)
            start = 0
            for name in node.inputs:
                end = given.shape[-1] if name == node.inputs[-1] else start + self._widths[name]
                part = given[..., start:end]
                gradients[name] = gradients[name] + part if name in gradients else part
                start = end

    def _forward(
        self, images: Array, backs: list[Back] | None = None, off: Mapping[str, int] = NOTHING_OFF, last: str = ""
    ) -> dict[str, Array]:
        """The output of every layer by name; the ways back are put into `backs`."""
        values: dict[str, Array] = {self._picture: np.ascontiguousarray(images[..., None], np.float32)}
        for node in self._nodes:
            given = [values[name] for name in node.inputs]
            values[node.name], back = node.operation(given[0] if len(given) == 1 else np.concatenate(given, axis=-1))
            if backs is not None:
                backs.append(back)
            if node.name in off:
                values[node.name] = values[node.name].copy()
                values[node.name][..., off[node.name]] = 0
            if node.name == last:
                break
        self._widths = {name: value.shape[-1] for name, value in values.items()}
        return values


def load_network(model: StoredModel) -> Network:
    """Read the network of a stored model.

    Raises:
        InputError: the file is damaged, is not its card's, or does not hold what the card declares.

    """
    card = model.card
    model.check_layers()
    summary = network_summary(card.config, len(card.class_names))
    if summary.problems:
        raise InputError(f"The card of '{card.name}' declares no network: {summary.problems[0].text}")
    try:
        if not model.is_intact(KERAS_FILE):
            raise ValueError("not the file of the card")
        model.check_weights()
        return Network(summary.rows[0].name, _stored_nodes(model, summary, _weights_file(model, summary)))
    except (*BROKEN_ZIP, TypeError) as error:
        raise InputError(
            f"The weights of '{card.name}' cannot be read from {KERAS_FILE}; train it again or choose another model."
        ) from error


def network_of(config: TrainingConfig, classes: int, weights: Array) -> Network:
    """The network of a config with these weights, one after the other as Keras lists them, (parameters,) float32.

    Raises InputError if the config declares no network, or one of another size.
    """
    summary = network_summary(config, classes)
    if summary.problems or summary.parameters != len(weights):
        raise InputError("The weights are not those of this network.")
    following = _FollowingWeights(weights)
    return Network(summary.rows[0].name, _nodes(config, summary, lambda _row: following))


def _weights_file(model: StoredModel, summary: NetworkSummary) -> bytes:
    """The file of weights inside the zip. Raises ValueError if it is larger than the weights can be."""
    with zipfile.ZipFile(model.folder / KERAS_FILE) as archive:
        if archive.getinfo(_WEIGHTS).file_size > 2 * _FLOAT_BYTES * summary.parameters + _LARGEST_OVERHEAD:
            raise ValueError("more than the declared weights")
        return archive.read(_WEIGHTS)


def _stored_nodes(model: StoredModel, summary: NetworkSummary, content: bytes) -> tuple[_Node, ...]:
    import h5py  # loads in a twentieth of a second; only who asks why needs it

    with h5py.File(io.BytesIO(content), "r") as file:
        return _nodes(model.card.config, summary, lambda row: _StoredWeights(file, row.name))


def _nodes(
    config: TrainingConfig, summary: NetworkSummary, weights_of: Callable[[SummaryRow], "_Weights"]
) -> tuple[_Node, ...]:
    shapes = {row.name: row.shape for row in summary.rows}

    def node(row: SummaryRow) -> _Node:
        layer = None if row.position is None else config.layers[row.position]
        return _Node(row.name, row.inputs, _operation(layer, row, shapes[row.inputs[0]], weights_of(row)))

    return tuple(node(row) for row in summary.rows[1:])


class _Weights(Protocol):
    """The arrays of a layer, asked for in their order."""

    def array(self, number: int, shape: tuple[int, ...]) -> Array:
        """The array `number`. Raises KeyError or ValueError if there is none of that shape."""


class _FollowingWeights:
    """The arrays of all layers, one after the other."""

    def __init__(self, values: Array) -> None:
        self._values, self._used = values, 0

    def array(self, _number: int, shape: tuple[int, ...]) -> Array:
        start, self._used = self._used, self._used + prod(shape)
        return self._values[start : self._used].reshape(shape)


class _StoredWeights:
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
            return Convolution(kernel, bias, layer.activation, layer.padding == "same")
        case declared.BatchNormalization():
            return _scaling(reads[-1:], weights)
        case declared.MaxPooling2D():
            return MaxPooling(layer.pool_size)
        case declared.AveragePooling2D():
            return AveragePooling(layer.pool_size)
        case declared.GlobalAveragePooling2D():
            return global_average
        case declared.Dropout() | declared.ConcatenateInput():
            return unchanged
        case _:  # Flatten, Reshape, and the flattening that building adds
            return Reshaping(row.shape)


def _dense(reads: tuple[int, ...], units: int, activation: declared.Activation, weights: _Weights) -> Operation:
    kernel, bias = weights.array(0, (prod(reads), units)), weights.array(1, (units,))
    return Dense(kernel, bias, activation)


def _scaling(shape: tuple[int, ...], weights: _Weights) -> Operation:
    gamma, beta, mean, variance = (weights.array(number, shape) for number in range(4))
    scale = np.asarray(gamma / np.sqrt(np.maximum(variance, 0) + EPSILON), np.float32)
    return Scaling(scale, np.asarray(beta - mean * scale, np.float32))

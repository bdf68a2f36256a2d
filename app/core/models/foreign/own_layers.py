"""A network made elsewhere as one of this program's own, where its layers are among those that there are here.

It is then a network like any other: it can be trained on, asked which pixels decided, and looked into. What it expects
of a picture (brightness, ink, orientation, the order of its classes) goes into its weights.
"""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import prod
from typing import Any, Literal

import h5py
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray
from pydantic import ValidationError

from app.core.config.config import TrainingConfig
from app.core.config.layers import (
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    Layer,
    MaxPooling2D,
)
from app.core.datasets.choices import Orientation
from app.core.datasets.types import IMAGE_SIZE
from app.core.models.adaptation import Adaptation, Layout, Output
from app.core.models.foreign.in_training import InTraining
from app.core.models.foreign.litert_files import input_of, operation_of, output_of, parse, shape_of
from app.core.models.foreign.litert_graph import TYPES, Shape
from app.core.networks.summary import SummaryRow, network_summary

_PASSING = {"RESHAPE", "SQUEEZE", "EXPAND_DIMS"}
_ACTIVATIONS = {"RELU": "relu", "TANH": "tanh", "LOGISTIC": "sigmoid", "ELU": "elu", "SOFTMAX": "softmax"}
_FUSED = {
    schema.ActivationFunctionType.NONE: "linear",
    schema.ActivationFunctionType.RELU: "relu",
    schema.ActivationFunctionType.TANH: "tanh",
}
_LEAK = 0.2
"""Of what is below zero, this share remains in Keras' activation of that name."""
_NAMES = {
    "DEPTHWISE_CONV_2D": "a convolution of each channel by itself (depthwise, separable)",
    "REDUCE_MAX": "global max pooling",
    "TRANSPOSE": "axes that change places",
    "PAD": "margins around its pictures (padding)",
    "STRIDED_SLICE": "pictures that are cut (cropping)",
    "RESIZE_BILINEAR": "pictures that change their size",
    "RESIZE_NEAREST_NEIGHBOR": "pictures that change their size",
    "RSQRT": "layer normalization",
    "PRELU": "the activation PReLU",
    "RELU6": "the activation ReLU6",
    "LEAKY_RELU": "the activation leaky ReLU with another slope than 0.2",
    "QUANTIZE": "numbers that are packed (quantized)",
    "DEQUANTIZE": "numbers that are packed (quantized)",
}
"""What an operation is that networks here do not have."""
_KERAS_VERSION = "3.15.1"
_EPSILON = 1e-3
"""What Keras adds to a variance."""

Array = NDArray[np.float32]


class OtherLayersError(Exception):
    """It has something that this program's own networks do not have; the text says what, after "it has"."""


@dataclass(frozen=True)
class OwnNetwork:
    """The layers in `config`, all weights as Keras lists them, and what of training could not be kept."""

    config: TrainingConfig
    weights: Array
    left_out: tuple[str, ...] = ()


@dataclass
class _Step:
    """A layer with its weights as Keras lists them; `shape` is what comes to it."""

    layer: Layer
    shape: Shape
    weights: list[Array] = field(default_factory=list)
    begins: int = -1
    """The number of the operation that it was made of first."""

    @property
    def is_linear(self) -> bool:
        """Whether it is a sum that nothing was made of yet."""
        return isinstance(self.layer, Dense | Conv2D) and self.layer.activation == "linear"

    def scale(self, factor: Array, offset: Array) -> None:
        """What comes out is multiplied, and added to."""
        kernel, bias = self.weights
        self.weights = [kernel * factor, bias * factor + offset]


def own_network(
    content: bytes, adaptation: Adaptation, config: TrainingConfig, in_training: Sequence[InTraining] = ()
) -> OwnNetwork:
    """The layers and weights of a network of LiteRT that reads pictures as `adaptation` says.

    `config` gets its layers and output. The network reads (n, 28, 28, 1) in 0..1 with bright ink and upright, and gives
    classes in their order. What its layers do `in_training` becomes theirs here where that is possible.

    Raises OtherLayersError for layers that networks here do not have.
    """
    try:
        return _own(content, adaptation, config, in_training)
    except OtherLayersError:
        others = [each for each in in_training if not each.rate]
        if len(others) == len(in_training):
            raise
        network = _own(content, adaptation, config, others)  # dropout may stand where there is no place for it here
        return replace(network, left_out=("Dropout", *network.left_out))


def _check_layout(layout: Layout) -> None:
    if (layout.rows, layout.columns) != (IMAGE_SIZE, IMAGE_SIZE):
        raise OtherLayersError(f"pictures of {layout.rows} x {layout.columns} instead of 28 x 28")
    if layout.is_channels_first:
        raise OtherLayersError("colours before rows and columns")


def _own(
    content: bytes, adaptation: Adaptation, config: TrainingConfig, in_training: Sequence[InTraining]
) -> OwnNetwork:
    left_out = dict[str, None]()
    _check_layout(adaptation.layout)
    try:
        steps, is_softmax = _steps(parse(content), in_training, left_out)
        steps = _fitted(steps, adaptation, left_out)
        last = steps.pop()
        if not isinstance(last.layer, Dense) or last.layer.units < 2:
            raise OtherLayersError("an end that is no Dense layer with a number for each class")
        if not last.is_linear or is_softmax != (adaptation.output is Output.PROBABILITIES):
            raise OtherLayersError("answers that are no logits and no softmax of them")
        if last.layer.l1 or last.layer.l2:
            left_out["Dense penalties at the end"] = None
        whole = config.changed(layers=[step.layer.model_dump() for step in steps], output="logits")
    except (ValidationError, ValueError, IndexError, AttributeError):
        raise OtherLayersError("layers of sizes that networks here do not have") from None
    weights = np.concatenate([weight.ravel() for step in (*steps, last) for weight in step.weights])
    summary = network_summary(whole, last.layer.units)
    if summary.problems or summary.parameters != len(weights):
        raise OtherLayersError("layers of sizes that networks here do not have")
    return OwnNetwork(whole, weights.astype(np.float32), tuple(left_out))


def keras_file(config: TrainingConfig, classes: int, weights: Array) -> bytes:
    """A .keras file of the network of `config`, with these weights one after the other as Keras lists them."""
    summary, packed, done = network_summary(config, classes), io.BytesIO(), 0
    with h5py.File(packed, "w") as file:
        for row in summary.rows:
            place = file.create_group(f"layers/{row.name}/vars")
            for number, shape in enumerate(_weight_shapes(config, row, summary.rows)):
                place[str(number)] = weights[done : done + prod(shape)].reshape(shape)
                done += prod(shape)
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": _KERAS_VERSION, "date_saved": ""}))
        archive.writestr("config.json", json.dumps(_keras_config(config, summary.rows)))
        archive.writestr("model.weights.h5", packed.getvalue())
    return whole.getvalue()


def _weight_shapes(config: TrainingConfig, row: SummaryRow, rows: Sequence[SummaryRow]) -> list[Shape]:
    reads = next((each.shape for each in rows if each.name in row.inputs), ())
    layer = None if row.position is None else config.layers[row.position]
    if isinstance(layer, Conv2D):
        return [(layer.kernel_size, layer.kernel_size, reads[2], layer.filters), (layer.filters,)]
    if isinstance(layer, BatchNormalization):
        return [reads[-1:]] * 4
    return [(reads[-1], row.shape[0]), row.shape] if row.type == "Dense" else []


def _keras_config(config: TrainingConfig, rows: Sequence[SummaryRow]) -> dict[str, Any]:
    """How Keras 3 writes a row of layers."""

    def layer(kind: str, inner: Mapping[str, Any]) -> dict[str, Any]:
        return {"module": "keras.layers", "class_name": kind, "config": dict(inner), "registered_name": None}

    layers = [layer("InputLayer", {"batch_shape": [None, IMAGE_SIZE, IMAGE_SIZE, 1], "name": rows[0].name})]
    for row in rows[1:]:
        own = {} if row.position is None else config.layers[row.position].arguments()
        inner = {key: value for key, value in own.items() if key not in {"l1", "l2"}}
        if row is rows[-1]:
            inner = {"units": row.shape[0], "activation": "softmax" if config.output == "softmax" else "linear"}
        layers.append(layer(row.type, inner | {"name": row.name}))
    return {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": "sequential", "layers": layers},
        "registered_name": None,
    }


# Operations to layers.


def _steps(model: Any, in_training: Sequence[InTraining], left_out: dict[str, None]) -> tuple[list[_Step], bool]:
    """The layers in order, and whether a softmax follows the last one."""
    steps, waiting = list[_Step](), list(in_training)
    for number, operator in _path(model):
        _train(steps, waiting, number, left_out)
        tensor = model.subgraphs[0].tensors
        before, after = shape_of(tensor[_data_of(model, operator)]), shape_of(tensor[int(operator.outputs[0])])
        count = len(steps)
        _take(model, operator, before, after, steps)
        for step in steps[count:]:
            step.begins = number
    _train(steps, waiting, len(model.subgraphs[0].operators), left_out)
    is_softmax = False
    if steps and isinstance(steps[-1].layer, Dense) and steps[-1].layer.activation == "softmax":
        steps[-1].layer, is_softmax = steps[-1].layer.changed(activation="linear"), True
    return steps, is_softmax


def _train(steps: list[_Step], waiting: list[InTraining], number: int, left_out: dict[str, None]) -> None:
    """Give the layers so far what stands before an operation by its number."""
    while waiting and waiting[0].operations <= number:
        given, last = waiting.pop(0), steps[-1] if steps else None
        if given.rate:
            steps.append(_Step(Dropout(rate=given.rate), last.shape if last else ()))
        elif (
            given.mean
            and last is not None
            and isinstance(last.layer, BatchNormalization)
            and (
                last.begins == given.operations - 2  # a product and a sum, into which nothing else went
            )
        ):
            gamma, beta, *_ = last.weights
            mean = np.asarray(given.mean, np.float32)
            variance = np.maximum(np.asarray(given.variance, np.float32) - np.float32(_EPSILON), 0)
            last.weights = [gamma * np.sqrt(variance + np.float32(_EPSILON)), beta + mean * gamma, mean, variance]
        elif (given.l1 or given.l2) and last is not None and isinstance(last.layer, Dense | Conv2D):
            last.layer = last.layer.changed(l1=given.l1, l2=given.l2)
        else:
            left_out[given.kind] = None


def _path(model: Any) -> list[tuple[int, Any]]:
    """All operations between picture and answer with their numbers, if each reads but the one before and constants."""
    operators = model.subgraphs[0].operators
    makers = {int(operator.outputs[0]): (number, operator) for number, operator in enumerate(operators)}
    place, path = output_of(model), list[Any]()
    while place != input_of(model):
        if place not in makers or len(path) > len(makers):
            raise OtherLayersError("operations that are connected in another way than one after the other")
        path.append(makers[place])
        place = _data_of(model, makers[place][1])
    return path[::-1]


def _data_of(model: Any, operator: Any) -> int:
    """The tensor that an operation works on: the first that is not constant."""
    name = operation_of(model, operator)
    places = [int(place) for place in operator.inputs if int(place) >= 0]
    changing = [place for place in places if _constant(model, place) is None]
    if not changing or (len(changing) > 1 and name not in _PASSING):  # the shape to be had may be computed, too
        raise OtherLayersError("branches that join again")
    return changing[0]


def _constant(model: Any, place: int) -> NDArray[Any] | None:
    tensor = model.subgraphs[0].tensors[place]
    data = model.buffers[tensor.buffer].data
    if data is None or not len(data):
        return None
    return np.frombuffer(bytes(data), TYPES[tensor.type]).reshape([int(side) for side in tensor.shape])


def _take(model: Any, operator: Any, before: Shape, after: Shape, steps: list[_Step]) -> None:
    """Add what one operation is to the layers so far."""
    name, options = operation_of(model, operator), operator.builtinOptions
    if name in _PASSING:
        _reshape(before, after, steps)
    elif name in {"MUL", "ADD", "SUB", "DIV"}:
        if name in {"SUB", "DIV"} and _constant(model, int(operator.inputs[0])) is not None:
            raise OtherLayersError("numbers that what comes is subtracted from")
        _arithmetic(name, _number(model, operator), after, steps)
        _activate(_FUSED[options.fusedActivationFunction], steps)
    elif name in _ACTIVATIONS:
        _activate(_ACTIVATIONS[name], steps)
    elif name == "LEAKY_RELU" and abs(options.alpha - _LEAK) < 1e-6:
        _activate("leaky_relu", steps)
    elif name in {"FULLY_CONNECTED", "CONV_2D"}:
        kernel, bias = _weights(model, operator)
        if name == "CONV_2D":
            _check_convolution(options, kernel)
            padding: Literal["same", "valid"] = "same" if options.padding == schema.Padding.SAME else "valid"
            layer: Layer = Conv2D(
                filters=len(kernel), kernel_size=kernel.shape[1], activation="linear", padding=padding
            )
            steps.append(_Step(layer, before, [np.ascontiguousarray(kernel.transpose(1, 2, 3, 0)), bias]))
        else:
            if len(before) != 1:
                raise OtherLayersError("a Dense layer for each pixel by itself")
            layer = Dense(units=len(kernel), activation="linear")
            steps.append(_Step(layer, before, [np.ascontiguousarray(kernel.T), bias]))
        _activate(_FUSED[options.fusedActivationFunction], steps)
    elif name in {"MAX_POOL_2D", "AVERAGE_POOL_2D"}:
        steps.append(_Step(_pooling(name, options, before), before))
    elif name == "MEAN" and len(before) == 3 and after == before[-1:]:
        steps.append(_Step(GlobalAveragePooling2D(), before))
    else:
        raise OtherLayersError(_NAMES.get(name, f"the operation {name}"))


def _number(model: Any, operator: Any) -> NDArray[Any]:
    """What an operation of arithmetic works with."""
    found = (_constant(model, int(place)) for place in operator.inputs if int(place) >= 0)
    return next(number for number in found if number is not None)


def _reshape(before: Shape, after: Shape, steps: list[_Step]) -> None:
    if not steps and prod(after) in {IMAGE_SIZE**2, 3 * IMAGE_SIZE**2}:
        return  # the picture in another form; Dense layers flatten it by themselves
    if len(before) == 3 and len(after) == 1:
        if max(before[:2]) > 1:
            steps.append(_Step(Flatten(), before))
        else:
            _as_row(before, steps)
    elif tuple(side for side in before if side != 1) != tuple(side for side in after if side != 1):
        raise OtherLayersError("numbers that are put into another shape on the way")


def _as_row(before: Shape, steps: list[_Step]) -> None:
    """A single pixel with its channels, as one row: what made it gave one of each, or it is flattened."""
    if steps and not isinstance(steps[-1].layer, GlobalAveragePooling2D):
        steps.append(_Step(Flatten(), before))


def _arithmetic(name: str, found: NDArray[Any], shape: Shape, steps: list[_Step]) -> None:
    """A number, or one for each channel: part of the layer before it, or a normalization."""
    number, channels = np.asarray(found, np.float32), shape[-1] if len(shape) in {1, 3} else 1
    if number.size not in {1, channels}:
        raise OtherLayersError("a number of its own for each pixel")
    values = np.broadcast_to(number.ravel(), (channels,)).astype(np.float32)
    ones, zeros = np.ones(channels, np.float32), np.zeros(channels, np.float32)
    factors: dict[str, Array] = {"MUL": values, "DIV": np.reciprocal(np.where(values != 0, values, ones))}
    offsets: dict[str, Array] = {"ADD": values, "SUB": -values}
    factor, offset = factors.get(name, ones), offsets.get(name, zeros)
    if not (steps and (steps[-1].is_linear or isinstance(steps[-1].layer, BatchNormalization))):
        steps.append(_normalization(shape))
    if isinstance(steps[-1].layer, BatchNormalization):
        gamma, beta, *moving = steps[-1].weights
        steps[-1].weights = [gamma * factor, beta * factor + offset, *moving]
    else:
        steps[-1].scale(factor, offset)


def _normalization(shape: Shape) -> _Step:
    """One that changes nothing yet: mean 0 and, with what is added to it, variance 1."""
    channels = shape[-1] if len(shape) in {1, 3} else 1
    ones, zeros = np.ones(channels, np.float32), np.zeros(channels, np.float32)
    return _Step(BatchNormalization(), shape, [ones, zeros, zeros.copy(), np.full(channels, 1 - _EPSILON, np.float32)])


def _activate(activation: str, steps: list[_Step]) -> None:
    if activation == "linear":
        return
    # Dropout before a ReLU is dropout after it.
    is_dropped = activation in {"relu", "leaky_relu"} and len(steps) > 1 and isinstance(steps[-1].layer, Dropout)
    step = steps[-2 if is_dropped else -1] if steps else None
    if step is None or not step.is_linear:
        raise OtherLayersError(f"an activation ({activation}) that follows no sum of its own")
    step.layer = step.layer.changed(activation=activation)


def _weights(model: Any, operator: Any) -> tuple[Array, Array]:
    """The kernel as LiteRT has it, what comes out first, and the bias."""
    places = [int(place) for place in operator.inputs]
    kernel = _constant(model, places[1])
    bias = _constant(model, places[2]) if len(places) > 2 and places[2] >= 0 else None
    if kernel is None or kernel.dtype != np.float32 or (bias is not None and bias.dtype != np.float32):
        raise OtherLayersError("weights that are packed (quantized)")
    return kernel, np.zeros(len(kernel), np.float32) if bias is None else bias


def _check_convolution(options: Any, kernel: Array) -> None:
    usual = (options.strideH, options.strideW, options.dilationHFactor, options.dilationWFactor)
    if usual[:2] != (1, 1):
        raise OtherLayersError("a convolution with strides")
    if usual[2:] != (1, 1) or kernel.shape[1] != kernel.shape[2]:
        raise OtherLayersError("a convolution whose window is dilated or no square")


def _pooling(name: str, options: Any, before: Shape) -> Layer:
    size = options.filterHeight
    is_usual = (options.filterWidth, options.strideH, options.strideW) == (size, size, size)
    is_whole = options.padding == schema.Padding.VALID or (before[0] % size == 0 and before[1] % size == 0)
    if not is_usual or not is_whole or options.fusedActivationFunction != schema.ActivationFunctionType.NONE:
        raise OtherLayersError("pooling whose squares overlap, or reach over the edge")
    return MaxPooling2D(pool_size=size) if name == "MAX_POOL_2D" else AveragePooling2D(pool_size=size)


# What it expects of a picture.


def _fitted(steps: Sequence[_Step], adaptation: Adaptation, left_out: dict[str, None]) -> list[_Step]:
    """The layers for pictures as this program has them."""
    layout, steps = adaptation.layout, list(steps)
    factor, offset = np.float32(1), np.float32(0)
    if isinstance(steps[0].layer, BatchNormalization):
        gamma, beta, mean, variance = steps.pop(0).weights
        factors = gamma / np.sqrt(variance + np.float32(_EPSILON))
        offsets = beta - mean * factors
        if len(set(factors.tolist())) > 1 or len(set(offsets.tolist())) > 1:
            raise OtherLayersError("each colour in a brightness of its own")
        factor, offset = factors[0], offsets[0]
        if mean.any():
            left_out["BatchNormalization of the picture"] = None
    own = adaptation.factor_and_offset
    factor, offset = np.float32(factor * own[0]), np.float32(factor * own[1] + offset)
    first = next((step for step in steps if not isinstance(step.layer, Flatten | Dropout)), steps[0])
    if layout.channels > 1:
        _make_grey(first, layout.channels)
    if adaptation.orientation is Orientation.TURNED:
        _turn(steps)
    if factor != 1 or offset:
        steps = _brightened(steps, first, factor, offset)
    if adaptation.order:
        kernel, bias = steps[-1].weights
        order = list(adaptation.order)
        steps[-1].weights = [np.ascontiguousarray(kernel[:, order]), bias[order]]
    return steps


def _make_grey(first: _Step, channels: int) -> None:
    """The same picture came as each colour: the weights of all of them are one."""
    kernel, bias = first.weights
    if isinstance(first.layer, Conv2D):
        first.weights = [kernel.sum(axis=2, keepdims=True), bias]
    else:
        first.weights = [kernel.reshape(-1, channels, kernel.shape[1]).sum(axis=1), bias]


def _turn(steps: Sequence[_Step]) -> None:
    """Of a network that wants rows and columns exchanged, the weights are exchanged instead."""
    shape: Shape = (IMAGE_SIZE, IMAGE_SIZE, 1)
    for step in steps:
        if isinstance(step.layer, Conv2D):
            step.weights[0] = np.ascontiguousarray(step.weights[0].transpose(1, 0, 2, 3))
        elif isinstance(step.layer, Flatten):
            shape = step.shape if len(step.shape) == 3 else shape
        elif isinstance(step.layer, Dense):
            kernel, bias = step.weights
            if len(kernel) == prod(shape):
                turned = kernel.reshape(*shape, -1).transpose(1, 0, 2, 3).reshape(kernel.shape)
                step.weights = [np.ascontiguousarray(turned), bias]
            return
        elif isinstance(step.layer, GlobalAveragePooling2D):
            return


def _brightened(steps: list[_Step], first: _Step, factor: np.float32, offset: np.float32) -> list[_Step]:
    """The network for pixels x, where it wants `factor * x + offset`."""
    is_exact = isinstance(first.layer, Dense) or (isinstance(first.layer, Conv2D) and first.layer.padding == "valid")
    if is_exact or (isinstance(first.layer, Conv2D) and not offset):
        kernel, bias = first.weights
        axes = tuple(range(kernel.ndim - 1))
        first.weights = [kernel * factor, bias + offset * kernel.sum(axis=axes)]
        return steps
    normal = _normalization((IMAGE_SIZE, IMAGE_SIZE, 1))
    normal.weights[:2] = [normal.weights[0] * factor, normal.weights[1] + offset]
    return [normal, *steps]

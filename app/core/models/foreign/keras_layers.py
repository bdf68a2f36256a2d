"""The layers of Keras that are taken in: what their settings may be, and what each is in operations of LiteRT.

This is the allow-list. A layer or a setting that is not here is refused by its name. Nothing of Keras is called; the
mathematics is written out, as Keras documents it.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

from app.core.models.foreign.activations import ACTIVATIONS, OLD_ACTIVATIONS, at_most, leaky, number
from app.core.models.foreign.in_training import Gathered
from app.core.models.foreign.keras_weights import Array, WeightFile
from app.core.models.foreign.layer_settings import Settings
from app.core.models.foreign.limits import LARGEST_SIDE, checked_shape, refuse
from app.core.models.foreign.litert_graph import Graph, Shape

_MOST_UNITS = 65_536
_SAME, _VALID = schema.Padding.SAME, schema.Padding.VALID


class Emitter:
    """Turns layers into operations of a graph, reading their weights on the way."""

    def __init__(self, graph: Graph, weights: WeightFile) -> None:
        self.graph = graph
        self.in_training = Gathered()
        self._weights = weights

    def emit(self, settings: Settings, inputs: Sequence[int]) -> int:
        """The operations of one layer. Raises InputError for one that is not taken in, or does not fit."""
        if settings.kind not in KINDS:
            raise refuse(f"it has a layer of the kind {settings.kind!r}, which this program does not know")
        ranks = {len(self.graph.shape(each)) for each in inputs}
        wanted, emit = KINDS[settings.kind]
        if settings.kind not in JOINING and len(inputs) != 1:
            raise refuse(f"the {settings.kind} {settings.place.text} reads {len(inputs)} things, and should read one")
        if wanted and ranks != {wanted}:
            raise refuse(f"what comes to the {settings.kind} {settings.place.text} does not have {wanted} axes")
        try:
            made = emit(self, settings, inputs if settings.kind in JOINING else inputs[0])
        except (ValueError, IndexError, ZeroDivisionError, OverflowError):
            raise refuse(f"the {settings.kind} {settings.place.text} does not fit what comes to it") from None
        checked_shape(self.graph.shape(made), settings.place.text)
        if settings.kind in _TRAINING_ONLY:
            self.in_training.take(settings, self.graph.operations)
        else:
            self.in_training.take_penalties(settings, self.graph.operations)
        return made

    def read(self, settings: Settings, *wanted: tuple[str, Shape] | None) -> list[Array]:
        """The weights of a layer; None stands for one that it does without."""
        return self._weights.read(settings.place, [each for each in wanted if each is not None])

    def activated(self, values: int, settings: Settings, name: str = "activation") -> int:
        """What the activation of a layer makes of its sums."""
        given = settings.values.get(name)
        if isinstance(given, Mapping):
            inner, kind = given.get("config"), given.get("class_name")
            if isinstance(inner, Mapping) and isinstance(kind, str) and kind in _ACTIVATION_LAYERS:
                return self.emit(Settings(kind, settings.place, inner, settings.is_old), [values])
            is_own = given.get("module") not in {"builtins", "keras.activations", None}
            given = inner if isinstance(inner, str) and not is_own else kind
        return self.activate(values, "linear" if given is None else given, settings)

    def activate(self, values: int, name: object, settings: Settings) -> int:
        """One of Keras' activations by its name."""
        known = OLD_ACTIVATIONS if settings.is_old else ACTIVATIONS
        if not isinstance(name, str) or name not in known:
            said = f"has the activation {str(name)[:60]!r}, which this program does not know"
            raise refuse(f"the {settings.kind} {settings.place.text} {said}")
        return known[name](self.graph, values)


_ACTIVATION_LAYERS = {"ReLU", "LeakyReLU", "ELU", "Softmax"}


# Layers with weights.


def _dense(to: Emitter, settings: Settings, values: int) -> int:
    numbers, units = to.graph.shape(values)[-1], settings.whole("units", 1, _MOST_UNITS)
    has_bias = settings.one_of("use_bias", True, False, usual=True)
    kernel, *bias = to.read(settings, ("kernel", (numbers, units)), ("bias", (units,)) if has_bias else None)
    return to.activated(to.graph.dense(values, kernel, *bias), settings)


def _conv2d(to: Emitter, settings: Settings, values: int) -> int:
    return to.activated(_convolved(to, settings, values, settings.pair("kernel_size", 1, 64)), settings)


def _conv1d(to: Emitter, settings: Settings, values: int) -> int:
    (steps, channels), size = to.graph.shape(values), _single(settings, "kernel_size")
    single = {name: [_single(settings, name), 1] for name in ("strides", "dilation_rate")}
    as_2d = Settings(settings.kind, settings.place, {**settings.values, **single}, settings.is_old)
    sums = _convolved(to, as_2d, to.graph.reshaped(values, (steps, 1, channels)), (size, 1), axes=1)
    rows, _, filters = to.graph.shape(sums)
    return to.activated(to.graph.reshaped(sums, (rows, filters)), settings)


def _convolved(to: Emitter, settings: Settings, values: int, size: tuple[int, int], axes: int = 2) -> int:
    graph, channels = to.graph, to.graph.shape(values)[-1]
    settings.check_channels_last()
    settings.one_of("groups", 1, usual=1)
    filters = settings.whole("filters", 1, _MOST_UNITS)
    has_bias = settings.one_of("use_bias", True, False, usual=True)
    shape = ("kernel", (*size[:axes], channels, filters))
    kernel, *bias = to.read(settings, shape, ("bias", (filters,)) if has_bias else None)
    return _slid(graph, settings, values, kernel.reshape(*size, channels, filters), bias)


def _slid(graph: Graph, settings: Settings, values: int, kernel: Array, bias: list[Array]) -> int:
    (strides, dilation), size = (settings.stride, settings.pair("dilation_rate", 1, 64, 1)), kernel.shape[:2]
    padding = settings.one_of("padding", "same", "valid", usual="valid")
    options = schema.Conv2DOptionsT(
        padding=_SAME if padding == "same" else _VALID,
        strideH=strides[0],
        strideW=strides[1],
        dilationHFactor=dilation[0],
        dilationWFactor=dilation[1],
    )
    sides = _sides(graph.shape(values), (size[0], size[1]), strides, dilation, padding)
    filters = kernel.shape[3]
    weights = graph.constant(np.ascontiguousarray(kernel.transpose(3, 0, 1, 2)))
    added = graph.constant(bias[0] if bias else np.zeros(filters, np.float32))
    return graph.operation("CONV_2D", (values, weights, added), (*sides, filters), options)


def _depthwise_conv2d(to: Emitter, settings: Settings, values: int) -> int:
    size, channels = settings.pair("kernel_size", 1, 64), to.graph.shape(values)[-1]
    multiplier = settings.whole("depth_multiplier", 1, 64, 1)
    has_bias = settings.one_of("use_bias", True, False, usual=True)
    bias_shape = ("bias", (channels * multiplier,)) if has_bias else None
    # Keras 3 calls it "kernel" in .h5 files, Keras 2 "depthwise_kernel".
    name = "depthwise_kernel" if settings.is_old else "kernel"
    kernel, *bias = to.read(settings, (name, (*size, channels, multiplier)), bias_shape)
    return to.activated(_slid_each(to.graph, settings, values, kernel, bias), settings)


def _slid_each(graph: Graph, settings: Settings, values: int, kernel: Array, bias: list[Array]) -> int:
    """A kernel (rows, columns, channels, multiplier) for each channel by itself."""
    (strides, dilation), (rows, columns, channels, multiplier) = (
        (settings.stride, settings.pair("dilation_rate", 1, 64, 1)),
        kernel.shape,
    )
    settings.check_channels_last()
    padding = settings.one_of("padding", "same", "valid", usual="valid")
    options = schema.DepthwiseConv2DOptionsT(
        padding=_SAME if padding == "same" else _VALID,
        strideH=strides[0],
        strideW=strides[1],
        depthMultiplier=multiplier,
        dilationHFactor=dilation[0],
        dilationWFactor=dilation[1],
    )
    sides = _sides(graph.shape(values), (rows, columns), strides, dilation, padding)
    made = channels * multiplier
    weights = graph.constant(kernel.reshape(1, rows, columns, made))
    added = graph.constant(bias[0] if bias else np.zeros(made, np.float32))
    return graph.operation("DEPTHWISE_CONV_2D", (values, weights, added), (*sides, made), options)


def _separable_conv2d(to: Emitter, settings: Settings, values: int) -> int:
    size, channels = settings.pair("kernel_size", 1, 64), to.graph.shape(values)[-1]
    multiplier, filters = settings.whole("depth_multiplier", 1, 64, 1), settings.whole("filters", 1, _MOST_UNITS)
    has_bias = settings.one_of("use_bias", True, False, usual=True)
    each, across, *bias = to.read(
        settings,
        ("depthwise_kernel", (*size, channels, multiplier)),
        ("pointwise_kernel", (1, 1, channels * multiplier, filters)),
        ("bias", (filters,)) if has_bias else None,
    )
    sums = to.graph.dense(_slid_each(to.graph, settings, values, each, []), across[0, 0], *bias)
    return to.activated(sums, settings)


def _batch_normalization(to: Emitter, settings: Settings, values: int) -> int:
    shape = to.graph.shape(values)
    settings.axis_is_last("axis", shape)
    has = {name: settings.one_of(name, True, False, usual=True) for name in ("scale", "center")}
    sides, epsilon = (shape[-1],), settings.number("epsilon", 1e-3)
    wanted = (
        ("gamma", sides) if has["scale"] else None,
        ("beta", sides) if has["center"] else None,
        ("moving_mean", sides),
        ("moving_variance", sides),
    )
    *affine, mean, variance = to.read(settings, *wanted)
    gamma = affine.pop(0) if has["scale"] else np.ones(sides, np.float32)
    beta = affine.pop(0) if has["center"] else np.zeros(sides, np.float32)
    spread = np.maximum(variance, 0)
    factor = gamma / np.sqrt(spread + epsilon)
    scaled = _scaled(to, values, factor, beta - mean * factor)
    to.in_training.take_statistics(mean, spread + epsilon, to.graph.operations)
    return scaled


def _layer_normalization(to: Emitter, settings: Settings, values: int) -> int:
    graph, shape = to.graph, to.graph.shape(values)
    settings.axis_is_last("axis", shape)
    settings.one_of("rms_scaling", False, None)
    has = [settings.one_of(name, True, False, usual=True) for name in ("scale", "center")]
    names = [(name, (shape[-1],)) if wanted else None for name, wanted in zip(("gamma", "beta"), has, strict=True)]
    weights = to.read(settings, *names)
    centred = graph.operation("SUB", (values, graph.reduced(values, [len(shape) - 1], keeps=True)), shape,
                              schema.SubOptionsT())  # fmt: skip
    variance = graph.reduced(graph.times(centred, centred), [len(shape) - 1], keeps=True)
    spread = graph.plus(variance, number(settings.number("epsilon", 1e-3)))
    result = graph.times(centred, graph.operation("RSQRT", (spread,), graph.shape(spread)))
    result = graph.times(result, weights.pop(0)) if has[0] else result
    return graph.plus(result, weights.pop(0)) if has[1] else result


def _normalization(to: Emitter, settings: Settings, values: int) -> int:
    shape = to.graph.shape(values)
    is_whole = settings.values.get("axis", -1) in (None, [])  # Keras 3 writes a list of no axes
    if not is_whole:
        settings.axis_is_last("axis", shape)
    settings.one_of("invert", False, None)
    sides: Shape = () if is_whole else (shape[-1],)
    if settings.values.get("mean") is not None:
        mean, variance = (_listed(settings, name, shape) for name in ("mean", "variance"))
    else:
        mean, variance = to.read(settings, ("mean", sides), ("variance", sides))
    factor = 1 / np.maximum(np.sqrt(np.maximum(variance, 0)), 1e-7)
    return _scaled(to, values, factor, -mean * factor)


def _scaled(to: Emitter, values: int, factor: NDArray[Any], offset: NDArray[Any]) -> int:
    return to.graph.plus(to.graph.times(values, np.asarray(factor, np.float32)), np.asarray(offset, np.float32))


def _listed(settings: Settings, name: str, shape: Shape) -> NDArray[np.float32]:
    value = settings.values.get(name)
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    return Settings(settings.kind, settings.place, {name: value}, settings.is_old).numbers(name, 0.0, shape)


def _prelu(to: Emitter, settings: Settings, values: int) -> int:
    shape = to.graph.shape(values)
    shared = settings.values.get("shared_axes") or []
    if not isinstance(shared, list) or any(axis not in range(1, len(shape) + 1) for axis in shared):
        raise settings.refused("shared_axes")
    sides = tuple(1 if axis + 1 in shared else side for axis, side in enumerate(shape))
    (slopes,) = to.read(settings, ("alpha", sides))
    return to.graph.operation("PRELU", (values, to.graph.constant(slopes)), shape)


# Layers without weights.


def _pooled(name: str, axes: int) -> Callable[[Emitter, Settings, int], int]:
    def emit(to: Emitter, settings: Settings, values: int) -> int:
        graph, shape = to.graph, to.graph.shape(values)
        settings.check_channels_last()
        if axes == 1:
            size = (_single(settings, "pool_size", 2), 1)
            strides = (size[0] if settings.values.get("strides") is None else _single(settings, "strides"), 1)
            values = graph.reshaped(values, (shape[0], 1, shape[1]))
        else:
            size = settings.pair("pool_size", 1, LARGEST_SIDE, 2)
            strides = size if settings.values.get("strides") is None else settings.pair("strides", 1, LARGEST_SIDE)
        padding = settings.one_of("padding", "same", "valid", usual="valid")
        options = schema.Pool2DOptionsT(
            padding=_SAME if padding == "same" else _VALID,
            strideH=strides[0],
            strideW=strides[1],
            filterHeight=size[0],
            filterWidth=size[1],
        )
        sides = _sides(graph.shape(values), size, strides, (1, 1), padding)
        pooled = graph.operation(name, (values,), (*sides, shape[-1]), options)
        return pooled if axes == 2 else graph.reshaped(pooled, (sides[0], shape[-1]))

    return emit


def _pooled_globally(how: str) -> Callable[[Emitter, Settings, int], int]:
    def emit(to: Emitter, settings: Settings, values: int) -> int:
        settings.check_channels_last()
        keeps = settings.one_of("keepdims", True, False, usual=False)
        return to.graph.reduced(values, range(len(to.graph.shape(values)) - 1), how, keeps=keeps)

    return emit


def _flatten(to: Emitter, settings: Settings, values: int) -> int:
    settings.check_channels_last()
    return to.graph.reshaped(values, (math.prod(to.graph.shape(values)),))


def _reshape(to: Emitter, settings: Settings, values: int) -> int:
    wanted, given = settings.values.get("target_shape"), math.prod(to.graph.shape(values))
    if not isinstance(wanted, list) or not wanted or any(not isinstance(n, int) or n < -1 for n in wanted):
        raise settings.refused("target_shape")
    known = math.prod(n for n in wanted if n != -1)
    shape = tuple(given // known if n == -1 else n for n in wanted)
    if wanted.count(-1) > 1 or math.prod(shape) != given:
        raise settings.refused("target_shape")
    return to.graph.reshaped(values, shape)


def _permute(to: Emitter, settings: Settings, values: int) -> int:
    dims, rank = settings.values.get("dims"), len(to.graph.shape(values))
    if not isinstance(dims, list) or sorted(dims) != list(range(1, rank + 1)):
        raise settings.refused("dims")
    return to.graph.transposed(values, [axis - 1 for axis in dims])


def _zero_padding(to: Emitter, settings: Settings, values: int) -> int:
    settings.check_channels_last()
    (above, below), (left, right) = settings.margins("padding")
    rows, columns, channels = to.graph.shape(values)
    margins = np.asarray(((0, 0), (above, below), (left, right), (0, 0)), np.int32)
    shape = checked_shape((rows + above + below, columns + left + right, channels), settings.place.text)
    return to.graph.operation("PAD", (values, to.graph.constant(margins)), shape, schema.PadOptionsT())


def _cropping(to: Emitter, settings: Settings, values: int) -> int:
    settings.check_channels_last()
    (above, below), (left, right) = settings.margins("cropping")
    rows, columns, channels = to.graph.shape(values)
    shape = checked_shape((rows - above - below, columns - left - right, channels), settings.place.text)
    marks = ((0, above, left, 0), (0, above + shape[0], left + shape[1], 0), (1, 1, 1, 1))
    begin, end, steps = (to.graph.constant(np.asarray(each, np.int32)) for each in marks)
    whole = 0b1001  # the batch, and the channels
    options = schema.StridedSliceOptionsT(beginMask=whole, endMask=whole)
    return to.graph.operation("STRIDED_SLICE", (values, begin, end, steps), shape, options)


def _up_sampling(to: Emitter, settings: Settings, values: int) -> int:
    settings.check_channels_last()
    (down, across), (rows, columns, _) = settings.pair("size", 1, 64, 2), to.graph.shape(values)
    return _resized(to, settings, values, rows * down, columns * across)


def _resizing(to: Emitter, settings: Settings, values: int) -> int:
    settings.check_channels_last()
    for name in ("crop_to_aspect_ratio", "pad_to_aspect_ratio", "antialias"):
        settings.one_of(name, False, None)
    return _resized(to, settings, values, *(settings.whole(name, 1, LARGEST_SIDE) for name in ("height", "width")))


def _resized(to: Emitter, settings: Settings, values: int, rows: int, columns: int) -> int:
    shape = checked_shape((rows, columns, to.graph.shape(values)[-1]), settings.place.text)
    size = to.graph.constant(np.asarray((rows, columns), np.int32))
    if settings.one_of("interpolation", "nearest", "bilinear", usual="bilinear") == "nearest":
        options = schema.ResizeNearestNeighborOptionsT(halfPixelCenters=True)
        return to.graph.operation("RESIZE_NEAREST_NEIGHBOR", (values, size), shape, options)
    options = schema.ResizeBilinearOptionsT(halfPixelCenters=True)
    return to.graph.operation("RESIZE_BILINEAR", (values, size), shape, options)


def _rescaling(to: Emitter, settings: Settings, values: int) -> int:
    shape = to.graph.shape(values)
    scaled = to.graph.times(values, settings.numbers("scale", 1.0, shape))
    return to.graph.plus(scaled, settings.numbers("offset", 0.0, shape))


def _activation(to: Emitter, settings: Settings, values: int) -> int:
    return to.activated(values, settings)


def _relu(to: Emitter, settings: Settings, values: int) -> int:
    settings.one_of("threshold", 0, 0.0, None, usual=0)
    slope = settings.number("negative_slope", 0.0) if settings.values.get("negative_slope") else 0.0
    most = None if settings.values.get("max_value") is None else settings.number("max_value")
    shape = to.graph.shape(values)
    if slope:
        values = leaky(to.graph, values, slope)
    elif most == 6:
        return to.graph.operation("RELU6", (values,), shape)
    else:
        values = to.graph.operation("RELU", (values,), shape)
    if most is None:
        return values
    return at_most(to.graph, values, most)


def _leaky_relu(to: Emitter, settings: Settings, values: int) -> int:
    return leaky(
        to.graph, values, settings.number("negative_slope" if "negative_slope" in settings.values else "alpha", 0.3)
    )


def _elu(to: Emitter, settings: Settings, values: int) -> int:
    settings.one_of("alpha", 1, 1.0, usual=1.0)
    return to.graph.operation("ELU", (values,), to.graph.shape(values))


def _softmax(to: Emitter, settings: Settings, values: int) -> int:
    settings.axis_is_last("axis", to.graph.shape(values))
    return to.graph.softmax(values)


def _unchanged(_to: Emitter, _settings: Settings, values: int) -> int:
    """What a layer does in training only."""
    return values


def _merged(name: str, options: Callable[[], Any]) -> Callable[[Emitter, Settings, Sequence[int]], int]:
    def emit(to: Emitter, settings: Settings, inputs: Sequence[int]) -> int:
        result = inputs[0]
        for each in inputs[1:]:
            shape = np.broadcast_shapes(to.graph.shape(result), to.graph.shape(each))
            result = to.graph.operation(name, (result, each), shape, options())
        return result

    return emit


def _average(to: Emitter, settings: Settings, inputs: Sequence[int]) -> int:
    return to.graph.times(_merged("ADD", schema.AddOptionsT)(to, settings, inputs), number(1 / len(inputs)))


def _concatenate(to: Emitter, settings: Settings, inputs: Sequence[int]) -> int:
    shapes = [to.graph.shape(each) for each in inputs]
    rank = len(shapes[0])
    axis = settings.whole("axis", -rank, rank, -1)
    axis = axis + rank if axis < 0 else axis - 1
    if axis < 0 or any(len(s) != rank or s[:axis] != shapes[0][:axis] or s[axis + 1 :] != shapes[0][axis + 1 :]
                       for s in shapes):  # fmt: skip
        raise ValueError("they do not fit")
    return to.graph.joined(inputs, axis) if len(inputs) > 1 else inputs[0]


def _single(settings: Settings, name: str, usual: int = 1) -> int:
    """A number that Keras may have put into a list."""
    value = settings.values.get(name, usual)
    value = value[0] if isinstance(value, list) and len(value) == 1 else value
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= LARGEST_SIDE:
        raise settings.refused(name)
    return value


def _sides(
    shape: Shape, size: tuple[int, int], strides: tuple[int, int], dilation: tuple[int, int], padding: str
) -> tuple[int, int]:
    """Rows and columns that a sliding window leaves."""
    rows, columns = (
        math.ceil((shape[axis] - (0 if padding == "same" else (size[axis] - 1) * dilation[axis])) / strides[axis])
        for axis in (0, 1)
    )
    if min(rows, columns) < 1:
        raise ValueError("nothing is left")
    return rows, columns


_MAXIMUM = _merged("MAXIMUM", schema.MaximumMinimumOptionsT)
_MINIMUM = _merged("MINIMUM", schema.MaximumMinimumOptionsT)
JOINING: Mapping[str, Callable[[Emitter, Settings, Sequence[int]], int]] = {
    "Add": _merged("ADD", schema.AddOptionsT),
    "Subtract": _merged("SUB", schema.SubOptionsT),
    "Multiply": _merged("MUL", schema.MulOptionsT),
    "Maximum": _MAXIMUM,
    "Minimum": _MINIMUM,
    "Average": _average,
    "Concatenate": _concatenate,
}
_TRAINING_ONLY = (
    "ActivityRegularization", "AlphaDropout", "AutoContrast", "Dropout", "GaussianDropout", "GaussianNoise",
    "Identity", "RandomBrightness", "RandomContrast", "RandomFlip", "RandomHeight", "RandomRotation", "RandomShear",
    "RandomTranslation", "RandomWidth", "RandomZoom", "SpatialDropout1D", "SpatialDropout2D",
)  # fmt: skip
KINDS: Mapping[str, tuple[int, Callable[..., int]]] = {
    "Dense": (0, _dense),
    "Conv2D": (3, _conv2d),
    "Conv1D": (2, _conv1d),
    "DepthwiseConv2D": (3, _depthwise_conv2d),
    "SeparableConv2D": (3, _separable_conv2d),
    "BatchNormalization": (0, _batch_normalization),
    "LayerNormalization": (0, _layer_normalization),
    "Normalization": (0, _normalization),
    "PReLU": (0, _prelu),
    "MaxPooling2D": (3, _pooled("MAX_POOL_2D", 2)),
    "AveragePooling2D": (3, _pooled("AVERAGE_POOL_2D", 2)),
    "MaxPooling1D": (2, _pooled("MAX_POOL_2D", 1)),
    "AveragePooling1D": (2, _pooled("AVERAGE_POOL_2D", 1)),
    "GlobalAveragePooling2D": (3, _pooled_globally("MEAN")),
    "GlobalMaxPooling2D": (3, _pooled_globally("REDUCE_MAX")),
    "GlobalAveragePooling1D": (2, _pooled_globally("MEAN")),
    "GlobalMaxPooling1D": (2, _pooled_globally("REDUCE_MAX")),
    "Flatten": (0, _flatten),
    "Reshape": (0, _reshape),
    "Permute": (0, _permute),
    "ZeroPadding2D": (3, _zero_padding),
    "Cropping2D": (3, _cropping),
    "UpSampling2D": (3, _up_sampling),
    "Resizing": (3, _resizing),
    "Rescaling": (0, _rescaling),
    "Activation": (0, _activation),
    "ReLU": (0, _relu),
    "LeakyReLU": (0, _leaky_relu),
    "ELU": (0, _elu),
    "Softmax": (0, _softmax),
    **dict.fromkeys(_TRAINING_ONLY, (0, _unchanged)),
    **{name: (0, emit) for name, emit in JOINING.items()},
}
"""By Keras' names: how many axes a picture must have there (0: any number), and what writes the operations."""

"""A network from elsewhere with what it needs around it, so that the program can read with it as with its own.

Before it: pictures (28, 28, 1) in 0..1 with bright ink are scaled, turned, negated and coloured as it expects them.
After it: probabilities, one for each class. All of it becomes part of the graph.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray
from PIL import Image

from app.core.child_process import Answer
from app.core.datasets.choices import Orientation
from app.core.datasets.types import IMAGE_SIZE
from app.core.models.adaptation import Adaptation, Output, Scale
from app.core.models.foreign.litert_files import input_of, operation_of, output_of, parse, shape_of
from app.core.models.foreign.litert_graph import TYPES, Graph
from app.core.models.interpreter import BATCH, Interpreter

_MOST_BATCH_BYTES = 256 * 2**20
_PASSING = {"RESHAPE", "SQUEEZE", "DEQUANTIZE", "QUANTIZE", "CAST", "EXPAND_DIMS"}
"""Operations that leave numbers as they are."""
_SMALLEST_SUM = 1e-9
_LEAST_BYTE_FACTOR = 0.02
"""What a pixel in 0..255 is multiplied by in the beginning is less than this, and more for any other."""


def adapted(content: bytes, adaptation: Adaptation, takes_any_batch: bool) -> bytes:
    """The network of `content`, from (n, 28, 28, 1) to probabilities (n, classes), and what its last layer reads.

    It takes pictures one at a time if it cannot take several, or if several would need much memory at once.
    """
    model = parse(content)
    reads, gives = input_of(model), output_of(model)
    graph, inner = Graph(model), model.subgraphs[0]
    features = _features(model)
    operators, inner.operators = inner.operators, []
    is_batched = takes_any_batch and _batch_bytes(model) <= _MOST_BATCH_BYTES
    picture = graph.picture((IMAGE_SIZE, IMAGE_SIZE, 1), batch=-1 if is_batched else 1)
    ready = _prepared(graph, picture, adaptation, inner.tensors[reads])
    for operator in operators:
        operator.inputs = [ready if int(each) == reads else int(each) for each in operator.inputs]
    inner.operators += operators
    probabilities = _probabilities(graph, gives, adaptation)
    outputs = [probabilities] if features is None else [probabilities, graph.times(features, np.ones((), np.float32))]
    return graph.end(picture, outputs)


def read_in_ways(content: bytes, takes_any_batch: bool, ways: Sequence[str], images: bytes) -> Answer:
    """Probabilities (ways, n, classes) of pictures (n, 28, 28) uint8 that are shown in each way, an `Adaptation`.

    To be called in a process of its own, which loads nothing else for it.
    """
    pixels = np.frombuffer(images, np.uint8).reshape(-1, IMAGE_SIZE, IMAGE_SIZE).astype(np.float32) / np.float32(255)
    found = [
        Interpreter(adapted(content, Adaptation.model_validate_json(way), takes_any_batch)).probabilities(pixels)
        for way in ways
    ]
    return {"ways": len(ways)}, (np.stack(found).tobytes(),)


def end_of(content: bytes) -> str:
    """The last thing that a network does to numbers, in LiteRT's words: "SOFTMAX", "LOGISTIC", or something else."""
    model = parse(content)
    operator = _maker(model, output_of(model))
    return "" if operator is None else operation_of(model, operator)


def scale_of(content: bytes) -> Scale | None:
    """What the network's beginning says of the pixels that it reads; None if it says nothing."""
    model = parse(content)
    graph, place = model.subgraphs[0], input_of(model)
    quantization = graph.tensors[place].quantization
    if TYPES[graph.tensors[place].type] != "float32":
        if quantization is None or quantization.scale is None or not len(quantization.scale):
            return Scale.BYTES
        widest, lowest = 255 * float(quantization.scale[0]), -float(quantization.scale[0])
        zero = float(quantization.zeroPoint[0]) - (0 if TYPES[graph.tensors[place].type] == "uint8" else -128)
        return Scale.BYTES if widest > 10 else Scale.SIGNED if lowest * zero < -0.4 else Scale.UNIT
    for operator in graph.operators:
        if int(operator.inputs[0]) != place:
            continue
        name = operation_of(model, operator)
        if name in _PASSING:
            place = int(operator.outputs[0])
            continue
        number = _constant(model, operator)
        if number is not None and (
            (name == "MUL" and abs(number) < _LEAST_BYTE_FACTOR) or (name in {"DIV", "SUB", "ADD"} and abs(number) > 10)
        ):
            return Scale.BYTES
        return None
    return None


def weights_in(content: bytes) -> int:
    """How many constant numbers there are, but for those that say shapes and axes."""
    model = parse(content)
    numbers = {"float32", "float16", "int8", "uint8"}
    return sum(
        math.prod(int(side) for side in tensor.shape)
        for tensor in model.subgraphs[0].tensors
        if TYPES[tensor.type] in numbers and model.buffers[tensor.buffer].data is not None
    )


def _prepared(graph: Graph, picture: int, adaptation: Adaptation, wanted: Any) -> int:
    """The picture as the network wants it."""
    layout = adaptation.layout
    values = graph.reshaped(picture, (IMAGE_SIZE, IMAGE_SIZE))
    is_turned = adaptation.orientation is Orientation.TURNED
    if (layout.rows, layout.columns) != (IMAGE_SIZE, IMAGE_SIZE):
        # Scaled along the columns, turned, scaled along the rows: which leaves it turned.
        across, down = (layout.rows, layout.columns) if is_turned else (layout.columns, layout.rows)
        values = graph.transposed(graph.dense(values, _scaling(across)), (1, 0))
        values = graph.dense(values, _scaling(down))
        is_turned = not is_turned
    if is_turned:
        values = graph.transposed(values, (1, 0))
    factor, offset = adaptation.factor_and_offset
    if factor != 1:
        values = graph.times(values, np.asarray(factor, np.float32))
    if offset:
        values = graph.plus(values, np.asarray(offset, np.float32))
    if layout.channels > 1:
        axis = 0 if layout.is_channels_first else 2
        sides = (1, layout.rows, layout.columns) if layout.is_channels_first else (layout.rows, layout.columns, 1)
        values = graph.joined([graph.reshaped(values, sides)] * layout.channels, axis)
    values = graph.reshaped(values, shape_of(wanted))
    return values if TYPES[wanted.type] == "float32" else _packed(graph, values, wanted)


def _packed(graph: Graph, values: int, wanted: Any) -> int:
    """Numbers of 8 bits, as the network's own scale says."""
    is_scaled = wanted.quantization is not None and wanted.quantization.scale is not None
    dtype = TYPES[wanted.type]
    name, options = ("QUANTIZE", schema.QuantizeOptionsT()) if is_scaled else ("CAST", None)
    if not is_scaled:
        values = graph.plus(values, np.asarray(0.5, np.float32))  # casting cuts off
        options = schema.CastOptionsT(inDataType=schema.TensorType.FLOAT32, outDataType=wanted.type)
    packed = graph.operation(name, (values,), graph.shape(values), options, dtype=dtype)
    if is_scaled:
        graph.model.subgraphs[0].tensors[packed].quantization = wanted.quantization
    return packed


def _probabilities(graph: Graph, gives: int, adaptation: Adaptation) -> int:
    """The answer as probabilities that sum to 1."""
    values = gives
    if graph.type(values) != "float32":
        quantization = graph.model.subgraphs[0].tensors[values].quantization
        is_scaled = quantization is not None and quantization.scale is not None
        options = schema.DequantizeOptionsT() if is_scaled else schema.CastOptionsT(outDataType=0)
        name = "DEQUANTIZE" if is_scaled else "CAST"
        values = graph.operation(name, (values,), graph.shape(values), options)
    values = graph.reshaped(values, (math.prod(graph.shape(values)),))
    is_logit = adaptation.output is Output.LOGITS
    if graph.shape(values) == (1,):  # one number says how much it is the second of two classes
        second = graph.operation("LOGISTIC", (values,), (1,)) if is_logit else values
        first = graph.plus(graph.times(second, np.asarray(-1, np.float32)), np.asarray(1, np.float32))
        values = graph.joined([first, second], 0)
    elif is_logit:
        values = graph.softmax(values)
    else:
        whole = graph.reduced(values, [0], "SUM", keeps=True)
        least = graph.constant(np.asarray(_SMALLEST_SUM, np.float32))
        whole = graph.operation("MAXIMUM", (whole, least), (1,), schema.MaximumMinimumOptionsT())
        values = graph.operation("DIV", (values, whole), graph.shape(values), schema.DivOptionsT())
    if adaptation.order:
        indices = graph.constant(np.asarray(adaptation.order, np.int32))
        shape = (len(adaptation.order),)
        values = graph.operation("GATHER", (values, indices), shape, schema.GatherOptionsT(axis=1))
    return values


def _scaling(side: int) -> NDArray[np.float32]:
    """The matrix (28, side) that scales a line of 28 pixels, smoothed where it becomes shorter."""
    lines = Image.fromarray(np.eye(IMAGE_SIZE, dtype=np.float32))
    return np.asarray(lines.resize((side, IMAGE_SIZE), Image.Resampling.BILINEAR), np.float32)


def _batch_bytes(model: Any) -> int:
    """What the largest tensors of a whole batch take, roughly: one that is read and one that is made."""
    sizes = [math.prod(int(side) for side in tensor.shape) for tensor in model.subgraphs[0].tensors
             if model.buffers[tensor.buffer].data is None]  # fmt: skip
    return 2 * 4 * BATCH * max(sizes, default=0)


def _features(model: Any) -> int | None:
    """What the last dense layer reads, a row of numbers; None where there is none."""
    operator = _maker(model, output_of(model))
    skipped = {"SOFTMAX", "LOGISTIC", "LOG_SOFTMAX", "ADD", *_PASSING}
    while operator is not None and operation_of(model, operator) in skipped:
        operator = _maker(model, int(operator.inputs[0]))
    if operator is None or operation_of(model, operator) != "FULLY_CONNECTED":
        return None
    graph, place = model.subgraphs[0], int(operator.inputs[0])
    tensor = graph.tensors[place]
    is_row = len(shape_of(tensor)) == 1 and int(tensor.shape[0]) == 1 and TYPES[tensor.type] == "float32"
    return place if is_row and place not in {int(each) for each in graph.inputs} else None


def _maker(model: Any, tensor: int) -> Any | None:
    """The operation that makes the numbers of a tensor; those that pass them on are skipped."""
    for operator in reversed(model.subgraphs[0].operators):
        if int(operator.outputs[0]) == tensor:
            return _maker(model, int(operator.inputs[0])) if operation_of(model, operator) in _PASSING else operator
    return None


def _constant(model: Any, operator: Any) -> float | None:
    """The one number that an operation works with."""
    for each in list(operator.inputs)[1:2]:
        tensor = model.subgraphs[0].tensors[int(each)]
        data = model.buffers[tensor.buffer].data
        if data is not None and len(data) == 4 and TYPES[tensor.type] == "float32":
            return float(np.frombuffer(bytes(data), np.float32)[0])
    return None


def order_for(names: Sequence[str], wanted: Sequence[str]) -> tuple[int, ...]:
    """Where each of the wanted classes stands among `names`; nothing if they stand so, or are others."""
    if list(names) == list(wanted) or sorted(names) != sorted(wanted):
        return ()
    return tuple(names.index(name) for name in wanted)

"""A .tflite file that somebody else made: read as data, checked piece by piece, and written anew.

LiteRT trusts its files: one byte that is flipped can crash whoever opens them. Here every index is followed before
LiteRT sees it, operations are compared with a list, and graphs that call others (loops among them) are refused. What
is left are the numbers that operations work with: a file is run in a process of its own before the program opens it.
"""

import struct
from collections.abc import Mapping, Sequence
from math import prod
from types import MappingProxyType
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from app.core.models.foreign.limits import LARGEST_SIDE, MOST_LAYERS, MOST_NUMBERS, refuse
from app.core.models.foreign.litert_graph import TYPES, Shape

_IDENTIFIER = slice(4, 8)
_DAMAGED = (struct.error, IndexError, ValueError, TypeError, AttributeError, KeyError, OverflowError, RecursionError)

_ALLOWED = (
    "ABS", "ADD", "ADD_N", "ARG_MAX", "AVERAGE_POOL_2D", "BATCH_MATMUL", "BATCH_TO_SPACE_ND", "BROADCAST_ARGS",
    "BROADCAST_TO", "CAST", "CEIL", "CONCATENATION", "CONV_2D", "COS", "DEPTHWISE_CONV_2D", "DEPTH_TO_SPACE",
    "DEQUANTIZE", "DIV", "ELU", "EQUAL", "EXP", "EXPAND_DIMS", "FAKE_QUANT", "FILL", "FLOOR", "FLOOR_DIV",
    "FULLY_CONNECTED", "GATHER", "GELU", "GREATER", "GREATER_EQUAL", "HARD_SWISH", "L2_NORMALIZATION", "L2_POOL_2D",
    "LEAKY_RELU", "LESS", "LESS_EQUAL", "LOCAL_RESPONSE_NORMALIZATION", "LOG", "LOGICAL_AND", "LOGICAL_NOT",
    "LOGICAL_OR", "LOGISTIC", "LOG_SOFTMAX", "MAXIMUM", "MAX_POOL_2D", "MEAN", "MINIMUM", "MIRROR_PAD", "MUL",
    "NEG", "NOT_EQUAL", "PACK", "PAD", "PADV2", "POW", "PRELU", "QUANTIZE", "RANGE", "RANK", "REDUCE_MAX",
    "REDUCE_MIN", "REDUCE_PROD", "RELU", "RELU6", "RELU_0_TO_1", "RELU_N1_TO_1", "RESHAPE", "RESIZE_BILINEAR",
    "RESIZE_NEAREST_NEIGHBOR", "REVERSE_V2", "ROUND", "RSQRT", "SELECT", "SELECT_V2", "SHAPE", "SIGN", "SIN",
    "SLICE", "SOFTMAX", "SPACE_TO_BATCH_ND", "SPACE_TO_DEPTH", "SPLIT", "SPLIT_V", "SQRT", "SQUARE",
    "SQUARED_DIFFERENCE", "SQUEEZE", "STRIDED_SLICE", "SUB", "SUM", "TANH", "TILE", "TRANSPOSE", "TRANSPOSE_CONV",
    "UNPACK", "ZEROS_LIKE",
)  # fmt: skip
OPERATIONS: Mapping[int, str] = MappingProxyType({getattr(schema.BuiltinOperator, name): name for name in _ALLOWED})
"""What a network may do: arithmetic whose time does not depend on the picture."""

INPUT_TYPES = {"float32", "uint8", "int8"}


def parse(content: bytes) -> Any:
    """The model in a .tflite file, checked. Raises InputError for one that is damaged or not taken in."""
    if content[_IDENTIFIER] != b"TFL3":
        raise refuse("the file is damaged, or not a TensorFlow Lite model")
    try:
        model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(content, 0))
        for buffer in model.buffers:
            is_empty = buffer.data is None or not len(buffer.data)
            buffer.data = None if is_empty else np.asarray(buffer.data, np.uint8)
        _check(model)
    except _DAMAGED:
        raise refuse("the file is damaged") from None
    model.signatureDefs, model.metadata, model.metadataBuffer = None, None, None
    return model


def input_of(model: Any) -> int:
    """The tensor that holds the picture. Raises InputError if it cannot hold one."""
    graph = model.subgraphs[0]
    if len(graph.inputs) != 1:
        raise refuse(f"it reads {len(graph.inputs)} things, and should read one picture")
    tensor = graph.tensors[graph.inputs[0]]
    shape, dtype = shape_of(tensor), TYPES[tensor.type]
    if dtype not in INPUT_TYPES:
        raise refuse(f"it reads {dtype} numbers, not pictures")
    if not 1 <= len(shape) <= 3 or max(shape[:2]) > (LARGEST_SIDE if len(shape) > 1 else MOST_NUMBERS):
        raise refuse(f"it reads {' x '.join(map(str, shape)) or 'single numbers'}, and should read pictures")
    if int(tensor.shape[0]) != 1:
        raise refuse(f"it reads {tensor.shape[0]} pictures at a time, and should read one")
    return int(graph.inputs[0])


def output_of(model: Any) -> int:
    """The tensor that holds the answer. Raises InputError if it is none of a classifier."""
    graph = model.subgraphs[0]
    outputs = [int(each) for each in graph.outputs]
    if len(outputs) > 1:  # as this program's own: probabilities, and what comes before them
        softmax = {int(each.outputs[0]) for each in graph.operators if operation_of(model, each) == "SOFTMAX"}
        outputs = [each for each in outputs if each in softmax]
    if len(outputs) != 1:
        raise refuse(f"it gives {len(graph.outputs)} answers, and should give one")
    tensor = graph.tensors[outputs[0]]
    if TYPES[tensor.type] not in INPUT_TYPES:
        raise refuse(f"it gives {TYPES[tensor.type]} numbers, and should give one for each class")
    if len([side for side in shape_of(tensor) if side != 1]) > 1:
        raise refuse(f"it gives {' x '.join(map(str, shape_of(tensor)))} numbers, and should give one for each class")
    return outputs[0]


def takes_any_batch(model: Any) -> bool:
    """True if the file says that it reads any number of pictures at a time."""
    tensor = model.subgraphs[0].tensors[model.subgraphs[0].inputs[0]]
    signature = tensor.shapeSignature
    return signature is not None and len(signature) > 0 and int(signature[0]) == -1


def shape_of(tensor: Any) -> Shape:
    """Of one picture; where the file leaves rows and columns open they are those it names as usual."""
    return tuple(int(side) for side in tensor.shape[1:])


def operation_of(model: Any, operator: Any) -> str:
    """The name of what it does."""
    return OPERATIONS[_builtin(model.operatorCodes[operator.opcodeIndex])]


def _builtin(code: Any) -> int:
    """Old files have it in a field that holds up to 127."""
    return max(int(code.builtinCode), int(code.deprecatedBuiltinCode))


def _check(model: Any) -> None:
    if not model.subgraphs or len(model.subgraphs) != 1:
        raise refuse("it calls other graphs, as loops and conditions do, which may never end")
    if model.externalBuffers or model.externalBufferGroups:
        raise refuse("it keeps its weights in another file, which is never opened")
    graph = model.subgraphs[0]
    for code in model.operatorCodes:
        _check_code(code)
    if not graph.operators or len(graph.operators) > 10 * MOST_LAYERS or len(graph.tensors) > 30 * MOST_LAYERS:
        raise refuse("it has no operations, or far too many")
    for buffer in model.buffers:
        if buffer.offset or buffer.size:
            raise refuse("it keeps its weights behind its end, which is not read")
    for tensor in graph.tensors:
        _check_tensor(tensor, model.buffers)
    _check_order(model, graph)


def _check_code(code: Any) -> None:
    builtin = _builtin(code)
    if builtin == schema.BuiltinOperator.CUSTOM:
        raise refuse(f"it has an operation of its own, {_text(code.customCode)!r}, whose program code is not here")
    if builtin not in OPERATIONS:
        names = {number: name for name, number in vars(schema.BuiltinOperator).items() if isinstance(number, int)}
        raise refuse(f"it has the operation {names.get(builtin, builtin)}, which this program does not know")


def _text(value: Any) -> str:
    return (value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value))[:60]


def _check_tensor(tensor: Any, buffers: Sequence[Any]) -> None:
    if tensor.type not in TYPES:
        raise refuse("it computes with a kind of numbers that this program does not know")
    if tensor.isVariable or tensor.sparsity is not None or tensor.variantTensors or tensor.externalBuffer:
        raise refuse("it keeps something from picture to picture, or its weights in a way that is not read")
    shape = [] if tensor.shape is None else [int(side) for side in tensor.shape]
    signature = [] if tensor.shapeSignature is None else [int(side) for side in tensor.shapeSignature]
    if len(shape) > 6 or any(side < 0 for side in shape) or prod(shape) > 8 * MOST_NUMBERS:
        raise refuse("one of its tensors is far too large")
    if signature and (len(signature) != len(shape) or any(side < -1 for side in signature)):
        raise ValueError("no signature of the shape")
    data = buffers[_index(tensor.buffer, len(buffers))].data
    size = prod(shape) * np.dtype(TYPES[tensor.type]).itemsize
    if data is not None and len(data) != size:
        raise ValueError("not as many bytes as numbers")
    _check_quantization(tensor, shape)


def _check_quantization(tensor: Any, shape: Sequence[int]) -> None:
    found = tensor.quantization
    if found is None:
        return
    if found.details is not None:
        raise refuse("its weights are quantized in a way that this program does not know")
    scales, zeros = (0 if each is None else len(each) for each in (found.scale, found.zeroPoint))
    if scales > 1 and (not 0 <= found.quantizedDimension < len(shape) or scales != shape[found.quantizedDimension]):
        raise ValueError("scales of other channels")
    if zeros not in {0, 1, scales} or (scales and not zeros):
        raise ValueError("zero points of other channels")
    if scales and not np.isfinite(np.asarray(found.scale, np.float64)).all():
        raise ValueError("no scale")


def _check_order(model: Any, graph: Any) -> None:
    """Whatever an operation reads is there before: constant, the picture, or made by one that stands before it."""
    count = len(graph.tensors)
    constant = {i for i, t in enumerate(graph.tensors) if model.buffers[t.buffer].data is not None}
    made = {_index(each, count) for each in graph.inputs}
    if made & constant:
        raise ValueError("the picture is a constant")
    for operator in graph.operators:
        _index(operator.opcodeIndex, len(model.operatorCodes))
        if operator.customOptions is not None or operator.largeCustomOptionsSize or operator.intermediates is not None:
            raise refuse("it has operations with settings that this program does not know")
        for each in operator.inputs:
            if each != -1 and _index(each, count) not in made | constant:
                raise ValueError("reads what is not there yet")
        for each in operator.outputs:
            if _index(each, count) in made | constant:
                raise ValueError("made twice")
            made.add(int(each))
    if any(_index(each, count) not in made for each in graph.outputs):
        raise ValueError("the answer is made nowhere")


def _index(value: Any, count: int) -> int:
    if not 0 <= int(value) < count:
        raise ValueError("no such place")
    return int(value)

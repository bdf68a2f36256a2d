"""Graphs of LiteRT, written operation by operation: a network that is described elsewhere, or more around one.

The first axis of every tensor is that of the batch. Only TensorFlow's own converter would write them otherwise, and it
takes some ten seconds to load and to run.
"""

from collections.abc import Mapping, Sequence
from math import prod
from types import MappingProxyType
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

Shape = tuple[int, ...]
"""Without the batch."""

TYPES: Mapping[int, str] = MappingProxyType(
    {
        schema.TensorType.FLOAT32: "float32",
        schema.TensorType.FLOAT16: "float16",
        schema.TensorType.INT32: "int32",
        schema.TensorType.UINT8: "uint8",
        schema.TensorType.INT64: "int64",
        schema.TensorType.BOOL: "bool",
        schema.TensorType.INT16: "int16",
        schema.TensorType.INT8: "int8",
    }
)
"""NumPy's names of the types that tensors may have here."""
_CODES = {name: code for code, name in TYPES.items()}
_IDENTIFIER = b"TFL3"
_OUTPUT_NAMES = ("0 probabilities", "1 embeddings")
"""In the order of which `Interpreter` reads them."""


class Graph:
    """A model in the making. Tensors are numbers; what makes one returns it."""

    def __init__(self, model: Any = None) -> None:
        """Nothing yet, or a parsed model with one subgraph, to which operations are added."""
        self.model = model or schema.ModelT(
            version=3,
            operatorCodes=[],
            buffers=[schema.BufferT()],
            subgraphs=[schema.SubGraphT(tensors=[], operators=[], inputs=[], outputs=[])],
        )
        self._graph = self.model.subgraphs[0]

    @property
    def operations(self) -> int:
        """How many there are."""
        return len(self._graph.operators)

    def shape(self, tensor: int) -> Shape:
        """What one picture is there."""
        return tuple(int(side) for side in self._graph.tensors[tensor].shape[1:])

    def type(self, tensor: int) -> str:
        """NumPy's name for what it holds."""
        return TYPES[self._graph.tensors[tensor].type]

    def picture(self, shape: Shape, batch: int = 1, dtype: str = "float32") -> int:
        """What the network reads. `batch` is how many at a time; -1: any number."""
        return self._tensor(shape, dtype, batch=batch)

    def constant(self, values: NDArray[Any]) -> int:
        """A tensor that always holds `values`."""
        self.model.buffers.append(schema.BufferT(data=np.frombuffer(np.ascontiguousarray(values).tobytes(), np.uint8)))
        self._graph.tensors.append(
            schema.TensorT(
                shape=np.asarray(values.shape, np.int32),
                type=_CODES[str(values.dtype)],
                buffer=len(self.model.buffers) - 1,
                name=f"constant {len(self._graph.tensors)}",
                quantization=schema.QuantizationParametersT(),
            )
        )
        return len(self._graph.tensors) - 1

    def operation(
        self, name: str, inputs: Sequence[int], shape: Shape, options: Any = None, dtype: str = "float32"
    ) -> int:
        """One of LiteRT's built-in operations; `shape` is what it makes of a picture."""
        output = self._tensor(shape, dtype)
        kind = "NONE" if options is None else type(options).__name__.removesuffix("T")
        self._graph.operators.append(
            schema.OperatorT(
                opcodeIndex=self._code(getattr(schema.BuiltinOperator, name)),
                inputs=list(inputs),
                outputs=[output],
                builtinOptionsType=getattr(schema.BuiltinOptions, kind),
                builtinOptions=options,
            )
        )
        return output

    def plus(self, values: int, more: NDArray[np.float32] | int) -> int:
        """The sum with a constant or another tensor."""
        return self._of_two("ADD", values, more, schema.AddOptionsT())

    def times(self, values: int, factors: NDArray[np.float32] | int) -> int:
        """The product with a constant or another tensor."""
        return self._of_two("MUL", values, factors, schema.MulOptionsT())

    def _of_two(self, name: str, values: int, other: NDArray[np.float32] | int, options: Any) -> int:
        if isinstance(other, int):
            shape = np.broadcast_shapes(self.shape(values), self.shape(other))
            return self.operation(name, (values, other), shape, options)
        numbers = np.asarray(other, np.float32)
        return self.operation(name, (values, self.constant(numbers)), self.shape(values), options)

    def reshaped(self, values: int, shape: Shape) -> int:
        """The same numbers in another shape."""
        if self.shape(values) == shape:
            return values
        wanted = self.constant(np.asarray((-1, *shape), np.int32))
        return self.operation("RESHAPE", (values, wanted), shape, dtype=self.type(values))

    def transposed(self, values: int, order: Sequence[int]) -> int:
        """The axes of a picture in another order, counted from 0."""
        shape = tuple(self.shape(values)[axis] for axis in order)
        axes = self.constant(np.asarray((0, *(axis + 1 for axis in order)), np.int32))
        return self.operation("TRANSPOSE", (values, axes), shape, schema.TransposeOptionsT())

    def dense(self, values: int, kernel: NDArray[np.float32], bias: NDArray[np.float32] | None = None) -> int:
        """The last axis times `kernel` (numbers, units), plus `bias`."""
        weights = self.constant(np.asarray(kernel.T, np.float32))
        added = () if bias is None else (self.constant(np.asarray(bias, np.float32)),)
        shape = (*self.shape(values)[:-1], kernel.shape[1])
        options = schema.FullyConnectedOptionsT(keepNumDims=len(shape) > 1)
        return self.operation("FULLY_CONNECTED", (values, weights, *added), shape, options)

    def reduced(self, values: int, axes: Sequence[int], how: str = "MEAN", keeps: bool = False) -> int:
        """MEAN, SUM or REDUCE_MAX over axes of a picture, counted from 0."""
        shape = self.shape(values)
        left = tuple(1 if axis in axes else side for axis, side in enumerate(shape) if keeps or axis not in axes)
        which = self.constant(np.asarray([axis + 1 for axis in axes], np.int32))
        return self.operation(how, (values, which), left, schema.ReducerOptionsT(keepDims=keeps))

    def joined(self, values: Sequence[int], axis: int) -> int:
        """Tensors behind each other along an axis of a picture, counted from 0."""
        shapes = [self.shape(each) for each in values]
        length = sum(shape[axis] for shape in shapes)
        shape = (*shapes[0][:axis], length, *shapes[0][axis + 1 :])
        return self.operation("CONCATENATION", values, shape, schema.ConcatenationOptionsT(axis=axis + 1))

    def softmax(self, values: int) -> int:
        """Shares that sum to 1 along the last axis."""
        return self.operation("SOFTMAX", (values,), self.shape(values), schema.SoftmaxOptionsT(beta=1.0))

    def end(self, picture: int, outputs: Sequence[int]) -> bytes:
        """The model that reads `picture` and gives `outputs`, probabilities first, as the bytes of a file."""
        for name, tensor in zip(_OUTPUT_NAMES, outputs, strict=False):
            self._graph.tensors[tensor].name = name
        self._graph.inputs, self._graph.outputs = [picture], list(outputs)
        self.model.description = "Softmax Studio"
        builder = flatbuffers.Builder(sum(_size(buffer) for buffer in self.model.buffers) + 2**20)
        builder.Finish(self.model.Pack(builder), _IDENTIFIER)
        return bytes(builder.Output())

    def _tensor(self, shape: Shape, dtype: str, batch: int = 1) -> int:
        self._graph.tensors.append(
            schema.TensorT(
                shape=np.asarray((abs(batch), *shape), np.int32),
                shapeSignature=np.asarray((batch, *shape), np.int32) if batch < 0 else None,
                type=_CODES[dtype],
                buffer=0,
                name=f"tensor {len(self._graph.tensors)}",
                quantization=schema.QuantizationParametersT(),
            )
        )
        return len(self._graph.tensors) - 1

    def _code(self, builtin: int) -> int:
        for index, code in enumerate(self.model.operatorCodes):
            if code.builtinCode == builtin and code.version == 1:
                return index
        old = min(builtin, schema.BuiltinOperator.PLACEHOLDER_FOR_GREATER_OP_CODES)
        self.model.operatorCodes.append(schema.OperatorCodeT(deprecatedBuiltinCode=old, builtinCode=builtin))
        return len(self.model.operatorCodes) - 1


def elements(shape: Shape) -> int:
    """How many numbers a tensor of that shape holds."""
    return prod(shape)


def _size(buffer: Any) -> int:
    return 0 if buffer.data is None else len(buffer.data)

"""Keras' activations as operations of LiteRT."""

from collections.abc import Callable, Mapping

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

from app.core.models.foreign.litert_graph import Graph

Activation = Callable[[Graph, int], int]

_SELU_SCALE, _SELU_ALPHA = 1.0507009873554805, 1.6732632423543772
_LEAKY = 0.2


def number(value: float) -> NDArray[np.float32]:
    """A constant of a graph."""
    return np.asarray(value, np.float32)


def leaky(graph: Graph, values: int, slope: float = _LEAKY) -> int:
    """What is below zero times `slope`."""
    return graph.operation("LEAKY_RELU", (values,), graph.shape(values), schema.LeakyReluOptionsT(alpha=slope))


def at_most(graph: Graph, values: int, most: float) -> int:
    """No more than that."""
    inputs = (values, graph.constant(number(most)))
    return graph.operation("MINIMUM", inputs, graph.shape(values), schema.MaximumMinimumOptionsT())


def _plain(name: str, options: Callable[[], object] | None = None) -> Activation:
    """One that LiteRT has itself."""
    return lambda graph, values: graph.operation(name, (values,), graph.shape(values), options and options())


_relu, _sigmoid = _plain("RELU"), _plain("LOGISTIC")
_size = _plain("ABS", schema.AbsOptionsT)


def _hard_sigmoid(graph: Graph, values: int) -> int:
    risen = graph.operation("RELU6", (graph.plus(values, number(3)),), graph.shape(values))
    return graph.times(risen, number(1 / 6))


def _old_hard_sigmoid(graph: Graph, values: int) -> int:
    """Keras 2 had another slope."""
    return at_most(graph, _relu(graph, graph.plus(graph.times(values, number(0.2)), number(0.5))), 1)


def _selu(graph: Graph, values: int) -> int:
    below = graph.operation("ELU", (at_most(graph, values, 0),), graph.shape(values))
    above = graph.times(_relu(graph, values), number(_SELU_SCALE))
    return graph.plus(graph.times(below, number(_SELU_SCALE * _SELU_ALPHA)), above)


def _softplus(graph: Graph, values: int) -> int:
    """max(x, 0) + log(1 + exp(-|x|)), which never overflows."""
    negative = graph.times(_size(graph, values), number(-1))
    power = graph.operation("EXP", (negative,), graph.shape(values), schema.ExpOptionsT())
    rest = graph.operation("LOG", (graph.plus(power, number(1)),), graph.shape(values))
    return graph.plus(_relu(graph, values), rest)


def _softsign(graph: Graph, values: int) -> int:
    whole = graph.plus(_size(graph, values), number(1))
    return graph.operation("DIV", (values, whole), graph.shape(values), schema.DivOptionsT())


def _silu(graph: Graph, values: int) -> int:
    return graph.times(values, _sigmoid(graph, values))


def _hard_silu(graph: Graph, values: int) -> int:
    return graph.times(values, _hard_sigmoid(graph, values))


def _mish(graph: Graph, values: int) -> int:
    return graph.times(values, _plain("TANH")(graph, _softplus(graph, values)))


ACTIVATIONS: Mapping[str, Activation] = {
    "linear": lambda _graph, values: values,
    "relu": _relu,
    "relu6": _plain("RELU6"),
    "leaky_relu": leaky,
    "elu": _plain("ELU"),
    "selu": _selu,
    "gelu": _plain("GELU", schema.GeluOptionsT),
    "silu": _silu,
    "swish": _silu,
    "hard_silu": _hard_silu,
    "hard_swish": _hard_silu,
    "mish": _mish,
    "sigmoid": _sigmoid,
    "hard_sigmoid": _hard_sigmoid,
    "tanh": _plain("TANH"),
    "softsign": _softsign,
    "softplus": _softplus,
    "exponential": _plain("EXP", schema.ExpOptionsT),
    "softmax": lambda graph, values: graph.softmax(values),
    "log_softmax": _plain("LOG_SOFTMAX", schema.LogSoftmaxOptionsT),
}
"""By Keras' names."""
OLD_ACTIVATIONS: Mapping[str, Activation] = {**ACTIVATIONS, "hard_sigmoid": _old_hard_sigmoid}
"""As Keras 2 understood the names."""

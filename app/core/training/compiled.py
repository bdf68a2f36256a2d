"""A function compiled whole by XLA, whose machine code goes when it goes. Imports TensorFlow."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray


class Compiled:
    """A function of tensors that updates variables, compiled by XLA for the shapes of its `signature`.

    TensorFlow keeps what XLA compiles as long as the device that it is for. That of plain calls lives as long as the
    program, so each network took 7 MB for good; a session's goes with it. So the function runs in a session, on
    variables of its own: those of the program that have no axes, as the count of steps, are true after every call,
    and all others after `bring_back`.
    """

    def __init__(self, function: Callable[..., Any], signature: Sequence[tf.TensorSpec]) -> None:
        traced = tf.function(function, autograph=False, jit_compile=True).get_concrete_function(*signature)
        used = {id(variable.handle): variable for variable in traced.graph.variables}
        self._variables = [used[id(each)] for each in traced.captured_inputs if id(each) in used]
        self._scalars = [variable for variable in self._variables if not variable.shape.rank]
        self._is_ahead = False
        with tf.Graph().as_default() as graph:
            own = {
                variable.ref(): tf.raw_ops.VarHandleOp(
                    dtype=variable.dtype, shape=variable.shape, shared_name=str(number)
                )
                for number, variable in enumerate(self._variables)
            }
            traced.set_external_captures(
                [
                    own[used[id(each)].ref()] if id(each) in used else tf.constant(each.numpy())
                    for each in traced.captured_inputs
                ]
            )
            arguments = [tf.compat.v1.placeholder(spec.dtype, spec.shape) for spec in signature]
            results = traced(*arguments)
            with tf.control_dependencies(results):
                scalars = [_value(own, variable) for variable in self._scalars]
            new = [tf.compat.v1.placeholder(variable.dtype, variable.shape) for variable in self._variables]
            put = [
                tf.raw_ops.AssignVariableOp(resource=own[variable.ref()], value=value)
                for variable, value in zip(self._variables, new, strict=True)
            ]
            session = tf.compat.v1.Session(graph=graph)
            self._call = session.make_callable([*results, *scalars], arguments)
            self._put = session.make_callable(put, new)
            self._values = session.make_callable([_value(own, variable) for variable in self._variables])

    def __call__(self, *arguments: tf.Tensor) -> list[Any]:
        """The function's results for these tensors, as NumPy's scalars and arrays."""
        if not self._is_ahead:
            self._put(*[_memory(variable.read_value()) for variable in self._variables])
        found: list[Any] = self._call(*[_memory(argument) for argument in arguments])
        self._is_ahead = True
        results = len(found) - len(self._scalars)
        for variable, value in zip(self._scalars, found[results:], strict=True):
            variable.assign(value)
        return found[:results]

    def bring_back(self) -> None:
        """Give the program's variables the values that the calls have left; the next call begins with theirs."""
        if self._is_ahead:
            for variable, value in zip(self._variables, self._values(), strict=True):
                variable.assign(value)
        self._is_ahead = False


def _value(own: dict[Any, Any], variable: tf.Variable) -> tf.Tensor:
    return tf.raw_ops.ReadVariableOp(resource=own[variable.ref()], dtype=variable.dtype)


def _memory(tensor: tf.Tensor) -> NDArray[Any]:
    """A tensor's own memory, of which `numpy` would be a copy."""
    return np.asarray(memoryview(tensor))

"""Functions compiled by XLA compute what the functions do, and leave nothing behind."""

import gc
import weakref
from typing import Any

import numpy as np
import pytest


@pytest.fixture
def tf(tensorflow: None) -> Any:
    """TensorFlow, once it is loaded."""
    import tensorflow as tf

    return tf


def test_variables_are_as_after_plain_calls(tf: Any) -> None:
    """Scalars after every call, arrays when they are brought back; then the program's own changes count."""
    from app.core.training.compiled import Compiled

    weights, steps, rate = tf.Variable([1.0, 2.0]), tf.Variable(0), tf.constant(0.5)

    def step(values: Any) -> tuple[Any, Any]:
        count = steps.assign_add(1)
        weights.assign_add(rate * values)
        return tf.reduce_sum(weights), count

    compiled = Compiled(step, [tf.TensorSpec((2,))])
    assert [*compiled(tf.constant([2.0, 4.0]))] == [6.0, 1]
    assert [*compiled(tf.constant([2.0, 4.0]))] == [9.0, 2]
    assert steps.numpy() == 2
    compiled.bring_back()
    np.testing.assert_array_equal(weights.numpy(), [3.0, 6.0])
    weights.assign([0.0, 0.0])
    assert [*compiled(tf.constant([2.0, 4.0]))] == [3.0, 3]


def test_what_was_compiled_goes_with_the_function(tf: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The session, with its devices and what they keep; TensorFlow's own keep everything for good."""
    from app.core.training.compiled import Compiled

    sessions, make = list[weakref.ref[Any]](), tf.compat.v1.Session

    def session(graph: Any) -> Any:
        made = make(graph=graph)
        sessions.append(weakref.ref(made))
        return made

    monkeypatch.setattr(tf.compat.v1, "Session", session)
    compiled = Compiled(lambda values: [values + 1.0], [tf.TensorSpec((2,))])
    assert compiled(tf.constant([1.0, 2.0]))[0].tolist() == [2.0, 3.0]
    [made] = sessions
    assert made() is not None
    del compiled
    gc.collect()
    assert made() is None

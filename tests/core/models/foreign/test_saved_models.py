"""TensorFlow's own format: the function that answers is taken out, and nothing else of the file is ever run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.core.errors import InputError
from app.core.models.foreign.reading import read_foreign
from app.core.models.foreign.saved_model import convert
from tests.core.models.foreign.networks import run, sequential, with_random_weights

pytestmark = [
    pytest.mark.usefixtures("tensorflow"),
    pytest.mark.filterwarnings("ignore"),  # TensorFlow's own, of its converter
]


def linear(folder: Path) -> Any:
    """A module without Keras: a product with a variable, and a softmax."""
    import tensorflow as tf

    module = tf.Module()
    module.kernel = tf.Variable(np.random.default_rng(0).normal(size=(784, 4)).astype(np.float32) * 0.1)
    answer = tf.function(
        lambda pictures: {"answer": tf.nn.softmax(tf.reshape(pictures, (-1, 784)) @ module.kernel)},
        input_signature=[tf.TensorSpec((None, 28, 28), tf.float32, "pictures")],
        autograph=False,
    )
    module.answer = answer
    tf.saved_model.save(module, str(folder), signatures={"serving_default": answer})
    return module


def test_what_keras_exports_answers_as_it_did(tmp_path: Path) -> None:
    network = with_random_weights(
        sequential(
            (28, 28, 1),
            lambda kinds: [
                kinds.Conv2D(4, 3, activation="relu"),
                kinds.BatchNormalization(),
                kinds.Flatten(),
                kinds.Dropout(0.2),
                kinds.Dense(10, activation="softmax"),
            ],
        )
    )
    network.export(tmp_path / "exported", verbose=False)
    pictures = np.random.default_rng(1).random((3, 28, 28, 1), dtype=np.float32)
    found = read_foreign(tmp_path / "exported")
    np.testing.assert_allclose(run(found.content, pictures), np.asarray(network(pictures, training=False)), atol=1e-5)


def test_a_module_without_keras_is_read_in_other_processes(tmp_path: Path) -> None:
    module = linear(tmp_path / "module")
    found = read_foreign(tmp_path / "module")
    pictures = np.random.default_rng(1).random((3, 28, 28), dtype=np.float32)
    powers = np.exp(pictures.reshape(3, -1) @ module.kernel.numpy())
    np.testing.assert_allclose(run(found.content, pictures), powers / powers.sum(axis=1, keepdims=True), rtol=1e-3)
    assert (found.facts.answers, found.facts.made_with) == (4, "TensorFlow")


def with_operation(name: str) -> Callable[[Any], None]:
    """The softmax becomes something else."""

    def change(graph: Any) -> None:
        for function in graph.graph_def.library.function:
            for node in function.node_def:
                if node.op == "Softmax":
                    node.op = name

    return change


def calls_with_a_function(graph: Any) -> None:
    for function in graph.graph_def.library.function:
        for node in function.node_def:
            if node.op == "Softmax":
                node.attr["f"].func.name = function.signature.name


def reads_a_table(graph: Any) -> None:
    for node in graph.object_graph_def.nodes:
        if node.HasField("variable"):
            node.resource.device = ""


def no_signature(graph: Any) -> None:
    for node in graph.object_graph_def.nodes:
        if node.HasField("user_object") and node.user_object.identifier == "signature_map":
            del node.children[:]


def two_graphs(graph: Any) -> None:
    graph.ClearField("object_graph_def")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (with_operation("ReadFile"), "the operation 'ReadFile'"),
        (with_operation("PyFunc"), "the operation 'PyFunc'"),
        (with_operation("WriteFile"), "the operation 'WriteFile'"),
        (with_operation("While"), "the operation 'While'"),
        (calls_with_a_function, "'Softmax' calls a function"),
        (reads_a_table, "needs tables or files"),
        (no_signature, "no signature that answers"),
        (two_graphs, "SavedModel of TensorFlow 1"),
    ],
)
def test_what_would_do_more_than_answer_is_refused(change: Callable[[Any], None], words: str, tmp_path: Path) -> None:
    from tensorflow.core.protobuf import saved_model_pb2

    linear(tmp_path / "model")
    path = tmp_path / "model" / "saved_model.pb"
    saved = saved_model_pb2.SavedModel()
    saved.ParseFromString(path.read_bytes())
    change(saved.meta_graphs[0])
    path.write_bytes(saved.SerializeToString())
    with pytest.raises(InputError, match=words):
        convert(tmp_path / "model")


def test_damaged_files_are_refused(tmp_path: Path) -> None:
    linear(tmp_path / "model")
    path = tmp_path / "model" / "saved_model.pb"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="damaged"):
        convert(tmp_path / "model")
    path.write_bytes(whole)
    next((tmp_path / "model" / "variables").glob("*.index")).write_bytes(b"no index")
    with pytest.raises(InputError, match="variables are missing or damaged"):
        convert(tmp_path / "model")

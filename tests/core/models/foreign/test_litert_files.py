"""Files of LiteRT that somebody else made: those of TensorFlow's converter are read, and harmful ones refused."""

import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from app.core.datasets.types import IMAGE_SIZE
from app.core.errors import InputError
from app.core.models.adaptation import Adaptation, Output, Scale
from app.core.models.foreign.adapting import adapted, scale_of
from app.core.models.foreign.litert_files import input_of, output_of, parse
from app.core.models.foreign.litert_graph import Graph
from app.core.models.foreign.reading import read_foreign
from app.core.models.interpreter import Interpreter
from tests.core.models.foreign.networks import sequential, with_random_weights

PICTURES = np.random.default_rng(5).random((3, IMAGE_SIZE, IMAGE_SIZE), dtype=np.float32)


def harmless() -> bytes:
    graph = Graph()
    picture = graph.picture((784,), batch=-1)
    kernel = np.random.default_rng(0).normal(size=(784, 4)).astype(np.float32) * 0.05
    return graph.end(picture, [graph.softmax(graph.dense(picture, kernel))])


def changed(change: Callable[[Any], None]) -> bytes:
    """A harmless file with something else in it."""
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(harmless(), 0))
    for buffer in model.buffers:
        buffer.data = None if buffer.data is None else np.asarray(buffer.data, np.uint8)
    change(model)
    builder = flatbuffers.Builder(2**20)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def with_operation(name: str, custom: str | None = None) -> Callable[[Any], None]:
    def change(model: Any) -> None:
        code = getattr(schema.BuiltinOperator, name)
        model.operatorCodes[0] = schema.OperatorCodeT(min(code, 127), custom, 1, code)

    return change


def second_graph(model: Any) -> None:
    model.subgraphs.append(model.subgraphs[0])


def far_tensor(model: Any) -> None:
    model.subgraphs[0].operators[0].inputs = [10**6, 1]


def far_buffer(model: Any) -> None:
    model.subgraphs[0].tensors[1].buffer = 10**6


def short_buffer(model: Any) -> None:
    model.buffers[1].data = model.buffers[1].data[:8]


def huge_shape(model: Any) -> None:
    model.subgraphs[0].tensors[2].shape = np.asarray((2**15, 2**15, 2**15), np.int32)


def negative_shape(model: Any) -> None:
    model.subgraphs[0].tensors[2].shape = np.asarray((-5, 4), np.int32)


def reads_itself(model: Any) -> None:
    operator = model.subgraphs[0].operators[0]
    operator.inputs = [operator.outputs[0], *list(operator.inputs)[1:]]


def keeps_something(model: Any) -> None:
    model.subgraphs[0].tensors[2].isVariable = True


def scales_of_nothing(model: Any) -> None:
    model.subgraphs[0].tensors[1].quantization = schema.QuantizationParametersT(
        scale=[0.1] * 50, zeroPoint=[0] * 50, quantizedDimension=7
    )


def behind_the_end(model: Any) -> None:
    model.buffers[1] = schema.BufferT(offset=10**6, size=784 * 4 * 4)


def two_answers(model: Any) -> None:
    model.subgraphs[0].outputs = [2, 2]


def texts(model: Any) -> None:
    model.subgraphs[0].tensors[0].type = schema.TensorType.STRING


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (with_operation("WHILE"), "the operation WHILE"),
        (with_operation("CALL_ONCE"), "the operation CALL_ONCE"),
        (with_operation("VAR_HANDLE"), "the operation VAR_HANDLE"),
        (with_operation("CUSTOM", "FlexReadFile"), "an operation of its own, 'FlexReadFile'"),
        (second_graph, "calls other graphs, as loops"),
        (far_tensor, "damaged"),
        (far_buffer, "damaged"),
        (short_buffer, "damaged"),
        (negative_shape, "far too large"),
        (huge_shape, "far too large"),
        (reads_itself, "damaged"),
        (keeps_something, "keeps something from picture to picture"),
        (scales_of_nothing, "damaged"),
        (behind_the_end, "behind its end"),
        (two_answers, "gives 2 answers"),
        (texts, "a kind of numbers"),
    ],
)
def test_harmful_files_are_refused(change: Callable[[Any], None], words: str) -> None:
    with pytest.raises(InputError, match=words):
        output_of(parse(changed(change)))


def test_a_file_with_nothing_changed_is_read() -> None:
    model = parse(changed(lambda _model: None))
    assert model.subgraphs[0].inputs[0] == input_of(model)


def test_damage_never_reaches_this_process(tmp_path: Path) -> None:
    """Cut short, or with bytes changed: a sentence, or a network that still runs; and never the end of the program."""
    whole, random = harmless(), np.random.default_rng(3)
    for number in range(60):
        content = bytearray(whole[: len(whole) * number // 60] if number % 3 == 0 else whole)
        for place in random.integers(0, max(1, min(len(content), 2_000)), 3):
            content[place : place + 1] = bytes([random.integers(256)])
        with suppress(InputError):
            parse(bytes(content))
    path = tmp_path / "cut.tflite"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="damaged"):
        read_foreign(path)


def test_a_network_that_gives_nothing(tmp_path: Path) -> None:
    def gives_nothing(model: Any) -> None:
        model.subgraphs[0].tensors[3].shape = np.asarray((1, 0), np.int32)

    path = tmp_path / "nothing.tflite"
    path.write_bytes(changed(gives_nothing))
    with pytest.raises(InputError, match="gives no number for a picture"):
        read_foreign(path)


def test_settings_that_crash_lite_rt_crash_another_process(tmp_path: Path) -> None:
    """A stride of nothing divides by zero inside LiteRT: no check of ours knows each setting of each operation."""
    graph = Graph()
    picture = graph.picture((28, 28, 1), batch=-1)
    options = schema.Pool2DOptionsT(strideH=0, strideW=0, filterHeight=2, filterWidth=2)
    pooled = graph.operation("MAX_POOL_2D", (picture,), (2, 2, 1), options)
    path = tmp_path / "zero.tflite"
    path.write_bytes(graph.end(picture, [graph.reshaped(pooled, (4,))]))
    with pytest.raises(InputError, match=r"crash|do not fit together"):
        read_foreign(path)


@pytest.mark.usefixtures("tensorflow")
@pytest.mark.parametrize("form", ["float", "dynamic", "int8"])
def test_the_converter_of_tensorflow_writes_what_is_read(form: str, tmp_path: Path) -> None:
    import tensorflow as tf

    network = with_random_weights(
        sequential(
            (28, 28, 1),
            lambda kinds: [
                kinds.Conv2D(4, 3, activation="relu"),
                kinds.BatchNormalization(),
                kinds.MaxPooling2D(),
                kinds.Flatten(),
                kinds.Dense(5, activation="softmax"),
            ],
        )
    )
    converter = tf.lite.TFLiteConverter.from_keras_model(network)
    if form != "float":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if form == "int8":
        converter.representative_dataset = lambda: ([PICTURES[number : number + 1, ..., None]] for number in range(3))
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.uint8
    path = tmp_path / "model.tflite"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the converter misses statistics that it makes itself
        path.write_bytes(converter.convert())
    found = read_foreign(path)
    assert found.facts.answers == 5
    assert found.facts.input_type == ("uint8" if form == "int8" else "float32")
    way = Adaptation(input_shape=found.facts.input_shape, scale=found.facts.scale or Scale.UNIT)
    read = Interpreter(adapted(found.content, way, found.facts.takes_any_batch)).probabilities(PICTURES)
    expected = np.asarray(network(PICTURES[..., None], training=False))
    np.testing.assert_allclose(read, expected, atol=1e-4 if form == "float" else 0.06)


def test_pixels_of_8_bits_without_a_scale_are_bytes() -> None:
    graph = Graph()
    picture = graph.picture((784,), batch=-1, dtype="uint8")
    values = graph.operation("CAST", (picture,), (784,), schema.CastOptionsT(inDataType=3, outDataType=0))
    kernel = np.random.default_rng(0).normal(size=(784, 3)).astype(np.float32) * 1e-3
    content = graph.end(picture, [graph.dense(values, kernel)])
    assert scale_of(content) is Scale.BYTES
    way = Adaptation(input_shape=(784,), scale=Scale.BYTES, output=Output.LOGITS)
    read = Interpreter(adapted(content, way, True)).probabilities(PICTURES)
    logits = np.round(PICTURES.reshape(3, -1) * 255) @ kernel
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(read, expected, rtol=1e-3)


def test_a_network_that_wants_other_numbers_is_refused_when_it_is_opened() -> None:
    graph = Graph()
    picture = graph.picture((IMAGE_SIZE, IMAGE_SIZE, 1), batch=-1, dtype="uint8")
    with pytest.raises(InputError, match="cannot be read as a model"):
        Interpreter(graph.end(picture, [graph.reshaped(picture, (IMAGE_SIZE**2,))]))

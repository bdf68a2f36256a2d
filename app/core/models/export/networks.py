"""A network in the forms of other programs, each written and read back. Imports TensorFlow.

What is handed out answers as the program does: pictures (n, 28, 28, 1) float32 in 0..1, ink = 1, become the calibrated
probabilities (n, classes).
"""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from app.core.datasets.types import IMAGE_SIZE
from app.core.models.export.forms import ExportForm
from app.core.models.export.tfjs import INPUT, OUTPUT, read_graph_model, write_graph_model
from app.core.models.keras_files import load_keras
from app.core.models.store import StoredModel
from app.core.networks.building import build_network

Images = NDArray[np.float32]
Read = Callable[[Images], Images]
_ONNX_OPSET = 18


def answering_network(model: StoredModel) -> Any:
    """The `keras.Model` of a stored model with the temperature of its calibration in it, so that it gives what we do.

    Raises InputError if its file is damaged.
    """
    card = model.card
    trained = load_keras(model)
    plain = build_network(card.config.changed(output="logits"), len(card.class_names))
    plain.set_weights(trained.get_weights())
    temperature = card.calibration.temperature if card.calibration else 1.0
    tempered = keras.layers.Rescaling(1 / temperature, name="temperature")(plain.output)
    return keras.Model(plain.input, keras.layers.Softmax(name=OUTPUT)(tempered), name="softmax_studio")


def write_and_read(network: Any, form: ExportForm, folder: Path, usual: Images) -> Read:
    """Write a network in that form into a folder, and give what reads pictures with the files that were written.

    `usual` pictures say which values 8-bit integers must hold.
    """
    write, read = _FORMS[form]
    path = folder / form.file_name
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras calls .h5 old
        write(network, path, usual)
        return read(path)


def _write_keras(network: Any, path: Path, _usual: Images) -> None:
    network.save(path)


def _read_keras(path: Path) -> Read:
    network = keras.models.load_model(path, compile=False)
    return lambda images: np.asarray(network(images, training=False))


def _write_saved_model(network: Any, path: Path, _usual: Images) -> None:
    module = tf.Module()
    module.network = network
    call = _function(network, lambda answers: {OUTPUT: answers})
    tf.saved_model.save(module, str(path), signatures={"serving_default": call})


def _read_saved_model(path: Path) -> Read:
    loaded = tf.saved_model.load(str(path))  # its variables live as long as it does

    def answer(images: Images) -> Images:
        return np.asarray(loaded.signatures["serving_default"](**{INPUT: tf.constant(images)})[OUTPUT])

    return answer


def _write_litert(network: Any, path: Path, _usual: Images) -> None:
    path.write_bytes(_converter(network).convert())


def _write_int8(network: Any, path: Path, usual: Images) -> None:
    converter = _converter(network)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([image[None]] for image in usual)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    path.write_bytes(converter.convert())


def _read_litert(path: Path) -> Read:
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=str(path), num_threads=1)
    (given,), (gives,) = interpreter.get_input_details(), interpreter.get_output_details()

    def answer(images: Images) -> Images:
        interpreter.resize_tensor_input(given["index"], images.shape)
        interpreter.allocate_tensors()
        interpreter.set_tensor(given["index"], _quantized(images, given))
        interpreter.invoke()
        answers: Images = interpreter.get_tensor(gives["index"])
        scale, zero = gives["quantization"]
        return answers if not scale else (answers.astype(np.float32) - zero) * np.float32(scale)

    return answer


def _quantized(images: Images, tensor: dict[str, Any]) -> NDArray[Any]:
    scale, zero = tensor["quantization"]
    return images if not scale else np.clip(np.round(images / scale + zero), -128, 127).astype(np.int8)


def _write_onnx(network: Any, path: Path, _usual: Images) -> None:
    import onnx
    import tf2onnx

    call = _function(network, lambda answers: tf.identity(answers, OUTPUT))
    model, _ = tf2onnx.convert.from_function(call, call.input_signature, opset=_ONNX_OPSET)
    graph = model.graph
    (given,), (gives,) = graph.input, graph.output
    for node in graph.node:  # the names that the example and people use
        node.output[:] = [OUTPUT if name == gives.name else name for name in node.output]
        node.input[:] = [OUTPUT if name == gives.name else name for name in node.input]
    gives.name = OUTPUT
    given.type.tensor_type.shape.dim[0].dim_param = gives.type.tensor_type.shape.dim[0].dim_param = "n"
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def _read_onnx(path: Path) -> Read:
    """With ONNX Runtime, or else with ONNX' own slow reference."""
    try:
        from onnxruntime import InferenceSession
    except ImportError:
        from onnx.reference import ReferenceEvaluator as InferenceSession
    session = InferenceSession(str(path))
    return lambda images: np.asarray(session.run(None, {INPUT: images})[0])


def _write_tfjs(network: Any, path: Path, _usual: Images) -> None:
    write_graph_model(_frozen(network), path)


def _read_tfjs(path: Path) -> Read:
    answer = read_graph_model(path)
    return lambda images: np.asarray(answer(tf.constant(images)))


def _function(network: Any, wrap: Callable[[Any], Any] = lambda answers: answers) -> Any:
    return tf.function(
        lambda pictures: wrap(network(pictures, training=False)),
        autograph=False,
        input_signature=[tf.TensorSpec((None, IMAGE_SIZE, IMAGE_SIZE, 1), tf.float32, name=INPUT)],
    )


def _frozen(network: Any) -> Any:
    return convert_variables_to_constants_v2(_function(network).get_concrete_function())


def _converter(network: Any) -> Any:
    return tf.lite.TFLiteConverter.from_concrete_functions([_frozen(network)], network)


_FORMS: dict[ExportForm, tuple[Callable[[Any, Path, Images], None], Callable[[Path], Read]]] = {
    ExportForm.KERAS: (_write_keras, _read_keras),
    ExportForm.H5: (_write_keras, _read_keras),
    ExportForm.SAVED_MODEL: (_write_saved_model, _read_saved_model),
    ExportForm.TFLITE: (_write_litert, _read_litert),
    ExportForm.TFLITE_INT8: (_write_int8, _read_litert),
    ExportForm.ONNX: (_write_onnx, _read_onnx),
    ExportForm.TFJS: (_write_tfjs, _read_tfjs),
}

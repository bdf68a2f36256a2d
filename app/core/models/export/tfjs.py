"""TensorFlow.js' graph model: the graph as JSON, and its weights in one binary file. Imports TensorFlow.

The package tensorflowjs, which converts too, does not install beside this TensorFlow. The format is that of its
documentation: the nodes of a frozen `GraphDef` in the JSON form of protocol buffers, whose constants are empty there
and stand one after the other in the file of weights, in the order of the manifest.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from google.protobuf.json_format import MessageToDict, ParseDict

WEIGHTS_FILE = "weights.bin"
INPUT, OUTPUT = "pictures", "probabilities"


def write_graph_model(frozen: Any, path: Path) -> None:
    """Write a concrete function without variables, whose one input gives one output, as `path` and the weights."""
    graph = frozen.graph.as_graph_def()
    manifest, weights = [], []
    for node in graph.node:
        if node.op == "Const":
            kept = node.attr["value"].tensor
            values = tf.make_ndarray(kept)
            manifest.append({"name": node.name, "shape": list(values.shape), "dtype": values.dtype.name})
            weights.append(np.ascontiguousarray(values).tobytes())
            kept.CopyFrom(type(kept)(dtype=kept.dtype, tensor_shape=kept.tensor_shape))
    model = {
        "format": "graph-model",
        "generatedBy": f"TensorFlow {tf.__version__}",
        "convertedBy": "Softmax Studio",
        "signature": {
            "inputs": {INPUT: _described(frozen.inputs[0])},
            "outputs": {OUTPUT: _described(frozen.outputs[0])},
        },
        "modelTopology": MessageToDict(graph),
        "weightsManifest": [{"paths": [WEIGHTS_FILE], "weights": manifest}],
    }
    path.write_text(json.dumps(model), encoding="utf-8")
    path.with_name(WEIGHTS_FILE).write_bytes(b"".join(weights))


def read_graph_model(path: Path) -> Any:
    """A function from pictures to probabilities, made of what was written and of nothing else."""
    model = json.loads(path.read_text(encoding="utf-8"))
    (group,) = model["weightsManifest"]
    content, at, constants = path.with_name(group["paths"][0]).read_bytes(), 0, {}
    for weight in group["weights"]:
        values = np.frombuffer(content, weight["dtype"], int(np.prod(weight["shape"], dtype=int)), at)
        constants[weight["name"]] = values.reshape(weight["shape"])
        at += values.nbytes
    graph = ParseDict(model["modelTopology"], tf.compat.v1.GraphDef())
    for node in graph.node:
        if node.op == "Const":
            node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(constants[node.name]))
    names = [model["signature"][side][name]["name"] for side, name in (("inputs", INPUT), ("outputs", OUTPUT))]
    wrapped = tf.compat.v1.wrap_function(lambda: tf.import_graph_def(graph, name=""), [])
    return wrapped.prune(*(wrapped.graph.get_tensor_by_name(name) for name in names))


def _described(tensor: Any) -> dict[str, object]:
    sides = [{"size": str(-1 if side is None else side)} for side in tensor.shape.as_list()]
    return {"name": tensor.name, "dtype": "DT_FLOAT", "tensorShape": {"dim": sides}}

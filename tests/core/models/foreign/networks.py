"""Networks as people make them, built with Keras itself, and files that are made to do harm."""

import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

Array = NDArray[np.float32]


def with_random_weights(network: Any, seed: int = 0) -> Any:
    """The network with weights that leave nothing at 0 or 1."""
    random = np.random.default_rng(seed)
    for weight in network.weights:
        values = random.normal(size=weight.shape) * 0.3
        weight.assign(np.abs(values) + 0.5 if "variance" in weight.path else values)
    return network


def saved(network: Any, path: Path) -> Path:
    """The network as a file, whose name says the format."""
    network.save(path)
    return path


def run(content: bytes, pictures: Array) -> Array:
    """What a LiteRT network gives for (n, ...) of what it reads."""
    interpreter = Interpreter(model_content=content, num_threads=1)
    place = interpreter.get_input_details()[0]
    interpreter.resize_tensor_input(place["index"], pictures.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(place["index"], pictures)
    interpreter.invoke()
    return np.array(interpreter.get_tensor(interpreter.get_output_details()[0]["index"]))


def sequential(shape: tuple[int, ...], layers: Callable[[Any], list[Any]]) -> Any:
    """A row of layers; `layers` is given `keras.layers`."""
    import keras

    return keras.Sequential([keras.Input(shape), *layers(keras.layers)])


def small(units: int = 10) -> Any:
    """The smallest network of a tutorial."""
    return with_random_weights(
        sequential((28, 28), lambda kinds: [kinds.Flatten(), kinds.Dense(units, activation="softmax", name="dense")])
    )


def rewritten(source: Path, target: Path, change: Callable[[dict[str, Any]], None], **entries: bytes) -> Path:
    """A .keras file with its configuration changed; `entries` replace others by their names, "_" for "."."""
    with zipfile.ZipFile(source) as packed:
        content = {name: packed.read(name) for name in packed.namelist()}
    config = json.loads(content["config.json"])
    change(config)
    content["config.json"] = json.dumps(config).encode()
    content |= {name.replace("_", "."): data for name, data in entries.items()}
    return zipped(target, content)


def zipped(target: Path, content: Mapping[str, bytes]) -> Path:
    """A zip file with these files in it."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in content.items():
            packed.writestr(name, data)
    return target

"""Keras' files, .keras and .h5, and what Teachable Machine makes of them: from bytes to a network of LiteRT."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from app.core.models.foreign.containers import BROKEN_ZIP
from app.core.models.foreign.hdf5 import ArrayFile
from app.core.models.foreign.in_training import Gathered
from app.core.models.foreign.keras_config import LayerFact, Walk, emit_model, input_shape, parse_config
from app.core.models.foreign.keras_layers import Emitter
from app.core.models.foreign.keras_weights import Array, LoadedWeights, NamedWeights, NumberedWeights, WeightFile
from app.core.models.foreign.limits import MOST_CONFIG_BYTES, MOST_WEIGHT_BYTES, refuse
from app.core.models.foreign.litert_graph import Graph, Shape

CONFIG, WEIGHTS, METADATA = "config.json", "model.weights.h5", "metadata.json"
"""What a .keras file holds."""
_H5_BEGINS = b"\x89HDF\r\n\x1a\n"


@dataclass(frozen=True)
class Emitted:
    """A network as LiteRT, with all that its file says of it."""

    content: bytes
    layers: tuple[LayerFact, ...]
    in_training: Gathered
    keras_version: str


def read_keras(content: bytes) -> Emitted:
    """A .keras file. Raises InputError for one that is damaged or not taken in."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            config = parse_config(_entry(packed, CONFIG, MOST_CONFIG_BYTES).decode("utf-8", "replace"))
            weights = _entry(packed, WEIGHTS, MOST_WEIGHT_BYTES)
            version = ""
            if METADATA in packed.namelist():
                version = str(parse_config(_entry(packed, METADATA, 2**16).decode()).get("keras_version", ""))
    except BROKEN_ZIP:
        raise refuse("the file is damaged") from None
    return _emitted(config, NumberedWeights(ArrayFile(io.BytesIO(weights))), version[:20])


def stored_weights(content: bytes) -> ArrayFile:
    """The weights in a .keras file, whatever its layers are. Raises InputError for one that is damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return ArrayFile(io.BytesIO(_entry(packed, WEIGHTS, MOST_WEIGHT_BYTES)))
    except BROKEN_ZIP:
        raise refuse("the file is damaged") from None


def read_h5(content: bytes) -> Emitted:
    """An .h5 file, of Keras 2 or 3. Raises InputError for one that is damaged or not taken in."""
    if not content.startswith(_H5_BEGINS):
        raise refuse("the file is damaged, or not an HDF5 file")
    file = ArrayFile(io.BytesIO(content))
    text = file.text("model_config")
    if not text:
        raise refuse(
            "it holds weights or data alone, without the layers; save it as a whole model (model.save), or if it is a "
            "data set, import it on the Data page"
        )
    version = file.text("keras_version") or "1"
    weights = NamedWeights(file, file.arrays_in("model_weights"))
    return _emitted(parse_config(text), weights, version[:20])


def read_tfjs(model: bytes, weights: Mapping[str, bytes]) -> Emitted:
    """TensorFlow.js' model.json and its files of weights, by name, as Teachable Machine offers them."""
    whole = parse_config(model.decode("utf-8", "replace"))
    topology = whole.get("modelTopology")
    if not isinstance(topology, Mapping) or not isinstance(topology.get("model_config"), Mapping):
        raise refuse("it is a TensorFlow.js model without layers (a graph model); choose Keras or TensorFlow Lite")
    arrays: dict[str, Array] = {}
    for group in _mappings(whole.get("weightsManifest")):
        paths = group.get("paths")
        if not isinstance(paths, list) or any(path not in weights for path in paths):
            raise refuse("its files of weights are missing")
        packed, place = b"".join(weights[path] for path in paths), 0
        for about in _mappings(group.get("weights")):
            shape, name = about.get("shape"), str(about.get("name"))[:200]
            if about.get("dtype") != "float32" or "quantization" in about or not isinstance(shape, list):
                raise refuse(f"its weights {name!r} are not plain numbers of 32 bits")
            if not _is_shape(shape):
                raise refuse(f"the shape of its weights {name!r} is damaged")
            end = place + 4 * prod(shape)
            if end > len(packed):
                raise refuse("its files of weights are too short")
            arrays[name] = np.frombuffer(packed[place:end], "<f4").reshape(shape).astype(np.float32)
            place = end
    version = str(topology.get("keras_version", ""))[:20]
    return _emitted(topology["model_config"], LoadedWeights(arrays), version or "2")


def _emitted(config: Mapping[str, Any], weights: WeightFile, version: str) -> Emitted:
    graph = Graph()
    walk = Walk(Emitter(graph, weights), is_old=not version.startswith("3"))
    picture = graph.picture(input_shape(config), batch=-1)
    given = emit_model(config, picture, walk)
    answer = graph.reshaped(given, _flat(graph.shape(given)))
    return Emitted(graph.end(picture, [answer]), tuple(walk.facts), walk.emitter.in_training, version)


def _flat(shape: Shape) -> Shape:
    """The shape of an answer without sides of 1; a map of answers is none."""
    wide = tuple(side for side in shape if side != 1) or (1,)
    if len(wide) > 1:
        raise refuse(
            f"it gives {' x '.join(map(str, shape))} numbers for a picture, and should give one for each class"
        )
    return wide


def _entry(packed: zipfile.ZipFile, name: str, most: int) -> bytes:
    """One file of a zip by its name, no larger than it may be whatever the zip says of it."""
    if packed.namelist().count(name) != 1:
        raise refuse(f"{name} is missing in it, or is there twice")
    if packed.getinfo(name).file_size > most:
        raise refuse(f"{name} in it is larger than {most // 2**20} MB")
    with packed.open(name) as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        raise refuse(f"{name} in it is larger than {most // 2**20} MB")
    return content


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    if not isinstance(value, list) or any(not isinstance(each, Mapping) for each in value):
        raise refuse("its list of weights is damaged")
    return value


def _is_shape(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= 5 and all(isinstance(n, int) and 0 < n < 2**31 for n in value)

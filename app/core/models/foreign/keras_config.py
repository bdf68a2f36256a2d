"""A Keras model's configuration, read as a plain description: which layer reads what, models inside models included.

Nothing that it names is looked up or called: modules, classes and functions are compared with what is allowed.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

import numpy as np

from app.core.models.foreign.keras_layers import JOINING, KINDS, Emitter
from app.core.models.foreign.keras_weights import Place, paths_of
from app.core.models.foreign.layer_settings import Settings
from app.core.models.foreign.limits import (
    LARGEST_SIDE,
    MOST_CONFIG_BYTES,
    MOST_LAYERS,
    MOST_NESTED,
    checked_shape,
    refuse,
)
from app.core.models.foreign.litert_graph import Shape

_MODELS = {"Sequential", "Functional", "Model"}
_MODULES = {"keras", "keras.layers", "keras.models", "keras.src.models.functional", "keras.src.models.sequential",
            "tensorflow.keras", "tf_keras", "tf_keras.layers", "tf_keras.models", None}  # fmt: skip
_INPUT_TYPES = {"float32", "float16", "float64", "bfloat16", "uint8", "int32", "int64", None}
_PRECISIONS = {"float32", "float16", "float64", "bfloat16", "mixed_float16", "mixed_bfloat16", None}
_OPERATIONS_BY_MEANING = {
    "times": ("Multiply", "math.multiply", "multiply", "__operators__.mul"),
    "over": ("TrueDivide", "Divide", "math.truediv", "math.divide", "truediv", "divide", "__operators__.truediv"),
    "plus": ("Add", "math.add", "add", "__operators__.add"),
    "minus": ("Subtract", "math.subtract", "subtract", "__operators__.sub"),
    "relu": ("Relu", "nn.relu"),
    "relu6": ("Relu6", "nn.relu6"),
    "softmax": ("Softmax", "nn.softmax"),
    "sigmoid": ("Sigmoid", "math.sigmoid", "nn.sigmoid"),
    "silu": ("Silu", "nn.silu", "nn.swish"),
    "tanh": ("Tanh", "math.tanh"),
}
_OPERATIONS = {name: meaning for meaning, names in _OPERATIONS_BY_MEANING.items() for name in names}
"""Operations that stand between layers as if they were some, in the words of Keras 3 and Keras 2."""
_OPERATION_MODULES = ("keras.src.ops.", "keras.ops")


@dataclass(frozen=True)
class LayerFact:
    """A layer as it is listed: its kind, its name and what it makes of one picture."""

    kind: str
    name: str
    shape: Shape


@dataclass
class Walk:
    """What is gathered on the way through a configuration."""

    emitter: Emitter
    is_old: bool
    facts: list[LayerFact] = field(default_factory=list)

    def note(self, kind: str, name: str, tensor: int) -> None:
        """Remember a layer for the list of them."""
        if len(self.facts) >= MOST_LAYERS:
            raise refuse(f"it has more than {MOST_LAYERS:,} layers")
        self.facts.append(LayerFact(kind, name, self.emitter.graph.shape(tensor)))


_HALF_LETTER = re.compile(r"\\u[dD][89a-fA-F]")
"""Two such make a letter; JSON may also hold one alone, which no file and no window can show."""


def parse_config(text: str) -> Mapping[str, Any]:
    """The JSON of a configuration, all of whose text can be written. Raises InputError if it is none, or too large."""
    if len(text) > MOST_CONFIG_BYTES:
        raise refuse("its configuration is too large")
    try:
        config = json.loads(text)
        if _HALF_LETTER.search(text):
            json.dumps(config, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise refuse("its configuration is damaged") from None
    if not isinstance(config, Mapping):
        raise refuse("its configuration is none of a model")
    return config


def input_shape(config: Mapping[str, Any]) -> Shape:
    """What the model reads of one picture; rows and columns that may be any number are 28.

    Raises InputError if that is no picture.
    """
    found = _declared_shape(config, MOST_NESTED)
    if found is None:
        raise refuse("its file does not say what shape of pictures it reads")
    if not 1 <= len(found) <= 3:
        raise refuse(f"it reads {len(found)} axes for each example, and a picture has 1 to 3")
    if any(side is not None and (isinstance(side, bool) or not isinstance(side, int) or side < 1) for side in found):
        raise refuse("the shape of the pictures it reads is damaged")
    shape = tuple(28 if side is None else side for side in found)
    if len(shape) > 1 and max(shape) > LARGEST_SIDE:
        raise refuse(f"it reads pictures of {' x '.join(map(str, shape))}, larger than {LARGEST_SIDE} on a side")
    return checked_shape(shape, "its input")


def emit_model(config: Mapping[str, Any], picture: int, walk: Walk) -> int:
    """Write a whole model into the graph of the walk; returns what it gives."""
    kind, inner = _kind(config), _inner(config)
    if kind not in _MODELS:
        raise refuse(
            f"it is no network of layers but a {kind!r}, whose program code is not in the file and is never run"
        )
    outputs = _model(kind, inner, [picture], walk, Place(("",), ""), deeper=MOST_NESTED)
    if len(outputs) != 1:
        raise refuse(f"it gives {len(outputs)} answers, and should give one")
    return outputs[0]


def _declared_shape(config: Mapping[str, Any], deeper: int) -> Sequence[int | None] | None:
    """Without the batch; None if nobody says. What an input says itself comes before what was built of it."""
    inner = _inner(config)
    return (
        _shape_in(inner, ("batch_shape", "batch_input_shape"))
        or (_first_shape(inner, deeper) if deeper else None)
        or _shape_in(inner, ("build_input_shape",))
        or _shape_in(config.get("build_config"), ("input_shape",))
    )


def _shape_in(source: Any, names: Sequence[str]) -> Sequence[int | None] | None:
    for name in names:
        shape = source.get(name) if isinstance(source, Mapping) else None
        if isinstance(shape, list) and len(shape) > 1 and not any(isinstance(side, list | str) for side in shape):
            _check_input_type(source)
            return shape[1:]
    return None


def _first_shape(inner: Mapping[str, Any], deeper: int) -> Sequence[int | None] | None:
    """That of the layer which a model begins with."""
    layers = inner.get("layers")
    if not isinstance(layers, list) or not layers:
        return None
    inputs = _names(inner.get("input_layers"))
    if len(inputs) > 1:
        raise refuse(f"it reads {len(inputs)} things, and should read one picture")
    first = next((each for each in layers if isinstance(each, Mapping) and _name(each) in inputs), layers[0])
    return _declared_shape(first, deeper - 1) if isinstance(first, Mapping) else None


def _check_input_type(inner: Mapping[str, Any]) -> None:
    dtype = inner.get("dtype")
    if isinstance(dtype, str) and dtype not in _INPUT_TYPES | _PRECISIONS:
        raise refuse(f"it reads {dtype!r}, not pictures")


def _model(
    kind: str, inner: Mapping[str, Any], inputs: Sequence[int], walk: Walk, place: Place, *, deeper: int
) -> list[int]:
    if not deeper:
        raise refuse(f"it has models inside models, more than {MOST_NESTED} deep")
    layers = inner.get("layers")
    if not isinstance(layers, list) or any(not isinstance(layer, Mapping) for layer in layers):
        raise refuse("its list of layers is damaged")
    if len(layers) > MOST_LAYERS:
        raise refuse(f"it has more than {MOST_LAYERS:,} layers")
    is_sequential = kind == "Sequential"
    # In a .keras file the input of a sequential model is none of its layers; operations between layers are some.
    listed = [each for each in layers if not (is_sequential and _kind(each) == "InputLayer")]
    paths = paths_of([_kind(each, is_path=True) for each in listed], f"{place.path}/" if place.path else "")
    places = {id(each): Place((*place.names, _name(each)), path) for each, path in zip(listed, paths, strict=True)}
    if is_sequential:
        if len(inputs) != 1:
            raise refuse("a row of layers in it reads more than one thing")
        values = inputs[0]
        for each in listed:
            (values,) = _layer(each, [values], walk, places[id(each)], deeper=deeper)
        return [values]
    return _wired(inner, layers, inputs, walk, places, deeper=deeper)


def _wired(
    inner: Mapping[str, Any],
    layers: Sequence[Mapping[str, Any]],
    inputs: Sequence[int],
    walk: Walk,
    places: Mapping[int, Place],
    *,
    deeper: int,
) -> list[int]:
    """A functional model: every call of a layer once what it reads is there."""
    given = _names(inner.get("input_layers"))
    if len(given) != len(inputs):
        raise refuse(f"a model in it reads {len(given)} things and is given {len(inputs)}")
    done: dict[tuple[str, int, int], int] = {(name, 0, 0): tensor for name, tensor in zip(given, inputs, strict=True)}
    waiting = [
        (layer, number, node)
        for layer in layers
        if _name(layer) not in given
        for number, node in enumerate(_nodes(layer))
    ]
    while waiting:
        later = []
        for layer, number, node in waiting:
            sources, extra = _reads(node)
            if any(source not in done for source in sources):
                later.append((layer, number, node))
                continue
            tensors = [done[source] for source in sources]
            for index, made in enumerate(_layer(layer, tensors, walk, places[id(layer)], deeper=deeper, extra=extra)):
                done[_name(layer), number, index] = made
        if len(later) == len(waiting):
            raise refuse(f"what its layer '{_name(later[0][0])}' reads is nowhere in it")
        waiting = later
    outputs = _references(inner.get("output_layers"))
    if not outputs or any(output not in done for output in outputs):
        raise refuse("its file does not say what it gives")
    return [done[output] for output in outputs]


def _layer(
    layer: Mapping[str, Any],
    inputs: Sequence[int],
    walk: Walk,
    place: Place,
    *,
    deeper: int,
    extra: Sequence[Any] = (),
) -> list[int]:
    """One call of a layer, or of a model that stands for one."""
    kind, inner = _kind(layer), _inner(layer)
    if kind in _MODELS:
        _check_origin(layer, kind, place)
        return _model(kind, inner, inputs, walk, place, deeper=deeper - 1)
    if _is_operation(layer, kind, inputs):
        made = _operation(layer, inputs, walk, place, extra)
    else:
        _check_origin(layer, kind, place)
        _check_precision(inner, place)
        made = walk.emitter.emit(Settings(kind, place, inner, walk.is_old), inputs)
    walk.note(kind, place.names[-1], made)
    return [made]


def _is_operation(layer: Mapping[str, Any], kind: str, inputs: Sequence[int]) -> bool:
    """Old files do not say the module: an addition of two things may be either, and is the same."""
    if kind == "TFOpLambda" or str(layer.get("module", "")).startswith(_OPERATION_MODULES):
        return True
    return (
        "module" not in layer and kind in _OPERATIONS and (kind not in KINDS or (kind in JOINING and len(inputs) < 2))
    )


def _operation(layer: Mapping[str, Any], inputs: Sequence[int], walk: Walk, place: Place, extra: Sequence[Any]) -> int:
    """Arithmetic between layers: of two things that come, or of one and a number."""
    name = str(_inner(layer).get("function", "")) if _kind(layer) == "TFOpLambda" else _kind(layer)
    what, graph = _OPERATIONS.get(name), walk.emitter.graph
    numbers = [float(each) for each in extra if isinstance(each, int | float) and not isinstance(each, bool)]
    is_arithmetic = what in {"times", "over", "plus", "minus"}
    fits = len(inputs) + len(numbers) == 2 if is_arithmetic else len(inputs) == 1
    if what is None or not inputs or not fits or not all(map(isfinite, numbers)):
        raise refuse(f"{place.text} is the operation {name[:60]!r}, which this program does not know in this form")
    if not is_arithmetic:
        return walk.emitter.activate(inputs[0], what, Settings(name, place, {}, walk.is_old))
    if len(inputs) == 2:
        kinds = {"times": "Multiply", "plus": "Add", "minus": "Subtract"}
        if what not in kinds:
            raise refuse(f"{place.text} divides one thing by another, which this program does not know")
        return walk.emitter.emit(Settings(kinds[what], place, {}, walk.is_old), inputs)
    number = numbers[0]
    match what:
        case "times":
            return graph.times(inputs[0], np.float32(number) * np.ones((), np.float32))
        case "over" if number:
            return graph.times(inputs[0], np.asarray(1 / number, np.float32))
        case "plus":
            return graph.plus(inputs[0], np.asarray(number, np.float32))
        case "minus":
            return graph.plus(inputs[0], np.asarray(-number, np.float32))
        case _:
            raise refuse(f"{place.text} divides by zero")


def _check_origin(layer: Mapping[str, Any], kind: str, place: Place) -> None:
    """Only Keras' own layers: a name in another module may mean anything."""
    module, registered = layer.get("module"), layer.get("registered_name")
    if module not in _MODULES:
        raise refuse(f"{place.text} is a {kind!r} of {str(module)[:80]!r}, not one of Keras' own layers")
    if registered not in {None, kind, "Functional", "Sequential"}:
        raise refuse(f"{place.text} is registered as {str(registered)[:80]!r}, which is program code that is not here")


def _check_precision(inner: Mapping[str, Any], place: Place) -> None:
    """Sums are computed in 32 bits whatever the policy was; only numbers that are packed otherwise are not read."""
    policy = inner.get("dtype")
    if isinstance(policy, Mapping):
        config = policy.get("config")
        policy = config.get("name") if isinstance(config, Mapping) else str(policy)
    if policy not in _PRECISIONS:
        raise refuse(f"{place.text} computes in {str(policy)[:60]!r}, which this program does not know")
    if inner.get("quantization_config") is not None:
        raise refuse(f"{place.text} has weights that are quantized; export the model as .tflite instead")


def _kind(layer: Mapping[str, Any], is_path: bool = False) -> str:
    kind = layer.get("class_name")
    if not isinstance(kind, str) or len(kind) > 200:
        raise refuse("one of its layers has no kind")
    # The class behind a functional model is called so, and old files call it Model.
    return "Functional" if is_path and kind == "Model" else kind


def _inner(layer: Mapping[str, Any]) -> Mapping[str, Any]:
    inner = layer.get("config", {})
    if isinstance(inner, list):  # as the very first versions of Keras wrote a sequential model
        inner = {"layers": inner}
    if not isinstance(inner, Mapping):
        raise refuse("the settings of one of its layers are damaged")
    return inner


def _name(layer: Mapping[str, Any]) -> str:
    name = layer.get("name") or _inner(layer).get("name") or ""
    if not isinstance(name, str) or len(name) > 200:
        raise refuse("the name of one of its layers is damaged")
    return name


def _nodes(layer: Mapping[str, Any]) -> Sequence[Any]:
    nodes = layer.get("inbound_nodes")
    if not isinstance(nodes, list) or len(nodes) > MOST_LAYERS:
        raise refuse(f"what the layer '{_name(layer)}' reads is damaged")
    return nodes


def _references(value: Any) -> list[tuple[str, int, int]]:
    """One or several [name, call, output], in whatever lists they stand."""
    if isinstance(value, list) and len(value) >= 3 and isinstance(value[0], str):
        name, call, output = value[:3]
        if isinstance(call, int) and isinstance(output, int):
            return [(name, call, output)]
    if isinstance(value, list) and len(value) <= MOST_LAYERS:
        return [found for each in value for found in _references(each)]
    raise refuse("how its layers are connected is damaged")


def _names(value: Any) -> list[str]:
    return [name for name, _, _ in _references(value)] if isinstance(value, list) else []


def _reads(node: Any) -> tuple[list[tuple[str, int, int]], list[Any]]:
    """What one call of a layer reads, and what else it is called with."""
    sources: list[tuple[str, int, int]] = []
    extra: list[Any] = []

    def look(value: Any, deeper: int) -> None:
        if not deeper:
            raise refuse("how its layers are connected is damaged")
        if isinstance(value, Mapping):
            if value.get("class_name") == "__keras_tensor__":
                config = value.get("config")
                sources.extend(_references([config.get("keras_history")] if isinstance(config, Mapping) else None))
            else:
                extra.append(value)
        elif isinstance(value, list):
            for each in value:
                look(each, deeper - 1)
        else:
            extra.append(value)

    if isinstance(node, Mapping):  # Keras 3
        look(node.get("args", []), 4)
        others = node.get("kwargs") or {}
    elif isinstance(node, list):  # Keras 2: [[name, call, output, {settings}], ...], or one of them
        entries = [node] if node and isinstance(node[0], str) else node
        sources = _references([entry[:3] if isinstance(entry, list) else entry for entry in entries])
        others = {}
        for entry in entries:
            if len(entry) > 3 and isinstance(entry[3], Mapping):
                others |= entry[3]
    else:
        raise refuse("how its layers are connected is damaged")
    for name, value in others.items() if isinstance(others, Mapping) else ():
        if name not in {"name", "training", "mask"}:
            found = _reference_in(value)
            if found is not None:
                sources.append(found)
            else:
                extra.append(value)
    return sources, extra


def _reference_in(value: Any) -> tuple[str, int, int] | None:
    if isinstance(value, list) and len(value) == 3 and isinstance(value[0], str):
        return _references(value)[0]
    return None

"""Cards and networks of models: as they lie among the user's own, and as they are brought in."""

import io
import json
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np

from app.core.models.store import CARD_FILE, KERAS_FILE, LITERT_FILE
from app.core.paths import bundled_models_dir
from tests.fuzz.mutations import ANY_BYTES, ANY_TEXT, any_of, in_json, in_zip
from tests.fuzz.reader import Reader

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

SMALLEST = "fast-cnn"


def card_seeds() -> Iterator[bytes]:
    """Those that ship, one of a model that was made elsewhere, and one with all there can be."""
    for folder in sorted(bundled_models_dir().iterdir()):
        yield json.dumps(json.loads((folder / CARD_FILE).read_text()) | {"name": SMALLEST}).encode()
    facts = json.loads((bundled_models_dir() / SMALLEST / CARD_FILE).read_text())
    adaptation = {"input_shape": [28, 28], "scale": "standardized", "mean": 0.1, "deviation": 0.3, "order": [0, 1]}
    facts["origin"] = {"file": "a.h5", "format": "Keras (.h5)", "sha256": "0", "adaptation": adaptation}
    yield json.dumps(facts | {"description": "mine"}).encode()


def card_documents() -> "SearchStrategy[bytes]":
    """Cards whose fields hold anything that JSON can."""
    from hypothesis import strategies as st

    known = json.loads(next(card_seeds()))
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
    anything = st.recursive(leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner))
    changes = st.dictionaries(st.sampled_from(sorted(known)), anything, min_size=1, max_size=2)
    return changes.map(lambda changed: json.dumps(known | changed).encode("utf-8", "surrogatepass"))


def read_card(path: Path) -> None:
    """As lists and commands tell it of a model that lies among the user's own."""
    from app.cli.models import _facts, _lines
    from app.core.models.store import damaged_models, list_models
    from app.core.models.store import read_card as read_the_card

    folder = path.parent / "home" / "models" / SMALLEST
    folder.mkdir(parents=True, exist_ok=True)
    (folder / LITERT_FILE).touch()
    path.replace(folder / CARD_FILE)
    own = [model for model in list_models() if not model.bundled]
    assert bool(own) != bool(damaged_models()), "it is neither listed nor damaged"
    for model in own:
        json.dumps(_facts(model), allow_nan=False, default=str)
        "\n".join((model.card.summary, model.card.data_in_short, str(model.card.kind), *_lines(model))).encode()
    if not own:
        read_the_card(folder)


def package_seeds() -> Iterator[bytes]:
    """A model as this program exports it, with a network of a few bytes."""
    facts = json.loads((bundled_models_dir() / SMALLEST / CARD_FILE).read_text())
    from hashlib import sha256

    network = tiny_litert()
    facts["files"] = {LITERT_FILE: sha256(network).hexdigest()}
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as packed:
        packed.writestr(f"m/{CARD_FILE}", json.dumps(facts))
        packed.writestr(f"m/{LITERT_FILE}", network)
    yield whole.getvalue()


def read_package(path: Path) -> None:
    """As it is brought in, up to where its network is tried in another process."""
    from app.core.models import exchange
    from app.core.models.foreign.containers import is_own

    is_own(path)
    exchange.read_package(path)


@cache
def tiny_litert() -> bytes:
    """A network with a convolution, a few weights and a softmax, as LiteRT has it."""
    from app.core.models.foreign.litert_graph import Graph

    graph = Graph()
    picture = graph.picture((28, 28, 1), batch=-1)
    kernel = np.random.default_rng(0).normal(size=(784, 4)).astype(np.float32) * 0.05
    flat = graph.reshaped(picture, (784,))
    return graph.end(picture, [graph.softmax(graph.dense(flat, kernel))])


def litert_seeds() -> Iterator[bytes]:
    """A made-up one, and one that ships."""
    yield tiny_litert()
    yield (bundled_models_dir() / SMALLEST / LITERT_FILE).read_bytes()


def read_litert(path: Path) -> None:
    """As it is tried in a process of its own: brought in from elsewhere, and put among the user's models."""
    from hashlib import sha256

    from app.core.models.checked import _try_network
    from app.core.models.foreign.reading import _read

    _read(path)
    _try_network(path, sha256(path.read_bytes()).hexdigest())


def in_litert(random: Random, content: bytes, _seeds: Any) -> bytes:
    """A number, or an option, of a tensor or an operation is another; the file around it stays whole."""
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    try:
        model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(content, 0))
        graph = model.subgraphs[0]
        for buffer in model.buffers:
            buffer.data = None if buffer.data is None else np.asarray(buffer.data, np.uint8)
        things = [*graph.tensors, *graph.operators, *model.operatorCodes, *model.buffers]
        things += [each.builtinOptions for each in graph.operators if each.builtinOptions is not None]
        things += [each.quantization for each in graph.tensors if each.quantization is not None]
        thing = random.choice(things)
        name = random.choice(sorted(vars(thing)))
        held = getattr(thing, name)
        edges = (0, 1, -1, 2, 3, 5, 127, 2**15, 2**31 - 1, -(2**31), random.randrange(300))
        if isinstance(held, bool | int | float) or held is None:
            setattr(thing, name, type(held)(random.choice(edges)) if held is not None else None)
        elif isinstance(held, np.ndarray) and held.size:
            held = held.copy()
            held.flat[random.randrange(held.size)] = np.asarray(random.choice(edges)).astype(held.dtype)
            setattr(thing, name, held)
        elif isinstance(held, list) and held:
            held[random.randrange(len(held))] = random.choice(edges)
        builder = flatbuffers.Builder(len(content) + 4096)
        builder.Finish(model.Pack(builder), b"TFL3")
        return bytes(builder.Output())
    except Exception:  # what is broken already, and what flatbuffers cannot write
        return ANY_BYTES(random, content, (content,))


@cache
def keras_parts() -> tuple[bytes, dict[str, np.ndarray[Any, Any]]]:
    """The configuration of a small Keras model and its weights."""
    random = np.random.default_rng(0)
    layers = [
        ("InputLayer", {"batch_shape": [None, 28, 28], "dtype": "float32", "name": "input"}),
        ("Rescaling", {"name": "rescaling", "scale": 1.0, "offset": 0.0, "dtype": "float32", "trainable": True}),
        ("Flatten", {"name": "flatten", "data_format": "channels_last", "dtype": "float32", "trainable": True}),
        (
            "Dense",
            {"name": "dense", "units": 4, "activation": "softmax", "use_bias": True, "dtype": "float32",
             "trainable": True},
        ),
    ]  # fmt: skip
    config = {
        "module": "keras",
        "class_name": "Sequential",
        "config": {
            "name": "sequential",
            "trainable": True,
            "layers": [
                {"module": "keras.layers", "class_name": kind, "config": settings, "registered_name": None}
                for kind, settings in layers
            ],
            "build_input_shape": [None, 28, 28],
        },
        "registered_name": None,
    }
    weights = {"kernel": random.normal(size=(784, 4)).astype(np.float32), "bias": np.zeros(4, np.float32)}
    return json.dumps(config).encode(), weights


def hdf5_of(paths: dict[str, np.ndarray[Any, Any]], **attributes: str) -> bytes:
    """An HDF5 file with these arrays."""
    import h5py

    whole = io.BytesIO()
    with h5py.File(whole, "w") as file:
        for name, text in attributes.items():
            file.attrs[name] = text
        for name, array in paths.items():
            file[name] = array
    return whole.getvalue()


def keras_seeds() -> Iterator[bytes]:
    """A small one, and one that ships."""
    config, weights = keras_parts()
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as packed:
        packed.writestr("metadata.json", json.dumps({"keras_version": "3.15.1", "date_saved": "2026-01-01"}))
        packed.writestr("config.json", config)
        stored = {f"layers/dense/vars/{number}": array for number, array in enumerate(weights.values())}
        packed.writestr("model.weights.h5", hdf5_of(stored))
    yield whole.getvalue()
    yield (bundled_models_dir() / SMALLEST / KERAS_FILE).read_bytes()


def h5_seeds() -> Iterator[bytes]:
    """As Keras 3 writes it."""
    config, weights = keras_parts()
    stored = {f"model_weights/dense/sequential/dense/{name}": array for name, array in weights.items()}
    yield hdf5_of(stored, model_config=config.decode(), keras_version="3.15.1", backend="tensorflow")


def in_h5_config(random: Random, content: bytes, seeds: Any) -> bytes:
    """A value in the configuration is another; the file is written anew around it."""
    config, weights = keras_parts()
    changed = in_json(random, config, seeds).decode("utf-8", "replace")[:60_000].replace("\0", "?")
    stored = {f"model_weights/dense/sequential/dense/{name}": array for name, array in weights.items()}
    return hdf5_of(stored, model_config=changed, keras_version="3.15.1")


def tfjs_seeds() -> Iterator[bytes]:
    """A download of Teachable Machine."""
    config, weights = keras_parts()
    manifest = [{"name": f"dense/{name}", "shape": list(array.shape), "dtype": "float32"}
                for name, array in weights.items()]  # fmt: skip
    model = {
        "format": "layers-model",
        "modelTopology": {"keras_version": "3.15.1", "model_config": json.loads(config)},
        "weightsManifest": [{"paths": ["weights.bin"], "weights": manifest}],
    }
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as packed:
        packed.writestr("model.json", json.dumps(model))
        packed.writestr("metadata.json", json.dumps({"labels": ["a", "b", "c", "d"]}))
        packed.writestr("weights.bin", b"".join(array.tobytes() for array in weights.values()))
    yield whole.getvalue()


def read_foreign(path: Path) -> None:
    """As it is brought in, in a process of its own."""
    from app.core.models.foreign.reading import _read

    _read(path)


def saved_model_seeds() -> Iterator[bytes]:
    """A SavedModel as far as it is looked at before TensorFlow."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as packed:
        packed.writestr("m/saved_model.pb", b"\x08\x01\x12\x00")
        packed.writestr("m/variables/variables.index", b"x")
        packed.writestr("m/variables/variables.data-00000-of-00001", b"y")
        packed.writestr("m/labels.txt", b"0 a\n1 b\n")
    yield whole.getvalue()


def read_opened_list(path: Path) -> None:
    """The list of networks that were opened before."""
    from app.core.models.checked import _remembered

    home = path.parent / "home"
    home.mkdir(exist_ok=True)
    path.replace(home / path.name)
    assert all(isinstance(each, str) for each in _remembered())


_JSON = (in_json, in_json, in_json, ANY_TEXT)
_ZIP = (in_zip(ANY_BYTES), in_zip(ANY_BYTES), ANY_BYTES)
ROWS = (
    Reader("card", "models", CARD_FILE, card_seeds, read_card, _JSON, card_documents),
    Reader("model-zip", "models", "model.zip", package_seeds, read_package, _ZIP),
    Reader("tflite", "models", "model.tflite", litert_seeds, read_litert,
           (ANY_BYTES, in_litert), runs_in_child=True),
    Reader("keras", "models", "model.keras", keras_seeds, read_foreign, _ZIP, runs_in_child=True),
    Reader("h5", "models", "model.h5", h5_seeds, read_foreign, (ANY_BYTES, in_h5_config), runs_in_child=True),
    Reader("tfjs", "models", "model.zip", tfjs_seeds, read_foreign, _ZIP, runs_in_child=True),
    Reader("saved-model", "models", "model.zip", saved_model_seeds, read_foreign, _ZIP, runs_in_child=True),
    Reader("opened-models", "models", "opened-models.txt", lambda: [b"0" * 64 + b"\n" + b"f" * 64 + b"\n"],
           read_opened_list, (any_of(ANY_BYTES, ANY_TEXT),)),
)  # fmt: skip

"""Networks as tutorials make them, saved in each of Keras' forms: read as they were made, or refused with a reason."""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.core.errors import InputError
from app.core.inference.foreign_trial import propose
from app.core.models.foreign.reading import read_foreign
from app.core.quiet import load_tensorflow
from tests.bench.report import Tally
from tests.bench.strangers.data_inputs import starter

SURE = 0.96
"""The least share of pictures in which the program and Keras name the same class: 24 of 25."""
EPOCHS = 3

Images = NDArray[np.floating]


@dataclass(frozen=True)
class Kind:
    """A network, and what its makers did to pictures (n, 28, 28) in 0..255 before it read them."""

    layers: Callable[[Any], list[Any]]
    shown: Callable[[Images], Images]
    source: str = "mnist"
    is_logit: bool = False


def rows() -> Iterator[Tally]:
    """How many files are read as their network was made; and how many that are none get a sentence."""
    load_tensorflow()
    wrong, tried = Counter[str](), 0
    with tempfile.TemporaryDirectory() as folder:
        for name, kind in KINDS.items():
            network = _trained(kind)
            for form, save in FORMS.items():
                tried += 1
                path = Path(folder, f"{name}{form}".replace(" ", "_").replace(",", ""))
                save(network, path)
                if fault := _fault(path, network, kind):
                    wrong[f"{name}{form}: {fault}"] += 1
        yield Tally("strangers", "models: read as they were made", tried, tried - wrong.total(), "= 100", wrong)
        others = _others(Path(folder))
    yield Tally("strangers", "models: refused, told why", len(others), sum(others.values()), "= 100", {})


def _trained(kind: Kind) -> Any:
    import keras

    keras.utils.set_random_seed(1)
    network = keras.Sequential(kind.layers(keras.layers))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=kind.is_logit)
    network.compile("adam", loss)
    train = starter(kind.source).train
    network.fit(kind.shown(train.images.astype(np.float32)), train.labels, epochs=EPOCHS, batch_size=64, verbose=0)
    return network


def _fault(path: Path, network: Any, kind: Kind) -> str:
    try:
        trial = propose(read_foreign(path))
    except InputError as error:
        return f"refused ({error})"
    if trial is None or trial.set.name != kind.source:
        return "not taken for what it reads"
    wanted = network.predict(kind.shown(trial.pictures.images.astype(np.float32)), verbose=0).argmax(axis=1)
    same = float((trial.answers[trial.best].argmax(axis=1) == wanted).mean())
    return "" if same >= SURE else f"answers otherwise in {1 - same:.0%} of the pictures"


def _litert(network: Any, path: Path) -> None:
    import tensorflow as tf

    path.write_bytes(tf.lite.TFLiteConverter.from_keras_model(network).convert())


def _saved_model(network: Any, path: Path) -> None:
    network.export(str(path), verbose=False)


FORMS: Mapping[str, Callable[[Any, Path], None]] = {
    ".keras": lambda network, path: network.save(path),
    ".h5": lambda network, path: network.save(path),
    ".tflite": _litert,
    "": _saved_model,
}


def _dense(shape: tuple[int, ...], activation: str | None = "softmax") -> Callable[[Any], list[Any]]:
    return lambda of: [
        of.Input(shape),
        of.Flatten(),
        of.Dense(64, activation="relu"),
        of.Dropout(0.2),
        of.Dense(10, activation=activation),
    ]


def _convolutions(of: Any) -> list[Any]:
    return [
        of.Input((28, 28, 1)),
        of.Rescaling(1 / 255),
        of.Conv2D(8, 3, activation="relu"),
        of.MaxPooling2D(2),
        of.BatchNormalization(),
        of.Conv2D(16, 3, padding="same"),
        of.LeakyReLU(0.1),
        of.AveragePooling2D(2),
        of.Flatten(),
        of.Dense(10),
        of.Activation("softmax"),
    ]


def _colour(of: Any) -> list[Any]:
    return [
        of.Input((32, 32, 3)),
        of.Conv2D(8, 3, strides=2, activation="relu"),
        of.SeparableConv2D(16, 3, activation="relu"),
        of.Flatten(),
        of.Dense(10, activation="softmax"),
    ]


def _colour_32(images: Images) -> Images:
    larger = [np.asarray(Image.fromarray(each).resize((32, 32), Image.Resampling.BILINEAR)) for each in images]
    return np.repeat(np.stack(larger)[..., None] / 255, 3, axis=3)


KINDS: Mapping[str, Kind] = {
    "the quickstart, logits": Kind(_dense((28, 28), None), lambda images: images / 255, is_logit=True),
    "784 numbers": Kind(_dense((784,)), lambda images: images.reshape(-1, 784) / 255),
    "scaled in its first layer": Kind(_convolutions, lambda images: images[..., None]),
    "pixels from -1 to 1": Kind(_dense((28, 28, 1)), lambda images: images[..., None] / 127.5 - 1),
    "dark ink": Kind(_dense((28, 28)), lambda images: 1 - images / 255),
    "on its side": Kind(_dense((28, 28)), lambda images: images.transpose(0, 2, 1) / 255),
    "colour, 32 x 32": Kind(_colour, _colour_32),
    "clothes": Kind(_dense((28, 28)), lambda images: images / 255, "fashion-mnist"),
}


def _others(folder: Path) -> dict[str, bool]:
    """Files that cannot be taken in, and whether the program said so in a sentence."""
    import keras

    of = keras.layers
    odd = {
        "lambda": keras.Sequential(
            [of.Input((28, 28)), of.Lambda(lambda each: each / 255), of.Flatten(), of.Dense(10)]
        ),
        "text": keras.Sequential([of.Input((20,), dtype="int32"), of.Embedding(100, 8), of.LSTM(4), of.Dense(2)]),
        "large": keras.Sequential([of.Input((28, 28, 7)), of.Flatten(), of.Dense(10)]),
    }
    plain = keras.Sequential(_dense((28, 28))(of))
    for name, network in odd.items():
        network.save(folder / f"{name}.keras")
    plain.save_weights(folder / "weights.weights.h5")
    plain.save(folder / "whole.keras")
    whole = (folder / "whole.keras").read_bytes()
    contents = {"cut.keras": whole[: len(whole) // 2], "page.h5": b"<html></html>", "empty.tflite": b""}
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    names = [*(f"{name}.keras" for name in odd), "weights.weights.h5", *contents]
    return {name: _is_refused(folder / name) for name in names}


def _is_refused(path: Path) -> bool:
    try:
        read_foreign(path)
    except InputError as error:
        return str(error).endswith(".")
    return False

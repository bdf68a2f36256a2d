"""Models of one layer with random weights, as they are stored: made without TensorFlow, and read without it."""

import io
import zipfile
from pathlib import Path

import h5py
import numpy as np

from app.core.config.config import TrainingConfig
from app.core.config.notation import parse_layers
from app.core.models.store import KERAS_FILE, StoredModel, file_sha256, find_model


def one_layer(folder: Path, classes: int = 10, layers: str = "", numbers: int = 28 * 28) -> StoredModel:
    """A network whose only dense layer reads so many numbers; `layers` stand before it and have no weights."""
    random = np.random.default_rng(classes)
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        file["layers/dense/vars/0"] = random.normal(0, 0.1, (numbers, classes)).astype(np.float32)
        file["layers/dense/vars/1"] = random.normal(0, 0.1, classes).astype(np.float32)
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / KERAS_FILE, "w") as archive:
        archive.writestr("model.weights.h5", content.getvalue())
    config = TrainingConfig(recipe="quickstart-mnist", layers=parse_layers(layers) if layers else ())
    changed = {
        "name": folder.name,
        "config": config,
        "class_names": tuple(f"class {number}" for number in range(classes)),
        "files": {KERAS_FILE: file_sha256(folder / KERAS_FILE)},
    }
    return StoredModel(find_model("quickstart-mnist").card.model_copy(update=changed), folder, bundled=True)

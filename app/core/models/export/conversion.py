"""One model in one form, in a process of its own: written, read back on real pictures, and compared with the model."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from app.core.child_process import Answer, Limits
from app.core.datasets.registry import DATASETS
from app.core.datasets.sources import load_dataset
from app.core.datasets.types import Dataset
from app.core.errors import InputError, StudioError
from app.core.imaging.preprocess import Preprocessing
from app.core.models.card import ModelCard
from app.core.models.export.forms import ExportForm
from app.core.models.interpreter import Interpreter
from app.core.models.store import find_model

CHECKED_ON, MEASURED_ON = 100, 100
"""How many test pictures are read back, and how many training pictures say which values 8-bit integers must hold."""
DATA_LIKE = {
    Preprocessing.DIGITS: "mnist",
    Preprocessing.CLOTHES: "fashion-mnist",
    Preprocessing.WHOLE: "fashion-mnist",
}
"""What pictures look like that are prepared so."""
TOLERANCE = 1e-3
"""How much a probability may differ; 8-bit integers are allowed to differ, and it is told by how much."""
LIMITS = Limits(seconds=900, memory_mib=24 * 1024, file_mib=2048)
"""TensorFlow reserves much more memory than it uses."""


def convert(name: str, form_name: str) -> Answer:
    """The files of the model called `name` in that form, and how they answer; for `run_in_child`.

    The facts are `files` (names), `source` (title of the pictures' data), `pictures`, `same` (of how many pictures the
    answer is that of the model) and `difference` (the largest of any probability).

    Raises InputError if there are no pictures to measure 8-bit integers with, StudioError if the form does not answer
    as the model does.
    """
    from app.core.quiet import load_tensorflow

    load_tensorflow()
    from app.core.models.export.networks import answering_network, write_and_read

    model, form = find_model(name), ExportForm(form_name)
    data = _pictures(model.card)
    if form is ExportForm.TFLITE_INT8 and data.class_names != model.card.class_names:
        sentence = "8-bit integers are chosen by pictures of its classes, and none are here; import them first."
        raise InputError(sentence)
    shown = _scaled(data.test.images[:CHECKED_ON])
    with TemporaryDirectory() as folder:
        read = write_and_read(answering_network(model), form, Path(folder), _scaled(data.train.images[:MEASURED_ON]))
        given = read(shown)
        wanted = _tempered(Interpreter(model.litert_path).probabilities(shown[..., 0]), model.card)
        difference = float(np.abs(given - wanted).max())
        if form is not ExportForm.TFLITE_INT8 and not difference <= TOLERANCE:
            raise StudioError(f"'{model.card.title}' does not answer as it should as {form.label}; it was not saved.")
        files = [path for path in sorted(Path(folder).rglob("*")) if path.is_file()]
        facts = {
            "files": [path.relative_to(folder).as_posix() for path in files],
            "source": data.title,
            "pictures": len(shown),
            "same": int((given.argmax(1) == wanted.argmax(1)).sum()),
            "difference": difference,
        }
        return facts, [path.read_bytes() for path in files]


def _pictures(card: ModelCard) -> Dataset:
    """The data that the model was trained on, as far as it is here; else data of the same classes, or of the kind."""
    alike = [name for name, spec in DATASETS.items() if spec.class_names == card.class_names]
    for name, data in ((card.dataset, card.config.data), *((name, "starter") for name in (card.dataset, *alike))):
        try:
            found = load_dataset(name, data)
        except InputError:
            continue
        if found.class_names == card.class_names and len(found.test) and len(found.train):
            return found
    return load_dataset(DATA_LIKE[Preprocessing(card.preprocessing)], "starter")


def _scaled(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    return images[..., None].astype(np.float32) / np.float32(255)


def _tempered(probabilities: NDArray[np.float32], card: ModelCard) -> NDArray[np.float64]:
    """Calibrated, as the program shows them."""
    temperature = card.calibration.temperature if card.calibration else 1.0
    powers = np.maximum(probabilities.astype(np.float64), 1e-30) ** (1 / temperature)
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))

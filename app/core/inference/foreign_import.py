"""Taking in a model that was made elsewhere: its network with what it needs around it, tested, under a card."""

import shlex
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.core.child_process import Answer, run_in_child
from app.core.components import program_versions
from app.core.config.config import TrainingConfig
from app.core.datasets.sources import load_dataset
from app.core.datasets.types import IMAGE_SIZE, Dataset, LabelledImages, Variant
from app.core.errors import InputError
from app.core.imaging.preprocess import Preprocessing
from app.core.inference.calibration import calibrate
from app.core.inference.explaining.numpy_network import network_of
from app.core.inference.foreign_trial import NOTHING_WANTED, TRYING, Trial, TrialSet, Wanted, guessed
from app.core.inference.metrics import cross_entropy
from app.core.models.adaptation import Adaptation, Origin
from app.core.models.card import Calibration, Metrics, ModelCard
from app.core.models.foreign.own_layers import OtherLayersError, OwnNetwork, keras_file, own_network
from app.core.models.foreign.reading import ForeignFacts, ForeignModel
from app.core.models.library import LONGEST_TITLE
from app.core.models.store import (
    KERAS_FILE,
    LITERT_FILE,
    StoredModel,
    add_model,
    ensure_writable,
    free_name,
    free_title,
)
from app.core.texts import checked_text

RECIPE = "imported"
"""What stands for a recipe on the cards of models that were not trained here."""
LONGEST_CLASS = 60
_MOST_TO_CALIBRATE = 2_000
_FEWEST_TO_CALIBRATE = 50
_SECONDS = 30.0
"""So long a network is tested at most: as many pictures as it reads in that time."""
_PART = 50
_NOISY = 16
_ALIKE = 2e-3

Probabilities = NDArray[np.float32]


@dataclass(frozen=True)
class ForeignChoices:
    """What a person decided about a model. `tried_on` is None where there are no labelled pictures of its classes."""

    title: str
    class_names: tuple[str, ...]
    preprocessing: Preprocessing
    adaptation: Adaptation
    tried_on: TrialSet | None = None


def import_foreign(
    model: ForeignModel, choices: ForeignChoices, check: Callable[[], None] = lambda: None
) -> StoredModel:
    """Store the model as one of the user's own, under a free name.

    Where its layers are among those that there are here, it becomes a network of this program, which can be trained on
    and explained; others can only be run.

    It is tested on the test split of what it was tried on, and calibrated on the training split of that, as far as it
    reads them in half a minute. `check` is called often and may raise: then nothing is stored.

    Raises InputError for names that cannot be, and for a network that does harm.
    """
    ensure_writable()
    facts = model.facts
    title = checked_title(choices.title)
    names = checked_classes(choices.class_names, facts.classes)
    dataset = None
    if choices.tried_on is not None:
        dataset = load_dataset(choices.tried_on.name, choices.tried_on.data)
        if dataset.class_names != names:
            dataset = None  # they were renamed: these pictures are of other classes
    tested = _tested(model, choices.adaptation, dataset, check)
    own, other_layers = _own(model, choices.adaptation, _config(dataset), tested.of_noise)
    files = {LITERT_FILE: tested.content}
    if own is not None:
        files[KERAS_FILE] = keras_file(own.config, facts.classes, own.weights)
    name = free_name(_plain_name(title))
    card = ModelCard(
        name=name,
        title=free_title(title),
        created=datetime.now(UTC).replace(microsecond=0),
        dataset=dataset.name if dataset else "",
        dataset_title=dataset.title if dataset else facts.file,
        data_variant=dataset.variant if dataset else Variant.IMPORTED,
        data_description=_description(model, dataset),
        data_sha256=dataset.sha256 if dataset else "",
        class_names=names,
        preprocessing=choices.preprocessing,
        config=own.config if own else _config(dataset),
        parameters=facts.parameters,
        epochs_done=0,
        training_s=0.0,
        ended=f"Imported from {facts.file}.",
        metrics=tested.metrics,
        command=_command(model, choices),
        versions=program_versions(),
        origin=Origin(
            file=facts.file,
            format=facts.format.value,
            sha256=facts.sha256,
            adaptation=choices.adaptation,
            tried_on=dataset.test_description if dataset else "",
            other_layers=other_layers,
            left_out=_left_out(facts, own) if own else (),
        ),
    )

    def write(folder: Path) -> Calibration | None:
        for file, data in files.items():
            (folder / file).write_bytes(data)
        return tested.calibration

    return add_model(card, write)


def proposed(model: ForeignModel, trial: Trial | None, wanted: Wanted = NOTHING_WANTED) -> ForeignChoices:
    """What is chosen unless a person says otherwise; the classes of a model that nobody has named have numbers."""
    facts = model.facts
    title = Path(facts.file).stem.replace("_", " ").strip() or facts.file
    if trial is not None:
        return ForeignChoices(title, trial.set.class_names, trial.preprocessing, trial.best, trial.set)
    names = facts.labels or tuple(str(number) for number in range(facts.classes))
    adaptation = guessed(model, wanted)
    # Networks for photographs see things whole; of ink, the strokes are cut out and centred.
    is_of_photographs = adaptation.layout.channels > 1
    return ForeignChoices(title, names, Preprocessing.WHOLE if is_of_photographs else Preprocessing.DIGITS, adaptation)


def checked_title(title: str) -> str:
    """The name of a model. Raises InputError if it is empty or too long."""
    title = " ".join(checked_text(title, "name", LONGEST_TITLE, "a model").split())
    if not title:
        raise InputError("A model needs a name; write one.")
    return title


def checked_classes(names: tuple[str, ...], count: int) -> tuple[str, ...]:
    """The names of the classes. Raises InputError if they are not as many, not distinct, or no names."""
    plain = tuple(" ".join(checked_text(name, "name", LONGEST_CLASS, "a class").split()) for name in names)
    if len(plain) != count:
        raise InputError(f"The model knows {count} classes, and {len(plain)} are named; name each of them once.")
    if not all(plain) or len(set(plain)) < count:
        raise InputError("Each class needs a name of its own.")
    return plain


@dataclass(frozen=True)
class _Tested:
    """The network as it is stored, how well it does, and its probabilities of what `_noise` gives."""

    content: bytes
    calibration: Calibration | None
    metrics: Metrics
    of_noise: Probabilities


def _tested(model: ForeignModel, adaptation: Adaptation, dataset: Dataset | None, check: Callable[[], None]) -> _Tested:
    test = _shuffled(dataset.test) if dataset else None
    held = _shuffled(dataset.train, _MOST_TO_CALIBRATE) if dataset else None
    images = [part.images.tobytes() if part else b"" for part in (held, test)]
    arguments = (model.content, model.facts.takes_any_batch, adaptation.model_dump_json(), *images)
    _, blobs = run_in_child(_measure, *arguments, what=f"'{model.facts.file}'", limits=TRYING, check=check)
    content, *packed = blobs
    learned, read, of_noise = (np.frombuffer(each, np.float32).reshape(-1, model.facts.classes) for each in packed)
    if test is None or held is None:
        return _Tested(content, None, Metrics(test_loss=0.0, test_accuracy=0.0, test_samples=0), of_noise)
    calibration = None
    if len(learned) >= _FEWEST_TO_CALIBRATE:
        calibration = calibrate(learned, held.labels[: len(learned)])
    labels = test.labels[: len(read)]
    accuracy = float((read.argmax(axis=1) == labels).mean()) if len(read) else 0.0
    metrics = Metrics(test_loss=cross_entropy(read, labels), test_accuracy=accuracy, test_samples=len(read))
    return _Tested(content, calibration, metrics, of_noise)


def _noise() -> NDArray[np.uint8]:
    """Made-up pictures (n, 28, 28), from a few points to all, always the same."""
    random = np.random.default_rng(1)
    levels = random.integers(0, 256, (_NOISY, IMAGE_SIZE, IMAGE_SIZE), np.uint8)
    return levels * (random.random(levels.shape) < np.linspace(0.05, 1, _NOISY)[:, None, None])


def _own(
    model: ForeignModel, adaptation: Adaptation, config: TrainingConfig, wanted: Probabilities
) -> tuple[OwnNetwork | None, str]:
    """The network as one of our own that gives the same of noise, or else what it has that there is not here."""
    try:
        own = own_network(model.content, adaptation, config, model.facts.in_training)
    except OtherLayersError as error:
        return None, str(error)
    logits = network_of(own.config, wanted.shape[1], own.weights).logits(_noise().astype(np.float32) / np.float32(255))
    given = np.exp(logits - logits.max(axis=1, keepdims=True))
    is_alike = np.allclose(given / given.sum(axis=1, keepdims=True), wanted, atol=_ALIKE)
    return (own, "") if is_alike else (None, "layers that compute in another way")


def _left_out(facts: ForeignFacts, own: OwnNetwork) -> tuple[str, ...]:
    if not facts.format.says_training:
        return (f"what its makers used in training alone, such as dropout ({facts.format.value} does not hold it)",)
    return (*facts.left_out, *own.left_out)


def _measure(content: bytes, takes_any_batch: bool, adaptation: str, held: bytes, test: bytes) -> Answer:
    """In the child: the adapted network, and its probabilities of both and of noise, for as many as there is time."""
    from app.core.models.foreign.adapting import adapted
    from app.core.models.interpreter import Interpreter

    whole = adapted(content, Adaptation.model_validate_json(adaptation), takes_any_batch)
    interpreter = Interpreter(whole)
    interpreter.probabilities(np.zeros((2, IMAGE_SIZE, IMAGE_SIZE), np.float32))
    answers = []
    for packed in (held, test, _noise().tobytes()):
        images = np.frombuffer(packed, np.uint8).reshape(-1, IMAGE_SIZE, IMAGE_SIZE)
        began, found = time.monotonic(), [np.zeros((0, interpreter.shapes[1][0]), np.float32)]
        for start in range(0, len(images), _PART):
            if time.monotonic() - began > _SECONDS:
                break
            found.append(interpreter.probabilities(images[start : start + _PART].astype(np.float32) / np.float32(255)))
        answers.append(np.concatenate(found).tobytes())
    return {}, (whole, *answers)


def _shuffled(images: LabelledImages, most: int | None = None) -> LabelledImages:
    """In an order in which the first of them are a fair choice; always the same."""
    order: NDArray[np.int64] = np.random.default_rng(0).permutation(len(images))[:most]
    return LabelledImages(np.ascontiguousarray(images.images[order]), images.labels[order])


def _config(dataset: Dataset | None) -> TrainingConfig:
    """What stands for the settings of a training that nobody here knows: no layers, and the data it was tried on."""
    if dataset is None:
        return TrainingConfig(recipe=RECIPE, dataset="", data="", layers=(), output="softmax")
    is_starter = dataset.variant is Variant.STARTER
    data = Variant.STARTER if is_starter else Variant.FULL
    return TrainingConfig(recipe=RECIPE, dataset=dataset.name, data=data.value, layers=(), output="softmax")


def _description(model: ForeignModel, dataset: Dataset | None) -> str:
    made = f"Made elsewhere: {model.facts.file}, {model.facts.format.value}"
    if dataset is None:
        return f"{made}; what it was trained on is not known"
    return f"{made}; tested on {dataset.title}, which it may have been trained on"


def _plain_name(title: str) -> str:
    """A name that a folder can have, close to the title."""
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "_-.") else "-" for letter in title)
    return plain.strip("-. ")[:50].rstrip("-. ").lower() or "imported"


def _command(model: ForeignModel, choices: ForeignChoices) -> str:
    """The command that imports it again with the same choices."""
    adaptation = choices.adaptation
    words = ["softmax-studio", "models", "import", model.facts.file]
    if choices.tried_on is not None:
        words += ["--classes-from", choices.tried_on.name]
    else:
        words += ["--classes", ",".join(choices.class_names)]
    words += ["--scale", adaptation.scale.value, "--output", adaptation.output.value]
    words += ["--polarity", adaptation.polarity.value, "--orientation", adaptation.orientation.value]
    return shlex.join(words)

"""One network from several that were trained alike: the mean of their weights. Imports TensorFlow.

Networks that began with the same weights and were trained on in different ways often read better so than each alone,
for the cost of one ("model soups", Wortsman et al. 2022). Networks that began differently do not.
"""

import shlex
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from app.core.components import program_versions
from app.core.datasets.sources import load_dataset
from app.core.datasets.types import Dataset
from app.core.errors import InputError
from app.core.file_writing import unfinished
from app.core.inference.evaluation import evaluate_model
from app.core.inference.predictor import Predictor
from app.core.models.card import Metrics, ModelCard
from app.core.models.keras_files import load_keras
from app.core.models.store import StoredModel, check_new_name, disk_errors, fill_folder, find_model, take_in
from app.core.networks.building import build_network
from app.core.paths import user_models_dir
from app.core.training.batch_statistics import batch_statistics
from app.core.training.images import run_images, typical_images
from app.core.training.runs import network_writer


def average_models(names: Sequence[str], name: str) -> StoredModel:
    """Store the mean of the models `names` under `name`, calibrated and tested on the data they were trained on.

    A model that is named twice counts twice.

    Raises:
        InputError: there are fewer than two, one is not there or damaged, or they differ in layers, classes or data.

    """
    check_new_name(name)
    models = [find_model(each) for each in names]
    _check_alike(models)
    card = models[0].card
    dataset = load_dataset(card.dataset, card.config.data)
    network = build_network(card.config, len(card.class_names), lambda: 0)
    stacks = zip(*(load_keras(model).get_weights() for model in models), strict=True)
    network.set_weights([np.mean(stack, axis=0) for stack in stacks])
    typical = typical_images(run_images(card.config, dataset), card.config)
    batch_statistics(network, card.config).settle(typical)  # the mean of two networks' statistics belongs to neither
    return store_tested(_draft(card, models, name), network, dataset)


def store_tested(card: ModelCard, network: Any, dataset: Dataset, **known: float | None) -> StoredModel:
    """Store a network that no run has just trained, calibrated and tested on its data.

    `known` are metrics of its training, as they are named on the card. Raises StudioError if the disk refuses.
    """
    home = user_models_dir()
    with disk_errors(f"The model could not be saved in {home}"), unfinished(home) as folder:
        folder.mkdir()
        made = fill_folder(folder, card, network_writer(network, card.config, dataset))
        metrics = _tested(made, folder, dataset).model_copy(update=known)
        return take_in(folder, made.model_copy(update={"metrics": metrics}))


def _check_alike(models: Sequence[StoredModel]) -> None:
    if len(models) < 2:
        raise InputError("One model cannot be averaged; name two or more.")
    first = models[0].card
    for card in (model.card for model in models[1:]):
        if (card.config.layers, card.config.output) != (first.config.layers, first.config.output):
            raise InputError(f"'{card.name}' has another network than '{first.name}'; only equal ones can be averaged.")
        if (card.class_names, card.data_sha256) != (first.class_names, first.data_sha256):
            raise InputError(
                f"'{card.name}' was trained on other data than '{first.name}'; choose models of one data set."
            )
        if (card.config.seed, card.config.validation_split) != (first.config.seed, first.config.validation_split):
            raise InputError(
                f"'{card.name}' used other validation pictures than '{first.name}', "
                "so their average cannot be calibrated; "
                "choose models with the same seed and validation split."
            )


def _draft(first: ModelCard, models: Sequence[StoredModel], name: str) -> ModelCard:
    cards = list({model.card.name: model.card for model in models}.values())
    averaged = shlex.join(
        ["softmax-studio", "models", "average", *(model.card.name for model in models), "--name", name]
    )
    return first.model_copy(
        update={
            "name": name,
            "title": name,
            "created": datetime.now(UTC).replace(microsecond=0),
            "epochs_done": sum(card.epochs_done for card in cards),
            "training_s": round(sum(card.training_s for card in cards), 1),
            "command": " && ".join([*map(_named_command, cards), averaged]),
            "versions": program_versions(),
            "calibration": None,
        }
    )


def _named_command(card: ModelCard) -> str:
    """What makes the model again under its own name; that of a mean tells it already."""
    name = f" --name {shlex.quote(card.name)}"
    return card.command if card.command.endswith(name) else card.command + name


def _tested(card: ModelCard, folder: Path, dataset: Dataset) -> Metrics:
    """The metrics of the network in `folder` on the test split, as it predicts without its calibration."""
    raw = StoredModel(card.model_copy(update={"calibration": None}), folder, bundled=False)
    read = evaluate_model(Predictor(raw), dataset)
    return Metrics(test_loss=read.loss, test_accuracy=read.accuracy, test_samples=read.samples)

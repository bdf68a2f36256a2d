"""The network of a stored model, and training that begins with its weights. Imports TensorFlow."""

import warnings
from typing import Any

from app.core.config.config import TrainingConfig
from app.core.errors import InputError
from app.core.models.store import KERAS_FILE, StoredModel, file_sha256, find_model
from app.core.networks.building import build_network


def start_from(network: Any, config: TrainingConfig, class_names: tuple[str, ...]) -> None:
    """Give `network`, whose layers may be those for training, the weights of the stored model that the config names.

    Raises:
        InputError: there is no such model, it is damaged, or its network or classes are others.

    """
    model = find_model(config.initial_model)
    card = model.card
    if card.class_names != class_names:
        raise InputError(f"'{card.name}' knows other classes than this data; start from another model, or from none.")
    if card.config.layers != config.layers:
        raise InputError(f"'{card.name}' has other layers than this network; use its layers to start from it.")
    network.set_weights(stored_network(model).get_weights())


def stored_network(model: StoredModel) -> Any:
    """The `keras.Model` of a stored model, made of plain layers. Raises InputError if its file is damaged."""
    card = model.card
    path = model.folder / KERAS_FILE
    try:
        if file_sha256(path) != card.files.get(KERAS_FILE):
            raise ValueError("not the file of the card")
        network = build_network(card.config, len(card.class_names))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Keras misses a group in files of older versions that repeats the layers
            network.load_weights(path)
    except (OSError, ValueError, KeyError):
        raise InputError(f"The model '{card.name}' is damaged; choose another one.") from None
    return network

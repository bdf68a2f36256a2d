"""Training that begins with the weights of a stored model. Imports TensorFlow."""

import warnings
from typing import Any

from app.core.errors import InputError
from app.core.models.building import build_network
from app.core.models.config import TrainingConfig
from app.core.models.store import KERAS_FILE, file_sha256, find_model


def start_from(network: Any, config: TrainingConfig, class_names: tuple[str, ...]) -> None:
    """Give `network` the weights of the stored model that the config names.

    Raises:
        InputError: there is no such model, it is damaged, or its network or classes are others.

    """
    model = find_model(config.start_from)
    card = model.card
    if card.class_names != class_names:
        raise InputError(f"'{card.name}' knows other classes than this data; start from another model, or from none.")
    if card.config.layers != config.layers:
        raise InputError(f"'{card.name}' has other layers than this network; use its layers to start from it.")
    path = model.folder / KERAS_FILE
    try:
        if file_sha256(path) != card.files.get(KERAS_FILE):
            raise ValueError("not the file of the card")
        # Stored networks are made of plain layers, those in training of their own: the weights are the same.
        plain = build_network(config, len(class_names))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Keras misses a group in files of older versions that repeats the layers
            plain.load_weights(path)
        network.set_weights(plain.get_weights())
    except (OSError, ValueError, KeyError):
        raise InputError(f"The model '{card.name}' is damaged; start from another one.") from None

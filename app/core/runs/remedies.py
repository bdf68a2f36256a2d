"""What can be done about what the coach finds: each remedy is a change of a config, and a button in the window."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from app.core.config.config import TrainingConfig
from app.core.config.layers import BatchNormalization, Conv2D, Dense, Dropout, Layer
from app.core.config.settings import OPTIMIZERS

WANTED_VALIDATION = 400
"""Pictures that tell an accuracy of 95% to two points."""
_MOST_VALIDATION, _LEAST_VALIDATION = 0.3, 0.1
_STEADY_BATCH = 32
_GLOROT = {"glorot_uniform", "glorot_normal"}
_HE = {"he_normal", "he_uniform"}


class Remedy(StrEnum):
    """The changes that can be offered."""

    USUAL_RATE = "usual_rate"
    LOWER_RATE = "lower_rate"
    CONSTANT_RATE = "constant_rate"
    CLIP = "clip"
    RELU = "relu"
    LEAKY_RELU = "leaky_relu"
    HE_NORMAL = "he_normal"
    NORMALIZE = "normalize"
    LARGER_BATCHES = "larger_batches"
    MORE_EPOCHS = "more_epochs"
    EARLY_STOPPING = "early_stopping"
    DROPOUT = "dropout"
    AUGMENT = "augment"
    MORE_VALIDATION = "more_validation"
    BALANCE = "balance"
    LEAVE_OUT_COPIES = "leave_out_copies"


def changes_with(remedy: Remedy, config: TrainingConfig, checked_with: int = 0) -> Mapping[str, Any]:
    """The fields that a remedy changes, with their new values; empty where there is nothing to change.

    `checked_with` is how many pictures the run was validated with.
    """
    more = remedy is Remedy.MORE_VALIDATION
    wanted = _more_validation(config, checked_with) if more else _CHANGES[remedy](config)
    return {name: value for name, value in wanted.items() if getattr(config, name) != value}


def remedied(remedy: Remedy, config: TrainingConfig, checked_with: int = 0) -> TrainingConfig:
    """The config with what the remedy changes."""
    return config.changed(**changes_with(remedy, config, checked_with))


def sensible_rate(config: TrainingConfig) -> float:
    """A learning rate to try instead: the optimizer's usual one, or a third of one that is about as low already."""
    usual = OPTIMIZERS[config.optimizer].usual_rate
    return usual if not usual / 2 < config.learning_rate <= 2 * usual else _third(config.learning_rate)


def _third(rate: float) -> float:
    return max(1e-6, float(f"{rate / 3:.1g}"))


def _more_validation(config: TrainingConfig, checked_with: int) -> Mapping[str, Any]:
    """The share that makes enough pictures. A part that the data came with has another size, and cannot be changed."""
    share = config.validation_split
    if not share:
        return {} if checked_with else {"validation_split": _LEAST_VALIDATION}
    pictures = max(1, checked_with) / share
    wanted = round(min(_MOST_VALIDATION, max(2 * share, WANTED_VALIDATION / pictures)), 2)
    return {"validation_split": wanted} if wanted > share else {}


def _layers(change: Callable[[Layer], Layer]) -> Callable[[TrainingConfig], Mapping[str, Any]]:
    return lambda config: {"layers": tuple(map(change, config.layers))}


def _rectified(layer: Layer) -> Layer:
    """ReLU and He's weights instead of an activation that flattens."""
    if isinstance(layer, Dense | Conv2D) and layer.activation in {"sigmoid", "tanh", "softmax"}:
        return layer.changed(activation="relu", kernel_initializer="he_normal")
    return layer


def _leaky(layer: Layer) -> Layer:
    if isinstance(layer, Dense | Conv2D) and layer.activation == "relu":
        return layer.changed(activation="leaky_relu")
    return layer


def _he(layer: Layer) -> Layer:
    """He's weights where they were begun with others than what is made for layers of all sizes."""
    if isinstance(layer, Dense | Conv2D) and layer.kernel_initializer not in _GLOROT | _HE:
        return layer.changed(kernel_initializer="he_normal")
    return layer


def _normalized(config: TrainingConfig) -> Mapping[str, Any]:
    """A batch normalization after every layer with weights that has none."""
    layers: list[Layer] = []
    for place, layer in enumerate(config.layers):
        layers.append(layer)
        is_normalized = isinstance((*config.layers, None)[place + 1], BatchNormalization)
        if isinstance(layer, Dense | Conv2D) and not is_normalized:
            layers.append(BatchNormalization())
    return {"layers": tuple(layers)}


def _with_dropout(config: TrainingConfig) -> Mapping[str, Any]:
    """One before the output, if there is none and something for it to drop."""
    if not config.layers or any(isinstance(layer, Dropout) for layer in config.layers):
        return {}
    return {"layers": (*config.layers, Dropout(rate=0.3))}


def _augmented(config: TrainingConfig) -> Mapping[str, Any]:
    return {} if config.augments else {"shift_px": 2.0, "rotate_deg": 10.0, "zoom": 0.1}


def _larger_batches(config: TrainingConfig) -> Mapping[str, Any]:
    return {"batch_size": max(config.batch_size, _STEADY_BATCH)}


def _stops_early(config: TrainingConfig) -> Mapping[str, Any]:
    if config.early_stopping_patience or not config.validation_split:
        return {}
    return {"early_stopping_patience": 3, "restore_best_weights": True}


_CHANGES: Mapping[Remedy, Callable[[TrainingConfig], Mapping[str, Any]]] = {
    Remedy.USUAL_RATE: lambda config: {"learning_rate": sensible_rate(config)},
    Remedy.LOWER_RATE: lambda config: {"learning_rate": min(sensible_rate(config), _third(config.learning_rate))},
    Remedy.CONSTANT_RATE: lambda config: {"schedule": "constant"},
    Remedy.CLIP: lambda config: {"global_clipnorm": config.global_clipnorm or 1.0},
    Remedy.RELU: _layers(_rectified),
    Remedy.LEAKY_RELU: _layers(_leaky),
    Remedy.HE_NORMAL: _layers(_he),
    Remedy.NORMALIZE: _normalized,
    Remedy.LARGER_BATCHES: _larger_batches,
    Remedy.MORE_EPOCHS: lambda config: {"epochs": min(1000, 2 * config.epochs)},
    Remedy.EARLY_STOPPING: _stops_early,
    Remedy.DROPOUT: _with_dropout,
    Remedy.AUGMENT: _augmented,
    Remedy.BALANCE: lambda _config: {"balance_classes": True},
    Remedy.LEAVE_OUT_COPIES: lambda _config: {"drop_test_copies": True},
}

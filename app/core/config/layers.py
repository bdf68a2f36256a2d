"""The layers a network may be declared with: plain values that carry Keras' own names and words."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Activation = Literal["relu", "sigmoid", "tanh", "elu", "leaky_relu", "softmax", "linear"]
Initializer = Literal[
    "glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "random_uniform", "random_normal", "zeros"
]
Penalty = Annotated[float, Field(ge=0, le=1)]


class Declaration(BaseModel):
    """A frozen value that rejects what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Dense(Declaration):
    """A fully connected layer. `l1` and `l2` penalize its kernel; both at once are an elastic net."""

    type: Literal["dense"] = "dense"
    units: int = Field(ge=1, le=4096)
    activation: Activation = "relu"
    kernel_initializer: Initializer = "glorot_uniform"
    l1: Penalty = 0.0
    l2: Penalty = 0.0


class Conv2D(Declaration):
    """A convolution with stride 1. `l1` and `l2` penalize its kernel."""

    type: Literal["conv2d"] = "conv2d"
    filters: int = Field(ge=1, le=512)
    kernel_size: int = Field(default=3, ge=1, le=11)
    activation: Activation = "relu"
    padding: Literal["valid", "same"] = "valid"
    kernel_initializer: Initializer = "glorot_uniform"
    l1: Penalty = 0.0
    l2: Penalty = 0.0


class MaxPooling2D(Declaration):
    """The largest value of each square of `pool_size` pixels."""

    type: Literal["max_pooling2d"] = "max_pooling2d"
    pool_size: int = Field(default=2, ge=2, le=7)


class AveragePooling2D(Declaration):
    """The mean of each square of `pool_size` pixels."""

    type: Literal["average_pooling2d"] = "average_pooling2d"
    pool_size: int = Field(default=2, ge=2, le=7)


class GlobalAveragePooling2D(Declaration):
    """The mean of each feature map."""

    type: Literal["global_average_pooling2d"] = "global_average_pooling2d"


class BatchNormalization(Declaration):
    """Normalizes each batch; keeps moving statistics for prediction."""

    type: Literal["batch_normalization"] = "batch_normalization"


class Dropout(Declaration):
    """Sets a share of its inputs to zero while training."""

    type: Literal["dropout"] = "dropout"
    rate: float = Field(ge=0.0, lt=1.0)


class Flatten(Declaration):
    """One row of numbers. Dense layers flatten by themselves what is not flat."""

    type: Literal["flatten"] = "flatten"


class Reshape(Declaration):
    """The same numbers as feature maps again."""

    type: Literal["reshape"] = "reshape"
    rows: int = Field(default=28, ge=1, le=256)
    columns: int = Field(default=28, ge=1, le=256)
    channels: int = Field(default=1, ge=1, le=1024)


class ConcatenateInput(Declaration):
    """Joins the network's input picture to what came so far: as further feature maps, or as further numbers if flat.

    What follows sees both the deep features and the bare pixels ("wide and deep").
    """

    type: Literal["concatenate_input"] = "concatenate_input"


Layer = Annotated[
    Dense
    | Conv2D
    | MaxPooling2D
    | AveragePooling2D
    | GlobalAveragePooling2D
    | BatchNormalization
    | Dropout
    | Flatten
    | Reshape
    | ConcatenateInput,
    Field(discriminator="type"),
]

SPATIAL_LAYERS = (Conv2D, MaxPooling2D, AveragePooling2D, GlobalAveragePooling2D)
"""Layers that need rows and columns."""


# Settings that reach into all layers at once: "every hidden layer has 256 units". Searches and `--set` use them.


@dataclass(frozen=True)
class LayerSetting:
    """A value that every layer of some kinds has under the name `field`."""

    title: str
    kinds: tuple[type, ...]
    field: str


LAYER_SETTINGS: dict[str, LayerSetting] = {
    "hidden_units": LayerSetting("Hidden units", (Dense,), "units"),
    "filters": LayerSetting("Filters", (Conv2D,), "filters"),
    "activation": LayerSetting("Activation", (Dense, Conv2D), "activation"),
    "kernel_initializer": LayerSetting("Initializer", (Dense, Conv2D), "kernel_initializer"),
    "dropout": LayerSetting("Dropout", (Dropout,), "rate"),
    "l1": LayerSetting("L1", (Dense, Conv2D), "l1"),
    "l2": LayerSetting("L2", (Dense, Conv2D), "l2"),
}


def reaches(layers: tuple[Layer, ...], name: str) -> bool:
    """True if there is a layer that the setting changes."""
    return any(isinstance(layer, LAYER_SETTINGS[name].kinds) for layer in layers)


def set_in_layers(layers: tuple[Layer, ...], name: str, value: object) -> list[dict[str, Any]]:
    """The layers with that value in each that has one, as plain values still to be checked."""
    setting = LAYER_SETTINGS[name]
    return [
        layer.model_dump() | ({setting.field: value} if isinstance(layer, setting.kinds) else {}) for layer in layers
    ]


def get_from_layers(layers: tuple[Layer, ...], name: str) -> object:
    """The value that all layers share, None if there is none or they differ."""
    setting = LAYER_SETTINGS[name]
    values = {getattr(layer, setting.field) for layer in layers if isinstance(layer, setting.kinds)}
    return values.pop() if len(values) == 1 else None


def settings_between(layers: tuple[Layer, ...], others: tuple[Layer, ...]) -> dict[str, object] | None:
    """The settings that alone make `layers` into `others`, with their new values; None if more than that differs."""
    found: dict[str, object] = {}
    for name in LAYER_SETTINGS:
        before, after = get_from_layers(layers, name), get_from_layers(others, name)
        if None not in {before, after} and before != after:
            found[name] = after
    plain = [layer.model_dump() for layer in layers]
    for name, value in found.items():
        setting = LAYER_SETTINGS[name]
        for layer, values in zip(layers, plain, strict=True):
            if isinstance(layer, setting.kinds):
                values[setting.field] = value
    return found if plain == [layer.model_dump() for layer in others] else None

"""The layers a network may be declared with: plain values that carry Keras' own names and words."""

from typing import Annotated, Literal

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

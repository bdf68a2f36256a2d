"""The layers a network may be declared with: plain values that carry Keras' own names and words."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Activation = Literal["relu", "sigmoid", "tanh", "elu", "linear"]


class Declaration(BaseModel):
    """A frozen value that rejects what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Dense(Declaration):
    """A fully connected layer."""

    type: Literal["dense"] = "dense"
    units: int = Field(ge=1, le=4096)
    activation: Activation = "relu"


class Conv2D(Declaration):
    """A convolution with stride 1."""

    type: Literal["conv2d"] = "conv2d"
    filters: int = Field(ge=1, le=512)
    kernel_size: int = Field(default=3, ge=1, le=11)
    activation: Activation = "relu"
    padding: Literal["valid", "same"] = "valid"


class MaxPooling2D(Declaration):
    """The largest value of each square of `pool_size` pixels."""

    type: Literal["max_pooling2d"] = "max_pooling2d"
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


Layer = Annotated[
    Dense | Conv2D | MaxPooling2D | GlobalAveragePooling2D | BatchNormalization | Dropout,
    Field(discriminator="type"),
]

SPATIAL_LAYERS = (Conv2D, MaxPooling2D, GlobalAveragePooling2D)
"""Layers that need rows and columns; dense layers take a flattened input."""

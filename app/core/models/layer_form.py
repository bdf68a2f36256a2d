"""The form of a layer: its fields as they are declared, in words that all kinds of layers share."""

from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from app.core.models.form import FormField, declared_field
from app.core.models.layers import (
    AveragePooling2D,
    BatchNormalization,
    ConcatenateInput,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    Layer,
    MaxPooling2D,
    Reshape,
)
from app.core.models.notation import layer_text
from app.core.models.shown import Shown

_LAYER: TypeAdapter[Layer] = TypeAdapter(Layer)


@dataclass(frozen=True)
class LayerKind:
    """A kind of layer: Keras' name, what it does, and a layer of it to begin with."""

    title: str
    help: str
    usual: Layer


LAYER_KINDS = (
    LayerKind("Dense", "Every unit sees all inputs of the layer. Flattens pictures by itself.", Dense(units=128)),
    LayerKind("Conv2D", "Small windows slide over the picture; each filter answers with a map.", Conv2D(filters=32)),
    LayerKind("MaxPooling2D", "Keeps the largest value of each square, so the maps get smaller.", MaxPooling2D()),
    LayerKind("AveragePooling2D", "Keeps the mean of each square, so the maps get smaller.", AveragePooling2D()),
    LayerKind("GlobalAveragePooling2D", "Keeps one value of each map: its mean.", GlobalAveragePooling2D()),
    LayerKind(
        "BatchNormalization", "Brings each batch to mean 0 and variance 1, then scales it.", BatchNormalization()
    ),
    LayerKind("Dropout", "Sets a random share of the values to 0 in training, against overfitting.", Dropout(rate=0.2)),
    LayerKind("Flatten", "Turns rows, columns and channels into one vector.", Flatten()),
    LayerKind("Reshape", "Turns a vector into rows, columns and channels.", Reshape()),
    LayerKind(
        "ConcatenateInput",
        "Adds the input picture to the output so far, so that the next layer sees both.",
        ConcatenateInput(),
    ),
)

_WORDS = {
    "units": Shown("Units", "Number of units: the layer outputs one number for each."),
    "filters": Shown("Filters", "Number of filters: the layer outputs one map for each."),
    "kernel_size": Shown("Kernel size", "Rows and columns of the window that slides over the picture.", unit="px"),
    "activation": Shown(
        "Activation", "The function applied to each output. Without one, several layers can do no more than one."
    ),
    "padding": Shown(
        "Padding", "Valid: the window stays inside, so the maps get smaller. Same: zeros around them keep the size."
    ),
    "kernel_initializer": Shown("Initializer", "How the weights are initialized."),
    "l1": Shown("L1 penalty", "Pulls weights to exactly zero. Together with L2: elastic net.", zero="none", decimals=6),
    "l2": Shown("L2 penalty", "Pulls large weights towards zero.", zero="none", decimals=6),
    "pool_size": Shown("Square", "Rows and columns that are pooled into one number.", unit="px"),
    "rate": Shown("Rate", "Share of the values that are set to 0 in training.", decimals=2),
    "rows": Shown("Rows", "Number of rows of the maps."),
    "columns": Shown("Columns", "Number of columns of the maps."),
    "channels": Shown("Channels", "Number of maps."),
}


def kind_of(layer: Layer) -> LayerKind:
    """The kind that a layer is of."""
    return next(kind for kind in LAYER_KINDS if kind.usual.type == layer.type)


def layer_fields(layer: Layer) -> tuple[FormField, ...]:
    """What a person sets of a layer of this kind; none for layers without settings."""
    fields = type(layer).model_fields
    return tuple(declared_field(name, info, _WORDS[name]) for name, info in fields.items() if name != "type")


def changed_layer(layer: Layer, **values: Any) -> Layer:
    """The layer with some of its values changed, which lie within their limits."""
    return _LAYER.validate_python(layer.model_dump() | values)


def layer_details(layer: Layer) -> str:
    """What there is to say of a layer besides its kind: "32 3x3 relu"."""
    return layer_text(layer).removeprefix(layer.type).strip()

# ruff: noqa: D102 - what a method is for is said once, in BaseLayer
"""The kinds of layers: Keras' own names and words, with all that is known of each without TensorFlow.

A kind says what a form asks, how a line of text writes it, what Keras is called with, and what it makes of a shape.
Only how *Why?* computes it in NumPy stands elsewhere, in `app.core.inference.explaining.numpy_network`.
"""

from dataclasses import dataclass
from math import prod
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field

from app.core.config.form import Declaration, Shown
from app.core.datasets.types import IMAGE_SIZE

Activation = Literal["relu", "sigmoid", "tanh", "elu", "leaky_relu", "softmax", "linear"]
Initializer = Literal[
    "glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "random_uniform", "random_normal", "zeros"
]

Shape = tuple[int, ...]
"""What one picture has become: (rows, columns, channels), or (numbers,) once it is flat."""

PICTURE: Shape = (IMAGE_SIZE, IMAGE_SIZE, 1)


def is_flat(shape: Shape) -> bool:
    """True for a row of numbers without rows and columns."""
    return len(shape) == 1


def shape_text(shape: Shape) -> str:
    """28x28x1, or 1,568."""
    return f"{shape[0]:,}" if is_flat(shape) else "x".join(str(size) for size in shape)


class MisfitError(Exception):
    """A layer cannot take what comes to it; the text goes on after the layer's name and a colon."""


class BaseLayer(Declaration):
    """What every kind of layer has. Its settings are its fields, in the order in which a line of text writes them."""

    help: ClassVar[str]
    keras_class: ClassVar[str] = ""
    """Its name in `keras.layers`, where it is not that of the class here."""
    number: ClassVar[str] = ""
    """The setting that a bare number means: "dense 128"."""
    sizes: ClassVar[tuple[str, ...]] = ()
    """Settings that are written as one word: "28x28x1", or "3x3" for one that stands twice."""
    needs_maps: ClassVar[bool] = False
    """True if it takes rows and columns only."""
    is_input_joined: ClassVar[bool] = False
    """True if it reads the picture besides the layer before it."""

    type: str

    @property
    def title(self) -> str:
        """How people know the kind."""
        return type(self).__name__

    @property
    def keras_name(self) -> str:
        """The class in `keras.layers`."""
        return self.keras_class or self.title

    @property
    def window(self) -> int:
        """The side of the square that slides over the maps, 0 if none does."""
        return 0

    @property
    def keeps_shape(self) -> bool:
        """True if what comes to it may have any shape, and keeps it."""
        return type(self).output_shape is BaseLayer.output_shape

    def output_shape(self, shape: Shape) -> Shape:
        """What it makes of `shape`, which is flat already for a Dense. Raises MisfitError if it cannot be."""
        return shape

    def weights(self, shape: Shape) -> tuple[int, int]:
        """How many weights it has for what comes to it: those that training changes, and the others."""
        return 0, 0

    def arguments(self) -> dict[str, Any]:
        """What its Keras class is called with, by Keras' names; `l1` and `l2` make its kernel's regularizer."""
        return self.model_dump(exclude={"type"})

    def changed(self, **values: Any) -> Self:
        """The layer with some of its values changed, which lie within their limits."""
        return self.model_validate(self.model_dump() | values)

    @property
    def details(self) -> str:
        """Its settings as a line of text writes them, what is usual left out: "32 3x3 relu"."""
        words = []
        for name, info in type(self).model_fields.items():
            value = getattr(self, name)
            if name == self.number:
                words.append(f"{value:g}")
            elif name in self.sizes:
                words += ["x".join(str(getattr(self, size)) for size in self.sizes)] * (name == self.sizes[0])
            elif name != "type" and (name == "activation" or value != info.default):
                words.append(value if isinstance(value, str) else f"{name}={value:g}")
        return " ".join(words)


_Activation = Annotated[
    Activation,
    Shown("Activation", "The function applied to each output. Without one, several layers can do no more than one."),
]
_Initializer = Annotated[Initializer, Shown("Initializer", "How the weights are initialized.")]
_L1 = Annotated[
    float,
    Field(ge=0, le=1),
    Shown("L1 penalty", "Pulls weights to exactly zero. Together with L2: elastic net.", zero="none", decimals=6),
]
_L2 = Annotated[
    float,
    Field(ge=0, le=1),
    Shown("L2 penalty", "Pulls large weights towards zero.", zero="none", decimals=6),
]
_PoolSize = Annotated[
    int, Field(ge=2, le=7), Shown("Square", "Rows and columns that are pooled into one number.", unit="px")
]


class Dense(BaseLayer):
    """A fully connected layer. `l1` and `l2` penalize its kernel; both at once are an elastic net."""

    help = "Every unit sees all inputs of the layer. Flattens pictures by itself."
    number = "units"

    type: Literal["dense"] = "dense"
    units: Annotated[
        int, Field(ge=1, le=4096), Shown("Units", "Number of units: the layer outputs one number for each.")
    ]
    activation: _Activation = "relu"
    kernel_initializer: _Initializer = "glorot_uniform"
    l1: _L1 = 0.0
    l2: _L2 = 0.0

    def output_shape(self, shape: Shape) -> Shape:
        return (self.units,)

    def weights(self, shape: Shape) -> tuple[int, int]:
        return (shape[-1] + 1) * self.units, 0


class Conv2D(BaseLayer):
    """A convolution with stride 1. `l1` and `l2` penalize its kernel."""

    help = "Small windows slide over the picture; each filter answers with a map."
    number = "filters"
    sizes = ("kernel_size", "kernel_size")
    needs_maps = True

    type: Literal["conv2d"] = "conv2d"
    filters: Annotated[
        int, Field(ge=1, le=512), Shown("Filters", "Number of filters: the layer outputs one map for each.")
    ]
    kernel_size: Annotated[
        int,
        Field(ge=1, le=11),
        Shown("Kernel size", "Rows and columns of the window that slides over the picture.", unit="px"),
    ] = 3
    activation: _Activation = "relu"
    padding: Annotated[
        Literal["valid", "same"],
        Shown(
            "Padding", "Valid: the window stays inside, so the maps get smaller. Same: zeros around them keep the size."
        ),
    ] = "valid"
    kernel_initializer: _Initializer = "glorot_uniform"
    l1: _L1 = 0.0
    l2: _L2 = 0.0

    @property
    def window(self) -> int:
        return self.kernel_size

    def output_shape(self, shape: Shape) -> Shape:
        rows, columns, _ = shape
        lost = self.kernel_size - 1 if self.padding == "valid" else 0
        least = min(rows, columns)
        if least <= lost:
            raise MisfitError(
                f"a kernel of {self.kernel_size}x{self.kernel_size} does not fit into the {rows}x{columns} that are "
                f"left; make it {least}x{least} or smaller, use padding same, or make the maps shrink less before it."
            )
        return rows - lost, columns - lost, self.filters

    def weights(self, shape: Shape) -> tuple[int, int]:
        return (self.kernel_size**2 * shape[-1] + 1) * self.filters, 0


class _Pooling(BaseLayer):
    """One number for each square of `pool_size` pixels."""

    number = "pool_size"
    needs_maps = True

    pool_size: _PoolSize = 2

    @property
    def window(self) -> int:
        return self.pool_size

    def output_shape(self, shape: Shape) -> Shape:
        (rows, columns, channels), pool = shape, self.pool_size
        if min(rows, columns) < pool:
            raise MisfitError(
                f"squares of {pool}x{pool} do not fit into the {rows}x{columns} that are left; make them smaller, "
                "shrink less before it, or remove it."
            )
        return rows // pool, columns // pool, channels


class MaxPooling2D(_Pooling):
    """The largest value of each square of `pool_size` pixels."""

    help = "Keeps the largest value of each square, so the maps get smaller."

    type: Literal["max_pooling2d"] = "max_pooling2d"


class AveragePooling2D(_Pooling):
    """The mean of each square of `pool_size` pixels."""

    help = "Keeps the mean of each square, so the maps get smaller."

    type: Literal["average_pooling2d"] = "average_pooling2d"


class GlobalAveragePooling2D(BaseLayer):
    """The mean of each feature map."""

    help = "Keeps one value of each map: its mean."
    needs_maps = True

    type: Literal["global_average_pooling2d"] = "global_average_pooling2d"

    def output_shape(self, shape: Shape) -> Shape:
        return shape[-1:]


class BatchNormalization(BaseLayer):
    """Normalizes each batch; keeps moving statistics for prediction."""

    help = "Brings each batch to mean 0 and variance 1, then scales it."

    type: Literal["batch_normalization"] = "batch_normalization"

    def weights(self, shape: Shape) -> tuple[int, int]:
        return 2 * shape[-1], 2 * shape[-1]


class Dropout(BaseLayer):
    """Sets a share of its inputs to zero while training."""

    help = "Sets a random share of the values to 0 in training, against overfitting."
    number = "rate"

    type: Literal["dropout"] = "dropout"
    rate: Annotated[
        float, Field(ge=0.0, lt=1.0), Shown("Rate", "Share of the values that are set to 0 in training.", decimals=2)
    ]


class Flatten(BaseLayer):
    """One row of numbers. Dense layers flatten by themselves what is not flat."""

    help = "Turns rows, columns and channels into one vector."

    type: Literal["flatten"] = "flatten"

    def output_shape(self, shape: Shape) -> Shape:
        return (prod(shape),)


class Reshape(BaseLayer):
    """The same numbers as feature maps again."""

    help = "Turns a vector into rows, columns and channels."
    sizes = ("rows", "columns", "channels")

    type: Literal["reshape"] = "reshape"
    rows: Annotated[int, Field(ge=1, le=256), Shown("Rows", "Number of rows of the maps.")] = 28
    columns: Annotated[int, Field(ge=1, le=256), Shown("Columns", "Number of columns of the maps.")] = 28
    channels: Annotated[int, Field(ge=1, le=1024), Shown("Channels", "Number of maps.")] = 1

    def arguments(self) -> dict[str, Any]:
        return {"target_shape": (self.rows, self.columns, self.channels)}

    def output_shape(self, shape: Shape) -> Shape:
        wanted = (self.rows, self.columns, self.channels)
        needed, given = prod(wanted), prod(shape)
        if needed != given:
            raise MisfitError(
                f"{shape_text(wanted)} takes {needed:,} numbers, but its input has {given:,}; choose sizes that "
                f"multiply to {given:,}, or put a dense layer of {needed:,} units before it."
            )
        return wanted


class ConcatenateInput(BaseLayer):
    """Joins the network's input picture to what came so far: as further feature maps, or as further numbers if flat.

    What follows sees both the deep features and the bare pixels ("wide and deep").
    """

    help = "Adds the input picture to the output so far, so that the next layer sees both."
    keras_class = "Concatenate"
    is_input_joined = True

    type: Literal["concatenate_input"] = "concatenate_input"

    def output_shape(self, shape: Shape) -> Shape:
        if is_flat(shape):
            return (shape[0] + prod(PICTURE),)
        if shape[:2] != PICTURE[:2]:
            raise MisfitError(
                f"the picture has {shape_text(PICTURE[:2])} pixels, but the feature maps have {shape_text(shape[:2])} "
                "here; put a Flatten before it to join plain numbers, or bring both to the same size."
            )
        return *shape[:2], shape[2] + PICTURE[2]


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

LAYER_KINDS: tuple[Layer, ...] = (
    Dense(units=128),
    Conv2D(filters=32),
    MaxPooling2D(),
    AveragePooling2D(),
    GlobalAveragePooling2D(),
    BatchNormalization(),
    Dropout(rate=0.2),
    Flatten(),
    Reshape(),
    ConcatenateInput(),
)
"""A layer of each kind to begin with, in the order in which a menu offers them."""


# Settings that reach into all layers at once: "every hidden layer has 256 units". Searches and `--set` use them.


@dataclass(frozen=True)
class LayerSetting:
    """The value `field` of every layer that has one."""

    title: str
    field: str

    def is_in(self, layer: Layer) -> bool:
        """True if the layer has such a value."""
        return self.field in type(layer).model_fields


LAYER_SETTINGS: dict[str, LayerSetting] = {
    "hidden_units": LayerSetting("Hidden units", "units"),
    "filters": LayerSetting("Filters", "filters"),
    "activation": LayerSetting("Activation", "activation"),
    "kernel_initializer": LayerSetting("Initializer", "kernel_initializer"),
    "dropout": LayerSetting("Dropout", "rate"),
    "l1": LayerSetting("L1", "l1"),
    "l2": LayerSetting("L2", "l2"),
}


def reaches(layers: tuple[Layer, ...], name: str) -> bool:
    """True if there is a layer that the setting changes."""
    return any(LAYER_SETTINGS[name].is_in(layer) for layer in layers)


def set_in_layers(layers: tuple[Layer, ...], name: str, value: object) -> list[dict[str, Any]]:
    """The layers with that value in each that has one, as plain values still to be checked."""
    setting = LAYER_SETTINGS[name]
    return [layer.model_dump() | ({setting.field: value} if setting.is_in(layer) else {}) for layer in layers]


def get_from_layers(layers: tuple[Layer, ...], name: str) -> object:
    """The value that all layers share, None if there is none or they differ."""
    setting = LAYER_SETTINGS[name]
    values = {getattr(layer, setting.field) for layer in layers if setting.is_in(layer)}
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
            if setting.is_in(layer):
                values[setting.field] = value
    return found if plain == [layer.model_dump() for layer in others] else None

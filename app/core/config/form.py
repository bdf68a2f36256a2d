"""The form of a config: what a window needs to offer each declared field, without knowing pydantic."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Literal, get_args, get_origin

from pydantic import TypeAdapter
from pydantic.fields import FieldInfo

from app.core.config.config import TrainingConfig
from app.core.config.layers import (
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
from app.core.config.notation import layer_text
from app.core.config.problems import at_least, at_most, not_a_number, not_whole, plain_number
from app.core.config.settings import Section, Shown
from app.core.errors import InputError

Value = int | float | str | bool

_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d*)?")


class FieldKind(StrEnum):
    """Which control suits a field."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    CHOICE = "choice"
    SWITCH = "switch"


@dataclass(frozen=True)
class FormField:
    """One declared field: its words, its limits, its usual value, and how 0 reads where 0 means "none".

    `when` names another field and the values of it with which this one means something.
    """

    name: str
    title: str
    help: str
    kind: FieldKind
    usual: Value
    minimum: float = 0.0
    maximum: float = 0.0
    decimals: int = 0
    unit: str = ""
    zero: str = ""
    choices: tuple[str, ...] = ()
    section: Section = Section.BASIC
    when: tuple[str, tuple[str, ...]] | None = None

    def applies(self, values: Mapping[str, object]) -> bool:
        """True if the field means something beside the `values` of the others, by their names."""
        return self.when is None or values[self.when[0]] in self.when[1]

    @property
    def suffix(self) -> str:
        """The unit as it stands behind a number."""
        return f" {self.unit}" if self.unit not in {"", "°"} else self.unit

    @property
    def limits(self) -> str:
        """What a number can be: "1 to 1,000 epochs"."""
        return f"{plain_number(self.minimum)} to {plain_number(self.maximum)}{self.suffix}"

    def write(self, value: float) -> str:
        """A number as the form shows it: "0.001", "5 epochs", or "off" where 0 means that."""
        if self.zero and not value:
            return self.zero
        return f"{value:.10f}".rstrip("0").rstrip(".") + self.suffix

    def read(self, text: str) -> int | float:
        """The number that a user typed, with or without its unit. Raises InputError saying what is wrong with it."""
        typed = text.strip().removesuffix(self.suffix.strip()).strip()
        if self.zero and typed.lower() == self.zero:
            return self._within(0)
        plain = typed.replace(",", "") if _THOUSANDS.fullmatch(typed) else typed
        try:
            number = float(plain)
        except ValueError:
            raise InputError(f"{not_a_number(typed) if typed else f'Enter {self.limits}'}.") from None
        if not math.isfinite(number):
            raise InputError(f"{not_a_number(typed)}.")
        if self.kind is FieldKind.INTEGER and not number.is_integer():
            raise InputError(f"{not_whole(typed)}.")
        return self._within(int(number) if self.kind is FieldKind.INTEGER else number)

    def stepped(self, value: float, steps: int) -> int | float:
        """The number after so many clicks on an arrow: a tenth of its size each where it has decimals."""
        if self.kind is FieldKind.INTEGER:
            return max(int(self.minimum), min(int(self.maximum), int(value) + steps))
        smallest = 10.0**-self.decimals
        size = 10.0 ** (math.floor(math.log10(abs(value) + smallest / 2)) - 1) if value else smallest
        return max(self.minimum, min(self.maximum, round(value + steps * max(size, smallest), 10)))

    def _within(self, value: float) -> int | float:
        if value < self.minimum:
            raise InputError(f"{at_least(self.title, self.minimum, self.suffix)}.")
        if value > self.maximum:
            raise InputError(f"{at_most(self.title, self.maximum, self.suffix)}.")
        return value


def whole_number(title: str, least: int, most: int) -> FormField:
    """A field of something else than a config: a whole number within limits."""
    return FormField("", title, "", FieldKind.INTEGER, least, least, most)


@cache
def form_fields() -> tuple[FormField, ...]:
    """The fields of `TrainingConfig` that a user sets, in the order of their declaration."""
    return tuple(
        declared_field(name, info, shown)
        for name, info in TrainingConfig.model_fields.items()
        for shown in info.metadata
        if isinstance(shown, Shown)
    )


def declared_field(name: str, info: FieldInfo, shown: Shown) -> FormField:
    """The field that `info` declares, in the words of `shown`."""
    kind, choices = _kind(info.annotation)
    return FormField(
        name=name,
        title=shown.title,
        help=shown.help,
        kind=kind,
        usual=info.default,
        minimum=_limit(info, "ge"),
        maximum=_maximum(info, shown.decimals),
        decimals=shown.decimals,
        unit=shown.unit,
        zero=shown.zero,
        choices=choices,
        section=shown.section,
        when=shown.when,
    )


def _limit(info: FieldInfo, bound: str) -> float:
    """The declared limit of that name, 0 where there is none."""
    return next((float(getattr(rule, bound)) for rule in info.metadata if hasattr(rule, bound)), 0.0)


def _maximum(info: FieldInfo, decimals: int) -> float:
    """The largest value that is allowed, in so many decimals."""
    below = _limit(info, "lt")
    return below - 10**-decimals if below else _limit(info, "le")


def _kind(annotation: object) -> tuple[FieldKind, tuple[str, ...]]:
    if get_origin(annotation) is Literal:
        return FieldKind.CHOICE, get_args(annotation)
    kinds: dict[object, FieldKind] = {int: FieldKind.INTEGER, float: FieldKind.DECIMAL, bool: FieldKind.SWITCH}
    return kinds[annotation], ()


# The form of a layer: its fields as they are declared, in words that all kinds of layers share.

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
    """What a user sets of a layer of this kind; none for layers without settings."""
    fields = type(layer).model_fields
    return tuple(declared_field(name, info, _WORDS[name]) for name, info in fields.items() if name != "type")


def changed_layer(layer: Layer, **values: Any) -> Layer:
    """The layer with some of its values changed, which lie within their limits."""
    return _LAYER.validate_python(layer.model_dump() | values)


def layer_details(layer: Layer) -> str:
    """What there is to say of a layer besides its kind: "32 3x3 relu"."""
    return layer_text(layer).removeprefix(layer.type).strip()

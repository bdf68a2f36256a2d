"""What a search may vary: the settings of a config, and the values that each may take, as a user writes them down."""

import re
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from pydantic import Field

from app.core.config.config import TrainingConfig, field_title, form_fields
from app.core.config.form import Declaration, FieldKind, FormField, Section, fields_of
from app.core.config.layers import LAYER_SETTINGS, get_from_layers, reaches
from app.core.config.notation import layers_text
from app.core.errors import InputError
from app.core.recipes.changes import run_name, value_text

Method = Literal["list", "grid", "random", "tpe"]
"""How the values are chosen: only these recipes, all combinations, at random, or near what did well so far."""

MOST_GRID_VALUES = 1000


class RangeInGridError(InputError):
    """A grid was asked for the values of a range without a step, which has no end of them. `field` is the setting."""

    def __init__(self, field: str) -> None:
        super().__init__(
            f"A grid needs single values of {field}: list them, give the range a step, or choose another method "
            "(random or tpe)."
        )
        self.field = field


Value = bool | int | float | str
Changes = dict[str, Value]
"""Settings by name, as `TrainingConfig.with_settings` takes them; `layers` in their notation."""


class Choices(Declaration):
    """A setting with the values to try."""

    type: Literal["choices"] = "choices"
    field: str
    values: tuple[Value, ...]


class Range(Declaration):
    """A number between two others, both included. `log`: as likely from 0.001 to 0.01 as from 0.01 to 0.1."""

    type: Literal["range"] = "range"
    field: str
    low: float
    high: float
    log: bool = False
    step: float | None = None


_RANGE = re.compile(
    r"\s*(?P<low>\S+?)\s*\.\.\s*(?P<high>[^\s:]+)"
    r"(?:(?::|\s+)(?:(?P<log>log)|(?:step\s+|(?<=:))(?P<step>\S+)))?\s*"
)

Dimension = Annotated[Choices | Range, Field(discriminator="type")]


def parse_dimension(text: str, base: TrainingConfig) -> Choices | Range:
    """Read FIELD=VALUES (see `read_dimension`). Raises InputError for anything else."""
    field, separator, said = text.partition("=")
    if not separator or not said.strip():
        raise InputError(f"'{text}' is neither FIELD=V1,V2,... nor FIELD=LOW..HIGH.")
    return read_dimension(field, said, base)


def read_dimension(field: str, text: str, base: TrainingConfig) -> Choices | Range:
    """Read "0.1, 0.2, 0.3" or "0.0001..0.1", behind which may stand "log" or "step 0.01", or ":log" or ":0.01".

    Networks are separated by ";". Raises InputError with a sentence for anything else, and for what `base` cannot take.
    """
    if not text.strip():
        raise InputError(f"Write which values of {field_title(field)} to try, separated by commas.")
    if field == "layers" or ".." not in text:
        values = [value.strip() for value in text.split(";" if field == "layers" else ",")]
        return Choices(field=field, values=tuple(dict.fromkeys(value_in(base, field, value) for value in values)))
    found = _RANGE.fullmatch(text)
    try:
        low, high, log, step = found.group("low", "high", "log", "step") if found else ("", "", "", "")
        return Range(field=field, low=float(low), high=float(high), log=bool(log), step=float(step) if step else None)
    except ValueError:
        raise InputError(
            f"'{text.strip()}' is not a range of {field_title(field)}; "
            "write LOW..HIGH, LOW..HIGH log or LOW..HIGH step SIZE."
        ) from None


def dimension_text(dimension: Choices | Range) -> str:
    """A dimension as `read_dimension` reads it."""
    if isinstance(dimension, Choices):
        return ("; " if dimension.field == "layers" else ", ").join(str(value) for value in dimension.values)
    how = " log" if dimension.log else f" step {dimension.step:g}" if dimension.step is not None else ""
    return f"{dimension.low:g}..{dimension.high:g}{how}"


def value_in(base: TrainingConfig, field: str, value: Value) -> Value:
    """The value as `base` keeps it: an int for "64". Raises InputError for a field or a value it cannot have."""
    config = base.with_settings([f"{field}={value}"])
    if field == "layers":
        return layers_text(config.layers)
    kept = get_from_layers(config.layers, field) if field in LAYER_SETTINGS else getattr(config, field)
    assert isinstance(kept, Value)
    return kept


def check_dimension(dimension: Choices | Range, base: TrainingConfig) -> None:
    """Raise InputError unless every value can be set in `base`."""
    field = dimension.field
    if isinstance(dimension, Choices):
        if not dimension.values:
            raise InputError(f"There is no value of {field} to try; give at least one.")
        for value in dimension.values:
            value_in(base, field, value)
        return
    for end in (dimension.low, dimension.high):
        if isinstance(value_in(base, field, _whole(end)), bool | str):
            raise InputError(f"{field} is not a number; list its values instead of a range.")
    if dimension.low >= dimension.high:
        raise InputError(f"The range of {field} must go from a smaller number to a larger one.")
    if dimension.log and (dimension.low <= 0 or dimension.step is not None):
        raise InputError(f"A logarithmic range of {field} begins above 0 and has no step.")
    if dimension.step is not None and not 0 < dimension.step <= dimension.high - dimension.low:
        raise InputError(f"The step of {field} must be above 0 and fit into its range.")
    if is_whole(dimension, base) and not all(float(part).is_integer() for part in _parts(dimension)):
        raise InputError(f"{field} takes whole numbers only; give a range of whole numbers.")


def is_whole(dimension: Range, base: TrainingConfig) -> bool:
    """True for a range of a setting that takes whole numbers only."""
    return isinstance(value_in(base, dimension.field, _whole(dimension.low)), int)


def grid_values(dimension: Choices | Range, base: TrainingConfig) -> tuple[Value, ...]:
    """All values, in order. Raises RangeInGridError for a range without a step."""
    if isinstance(dimension, Choices):
        return dimension.values
    if dimension.step is None:
        raise RangeInGridError(dimension.field)
    count = int((dimension.high - dimension.low) / dimension.step + 1e-9) + 1
    if count > MOST_GRID_VALUES:  # listing them would take forever
        raise InputError(f"The range of {dimension.field} has {count:,} values; give it a larger step.")
    values = (dimension.low + position * dimension.step for position in range(count))
    return tuple(value_in(base, dimension.field, _whole(round(value, 12))) for value in values)


def _parts(dimension: Range) -> tuple[float, ...]:
    return dimension.low, dimension.high, dimension.step or 1.0


def _whole(number: float) -> int | float:
    """The number without its ".0", which a setting of whole numbers would not take."""
    return int(number) if number.is_integer() else number


# The settings of a config that a search may vary, in words.


@dataclass(frozen=True)
class VariableField:
    """A setting that a search may vary. `limits` says which values it takes.

    `example` shows how some values are written, `range_example` a range; "" for what is no number.
    """

    name: str
    title: str
    help: str
    limits: str
    example: str
    range_example: str = ""

    def example_for(self, method: Method) -> str:
        """What may be written for that method: a grid wants single values, the others can choose from a range."""
        return self.example if method == "grid" else self.range_example or self.example


def variable_fields(config: TrainingConfig) -> tuple[VariableField, ...]:
    """The settings that mean something in `config`, those of its layers among them, the usual ones first."""
    values = dict(config)
    fields = [_of_form(field) for field in form_fields() if field.applies(values)]
    basic = sum(field.section is Section.BASIC for field in form_fields())
    layers = [_of_layers(name, config) for name in LAYER_SETTINGS if reaches(config.layers, name)]
    network = VariableField(
        "layers", "Layers", "Complete networks, separated by semicolons.", "any layers", "dense 64 relu; dense 128 relu"
    )
    return (*fields[:basic], *layers, network, *fields[basic:])


def trial_name(config: TrainingConfig, changes: Changes) -> str:
    """What the run of a trial is called, by what varies: "learning rate 0.00133"."""
    if not changes:
        return run_name(config)
    return ", ".join(f"{field_title(field).lower()} {_short(value)}" for field, value in changes.items())


def _short(value: Value) -> str:
    return f"{value:.3g}" if isinstance(value, float) else value_text(value)


def _of_layers(name: str, config: TrainingConfig) -> VariableField:
    setting = LAYER_SETTINGS[name]
    layer = next(layer for layer in config.layers if setting.is_in(layer))
    field = next(field for field in fields_of(type(layer)) if field.name == setting.field)
    return _of_form(replace(field, name=name, title=setting.title))


def _of_form(field: FormField) -> VariableField:
    low, high = (_number(limit, field.decimals) for limit in (field.minimum, field.maximum))
    match field.kind:
        case FieldKind.CHOICE:
            limits, example = ", ".join(field.choices), ", ".join(field.choices[:3])
        case FieldKind.SWITCH:
            limits, example = "true or false", "true, false"
        case _:
            middle = _number((field.minimum + field.maximum) / 2, field.decimals)
            known = (f"{low}, {middle}, {high}", f"{low}..{high}")
            if "," in f"{low}{middle}{high}":  # it parts the thousands
                known = (f"{field.minimum:g}, {field.maximum:g}", f"{field.minimum:g}..{field.maximum:g}")
            examples = _EXAMPLES.get(field.name, known)
            return VariableField(field.name, field.title, field.help, f"{low} to {high}", *examples)
    return VariableField(field.name, field.title, field.help, limits, example)


def _number(value: float, decimals: int) -> str:
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


_EXAMPLES = {
    "epochs": ("5, 10, 20", "5..30"),
    "batch_size": ("32, 64, 128", "32..256 log"),
    "learning_rate": ("0.1, 0.01, 0.001", "0.0001..0.1 log"),
    "validation_split": ("0.1, 0.2", "0.1..0.3"),
    "early_stopping_patience": ("2, 5, 10", "2..10"),
    "seed": ("1, 2, 3", "1..1000"),
    "hidden_units": ("32, 64, 128, 256", "32..256 log"),
    "filters": ("16, 32, 64", "16..64 step 8"),
    "dropout": ("0.1, 0.2, 0.3", "0.1..0.5"),
    "l1": ("0, 0.0001, 0.001", "0.00001..0.01 log"),
    "l2": ("0, 0.0001, 0.001", "0.00001..0.01 log"),
    "momentum": ("0, 0.5, 0.9", "0.5..0.99"),
    "decay": ("0, 0.001, 0.01", "0.00001..0.01 log"),
    "drop_epochs": ("5, 10, 20", "5..20"),
}
"""Of settings whose limits say little of what is usual: single values, and a range."""

"""What a search varies: a setting, and the values it may take."""

from typing import Annotated, Literal

from pydantic import Field

from app.core.config.config import TrainingConfig
from app.core.config.form import Declaration
from app.core.config.layers import LAYER_SETTINGS, get_from_layers
from app.core.config.notation import layers_text
from app.core.errors import InputError

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


Dimension = Annotated[Choices | Range, Field(discriminator="type")]


def parse_dimension(text: str, base: TrainingConfig) -> Choices | Range:
    """Read FIELD=V1,V2,... or FIELD=LOW..HIGH, the latter also with :log or :STEP. Networks are separated by ";".

    Raises InputError for anything else, and for what `base` cannot take.
    """
    field, separator, said = text.partition("=")
    if not separator or not said.strip():
        raise InputError(f"'{text}' is neither FIELD=V1,V2,... nor FIELD=LOW..HIGH.")
    if ".." in said:
        return _parse_range(field, said, text)
    values = [part.strip() for part in said.split(";" if field == "layers" else ",")]
    return Choices(field=field, values=tuple(dict.fromkeys(value_in(base, field, value) for value in values)))


def _parse_range(field: str, said: str, text: str) -> Range:
    ends, _, how = said.partition(":")
    low, _, high = ends.partition("..")
    try:
        step = float(how) if how not in {"", "log"} else None
        return Range(field=field, low=float(low), high=float(high), log=how == "log", step=step)
    except ValueError:
        raise InputError(f"'{text}' is not a range; write FIELD=LOW..HIGH, FIELD=LOW..HIGH:log or :STEP.") from None


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

"""What a search may vary in a config, in words, and how a user writes the values down."""

import re
from dataclasses import dataclass, replace

from app.core.config.config import TrainingConfig, field_title, form_fields
from app.core.config.form import FieldKind, FormField, Section, fields_of
from app.core.config.layers import LAYER_SETTINGS, reaches
from app.core.errors import InputError
from app.core.recipes.changes import run_name, value_text
from app.core.search.plan import Method
from app.core.search.space import Changes, Choices, Range, Value, parse_dimension

_RANGE = re.compile(r"\s*(?P<low>\S+?)\s*\.\.\s*(?P<high>\S+)(?:\s+(?:(?P<log>log)|step\s+(?P<step>\S+)))?\s*")


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


def read_dimension(field: str, text: str, base: TrainingConfig) -> Choices | Range:
    """Read "0.1, 0.2, 0.3", or "0.0001..0.1" with "log" or "step 0.01" behind it.

    Raises InputError with a sentence for anything else, and for what `base` cannot take.
    """
    if not text.strip():
        raise InputError(f"Write which values of {field_title(field)} to try, separated by commas.")
    if field == "layers" or ".." not in text:
        return _parse(field, text, base)
    found = _RANGE.fullmatch(text)
    if found is None:
        raise InputError(
            f"'{text.strip()}' is not a range of {field_title(field)}; "
            "write LOW..HIGH, LOW..HIGH log or LOW..HIGH step SIZE."
        )
    how = found["log"] or found["step"] or ""
    return _parse(field, f"{found['low']}..{found['high']}" + (f":{how}" if how else ""), base)


def dimension_text(dimension: Choices | Range) -> str:
    """A dimension as `read_dimension` reads it."""
    if isinstance(dimension, Choices):
        return ("; " if dimension.field == "layers" else ", ").join(str(value) for value in dimension.values)
    how = " log" if dimension.log else f" step {dimension.step:g}" if dimension.step is not None else ""
    return f"{dimension.low:g}..{dimension.high:g}{how}"


def _parse(field: str, values: str, base: TrainingConfig) -> Choices | Range:
    try:
        return parse_dimension(f"{field}={values}", base)
    except InputError as error:
        raise InputError(str(error).replace(f"{field}=", "")) from None


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

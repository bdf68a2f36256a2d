"""Declared values with what a form needs to offer them: words, limits and usual values, without knowing pydantic."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict
from pydantic.fields import FieldInfo

from app.core.config.problems import at_least, at_most, not_a_number, not_whole, plain_number
from app.core.errors import InputError

Value = int | float | str | bool

_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d*)?")


class Declaration(BaseModel):
    """A frozen value that rejects what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Section(StrEnum):
    """Where in a form a field stands. BASIC fields are always seen, the other sections unfold."""

    BASIC = "Basics"
    NETWORK = "Output and loss"
    OPTIMIZER = "Optimizer"
    SCHEDULE = "Schedule"
    VALIDATION = "Validation"
    PICTURES = "Training pictures"
    AUGMENTATION = "Augmentation"
    ENGINE = "Engine"


@dataclass(frozen=True)
class Shown:
    """The words of a field, said where it is declared. `zero` is how a value of 0 reads.

    `when` names another field and the values of it with which this one has a meaning.
    """

    title: str
    help: str
    unit: str = ""
    zero: str = ""
    decimals: int = 0
    section: Section = Section.BASIC
    when: tuple[str, tuple[str, ...]] | None = None


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
def fields_of(declaration: type[BaseModel]) -> tuple[FormField, ...]:
    """The fields of `declaration` that have words, in their order."""
    return tuple(
        _form_field(name, info, shown)
        for name, info in declaration.model_fields.items()
        for shown in info.metadata
        if isinstance(shown, Shown)
    )


def _form_field(name: str, info: FieldInfo, shown: Shown) -> FormField:
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

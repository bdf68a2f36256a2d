"""The form of a config: what a window needs to offer each declared field, without knowing pydantic."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from app.core.models.config import TrainingConfig
from app.core.models.shown import Section, Shown

Value = int | float | str | bool


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


@cache
def form_fields() -> tuple[FormField, ...]:
    """The fields of `TrainingConfig` that a person sets, in the order of their declaration."""
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

"""The form of a config: what a window needs to offer each declared field, without knowing pydantic."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, get_args, get_origin

from annotated_types import Ge, Le

from app.core.models.config import TrainingConfig


class FieldKind(StrEnum):
    """Which control suits a field."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    CHOICE = "choice"
    SWITCH = "switch"


@dataclass(frozen=True)
class FormField:
    """One declared field: its words, its limits, and how 0 reads where 0 means "none"."""

    name: str
    title: str
    help: str
    kind: FieldKind
    minimum: float = 0.0
    maximum: float = 0.0
    decimals: int = 0
    unit: str = ""
    zero: str = ""
    choices: tuple[str, ...] = ()
    advanced: bool = False


def form_fields() -> tuple[FormField, ...]:
    """The fields of `TrainingConfig` that a person sets, in the order of their declaration."""
    return tuple(
        _field(name, info)
        for name, info in TrainingConfig.model_fields.items()
        if isinstance(info.json_schema_extra, dict)
    )


def _field(name: str, info: Any) -> FormField:
    extra = info.json_schema_extra
    kind, choices = _kind(info.annotation)
    return FormField(
        name=name,
        title=info.title,
        help=info.description,
        kind=kind,
        minimum=next((float(rule.ge) for rule in info.metadata if isinstance(rule, Ge)), 0.0),
        maximum=next((float(rule.le) for rule in info.metadata if isinstance(rule, Le)), 0.0),
        decimals=extra["decimals"],
        unit=extra["unit"],
        zero=extra["zero"],
        choices=choices,
        advanced=extra["adv"],
    )


def _kind(annotation: Any) -> tuple[FieldKind, tuple[str, ...]]:
    if get_origin(annotation) is not None:
        return FieldKind.CHOICE, get_args(annotation)
    kinds = {int: FieldKind.INTEGER, float: FieldKind.DECIMAL, bool: FieldKind.SWITCH}
    return kinds[annotation], ()

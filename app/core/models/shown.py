"""How a form words a field: said beside the field's declaration, read by windows that know nothing of pydantic."""

from dataclasses import dataclass
from enum import StrEnum


class Section(StrEnum):
    """Where in a form a field stands. BASIC fields are always seen, the other sections unfold."""

    BASIC = "Basics"
    NETWORK = "Output and loss"
    OPTIMIZER = "Optimizer"
    SCHEDULE = "Schedule"
    VALIDATION = "Validation"
    AUGMENTATION = "Augmentation"
    ENGINE = "Engine"


@dataclass(frozen=True)
class Shown:
    """The words of a field. `zero` is how a value of 0 reads.

    `when` names another field and the values of it with which this one has a meaning.
    """

    title: str
    help: str
    unit: str = ""
    zero: str = ""
    decimals: int = 0
    section: Section = Section.BASIC
    when: tuple[str, tuple[str, ...]] | None = None

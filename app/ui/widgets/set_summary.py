"""What a card says about a data set. Knows no Qt."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.core.datasets.sources import available
from app.core.datasets.storage import read_card
from app.core.datasets.types import DatasetSpec, Variant
from app.core.errors import InputError


@dataclass(frozen=True)
class SetSummary:
    """What a card says. `spec` is None for an own set; `problem` is why it cannot be used, a sentence or empty."""

    name: str
    title: str
    spec: DatasetSpec | None
    class_names: tuple[str, ...]
    starter: int | None
    counts: tuple[int, int]
    full_at: Path | None
    problem: str = ""


def summarise(name: str, specs: Mapping[str, DatasetSpec]) -> SetSummary:
    """Look up what is there of the set `name`. Opens no picture, takes about a millisecond."""
    spec = specs.get(name)
    try:
        found = available(name, specs)
        card = read_card(found.full_at) if spec is None and found.full_at is not None else None
    except InputError as error:
        return SetSummary(name, name, spec, (), None, (0, 0), None, str(error))
    names = spec.class_names if spec is not None else card.class_names if card is not None else ()
    starter = sum(found.counts.get(Variant.STARTER, (0, 0))) if found.starter else None
    counts = found.counts[Variant.FULL if spec is not None else Variant.IMPORTED]
    return SetSummary(name, found.title, spec, names, starter, counts, found.full_at)

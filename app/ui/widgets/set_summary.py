"""What a card says about a data set. Knows no Qt."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.core.datasets.sources import available
from app.core.datasets.types import DatasetSpec, Variant
from app.core.errors import StudioError


@dataclass(frozen=True)
class SetSummary:
    """What a card says. `spec` is None for an own set; `problem` is why it cannot be used, a sentence or empty."""

    name: str
    title: str
    spec: DatasetSpec | None
    class_names: tuple[str, ...]
    starter: tuple[int, int] | None
    counts: tuple[int, int]
    full_at: Path | None
    problem: str = ""


def summarise(name: str, specs: Mapping[str, DatasetSpec]) -> SetSummary:
    """Look up what is there of the set `name`. Opens no picture, takes about a millisecond."""
    spec = specs.get(name)
    try:
        found = available(name, specs)
    except StudioError as error:
        return SetSummary(name, name, spec, (), None, (0, 0), None, str(error))
    starter = found.counts.get(Variant.STARTER) if found.starter else None
    counts = next(found.counts[variant] for variant in found.counts if variant is not Variant.STARTER)
    return SetSummary(name, found.title, spec, found.class_names, starter, counts, found.full_at)

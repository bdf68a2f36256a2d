"""How a measurement is told: a row with its goal, or a JSON object a line."""

import json
import os
import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Figure:
    """One measured value. `goal` is the promise it is held against, in words."""

    bench: str
    name: str
    value: float
    unit: str
    goal: str = ""


@dataclass(frozen=True)
class Skipped:
    """What was not measured, and why."""

    bench: str
    name: str
    reason: str


@dataclass(frozen=True)
class Tally:
    """How many of the things of one kind were read right; `refused` counts those that were not, by the reason."""

    bench: str
    name: str
    tried: int
    right: int
    goal: str = ""
    refused: Mapping[str, int] = field(default_factory=dict)

    @property
    def reasons(self) -> str:
        """The refused in words."""
        return ", ".join(f"{count} {reason}" for reason, count in self.refused.items() if count)


def show(figures: Iterable[Figure | Skipped | Tally], as_json: bool) -> None:
    """Print the figures, and what they were measured on."""
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    if as_json:
        for figure in figures:
            print(json.dumps({**asdict(figure), "machine": machine}), flush=True)
        return
    print(f"measured on {machine}")
    for figure in figures:
        if isinstance(figure, Skipped):
            print(f"{figure.name:<62} {'skipped':>12} {figure.reason}", flush=True)
        elif isinstance(figure, Tally):
            share = 100 * figure.right / max(1, figure.tried)
            of = f"% of {figure.tried:,}"
            print(f"{figure.name:<62} {share:>12,.2f} {of:<12} {figure.goal:<8} {figure.reasons}".rstrip(), flush=True)
        else:
            print(f"{figure.name:<62} {figure.value:>12,.2f} {figure.unit:<12} {figure.goal}", flush=True)


def quantile(values: list[float], share: float) -> float:
    """The value below which that share of `values` lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

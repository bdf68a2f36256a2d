"""What the commands print: plain lines for people, one JSON object a line for programs."""

import dataclasses
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from app.core.inference.reading import Reading
    from app.core.training.events import Event


class Output:
    """Prints facts either way."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json

    def facts(self, facts: Mapping[str, object], sentence: str) -> None:
        """Print `facts` as JSON, or `sentence`."""
        print(json.dumps(facts) if self.as_json else sentence, flush=True)

    def reading(self, reading: "Reading") -> None:
        """Print what was read in one file, or why nothing was."""
        path = str(reading.path)
        if reading.error is not None:
            self.facts({"path": path, "error": reading.error}, f"{path}: {reading.error}")
            return
        facts = {
            "path": path,
            "model": reading.model,
            "label": reading.label,
            "name": reading.name,
            "probabilities": [round(float(value), 6) for value in reading.probabilities],
            "elapsed_ms": round(reading.elapsed_ms, 3),
        }
        if reading.label is None:
            self.facts(facts, f"{path}: nothing is drawn here")
        else:
            self.facts(facts, f"{path}: {reading.name} {reading.probabilities[reading.label]:.0%}")

    def event(self, event: "Event") -> None:
        """Print one event of a run as JSON."""
        print(json.dumps({"event": _snake(type(event).__name__), **_plain(event)}), flush=True)


@contextmanager
def show_progress(title: str, silent: bool) -> Iterator[Callable[[float, float | None], None]]:
    """A progress bar on a terminal; the value it gives takes what is done and the total."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:3.0f}%"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=silent or not console.is_terminal) as progress:
        task = progress.add_task(title, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _plain(event: "Event") -> dict[str, Any]:
    values = dataclasses.asdict(event)
    return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in values.items()}


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()

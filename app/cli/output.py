"""What the commands have in common: how they print, for people or for programs, and the options that several have."""

import dataclasses
import json
import math
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from app.core.errors import InputError, StudioError
from app.core.texts import printable

if TYPE_CHECKING:
    from app.core.inference.before_after import BeforeAfter
    from app.core.runs.events import Event

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]
Replace = Annotated[bool, typer.Option("--replace", help="Replace existing files.")]
Settings = Annotated[list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="Change a field.")]


class Output:
    """Prints plain lines for people, or one JSON object a line for programs."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self._has_failed = False

    def facts(self, facts: Mapping[str, object], sentence: str) -> None:
        """Print `facts` as JSON, or `sentence`."""
        print(to_json(facts) if self.as_json else printable(sentence), flush=True)

    def event(self, event: "Event") -> None:
        """Print one event of a run as JSON."""
        print(to_json({"event": _snake(type(event).__name__), **dataclasses.asdict(event)}), flush=True)

    def failure(self, facts: Mapping[str, object], sentence: str) -> None:
        """Tell programs on the same channel as everything else, and people where they look for errors."""
        self._has_failed = True
        if self.as_json:
            self.facts(facts, sentence)
        else:
            print(printable(sentence), file=sys.stderr, flush=True)

    def problem(self, name: str, sentence: str) -> None:
        """Print what is wrong with one of several things listed."""
        self._has_failed = True
        self.facts({"name": name, "error": sentence}, f"{name:<16} {sentence}")

    @contextmanager
    def listing(self, name: str) -> Iterator[None]:
        """List one of several things inside; an error is its problem and does not keep the others from being listed."""
        try:
            yield
        except StudioError as error:
            self.problem(name, str(error))

    def end(self) -> None:
        """Exit with the code for bad input if something failed."""
        if self._has_failed:
            raise typer.Exit(InputError.exit_code)


def counted(number: int, noun: str) -> str:
    """So many of them: "1 sample", "2,000 samples"."""
    return f"1 {noun}" if number == 1 else f"{number:,} {noun}s"


def aligned(facts: Mapping[str, object], width: int) -> list[str]:
    """A line for each fact that is not empty, its name in a column of that width."""
    lines = (f"{name:<{width}} {value}" for name, value in facts.items() if value)
    return [line.replace("\n", "\n" + " " * (width + 1)) for line in lines]


def comparison_words(found: "BeforeAfter") -> str:
    """What fine-tuning did to the accuracy on a user's own samples, and on what the model knew before."""
    own, old = found.own, found.old
    change = "{} before, {} after."
    said = f"On the test samples of {own.title} ({own.samples:,}): {change.format(*own.texts)}"
    if old is not None:
        return f"{said} On {old.title}'s test split: {change.format(*old.texts)}"
    if found.lacking is None:
        return f"{said} There are no other pictures of these classes to see whether anything was forgotten."
    return f"{said} Import the full {found.lacking} to see whether anything was forgotten."


def to_json(facts: Mapping[str, object]) -> str:
    """Return one line of JSON; what is no finite number becomes null, which every reader of JSON understands."""
    return json.dumps(_plain(facts), allow_nan=False)


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
    # While the bar is shown rich prints what goes to stdout above it, on its own terminal: not if that goes to a file.
    redirect, hidden = sys.stdout.isatty(), silent or not console.is_terminal
    with Progress(*columns, console=console, disable=hidden, redirect_stdout=redirect) as progress:
        task = progress.add_task(title, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _plain(value: object) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        return _plain(value.tolist())
    if isinstance(value, Mapping):
        return {name: _plain(inside) for name, inside in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inside) for inside in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()

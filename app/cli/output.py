"""What the commands print: plain lines for people, one JSON object a line for programs."""

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
from numpy.typing import NDArray

from app.core.percentages import probability_text

if TYPE_CHECKING:
    from app.core.inference.before_after import BeforeAfter
    from app.core.inference.multi_digit import MultiDigitPrediction
    from app.core.inference.predict_files import FilePrediction
    from app.core.runs.events import Event


class Output:
    """Prints facts either way."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json

    def facts(self, facts: Mapping[str, object], sentence: str) -> None:
        """Print `facts` as JSON, or `sentence`."""
        print(to_json(facts) if self.as_json else sentence, flush=True)

    def prediction(self, prediction: "FilePrediction") -> None:
        """Print what was read in one file, or why nothing was."""
        path = str(prediction.path)
        if prediction.error is not None:
            self._failure({"path": path, "error": prediction.error}, f"{path}: {prediction.error}")
            return
        facts: dict[str, object] = {
            "path": path,
            "model": prediction.model,
            "label": prediction.label,
            "name": prediction.name,
            "verdict": prediction.verdict,
            "probabilities": _rounded(prediction.probabilities),
            "elapsed_ms": round(prediction.elapsed_ms, 3),
        }
        if prediction.number is not None:
            facts |= _number_facts(prediction.number, prediction.size)
        self.facts(facts, f"{path}: {_sentence(prediction)}")

    def event(self, event: "Event") -> None:
        """Print one event of a run as JSON."""
        print(to_json({"event": _snake(type(event).__name__), **dataclasses.asdict(event)}), flush=True)

    def _failure(self, facts: Mapping[str, object], sentence: str) -> None:
        """Tell programs on the same channel as everything else, and people where they look for errors."""
        if self.as_json:
            self.facts(facts, sentence)
        else:
            print(sentence, file=sys.stderr, flush=True)

    def problem(self, name: str, sentence: str) -> None:
        """Print what is wrong with one of several things listed."""
        self.facts({"name": name, "error": sentence}, f"{name:<16} {sentence}")


def comparison_words(found: "BeforeAfter") -> str:
    """What fine-tuning did to the accuracy on a user's own samples, and on what the model knew before."""
    own, old = found.own, found.old
    figures = "{} before, {} after."
    said = f"On the test samples of {own.title} ({own.samples:,}): {figures.format(*own.texts)}"
    if old is not None:
        return f"{said} On {old.title}'s test split: {figures.format(*old.texts)}"
    if found.lacking is None:
        return f"{said} There are no other pictures of these classes to see whether anything was forgotten."
    return f"{said} Import the full {found.lacking} to see whether anything was forgotten."


def _sentence(prediction: "FilePrediction") -> str:
    """What was read, in a few words: "7 98%", "7 51% (not sure)"; of a number "2024 97%" with its least sure digit.

    What looks like none of the classes is told by that first: "not a digit (most like 8, 12%)".
    """
    if prediction.label is None:
        return "nothing is drawn here"
    if prediction.number is not None and len(prediction.number.digits) > 1:
        return _number_sentence(prediction.number)
    share = probability_text(float(prediction.probabilities[prediction.label]))
    if prediction.verdict == "unknown":
        return f"{_unknown_words(prediction.class_names)} (most like {prediction.name}, {share})"
    uncertain = "" if prediction.verdict in {None, "sure"} else f" ({prediction.verdict})"
    return f"{prediction.name} {share}{uncertain}"


def _number_sentence(number: "MultiDigitPrediction") -> str:
    """A number, its least sure digit, and what is doubtful of it: "12? 97% (no digit in place 3)"."""
    predictions = [digit.prediction for digit in number.digits]
    least = min(each.confidence for each in predictions if each.is_like_any)
    unsure = [str(place) for place, one in enumerate(predictions, 1) if one.is_like_any and one.verdict != "sure"]
    none = [str(place) for place, one in enumerate(predictions, 1) if not one.is_like_any]
    reasons = [
        f"not sure of place {', '.join(unsure)}" if unsure else "",
        f"no digit in place {', '.join(none)}" if none else "",
        f"only the first {len(predictions)} digits are read" if number.has_more else "",
    ]
    uncertain = "; ".join(filter(None, reasons))
    return f"{number.text} {probability_text(least)}" + (f" ({uncertain})" if uncertain else "")


def _unknown_words(class_names: tuple[str, ...]) -> str:
    """What a thing is called that belongs to none of the classes."""
    from app.core.datasets.registry import kind_of
    from app.core.datasets.types import DataKind

    words = {DataKind.DIGITS: "not a digit", DataKind.CLOTHES: "not a piece of clothing"}
    return words.get(kind_of(class_names), "none of the classes")


def _number_facts(number: "MultiDigitPrediction", size: tuple[float, float]) -> dict[str, object]:
    width, height = size
    digits = [
        {
            "box": [
                round(share * side, 1) for share, side in zip(digit.box, (width, height, width, height), strict=True)
            ],
            "label": digit.prediction.label,
            "name": digit.prediction.name,
            "confidence": round(digit.prediction.confidence, 6),
            "verdict": digit.prediction.verdict,
            "probabilities": _rounded(digit.prediction.probabilities),
        }
        for digit in number.digits
    ]
    return {"number": number.text, "digits": digits}


def _rounded(probabilities: NDArray[np.float32]) -> list[float]:
    return [round(float(value), 6) for value in probabilities]


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


# Options that several commands have.

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]

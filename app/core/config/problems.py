"""What is wrong with a value, in plain words: the one place that translates what pydantic finds."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError


def first_problem(error: ValidationError, title: str = "") -> str:
    """Say the first thing that is wrong in a sentence, such as "Pool size must be at most 7".

    `title` is what the value is called; without one, it is called by its field.
    """
    problem: dict[str, Any] = dict(error.errors()[0])
    place = [part for part in problem["loc"] if isinstance(part, str)]
    layer = next((part + 1 for part in problem["loc"] if isinstance(part, int)), None)
    field = place[-1] if place else "value"
    name = title or field.replace("_", " ").capitalize()
    said = _said(name, problem["type"], problem.get("ctx", {}), problem["input"])
    is_of_layer = layer is not None and place[0] == "layers" and not title
    sentence = f"Layer {layer}: {said}" if is_of_layer else said
    return sentence if sentence.endswith("?") else f"{sentence}."


def at_least(name: str, least: float, unit: str = "") -> str:
    """A value is too small."""
    return f"{name} must be at least {plain_number(least)}{unit}"


def at_most(name: str, most: float, unit: str = "") -> str:
    """A value is too large."""
    return f"{name} must be at most {plain_number(most)}{unit}"


def not_a_number(text: object) -> str:
    """Something is no number at all."""
    return f"'{text}' is not a number"


def not_whole(text: object) -> str:
    """Something is a number, but has decimals where there can be none."""
    return f"'{text}' is not a whole number"


def not_one_of(name: str, text: object, choices: Iterable[str]) -> str:
    """A word is none of those that there are: with the one that was meant, or with all of them."""
    known = list(choices)
    close = get_close_matches(str(text).lower(), known, 1)
    return f"{name} cannot be '{text}'; " + (f"did you mean {close[0]}?" if close else f"choose {', '.join(known)}")


def plain_number(value: float) -> str:
    """As few decimals as it needs: 1,000 or 0.000001."""
    text = f"{value:,.6f}"
    return text.rstrip("0").rstrip(".")


def _said(name: str, kind: str, details: dict[str, Any], value: object) -> str:
    match kind:
        case "less_than_equal":
            return at_most(name, details["le"])
        case "less_than":
            return f"{name} must be below {plain_number(details['lt'])}"
        case "greater_than_equal":
            return at_least(name, details["ge"])
        case "greater_than":
            return f"{name} must be above {plain_number(details['gt'])}"
        case "float_parsing" | "float_type" | "int_type" | "finite_number":
            return f"{name}: {not_a_number(value)}"
        case "int_parsing" | "int_from_float" | "int_parsing_size":
            return f"{name}: {not_whole(value) if _is_number(value) else not_a_number(value)}"
        case "bool_parsing" | "bool_type":
            return f"{name} cannot be '{value}'; choose true or false"
        case "literal_error" | "enum":
            return not_one_of(name, value, re.findall(r"'([^']*)'", details["expected"]))
        case "value_error":
            return str(details["error"]).rstrip(".")
        case "missing":
            return f"{name}: the value is missing"
        case "extra_forbidden":
            return f"There is no setting called {name.lower()}"
        case _:
            return f"{name} cannot be '{value}'"


def _is_number(value: object) -> bool:
    try:
        float(str(value))
    except ValueError:
        return False
    return True

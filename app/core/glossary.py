"""The words of the field and what they mean, from `resources/help/glossary.toml`."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache

from app.core.paths import resources_dir


@dataclass(frozen=True)
class Term:
    """A word of the field, explained in one or two sentences; `words` are other forms of it."""

    name: str
    text: str
    words: tuple[str, ...] = ()


@cache
def glossary() -> tuple[Term, ...]:
    """All terms, in alphabetical order."""
    read = tomllib.loads((resources_dir() / "help" / "glossary.toml").read_text(encoding="utf-8"))
    terms = [Term(term["name"], term["text"], tuple(term.get("words", ()))) for term in read["term"]]
    return tuple(sorted(terms, key=lambda term: term.name.lower()))


def terms_in(text: str) -> tuple[Term, ...]:
    """The terms that a text names, each once, in its order. The longest name counts: "validation loss" is no "loss"."""
    forms, pattern = _forms()
    return tuple(dict.fromkeys(forms[found.lower()] for found in pattern.findall(text)))


@cache
def _forms() -> tuple[dict[str, Term], re.Pattern[str]]:
    """Every form of every term in lower case, and what finds them as whole words."""
    forms = {form.lower(): term for term in glossary() for form in (term.name, *term.words)}
    longest_first = sorted(forms, key=len, reverse=True)
    return forms, re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)

"""Names and notes as people write them: checked for their length, freed of what cannot be seen, and made distinct."""

import itertools
import unicodedata
from collections.abc import Iterator

from app.core.errors import InputError

_UNSEEN = {"Cc", "Cs", "Cf"}
_INSTEAD = "\N{REPLACEMENT CHARACTER}"
_KEPT = "\n\t\u200c\u200d"
"""The joiners are parts of words and emoji; other marks of format turn the order of what follows."""


def checked_text(text: str, what: str, longest: int, owner: str = "") -> str:
    """`text` without control characters, but with its line breaks and tabs.

    `what` it is and whose, such as "description" and "a model", are for the sentences. Raises InputError for more than
    `longest` characters and for what is not Unicode.
    """
    if len(text) > longest:
        subject = f"The {what} of {owner}" if owner else f"A {what}"
        raise InputError(f"{subject} has at most {longest:,} characters; this one has {len(text):,}.")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InputError(f"The {what} is not valid Unicode; type it again.") from None
    return "".join(letter for letter in text if letter in "\n\t" or unicodedata.category(letter) != "Cc")


def numbered(wanted: str, separator: str = " ", longest: int | None = None) -> Iterator[str]:
    """`wanted`, "wanted 2", "wanted 3", ... without end; each of at most `longest` characters, its number whole."""
    yield wanted[:longest]
    for number in itertools.count(2):
        end = f"{separator}{number}"
        yield wanted[: None if longest is None else longest - len(end)] + end


def numbers_first(name: str) -> tuple[bool, int, str, str]:
    """What to sort names by: whole numbers by their size, however many digits they have, and then the others."""
    is_number = name.isdecimal()
    digits = "".join(str(unicodedata.decimal(letter)) for letter in name).lstrip("0") if is_number else ""
    return not is_number, len(digits), digits, name


def printable(text: str) -> str:
    """The text without what a terminal would obey: names, titles and notes may come from files of others."""
    return "".join(_INSTEAD if unicodedata.category(each) in _UNSEEN and each not in _KEPT else each for each in text)

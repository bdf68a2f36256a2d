"""What people write onto runs, made fit for one line of a table: names, notes and tags."""

from collections.abc import Iterable

from app.core.errors import InputError
from app.core.texts import checked_text

LONGEST_NAME, LONGEST_NOTE, LONGEST_TAG = 100, 10_000, 40


def clean_name(name: str) -> str:
    """A name on one line, without control characters. Raises InputError for one that is too long or no text."""
    return checked_text(" ".join(name.split()), "name", LONGEST_NAME)


def clean_note(note: str) -> str:
    """A note, lines and all. Raises InputError for one that is too long or no text."""
    return checked_text("\n".join(note.strip().splitlines()), "note", LONGEST_NOTE)


def clean_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Tags without empty and double ones. Raises InputError for one that is too long, no text, or has a comma in it."""
    cleaned = dict.fromkeys(checked_text(" ".join(tag.split()), "tag", LONGEST_TAG) for tag in tags)
    cleaned.pop("", None)
    if any("," in tag for tag in cleaned):
        raise InputError("A tag cannot have a comma in it; give several tags one by one.")
    return tuple(cleaned)

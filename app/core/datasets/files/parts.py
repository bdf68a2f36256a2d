"""What the names of files and folders say: which part of a set they hold, and whether pictures or labels."""

import re
from enum import StrEnum


class Part(StrEnum):
    """What pictures are for; its value is its word in sentences."""

    TRAIN = "training"
    VALIDATION = "validation"
    TEST = "test"


_PARTS = {
    Part.TRAIN: "train training trn tr",
    Part.VALIDATION: "val valid validation vld dev development",
    Part.TEST: "test testing tst te t10k eval evaluation holdout",
}
_PART_OF = {word: part for part, words in _PARTS.items() for word in words.split()}
_COMPOUND = re.compile(rf"({'|'.join(sorted(_PART_OF, key=len, reverse=True))})(images?|labels?|imgs?|data|sets?|\d*)")
_WORDS = re.compile(r"(?i:t10k)|[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+|[^\W\d_]+")


def words_of(name: str) -> list[str]:
    """The words of a name in lower case: "trainingSet_01" is training, set, 01."""
    return [word.casefold() for word in _WORDS.findall(name)]


def part_of_name(name: str) -> Part | None:
    """Which part a name tells, such as "train", "Val", "test_images", "trainingSet"; None for none or more than one.

    Words are told by capitals and by what stands between them, so "latest" and "contrast" say nothing.
    """
    found = {part for word in words_of(name) if (part := _part_of_word(word))}
    return found.pop() if len(found) == 1 else None


def _part_of_word(word: str) -> Part | None:
    match = _COMPOUND.fullmatch(word)
    return _PART_OF[match[1]] if match else None

"""What people call classes that are digits, clothes or letters: "zero", "digit_7", "T-shirt", "ankle_boot", "A/a"."""

import re
import unicodedata

from app.core.datasets.known.table import CLOTHES_NAMES, DIGIT_NAMES

_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_DIGITS = {word: digit for digit, word in enumerate(_WORDS)} | {str(digit): digit for digit in range(10)}
_PREFIX = re.compile(
    r"^(?:(?:digit|number|class|label|n|num|no)s?[\W_]*(?=[0-9])|(?:digit|number|class|label)s?[\W_]+(?=[a-z]))"
)
_NUMBERED = re.compile(r"^[0-9][\W_]+(?=[a-z])")
_CLOTHES = dict(zip(("top", "trouser", "pullover", "dress", "coat"), range(5), strict=True)) | dict(
    zip(("sandal", "shirt", "sneaker", "bag", "ankleboot"), range(5, 10), strict=True)
)
_CLOTHES |= {"tshirttop": 0, "tshirt": 0, "tee": 0, "teeshirt": 0, "tshirtortop": 0, "tshirtandtop": 0}
_CLOTHES |= {"pants": 1, "sweater": 2, "jumper": 2, "jacket": 4, "trainer": 7, "handbag": 8, "boot": 9}


def as_digit(name: str) -> str | None:
    """The digit that a class of this name is, "0" to "9"; None for another thing."""
    plain = _PREFIX.sub("", _plain(name))
    both = re.fullmatch(r"([0-9])[\W_]+([a-z]+)", plain)  # "3 - three"
    if both is not None and _DIGITS.get(both[2]) == int(both[1]):
        plain = both[1]
    digit = _DIGITS.get(plain)
    return None if digit is None else DIGIT_NAMES[digit]


def as_clothes(name: str) -> str | None:
    """The class of Fashion-MNIST that a class of this name is; None for another thing."""
    letters = re.sub(r"[\W_]", "", _NUMBERED.sub("", _plain(name)))
    index = _CLOTHES.get(letters, _CLOTHES.get(letters.removesuffix("es"), _CLOTHES.get(letters.removesuffix("s"))))
    return None if index is None else CLOTHES_NAMES[index]


def as_letter(name: str) -> str | None:
    """The letter, A to Z, that a class of this name is: "a", "A", "A/a"; None for another thing."""
    plain = _plain(name)
    if not re.fullmatch(r"([a-z])(?:[/ _-]?\1)?", plain):
        return None
    return plain[0].upper()


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()

"""Labels as they stand in tables and arrays (numbers, letters, words), made the classes of one set."""

import re
import unicodedata
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.content import LONGEST_CLASS_NAME, MAX_CLASSES
from app.core.errors import InputError

Labels = NDArray[Any]
"""One label for each picture, as it was found: (n,)."""

NO_LABELS = ("", "NA", "N/A", "#N/A", "<NA>", "NaN", "nan")
"""What R, pandas and spreadsheets write where there is none."""


def label_text(label: object) -> str:
    """How a label is written: whole numbers without a point, texts trimmed and in Unicode's NFC."""
    if isinstance(label, str | np.str_):
        text = unicodedata.normalize("NFC", str(label).strip().strip("'\"").strip())
        return f"{float(text):.0f}" if re.fullmatch(r"[+-]?\d{1,9}(\.0*)?(e\+?0\d)?", text, re.IGNORECASE) else text
    if isinstance(label, bytes | np.bytes_):
        return label_text(bytes(label).decode(errors="replace"))
    number = float(label)  # type: ignore[arg-type]
    return f"{number:.0f}" if number.is_integer() else f"{number:g}"


class LabelCoder:
    """Numbers labels as they come, over all parts of a set, and knows at the end which classes there are."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._codes: dict[str, int] = {}

    def encode(self, labels: Labels) -> NDArray[np.uint8]:
        """Codes of labels; `finished` tells what they mean. Raises InputError for more labels than there are classes.

        An empty label is coded like any other: see `is_label`.
        """
        found, places = np.unique(labels, return_inverse=True)
        if len(found) > 4 * MAX_CLASSES:
            raise self._too_many()
        codes = [self._codes.setdefault(text, len(self._codes)) for text in map(label_text, found)]
        if len(self._codes) > MAX_CLASSES:
            raise self._too_many()
        return np.array(codes, np.uint8)[places.reshape(-1)]

    def finished(self, counts: NDArray[np.integer]) -> tuple[NDArray[np.uint8], tuple[str, ...] | None]:
        """What each code becomes (codes,) and the names of the classes, in order; None if labels are but numbers.

        `counts` (codes,) tells how many pictures each has; those without any are no classes.
        """
        used = [text for text, count in zip(self._codes, counts, strict=False) if count]
        final = np.zeros(max(1, len(self._codes)), np.uint8)
        if all(_is_small_number(text) for text in used):
            for text in used:
                final[self._codes[text]] = int(text)
            return final, None
        names = sorted(used, key=natural_order)
        if unusable := next((name for name in names if not 0 < len(name) <= LONGEST_CLASS_NAME), None):
            raise InputError(f"{self._source} has a label that is too long: {unusable[:30]}…")
        for number, name in enumerate(names):
            final[self._codes[name]] = number
        return final, tuple(names)

    def _too_many(self) -> InputError:
        return InputError(
            f"{self._source} has more than {MAX_CLASSES} different labels; choose another column of labels, or "
            "leave classes out."
        )


def is_label(labels: Labels) -> NDArray[np.bool_]:
    """Which of the labels are there at all, and usable (n,): no text for none, no missing number."""
    if labels.dtype.kind in "US":
        return ~np.isin(np.char.strip(labels), np.array(NO_LABELS, labels.dtype.kind))
    return np.asarray(np.isfinite(labels))


def natural_order(name: str) -> tuple[bool, float, str]:
    """Sorts numbers as numbers and before words."""
    is_number = re.fullmatch(r"[+-]?\d{1,9}", name) is not None
    return (not is_number, float(name) if is_number else 0.0, name)


def _is_small_number(text: str) -> bool:
    return re.fullmatch(r"\d{1,3}", text) is not None and int(text) <= 255

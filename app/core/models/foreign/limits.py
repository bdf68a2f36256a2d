"""How large a network from elsewhere may be, and the sentence for one that is refused."""

from math import prod

from app.core.errors import InputError
from app.core.texts import printable

REFUSED = "The model cannot be imported: "
MOST_FILE_BYTES = 512 * 2**20
MOST_WEIGHT_BYTES = 512 * 2**20
MOST_CONFIG_BYTES = 16 * 2**20
MOST_LAYERS = 2_000
MOST_NESTED = 8
MOST_NUMBERS = 2**24
"""In one tensor, for one picture."""
MOST_CLASSES = 100
FEWEST_CLASSES = 2
LARGEST_SIDE = 1024
"""Rows or columns of the pictures it reads."""


_LONGEST = 500
"""Letters of a sentence: a file may call its layers what it likes."""


def refuse(what: str) -> InputError:
    """The error for something in a file that is not taken in; `what` says it as the rest of a sentence."""
    said = " ".join(printable(what).split())  # names in a file may be anything
    return InputError(f"{REFUSED}{said if len(said) <= _LONGEST else said[:_LONGEST] + '…'}.")


def checked_shape(shape: tuple[int, ...], where: str) -> tuple[int, ...]:
    """The shape of one picture at some place, if a tensor can have it."""
    if any(side < 1 for side in shape):
        raise refuse(f"nothing is left of a picture at {where} (its shape is {shape_text(shape)})")
    if len(shape) > 5 or prod(shape) > MOST_NUMBERS:
        raise refuse(f"{where} makes {shape_text(shape)} numbers of one picture, more than {MOST_NUMBERS:,}")
    return shape


def shape_text(shape: tuple[int, ...]) -> str:
    """28 x 28 x 1."""
    return " x ".join(str(side) for side in shape)

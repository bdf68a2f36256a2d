"""What the numbers of a table or an array mean as brightness: 0 to 255, 0 to 1, -1 to 1 and others, made bytes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core.errors import InputError

Numbers = NDArray[np.number] | NDArray[np.bool_]


@dataclass(frozen=True)
class PixelScale:
    """`low` becomes 0 and `high` 255, all between in proportion.

    `is_cut`: what lies beyond is cut off, not wrong. `is_wrapped`: bytes that were read as signed ones.
    """

    low: float = 0
    high: float = 255
    is_cut: bool = False
    is_wrapped: bool = False

    @property
    def note(self) -> str:
        """A sentence for what is not simply 0 to 255."""
        if self.is_wrapped:
            return "The pixels are bytes written as signed numbers; they were read as 0 to 255."
        if (self.low, self.high) == (0, 255):
            return ""
        return f"The pixels go from {self.low:g} to {self.high:g}; they were made 0 to 255."

    def fits(self, rows: Numbers) -> NDArray[np.bool_]:
        """Which of the pictures (n, pixels) have no other numbers than this scale has."""
        if self.is_cut:
            return np.asarray(np.isfinite(rows).all(axis=1))
        if rows.dtype == np.uint8 and self.high == 255:
            return np.ones(len(rows), np.bool_)
        low, high = (-128, 127) if self.is_wrapped else (self.low, self.high)
        slack = 1e-4 * (high - low)  # numbers are rounded when they are written
        with np.errstate(invalid="ignore"):
            return np.asarray((rows.min(axis=1) >= low - slack) & (rows.max(axis=1) <= high + slack))

    def to_bytes(self, values: Numbers) -> NDArray[np.uint8]:
        """The same as uint8; the numbers must fit."""
        if self.is_wrapped:
            return np.asarray(values.astype(np.int16) & 255, np.uint8)
        if (self.low, self.high) == (0, 255) and values.dtype.kind in "iu":
            return values.astype(np.uint8, copy=False)
        scaled = np.subtract(values, self.low, dtype=np.float32)
        scaled *= 255 / (self.high - self.low)
        np.rint(scaled, out=scaled)
        return np.clip(scaled, 0, 255, out=scaled).astype(np.uint8)


def find_scale(rows: Numbers, name: str) -> PixelScale:
    """Which scale the pictures (n, pixels) have: that of most of them, since a few may be damaged.

    Raises InputError (they have none that is known); `name` is the file, for the message.
    """
    if rows.dtype == np.bool_:
        return PixelScale(0, 1)
    values = rows[np.isfinite(rows).all(axis=1)]
    if not values.size:
        return PixelScale()
    low, high = values.min(axis=1), values.max(axis=1)
    inked = high > low  # a plain picture fits every scale
    if not inked.any():
        return PixelScale(0, 1) if 0 < float(high.max()) <= 1 else PixelScale()
    values, low, high = values[inked], low[inked], high[inked]
    is_whole = bool((values == np.rint(values)).all())
    if not _most(low >= 0):
        return _signed_scale(values, is_whole, name)
    if _most(high <= 1):
        return PixelScale(0, 1)
    if is_whole and _most(high <= 16):
        return PixelScale(0, 16 if _most(high > 15) or bool((high == 16).any()) else 15)
    if _most(high <= 255):
        return PixelScale()
    if is_whole and 32_767 < float(high.max()) <= 65_535:
        return PixelScale(0, 65_535)
    raise _unknown(name, values)


def _signed_scale(values: Numbers, is_whole: bool, name: str) -> PixelScale:
    low, high = values.min(axis=1), values.max(axis=1)
    if _most((low >= -0.5) & (high <= 0.5)) and _most(high > 0.4) and _most(low < -0.4):
        return PixelScale(-0.5, 0.5)
    if _most((low >= -1) & (high <= 1)):
        return PixelScale(-1, 1)
    if is_whole and _most((low >= -128) & (high <= 127)):
        shifted = np.count_nonzero(values == -128) > np.count_nonzero(values == 0)
        return PixelScale(-128, 127) if shifted else PixelScale(is_wrapped=True)
    if not is_whole and _most(high - low < 20):  # standardized: less the mean, divided by the deviation
        return PixelScale(float(values.min()), float(values.max()), is_cut=True)
    raise _unknown(name, values)


def _most(test: NDArray[np.bool_]) -> bool:
    return float(test.mean()) >= 0.5


def _unknown(name: str, values: Numbers) -> InputError:
    return InputError(
        f"{name} holds numbers outside 0 to 255 ({float(values.min()):g} to {float(values.max()):g}); pixels must go "
        "from 0 to 255, 0 to 1 or -1 to 1."
    )

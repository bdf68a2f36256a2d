"""The settings of a layer as a Keras file has them: each is asked for together with what it may be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.core.models.foreign.keras_weights import Place
from app.core.models.foreign.limits import LARGEST_SIDE, refuse
from app.core.models.foreign.litert_graph import Shape

_LARGEST_NUMBER = 1e9


@dataclass(frozen=True)
class Settings:
    """The settings of one layer as its file has them; each is asked for with what it may be."""

    kind: str
    place: Place
    values: Mapping[str, Any]
    is_old: bool
    """Written by Keras 2."""

    def refused(self, name: str) -> Exception:
        """The error for a setting that is not taken in."""
        shown = repr(self.values.get(name))
        shown = shown if len(shown) <= 60 else shown[:57] + "..."
        return refuse(f"the {self.kind} {self.place.text} has {name}={shown}, which this program cannot take in")

    def whole(self, name: str, least: int, most: int, usual: int | None = None) -> int:
        """A whole number."""
        value = self.values.get(name, usual)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self.refused(name)
        return value

    def number(self, name: str, usual: float | None = None) -> float:
        """A finite number."""
        value = self.values.get(name, usual)
        if isinstance(value, Mapping) and isinstance(value.get("config"), Mapping):  # a NumPy number, as Keras wrote it
            value = value["config"].get("value", value)
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= _LARGEST_NUMBER:
            raise self.refused(name)
        return float(value)

    def numbers(self, name: str, usual: float, sides: Shape) -> NDArray[np.float32]:
        """A number, or one for each channel."""
        value = self.values.get(name, usual)
        if not isinstance(value, list):
            return np.asarray(self.number(name, usual), np.float32)
        try:
            found = np.asarray(value, np.float32)
        except (ValueError, TypeError):
            raise self.refused(name) from None
        if found.size not in {1, sides[-1]} or not np.isfinite(found).all():
            raise self.refused(name)
        return found.reshape(-1)

    def pair(self, name: str, least: int, most: int, usual: int | None = None) -> tuple[int, int]:
        """A whole number for rows and one for columns."""
        value = self.values.get(name, usual)
        pair = value if isinstance(value, list) else [value, value]
        if len(pair) != 2 or any(isinstance(n, bool) or not isinstance(n, int) or not least <= n <= most for n in pair):
            raise self.refused(name)
        return pair[0], pair[1]

    def margins(self, name: str) -> tuple[tuple[int, int], tuple[int, int]]:
        """Rows above and below, columns left and right."""
        value = self.values.get(name)
        if isinstance(value, int):
            value = [value, value]
        if not isinstance(value, list) or len(value) != 2:
            raise self.refused(name)
        sides = [side if isinstance(side, list) else [side, side] for side in value]
        for side in sides:
            if len(side) != 2 or any(not isinstance(n, int) or not 0 <= n <= LARGEST_SIDE for n in side):
                raise self.refused(name)
        return (sides[0][0], sides[0][1]), (sides[1][0], sides[1][1])

    def one_of(self, name: str, *allowed: Any, usual: Any = None) -> Any:
        """One of the values that are allowed."""
        value = self.values.get(name, usual)
        if not any(value == each and type(value) is type(each) for each in allowed):
            raise self.refused(name)
        return value

    def axis_is_last(self, name: str, shape: Shape) -> None:
        """Only the channels, which come last."""
        value = self.values.get(name, -1)
        value = value[0] if isinstance(value, list) and len(value) == 1 else value
        if value not in (-1, len(shape)):
            raise self.refused(name)

    @property
    def stride(self) -> tuple[int, int]:
        """The strides of a convolution."""
        return self.pair("strides", 1, 64, 1)

    def check_channels_last(self) -> None:
        """Where the channels come first, nothing fits."""
        self.one_of("data_format", "channels_last", None, usual="channels_last")

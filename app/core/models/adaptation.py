"""What a network made elsewhere expects of a picture, where that is not what this program's own networks expect.

It is written into the network's graph when it is brought in; a card tells it, and nothing acts on what a card tells.
"""

from collections.abc import Sequence
from enum import StrEnum
from math import isqrt
from typing import Annotated

from pydantic import Field

from app.core.config.form import Declaration
from app.core.datasets.choices import Orientation, Polarity
from app.core.errors import InputError

_CHANNELS = (1, 3)


class Scale(StrEnum):
    """What the numbers of a pixel are."""

    UNIT = "0..1"
    BYTES = "0..255"
    SIGNED = "-1..1"
    STANDARDIZED = "standardized"
    """Less the mean of the training pictures, divided by their standard deviation."""


class Output(StrEnum):
    """What the network gives for each class."""

    PROBABILITIES = "probabilities"
    LOGITS = "logits"


class Adaptation(Declaration):
    """How a picture, (28, 28) in 0..1 with bright ink, becomes what the network reads, and its answer probabilities.

    `mean` and `deviation` are those of the pixels in 0..1 where they are standardized. `order` names the number of the
    answer for each class, where the network has them in another order.
    """

    input_shape: tuple[int, ...]
    scale: Scale = Scale.UNIT
    mean: Annotated[float, Field(ge=0, le=1)] = 0.0
    deviation: Annotated[float, Field(gt=0, le=1)] = 1.0
    polarity: Polarity = Polarity.LIGHT_INK
    orientation: Orientation = Orientation.UPRIGHT
    output: Output = Output.PROBABILITIES
    order: tuple[int, ...] = ()

    @property
    def layout(self) -> "Layout":
        """Where rows, columns and channels are in what it reads."""
        return layout_of(self.input_shape)

    @property
    def factor_and_offset(self) -> tuple[float, float]:
        """What a pixel in 0..1 with bright ink is multiplied by, and what is added."""
        factor, offset = {
            Scale.UNIT: (1.0, 0.0),
            Scale.BYTES: (255.0, 0.0),
            Scale.SIGNED: (2.0, -1.0),
            Scale.STANDARDIZED: (1 / self.deviation, -self.mean / self.deviation),
        }[self.scale]
        return (-factor, factor + offset) if self.polarity is Polarity.DARK_INK else (factor, offset)

    @property
    def words(self) -> str:
        """In one line: "28 x 28, pixels 0..255, dark ink, logits"."""
        layout = self.layout
        parts = [f"{layout.rows} x {layout.columns}", "colour" if layout.channels > 1 else ""]
        parts += [f"pixels {self.scale}" if self.scale is not Scale.STANDARDIZED else "pixels standardized"]
        parts += ["dark ink" if self.polarity is Polarity.DARK_INK else ""]
        parts += ["rows and columns exchanged" if self.orientation is Orientation.TURNED else "", self.output.value]
        return ", ".join(part for part in parts if part)


class Layout(Declaration):
    """Rows, columns and channels of what a network reads."""

    rows: int
    columns: int
    channels: int
    is_channels_first: bool = False


def layout_of(shape: Sequence[int]) -> Layout:
    """What the shape of one picture means. Raises InputError if it is none of a picture."""
    match tuple(shape):
        case (numbers,) | (1, numbers) | (numbers, 1):
            for channels in _CHANNELS:
                side = isqrt(numbers // channels)
                if side * side * channels == numbers:
                    return Layout(rows=side, columns=side, channels=channels)
        case (rows, columns):
            return Layout(rows=rows, columns=columns, channels=1)
        case (rows, columns, channels) if channels in _CHANNELS:
            return Layout(rows=rows, columns=columns, channels=channels)
        case (channels, rows, columns) if channels in _CHANNELS:
            return Layout(rows=rows, columns=columns, channels=channels, is_channels_first=True)
    shown = " x ".join(str(side) for side in shape)
    raise InputError(
        f"The model cannot be imported: it reads {shown} numbers of each example, which is no grey or colour picture."
    )


class Origin(Declaration):
    """Where a model that was made elsewhere came from, and how it was taken in."""

    file: str
    format: str
    sha256: str
    adaptation: Adaptation
    tried_on: str = ""
    """The data it was tried on; empty if there was none of its classes."""
    other_layers: str = ""
    """What it has that networks here do not have, so that it can be run and no more; empty if there is nothing."""
    left_out: tuple[str, ...] = ()
    """What its layers did in training and do not do here."""

    @property
    def remark(self) -> str:
        """What training on from it is, in sentences; empty if it is what it was elsewhere."""
        if self.other_layers:
            return (
                f"It can be run, but neither trained on nor looked into: it has {self.other_layers}, which networks "
                "here do not have."
            )
        if not self.left_out:
            return ""
        return f"It reads as before; trained on here, it goes without: {', '.join(self.left_out)}."

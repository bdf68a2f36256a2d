"""The stations of a diagram: the rows of a summary, with what keeps the shape told beside what it follows."""

import textwrap
from dataclasses import dataclass, replace

from app.core.config.config import TrainingConfig
from app.core.config.form import layer_details
from app.core.config.layers import AveragePooling2D, Conv2D, Dense, Dropout, Layer, MaxPooling2D
from app.core.networks.layer_shapes import Shape, is_flat, shape_text
from app.core.networks.shapes import NetworkSummary, SummaryRow

_KEEPS_SHAPE = ("BatchNormalization", "Dropout")
_NOTE_LENGTH = 20


@dataclass(frozen=True)
class Station:
    """One picture in a diagram, with its words.

    `window` is the side of what slides over the maps that come to it, 0 if nothing does; `joins` says what is joined
    to it on the picture's own way; a misfit stands for a layer that does not fit, and for all after it.
    """

    title: str
    size: Shape
    notes: tuple[str, ...] = ()
    learns: bool = False
    is_dense: bool = False
    is_picture: bool = False
    is_answer: bool = False
    is_misfit: bool = False
    window: int = 0
    joins: str = ""

    @property
    def shape(self) -> str:
        """28x28x1, or 1,568; nothing for a misfit."""
        return shape_text(self.size) if self.size else ""


def stations(config: TrainingConfig, summary: NetworkSummary) -> tuple[Station, ...]:
    """The network from the picture to the answer, or to the layer that does not fit."""
    made: list[Station] = []
    joined = {row.inputs[1]: row for row in summary.rows if len(row.inputs) > 1}
    for row in summary.rows:
        if row.type in _KEEPS_SHAPE:
            made[-1] = replace(made[-1], notes=(*made[-1].notes, *_kept(row, _declared(config, row))))
        elif row.name not in joined or row.type != "Flatten":
            made.append(_station(row, config))
    if not (summary.rows and _is_answer(summary.rows[-1])):
        position = summary.problems[0].position
        name = "Too many layers" if position is None else type(config.layers[position]).__name__
        made.append(Station(f"✗ {name}", (), ("does not fit",), is_misfit=True))
    return tuple(made)


def _is_answer(row: SummaryRow) -> bool:
    """True for the one dense layer that is declared nowhere."""
    return row.type == "Dense" and row.position is None


def _declared(config: TrainingConfig, row: SummaryRow) -> Layer | None:
    return None if row.position is None else config.layers[row.position]


def _station(row: SummaryRow, config: TrainingConfig) -> Station:
    layer, is_answer = _declared(config, row), _is_answer(row)
    if row.type == "InputLayer":
        return Station("Picture", row.shape, is_picture=True)
    return Station(
        "Output" if is_answer else row.type,
        row.shape,
        _notes(row, layer, config.output if is_answer else ""),
        learns=bool(row.parameters),
        is_dense=row.type == "Dense",
        is_answer=is_answer,
        window=_window(layer),
        joins=_joins(row),
    )


def _window(layer: Layer | None) -> int:
    match layer:
        case Conv2D():
            return layer.kernel_size
        case MaxPooling2D() | AveragePooling2D():
            return layer.pool_size
        case _:
            return 0


def _joins(row: SummaryRow) -> str:
    if row.type != "Concatenate":
        return ""
    return "the picture, flattened" if is_flat(row.shape) else "the picture"


def _notes(row: SummaryRow, layer: Layer | None, output: str) -> tuple[str, ...]:
    """Settings besides the shape, and weights."""
    words = output
    if isinstance(layer, Dense | Conv2D):
        words = layer_details(layer).split(" ", 1)[1]
    elif isinstance(layer, MaxPooling2D | AveragePooling2D):
        words = f"{layer.pool_size}x{layer.pool_size}"
    return *textwrap.wrap(words, _NOTE_LENGTH), *_weights(row)


def _weights(row: SummaryRow) -> tuple[str, ...]:
    return (f"{row.parameters:,} params",) if row.parameters else ()


def _kept(row: SummaryRow, layer: Layer | None) -> tuple[str, ...]:
    """A layer that keeps the shape, as notes of the one that it follows."""
    rate = f" {layer.rate:g}" if isinstance(layer, Dropout) else ""
    return f"+ {row.type}{rate}", *_weights(row)

"""The stations of a diagram: the rows of a summary, with what keeps the shape told beside what it follows."""

import textwrap
from dataclasses import dataclass, replace

from app.core.config.config import TrainingConfig
from app.core.config.layers import Layer, Shape, is_flat, shape_text
from app.core.networks.shapes import NetworkSummary, SummaryRow

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
        layer = _declared(config, row)
        if layer is not None and layer.keeps_shape:
            note = f"+ {layer.title} {layer.details}".strip()
            made[-1] = replace(made[-1], notes=(*made[-1].notes, note, *_weights(row)))
        elif row.name not in joined or row.type != "Flatten":
            made.append(_station(row, config))
    if not (summary.rows and _is_answer(summary.rows[-1])):
        position = summary.problems[0].position
        name = "Too many layers" if position is None else config.layers[position].title
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
        window=layer.window if layer else 0,
        joins=_joins(row),
    )


def _joins(row: SummaryRow) -> str:
    if row.type != "Concatenate":
        return ""
    return "the picture, flattened" if is_flat(row.shape) else "the picture"


def _notes(row: SummaryRow, layer: Layer | None, output: str) -> tuple[str, ...]:
    """Settings besides the shape, and weights."""
    words = " ".join(layer.details.split()[1:]) if layer else output
    if layer and layer.window and not words:
        words = f"{layer.window}x{layer.window}"
    return *textwrap.wrap(words, _NOTE_LENGTH), *_weights(row)


def _weights(row: SummaryRow) -> tuple[str, ...]:
    return (f"{row.parameters:,} params",) if row.parameters else ()

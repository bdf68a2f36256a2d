"""A network drawn as SVG: maps as stacked sheets, rows of numbers as columns, wrapped like a text.

Blue is what has weights, grey is what only rearranges, and the picture's edge past other layers in a wide-and-deep
network is orange.
"""

import textwrap
from dataclasses import dataclass, replace
from itertools import pairwise

from app.core.config.config import TrainingConfig
from app.core.config.layers import Layer, is_flat
from app.core.networks.diagram_shapes import (
    NODE_HEIGHT,
    Box,
    DiagramColours,
    Drawing,
    Node,
    draw_edge,
    draw_node,
    node_width,
)
from app.core.networks.summary import NetworkSummary, SummaryRow, network_summary

LIGHT = DiagramColours(
    background="#FFFFFF",
    text="#1B1F24",
    muted="#68707C",
    line="#A9B1BC",
    trainable="#E7EEFC",
    trainable_outline="#2F63E0",
    plain="#F1F3F5",
    plain_outline="#8A929D",
    skip="#E07B2E",
    wrong="#B3322B",
)

WIDTH = 960
"""Where lines wrap, in pixels, unless told otherwise."""

_MARGIN = 18
_GAP = 24
"""Between two nodes."""
_LANE = 26
"""Above a line into which an edge from the picture leads."""
_LINE_GAP = 26
_TITLE_SIZE, _TEXT_SIZE = 11.5, 10.5
_TEXT_HEIGHT = 14
_LETTER_WIDTH = 0.56
"""Of the height: wide enough for the usual sans-serif fonts."""


@dataclass(frozen=True)
class _Placed:
    """Where a node stands: its line, and the box of its shape."""

    node: Node
    line: int
    box: Box


@dataclass(frozen=True)
class _Line:
    """Nodes beside each other, from `top` to `bottom`."""

    top: float
    bottom: float
    right: float
    lane: float


def diagram_svg(config: TrainingConfig, classes: int, colours: DiagramColours = LIGHT, width: int = WIDTH) -> str:
    """The network as an SVG document with a background of its own, at most `width` pixels wide where one node fits.

    A network that does not fit together is drawn up to the layer that is the problem.
    """
    summary = network_summary(config, classes)
    row = nodes(config, summary)
    places, lines = _lay_out(row, width)
    total = f"{summary.parameters:,} parameters"
    right = max([line.right for line in lines] + [_MARGIN + _text_width(total, _TEXT_SIZE)]) + _MARGIN
    bottom = lines[-1].bottom + 2 * _TEXT_HEIGHT
    drawing = Drawing(colours)
    for place in places:
        draw_node(drawing, place.node, place.box)
        _draw_labels(drawing, place)
        if place.node.joins:
            _draw_skip_edge(drawing, places[0], place, lines)
    for before, after in pairwise(places):
        if before.line == after.line:
            draw_edge(drawing, before.node, before.box, after.node, after.box)
        else:
            _draw_turn(drawing, before.box, lines[before.line], after.box, lines[after.line])
    drawing.text((_MARGIN, bottom), total, _TEXT_SIZE, colours.muted, anchor="start")
    title = "Network: " + ", ".join(f"{node.title} {node.shape}".strip() for node in row)
    return drawing.svg(right, bottom + _MARGIN, title)


def _lay_out(row: tuple[Node, ...], width: int) -> tuple[list[_Placed], list[_Line]]:
    places: list[_Placed] = []
    lines: list[_Line] = []
    top = float(_MARGIN)
    for number, nodes_of_line in enumerate(_wrapped(row, width)):
        lane = top + _LANE - 16 if any(node.joins for node in nodes_of_line) else top
        nodes_top = top + (_LANE if lane != top else 0)
        x = float(_MARGIN)
        for node in nodes_of_line:
            cell, shape_width = _cell_width(node), node_width(node)
            places.append(_Placed(node, number, Box(x + (cell - shape_width) / 2, nodes_top, shape_width, NODE_HEIGHT)))
            x += cell + _GAP
        labels = max(len(_labels(node)) for node in nodes_of_line)
        bottom = nodes_top + NODE_HEIGHT + 2 + labels * _TEXT_HEIGHT
        lines.append(_Line(top, bottom, x - _GAP, lane))
        top = bottom + _LINE_GAP
    return places, lines


def _wrapped(row: tuple[Node, ...], width: int) -> list[list[Node]]:
    """As many nodes in a line as there is room for."""
    lines: list[list[Node]] = [[]]
    x = 2.0 * _MARGIN
    for node in row:
        cell = _cell_width(node)
        if lines[-1] and x + cell > width:
            lines.append([])
            x = 2.0 * _MARGIN
        lines[-1].append(node)
        x += cell + _GAP
    return lines


def _labels(node: Node) -> list[str]:
    return [node.title, *([node.shape] if node.shape else []), *node.notes]


def _cell_width(node: Node) -> float:
    return max(node_width(node), *(_text_width(text, _TITLE_SIZE) for text in _labels(node)))


def _text_width(text: str, size: float) -> float:
    return len(text) * size * _LETTER_WIDTH


def _draw_labels(drawing: Drawing, place: _Placed) -> None:
    """Title, shape and notes below the shape of a node."""
    x, y = place.box.centre_x, place.box.bottom + 2
    colours, node = drawing.colours, place.node
    for number, text in enumerate(_labels(node)):
        y += _TEXT_HEIGHT
        if number == 0:
            drawing.text((x, y), text, _TITLE_SIZE, colours.wrong if node.is_misfit else colours.text, bold=True)
        else:
            drawing.text((x, y), text, _TEXT_SIZE, colours.text if text == node.shape else colours.muted)


def _draw_turn(drawing: Drawing, before: Box, line: _Line, after: Box, next_line: _Line) -> None:
    """From the end of a line to the beginning of the next."""
    right, left = max(line.right, before.right + 10) + 8, _MARGIN / 2
    middle = (line.bottom + next_line.top) / 2 + 2
    points = [
        (before.right + 4, before.centre_y),
        (right, before.centre_y),
        (right, middle),
        (left, middle),
        (left, after.centre_y),
        (after.left - 5, after.centre_y),
    ]
    drawing.arrow(points, drawing.colours.line)


def _draw_skip_edge(drawing: Drawing, picture: _Placed, target: _Placed, lines: list[_Line]) -> None:
    """From the picture to where it is joined: over the line, or down along the left side."""
    lane, colours = lines[target.line].lane, drawing.colours
    end = [(target.box.centre_x, lane), (target.box.centre_x, target.box.top + 6)]
    if picture.line == target.line:
        start = [(picture.box.centre_x, picture.box.top + 12), (picture.box.centre_x, lane)]
    else:
        side = _MARGIN / 2 - 5
        start = [(picture.box.left - 4, picture.box.centre_y), (side, picture.box.centre_y), (side, lane)]
    drawing.arrow([*start, *end], colours.skip)
    words, middle = target.node.joins, target.box.centre_x
    if middle - _text_width(words, _TEXT_SIZE) > 2 * _MARGIN:
        drawing.text((middle - 8, lane - 4), words, _TEXT_SIZE, colours.muted, anchor="end")
    else:
        drawing.text((middle + 8, lane + 2), words, _TEXT_SIZE, colours.muted, anchor="start")


# The nodes: the rows of a summary; what keeps the shape is told beside what it follows.

_NOTE_LENGTH = 20


def nodes(config: TrainingConfig, summary: NetworkSummary) -> tuple[Node, ...]:
    """The network from the picture to the output, or to the layer that does not fit."""
    made: list[Node] = []
    joined = {row.inputs[1]: row for row in summary.rows if len(row.inputs) > 1}
    for row in summary.rows:
        layer = _declared(config, row)
        if layer is not None and layer.keeps_shape:
            note = f"+ {layer.title} {layer.details}".strip()
            made[-1] = replace(made[-1], notes=(*made[-1].notes, note, *_weights(row)))
        elif row.name not in joined or row.type != "Flatten":
            made.append(_node(row, config))
    if not (summary.rows and _is_output(summary.rows[-1])):
        position = summary.problems[0].position
        name = "Too many layers" if position is None else config.layers[position].title
        made.append(Node(f"✗ {name}", (), ("does not fit",), is_misfit=True))
    return tuple(made)


def _is_output(row: SummaryRow) -> bool:
    """True for the one dense layer that is declared nowhere."""
    return row.type == "Dense" and row.position is None


def _declared(config: TrainingConfig, row: SummaryRow) -> Layer | None:
    return None if row.position is None else config.layers[row.position]


def _node(row: SummaryRow, config: TrainingConfig) -> Node:
    layer, is_output = _declared(config, row), _is_output(row)
    if row.type == "InputLayer":
        return Node("Picture", row.shape, is_picture=True)
    return Node(
        "Output" if is_output else row.type,
        row.shape,
        _notes(row, layer, config.output if is_output else ""),
        is_trainable=bool(row.parameters),
        is_dense=row.type == "Dense",
        is_output=is_output,
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

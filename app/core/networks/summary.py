"""What Keras will make of a config's layers: shapes, parameters and what does not fit, without loading TensorFlow.

This is `app.core.networks.building` in numbers: whoever changes the one changes the other, and a test compares them.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from app.core.config.config import TrainingConfig
from app.core.config.layers import PICTURE, Dense, Layer, MisfitError, Shape, is_flat
from app.core.errors import InputError
from app.core.networks.findings import Finding, layer_label, network_warnings

MOST_LAYERS = 100
MOST_PARAMETERS = 50_000_000
MOST_BYTES = 16 * 2**30
"""More memory than this no run may need."""
_FLOAT_BYTES = 4


@dataclass(frozen=True)
class SummaryRow:
    """A layer that Keras builds, as `model.summary()` lists it.

    `inputs` are the names of the rows it reads. `position` is where in the config's layers it is declared, None for
    the picture, the output and whatever flattens on the way.
    """

    name: str
    type: str
    shape: Shape
    inputs: tuple[str, ...] = ()
    trainable: int = 0
    not_trainable: int = 0
    position: int | None = None

    @property
    def parameters(self) -> int:
        """All its weights."""
        return self.trainable + self.not_trainable


@dataclass(frozen=True)
class NetworkSummary:
    """The layers as Keras builds them, up to the first that does not fit.

    A network with problems cannot be trained. Warnings are about what is legal but seldom meant.
    """

    rows: tuple[SummaryRow, ...]
    problems: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()

    @property
    def trainable(self) -> int:
        """Weights that training changes."""
        return sum(row.trainable for row in self.rows)

    @property
    def not_trainable(self) -> int:
        """Weights that are only kept, such as moving statistics."""
        return sum(row.not_trainable for row in self.rows)

    @property
    def parameters(self) -> int:
        """All weights."""
        return self.trainable + self.not_trainable

    @property
    def branches(self) -> bool:
        """True if some layer reads more than the one before it."""
        return any(len(row.inputs) > 1 for row in self.rows)


def network_summary(config: TrainingConfig, classes: int) -> NetworkSummary:
    """The network that is built for `config` and so many classes. Never raises: what is wrong is told as problems."""
    if len(config.layers) > MOST_LAYERS:
        many = f"The network has {len(config.layers)} layers, more than the {MOST_LAYERS} it may have; remove some."
        return NetworkSummary((), (Finding(many),))
    sketch = _Sketch(config.layers)
    for position in range(len(config.layers)):
        try:
            sketch.add(position)
        except MisfitError as misfit:
            finding = Finding(f"{layer_label(position, config.layers[position])}: {misfit}", position)
            return NetworkSummary(tuple(sketch.rows), (finding,))
    sketch.add_output(classes)
    problems = _too_large(config, sketch.rows)
    return NetworkSummary(tuple(sketch.rows), problems, network_warnings(config.layers, sketch.incoming))


def check_network(config: TrainingConfig, classes: int) -> None:
    """Raise InputError with the first problem of the network, if it has one."""
    for problem in network_summary(config, classes).problems:
        raise InputError(problem.text)


class _Sketch:
    """Puts rows together in the order in which the building puts Keras layers together."""

    def __init__(self, layers: tuple[Layer, ...]) -> None:
        self._layers = layers
        self._names: Counter[str] = Counter()
        self._flattened_by: int | None = None
        self.rows: list[SummaryRow] = []
        self.incoming: list[Shape] = []  # what comes to each declared layer
        self._picture = self._current = self._put("InputLayer", PICTURE)

    def add(self, position: int) -> None:
        """One declared layer, and the Flatten that it needs before it. Raises MisfitError."""
        layer, was_flat = self._layers[position], is_flat(self._current.shape)
        self.incoming.append(self._current.shape)
        if isinstance(layer, Dense):
            self._flatten()
        before = self._current
        if layer.needs_maps and was_flat:
            raise MisfitError(self._why_flat())
        shape = layer.output_shape(before.shape)
        inputs = (before.name, self._joined().name) if layer.is_input_joined else (before.name,)
        self._current = self._put(layer.keras_name, shape, inputs, layer.weights(before.shape), position)
        if is_flat(shape) and not was_flat:
            self._flattened_by = position

    def add_output(self, classes: int) -> None:
        """The last layer."""
        self._flatten()
        weights = (self._current.shape[0] + 1) * classes
        self._current = self._put("Dense", (classes,), (self._current.name,), (weights, 0))

    def _why_flat(self) -> str:
        """What is wrong with a layer that lacks rows and columns: the one that took them."""
        assert self._flattened_by is not None  # the picture itself has both
        by = f"layer {self._flattened_by + 1}, {self._layers[self._flattened_by].title},"
        return (
            f"needs rows and columns, but {by} has flattened the picture; move it before that layer, or remove one of "
            "the two."
        )

    def _flatten(self) -> None:
        if not is_flat(self._current.shape):
            self._current = self._flat(self._current)

    def _joined(self) -> SummaryRow:
        """The picture, in the form in which it is joined to the current row."""
        return self._flat(self._picture) if is_flat(self._current.shape) else self._picture

    def _flat(self, row: SummaryRow) -> SummaryRow:
        return self._put("Flatten", (prod(row.shape),), (row.name,))

    def _put(
        self,
        kind: str,
        shape: Shape,
        inputs: tuple[str, ...] = (),
        weights: tuple[int, int] = (0, 0),
        position: int | None = None,
    ) -> SummaryRow:
        row = SummaryRow(self._name(kind), kind, shape, inputs, *weights, position)
        self.rows.append(row)
        return row

    def _name(self, kind: str) -> str:
        """Keras' default name: conv2d, and conv2d_1 for the next."""
        stem = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind).lower()
        self._names[stem] += 1
        return f"{stem}_{self._names[stem] - 1}" if self._names[stem] > 1 else stem


def _too_large(config: TrainingConfig, rows: Sequence[SummaryRow]) -> tuple[Finding, ...]:
    """What would not fit into memory."""
    problems = []
    parameters = sum(row.parameters for row in rows)
    if parameters > MOST_PARAMETERS:
        largest = max(rows, key=lambda row: row.parameters)
        place = "the last layer" if largest.position is None else f"layer {largest.position + 1}, {largest.type}"
        problems.append(
            Finding(
                f"The network has {parameters:,} parameters, more than the {MOST_PARAMETERS:,} it may have; "
                f"{place}, has {largest.parameters:,} of them: make it or its input smaller.",
                largest.position,
            )
        )
    needed = training_bytes(rows, config.batch_size)
    if needed > MOST_BYTES:
        problems.append(
            Finding(
                f"Training in batches of {config.batch_size:,} would need about {needed / 2**30:,.0f} GB of memory, "
                f"more than the {MOST_BYTES / 2**30:,.0f} GB it may take; choose smaller batches or fewer filters."
            )
        )
    return tuple(problems)


def training_bytes(rows: Sequence[SummaryRow], batch_size: int) -> int:
    """About how much memory a step takes: each output and its gradient, each weight, its gradient and two moments."""
    outputs = sum(prod(row.shape) for row in rows)
    return _FLOAT_BYTES * (2 * batch_size * outputs + 4 * sum(row.parameters for row in rows))


# The table of `model.summary()`: its cells, and the whole of it as text.


def saving_bytes(config: TrainingConfig, classes: int) -> int:
    """What a run of `config` writes at most at a time: its network twice, and two checkpoints with Adam's moments."""
    copies = 2 + 2 * 4
    return network_summary(config, classes).parameters * copies * 4 + 2**20


def summary_titles(summary: NetworkSummary) -> tuple[str, ...]:
    """Keras' titles; the last column is there only where the network branches."""
    return ("Layer (type)", "Output Shape", "Param #", *(("Connected to",) if summary.branches else ()))


def summary_cells(summary: NetworkSummary) -> tuple[tuple[str, ...], ...]:
    """Keras' words for each layer, in the order of the titles."""
    return tuple(_cells(row)[: len(summary_titles(summary))] for row in summary.rows)


def summary_totals(summary: NetworkSummary) -> tuple[str, ...]:
    """Keras' three lines below the table: "Total params: 101,770 (397.54 KB)"."""
    counts = {
        "Total params": summary.parameters,
        "Trainable params": summary.trainable,
        "Non-trainable params": summary.not_trainable,
    }
    return tuple(f"{title}: {count:,} ({_size(count * _FLOAT_BYTES)})" for title, count in counts.items())


def summary_text(summary: NetworkSummary) -> str:
    """The table and its totals in lines of text, for a fixed-width font."""
    table = (summary_titles(summary), *summary_cells(summary))
    widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
    lines = [_line(cells, widths) for cells in table]
    rule = "─" * len(_line(table[0], widths))
    return "\n".join((lines[0].rstrip(), rule, *(line.rstrip() for line in lines[1:]), rule, *summary_totals(summary)))


def _cells(row: SummaryRow) -> tuple[str, ...]:
    inputs = ", ".join(f"{name}[0][0]" for name in row.inputs) or "-"
    return f"{row.name} ({row.type})", _keras_shape(row.shape), f"{row.parameters:,}", inputs


def _keras_shape(shape: Shape) -> str:
    """(None, 28, 28, 1): Keras names the batch first."""
    return f"(None, {', '.join(str(size) for size in shape)})"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Cells below each other; numbers end at the same place."""
    return "  ".join(
        cell.rjust(width) if column == 2 else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )


def _size(count: int) -> str:
    """Bytes as Keras writes them: 397.54 KB."""
    size, unit = float(count), "B"
    for larger in ("KB", "MB", "GB"):
        if size < 1024:
            break
        size, unit = size / 1024, larger
    return f"{size:.2f} {unit}"

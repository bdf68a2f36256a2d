"""The table of `model.summary()`: its cells, and the whole of it as text."""

from collections.abc import Sequence

from app.core.config.layers import Shape
from app.core.networks.shapes import NetworkSummary, SummaryRow

_FLOAT_BYTES = 4


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

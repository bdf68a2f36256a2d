"""How wide the columns of the table of runs are at first."""

from PySide6.QtGui import QFont, QFontMetrics

from app.core.training.run_columns import Column, Kind
from app.ui.widgets.runs_text import column_title

PADDING = 10

_WIDEST = {
    Kind.TEXT: "early stopping",
    Kind.DATE: "2026-10-10",
    Kind.COUNT: "1,000,000",
    Kind.FIGURE: "0.0000",
    Kind.SECONDS: "59 min 59 s",
    Kind.SETTING: "0.000001",
}
_WIDEST_OF = {"data": "Fashion-MNIST, starter", "epochs_done": "1,000", "state": "! Interrupted"}


def usual_width(column: Column, font: QFont) -> int:
    """What the title, on its two lines, and a long value need."""
    bold = QFont(font)
    bold.setBold(True)
    metrics = QFontMetrics(bold)
    widest = _WIDEST_OF.get(column.id, _WIDEST[column.kind])
    words = (*title_lines(column), f"▲ +{widest}" if column.is_difference else widest)
    return max(metrics.horizontalAdvance(word) for word in words) + PADDING


def title_lines(column: Column) -> list[str]:
    """The title on two lines, if it has two words."""
    return column_title(column).rsplit(" ", 1)

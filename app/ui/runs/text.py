"""What the Runs page writes into its cells. Signs and arrows say what colours say, too."""

from datetime import datetime

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFont, QFontMetrics

from app.core.percentages import FEW, accuracy_text
from app.core.recipes.changes import value_text
from app.core.runs.columns import Column, Kind, Value
from app.core.runs.progress import metric_text
from app.core.runs.records import RunRecord, RunState
from app.ui.common.text import duration_text

translate = QCoreApplication.translate

MINUS = "−"
NOTHING = "–"


def column_title(column: Column) -> str:
    """The words of a column."""
    return QCoreApplication.translate("run_columns", column.title)


def column_help(column: Column) -> str:
    """What the values of a column are."""
    return QCoreApplication.translate("run_columns", column.help)


def cell_text(column: Column, run: RunRecord) -> str:
    """What a table shows of a run in a column."""
    if column.id == "state":
        return state_text(run)
    samples = {"test_accuracy": run.test_samples, "val_accuracy": run.validation_samples}.get(column.id, 0)
    value = column.value(run)
    if 0 < samples < FEW and isinstance(value, float):
        return accuracy_text(value, samples)
    return column_text(column, value)


def column_text(column: Column, value: Value) -> str:
    """A value of a column as a user reads it; an empty text for none."""
    if value is None or value == "":
        return ""
    if isinstance(value, datetime):
        return date_text(value)
    if isinstance(value, int | float) and column.is_number:
        return difference_text(column.kind, value) if column.is_difference else number_text(column.kind, value)
    return str(value) if isinstance(value, str) else value_text(value)


def number_text(kind: Kind, value: float) -> str:
    """A measured value: 0.9843, 1 min 43 s, 669,706."""
    if kind is Kind.SECONDS:
        return (
            duration_text(value)
            if value >= 60
            else translate("runs_text", "{seconds} s").format(seconds=f"{value:.1f}")
        )
    return metric_text(value, 4) if kind is Kind.METRIC else f"{value:,.0f}"


def difference_text(kind: Kind, value: float) -> str:
    """How much more (▲ +) or less (▼ −) it is."""
    size = number_text(kind, abs(value))
    if size == number_text(kind, 0.0):
        return f"= {size}"
    return f"▲ +{size}" if value > 0 else f"▼ {MINUS}{size}"


def date_text(moment: datetime, now: datetime | None = None) -> str:
    """The time of day for today, the day for all before."""
    local, today = moment.astimezone(), (now or datetime.now().astimezone()).date()
    return f"{local:%H:%M}" if local.date() == today else f"{local:%Y-%m-%d}"


def state_words(state: RunState) -> str:
    """What became of a run."""
    return {
        RunState.RUNNING: translate("runs_text", "Running"),
        RunState.COMPLETED: translate("runs_text", "Completed"),
        RunState.EARLY_STOPPED: translate("runs_text", "Early stop"),
        RunState.STOPPED: translate("runs_text", "Stopped"),
        RunState.FAILED: translate("runs_text", "Failed"),
        RunState.INTERRUPTED: translate("runs_text", "Interrupted"),
        RunState.DAMAGED: translate("runs_text", "Damaged"),
    }[state]


def state_text(run: RunRecord) -> str:
    """The state with its sign; of a run under way, how far it is."""
    if run.state is RunState.RUNNING:
        epochs = run.settings.get("epochs", 0)
        return translate("runs_text", "▶ {epoch} of {epochs}").format(
            epoch=min(run.epochs_done + 1, epochs), epochs=epochs
        )
    signs = {
        RunState.COMPLETED: "✓",
        RunState.EARLY_STOPPED: "✓",
        RunState.STOPPED: "■",
        RunState.FAILED: "✗",
        RunState.INTERRUPTED: "!",
        RunState.DAMAGED: "!",
    }
    return f"{signs[run.state]} {state_words(run.state)}"


def runs_text(count: int) -> str:
    """How many runs."""
    return (
        translate("runs_text", "1 run")
        if count == 1
        else translate("runs_text", "{count} runs").format(count=f"{count:,}")
    )


# How wide the columns of the table of runs are at first.

PADDING = 10

_WIDEST = {
    Kind.TEXT: "early stopping",
    Kind.DATE: "2026-10-10",
    Kind.COUNT: "1,000,000",
    Kind.METRIC: "0.0000",
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

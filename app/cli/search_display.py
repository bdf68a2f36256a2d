"""A search on the terminal: a live table for people, plain lines for a file, one JSON object an event for programs."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from app.cli.output import Output
from app.core.runs.progress import duration_text
from app.core.search.status import SearchStatus, TrialState, TrialStatus

Show = Callable[[SearchStatus], None]

_LINES_AROUND = 8
"""Of a terminal: what the live table needs besides its trials."""

_STYLES = {
    TrialState.WAITING: "dim",
    TrialState.RUNNING: "bold",
    TrialState.DONE: "green",
    TrialState.PRUNED: "yellow",
    TrialState.FAILED: "red",
}


@contextmanager
def display(output: Output) -> Iterator[Show]:
    """The right way to show a search here; the value takes each status."""
    console = Console()
    if output.as_json or not sys.stdout.isatty():
        yield _Events(output).show
        return
    last: list[SearchStatus] = []
    with Live(console=console, auto_refresh=False, transient=True) as live:

        def show(status: SearchStatus) -> None:
            last[:] = [status]
            live.update(_live_table(status, console.height - _LINES_AROUND), refresh=True)

        yield show
    for status in last:
        console.print(_table(status, status.trials))
        console.print(_ending(status))


class _Events:
    """Tells what changed from one status to the next."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._known: dict[int, TrialState] = {}

    def show(self, status: SearchStatus) -> None:
        """Print an object or a line for each trial that began, ended or went back to the queue."""
        if not self._known:
            facts = {"event": "search_started", "study": status.study, "trials": status.total, "done": status.done}
            self._output.facts(facts, f"{status.study}: {status.done} of {status.total} trials are done")
        for trial in status.trials:
            before = self._known.get(trial.number, TrialState.WAITING)
            self._known[trial.number] = trial.state
            if trial.state is not before:
                facts = {"event": f"trial_{trial.state.value}", **_facts(trial)}
                self._output.facts(facts, _line(status, trial))
        if not status.is_running:
            best = status.best
            facts = {"event": "search_ended", "done": status.done, "trials": status.total}
            self._output.facts(facts | {"best": best.number if best else None}, _ending(status))


def _facts(trial: TrialStatus) -> dict[str, Any]:
    told = trial.report.model_dump() if trial.report else {}
    return {
        "trial": trial.number,
        "recipe": trial.recipe,
        "changes": trial.changes,
        "epochs": trial.epochs,
        "value": trial.value,
        **{name: value for name, value in told.items() if name != "beat"},
    }


def _line(status: SearchStatus, trial: TrialStatus) -> str:
    text = f"{status.done:>4} of {status.total}  trial {trial.number:<4} {trial.state.value:<8} {trial.title}"
    if trial.report is None or not trial.state.is_over:
        return text
    metrics = _metrics(trial)
    return f"{text}  val {metrics[0]}  test {metrics[1]}  {trial.elapsed_s:.1f} s  {trial.report.message}"


def _metrics(trial: TrialStatus) -> tuple[str, str]:
    report = trial.report
    return _share(report.val_accuracy if report else None), _share(report.test_accuracy if report else None)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"


def _live_table(status: SearchStatus, lines: int) -> Group:
    left = "" if status.left_s is None else f"  about {duration_text(status.left_s)} left"
    word = "stopping" if status.is_stopping else f"{status.running} running" if status.running else "workers start"
    bar = ProgressBar(total=max(1, status.total), completed=_share_done(status), width=40)
    summary = Text(f"{status.study}: {status.done} of {status.total} done, {word}{left}")
    return Group(_table(status, _most_telling(status, max(3, lines))), summary, bar)


def _share_done(status: SearchStatus) -> float:
    """Trials, with those under way in part."""
    return sum(1.0 if trial.state.is_over else trial.epochs_done / trial.epochs for trial in status.trials)


def _most_telling(status: SearchStatus, count: int) -> tuple[TrialStatus, ...]:
    """As many trials as fit: those under way, then what ended last, then what comes next."""
    order = {TrialState.RUNNING: 0, TrialState.WAITING: 2}
    ranked = sorted(
        status.trials,
        key=lambda trial: (rank := order.get(trial.state, 1), -trial.number if rank == 1 else trial.number),
    )
    return tuple(sorted(ranked[:count], key=lambda trial: trial.number))


def _table(status: SearchStatus, trials: tuple[TrialStatus, ...]) -> Table:
    best = status.best
    table = Table(title=status.study, expand=False)
    for name in ("#", "trial", "state"):
        table.add_column(name, justify="right" if name == "#" else "left", no_wrap=name != "trial")
    for name in ("epoch", "val accuracy", "test accuracy", "time"):
        table.add_column(name, justify="right", no_wrap=True)
    for trial in trials:
        mark = " best" if best is not None and trial.number == best.number else ""
        table.add_row(
            str(trial.number),
            trial.title,
            trial.state.value + mark,
            f"{trial.epochs_done}/{trial.epochs}",
            *_metrics(trial),
            duration_text(trial.elapsed_s) if trial.elapsed_s else "-",
            style=_STYLES[trial.state],
        )
    return table


def _ending(status: SearchStatus) -> str:
    best = status.best
    found = "" if best is None else f" Best by {status.objective}: trial {best.number}, {best.title}, {best.value:.4f}."
    if status.done == status.total:
        return f"All {status.total} trials are done.{found}"
    return f"Stopped; {status.done} of {status.total} trials are done. The same command goes on.{found}"

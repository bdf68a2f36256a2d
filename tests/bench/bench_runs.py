"""The Runs page with ten thousand runs: opening it, sorting, filtering and grouping."""

import time
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.core.paths import user_dir
from app.core.runs.columns import COLUMNS
from app.core.runs.history import RunHistory
from app.core.runs.listing import Order, Query
from app.ui.runs.model import RunsModel
from app.ui.runs.page import RunsPage
from tests.bench.many_runs import fill_history
from tests.bench.report import Figure, quantile
from tests.bench.studio import open_studio, wait, wait_until

COUNT = 10_000
REPEATS = 9
AT_REST_MS = 2500
"""By then the window has loaded what its pages will need."""
SORTED = ("name", "created", "test_accuracy", "test_accuracy_difference", "learning_rate", "layers")
SEARCHED = ("tuning", "adam keep", "test_accuracy>0.95 optimizer=adam", "nothing is called like that")


def measure() -> list[Figure]:
    """From the click on Runs to the painted rows; then the worst of some columns and queries, each painted, too."""
    with open_studio() as studio:
        fill_history(RunHistory(user_dir() / "runs.sqlite3"), COUNT)
        wait(AT_REST_MS)
        began, computed = time.perf_counter(), time.process_time()
        studio.window.show_page("runs")
        page = studio.window.page("runs")
        wait_until(lambda: page.model.rowCount() == COUNT, 60)
        page.table.viewport().repaint()
        opened, computed = time.perf_counter() - began, time.process_time() - computed
        wait_until(lambda: page.selection.has_curves, 60)
        drawn = time.perf_counter() - began
        group = partial(page.model.arrange, group_by="recipe")
        return [
            Figure("runs", f"opening the page, {COUNT:,} runs", opened, "s", "<= 1"),
            Figure("runs", "processor time of that", computed, "s"),
            Figure("runs", "until the curves of the newest are drawn", drawn, "s"),
            Figure("runs", "sorting by the slowest column", _slowest(page, _sorts(page.model)), "ms", "<= 100"),
            Figure("runs", "filtering with the slowest query", _slowest(page, _filters(page.model)), "ms", "<= 100"),
            Figure("runs", "grouping by recipe", _slowest(page, [group]), "ms", "<= 100"),
            Figure("runs", "selecting all runs", _slowest(page, [page.table.selectAll]), "ms"),
        ]


def _slowest(page: RunsPage, calls: list[Callable[[], object]]) -> float:
    """The slowest call's median, in milliseconds, until its rows are painted."""
    medians = []
    for call in calls:
        spent = []
        for _ in range(REPEATS):
            page.model.arrange(query=Query(), order=Order(), group_by="")
            QApplication.processEvents()
            began = time.perf_counter()
            call()
            page.table.viewport().repaint()
            spent.append((time.perf_counter() - began) * 1000)
        medians.append(quantile(spent, 0.5))
    return max(medians)


def _sorts(model: RunsModel) -> list[Callable[[], object]]:
    places = {name: place for place, name in enumerate(COLUMNS)}
    return [partial(model.sort, places[name], Qt.SortOrder.AscendingOrder) for name in SORTED]


def _filters(model: RunsModel) -> list[Callable[[], object]]:
    return [partial(model.arrange, query=Query(text)) for text in SEARCHED]

"""Every place of the window that saves a file: names are kept whole, and nothing is replaced unasked."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, QSizeF
from PySide6.QtGui import QAction, QPainter
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.core.datasets.samples.exchange import ExportFormat
from app.core.datasets.types import Dataset
from app.core.models.store import add_model, find_model
from app.core.paths import user_dir
from app.core.recipes import find_recipe
from app.core.reports.export import files_of
from app.core.reports.writing import ReportFormat
from app.core.runs.history import RunHistory
from app.ui.common.plots.card import CurveCard
from app.ui.common.plots.figure_view import FigureView
from app.ui.data.page import DataPage
from app.ui.evaluate.page import EvaluatePage
from app.ui.models.page import ModelsPage
from app.ui.network_editor.views import DiagramCard
from app.ui.recognize.page import RecognizePage
from app.ui.runs.page import RunsPage
from app.ui.settings import Settings
from tests.core.datasets.sample_hand import filled_store
from tests.core.models.stored import card, write
from tests.core.runs.made_runs import CONFIG
from tests.ui.closing import end_work
from tests.ui.data.sample_helpers import card_of, choose_from_more, settle
from tests.ui.evaluate.evaluations import few
from tests.ui.evaluate.helpers import wait
from tests.ui.file_dialog import file_dialog
from tests.ui.hand import SEVEN, click, draw, find
from tests.ui.runs.helpers import add_run

Place = Callable[[QtBot, Dataset], tuple[QWidget, Callable[[], object]]]
"""Makes a part of the window, and gives what saves there."""


class Diagonal:
    """The least that a figure is."""

    size = QSizeF(100, 50)

    def paint(self, painter: QPainter) -> None:
        painter.drawLine(QPointF(0, 0), QPointF(100, 50))


def shown(widget: QWidget) -> QWidget:
    widget.resize(1184, 646)
    widget.show()
    return widget


def trigger(page: QWidget, name: str) -> None:
    find(page, QAction, name).trigger()


def drawn(slot: str) -> Place:
    def make(_: QtBot, _bars: Dataset) -> tuple[QWidget, Callable[[], object]]:
        page = RecognizePage(Settings())
        shown(page)
        draw(page.canvas, SEVEN)
        return page, getattr(page.files, slot).trigger

    return make


def figure(_: QtBot, _bars: Dataset) -> tuple[QWidget, Callable[[], object]]:
    view = FigureView()
    view.set_figure(Diagonal(), "Diagonal")
    return shown(view), partial(click, view, "save_figure")


def curves(_: QtBot, _bars: Dataset) -> tuple[QWidget, Callable[[], object]]:
    made = CurveCard("Loss")
    return shown(made), made.save_picture


def diagram(_: QtBot, _bars: Dataset) -> tuple[QWidget, Callable[[], object]]:
    made = DiagramCard(10)
    made.show_network(find_recipe("quickstart-mnist").config)
    return shown(made), partial(click, made, "export_diagram")


def evaluated(action: str) -> Place:
    def make(qtbot: QtBot, _bars: Dataset) -> tuple[QWidget, Callable[[], object]]:
        page = EvaluatePage(load=few, patience_s=600)
        page.enter(find_model("quickstart-mnist"))
        shown(page)
        wait(page, qtbot)
        return page, partial(trigger, page, action)

    return make


def run(wanted: ReportFormat) -> Place:
    def make(qtbot: QtBot, bars: Dataset) -> tuple[QWidget, Callable[[], object]]:
        history = RunHistory(user_dir() / "runs.sqlite3")
        add_run(history, bars, CONFIG.changed(data="starter"))
        page = RunsPage(Settings(), history=history)
        shown(page)
        qtbot.waitUntil(lambda: page.stack.currentIndex() > 0)
        page.table.selectAll()
        return page, partial(page.selection.actions_bar.export_requested.emit, wanted)

    return make


def samples(qtbot: QtBot, _bars: Dataset) -> tuple[QWidget, Callable[[], object]]:
    store = filled_store()
    page = DataPage()
    shown(page)
    settle(page, qtbot)

    def save() -> None:
        qtbot.waitUntil(lambda: not card_of(page, store.name).status.is_busy)
        choose_from_more(card_of(page, store.name), ExportFormat.NPZ.words)

    return page, save


def model(_: QtBot, _bars: Dataset) -> tuple[QWidget, Callable[[], object]]:
    add_model(card("mine"), write)
    page = ModelsPage()
    shown(page)
    page.select("mine")
    return page, partial(trigger, page, "save_as_studio")


def end(part: QWidget, qtbot: QtBot) -> None:
    end_work(part, qtbot)
    part.close()
    part.deleteLater()


PLACES: dict[str, tuple[Place, str]] = {
    "drawing": (drawn("_save_action"), ".drawing.json"),
    "drawing as PNG": (drawn("_export_action"), ".png"),
    "figure": (figure, ".png"),
    "curves": (curves, ".png"),
    "diagram": (diagram, ".svg"),
    "evaluated figure": (evaluated("save_confusion_picture"), ".png"),
    "evaluated table": (evaluated("save_classes_table"), ".csv"),
    "runs as CSV": (run(ReportFormat.CSV), ".csv"),
    "runs as Markdown": (run(ReportFormat.MARKDOWN), ".md"),
    "lab report": (run(ReportFormat.HTML), ".html"),
    "Keras script": (run(ReportFormat.KERAS), ".py"),
    "samples": (samples, ".npz"),
    "model": (model, ".zip"),
}


@pytest.mark.parametrize("place", PLACES)
def test_nothing_is_replaced_unasked_and_no_name_is_cut(
    place: str, bars: Dataset, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    Settings().set_folder("save", str(folder))
    make, suffix = PLACES[place]
    part, save = make(qtbot, bars)
    old = {name: folder / f"{name}{suffix}" for name in ("five", "2024.12", "2024.12.02 seven")}
    for name in ("five", "2024.12"):
        old[name].write_bytes(b"old")
    with file_dialog("five") as hand:
        save()
    assert len(hand.questions) == 1
    with file_dialog("2024.12.02 seven") as hand:
        save()
    assert hand.questions == []
    qtbot.waitUntil(old["2024.12.02 seven"].is_file)
    assert [old[name].read_bytes() for name in ("five", "2024.12")] == [b"old", b"old"]
    with file_dialog("five", replaces=True) as hand:
        save()
    assert len(hand.questions) == 1
    qtbot.waitUntil(lambda: old["five"].read_bytes() != b"old")
    assert sorted(folder.glob(f"*{suffix}")) == sorted(old.values())
    assert not list(folder.glob(".*"))
    end(part, qtbot)


@pytest.mark.parametrize("wanted", [ReportFormat.TENSORBOARD, ReportFormat.KERAS])
def test_what_lies_beside_the_named_file_is_not_replaced_unasked(
    wanted: ReportFormat, bars: Dataset, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TensorBoard's events lie in the folder that is chosen, and the data of a script beside it."""
    page, save = run(wanted)(qtbot, bars)
    assert isinstance(page, RunsPage)
    named = tmp_path if wanted is ReportFormat.TENSORBOARD else tmp_path / "script.py"
    beside = files_of(wanted, page.table.selected, named)[-1]
    beside.parent.mkdir(exist_ok=True)
    beside.write_bytes(b"old")
    asked: list[list[Path]] = []

    def answer(_parent: QWidget, paths: list[Path]) -> bool:
        asked.append(paths)
        return len(asked) > 1

    monkeypatch.setattr("app.ui.runs.edits.may_replace", answer)
    page._choose = lambda *_: named
    save()
    assert beside.read_bytes() == b"old"
    save()
    qtbot.waitUntil(lambda: page.notice.text.startswith("Written to"))
    assert asked == [[beside]] * 2
    end(page, qtbot)

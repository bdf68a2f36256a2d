"""The Evaluate page: choose a model and data, wait or cancel."""

import threading
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, QThread
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
)
from pytestqt.qtbot import QtBot

from app.core.datasets.importing import import_folder
from app.core.datasets.sources import load_dataset
from app.core.datasets.types import Dataset
from app.core.models.store import find_model
from app.ui.evaluate.page import EvaluatePage
from tests.patience import PATIENCE_S
from tests.ui.evaluate.evaluations import add_own_model, few
from tests.ui.hand import click
from tests.ui.ways import Ways

from .helpers import SEEN, MakePage, choose, wait


def test_the_model_in_use_is_evaluated_at_once(page: EvaluatePage) -> None:
    assert page.setup.headline.accuracy.text().endswith("%")
    assert float(page.setup.headline.accuracy.text().rstrip("%")) > 90
    assert page.setup.headline.text.startswith("200 pictures in ")
    assert "calibration error" in page.setup.headline.text
    assert page.classes.model().rowCount() == 10


def test_figures_that_flatter_are_shown_with_the_reason_and_the_way_out(page: EvaluatePage, qtbot: QtBot) -> None:
    assert page.setup.caution.startswith(SEEN)
    ways = Ways.of(page)
    click(page, "get_data")
    assert ways.taken == [("show", "data")]


def test_a_fair_test_has_no_caution(make_page: MakePage, home: Path, qtbot: QtBot) -> None:
    add_own_model(home)
    page = make_page(model="mine")
    wait(page, qtbot)
    assert page.setup.caution == ""
    assert "⚠" not in page.setup.data.currentText()


def test_data_of_other_classes_cannot_be_chosen_and_says_why(page: EvaluatePage) -> None:
    box = page.setup.data
    row = next(row for row in range(box.count()) if "Fashion" in box.itemText(row))
    assert not box.model().flags(box.model().index(row, 0)) & Qt.ItemFlag.ItemIsEnabled
    expected = "'quickstart-mnist' was trained on MNIST; it does not know the classes of Fashion-MNIST."
    assert box.itemData(row, Qt.ItemDataRole.ToolTipRole) == expected


def test_data_that_is_not_here_leads_to_the_data_page(page: EvaluatePage, qtbot: QtBot) -> None:
    box = page.setup.data
    before = box.currentIndex()
    row = next(row for row in range(box.count()) if "get it…" in box.itemText(row))
    box.showPopup()
    box.view().setCurrentIndex(box.model().index(row, 0))
    ways = Ways.of(page)
    QTest.keyClick(box.view(), Qt.Key.Key_Return)
    assert ways.taken == [("show", "data")]
    assert box.currentIndex() == before


def test_the_arrows_and_the_wheel_lead_nowhere_by_accident(page: EvaluatePage, qtbot: QtBot) -> None:
    box, before = page.setup.data, page.setup.data.currentIndex()
    with qtbot.assertNotEmitted(Ways.of(page).went):
        for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Up):
            QTest.keyClick(box, key)
        place = QPointF(box.rect().center())
        down, keys = QPoint(0, -120), Qt.KeyboardModifier.NoModifier
        phase, button = Qt.ScrollPhase.NoScrollPhase, Qt.MouseButton.NoButton
        turn = QWheelEvent(place, box.mapToGlobal(place), QPoint(), down, button, keys, phase, False)
        QApplication.sendEvent(box, turn)
    assert box.currentIndex() == before


def test_another_model_brings_the_data_that_fits_it(page: EvaluatePage, qtbot: QtBot) -> None:
    choose(page, "evaluate_model", "Clothes")
    assert page.setup.data.currentText() == "⚠ Fashion-MNIST, starter: 1,000 test"
    qtbot.waitUntil(lambda: page.results.result is not None, timeout=30_000)
    assert page.results.result is not None
    assert page.results.result.evaluation.class_names[0] == "T-shirt/top"


def test_following_does_not_take_back_what_was_chosen_here(page: EvaluatePage, home: Path, qtbot: QtBot) -> None:
    add_own_model(home)
    page.hide()
    page.show()  # looks again at what there is
    choose(page, "evaluate_model", "My own")
    wait(page, qtbot)
    page.enter(find_model("quickstart-mnist"))
    chosen = page.setup.models.chosen
    assert chosen is not None
    assert chosen.card.name == "mine"
    page.enter(find_model("mine"))
    page.enter(find_model("quickstart-mnist"))
    assert page.setup.models.chosen is not None
    assert page.setup.models.chosen.card.name == "quickstart-mnist"


def test_coming_back_finds_what_was_there(page: EvaluatePage) -> None:
    result = page.results.result
    page.hide()
    page.show()
    assert page.results.result is result


def test_data_of_ones_own_is_evaluated_anew_when_it_changed(
    make_page: MakePage, home: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    starter = few("mnist", "starter").test
    np.savez(tmp_path / "own.npz", x_train=starter.images, y_train=starter.labels)
    import_folder(tmp_path / "own.npz", "own")
    add_own_model(home)
    page = make_page(load_dataset, "mine")
    choose(page, "evaluate_data", "own")
    qtbot.waitUntil(lambda: page.results.result is not None and page.results.result.request.dataset == "own")
    result = page.results.result
    page.hide()
    page.refresh_data()
    assert page.results.result is None
    assert not page._evaluations.is_busy
    page.show()
    wait(page, qtbot)
    assert page.results.result is not result


class Held:
    """Loads once it is let go."""

    def __init__(self) -> None:
        self.may_go = threading.Event()

    def __call__(self, name: str, data: str) -> Dataset:
        assert self.may_go.wait(PATIENCE_S)
        return few(name, data)


def test_cancel_stops_and_evaluate_begins_again(make_page: MakePage, qtbot: QtBot) -> None:
    held = Held()
    page = make_page(held)
    assert page.setup.headline.text == "Opening the test pictures…"
    assert page.results.message == "The network reads the test pictures…"
    click(page, "cancel_evaluation")
    assert page.setup.headline.text == "Stopping…"
    held.may_go.set()
    qtbot.waitUntil(lambda: page.setup.headline.text == "Cancelled; nothing was kept.")
    page.hide()
    page.show()
    assert not page._evaluations.is_busy
    click(page, "start_evaluation")
    wait(page, qtbot)


def test_an_answer_that_nobody_waits_for_any_more_is_not_shown(
    make_page: MakePage, home: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, shown = make_page(), list[str]()
    monkeypatch.setattr(page.results, "show_result", lambda result: shown.append(result.request.model.card.name))
    thread = page._evaluations.findChild(QThread)
    assert thread is not None
    thread.wait()  # it is ready in the very moment in which another model is chosen
    add_own_model(home)
    page.use_model("mine")
    qtbot.waitUntil(lambda: not page._evaluations.is_busy)
    assert shown == ["mine"]


def test_a_damaged_model_is_a_sentence(make_page: MakePage, home: Path, qtbot: QtBot) -> None:
    add_own_model(home)
    (home / "models" / "mine" / "model.tflite").write_bytes(b"broken")
    page = make_page(model="mine")
    qtbot.waitUntil(lambda: "is damaged; train it again" in page.setup.headline.text)
    assert page.results.message.startswith("Here you will see which classes are confused")


def test_without_any_model_the_page_says_what_to_do(
    make_page: MakePage, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    page = make_page()
    monkeypatch.setattr("app.ui.evaluate.page.list_models", lambda: ())
    page.hide()
    page.show()
    assert page.setup.headline.text.startswith("No model yet: train one on the Train page")
    assert [page.setup.models.itemText(row) for row in range(page.setup.models.count())] == ["Models…"]
    assert not page.setup.data.isEnabled()
    for box in (page.setup.models, page.setup.data):
        assert box.toolTip()
    qtbot.waitUntil(lambda: not page._evaluations.is_busy)
    assert page.setup.headline.text.startswith("No model yet")


def test_long_work_is_begun_only_when_asked_for(make_page: MakePage, qtbot: QtBot) -> None:
    page = make_page(load=load_dataset, patience_s=0)
    qtbot.waitUntil(lambda: page.setup.headline.text.startswith("1,000 test pictures: about "))
    page.hide()
    page.show()
    assert not page._evaluations.is_busy, "coming back does not begin it again"
    click(page, "start_evaluation")
    wait(page, qtbot)
    page.hide()
    page.show()
    assert page.results.result is not None

"""The Evaluate page as a person uses it: choose, wait or cancel, look, click an example, save."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QModelIndex, QPoint, QPointF, Qt, QThread, QTimer
from PySide6.QtGui import QAction, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QListView,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.core.datasets import sources
from app.core.datasets.importing import import_folder
from app.core.datasets.sources import load_dataset
from app.core.datasets.types import Dataset
from app.core.models.store import find_model
from app.core.reports.evaluation_tables import TABLES
from app.ui.pages.evaluate_export import choose_target
from app.ui.pages.evaluate_page import EvaluatePage
from app.ui.widgets.evaluate_results import Part
from app.ui.widgets.evaluate_save_menu import SaveWish
from app.ui.widgets.example_chosen import ExampleChosen
from tests.ui.evaluations import add_own_model, few

MakePage = Callable[..., EvaluatePage]
LEFT = Qt.MouseButton.LeftButton
SEEN = "'quickstart-mnist' was trained on the full set and has seen the starter test pictures"


@pytest.fixture(autouse=True)
def quiet_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No data of this machine is found."""
    monkeypatch.setattr(sources, "_SYSTEM_FOLDER", tmp_path / "system")


@pytest.fixture
def make_page(qtbot: QtBot, tmp_path: Path) -> Iterator[MakePage]:
    pages: list[EvaluatePage] = []

    def make(load: Callable[[str, str], Dataset] = few, model: str = "quickstart-mnist") -> EvaluatePage:
        page = EvaluatePage(
            load=load,
            choose_file=lambda _parent, wish, suggested: tmp_path / f"saved{'.csv' if wish.is_table else '.svg'}",
            choose_folder=lambda _parent, _suggested: tmp_path,
        )
        pages.append(page)
        page.resize(1184, 646)
        page.follow(find_model(model))
        page.show()
        return page

    yield make
    for page in pages:
        with qtbot.waitSignal(page.shut_down_finished):
            page.shut_down()
        assert not [thread for thread in page.findChildren(QThread) if thread.isRunning()]
        page.close()
        assert not [timer for timer in page.findChildren(QTimer) if timer.isActive()]
        page.deleteLater()


@pytest.fixture
def page(make_page: MakePage, qtbot: QtBot) -> EvaluatePage:
    """The quickstart network on the starter data."""
    made = make_page()
    wait(made, qtbot)
    return made


def wait(page: EvaluatePage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: page.results.result is not None)


def click(page: EvaluatePage, name: str) -> None:
    button = page.findChild(QAbstractButton, name)
    assert button is not None
    assert button.isVisible()
    assert button.isEnabled()
    QTest.mouseClick(button, LEFT)


def choose(page: EvaluatePage, name: str, text: str) -> None:
    """With the keyboard, as in any list."""
    box = page.findChild(QComboBox, name)
    assert box is not None
    box.setFocus()
    rows = [row for row in range(box.count()) if text in box.itemText(row)]
    assert rows, [box.itemText(row) for row in range(box.count())]
    for _ in range(box.count()):
        if box.currentIndex() == rows[0]:
            break
        QTest.keyClick(box, Qt.Key.Key_Down if box.currentIndex() < rows[0] else Qt.Key.Key_Up)
    assert box.currentIndex() == rows[0]


def click_first(grid: QListView) -> None:
    QTest.mouseClick(grid.viewport(), LEFT, pos=grid.visualRect(grid.model().index(0, 0)).center())


def captions(grid: QListView) -> list[str]:
    return [grid.model().index(row, 0).data() for row in range(grid.model().rowCount(QModelIndex()))]


def test_the_model_in_use_is_evaluated_at_once(page: EvaluatePage) -> None:
    assert page.setup.headline.accuracy.text().endswith("%")
    assert float(page.setup.headline.accuracy.text().rstrip("%")) > 90
    assert page.setup.headline.text.startswith("200 pictures in ")
    assert "calibration error" in page.setup.headline.text
    assert page.classes.model().rowCount() == 10


def test_figures_that_flatter_are_shown_with_the_reason_and_the_way_out(page: EvaluatePage, qtbot: QtBot) -> None:
    assert page.setup.caution.startswith(SEEN)
    with qtbot.waitSignal(page.data_page_requested):
        click(page, "get_data")


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
    with qtbot.waitSignal(page.data_page_requested):
        QTest.keyClick(box.view(), Qt.Key.Key_Return)
    assert box.currentIndex() == before


def test_the_arrows_and_the_wheel_lead_nowhere_by_accident(page: EvaluatePage, qtbot: QtBot) -> None:
    box, before = page.setup.data, page.setup.data.currentIndex()
    with qtbot.assertNotEmitted(page.data_page_requested):
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
    assert page.setup.data.currentText() == "⚠ Fashion-MNIST, starter, 1,000"
    qtbot.waitUntil(lambda: page.results.result is not None, timeout=30_000)
    assert page.results.result is not None
    assert page.results.result.evaluation.class_names[0] == "T-shirt/top"


def test_following_does_not_take_back_what_was_chosen_here(page: EvaluatePage, home: Path, qtbot: QtBot) -> None:
    add_own_model(home)
    page.hide()
    page.show()  # looks again at what there is
    choose(page, "evaluate_model", "My own")
    wait(page, qtbot)
    page.follow(find_model("quickstart-mnist"))
    chosen = page.setup.models.chosen
    assert chosen is not None
    assert chosen.card.name == "mine"
    page.follow(find_model("mine"))
    page.follow(find_model("quickstart-mnist"))
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
    page.refresh()
    assert page.results.result is None
    assert not page._jobs.is_busy
    page.show()
    wait(page, qtbot)
    assert page.results.result is not result


class Held:
    """Loads once it is let go."""

    def __init__(self) -> None:
        self.may_go = threading.Event()

    def __call__(self, name: str, data: str) -> Dataset:
        assert self.may_go.wait(20)
        return few(name, data)


def test_cancel_stops_and_evaluate_begins_again(make_page: MakePage, qtbot: QtBot) -> None:
    held = Held()
    page = make_page(held)
    assert page.setup.headline.text == "Opening the test pictures…"
    assert page.results.message == "The network reads the test pictures…"
    click(page, "cancel_evaluation")
    assert page.setup.headline.text == "Stopping…"
    held.may_go.set()
    qtbot.waitUntil(lambda: page.setup.headline.text == "Cancelled; nothing was kept of it.")
    page.hide()
    page.show()
    assert not page._jobs.is_busy
    click(page, "start_evaluation")
    wait(page, qtbot)


def test_a_damaged_model_is_a_sentence(make_page: MakePage, home: Path, qtbot: QtBot) -> None:
    add_own_model(home)
    (home / "models" / "mine" / "model.tflite").write_bytes(b"broken")
    page = make_page(model="mine")
    qtbot.waitUntil(lambda: "is damaged; train it again" in page.setup.headline.text)
    assert page.results.message.startswith("Here you will see what the network takes for what")


def test_without_any_model_the_page_says_what_to_do(
    make_page: MakePage, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    page = make_page()
    monkeypatch.setattr("app.ui.pages.evaluate_page.list_models", lambda: ())
    page.hide()
    page.show()
    assert page.setup.headline.text.startswith("No model yet: train one on the Train page")
    for box in (page.setup.models, page.setup.data):
        assert not box.isEnabled()
        assert box.toolTip()
    qtbot.waitUntil(lambda: not page._jobs.is_busy)
    assert page.setup.headline.text.startswith("No model yet")


def test_the_worst_confusion_is_chosen_and_a_click_chooses_another(page: EvaluatePage) -> None:
    assert page.results.result is not None
    evaluation, view = page.results.result.evaluation, page.results.confusion
    assert view.matrix.chosen == evaluation.confused()[0][:2]
    rect = view.matrix.geometry_now.rect_of((7, 7))
    QTest.mouseClick(view.matrix, LEFT, pos=rect.center().toPoint())
    assert view.words.startswith("True 7, read as 7: ")
    assert len(captions(view.examples)) == evaluation.confusion[7, 7]
    assert captions(view.examples)[0].startswith("✓ 7 → 7  ")


def test_the_mistakes_of_a_class_and_of_all(page: EvaluatePage) -> None:
    assert page.results.result is not None
    evaluation, mistakes = page.results.result.evaluation, page.results.mistakes
    place = page.classes.visualRect(page.classes.model().index(3, 0)).center()
    QTest.mouseClick(page.classes.viewport(), LEFT, pos=place)
    assert page.results.parts.current == Part.MISTAKES
    assert len(captions(mistakes.examples)) == len(evaluation.mistakes_with(3))
    missed = evaluation.classes[3].support - evaluation.confusion[3, 3]
    assert mistakes.words.startswith(f"3: {missed} were read as something else, ")
    click(page, "all_mistakes")
    assert len(captions(mistakes.examples)) == len(evaluation.mistakes())
    assert all(caption.startswith("✗ ") for caption in captions(mistakes.examples))
    assert not page.classes.selectionModel().hasSelection()


def chosen_by(page: EvaluatePage, qtbot: QtBot, act: Callable[[], None]) -> ExampleChosen:
    with qtbot.waitSignal(page.example_chosen) as told:
        act()
    example = told.args[0]
    assert isinstance(example, ExampleChosen)
    assert (example.preprocessing, example.model) == ("mnist-1", "quickstart-mnist")
    return example


def test_every_example_can_be_opened(page: EvaluatePage, qtbot: QtBot) -> None:
    assert page.results.result is not None
    evaluation, results = page.results.result.evaluation, page.results
    true, said, _ = evaluation.confused()[0]
    example = chosen_by(page, qtbot, lambda: click_first(results.confusion.examples))
    np.testing.assert_array_equal(example.image, evaluation.images[evaluation.examples(true, said)[0]])
    click(page, "part_mistakes")
    example = chosen_by(page, qtbot, lambda: click_first(results.mistakes.examples))
    np.testing.assert_array_equal(example.image, evaluation.images[evaluation.mistakes(1)[0]])

    def by_keyboard() -> None:
        for key in (Qt.Key.Key_Right, Qt.Key.Key_Return):
            QTest.keyClick(results.mistakes.examples, key)

    example = chosen_by(page, qtbot, by_keyboard)
    np.testing.assert_array_equal(example.image, evaluation.images[evaluation.mistakes(2)[1]])


def test_the_tutorials_plots_show_pictures_that_can_be_opened(page: EvaluatePage, qtbot: QtBot) -> None:
    assert page.results.result is not None
    evaluation, training = page.results.result.evaluation, page.results.result.training
    click(page, "part_plots")
    canvas = page.results.plots.view.canvas
    for kind, pictures in (("5 × 3", evaluation.images), ("One prediction", evaluation.images)):
        choose(page, "plot_kind", kind)
        example = chosen_by(page, qtbot, lambda: choose_first(canvas))
        np.testing.assert_array_equal(example.image, pictures[0])
    choose(page, "plot_kind", "5 × 5")
    example = chosen_by(page, qtbot, lambda: choose_first(canvas))
    np.testing.assert_array_equal(example.image, training.images[0])
    wrong_only = page.findChild(QCheckBox, "plot_wrong_only")
    assert wrong_only is not None
    assert not wrong_only.isEnabled()
    choose(page, "plot_kind", "One prediction")
    QTest.mouseClick(wrong_only, LEFT, pos=QPoint(8, wrong_only.height() // 2))
    example = chosen_by(page, qtbot, lambda: choose_first(canvas))
    np.testing.assert_array_equal(example.image, evaluation.images[evaluation.mistakes()[0]])
    first = page.findChild(QSpinBox, "plot_first")
    assert first is not None
    QTest.keyClick(first, Qt.Key.Key_Up)
    example = chosen_by(page, qtbot, lambda: choose_first(canvas))
    np.testing.assert_array_equal(example.image, evaluation.images[evaluation.mistakes()[1]])


def choose_first(canvas: QWidget) -> None:
    canvas.setFocus()
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Return):
        QTest.keyClick(canvas, key)


def test_calibration_is_told_in_words_and_by_its_bins(page: EvaluatePage) -> None:
    click(page, "part_calibration")
    assert page.results.calibration.words.startswith("On average, how sure the network is and how often it is right")
    spoken = page.results.calibration.plot.accessibleDescription().splitlines()
    assert page.results.result is not None
    bins = [part for part in page.results.result.evaluation.calibration if part.count]
    assert len(spoken) == len(bins)
    assert spoken[-1].startswith(f"93% to 100% sure: {bins[-1].count} pictures, ")
    assert not page.results.calibration.grab().isNull()


def test_every_part_fits_the_smallest_window(page: EvaluatePage) -> None:
    page.resize(928, 566)
    for part in Part:
        page.results.turn_to(part)
        for kind in range(page.results.plots.kinds.count() if part is Part.PLOTS else 1):
            page.results.plots.kinds.setCurrentIndex(kind)
            assert page.minimumSizeHint().width() <= 928, (part, kind)
            assert page.minimumSizeHint().height() <= 566, (part, kind)


def trigger(page: EvaluatePage, name: str) -> None:
    action = page.findChild(QAction, name)
    assert action is not None
    action.trigger()


def test_a_figure_and_a_table_are_saved(page: EvaluatePage, tmp_path: Path, qtbot: QtBot) -> None:
    assert page.results.result is not None
    trigger(page, "save_confusion_picture")
    qtbot.waitUntil(lambda: page.notice.text == f"Saved as {tmp_path / 'saved.svg'}.")
    assert b"<svg" in (tmp_path / "saved.svg").read_bytes()
    trigger(page, "save_classes_table")
    qtbot.waitUntil(lambda: page.notice.text == f"Saved as {tmp_path / 'saved.csv'}.")
    assert (tmp_path / "saved.csv").read_text() == TABLES["classes.csv"](page.results.result.evaluation)


def test_every_entry_of_the_menu_can_be_written(page: EvaluatePage, tmp_path: Path, qtbot: QtBot) -> None:
    wishes = [action.data() for action in page.results.save.menu().actions() if isinstance(action.data(), SaveWish)]
    assert len(wishes) == 11
    for wish in wishes:
        path = tmp_path / f"saved{'.csv' if wish.is_table else '.svg'}"
        path.unlink(missing_ok=True)
        page.notice.hide()
        page.results.save.save_requested.emit(wish)
        qtbot.waitUntil(lambda: page.notice.text.startswith("Saved as"))
        assert path.stat().st_size > 100, wish


def test_everything_goes_into_a_folder_of_its_own(page: EvaluatePage, tmp_path: Path, qtbot: QtBot) -> None:
    folder = tmp_path / "quickstart-mnist on mnist starter"
    folder.mkdir()  # as an earlier save left it: nothing in it is replaced
    trigger(page, "save_everything")
    qtbot.waitUntil(lambda: page.notice.text.startswith("Saved 24 files in "), timeout=20_000)
    assert not list(folder.iterdir())
    files = {path.name: path for path in folder.with_name(f"{folder.name}-2").iterdir()}
    assert len(files) == 24
    assert set(files) > set(TABLES)
    assert set(files) > {
        "classes.svg",
        "cell.png",
        "confusion.png",
        "mistakes.svg",
        "calibration.png",
        "plot-predictions.svg",
        "plot-pixels.png",
    }
    for name in ("confusion.png", "calibration.png", "plot-prediction.png"):
        with Image.open(files[name]) as image:
            assert image.width > 400, name


def test_a_name_of_another_kind_becomes_that_of_a_table(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, qtbot: QtBot
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    (tmp_path / "net v1.2.csv").touch()
    wish, suggested = SaveWish("classes", True), tmp_path / "classes.csv"
    for typed, expected in (
        ("", None),
        ("a.csv", "a.csv"),
        ("a.CSV", "a.CSV"),
        ("a", "a.csv"),
        ("net v1.2", "net v1.2-2.csv"),
    ):
        answer = (str(tmp_path / typed) if typed else "", "")
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, answer=answer: answer)
        assert choose_target(parent, wish, suggested) == (tmp_path / expected if expected else None)


def test_an_answer_that_nobody_waits_for_any_more_is_not_shown(page: EvaluatePage, home: Path) -> None:
    result = page.results.result
    assert result is not None
    add_own_model(home)
    page.use_model("mine")
    page._on_ended(result)  # it was ready in the very moment in which another model was chosen
    assert page.results.result is None


def test_a_place_that_refuses_is_a_sentence(page: EvaluatePage, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "saved.csv").mkdir()
    with qtbot.waitSignal(page.failed) as told:
        trigger(page, "save_classes_table")
    assert "saved.csv" in told.args[0]
    assert page.notice.text == ""


def test_everything_is_reached_with_the_keyboard(page: EvaluatePage) -> None:
    page.activateWindow()
    page.setup.models.setFocus()
    reached: list[str] = []
    for _ in range(14):
        focused = page.focusWidget()
        assert focused is not None
        assert focused.accessibleName() or getattr(focused, "text", str)(), focused.objectName()
        reached.append(focused.objectName() or type(focused).__name__)
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    wanted = {
        "evaluate_model",
        "evaluate_data",
        "get_data",
        "classes",
        "save_evaluation",
        "ConfusionMatrix",
        "examples",
    }
    assert not wanted - set(reached)

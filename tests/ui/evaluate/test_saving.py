"""The Evaluate page: save figures and tables."""

from functools import partial
from pathlib import Path

from PIL import Image
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from app.core.reports.evaluation_tables import TABLES
from app.ui.common.messages import Messages
from app.ui.evaluate.export import SaveWish
from app.ui.evaluate.page import EvaluatePage
from tests.ui.evaluate.evaluations import add_own_model

from .helpers import wait


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
    assert (tmp_path / "saved.csv").read_text(encoding="utf-8-sig") == TABLES["classes.csv"](
        page.results.result.evaluation
    )


def test_what_was_saved_is_no_news_after_another_choice_or_page(page: EvaluatePage, home: Path, qtbot: QtBot) -> None:
    add_own_model(home)
    for act in (page.hide, partial(page.use_model, "mine")):
        page.show()
        wait(page, qtbot)
        trigger(page, "save_classes_table")
        qtbot.waitUntil(lambda: page.notice.text.startswith("Saved as"))
        act()
        assert page.notice.text == ""
    wait(page, qtbot)


def test_every_entry_of_the_menu_can_be_written(page: EvaluatePage, tmp_path: Path, qtbot: QtBot) -> None:
    wishes = [action.data() for action in page.results.save.menu().actions() if isinstance(action.data(), SaveWish)]
    assert len(wishes) == 12
    assert wishes.pop(5) == SaveWish("map", False)  # there is none before it is looked at
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
    qtbot.waitUntil(lambda: page.notice.text == f"Saved 24 files in {folder}-2.", timeout=20_000)
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


def test_a_place_that_refuses_is_a_sentence(page: EvaluatePage, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "saved.csv").mkdir()
    with qtbot.waitSignal(Messages.of(page).changed) as told:
        trigger(page, "save_classes_table")
    assert "saved.csv" in told.args[0].text
    assert page.notice.text == ""

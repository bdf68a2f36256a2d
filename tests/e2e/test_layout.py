"""The window on every screen, and with wider text: nothing is cut, what does not fit scrolls, Train stays in reach."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.core.runs.events import EndReason, RunEnded
from app.core.runs.progress import Progress
from app.ui.launch import open_window
from app.ui.main_window import SMALLEST_SIZE, MainWindow, first_place
from app.ui.network_editor.editor import NetworkEditor
from app.ui.search.worker import SearchThread
from app.ui.train.progress import AFTER_END, AFTER_STOP
from app.ui.train.worker import TrainingThread
from tests.ui.layout import cut_texts, settle, wider_text

FULL_HD_AT_200 = QSize(944, 500)
"""What the smallest screen that counts leaves inside the window's frame."""
SIZES = (FULL_HD_AT_200, QSize(1264, 680), QSize(1920, 1040), QSize(3840, 2120))
PAGES = ("recognize", "train", "search", "evaluate", "runs", "data", "models")


@pytest.fixture(scope="module", params=[100, 115])
def window(
    request: pytest.FixtureRequest, qapp: QApplication, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MainWindow]:
    """With text as it is, and wider. Nothing is trained here: TensorFlow is not loaded."""
    with pytest.MonkeyPatch.context() as patch, wider_text(qapp, request.param):
        patch.setenv("SOFTMAX_STUDIO_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setattr(TrainingThread, "prepare", lambda _self: None)
        patch.setattr(SearchThread, "prepare", lambda _self: None)
        _, made = open_window(["softmax-studio"])
        yield made
        made.close()
        while made.isVisible():  # what is under way ends first
            QTest.qWait(20)
        made.deleteLater()


def visit(window: MainWindow, page: str) -> QWidget:
    window.show_page("train" if page == "search" else page)
    if page == "search":
        press = window.page("train").findChild(QPushButton, "try_several")
        assert press is not None
        press.click()
    settle()
    shown = window.stack.currentWidget()
    assert shown is not None
    return shown


def sideways(window: MainWindow) -> int:
    """How far one can scroll to the right."""
    return window._frame.page_scroll.horizontalScrollBar().maximum()


def is_whole(widget: QWidget) -> bool:
    """Whether all of it can be seen, without scrolling."""
    return widget.visibleRegion().boundingRect() == widget.rect()


def test_no_word_is_cut_on_any_page_at_any_size(window: MainWindow) -> None:
    for page in PAGES:
        visit(window, page)
        for size in SIZES:
            window.resize(size)
            settle()
            assert window.size() == size
            assert cut_texts(window) == [], f"{page} at {size.toTuple()}"


def test_what_one_needs_most_is_in_sight_on_the_smallest_screen(window: MainWindow) -> None:
    for size in (FULL_HD_AT_200, SMALLEST_SIZE):
        window.resize(size)
        train = visit(window, "train")
        assert window.size() == size
        for name in ("train", "pause", "stop"):
            button = train.findChild(QPushButton, name)
            assert button is not None
            assert is_whole(button), f"{name} at {size.toTuple()}"
        visit(window, "recognize")
        assert is_whole(window.recognize.chooser)
        window.help.offer.hide()


def test_the_editor_of_networks_fits_a_small_window(window: MainWindow) -> None:
    window.resize(FULL_HD_AT_200)
    train = visit(window, "train")
    edit = train.findChild(QPushButton, "edit_network")
    assert edit is not None
    edit.click()
    settle()
    editor = window.findChild(NetworkEditor)
    assert editor is not None
    assert editor.width() < window.width()
    assert editor.height() < window.height()
    assert cut_texts(editor) == []
    editor.reject()


def test_no_page_scrolls_sideways_where_it_must_not(window: MainWindow, qtbot: QtBot) -> None:
    for size in (FULL_HD_AT_200, QSize(1024, 640)):
        window.resize(size)
        for page in PAGES:
            visit(window, page)
            # A page that lays itself out anew for a smaller window may need a moment.
            qtbot.waitUntil(lambda: sideways(window) == 0)


def test_in_the_smallest_window_paper_answer_and_network_input_are_in_sight(window: MainWindow, qtbot: QtBot) -> None:
    parts = (window.recognize.canvas, window.recognize.bars, window.recognize.input)
    for size in (SMALLEST_SIZE, QSize(1264, 680), SMALLEST_SIZE):
        window.resize(size)
        visit(window, "recognize")
        window.help.offer.hide()
        qtbot.waitUntil(lambda: sideways(window) == 0)
        qtbot.waitUntil(lambda: all(part.visibleRegion().boundingRect().height() > 40 for part in parts))


def test_the_end_of_a_run_makes_the_train_page_no_wider(window: MainWindow) -> None:
    visit(window, "train")
    view = window.page("train")._view
    for size in (FULL_HD_AT_200, QSize(1024, 640)):
        window.resize(size)
        view.progress.show_progress(Progress(299, 300, 1874, 1875, 0.99, 3720.0, 130.0))
        settle()
        assert sideways(window) == 0
        view.progress.show_ended(RunEnded(EndReason.EARLY_STOPPED, "", 300, 287, 3720.0), None)
        for steps in (AFTER_STOP, AFTER_END):
            view.progress.steps.offer(steps)
            settle()
            assert sideways(window) == 0
            assert cut_texts(window) == []
        view.progress.show_idle()


def test_pages_scroll_to_all_that_does_not_fit(window: MainWindow) -> None:
    window.resize(SMALLEST_SIZE)
    for page in PAGES:
        shown = visit(window, page)
        assert shown.width() >= shown.minimumSizeHint().width()
        assert shown.height() >= shown.minimumSizeHint().height()
        window._frame.page_scroll.ensureVisible(shown.width(), shown.height(), 0, 0)
        settle()
        assert shown.visibleRegion().contains(shown.rect().bottomRight()), page


@pytest.mark.parametrize("screen", [QRect(0, 0, 960, 540), QRect(0, 27, 1280, 693), QRect(70, 0, 1850, 1080)])
def test_the_first_window_fits_the_screen_with_its_frame(screen: QRect) -> None:
    place = first_place(screen)
    around = place.adjusted(0, 0, 16, 40)  # as wide as any desktop's frame
    assert screen.contains(around)
    assert place.size() == QSize(1280, 720).boundedTo(screen.size() - QSize(16, 40))


def test_on_a_screen_that_is_too_small_the_title_stays_in_sight() -> None:
    assert first_place(QRect(0, 20, 640, 400)).topLeft().toTuple() == (0, 20)

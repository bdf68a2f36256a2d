"""A lesson followed with mouse and keyboard in the real window."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.core.datasets.sources import load_dataset
from app.core.lessons.happenings import Action, Deed
from app.core.lessons.library import load_lessons, own_lessons_dir
from app.core.lessons.progress import Done
from app.core.recipes import find_recipe
from app.core.runs.history import RunHistory
from app.ui import theme
from app.ui.common.layout import FitScroll
from app.ui.common.window_object import Changes, Happenings
from app.ui.lessons.page import LessonsPage
from app.ui.lessons.picture import PictureView
from app.ui.main_window import MainWindow
from app.ui.train.setup import RunSetup
from tests.ui.hand import SEVEN, SLOW_MS, button, click, draw, find
from tests.ui.layout import cut_texts, settle
from tests.ui.runs.helpers import add_run


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    made = MainWindow()
    qtbot.addWidget(made)
    made.show()
    made.show_page("lessons")
    return made


def lessons(window: MainWindow) -> LessonsPage:
    page = window.page("lessons")
    assert isinstance(page, LessonsPage)
    return page


def open_lesson(window: MainWindow, lesson_id: str) -> LessonsPage:
    page = lessons(window)
    lesson = page.course.library.find(lesson_id)
    assert lesson is not None
    page.list.go_to(lesson)
    settle()
    return page


def open_lesson_id(window: MainWindow) -> str:
    lesson = lessons(window).course.lesson
    return lesson.id if lesson is not None else ""


def guide_words(window: MainWindow) -> str:
    return find(lessons(window).guide, QLabel, "guide_words").text()


def test_the_first_lesson_is_open_and_the_arrow_keys_open_others(window: MainWindow) -> None:
    page = lessons(window)
    first, second, *_ = page.course.library.lessons
    assert page.course.lesson is first
    QTest.keyClick(page.list, Qt.Key.Key_Down)
    assert page.course.lesson is second
    assert page.view is not None
    assert page.view.lesson is second


def test_a_drawing_does_a_task_and_the_line_above_the_page_goes_on(window: MainWindow, qtbot: QtBot) -> None:
    page = open_lesson(window, "01-softmax-and-doubt")
    assert page.view is not None
    window.help.offer_tour()
    assert window.help.offer.isVisible()
    click(page.view.tasks[0], "prepare_0")
    assert window.stack.currentWidget() is window.recognize
    assert page.guide.isVisible()
    assert not window.help.offer.isVisible()  # one line at a time
    assert "clear 7" in guide_words(window)
    click(page.guide, "guide_hint")
    assert "clear the paper" in guide_words(window)
    draw(window.recognize.canvas, SEVEN)
    qtbot.waitUntil(lambda: "between a 4 and a 9" in guide_words(window), timeout=SLOW_MS)
    assert guide_words(window).startswith("✓ *Digits CNN read 7 with ")
    click(page.guide, "guide_back")
    assert not page.guide.isVisible()
    assert "read 7 with" in page.view.tasks[0].words.text()


def test_looking_at_an_answer_counts_once_there_is_one(window: MainWindow, qtbot: QtBot) -> None:
    page, card = open_lesson(window, "17-convolutions"), window.recognize.prediction
    window.show_page("recognize")
    heard = list[object]()
    Happenings.of(page).happened.connect(heard.append)
    for view in ("softmax", "inside"):
        click(card, view)
    assert heard == []
    draw(window.recognize.canvas, SEVEN)
    model = window.recognize.chooser.chosen
    assert model is not None
    looked = [Deed(action, model.card.name) for action in (Action.LOOKED_INSIDE, Action.SHOWED_SOFTMAX)]
    qtbot.waitUntil(lambda: heard[1:] == looked, timeout=SLOW_MS)
    click(card, "why")
    assert Deed(Action.EXPLAINED, model.card.name) in heard


def test_what_is_there_already_counts_once_one_turns_to_it(window: MainWindow, qtbot: QtBot) -> None:
    """Whoever is asked to do what has just been done sees it done, and does not wonder why not."""
    window.show_page("recognize")
    draw(window.recognize.canvas, SEVEN)
    qtbot.waitUntil(lambda: window.recognize.answer.text.startswith("7"), timeout=SLOW_MS)
    click(window.recognize.prediction, "inside")
    history, data = RunHistory(), load_dataset("mnist", "starter")
    runs = window.page("runs")
    for _ in range(2):
        add_run(history, data, find_recipe("textbook-hidden").config, epochs=60)
    runs.show_runs((1, 2))
    qtbot.waitUntil(lambda: len(runs.selection.compared) == 2, timeout=SLOW_MS)
    window.show_page("lessons")
    page = open_lesson(window, "01-softmax-and-doubt")
    page.course.repeat()
    settle()
    heard = list[object]()
    Happenings.of(page).happened.connect(heard.append)
    assert page.view is not None
    click(page.view.tasks[0], "prepare_0")
    assert guide_words(window).startswith("✓ *Digits CNN read 7 with ")
    assert Deed(Action.LOOKED_INSIDE, "digits-cnn") in heard
    window.show_page("runs")
    assert isinstance(heard[-1], Deed)
    assert heard[-1].action is Action.COMPARED_RUNS


def test_runs_of_the_history_do_tasks_and_are_shown(window: MainWindow, qtbot: QtBot) -> None:
    page = open_lesson(window, "03-perceptron")
    view = page.view
    assert view is not None
    assert not view.seen.isVisible()
    prepare = view.lesson.task[0].prepare
    assert prepare is not None
    assert prepare.config is not None
    add_run(RunHistory(), load_dataset("mnist", "starter"), prepare.config, epochs=120, test_accuracy=0.89)
    Changes.of(page).runs_changed.emit()
    qtbot.waitUntil(view.seen.isVisible, timeout=SLOW_MS)
    assert view.tasks[0].words.text() == "Done by textbook-perceptron #1."
    cells = [view.seen.table.model().index(0, column).data() for column in (0, 1, 5)]
    assert cells == [
        "textbook-perceptron #1",
        "120",
        "89.00%",
    ]
    click(page, "repeat_lesson")
    assert page.view is not None
    assert not page.view.seen.isVisible()
    assert page.course.next_task == 0


def test_a_run_that_has_only_the_number_of_one_that_did_a_task_is_not_named(window: MainWindow, qtbot: QtBot) -> None:
    page = open_lesson(window, "03-perceptron")
    assert page.course.lesson is not None
    minutes_ago = Done(when=datetime.now(UTC) - timedelta(minutes=5), runs=(1,))  # runs know when only to the second
    page.course.progress._change(page.course.lesson, lambda _before: {"done": {0: minutes_ago}})
    add_run(RunHistory(), load_dataset("mnist", "starter"))  # in a history that was made anew
    with qtbot.waitSignal(page.course.runs_read):
        Changes.of(page).runs_changed.emit()
    assert page.course.runs_of(0) == ()
    assert page.course.trained_models == []


def test_a_run_that_does_not_count_is_told_of_and_the_next_lesson_follows(window: MainWindow, qtbot: QtBot) -> None:
    page = open_lesson(window, "18-wide-and-deep")
    assert page.view is not None
    qtbot.waitUntil(lambda: "lab-cnn" not in guide_words(window), timeout=SLOW_MS)
    window.show_page("recognize")
    page.guide.show()
    data, history = load_dataset("mnist", "starter"), RunHistory()
    for task in page.view.lesson.task[:2]:
        assert task.config is not None
        add_run(history, data, task.config.changed(batch_size=7), epochs=2)
        Changes.of(page).runs_changed.emit()
        qtbot.waitUntil(lambda: "does not count: it has batch size 7." in guide_words(window), timeout=SLOW_MS)
        add_run(history, data, task.config, epochs=2)
        Changes.of(page).runs_changed.emit()
        qtbot.waitUntil(lambda: guide_words(window).startswith("✓ *Done by lab-"), timeout=SLOW_MS)
    window.show_page("lessons")
    assert not button(page.view, "next_lesson").isVisible()
    click(page.view.tasks[2], "prepare_2")
    qtbot.waitUntil(lambda: "**Wide and deep** is done." in guide_words(window), timeout=SLOW_MS)
    click(page.guide, "guide_back")
    click(page.view, "next_lesson")
    assert page.course.lesson is not None
    assert page.course.lesson.title == "When more is worse"
    assert window.focusWidget() is page.list


def test_what_needs_the_network_of_the_lesson_asks_to_train_it_first(window: MainWindow) -> None:
    page = open_lesson(window, "03-perceptron")
    assert page.view is not None
    click(page.view.tasks[1], "prepare_1")
    assert window.stack.currentWidget() is page
    assert window.messages.current is not None
    assert "do the task before this one first" in window.messages.current.text


def test_the_button_of_a_task_fills_in_the_form(tensorflow: None, window: MainWindow) -> None:
    page = open_lesson(window, "08-learning-rates")
    assert page.view is not None
    click(page.view.tasks[2], "prepare_2")
    assert window.stack.currentWidget() is window.page("train")
    setup = find(window.stack, RunSetup)
    config = setup.config()
    assert (config.optimizer, config.learning_rate, config.epochs) == ("sgd", 10.0, 10)
    assert window.focusWidget() is setup.buttons.train
    assert guide_words(window).startswith("Train with a learning rate of 10, ")  # though another comes first
    page.course.mark(2)
    click(page.guide, "guide_prepare")
    assert setup.config().learning_rate == 0.001
    assert guide_words(window) == "Train with a learning rate of 0.001. The form is filled in: click *Train*."
    assert not page.guide.prepare.isVisible()
    Happenings.of(page).happened.emit(Deed(Action.BEGAN_RUN))
    assert guide_words(window) == "Train with a learning rate of 0.001. It trains now: watch the curves."
    page.course.mark(0)
    assert not page.guide.prepare.isVisible()  # the form is locked
    page.course.runs_read.emit()
    assert page.guide.prepare.isVisible()


def test_a_task_without_a_check_is_done_by_hand_and_leaving_puts_the_line_away(window: MainWindow) -> None:
    page = open_lesson(window, "20-confusion-matrix")
    assert page.view is not None
    assert not button(page.view.tasks[0], "done_0").isVisible()
    words = [task.prepare.text() for task in page.view.tasks[:2]]
    assert words == ["Evaluate it", "Go to Evaluate"]
    click(page.view.tasks[2], "prepare_2")
    assert page.guide.isVisible()
    click(page.guide, "guide_done")  # nobody has to go back for that
    assert 2 in page.course.done.done
    assert not page.guide.done.isVisible()
    page.course.repeat()
    window.show_page("lessons")
    settle()
    click(page.view.tasks[2], "done_2")
    assert 2 in page.course.done.done
    window.show_page("evaluate")
    click(page.guide, "guide_leave")
    assert not page.guide.isVisible()


def test_an_open_lesson_is_still_open_after_a_restart_until_it_is_left(window: MainWindow, qtbot: QtBot) -> None:
    def restarted() -> MainWindow:
        again = MainWindow()
        qtbot.addWidget(again)
        again.show()
        return again

    page = open_lesson(window, "20-confusion-matrix")
    assert page.view is not None
    window.show_page("runs")
    assert not page.guide.isVisible()  # no task was begun
    assert not restarted().isAncestorOf(page.guide)
    window.show_page("lessons")
    click(page.view.tasks[0], "prepare_0")
    assert page.guide.isVisible()
    again = restarted()
    guide = lessons(again).guide
    assert again.stack.currentWidget() is again.page("evaluate")
    assert guide.isVisible()
    assert guide_words(again) == guide_words(window)
    click(guide, "guide_back")
    assert not guide.isVisible()
    assert open_lesson_id(again) == "20-confusion-matrix"
    again.show_page("runs")
    click(guide, "guide_leave")
    third = restarted()
    assert third.findChild(LessonsPage) is None  # nor does it take time
    third.show_page("lessons")
    assert open_lesson_id(third) == "20-confusion-matrix"


def test_a_question_that_was_answered_stays_marked_until_the_lesson_is_begun_again(window: MainWindow) -> None:
    def mark(page: LessonsPage) -> str:
        assert page.view is not None
        return find(page.view, QLabel, "question_mark_1").text()

    page = open_lesson(window, "01-softmax-and-doubt")
    assert page.view is not None
    assert (mark(page), button(page.view, "reveal_1").text()) == ("?", "Show the answer")
    click(page.view, "reveal_1")
    assert (mark(page), button(page.view, "reveal_1").text()) == ("✓", "Hide the answer")
    open_lesson(window, "02-labels-and-losses")
    open_lesson(window, "01-softmax-and-doubt")
    assert mark(page) == "✓"
    assert page.course.done.answered == {1}
    click(page.view, "reveal_1")
    assert mark(page) == "✓"
    click(page.view, "repeat_lesson")
    assert mark(page) == "?"


def test_a_broken_lesson_of_a_teacher_is_named(qtbot: QtBot) -> None:
    own_lessons_dir().mkdir(parents=True)
    (own_lessons_dir() / "mine.toml").write_text("title = 3")
    page = LessonsPage()
    qtbot.addWidget(page)
    assert page.notice.text.startswith("The lesson mine.toml cannot be used: ")


@pytest.mark.parametrize("scheme", [theme.Scheme.LIGHT, theme.Scheme.DARK])
def test_the_pictures_of_the_course_are_painted_in_the_colours_of_the_window(
    qtbot: QtBot, qapp: QApplication, scheme: theme.Scheme
) -> None:
    shown = [(lesson.folder / each.file, each.caption) for lesson in load_lessons().lessons for each in lesson.picture]
    assert len(shown) >= 10
    theme.apply_theme(qapp, scheme)
    known = {value for value in vars(theme.LIGHT).values() if isinstance(value, str)}
    for path, caption in shown:
        view = PictureView(path, caption)
        qtbot.addWidget(view)
        view.resize(640, view.sizeHint().height())
        assert view.caption.text() == caption
        assert set(re.findall("#[0-9A-Fa-f]{6}", path.read_text(encoding="utf-8"))) <= known
        painted = view.grab().toImage()
        colours = {
            painted.pixelColor(x, y).name().upper() for x in range(0, 640, 2) for y in range(painted.height() - 30)
        }
        assert theme.colours().accent in colours or theme.colours().accent_soft in colours


def test_a_picture_of_a_teacher_is_made_smaller_and_a_damaged_one_is_named(qtbot: QtBot, tmp_path: Path) -> None:
    Image.new("RGB", (600, 300), "red").save(tmp_path / "red.png")
    view = PictureView(tmp_path / "red.png", "Red.")
    qtbot.addWidget(view)
    view.resize(300, 200)
    assert view.heightForWidth(300) < 200
    assert view.grab().toImage().pixelColor(290, 140).name() == "#ff0000"
    huge = b"<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1000000000'/>"
    broken = {"no.svg": b"no picture", "empty.png": b"", "odd.svg": b"\xff\xfe<svg/>", "huge.svg": huge}
    for name, content in broken.items():
        (tmp_path / name).write_bytes(content)
        view = PictureView(tmp_path / name, "Words.")
        qtbot.addWidget(view)
        assert name in view.caption.text()


def test_a_lesson_is_opened_at_its_beginning(window: MainWindow) -> None:
    page = open_lesson(window, "03-perceptron")
    assert page.view is not None
    bar = find(page, FitScroll).verticalScrollBar()
    bar.setValue(bar.maximum())
    assert bar.value() > 0
    QTest.keyClick(page.list, Qt.Key.Key_Down)
    settle()
    assert bar.value() == 0


@pytest.mark.parametrize("size", [(1280, 720), (800, 440)])
def test_no_text_is_cut(window: MainWindow, size: tuple[int, int]) -> None:
    window.resize(*size)
    page = lessons(window)
    for lesson in page.course.library.lessons[:3]:
        page.list.go_to(lesson)
        settle()
        assert cut_texts(page) == []

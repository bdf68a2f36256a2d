"""Help in the real window: F1, the words of the field, every key, and the tour of a newcomer."""

import re
import threading
from collections.abc import Callable
from html import unescape

import pytest
from PySide6.QtCore import QEvent, QRect, QSize, Qt, QUrl
from PySide6.QtGui import QAction, QHelpEvent, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QToolButton, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from app.core.errors import StudioError
from app.core.log import log_file
from app.core.recipes import find_recipe
from app.ui.help import about, help_window
from app.ui.help.about import about_plain_text
from app.ui.help.help_window import HelpWindow, glossary_text, keys_text, topics
from app.ui.help.tour import beside
from app.ui.main_window import MainWindow
from app.ui.settings import Settings
from tests.e2e.train_helpers import TRAINING_MS
from tests.patience import PATIENCE_S
from tests.ui.hand import LEFT, SEVEN, click, draw


def listed_keys() -> set[str]:
    return {unescape(key) for key in re.findall("<b>(.*?)</b>", keys_text())}


def rest_on(widget: QWidget) -> str:
    """The tool tip that the mouse gets when it rests on the middle of the widget."""
    middle = widget.rect().center()
    event = QHelpEvent(QEvent.Type.ToolTip, middle, widget.mapToGlobal(middle))
    QApplication.sendEvent(widget, event)
    return QToolTip.text() if event.isAccepted() else ""


def test_f1_opens_help_on_the_page_that_is_seen(window: MainWindow) -> None:
    window.show_page("runs")
    QTest.keyClick(window, Qt.Key.Key_F1)
    shown = window.help.help_window
    assert shown is not None
    assert shown.isVisible()
    assert shown.topic == "runs"
    assert "lab report" in shown.text.toPlainText()
    shown.close()
    QTest.mouseClick(next(b for b in window.rail.findChildren(QToolButton) if b.accessibleName() == "Help"), LEFT)
    assert shown.isVisible()


def test_every_topic_has_a_text(qtbot: QtBot) -> None:
    shown = HelpWindow()
    qtbot.addWidget(shown)
    shown.show()
    for name, title in topics().items():
        shown.show_topic(name)
        assert title in shown.text.toPlainText() or name == "about"
        assert len(shown.text.toPlainText()) > 200


def test_the_glossary_is_searched_while_one_types(qtbot: QtBot) -> None:
    shown = HelpWindow()
    qtbot.addWidget(shown)
    shown.open_at("glossary")
    QTest.keyClicks(shown.search, "softmax")
    assert "Softmax turns the logits" in shown.text.toPlainText()
    assert "dropout" not in shown.text.toPlainText()
    assert "No term matches" in glossary_text("xyzzy")


def test_about_tells_versions_to_copy(qtbot: QtBot) -> None:
    shown = HelpWindow()
    qtbot.addWidget(shown)
    shown.open_at("about")
    assert "PySide6_Essentials" in shown.text.toPlainText()
    QTest.mouseClick(shown.copy, LEFT)
    assert QApplication.clipboard().text() == about_plain_text()
    assert "The end of the log" not in about_plain_text()
    log_file().parent.mkdir(parents=True)
    log_file().write_text("what went wrong")
    assert about_plain_text().endswith("The end of the log:\nwhat went wrong")


def test_components_are_found_by_name_and_licence_and_their_licences_are_read(qtbot: QtBot) -> None:
    shown = HelpWindow()
    qtbot.addWidget(shown)
    shown.open_at("about")
    QTest.keyClicks(shown.search, "ofl")
    assert "Pretendard" in shown.text.toPlainText()
    assert "numpy" not in shown.text.toPlainText()
    shown.text.anchorClicked.emit(QUrl("licence:Pretendard"))
    assert "SIL OPEN FONT LICENSE" in shown.text.toPlainText()
    shown.text.anchorClicked.emit(QUrl("licence:"))
    assert "Made with" in shown.text.toPlainText()
    QTest.keyClicks(shown.search, "xyzzy")
    assert "Nothing that it is made of matches" in shown.text.toPlainText()
    shown.show_topic("glossary")
    assert shown.search.text() == ""


def test_a_build_without_an_address_does_not_offer_to_ask_for_a_newer_version(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (about, help_window):
        monkeypatch.setattr(module, "release_address", lambda: "")
    shown = HelpWindow()
    qtbot.addWidget(shown)
    shown.open_at("about")
    assert shown.copy.isVisible()
    assert not shown.check.isVisible()
    assert "this build names no address to ask" in shown.text.toPlainText()


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where newer versions are told."""
    for module in (about, help_window):
        monkeypatch.setattr(module, "release_address", lambda: "https://example.org/versions.json")


@pytest.mark.usefixtures("address")
def test_a_newer_version_is_asked_for_on_request_alone(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[str | StudioError] = ["9.9", "", StudioError("The network is away.")]
    asked: list[str] = []

    def newer(_check: Callable[[], None]) -> str:
        asked.append("")
        answer = answers[len(asked) - 1]
        if isinstance(answer, StudioError):
            raise answer
        return answer

    monkeypatch.setattr(about, "newer_version", newer)
    shown = HelpWindow()
    qtbot.addWidget(shown)
    shown.open_at("about")
    assert not asked
    for said in ("Version 9.9 is out", "You have the newest version", "The network is away. You have version"):
        QTest.mouseClick(shown.check, LEFT)
        qtbot.waitUntil(lambda said=said: shown.version.text().startswith(said))  # type: ignore[misc]
    assert shown.check.text() == "Check for a newer version"


@pytest.mark.usefixtures("address")
def test_the_question_for_a_newer_version_can_be_cancelled(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()
    monkeypatch.setattr(about, "newer_version", lambda _check: str(go_on.wait(PATIENCE_S)))
    shown = HelpWindow()
    qtbot.addWidget(shown)
    shown.open_at("about")
    QTest.mouseClick(shown.check, LEFT)
    assert (shown.check.text(), shown.version.text()) == ("Cancel the check", "Asking…")
    QTest.mouseClick(shown.check, LEFT)
    assert shown.version.text().startswith("You have version")
    go_on.set()


@pytest.mark.parametrize(
    ("cards", "in_use", "has_cuda", "said"),
    [
        ((), None, False, "on the processor"),
        (("NVIDIA T4",), None, True, "on the graphics card (NVIDIA T4) if TensorFlow can use it."),
        (("NVIDIA T4",), None, False, 'install the program with its extra “gpu”: pip install "softmax-studio[gpu]".'),
        (("NVIDIA T4",), (), True, "TensorFlow cannot use it"),
        (("NVIDIA T4",), ("NVIDIA T4",), True, "Networks are trained on the graphics card: NVIDIA T4."),
    ],
)
def test_about_tells_on_what_networks_are_trained(
    monkeypatch: pytest.MonkeyPatch, cards: tuple[str, ...], in_use: tuple[str, ...] | None, has_cuda: bool, said: str
) -> None:
    monkeypatch.setattr(about, "graphics_cards", lambda: cards)
    monkeypatch.setattr(about, "cards_in_use", lambda: in_use)
    monkeypatch.setattr(about, "has_cuda", lambda: has_cuda)
    assert said in about.computing_words()


def test_a_word_of_the_field_is_explained_where_the_mouse_rests(window: MainWindow) -> None:
    label = QLabel("Softmax and its logits", window)
    label.setGeometry(200, 100, 200, 20)
    label.raise_()
    label.show()
    assert "e to the power of each logit" in rest_on(label)
    label.setText("Nothing of the kind")
    assert rest_on(label) == ""


def test_a_tool_tip_of_its_own_comes_first(window: MainWindow) -> None:
    label = QLabel("loss", window)
    label.setToolTip("Of this run")
    label.show()
    assert rest_on(label) == "Of this run"


def test_every_key_of_the_window_is_listed_in_help(window: MainWindow) -> None:
    for page in ("train", "evaluate", "runs", "data", "models"):
        window.show_page(page)
    keys = [key for shortcut in window.findChildren(QShortcut) for key in shortcut.keys()]  # noqa: SIM118
    keys += [action.shortcut() for action in window.findChildren(QAction)]
    keys += [button.shortcut() for button in window.findChildren(QAbstractButton)]
    native = QKeySequence.SequenceFormat.PortableText
    used = {key.toString(native) for key in keys if not key.isEmpty()}
    # Not labels, letters underlined in menus, and what else a system has for undo and redo.
    used = {key for key in used if not re.fullmatch(r"\d|Alt\+.|Undo|Redo|Alt\+(Shift\+)?Backspace", key)}
    aliases = {"Escape": "Esc", "Delete": "Del"}
    assert {aliases.get(key, key) for key in used} <= listed_keys()


def test_a_newcomer_is_offered_the_tour_once(window: MainWindow) -> None:
    assert window.help.offer.isVisible()
    QTest.mouseClick(window.help.offer.decline, LEFT)
    assert not window.help.offer.isVisible()
    assert Settings().knows_tour
    window.help.offer_tour()
    assert not window.help.offer.isVisible()


def test_the_tour_leads_through_the_window_and_leaves_it_usable(window: MainWindow, qtbot: QtBot) -> None:
    QTest.mouseClick(window.help.offer.accept, LEFT)
    tour = window.help.tour
    assert tour is not None
    draw(window.recognize.canvas, SEVEN)
    qtbot.waitUntil(lambda: window.recognize.answer.text.startswith("7 "))
    seen = [tour.card.findChildren(QLabel)[0].text()]
    while tour.is_running:
        assert window.rect().contains(tour.card.geometry())
        QTest.mouseClick(tour.card.next, LEFT)
        seen.append(tour.card.findChildren(QLabel)[0].text())
    assert "Your network reads your drawing" not in seen  # nothing was trained
    assert len(set(seen)) == 6
    assert window.stack.currentWidget() is window.recognize


def test_the_last_stop_of_the_tour_leads_to_the_lessons(window: MainWindow) -> None:
    window.help.start_tour()
    tour = window.help.tour
    assert tour is not None
    while tour.card.next.text() != "Done":
        assert not tour.card.lessons.isVisible()
        QTest.mouseClick(tour.card.next, LEFT)
    assert not tour.card.end.isVisible()
    click(tour.card, "tour_back")
    assert tour.card.next.text() == "Skip"  # not to the network that was not trained
    QTest.mouseClick(tour.card.next, LEFT)
    click(tour.card, "tour_lessons")
    assert not tour.is_running
    assert window.stack.currentWidget() is window.page("lessons")


def test_the_tour_ends_with_ones_own_network_reading_ones_own_drawing(
    tensorflow: None, window: MainWindow, qtbot: QtBot
) -> None:
    draw(window.recognize.canvas, SEVEN)
    window.help.start_tour()
    tour = window.help.tour
    assert tour is not None
    while tour.card.next.text() != "Skip":
        QTest.mouseClick(tour.card.next, LEFT)
    window.navigator.fill_form(find_recipe("quickstart-mnist").config.changed(epochs=1, engine="graph"))
    click(window.stack, "train")
    qtbot.waitUntil(lambda: window.stack.currentWidget() is window.recognize, timeout=TRAINING_MS)
    assert tour.card.findChildren(QLabel)[0].text() == "Your network reads your drawing"
    chosen = window.recognize.chooser.chosen
    assert chosen is not None
    assert chosen.card.name.startswith("quickstart-mnist-epochs-1")
    assert window.recognize.answer.text


def test_escape_ends_the_tour_and_keeps_the_drawing(window: MainWindow) -> None:
    draw(window.recognize.canvas, SEVEN)
    window.help.start_tour()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.help.is_touring
    assert not window.recognize.paper.is_empty


def test_the_card_stands_beside_what_it_speaks_of() -> None:
    room, size = QRect(0, 0, 1000, 600), QSize(200, 100)
    for target in (QRect(0, 0, 300, 600), QRect(700, 0, 300, 600), QRect(0, 0, 1000, 200), QRect(0, 400, 1000, 200)):
        placed = beside(target, size, room)
        assert room.contains(placed)
        assert not placed.intersects(target)
    assert room.contains(beside(room, size, room))


def test_the_card_leaves_paper_and_answer_free_while_it_speaks_of_what_is_between() -> None:
    room, size, between = QRect(0, 0, 1000, 600), QSize(200, 100), QRect(410, 60, 180, 200)
    paper, answer = QRect(0, 0, 400, 600), QRect(600, 0, 400, 600)
    placed = beside(between, size, room, (paper, answer))
    assert not placed.intersects(between)
    for part in (paper, answer):
        covered = placed & part
        assert covered.width() < 20


def test_the_card_beside_the_paper_leaves_the_network_input_free() -> None:
    room, size = QRect(0, 0, 1280, 700), QSize(320, 124)
    paper, network_view = QRect(128, 138, 430, 467), QRect(603, 120, 230, 230)
    assert not beside(paper, size, room, (paper, network_view)).intersects(network_view)

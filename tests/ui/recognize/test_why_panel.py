"""The panel tells why, for the newest picture alone, while somebody looks; and nothing is left running."""

import threading
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt, QThread, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.errors import InputError
from app.core.imaging.drawing import Drawing
from app.core.imaging.paper import Paper
from app.core.imaging.preprocess import DIGITS, NetworkInput, prepare_drawing
from app.core.inference.calibration import Verdict
from app.core.inference.explaining.explainer import Explainer, Explanation
from app.core.inference.explaining.neighbours import Neighbours
from app.core.inference.explaining.saliency import Saliency
from app.core.inference.predictor import Prediction, Predictor
from app.core.models.store import StoredModel, find_model
from app.ui import theme
from app.ui.common.picture_grid import ExampleChosen
from app.ui.recognize.recognizer import Recognition
from app.ui.recognize.why.examples import WhyExamples
from app.ui.recognize.why.panel import Explanations, WhyPanel
from app.ui.recognize.why.saliency_map import WhyMap
from tests.patience import PATIENCE_S
from tests.ui.closing import end_work
from tests.ui.layout import settle
from tests.ui.ways import Ways

LEFT = Qt.MouseButton.LeftButton
SEVEN = ((100.0, 40.0), (180.0, 40.0), (130.0, 240.0))
SLANTED = ((130.0, 40.0), (260.0, 40.0), (40.0, 240.0))


@pytest.fixture(scope="module")
def model() -> StoredModel:
    """Reads and differentiates in no time."""
    return find_model("quickstart-mnist")


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[WhyPanel]:
    made = WhyPanel()
    made.resize(320, 900)
    made.show()
    yield made
    end_work(made, qtbot)
    assert not [thread for thread in made.findChildren(QThread) if thread.isRunning()]
    made.close()
    assert not [timer for timer in made.findChildren(QTimer) if timer.isActive()]
    made.deleteLater()


def recognition(model: StoredModel, points: tuple[tuple[float, float], ...]) -> Recognition:
    drawing = Drawing(280, 280, (points,))
    shown = prepare_drawing(drawing, DIGITS)
    return Recognition(Paper(drawing), shown, None if shown.is_empty else Predictor(model).predict(shown.image))


def is_complete(panel: WhyPanel) -> bool:
    return panel.explanation is not None and panel.explanation.is_complete


def test_an_empty_paper_invites(panel: WhyPanel, model: StoredModel) -> None:
    assert panel.message.startswith("Draw something")
    panel.show_recognition(recognition(model, ()), model)
    assert panel.message.startswith("Draw something")
    panel.show_recognition(None, None)
    assert panel.title == "Why?"


def test_a_drawing_is_explained_in_words_and_pictures(panel: WhyPanel, model: StoredModel, qtbot: QtBot) -> None:
    read = recognition(model, SEVEN)
    panel.show_recognition(read, model)
    assert panel.message == "Looking for reasons…"
    qtbot.waitUntil(lambda: is_complete(panel), timeout=20_000)
    assert read.prediction is not None
    assert panel.message == ""
    assert panel.title.startswith("Why ")
    assert any("training pictures" in words for words in panel.words)
    assert any(words.startswith("Cropped and redrawn") for words in panel.words)
    assert all(tile.isVisible() and tile.text() for tile in panel.examples.tiles)
    assert panel.map.isVisible()
    assert panel.map.signs


def test_a_click_and_the_keyboard_open_a_training_picture(panel: WhyPanel, model: StoredModel, qtbot: QtBot) -> None:
    panel.show_recognition(recognition(model, SEVEN), model)
    qtbot.waitUntil(lambda: is_complete(panel), timeout=20_000)
    ways = Ways.of(panel)
    settle()
    QTest.mouseClick(panel.examples.tiles[1], LEFT)
    [(way, chosen)] = ways.taken
    assert way == "open_example"
    assert isinstance(chosen, ExampleChosen)
    assert chosen.image.shape == (28, 28)
    assert chosen.image.dtype == np.uint8
    assert chosen.preprocessing == "mnist-1"
    QTest.keyClick(panel.examples.tiles[0], Qt.Key.Key_Space)
    assert not np.array_equal(ways.taken[1][1].image, chosen.image)


def test_a_correction_is_shown_with_its_answer_and_told(panel: WhyPanel, model: StoredModel, qtbot: QtBot) -> None:
    panel.show_recognition(recognition(model, SLANTED), model)
    qtbot.waitUntil(lambda: is_complete(panel), timeout=20_000)
    row = panel.hints.rows[0]
    assert row.text.startswith("It leans further to the right than")
    assert row.answer == ""
    with qtbot.waitSignal(panel.hints.correction_requested) as requested:
        QTest.mouseClick(row.button, LEFT)
    corrected = requested.args[0]
    assert isinstance(corrected, NetworkInput)
    name = Predictor(model).predict(corrected.image).name
    assert "Corrected:" in row.answer
    assert name in row.answer


def test_only_the_newest_drawing_is_explained(
    panel: WhyPanel, model: StoredModel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    explained: list[NetworkInput] = []
    stages = Explainer.stages

    def noted(self: Explainer, shown: NetworkInput, *rest: object) -> Iterator[Explanation]:
        explained.append(shown)
        return stages(self, shown, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Explainer, "stages", noted)
    for top in range(20, 60, 4):  # a pen on its way
        panel.show_recognition(recognition(model, ((100.0, top), *SEVEN)), model)
        QApplication.processEvents()
    last = recognition(model, SLANTED)
    panel.show_recognition(last, model)
    qtbot.waitUntil(lambda: is_complete(panel), timeout=20_000)
    assert explained == [last.shown]
    assert panel.explanation is not None
    assert panel.explanation.shown is last.shown


def test_a_newer_drawing_stops_the_work_on_an_older_one(
    panel: WhyPanel, model: StoredModel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, seen = threading.Event(), []

    def endless(self: Explainer, shown: NetworkInput, prediction: Prediction, check: object) -> Iterator[Explanation]:
        assert callable(check)
        yield Explanation(shown, prediction, self.model.card.class_names, DIGITS)
        began.set()
        seen.append(shown)
        while len(seen) == 1:
            check()
        yield Explanation(shown, prediction, self.model.card.class_names, DIGITS, hints=())

    monkeypatch.setattr(Explainer, "stages", endless)
    first, second = recognition(model, SEVEN), recognition(model, SLANTED)
    panel.show_recognition(first, model)
    qtbot.waitUntil(began.is_set)
    panel.show_recognition(second, model)
    qtbot.waitUntil(lambda: panel.explanation is not None and panel.explanation.hints == ())
    assert panel.explanation is not None
    assert panel.explanation.shown is second.shown


def test_clearing_the_paper_takes_the_reasons_away(panel: WhyPanel, model: StoredModel, qtbot: QtBot) -> None:
    panel.show_recognition(recognition(model, SEVEN), model)
    qtbot.waitUntil(lambda: is_complete(panel), timeout=20_000)
    panel.show_recognition(recognition(model, ()), model)
    assert panel.message.startswith("Draw something")
    assert panel.explanation is None


def test_hidden_it_computes_nothing_and_catches_up_when_it_is_opened(
    panel: WhyPanel, model: StoredModel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    ask = Explanations.ask

    def noted(self: Explanations, shown: NetworkInput, prediction: Prediction, model: StoredModel) -> None:
        asked.append(shown)
        ask(self, shown, prediction, model)

    monkeypatch.setattr(Explanations, "ask", noted)
    panel.hide()
    panel.show_recognition(recognition(model, SEVEN), model)
    assert asked == []
    panel.show()
    assert len(asked) == 1
    qtbot.waitUntil(lambda: is_complete(panel), timeout=20_000)


def test_a_model_that_cannot_explain_is_a_sentence(
    panel: WhyPanel, model: StoredModel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Iterator[Explanation]:
        raise InputError("The model is gone; choose another one.")

    monkeypatch.setattr(Explainer, "stages", broken)
    panel.show_recognition(recognition(model, SEVEN), model)
    qtbot.waitUntil(lambda: panel.message == "The model is gone; choose another one.")
    monkeypatch.undo()
    panel.show_recognition(recognition(model, SLANTED), model)
    qtbot.waitUntil(lambda: is_complete(panel), timeout=20_000)
    assert panel.message == ""


def test_a_mistake_of_ours_is_a_sentence_too(
    panel: WhyPanel, model: StoredModel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> Iterator[Explanation]:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(Explainer, "stages", broken)
    panel.show_recognition(recognition(model, SEVEN), model)
    qtbot.waitUntil(lambda: "Something unexpected went wrong" in panel.message)
    assert "by zero" in caplog.text


def test_what_takes_long_is_said_to_be_waited_for(
    panel: WhyPanel, model: StoredModel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def slow(self: Explainer, shown: NetworkInput, prediction: Prediction, check: object) -> Iterator[Explanation]:
        yield Explanation(shown, prediction, self.model.card.class_names, DIGITS, hints=())
        go_on.wait(PATIENCE_S)

    monkeypatch.setattr(Explainer, "stages", slow)
    panel.show_recognition(recognition(model, SEVEN), model)
    qtbot.waitUntil(lambda: any("Comparing it with the training pictures" in words for words in panel.words))
    go_on.set()


def test_closing_in_the_middle_of_the_work_ends_it(model: StoredModel, qtbot: QtBot) -> None:
    panel = WhyPanel()
    qtbot.addWidget(panel)
    panel.show()
    panel.show_recognition(recognition(model, SEVEN), model)
    qtbot.waitUntil(lambda: panel.explanation is not None)
    end_work(panel, qtbot)
    panel.show_recognition(recognition(model, SLANTED), model)  # nothing begins any more
    assert not [thread for thread in panel.findChildren(QThread) if thread.isRunning()]


def test_what_is_prepared_in_spare_time_gives_way_at_once(
    panel: WhyPanel, model: StoredModel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared: list[StoredModel] = []

    def endless(self: Explainer) -> bool:
        prepared.append(self.model)
        return True

    monkeypatch.setattr(Explainer, "prepare_more", endless)
    panel.show_recognition(recognition(model, SEVEN), model)
    qtbot.waitUntil(lambda: len(prepared) > 1, timeout=20_000)
    second = recognition(model, SLANTED)
    panel.show_recognition(second, model)
    qtbot.waitUntil(lambda: panel.explanation is not None and panel.explanation.shown is second.shown)
    qtbot.waitUntil(lambda: is_complete(panel), timeout=20_000)


def test_a_thread_that_was_never_needed_is_shut_down_at_once(qtbot: QtBot) -> None:
    panel = WhyPanel()
    qtbot.addWidget(panel)
    end_work(panel, qtbot)


def test_doubt_has_words_of_its_own(panel: WhyPanel, model: StoredModel, qtbot: QtBot) -> None:
    read = recognition(model, SEVEN)
    probabilities = np.zeros(10, np.float32)
    probabilities[[4, 9]] = 0.55, 0.45
    doubtful = Prediction(4, "4", probabilities, 0.1, Verdict.UNSURE)
    panel.show_recognition(Recognition(read.paper, read.shown, doubtful), model)
    qtbot.waitUntil(lambda: is_complete(panel), timeout=20_000)
    assert panel.title == "Why 4 or 9?"
    assert panel.explanation is not None
    assert isinstance(panel.explanation.saliency, Saliency)
    assert panel.explanation.saliency.rival == 9


def test_a_map_of_nothing_is_not_drawn(
    panel: WhyPanel, model: StoredModel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Explainer, "saliency", lambda *_: Saliency(np.zeros((28, 28), np.float32)))
    panel.show_recognition(recognition(model, SEVEN), model)
    qtbot.waitUntil(lambda: is_complete(panel), timeout=20_000)
    assert not panel.map.isVisible()
    assert any(words.startswith("None: the network finds nothing") for words in panel.words)


def test_a_name_wider_than_its_picture_has_two_lines(qtbot: QtBot) -> None:
    row = WhyExamples()
    qtbot.addWidget(row)
    row.resize(276, 80)
    row.show()
    found = Neighbours(np.zeros((5, 28, 28), np.uint8), (0, 1, 0, 1, 1), (0.9,) * 5, 4000, is_far=False)
    row.show_neighbours(found, ("7", "8"))
    low = row.heightForWidth(row.width())
    row.show_neighbours(found, ("Ankle boot", "8"))
    assert row.heightForWidth(row.width()) > low
    assert {tile.lines for tile in row.tiles} == {2}


@pytest.mark.parametrize("scheme", [theme.Scheme.LIGHT, theme.Scheme.DARK])
def test_the_map_shows_for_and_against_by_colour_and_by_sign(
    qapp: QApplication, qtbot: QtBot, scheme: theme.Scheme
) -> None:
    theme.apply_theme(qapp, scheme)
    chart = WhyMap()
    qtbot.addWidget(chart)
    attributions = np.zeros((28, 28), np.float32)
    attributions[5:10, 5:10], attributions[18:23, 18:23] = 2, -2
    chart.resize(280, 302)
    chart.show_saliency(Saliency(attributions), np.zeros((28, 28), np.float32), ("for 7", "against it"))
    image = chart.grab().toImage()
    ratio = image.width() / 280
    side = 280 * ratio
    blue, orange = (image.pixelColor(int(at * side / 28 + 1), int(at * side / 28 + 1)) for at in (7, 20))
    assert blue.blue() > blue.red()
    assert orange.red() > orange.blue()
    assert (7, 7, True) in chart.signs
    assert (20, 20, False) in chart.signs


@pytest.mark.parametrize("width", [260, 320, 420])
def test_nothing_is_cut_at_any_width(panel: WhyPanel, model: StoredModel, qtbot: QtBot, width: int) -> None:
    panel.resize(width, 560)
    panel.show_recognition(recognition(model, SLANTED), model)
    qtbot.waitUntil(lambda: is_complete(panel), timeout=20_000)
    QTest.mouseClick(panel.hints.rows[0].button, LEFT)
    QApplication.processEvents()
    for widget in (*panel.examples.tiles, panel.map, panel.steps, panel.hints.rows[0].button):
        left = widget.mapTo(panel, widget.rect().topLeft()).x()
        assert left >= theme.PADDING
        assert left + widget.width() <= width - theme.PADDING, widget

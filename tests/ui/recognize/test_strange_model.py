"""A model that somebody put among one's own: the window tries it beside itself, reads with it, or says why not."""

import hashlib
import json
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.core.imaging.drawing import load_drawing
from app.core.imaging.paper import Paper
from app.core.models.store import find_model
from app.core.paths import bundled_models_dir, resources_dir
from app.ui.common.messages import Messages
from app.ui.recognize.page import RecognizePage
from app.ui.recognize.recognizer import Recognition, Recognizer

SEVEN = Paper(load_drawing(resources_dir() / "samples" / "digit-7.drawing.json"))


def put(home: Path, network: bytes) -> None:
    folder = home / "models" / "strange"
    folder.mkdir(parents=True)
    facts = json.loads((bundled_models_dir() / "fast-cnn" / "card.json").read_text())
    files = {"model.tflite": hashlib.sha256(network).hexdigest()}
    (folder / "card.json").write_text(json.dumps(facts | {"name": "strange", "title": "strange", "files": files}))
    (folder / "model.tflite").write_bytes(network)


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    Messages(window)
    qtbot.addWidget(window)
    return window


def test_it_is_tried_and_then_reads(home: Path, window: QWidget, qtbot: QtBot) -> None:
    put(home, (bundled_models_dir() / "fast-cnn" / "model.tflite").read_bytes())
    recognizer = Recognizer(window)
    told: list[Recognition] = []
    recognizer.recognized.connect(told.append)
    recognizer.set_model(find_model("strange"))
    recognizer.read(SEVEN)
    assert all(one.prediction is None for one in told)  # the window does not wait for the trial
    qtbot.waitUntil(lambda: bool(told) and told[-1].prediction is not None, timeout=60_000)
    assert find_model("strange").is_known


def test_one_that_is_damaged_is_a_sentence(home: Path, window: QWidget, qtbot: QtBot) -> None:
    put(home, b"\0\0\0\0TFL3" + b"\xff" * 100)
    recognizer = Recognizer(window)
    with qtbot.waitSignal(Messages.of(window).changed, timeout=60_000) as said:
        recognizer.set_model(find_model("strange"))
    assert said.args is not None
    assert said.args[0].text == "The model 'strange' cannot be opened: the file is damaged."


def test_what_is_said_in_the_place_of_an_answer(home: Path, qtbot: QtBot) -> None:
    put(home, b"\0\0\0\0TFL3" + b"\xff" * 100)
    page = RecognizePage()
    qtbot.addWidget(page)
    page.show()
    page.canvas.put(SEVEN)
    page.use_new_model("strange")
    qtbot.waitUntil(lambda: page.answer.accessibleName() == "Reading what is on the paper…")
    qtbot.waitUntil(lambda: page.answer.accessibleName().startswith("This model cannot read"), timeout=60_000)

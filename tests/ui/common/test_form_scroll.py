"""A form that is taller than its card."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from pytestqt.qtbot import QtBot

from app.core.imaging.preprocess import Step
from app.core.inference.explaining.inside import LayerOutput
from app.core.inference.explaining.neighbours import Neighbours
from app.ui import theme
from app.ui.common import build
from app.ui.common.containers import FormScroll
from app.ui.recognize.inside.layer_view import LayerView
from app.ui.recognize.network_input_view import StepStrip
from app.ui.recognize.why.examples import WhyExamples
from tests.ui.layout import settle

WIDTH, HEIGHT = 300, 200
WORDS = "this is a shirt for its sleeves and its collar, which are lighter than the background " * 2


class Form(QWidget):
    """Fits where it has a certain width, as words do that are wrapped."""

    least = 0

    def __init__(self) -> None:
        super().__init__()
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - as Qt calls it
        return HEIGHT - 50 if width >= self.least else HEIGHT + 50


@pytest.mark.parametrize("reserved", [2, 40])
def test_a_form_that_fits_only_without_its_bar_comes_to_rest(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, reserved: int
) -> None:
    monkeypatch.setattr(theme, "SCROLL_BAR", reserved)
    form = Form()
    scroll = FormScroll(form)
    qtbot.addWidget(scroll)
    scroll.resize(WIDTH, HEIGHT)
    scroll.show()
    for form.least in range(WIDTH - 60, WIDTH + 10):
        form.updateGeometry()
        scroll.resize(WIDTH, HEIGHT + form.least % 2)
        assert form.width() in range(WIDTH - 60, WIDTH + 1)


def examples() -> WhyExamples:
    made = WhyExamples()
    found = Neighbours(np.zeros((5, 28, 28), np.uint8), (0, 1, 0, 1, 1), (0.9,) * 5, 4000, is_far=False)
    made.show_neighbours(found, ("Ankle boot", "Bag"))
    return made


def maps() -> LayerView:
    made = LayerView()
    made.show_output(LayerOutput("conv", "Conv2D", "maps", np.zeros((4, 4, 8), np.float32)))
    return made


def steps() -> StepStrip:
    made = StepStrip()
    made.set_steps([Step(name, np.zeros((28, 28), np.float32)) for name in ("ink", "crop", "20 × 20", "centred")])
    return made


class OfOwnHeight(QWidget):
    """Has its height by its width, which it knows too late."""

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - as Qt calls it
        self.setFixedHeight(event.size().width() // 2)


class Counting(FormScroll):
    """Tells how often its content got a size."""

    count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - as Qt calls it
        self.count += event.type() is QEvent.Type.Resize
        return super().eventFilter(watched, event)


def column_in(qtbot: QtBot, part: QWidget) -> tuple[QWidget, Counting]:
    words = [build.label(WORDS, wraps=True) for _ in range(4)]
    content = build.panel(build.column(*words[:2], part, *words[2:], build.STRETCH))
    scroll = Counting(content)
    qtbot.addWidget(scroll)
    scroll.show()
    return content, scroll


@pytest.mark.parametrize("make", [examples, maps, steps])
@pytest.mark.parametrize("width", [230, 280])
def test_panels_of_any_height_come_to_rest(qtbot: QtBot, make: type[QWidget], width: int) -> None:
    """Qt gave a column two sizes in turn, until the program crashed, at one or two heights in six hundred."""
    content, scroll = column_in(qtbot, make())
    scroll.resize(width, HEIGHT)
    settle()
    fits = content.heightForWidth(width - theme.SCROLL_BAR)
    for height in range(fits - 16, fits + 16):
        scroll.count = 0
        scroll.resize(width, height)
        for _ in range(4):
            settle()
        assert scroll.count < 10
        assert content.height() >= content.heightForWidth(content.width())


def test_a_part_that_knows_its_height_too_late_does_not_end_the_program(qtbot: QtBot) -> None:
    content, scroll = column_in(qtbot, OfOwnHeight())
    scroll.resize(230, HEIGHT)
    settle()
    fits = content.heightForWidth(230 - theme.SCROLL_BAR)
    for height in range(fits - 16, fits + 16):
        scroll.resize(230, height)
        settle()

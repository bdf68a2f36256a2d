"""What is shown of a batch that was asked for by itself, and of pictures that are varied."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QScrollArea
from pytestqt.qtbot import QtBot

from app.core.runs.events import BatchStepped, GradientNorm
from app.ui import theme
from app.ui.train.augmentation_preview import AugmentationPreview
from app.ui.train.details import EPOCHS, STEPS, GradientBars, RunDetails

LEFT = Qt.MouseButton.LeftButton
ODD = (float("nan"), float("inf"), 0.0, 1e-30)


def stepped(batch: int, *norms: float) -> BatchStepped:
    named = tuple(GradientNorm(f"dense_{number}/kernel", norm) for number, norm in enumerate(norms))
    return BatchStepped(1, batch, 2.3026, 0.125, named)


def blue_in_row(bars: GradientBars, row: int) -> int:
    """How many pixels of the accent the middle of a row has."""
    image = bars.grab().toImage()
    accent = theme.colours().accent.lower()
    middle = 18 + 20 * row + 10
    return sum(image.pixelColor(x, middle).name() == accent for x in range(image.width()))


def test_bars_are_logarithmic(qtbot: QtBot) -> None:
    bars = GradientBars()
    qtbot.addWidget(bars)
    bars.show_norms(stepped(1, 0.001, 0.01, 0.1, 1.0).gradient_norms)
    bars.resize(500, bars.sizeHint().height())
    lengths = [blue_in_row(bars, row) for row in range(4)]
    assert lengths[0] <= 2
    steps = np.diff(lengths)
    assert steps.min() > 50
    assert np.ptp(steps) <= 4


def test_odd_norms_are_shown_as_text(qtbot: QtBot) -> None:
    bars = GradientBars()
    qtbot.addWidget(bars)
    bars.show_norms(stepped(1, *ODD).gradient_norms)
    bars.resize(400, bars.sizeHint().height())
    assert not bars.grab().isNull()
    assert "nan" in bars.accessibleDescription()


def test_the_scale_stays_from_step_to_step(qtbot: QtBot) -> None:
    bars = GradientBars()
    qtbot.addWidget(bars)
    bars.show_norms(stepped(1, 0.01, 1.0).gradient_norms)
    before = bars.scale
    bars.show_norms(stepped(2, 0.2, 0.3).gradient_norms)
    assert bars.scale == before
    bars.clear()
    bars.show_norms(stepped(1, 0.2, 0.3).gradient_norms)
    assert bars.scale != before


def ink_in(image: QImage, place: QRect) -> int:
    """How many pixels of a place differ from its corner."""
    ground = image.pixel(place.left(), place.top())
    return sum(
        image.pixel(x, y) != ground
        for x in range(place.left(), place.right())
        for y in range(place.top(), place.bottom())
    )


def test_a_legend_says_what_the_marks_are_and_no_row_is_cut(qtbot: QtBot) -> None:
    details = RunDetails()
    qtbot.addWidget(details)
    details.resize(420, 190)
    details.show()
    bars = details.gradients
    details.show_step(stepped(1, *(0.01 * number for number in range(1, 15))))
    qtbot.waitUntil(lambda: bars.height() == bars.sizeHint().height())
    image = bars.grab().toImage()
    assert ink_in(image, QRect(0, 0, round(0.3 * bars.width()), 14)) > 50  # "norm, | one step before"
    for row in range(14):
        assert ink_in(image, QRect(0, 18 + 20 * row, 100, 20)) > 20, row
    scroll = next(area for area in details.findChildren(QScrollArea) if area.widget() is bars)
    scroll.ensureVisible(0, bars.height(), 0, 0)
    assert bars.visibleRegion().contains(QPoint(0, 18 + 20 * 14 - 1))  # the end of the last row


def test_a_step_turns_to_its_tab_and_the_table_is_one_click_away(qtbot: QtBot) -> None:
    details = RunDetails()
    qtbot.addWidget(details)
    details.show()
    tab = details.findChild(QPushButton, "tab_epochs")
    assert tab is not None
    assert not tab.isVisible()
    details.show_step(stepped(3, 0.5))
    assert details.shown == STEPS
    assert details.step_words == "Loss 2.3026, accuracy 12.5%"
    QTest.mouseClick(tab, LEFT)
    assert details.shown == EPOCHS
    details.clear()
    assert not tab.isVisible()


@pytest.fixture
def preview(qtbot: QtBot) -> AugmentationPreview:
    preview = AugmentationPreview()
    qtbot.addWidget(preview)
    return preview


PICTURES = np.zeros((4, 6, 28, 28), np.uint8)


def test_pictures_are_asked_for_when_somebody_looks(preview: AugmentationPreview, qtbot: QtBot) -> None:
    with qtbot.waitSignal(preview.wanted):
        preview.show()
    assert preview.message.startswith("Preparing")
    preview.show_result(PICTURES)
    assert preview.message == ""


def test_only_the_newest_request_is_kept(preview: AugmentationPreview, qtbot: QtBot) -> None:
    asked: list[int] = []
    preview.wanted.connect(asked.append)
    with qtbot.waitSignal(preview.wanted):
        preview.show()
    button = preview.findChild(QPushButton, "new_pictures")
    assert button is not None
    for _ in range(3):
        QTest.mouseClick(button, LEFT)
    assert asked == [0]
    preview.show_result(PICTURES)
    assert asked == [0, 3]
    preview.show_result("The data is damaged; import it again.")
    assert asked == [0, 3]
    assert "damaged" in preview.message


def test_while_a_run_is_under_way_nothing_is_asked(preview: AugmentationPreview, qtbot: QtBot) -> None:
    with qtbot.waitSignal(preview.wanted):
        preview.show()
    preview.show_nothing()
    preview.set_locked("a run is under way")
    button = preview.findChild(QPushButton, "new_pictures")
    assert button is not None
    assert not button.isEnabled()
    assert button.toolTip() == "a run is under way"
    with qtbot.waitSignal(preview.wanted):
        preview.set_locked("")

"""Plots of curves on their own, with real mouse and key events; pictures are read back."""

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.runs.events import BatchesDone, EpochDone
from app.ui import theme
from app.ui.common.plots.card import CurveCard
from app.ui.common.plots.epoch_plot import MOST_SIGNS, EpochPlot
from app.ui.common.plots.line import ACCENT, VALIDATION, Line
from app.ui.train.curves import Curves
from tests.core.runs.made_runs import made_run

SVG = "{http://www.w3.org/2000/svg}"


def line(count: int = 5, name: str = "validation", sign: str = "o") -> Line:
    x = np.arange(1, count + 1, dtype=float)
    return Line(x, 1 / x, VALIDATION, name, pen=Qt.PenStyle.DashLine, sign=sign)


def train(curves: Curves, epochs: int, trained: int, *, validates: bool = True) -> None:
    """A run of so many epochs, ten groups of batches each, as its events tell it."""
    curves.start(epochs)
    for epoch in range(1, trained + 1):
        for group in range(1, 11):
            x = epoch - 1 + group / 10
            loss = 0.1 + 2.2 * np.exp(-5 * x)
            curves.add_batches(BatchesDone(epoch, group, 10, loss, 1 - loss / 3, 1000.0, x, 320, 0.001 / x))
        val_loss, val_accuracy = (loss + 0.05, 0.9) if validates else (None, None)
        done = EpochDone(epoch, loss, 1 - loss / 3, val_loss, val_accuracy, 0.001, epoch == 1, 1.0, float(epoch))
        curves.add_epoch(done)


@pytest.fixture
def plot(qtbot: QtBot) -> EpochPlot:
    plot = EpochPlot()
    qtbot.addWidget(plot)
    plot.resize(400, 250)
    plot.show_lines([line()])
    plot.show()
    return plot


@pytest.fixture
def curves(qtbot: QtBot) -> Curves:
    curves = Curves()
    qtbot.addWidget(curves)
    curves.resize(900, 300)
    curves.show()
    return curves


def wheel(plot: EpochPlot, place: QPoint, notches: int) -> None:
    target = plot._view.viewport()
    event = QWheelEvent(
        QPointF(place),
        QPointF(target.mapToGlobal(place)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(target, event)


def test_the_wheel_zooms_a_drag_moves_and_a_double_click_fits(plot: EpochPlot, qtbot: QtBot) -> None:
    target, middle, fitted = plot._view.viewport(), QPoint(220, 110), plot.view
    with qtbot.waitSignal(plot.fitted, check_params_cb=lambda is_fitted: not is_fitted):
        wheel(plot, middle, 3)
    near = plot.view
    assert near[0][1] - near[0][0] < fitted[0][1] - fitted[0][0]
    assert near[1][1] - near[1][0] < fitted[1][1] - fitted[1][0]
    QTest.mousePress(target, Qt.MouseButton.LeftButton, pos=middle)
    for step in range(1, 6):
        QTest.mouseMove(target, middle - QPoint(8 * step, 0))
    QTest.mouseRelease(target, Qt.MouseButton.LeftButton, pos=middle - QPoint(40, 0))
    moved = plot.view
    assert moved[0][0] > near[0][0]
    assert moved[0][1] - moved[0][0] == pytest.approx(near[0][1] - near[0][0])
    plot.show_lines([line(6)])
    assert plot.view == moved  # a user's view is left alone
    QTest.mouseClick(target, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseDClick(target, Qt.MouseButton.LeftButton, pos=middle)
    assert plot.is_fitted
    assert plot.view[0][1] == pytest.approx(6, abs=0.2)


def test_nobody_gets_lost(plot: EpochPlot) -> None:
    wheel(plot, QPoint(220, 110), -100)
    (left, right), (low, high) = plot.view
    assert left > 0
    assert right < 6
    assert low > -1
    assert high < 2


def test_the_keyboard_fits_again(qtbot: QtBot) -> None:
    card = CurveCard("Loss")
    qtbot.addWidget(card)
    card.resize(400, 300)
    card.show_lines([line()])
    card.show()
    assert not card.fit_button.isVisible()
    card.plot.zoom_in()
    assert card.fit_button.isVisible()
    card.fit_button.setFocus()
    QTest.keyClick(card.fit_button, Qt.Key.Key_Space)
    assert card.plot.is_fitted
    assert not card.fit_button.isVisible()


def test_a_logarithmic_scale_keeps_the_epochs_and_has_numbers(plot: EpochPlot) -> None:
    plot.show_lines([Line(np.array([0.1, 0.4, 1.0]), np.array([0.5, 0.0, 0.31]), ACCENT, "training")])
    before = plot.view[0]
    axis = plot._plot.getAxis("left")
    for log in (True, False):
        plot.set_log(log)
        assert plot.view[0] == pytest.approx(before)
        low, high = plot.view[1]
        assert np.isfinite([low, high]).all()
        assert len(axis.tickValues(low, high, 200)[0][1]) >= 2
    assert axis.tickStrings([0.0, 1.2e30], 1.0, 2e29) == ["0", "1.2e30"]
    assert axis.tickStrings([0.0005, 0.001], 1.0, 5e-4) == ["0.0005", "0.001"]


@pytest.mark.parametrize("count", [1, 2, 20, MOST_SIGNS, MOST_SIGNS + 1, 300])
def test_a_line_has_a_sign_at_every_epoch_or_only_at_its_end(plot: EpochPlot, count: int) -> None:
    plot.show_lines([line(count)])
    marked = plot._signs[0].data["x"]
    assert len(marked) == (count if count <= MOST_SIGNS else 1)
    assert marked[-1] == count
    assert plot.view[0][0] > (0.4 if count == 1 else 0)  # nothing is at epoch 0, so neither is the axis


def test_a_run_is_fitted_to_what_was_trained(curves: Curves) -> None:
    train(curves, epochs=50, trained=13)
    curves._timer.timeout.emit()
    assert list(curves.loss.plot.view[0]) == pytest.approx([0, 15], abs=0.5)
    curves.finish()
    epochs, (low, high) = curves.loss.plot.view
    assert list(epochs) == pytest.approx([0, 13], abs=0.5)
    assert low < 0.1
    assert high < 0.4  # the fall from 2.3 in the first epoch is above the axis


def test_nothing_is_left_of_a_run_before(curves: Curves) -> None:
    train(curves, 3, 3)
    curves.finish()
    train(curves, 3, 3, validates=False)
    curves.finish()
    plot = curves.loss.plot
    shown = [signs for signs in plot._signs if signs.isVisible()]
    assert len(shown) == len([line for line in plot.lines if line.sign])


def test_legends_say_what_is_there(curves: Curves) -> None:
    train(curves, 2, 2)
    curves.finish()
    for card in (curves.loss, curves.accuracy):
        assert card.legend.text == "training  validation  best epoch 1"
    train(curves, 2, 2, validates=False)
    curves.set_reference(0.9758)
    curves.finish()
    assert curves.loss.legend.text == "training  best epoch 1 (lowest training loss)"
    assert curves.accuracy.legend.text == "training  best epoch 1 (lowest training loss)  reported"


def test_pointing_at_one_plot_reads_all(curves: Curves) -> None:
    train(curves, 2, 2)
    curves.finish()
    curves.loss.plot.pointed_at.emit(2.0)
    assert curves.loss.legend.text == "epoch 2.0  0.1001  0.1501"
    assert curves.accuracy.legend.text.startswith("epoch 2.0  0.96")
    curves._on_turned()
    assert curves.rate.legend.text == "epoch 2.0  0.0005"
    curves._on_turned()
    curves.loss.plot.pointed_at.emit(None)
    assert "training" in curves.loss.legend.text


def test_the_learning_rate_is_one_click_away(curves: Curves) -> None:
    train(curves, 2, 1)
    QTest.mouseClick(curves._links[0], Qt.MouseButton.LeftButton)
    assert curves.rate.isVisible()
    assert not curves.accuracy.isVisible()
    rate = curves.run.learning_rate
    assert rate.y[:2].tolist() == pytest.approx([0.01, 0.005])
    QTest.keyClick(curves._links[1], Qt.Key.Key_Space)
    assert curves.accuracy.isVisible()


@pytest.mark.parametrize("scheme", [theme.Scheme.LIGHT, theme.Scheme.DARK])
def test_a_picture_is_white_and_shows_the_same(curves: Curves, scheme: theme.Scheme, qapp: QApplication) -> None:
    theme.apply_theme(qapp, scheme)
    train(curves, 2, 2)
    curves.finish()
    curves.loss.copy_picture()
    copied = QGuiApplication.clipboard().image()
    assert (copied.width(), copied.height()) == (1440, 880)
    assert copied.pixelColor(2, 2).name() == "#ffffff"
    colours = {copied.pixelColor(x, y).name().upper() for x in range(1440) for y in range(70, 110)}
    assert {theme.LIGHT.accent, theme.LIGHT.validation} <= colours
    assert curves.loss.legend.text == "Copied"


def test_a_picture_is_saved_where_one_says(qtbot: QtBot, tmp_path: Path) -> None:
    asked: list[str] = []

    def choose(suffix: str) -> Callable[[object, str], Path]:
        def chosen(_parent: object, suggested: str) -> Path:
            asked.append(suggested)
            return tmp_path / f"curves{suffix}"

        return chosen

    for suffix in (".png", ".svg"):
        card = CurveCard("Learning rate", choose=choose(suffix))
        qtbot.addWidget(card)
        card.subject = "Quickstart #3"
        card.show_lines([line()])
        card.save_picture()
        assert card.legend.text == f"Saved as {tmp_path / f'curves{suffix}'}"
    assert asked[0] == "learning-rate"
    assert QImage(str(tmp_path / "curves.png")).width() == 1440
    root = ElementTree.parse(tmp_path / "curves.svg").getroot()
    words = {text.text for text in root.iter(f"{SVG}text")}
    assert {"Learning rate · Quickstart #3", "validation", "epoch"} <= words
    assert not list(root.iter(f"{SVG}image"))  # lines and signs, no pixels
    assert [group for group in root.iter(f"{SVG}g") if group.get("clip-path")]  # nothing is drawn beyond the axes


def test_an_earlier_run_is_seen_behind_this_one(curves: Curves) -> None:
    run = made_run(7)
    train(curves, 50, 3)
    curves.finish()
    epochs = [EpochDone(number, 0.5, 0.8, 0.6, 0.7, 0.01, True, 1.0, 1.0) for number in range(1, 11)]
    curves.compare.find_runs = lambda: [run]
    curves.compare.read_epochs = {run.id: epochs}.__getitem__
    menu = curves.compare.menu()
    menu.aboutToShow.emit()
    menu.actions()[0].trigger()
    ghosts = [line for line in curves.loss.plot.lines if line.is_pale]
    assert [line.name for line in ghosts] == [f"#{run.id}, training", f"#{run.id}, validation"]
    assert len({line.pen for line in curves.loss.plot.lines if line.name and line.sign != "star"}) == 4
    assert curves.loss.plot.view[0][1] == pytest.approx(3, abs=0.5)  # this run's epochs, not the earlier one's
    assert curves.loss.plot.view[1][1] > 0.6  # but its values are seen
    curves.clear()
    assert curves.loss.plot.view[0][1] == pytest.approx(10, abs=0.5)  # it is also seen alone, before training
    menu.aboutToShow.emit()
    menu.actions()[-1].trigger()
    assert not curves.loss.plot.lines


def test_a_narrow_card_keeps_its_controls_in_the_menu(curves: Curves) -> None:
    train(curves, 2, 1)
    curves.resize(320, 200)
    QApplication.processEvents()
    assert curves.minimumSizeHint().width() < 320
    assert not curves.compare.isVisible()
    assert curves.loss.legend.height() <= 3 * 17
    offered = [action.text() for action in curves.loss.menu.actions() if action.isVisible()]
    assert "Compare with" in offered
    next(action for action in curves.loss.menu.actions() if action.text() == "Logarithmic scale").trigger()
    assert curves.loss.plot.is_log
    curves.resize(900, 300)
    QApplication.processEvents()
    assert curves.compare.isVisible()
    assert "Compare with" not in [action.text() for action in curves.loss.menu.actions() if action.isVisible()]

"""What every test gets: a home of its own, no screen, and no word from TensorFlow's native side."""

import gc
import os
import signal
from pathlib import Path

if os.environ.get("QT_QPA_PLATFORM", "offscreen") == "offscreen":  # its own screen is smaller than any real one
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={Path(__file__).with_name('screen.json')}"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the program itself does
# What trains for a second need not be made fast first; `self-check` and the measurements leave it to XLA.
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0")

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.core.datasets.types import Dataset, LabelledImages, Variant
from app.core.quiet import load_tensorflow
from app.ui import theme
from tests.patience import PATIENCE_S
from tests.ui.closing import end_work


def pytest_configure() -> None:
    """Hear Ctrl+C, also where a shell runs the tests beside others: programs under test would not hear it either."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty user folder; nothing a test does touches the real one."""
    folder = tmp_path / "home"
    monkeypatch.setenv("SOFTMAX_STUDIO_HOME", str(folder))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    return folder


@pytest.fixture(scope="module", autouse=True)
def modules_stay() -> None:
    """Spare the collector what is loaded by now: looking at it took longer than most tests."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def light_theme() -> Iterator[None]:
    """Takes back a theme that a test has chosen, so that none sees the colours of the one before it."""
    yield
    app = QApplication.instance()
    if isinstance(app, QApplication) and theme.notifier().scheme is not theme.Scheme.LIGHT:
        theme.apply_theme(app, theme.Scheme.LIGHT)


@pytest.fixture(autouse=True)
def widgets_die_here(request: pytest.FixtureRequest, light_theme: None) -> Iterator[None]:
    """Collect what a test of the window leaves when it has ended: a widget that dies in another thread ends it all.

    The program keeps the collector in the window's thread, too.
    """
    if "qapp" not in request.fixturenames:
        yield
        return
    gc.disable()
    yield
    gc.collect()
    gc.enable()


@pytest.fixture(autouse=True)
def pointer_rests(request: pytest.FixtureRequest) -> None:
    """Moves the pointer out of the way: where the test before left it, a widget of this one may appear below it."""
    if "qapp" in request.fixturenames:
        request.getfixturevalue("qapp")
        QCursor.setPos(QGuiApplication.primaryScreen().geometry().bottomRight())


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> QApplication:
    """Writes with the font that ships, so that a test sees the same widths on every machine; in the light theme."""
    theme.apply_theme(qapp, theme.Scheme.LIGHT)
    return qapp


def _patient(wait: Callable[..., Any]) -> Callable[..., Any]:
    """Wait for what shall happen as long as that may take, whatever a test thinks that it may.

    What must not happen (`raising=False`, as in `qtbot.assertNotEmitted`) is waited for no longer than a test says.
    """

    def waiting(*what: Any, timeout: int = 0, **how: Any) -> Any:
        must_come = how.get("raising") is not False
        return wait(*what, timeout=max(timeout, round(1000 * PATIENCE_S)) if must_come else timeout, **how)

    return waiting


@pytest.fixture
def qtbot(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[QtBot]:
    """Ends what the widgets it is given do beside the window, and lets Qt delete them, as a window does with its own.

    pytest-qt alone closes them whatever they do, and holds them weakly: they would die on the screen, in the middle of
    a test's last line, by Python's count of references; a run of the suite has crashed there.
    """
    kept: list[QWidget] = []
    add = qtbot.addWidget

    def keep(widget: QWidget) -> None:
        kept.append(widget)
        add(widget, before_close_func=lambda widget: end_work(widget, qtbot))

    monkeypatch.setattr(qtbot, "addWidget", keep)
    for wait in ("waitUntil", "waitSignal", "waitSignals", "waitExposed"):
        monkeypatch.setattr(qtbot, wait, _patient(getattr(qtbot, wait)))
    yield qtbot
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    kept.clear()


@pytest.fixture(scope="session")
def tensorflow() -> None:
    """TensorFlow, loaded once for all tests that train."""
    load_tensorflow()


@pytest.fixture(scope="session")
def bars() -> Dataset:
    """Four classes that a small network learns in seconds: a bright bar at one of four heights, with noise."""
    random = np.random.default_rng(7)

    def part(count: int) -> LabelledImages:
        labels = random.integers(0, 4, count).astype(np.uint8)
        images = random.integers(0, 60, (count, 28, 28)).astype(np.uint8)
        for image, label in zip(images, labels, strict=True):
            image[3 + 6 * label : 7 + 6 * label, 4:24] += 150
        return LabelledImages(images, labels)

    names = ("top", "upper", "lower", "bottom")
    return Dataset("bars", "Bars", Variant.IMPORTED, names, "mnist-1", part(600), part(200), "0" * 64, "made here")

"""The real window for measurements, in a home of its own (with the real home's data at hand)."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from app.core.paths import HOME_VARIABLE, user_data_dir
from app.core.recipes import find_recipe
from app.ui.launch import open_window
from app.ui.main_window import MainWindow


@dataclass(frozen=True)
class Studio:
    """The application and its window."""

    app: QApplication
    window: MainWindow


@contextmanager
def open_studio() -> Iterator[Studio]:
    """Open the window; close it and wait until it is gone."""
    before, data = os.environ.get(HOME_VARIABLE), user_data_dir()
    with tempfile.TemporaryDirectory() as home:
        if data.is_dir():
            (Path(home) / "data").symlink_to(data)
        os.environ[HOME_VARIABLE] = home
        app, window = open_window(["softmax-studio"])
        wait(300)
        try:
            yield Studio(app, window)
        finally:
            close(window)
            if before is None:
                del os.environ[HOME_VARIABLE]
            else:
                os.environ[HOME_VARIABLE] = before


@contextmanager
def train_in_background(studio: Studio, data: str, recipe: str = "quickstart-mnist") -> Iterator[None]:
    """Train a network on the Train page, while the Recognize page is shown; stop it at the end."""
    window = studio.window
    window.show_page("train")
    window.page("train").train(find_recipe(recipe).config.changed(data=data, epochs=1000), None)
    wait_until(lambda: window.page("train").is_learning, 60)
    window.show_page("recognize")
    wait(1500)
    try:
        yield
    finally:
        window.page("train").stop()
        wait_until(lambda: not window.page("train").is_training, 30)
        window.page("train").discard()


def close(window: MainWindow) -> None:
    """Close the window and wait for its threads."""
    gone: list[bool] = []
    window.closed.connect(lambda: gone.append(True))
    window.close()
    wait_until(lambda: bool(gone), 60)


def wait(milliseconds: int) -> None:
    """Let the window live that long. (`QTest.qWait` keeps Python's lock, and starves the training thread.)"""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def wait_until(condition: Callable[[], bool], timeout_s: float) -> None:
    """Let the window live until the condition holds; raises TimeoutError if it never does."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the window did not get there in time")
        wait(10)

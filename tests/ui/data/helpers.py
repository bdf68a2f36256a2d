"""How the tests find and use what is on the page."""

import threading
from collections.abc import Callable, Mapping
from http.server import SimpleHTTPRequestHandler
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.core.datasets.download import DownloadProgress, DownloadStoppedError
from app.core.datasets.registry import DATASETS
from app.core.datasets.types import DatasetSpec
from app.core.errors import StudioError
from app.ui.data.dataset_card import DatasetCard
from app.ui.data.gallery import Gallery
from app.ui.data.import_card import ImportCard
from app.ui.data.page import DataPage
from tests.ui.hand import SLOW_MS, button

MakePage = Callable[..., DataPage]


class FakeDownload:
    """Reports a piece, then waits until it is let go, stopped, or told to fail."""

    def __init__(self, failure: str = "") -> None:
        self.failure, self.may_end = failure, threading.Event()
        self.calls: list[tuple[str, str | None]] = []

    def __call__(
        self,
        name: str,
        on_progress: Callable[[DownloadProgress], None] | None = None,
        should_stop: Callable[[], bool] | None = None,
        base_url: str | None = None,
        specs: Mapping[str, DatasetSpec] = DATASETS,
    ) -> Path:
        self.calls.append((name, base_url))
        if self.failure:
            raise StudioError(self.failure)
        assert on_progress is not None
        assert should_stop is not None
        on_progress(DownloadProgress("train-images-idx3-ubyte", 0, 4, 4_200_000, 9_900_000, 0.3, 4_200_000))
        while not self.may_end.wait(0.005):
            if should_stop():
                raise DownloadStoppedError("The download was stopped; the next one goes on where it was.")
        return Path()


def card(page: DataPage, name: str = "mnist") -> DatasetCard:
    return next(found for found in page.findChildren(DatasetCard) if found.name == name)


def own(page: DataPage) -> ImportCard:
    found = page.findChild(ImportCard)
    assert found is not None
    return found


def wait_for_preview(page: DataPage, qtbot: QtBot) -> ImportCard:
    """Wait until what would be imported is shown, and everything has its place."""
    card = own(page)
    qtbot.waitUntil(lambda: card.is_previewing and button(card, "import_now").height() > 9, timeout=SLOW_MS)
    return card


def gallery(page: DataPage) -> Gallery:
    found = page.findChild(Gallery)
    assert found is not None
    return found


def field(parent: QWidget, name: str) -> QLineEdit:
    found = parent.findChild(QLineEdit, name)
    assert found is not None
    return found


def middle(page: DataPage, widget: QWidget) -> QPoint:
    return widget.mapTo(page, widget.rect().center())


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""

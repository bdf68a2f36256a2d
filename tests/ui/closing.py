"""The end of a page or a window in a test: all that works beside it has ended."""

import threading

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.ui.common.tasks import shut_down_all


def end_work(part: QObject, qtbot: QtBot, timeout: int = 60_000) -> None:
    """End all work of `part` and its children, and wait until it has ended."""
    ended = threading.Event()
    shut_down_all(part, ended.set)
    qtbot.waitUntil(ended.is_set, timeout=timeout)

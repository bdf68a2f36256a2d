"""What waits while somebody draws: the ink comes first."""

import gc
import os
import sys
import threading

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.common.tasks import leave_the_window_first
from app.ui.main_window import GarbageCollector
from app.ui.recognize.paper.canvas import Canvas
from app.ui.recognize.paper.pointer import keep_all_moves
from tests.ui.hand import LEFT, NO_KEYS, ONE, draw


def test_moves_are_not_joined_whatever_the_plugin_wants(qapp: QApplication) -> None:
    joins = (
        Qt.ApplicationAttribute.AA_CompressHighFrequencyEvents,
        Qt.ApplicationAttribute.AA_CompressTabletEvents,
    )
    for attribute in joins:
        QCoreApplication.setAttribute(attribute, True)
    keep_all_moves()
    assert not any(QCoreApplication.testAttribute(attribute) for attribute in joins)


def test_the_canvas_tells_when_the_pointer_is_down(qtbot: QtBot) -> None:
    canvas, told = Canvas(), list[bool]()
    qtbot.addWidget(canvas)
    canvas.resize(400, 400)
    canvas.show()
    canvas.busy_changed.connect(told.append)
    draw(canvas, ONE)
    assert told == [True, False]
    QTest.mousePress(canvas, LEFT, NO_KEYS, QPoint(50, 50))
    canvas.cancel()
    assert told == [True, False] * 2


def test_garbage_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    collected, must_wait = list[int](), True
    monkeypatch.setattr(gc, "get_count", lambda: (10_000, 0, 0))
    monkeypatch.setattr(gc, "collect", lambda generation=2: collected.append(generation))
    collector = GarbageCollector(lambda: must_wait)
    try:
        collector._on_time()
        assert collected == []
        must_wait = False
        collector._on_time()
        assert collected == [0]
    finally:
        collector.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="threads have priorities of their own only there")
def test_training_threads_leave_the_window_first() -> None:
    niceness = list[int]()

    def training() -> None:
        leave_the_window_first()
        born_in_it = threading.Thread(
            target=lambda: niceness.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        )
        born_in_it.start()
        born_in_it.join()

    before = os.getpriority(os.PRIO_PROCESS, 0)
    thread = threading.Thread(target=training)
    thread.start()
    thread.join()
    assert niceness == [5]
    assert os.getpriority(os.PRIO_PROCESS, 0) == before

"""A hand for tests: finds a widget by its name, and real mouse events on it."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeVar

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QPushButton, QWidget

LEFT, NO_KEYS = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
SLOW_MS = 30_000
"""What other threads do may take long on a busy machine."""

SEVEN = ((0.3, 0.2), (0.7, 0.2), (0.45, 0.85))
ONE = ((0.5, 0.15), (0.5, 0.85))


W = TypeVar("W", bound=QObject)


def find(parent: QObject, kind: type[W], name: str = "") -> W:
    """The one of that kind, and that name if it is given, within `parent`."""
    found = parent.findChild(kind, name) if name else parent.findChild(kind)
    assert found is not None
    return found


def button(parent: QWidget, name: str) -> QPushButton:
    return find(parent, QPushButton, name)


def click(parent: QWidget, name: str) -> None:
    """Click on a button of any kind that can be clicked on."""
    target = find(parent, QAbstractButton, name)
    assert target.isVisible()
    assert target.isEnabled()
    QTest.mouseClick(target, LEFT)


def draw(widget: QWidget, corners: Sequence[tuple[float, float]], steps: int = 12) -> None:
    """Press, move along straight lines between `corners` (shares of the widget's size), and release."""
    points = [QPoint(round(x * widget.width()), round(y * widget.height())) for x, y in corners]
    QTest.mousePress(widget, LEFT, NO_KEYS, points[0])
    for start, end in pairwise(points):
        for step in range(1, steps + 1):
            QTest.mouseMove(widget, start + (end - start) * step / steps)
    QTest.mouseRelease(widget, LEFT, NO_KEYS, points[-1])

"""Strokes of very many points look as they do when they are painted one by one."""

import math
import random

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPixmap

from app.core.imaging.drawing import Drawing, Stroke
from app.core.imaging.paper import Paper
from app.ui.recognize.paper import painting
from app.ui.recognize.paper.gestures import Erasing

CHANCE = random.Random(1)
SIDE = 120.0
STROKES: dict[str, tuple[Stroke, ...]] = {
    "zigzag": (tuple((number % 2 * 100 + 10.0, 10 + number / 4) for number in range(60)),),
    "pressure": (tuple((20.0 + number, 60 + 30 * math.sin(number / 9), 0, number / 80) for number in range(80)),),
    "dots": tuple(((CHANCE.uniform(9, 111), CHANCE.uniform(9, 111)),) for _ in range(40)),
    "scribble": (tuple((CHANCE.uniform(9, 111), CHANCE.uniform(9, 111)) for _ in range(40)),),
}


def painted(strokes: tuple[Stroke, ...], ratio: float) -> NDArray[np.int64]:
    """The green of each pixel, on paper that is wider than the drawing."""
    image = QImage(QSize(150, 120) * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(0xFFFFFFFF)
    with painting.painter_on(image) as painter:
        painting.paint_paper(painter, Paper(Drawing(SIDE, SIDE, strokes)), QSize(150, 120), 8)
    return pixels(image)


def pixels(image: QImage) -> NDArray[np.int64]:
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., 1].astype(int)


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("name", STROKES)
def test_nobody_sees_a_difference(name: str, ratio: float, monkeypatch: pytest.MonkeyPatch, qapp: object) -> None:
    one_by_one = painted(STROKES[name], ratio)
    monkeypatch.setattr(painting, "MANY_POINTS", 0)
    together = painted(STROKES[name], ratio)
    assert np.abs(one_by_one - together).mean() < 2.5
    assert (np.abs(one_by_one - together) > 128).mean() < 0.002


def test_what_is_left_after_rubbing_out_is_painted_where_it_was(monkeypatch: pytest.MonkeyPatch, qapp: object) -> None:
    found = []
    for many in (10**9, 0):
        monkeypatch.setattr(painting, "MANY_POINTS", many)
        onto = QPixmap(150, 120)
        onto.fill("white")
        Erasing(Drawing(150, 120, STROKES["scribble"])).repaint(onto, QRectF(30, 40, 50, 30), 8, "black")
        found.append(pixels(onto.toImage().convertToFormat(QImage.Format.Format_RGB32)))
    assert np.abs(found[0] - found[1]).mean() < 1
    assert found[1].min() < 50

"""Ink in photographs: found whatever the light, the paper and what lies around it."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.imaging.drawing import load_drawing
from app.core.imaging.ground import is_light_on_dark
from app.core.imaging.ink import find_ink
from app.core.imaging.rasterise import render_preview

SAMPLES = Path(__file__).parents[3] / "resources" / "samples"


def page(name: str = "digit-2", height: int = 360, width: int = 320, pen: float = 12) -> NDArray[np.float32]:
    """Return a digit on white paper, dark on light."""
    drawing = load_drawing(SAMPLES / f"{name}.drawing.json")
    return np.asarray(render_preview(drawing, width, height, pen) / 255, np.float32)


@pytest.mark.parametrize("pen", [3.0, 20.0])
def test_light_that_falls_off_towards_the_corners_is_no_writing(pen: float) -> None:
    rows, columns = np.linspace(-1, 1, 360)[:, None], np.linspace(-1, 1, 320)
    lens = (1 - 0.06 * (rows**2 + columns**2)).astype(np.float32)
    photo = (0.4 + 0.4 * page(pen=pen)) * lens
    assert not is_light_on_dark(photo)
    assert is_light_on_dark((0.2 + 0.4 * (1 - page(pen=pen))) / lens)
    ink, inverted = find_ink(photo)
    assert not inverted
    assert float((ink > 0.5).mean()) == pytest.approx(float((page(pen=pen) < 0.5).mean()), rel=0.2)

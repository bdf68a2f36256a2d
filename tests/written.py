"""Numbers written by hand for tests: the bundled sample digits side by side, on one canvas; drawings as pictures."""

import numpy as np
from numpy.typing import NDArray

from app.core.imaging import rasterise
from app.core.imaging.drawing import Drawing, load_drawing
from app.core.imaging.pictures import Picture
from app.core.paths import resources_dir

Strokes = list[NDArray[np.float64]]


def digit(name: str) -> Strokes:
    """The strokes of a sample, from 0 to 100 in height, its left edge at 0; "7-crossed" is another 7."""
    drawing = load_drawing(resources_dir() / "samples" / f"digit-{name}.drawing.json")
    strokes = [np.array([point[:2] for point in stroke]) for stroke in drawing.strokes]
    everything = np.concatenate(strokes)
    low, height = everything.min(axis=0), np.ptp(everything[:, 1])
    return [(stroke - low) * 100 / height for stroke in strokes]


def written(names: str | list[str], gap: float = 18, tilt: float = 0) -> Drawing:
    """The digits one after the other, `gap` units between their inks; `tilt` is what the line falls a unit."""
    strokes: Strokes = []
    left = 30.0
    for name in names:
        parts = digit(name)
        strokes += [stroke + np.array([left, 30 + tilt * left]) for stroke in parts]
        left += max(stroke[:, 0].max() for stroke in parts) + gap
    return on_canvas(strokes)


def on_canvas(strokes: Strokes, margin: float = 30) -> Drawing:
    """A drawing of these strokes on a canvas that fits them."""
    width, height = np.concatenate(strokes).max(axis=0) + margin
    return Drawing(float(width), float(height), tuple(tuple(map(tuple, stroke.tolist())) for stroke in strokes))


def photographed(drawing: Drawing, pen: float = 9, scale: float = 1.0) -> Picture:
    """The drawing on paper under uneven light."""
    width, height = round(drawing.width * scale), round(drawing.height * scale)
    grey = rendered(drawing, width, height, pen * scale) / 255
    light = np.linspace(0.6, 0.9, width)[None] + np.random.default_rng(4).normal(0, 0.01, (height, width))
    levels = np.rint(np.clip((0.2 + 0.8 * grey) * light, 0, 1) * 255).astype(np.uint8)
    return Picture(np.repeat(levels[..., None], 3, axis=2))


def rendered(drawing: Drawing, width: int, height: int, pen_width: float) -> NDArray[np.uint8]:
    """Draw the whole canvas as a picture, dark ink on white.

    `pen_width` is in pixels of the picture. The canvas keeps its proportions and is centred.

    Returns:
        (height, width) uint8: 0 ink, 255 paper.

    """
    fine = 4
    scale = fine * min(width / drawing.width, height / drawing.height)
    margin = (fine * np.array([width, height]) - scale * np.array([drawing.width, drawing.height])) / 2
    ink = np.zeros((height * fine, width * fine), np.uint8)
    curves = [curve for curve in map(rasterise._points, drawing.strokes) if len(curve)]
    if curves:
        painted = [rasterise._resample(curve, -margin / scale, scale)[0] for curve in curves]
        centres = np.concatenate(painted)
        radii = np.full(len(centres), max(pen_width * fine / 2, 0.5))
        ink = rasterise._paint(height * fine, width * fine, centres, radii)
    mean = ink.reshape(height, fine, width, fine).mean(axis=(1, 3), dtype=np.float32)
    return np.asarray(np.rint(255 - mean), np.uint8)

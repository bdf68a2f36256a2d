"""Numbers written by hand for tests: the bundled sample digits side by side, on one canvas."""

import numpy as np
from numpy.typing import NDArray

from app.core.imaging.drawing import Drawing, load_drawing
from app.core.imaging.pictures import Picture
from app.core.imaging.rasterise import render_preview
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
    grey = render_preview(drawing, width, height, pen * scale) / 255
    light = np.linspace(0.6, 0.9, width)[None] + np.random.default_rng(4).normal(0, 0.01, (height, width))
    levels = np.rint(np.clip((0.2 + 0.8 * grey) * light, 0, 1) * 255).astype(np.uint8)
    return Picture(np.repeat(levels[..., None], 3, axis=2))

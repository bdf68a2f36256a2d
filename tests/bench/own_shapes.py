"""Shapes as people draw them for a set of their own: round and flat, tilted, small and large, begun anywhere."""

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator

from app.core.datasets.handwriting.hand import Glyph, glyphs, write
from app.core.datasets.originals import network_image
from app.core.datasets.samples.sets import create_sample_set
from app.core.datasets.samples.store import NewSample, SampleStore
from app.core.datasets.types import LabelledImages
from app.core.imaging.drawing import Drawing
from app.core.imaging.preprocess import Preprocessing

WIDTH, HEIGHT = 640.0, 420.0
"""Of the paper, in its own units."""

_WAYS: dict[str, tuple[Glyph, ...]] = {
    "circle": glyphs(
        {
            "from the top": ("50,4 18,18 4,50 18,82 50,96 82,82 96,50 82,18 52,4 40,6",),
            "from the right": ("96,50 82,18 50,4 18,18 4,50 18,82 50,96 82,82 95,54",),
            "open": ("60,6 24,12 4,44 14,80 46,96 80,84 96,52 86,22 68,10",),
        }
    ),
    "square": glyphs(
        {
            "one stroke": ("8,8 8,92! 92,92! 92,8! 6,8",),
            "the other way": ("92,92 92,8! 8,8! 8,92! 94,92",),
            "two strokes": ("8,8 8,92! 92,92", "8,8 92,8! 92,92"),
        }
    ),
    "triangle": glyphs(
        {
            "one stroke": ("50,6 8,92! 92,92! 48,6",),
            "from the left": ("6,92 50,8! 94,92! 4,92",),
            "leaning": ("30,8 8,92! 94,90! 30,6",),
            "roof and floor": ("6,92 50,6! 94,92", "8,90 92,92"),
        }
    ),
    "star": glyphs(
        {"one stroke": ("20,94 50,4! 80,94! 6,36! 94,36! 20,94",), "lines": ("50,4 50,96", "8,28 92,72", "92,28 8,72")}
    ),
    "heart": glyphs({"one stroke": ("50,94! 8,50 10,16 34,8 50,32! 68,8 92,16 90,50 50,94",)}),
    "arrow": glyphs(
        {"right": ("4,50 96,50", "66,20 96,50! 66,82"), "one stroke": ("4,52 94,50! 68,24! 94,50! 66,78",)}
    ),
    "house": glyphs({"two strokes": ("14,94 14,44! 86,44! 86,94! 14,94", "6,48 50,4! 94,48")}),
    "cross": glyphs({"upright": ("6,50 94,50", "50,6 50,94"), "oblique": ("10,10 90,90", "90,10 10,90")}),
    "wave": glyphs({"long": ("4,50 20,20 36,50 52,80 68,50 84,20 98,46",)}),
    "spiral": glyphs({"inwards": ("50,4 8,30 10,80 60,94 92,60 70,24 36,34 32,66 60,70 62,50",)}),
}
SHAPES = tuple(_WAYS)


def drawn_shape(name: str, random: Generator) -> Drawing:
    """Draw a shape once, somewhere on the paper."""
    ways = _WAYS[name]
    curves = write(ways[int(random.integers(len(ways)))], random, turn=0.18)
    scale = float(random.uniform(0.8, 3.0))
    points = np.concatenate(curves)
    low, size = points.min(axis=0) * scale, np.ptp(points, axis=0) * scale
    room = np.maximum(np.array([WIDTH, HEIGHT]) - size - 20, 0)
    corner = 10 + random.uniform(0, 1, 2) * room - low
    return Drawing(WIDTH, HEIGHT, tuple(tuple(map(tuple, (curve * scale + corner).tolist())) for curve in curves))


def drawn_set(names: Sequence[str], of_each: int, seed: int, title: str = "Shapes") -> SampleStore:
    """Make a set of the user's with so many drawings of each shape; one in five is held back, as always."""
    random = np.random.default_rng(seed)
    store = SampleStore(create_sample_set(title, tuple(names)).name)
    store.add_all(
        NewSample(drawn_shape(name, random), label) for _ in range(of_each) for label, name in enumerate(names)
    )
    return store


def new_drawings(names: Sequence[str], of_each: int, seed: int) -> LabelledImages:
    """Drawings that nobody collected, as a network is shown them."""
    random = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(names), dtype=np.uint8), of_each)
    images = [network_image(drawn_shape(names[int(label)], random), Preprocessing.DIGITS) for label in labels]
    return LabelledImages(np.stack(images), labels)

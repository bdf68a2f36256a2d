"""Strokes as pieces of digits."""

import numpy as np
from numpy.typing import NDArray

from app.core.imaging.drawing import Drawing, Stroke
from app.core.imaging.segmentation.pieces import Piece

_MOST_POINTS = 64  # on a stroke: enough to tell what touches what


def stroke_pieces(drawing: Drawing) -> list[Piece]:
    """Each stroke as a piece; `parts` are the numbers of strokes."""
    strokes = ((number, stroke) for number, stroke in enumerate(drawing.strokes) if stroke)
    return [Piece(_points_along(stroke), (number,), frozenset([number])) for number, stroke in strokes]


def _points_along(stroke: Stroke) -> NDArray[np.float64]:
    """Points at equal steps along the stroke, its corners among them as far as they reach out."""
    places = np.array([point[:2] for point in stroke], np.float64)
    steps = np.hypot(*np.diff(places, axis=0).T)
    at = np.concatenate([[0.0], np.cumsum(steps)])
    even = np.linspace(0, at[-1], _MOST_POINTS)
    points = np.column_stack([np.interp(even, at, places[:, axis]) for axis in (0, 1)])
    ends = places[[*places.argmin(axis=0), *places.argmax(axis=0)]]
    return np.concatenate([points, ends])

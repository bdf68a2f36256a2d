"""Which part of a map is in sight, and how large."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QSize

from app.core.inference.mapping.tsne import Array

_MARGIN, _SHARE = 22.0, 0.1
"""Around everything: so many pixels, or so much of a small widget."""
_LEAST_ZOOM, _MOST_ZOOM = 0.5, 400.0


class Viewport:
    """A place of the map in the `middle`, and `scale` pixels for a unit of it. Upwards on the map is upwards here."""

    def __init__(self) -> None:
        self.size, self.middle, self.scale, self.is_whole = QSize(1, 1), QPointF(), 1.0, True
        self._whole_scale = 1.0

    def fit(self, places: Array) -> None:
        """Hold all places (n, 2); while everything is to be in sight, it is."""
        if not len(places):
            return
        low, high = places.min(axis=0), places.max(axis=0)
        margin = min(_MARGIN, _SHARE * min(self.size.width(), self.size.height()))
        room = max(1.0, self.size.width() - 2 * margin), max(1.0, self.size.height() - 2 * margin)
        self._whole_scale = float((np.array(room) / np.maximum(high - low, 1e-9)).min())
        if self.is_whole:
            self.middle = QPointF(*((low + high) / 2).tolist())
            self.scale = self._whole_scale

    def zoom(self, factor: float, at: QPointF) -> None:
        """Larger or smaller; what is at a point stays there."""
        before = self.on_map(at)
        scale = self.scale * factor
        self.scale = min(max(scale, self._whole_scale * _LEAST_ZOOM), self._whole_scale * _MOST_ZOOM)
        self.middle += before - self.on_map(at)
        self.is_whole = False

    def move(self, by: QPointF) -> None:
        """Drag the map along by so many pixels."""
        self.middle -= QPointF(by.x() / self.scale, -by.y() / self.scale)
        self.is_whole = False

    def on_map(self, point: QPointF) -> QPointF:
        """The place of the map that is at a point."""
        x, y = point.x() - self.size.width() / 2, point.y() - self.size.height() / 2
        return QPointF(self.middle.x() + x / self.scale, self.middle.y() - y / self.scale)

    def points(self, places: Array) -> NDArray[np.float64]:
        """The points (n, 2) where places (n, 2) are."""
        middle = np.array([self.middle.x(), self.middle.y()])
        half = np.array([self.size.width() / 2, self.size.height() / 2])
        return np.asarray((places - middle) * (self.scale, -self.scale) + half, np.float64)

    def point(self, place: QPointF) -> QPointF:
        """The point where a place is."""
        return QPointF(*self.points(np.array([[place.x(), place.y()]]))[0].tolist())

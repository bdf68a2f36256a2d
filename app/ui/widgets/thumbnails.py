"""The whole paper in small."""

from PySide6.QtGui import QImage

from app.ui.widgets.canvas import Canvas
from app.ui.widgets.paper import Paper

_SIDE = 320


class Thumbnails:
    """Thumbnails of what lies on a canvas; the last one is not painted again."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._paper: Paper | None = None
        self._image = QImage()

    def of(self, paper: Paper) -> QImage:
        """The paper in small."""
        if paper is not self._paper:
            self._paper, self._image = paper, self._canvas.thumbnail(paper, _SIDE)
        return self._image

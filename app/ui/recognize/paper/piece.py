"""The piece of clothing that was found in a photograph: its outline, and the tools to say where it is."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QAbstractButton, QBoxLayout, QPushButton, QWidget

from app.core.imaging.paper import Paper
from app.core.imaging.region import Mask, outline
from app.ui import theme
from app.ui.common import build
from app.ui.recognize.paper.canvas import PIECE_TOOLS, Canvas, Tool
from app.ui.recognize.paper.marking import paint_region
from app.ui.recognize.paper.painting import picture_place

_LINE, _HALO = 2.0, 5.5
"""Pixels: how wide the outline is, and what sets it off from any photograph."""


class PieceOverlay(QWidget):
    """Lies on the canvas and shows what was read of the picture there; the pointer goes through it."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._paper: Paper | None = None
        self._found: Mask | None = None
        self._drawn: QPixmap | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        canvas.installEventFilter(self)
        canvas.changed.connect(self._on_changed)
        self.hide()

    @property
    def found(self) -> Mask | None:
        """Which pixels of the picture are outlined; None while nothing is."""
        return None if self.isHidden() else self._found

    def show_piece(self, paper: Paper, found: Mask | None) -> None:
        """Outline what was found in the picture on `paper`; None takes the outline away."""
        if found is not self._found:
            self._drawn = None
        self._paper, self._found = paper, found
        self.setVisible(found is not None and paper.picture is not None)
        self.update()

    @Slot()
    def _on_changed(self) -> None:
        """Another picture has another piece; the same one keeps its outline until it was read anew."""
        if self._paper is not None and self._canvas.paper.picture is not self._paper.picture:
            self.hide()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Be as large as the canvas."""
        if event.type() is QEvent.Type.Resize:
            self.resize(self._canvas.size())
            self._drawn = None
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The outline, from a pixmap that is painted once; and, to who corrects it, what was said already."""
        paper = self._canvas.paper
        if self._paper is None or self._paper.picture is None or self._found is None:
            return
        place = picture_place(self._paper.picture, self._canvas.size())
        if self._drawn is None:
            self._drawn = self._outlined(self._found, place.toAlignedRect())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPixmap(place.toAlignedRect().topLeft(), self._drawn)
        if paper.region is not None and self._canvas.tool in PIECE_TOOLS:
            paint_region(painter, place, paper.region)
        painter.end()

    def _outlined(self, found: Mask, place: QRect) -> QPixmap:
        """The line on its halo, in the size of the screen's own pixels."""
        ratio = self.devicePixelRatioF()
        size = place.size() * ratio
        lines = outline(found, size.width(), size.height(), ratio * _LINE, ratio * _HALO)
        line, halo = lines[0][..., None], lines[1][..., None]
        paper, accent = _levels(theme.LIGHT.paper), _levels(theme.LIGHT.accent)  # the paper is white in both schemes
        colours = np.concatenate([line * accent + (1 - line) * paper, 255 * np.maximum(0.85 * halo, line)], axis=2)
        pixels = np.ascontiguousarray(np.rint(colours), np.uint8)
        image = QImage(pixels.tobytes(), size.width(), size.height(), QImage.Format.Format_RGBA8888)
        drawn = QPixmap.fromImage(image)
        drawn.setDevicePixelRatio(ratio)
        return drawn


def _levels(name: str) -> NDArray[np.float32]:
    colour = QColor(name)
    return np.array((colour.red(), colour.green(), colour.blue()), np.float32)


class PieceTools(QWidget):
    """Small buttons in the margin of the paper while a photograph lies there that is read as clothes."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._is_corrected: bool | None = None
        self.frame = self._tool(Tool.FRAME, self.tr("Frame the piece: drag a rectangle around it (F)"), "F")
        self.belongs = self._tool(Tool.BELONGS, self.tr("Paint what belongs to the piece (B)"), "B")
        self.not_belongs = self._tool(Tool.NOT_BELONGS, self.tr("Paint what does not belong to the piece (N)"), "N")
        self.automatic = self._tool("automatic", self.tr("Automatic"), "A")
        self.automatic.setCheckable(False)
        self.automatic.clicked.connect(self._on_automatic)
        self._row = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.SPACING // 2)
        for button in (*self.tools, self.automatic):
            self._row.addWidget(button)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        canvas.installEventFilter(self)
        canvas.changed.connect(self._on_changed)
        theme.notifier().changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.hide()

    @property
    def tools(self) -> tuple[QAbstractButton, ...]:
        """What can be chosen instead of pen and eraser."""
        return self.frame, self.belongs, self.not_belongs

    def offer(self, is_offered: bool) -> None:
        """Be there for photographs that are read as clothes."""
        if is_offered != self.isVisibleTo(self._canvas):
            self.setVisible(is_offered)
        if is_offered:
            self._on_changed()
            self._find_place()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Stay in the margin that the picture leaves."""
        if event.type() is QEvent.Type.Resize and not self.isHidden():
            self._find_place()
        return False

    @Slot()
    def _on_changed(self) -> None:
        is_corrected = self._canvas.paper.region is not None
        if is_corrected == self._is_corrected:
            return  # asked with every move of the pointer
        self._is_corrected = is_corrected
        again, already = self.tr("Find the piece automatically again (A)"), self.tr("The piece was found automatically")
        self.automatic.setEnabled(is_corrected)
        self.automatic.setToolTip(again if is_corrected else already)

    @Slot()
    def _on_automatic(self) -> None:
        paper = self._canvas.paper
        if paper.region is not None:
            self._canvas.put(replace(paper, region=None))

    @Slot()
    def _on_theme_changed(self) -> None:
        for button in (*self.tools, self.automatic):
            button.setIcon(theme.icon(button.objectName()))

    def _find_place(self) -> None:
        """At the left of a picture that leaves more room there, below one that is wide."""
        picture = self._canvas.paper.picture
        if picture is None:
            return
        room = self._canvas.size()
        place = picture_place(picture, room)
        is_tall = place.left() >= room.height() - place.bottom()
        ways = QBoxLayout.Direction
        self._row.setDirection(ways.TopToBottom if is_tall else ways.LeftToRight)
        self.adjustSize()
        self.move(theme.SPACING, theme.SPACING if is_tall else room.height() - self.height() - theme.SPACING)

    def _tool(self, name: str, tip: str, key: str) -> QPushButton:
        button = build.button(name=name, kind="square", tip=tip, says=tip, checkable=True, keys=key)
        button.setFixedSize(QSize(theme.CONTROL_HEIGHT, theme.CONTROL_HEIGHT))
        return button

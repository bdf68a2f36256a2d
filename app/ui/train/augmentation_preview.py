"""Some training pictures as the augmentation varies them."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QWidget

from app.ui import theme
from app.ui.common import build
from app.ui.common.painted import Painted
from app.ui.common.picture_grid import on_paper

ROWS, COLUMNS = 4, 6
_TILE, _GAP = 34, 4
_SOON_MS = 200

_MESSAGE, _PICTURES = 0, 1


class VariedPictures(Painted):
    """Rows of one picture each: as it is and, a little apart, its variations. Dark ink on white paper."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[list[QImage]] = []
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_pictures(self, pictures: NDArray[np.uint8]) -> None:
        """Show (rows, columns, 28, 28) uint8 with ink = 255."""
        self._rows = [[on_paper(image) for image in row] for row in pictures]
        self.update()

    def sizeHint(self) -> QSize:
        """Room for all rows."""
        return QSize(COLUMNS * (_TILE + _GAP), ROWS * (_TILE + _GAP))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The pictures."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(QColor(theme.colours().line))
        for row, images in enumerate(self._rows):
            for column, image in enumerate(images):
                tile = QRectF(self._left(column), row * (_TILE + _GAP), _TILE, _TILE)
                painter.drawImage(tile, image)
                painter.drawRect(tile)
        painter.end()

    def _left(self, column: int) -> int:
        """Where a column begins; the first one stands apart."""
        apart = 2 * _GAP
        step = min(_TILE + _GAP, (self.width() - apart - _TILE - theme.LINE) / (COLUMNS - 1))
        return round(column * step + (apart if column else 0))


class AugmentationPreview(QWidget):
    """Asks for pictures when it is looked at and when the settings changed; one request at a time, the newest wins."""

    wanted = Signal(int)  # the number of the selection of pictures

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number, self._locked = 0, ""
        self._is_waiting = self._is_stale = False
        self._pictures, self._stack = VariedPictures(), QStackedWidget()
        self._message = build.label(name="preview_message", role="muted", wraps=True, align=Qt.AlignmentFlag.AlignTop)
        self._pictures.setToolTip(self.tr("Left: training pictures as they are. Right: as the network may see them."))
        self._stack.insertWidget(_MESSAGE, self._message)
        self._stack.insertWidget(_PICTURES, self._pictures)
        self._another = build.button(self.tr("Show others"), name="new_pictures", clicked=self._on_another_clicked)
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self._ask)
        build.column(self._stack, build.row(build.STRETCH, self._another), on=self)
        self.show_nothing()

    @property
    def message(self) -> str:
        """The sentence in place of pictures, or an empty text."""
        return self._message.text() if self._stack.currentIndex() == _MESSAGE else ""

    def showEvent(self, event: QShowEvent) -> None:
        """Now somebody looks."""
        super().showEvent(event)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """The settings may have changed: ask for pictures soon, if anybody looks."""
        if self.isVisibleTo(self.window()):
            self._soon.start()

    def show_nothing(self) -> None:
        """These settings vary nothing."""
        self._is_waiting = False
        self._show_message(
            self.tr("No augmentation: the network sees the pictures as they are. Raise a value above to vary them.")
        )

    @Slot(object)
    def show_result(self, result: NDArray[np.uint8] | str) -> None:
        """Show the pictures that were asked for, or the sentence that says why there are none."""
        if isinstance(result, str):
            self._show_message(result)
        else:
            self._pictures.show_pictures(result)
            self._stack.setCurrentIndex(_PICTURES)
        self._is_waiting = False
        if self._is_stale:
            self._ask()

    def set_locked(self, reason: str) -> None:
        """Vary nothing for `reason`; an empty one unlocks it."""
        self._locked = reason
        self._another.setEnabled(not reason)
        self._another.setToolTip(reason or self.tr("Show other training pictures"))
        if not reason:
            self.refresh()

    def _show_message(self, message: str) -> None:
        self._message.setText(message)
        self._stack.setCurrentIndex(_MESSAGE)

    @Slot()
    def _on_another_clicked(self) -> None:
        self._number += 1
        self._ask()

    @Slot()
    def _ask(self) -> None:
        if self._locked:
            return
        self._is_stale = self._is_waiting
        if not self._is_waiting:
            self._is_waiting = True
            if self._stack.currentIndex() == _MESSAGE:
                self._show_message(self.tr("Preparing some training pictures…"))
            self.wanted.emit(self._number)

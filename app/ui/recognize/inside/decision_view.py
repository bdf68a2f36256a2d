"""A network of one layer in one view: the drawing times the weights of every class, summed, and softmax."""

from collections.abc import Sequence
from math import ceil

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.film.pictures import levels
from app.core.inference.explaining.decision import Decision
from app.core.percentages import probability_text
from app.ui import theme
from app.ui.common import build
from app.ui.common.film.decision import DecisionRows, signed
from app.ui.common.film.pictures import sheet_image
from app.ui.common.layout import FitScroll
from app.ui.common.painted import Painted
from app.ui.common.picture_grid import on_paper

_LEAST_SIDE, _MOST_SIDE, _SIGN = 56, 180, 16
_CAPTION, _LINE = 15, 15
_LINES = 3
_CENTRE = int(Qt.AlignmentFlag.AlignCenter)
_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class ClassSum(Painted):
    """Drawing × weights = products of one class, large, and its sum with numbers; of a pixel too, once it is chosen.

    The pixel is the one under the pointer in any of the pictures, or goes with the arrow keys.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, is_small=True)
        self._decision: Decision | None = None
        self._number, self._name = 0, ""
        self._images: tuple[QImage, ...] = ()
        self.pixel: tuple[int, int] | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Drawing × weights = products"))
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.notifier().changed.connect(self._paint_images)

    @property
    def words(self) -> tuple[str, ...]:
        """The lines below the pictures."""
        decision, number = self._decision, self._number
        if decision is None:
            return ()
        added, taken, bias, logit = (
            float(each[number]) for each in (decision.added, decision.taken, decision.bias, decision.logits)
        )
        share = probability_text(float(decision.probabilities[number]))
        answer = self.tr("“{name}”: logit {logit}, softmax {share}")
        terms = f"{added:.2f} − {-taken:.2f} {'−' if bias < 0 else '+'} {abs(bias):.2f}"
        parts = self.tr("= {terms} (positive, negative, bias)")
        return (
            answer.format(name=self._name, logit=signed(logit), share=share),
            parts.format(terms=terms),
            self._pixel_words(decision),
        )

    def show_class(self, decision: Decision, number: int, name: str) -> None:
        """Show how the logit of the class of that number comes about."""
        self._decision, self._number, self._name = decision, number, name
        if self.pixel is not None and not self._is_inside(*self.pixel):
            self.pixel = None
        self._paint_images()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        """Pictures, their captions, and the words."""
        return ceil(self._side(width)) + _CAPTION + _LINES * _LINE + 2

    def sizeHint(self) -> QSize:
        return QSize(3 * _MOST_SIDE + 2 * _SIGN, self.heightForWidth(self.width()))

    def minimumSizeHint(self) -> QSize:
        return QSize(3 * _LEAST_SIDE + 2 * _SIGN, self.heightForWidth(self.width()))

    def picture_places(self) -> tuple[QRectF, ...]:
        """Where the drawing, the weights and the products are."""
        side = self._side(self.width())
        return tuple(QRectF(number * (side + _SIGN), 0, side, side) for number in range(3))

    def tip_at(self, at: QPointF) -> str:
        """The words, which may be cut short."""
        return "" if at.y() < self._side(self.width()) else "\n".join(self.words)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Another pixel."""
        self._point_at(event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Touch does not move."""
        self._point_at(event.position())

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at any more."""
        super().leaveEvent(event)
        self._choose(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows go from pixel to pixel."""
        step = next((step for key, step in _STEPS.items() if key == event.key()), None)
        if step is None or self._decision is None:
            super().keyPressEvent(event)
            return
        rows, columns = self._decision.read.shape
        row, column = self.pixel or (rows // 2, columns // 2)
        self._choose((min(max(0, row + step[0]), rows - 1), min(max(0, column + step[1]), columns - 1)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The pictures with the signs between them, and the words."""
        if self._decision is None:
            return
        painter, colours = QPainter(self), theme.colours()
        places = self.picture_places()
        read = self.tr("Drawing") if self._decision.is_drawing else self.tr("Input")
        for place, image, caption, sign in zip(
            places, self._images, (read, self.tr("Weights"), self.tr("Products")), ("", "×", "="), strict=True
        ):
            painter.drawImage(place, image)
            painter.setPen(QColor(colours.muted))
            painter.drawText(QRectF(place.left() - _SIGN, 0, _SIGN, place.height()), _CENTRE, sign)
            painter.drawText(QRectF(place.left(), place.bottom(), place.width(), _CAPTION), _CENTRE, caption)
            self._paint_pixel(painter, place)
        top = places[0].bottom() + _CAPTION
        for number, line in enumerate(self.words):
            painter.setPen(QColor(colours.muted if number else colours.text))
            room = QRectF(0, top + number * _LINE, self.width(), _LINE)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), self._elided(line))
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.accent), theme.LINE))
            painter.drawRect(places[0].united(places[-1]).adjusted(0, 0, -1, -1))
        painter.end()

    def _elided(self, line: str) -> str:
        return self.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, self.width())

    def _pixel_words(self, decision: Decision) -> str:
        if self.pixel is None:
            return self.tr("Point at a pixel to see its product")
        row, column = self.pixel
        words = self.tr("Row {row}, column {column}: {value} × {weight} = {product}")
        return words.format(
            row=row + 1,
            column=column + 1,
            value=signed(float(decision.read[row, column])),
            weight=signed(float(decision.weights[self._number, row, column]), 3),
            product=signed(float(decision.products[self._number, row, column]), 3),
        )

    def _paint_pixel(self, painter: QPainter, place: QRectF) -> None:
        if self.pixel is None or self._decision is None:
            return
        rows, columns = self._decision.read.shape
        width, height = place.width() / columns, place.height() / rows
        at = QRectF(place.left() + self.pixel[1] * width, place.top() + self.pixel[0] * height, width, height)
        for colour, margin in ((theme.colours().card, 2), (theme.colours().text, 1)):
            painter.setPen(QPen(QColor(colour), 1))
            painter.drawRect(at.adjusted(-margin, -margin, margin - 1, margin - 1))

    def _side(self, width: int) -> float:
        return min(_MOST_SIDE, max(_LEAST_SIDE, (width - 2 * _SIGN) / 3))

    def _is_inside(self, row: int, column: int) -> bool:
        assert self._decision is not None
        rows, columns = self._decision.read.shape
        return bool(0 <= row < rows and 0 <= column < columns)

    def _point_at(self, at: QPointF) -> None:
        place = next((place for place in self.picture_places() if place.contains(at)), None)
        if place is None or self._decision is None:
            self._choose(None)
            return
        rows, columns = self._decision.read.shape
        row, column = (
            int((at.y() - place.top()) * rows / place.height()),
            int((at.x() - place.left()) * columns / place.width()),
        )
        self._choose((row, column) if self._is_inside(row, column) else None)

    def _choose(self, pixel: tuple[int, int] | None) -> None:
        if pixel != self.pixel:
            self.pixel = pixel
            self.setAccessibleDescription(" ".join(self.words))
            self.update()

    @Slot()
    def _paint_images(self) -> None:
        decision, colours = self._decision, theme.colours()
        if decision is None:
            return
        read = decision.read
        if decision.is_drawing:
            first = on_paper(np.rint(255 * np.clip(read, 0, 1)).astype(np.uint8))
        else:
            first = sheet_image(levels(read), colours)
        # On the scales of all classes: what is pale here adds little.
        of_all = [levels(each)[self._number] for each in (decision.weights, decision.products)]
        self._images = (first, *(sheet_image(one, colours) for one in of_all))
        self.setAccessibleDescription(" ".join(self.words))
        self.update()


class DecisionView(QWidget):
    """All classes in rows, and one of them large above: the one pointed at, the one clicked, or else the answer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sum, self.rows = ClassSum(), DecisionRows(28)
        self._decision: Decision | None = None
        self._names: Sequence[str] = ()
        self._pointed: int | None = None
        self._kept: int | None = None
        build.column(self.sum, (FitScroll(self.rows, upright=True), 1), on=self)
        self.rows.pointed_at.connect(self._on_pointed_at)
        self.rows.example_clicked.connect(self._on_clicked)
        self.rows.choice_moved.connect(self._on_pointed_at)

    @property
    def number(self) -> int:
        """The class that is shown large."""
        for chosen in (self._pointed, self._kept):
            if chosen is not None:
                return chosen
        return 0 if self._decision is None else int(self._decision.logits.argmax())

    def show_decision(self, decision: Decision, names: Sequence[str]) -> None:
        """Show how the network decided between these classes."""
        if len(names) != len(self._names):
            self._pointed = self._kept = None
        self._decision, self._names = decision, names
        self.rows.show_decision(decision, names)
        self._show_sum()

    def _show_sum(self) -> None:
        if self._decision is not None:
            self.sum.show_class(self._decision, self.number, self._names[self.number])
            self.rows.mark(self.number)

    @Slot(int)
    def _on_pointed_at(self, number: int) -> None:
        self._pointed = None if number < 0 else number
        self._show_sum()

    @Slot(int)
    def _on_clicked(self, number: int) -> None:
        """Keep it; a second click follows the answer again."""
        self._kept = None if number == self._kept else number
        self._pointed = None
        self._show_sum()

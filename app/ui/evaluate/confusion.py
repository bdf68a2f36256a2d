"""The confusion matrix: what was taken for what. A cell is chosen by mouse or arrow keys."""

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.inference.evaluation import ModelEvaluation
from app.core.lessons.happenings import Action, Deed
from app.core.percentages import percent
from app.ui import theme
from app.ui.common import build
from app.ui.common.layout import Divided
from app.ui.common.painted import Painted
from app.ui.common.window_object import Happenings
from app.ui.evaluate.confusion_figure import Cell, ConfusionGeometry, ConfusionMatrixPainter, confusion_geometry
from app.ui.evaluate.examples import ExamplesGrid

_MANY = 20
"""More classes than these have too many cells to be painted one by one."""
_STEPS: dict[int, Cell] = {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
}


class ConfusionMatrix(Painted):
    """Rows are true classes, columns what they were read as. The chosen cell and the one pointed at name themselves."""

    cell_chosen = Signal(object)  # Cell

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._evaluation: ModelEvaluation | None = None
        self._chosen: Cell | None = None
        self._pointed: Cell | None = None
        self._picture: QPixmap | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(240, 180))
        self.setAccessibleName(self.tr("Confusion matrix"))
        theme.notifier().changed.connect(self._on_colours_changed)

    @property
    def chosen(self) -> Cell | None:
        """True class and predicted class of the chosen cell."""
        return self._chosen

    @property
    def geometry_now(self) -> ConfusionGeometry:
        """Where everything is at the moment."""
        names = self._evaluation.class_names if self._evaluation else ()
        return confusion_geometry(QSizeF(self.size()), names, self.font())

    def show_evaluation(self, evaluation: ModelEvaluation | None) -> None:
        """Show its confusions; no cell is chosen."""
        self._evaluation, self._chosen, self._pointed = evaluation, None, None
        self._repaint()

    def choose(self, cell: Cell) -> None:
        """Mark a cell and tell of it."""
        self._chosen = cell
        self.setAccessibleDescription(self.words(cell))
        self.update()
        self.cell_chosen.emit(cell)

    def words(self, cell: Cell) -> str:
        """What a cell says: "True 4, read as 9: 12 of 982 (1.2%)"; of a class without pictures, that there is none."""
        assert self._evaluation is not None
        (row, column), names = cell, self._evaluation.class_names
        count, total = int(self._evaluation.confusion[cell]), self._evaluation.classes[row].support
        if not total:
            words = self.tr("True {true}, predicted {said}: no test picture is of class {true}")
            return words.format(true=names[row], said=names[column])
        words = self.tr("True {true}, predicted {said}: {count:,} of {total:,} ({share})")
        return words.format(true=names[row], said=names[column], count=count, total=total, share=percent(count / total))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The matrix as it was painted last, and over it what changes with the pointer."""
        painter = QPainter(self)
        if self._evaluation is not None:
            geometry = self.geometry_now
            painter.drawPixmap(0, 0, self._base(self._evaluation, geometry))
            marked = [cell for cell in (self._pointed, self._chosen) if cell is not None]
            names = ConfusionMatrixPainter(self._evaluation, theme.colours())
            names.paint_names(painter, geometry, marked)
            self._paint_marks(painter, geometry)
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark what is pointed at."""
        self._point_at(self._cell_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at any more."""
        self._point_at(None)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a cell."""
        cell = self._cell_at(event.position())
        if cell is not None and event.button() is Qt.MouseButton.LeftButton:
            self._look_at(cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from cell to cell."""
        step = _STEPS.get(event.key())
        if step is None or self._evaluation is None:
            super().keyPressEvent(event)
            return
        last = len(self._evaluation.class_names) - 1
        row, column = (min(max(at + by, 0), last) for at, by in zip(self._chosen or (0, 0), step, strict=True))
        self._look_at((row, column) if self._chosen else (0, 0))

    def _look_at(self, cell: Cell) -> None:
        """The user chose a cell."""
        self.choose(cell)
        if self._evaluation is not None:
            true, answer = (self._evaluation.class_names[place] for place in cell)
            Happenings.of(self).happened.emit(Deed(Action.LOOKED_AT_CELL, cell=(true, answer)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Everything moves."""
        super().resizeEvent(event)
        self._repaint()

    def tip_at(self, at: QPointF) -> str:
        """Each cell, the more so where there is no room for its number."""
        cell = self._cell_at(at)
        return "" if cell is None else self.words(cell)

    def tip_area(self, at: QPointF) -> QRect:
        cell = self._cell_at(at)
        return QRect() if cell is None else self.geometry_now.rect_of(cell).toRect()

    def _cell_at(self, point: QPointF) -> Cell | None:
        return self.geometry_now.cell_at(point) if self._evaluation else None

    def _point_at(self, cell: Cell | None) -> None:
        if cell != self._pointed:
            self._pointed = cell
            self.setCursor(Qt.CursorShape.ArrowCursor if cell is None else Qt.CursorShape.PointingHandCursor)
            self.update()

    def _base(self, evaluation: ModelEvaluation, geometry: ConfusionGeometry) -> QPixmap:
        """The matrix without marks: painting 2,500 cells for every move of the pointer would take too long."""
        if self._picture is None:
            ratio = self.devicePixelRatioF()
            self._picture = QPixmap(self.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._picture)
            in_haste = len(evaluation.class_names) > _MANY
            ConfusionMatrixPainter(evaluation, theme.colours(), in_haste).paint(painter, geometry)
            painter.end()
        return self._picture

    def _paint_marks(self, painter: QPainter, geometry: ConfusionGeometry) -> None:
        colours = theme.colours()
        for cell, colour, width in (
            (self._pointed, colours.muted, theme.LINE),
            (self._chosen, colours.text, theme.FOCUS_LINE),
        ):
            if cell is not None:
                painter.setPen(QPen(QColor(colour), width))
                painter.drawRect(geometry.rect_of(cell).adjusted(0.5, 0.5, -0.5, -0.5))
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.accent), theme.FOCUS_LINE))
            painter.drawRect(geometry.grid.adjusted(-2, -2, 2, 2))

    def _repaint(self) -> None:
        self._picture = None
        self.update()

    @Slot()
    def _on_colours_changed(self) -> None:
        self._repaint()


# The confusion matrix, and below it the pictures of the chosen cell.

_MATRIX_SHARE, _EXAMPLES_HEIGHT = 1000, 136


class ConfusionView(QWidget):
    """Begins with the most frequent confusion, so that there is something to see."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._evaluation: ModelEvaluation | None = None
        self.matrix, self.examples = ConfusionMatrix(), ExamplesGrid()
        self._words = build.elided(name="cell_words", role="muted")
        halves = Divided(Qt.Orientation.Vertical, theme.SPACING)
        halves.addWidget(self.matrix)
        halves.addWidget(build.panel(build.column(self._words, (self.examples, 1), spacing=theme.SPACING // 2)))
        halves.setStretchFactor(0, 1)
        halves.setSizes([_MATRIX_SHARE, _EXAMPLES_HEIGHT])
        build.column(halves, on=self)
        self.matrix.cell_chosen.connect(self._on_cell_chosen)

    @property
    def cell(self) -> Cell:
        """The chosen cell, whose pictures are shown."""
        return self.matrix.chosen or (0, 0)

    @property
    def words(self) -> str:
        """What is said of the chosen cell."""
        return self._words.whole

    def show_evaluation(self, evaluation: ModelEvaluation) -> None:
        """Show its confusions, and the pictures of the worst one; without any, those of the largest class."""
        self._evaluation = evaluation
        self.matrix.show_evaluation(evaluation)
        confused, largest = evaluation.confused(), int(evaluation.confusion.diagonal().argmax())
        self.matrix.choose(confused[0][:2] if confused else (largest, largest))

    @Slot(object)
    def _on_cell_chosen(self, cell: Cell) -> None:
        if self._evaluation is not None:
            self._words.set_whole(self.matrix.words(cell))
            self.examples.show_places(self._evaluation, self._evaluation.examples(*cell))

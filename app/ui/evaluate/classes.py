"""How each class is read: precision, recall, F1 and support, sorted by a click on the header."""

import math
from collections.abc import Sequence

from PySide6.QtCore import (
    QCoreApplication,
    QItemSelectionModel,
    QModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSignalBlocker,
    QSize,
    QSizeF,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QFontMetricsF, QKeyEvent, QPainter, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyleOptionHeader, QTableView, QWidget

from app.core.inference.evaluation import ModelEvaluation
from app.core.inference.metrics import ClassMetrics
from app.core.percentages import percent
from app.core.runs.progress import metric_text
from app.ui import theme
from app.ui.common.lists import Column, ColumnModel, style_table
from app.ui.common.text import LEFT, RIGHT, item_font

# The header of the classes: beside the title of the column that they are sorted by stands a triangle.

_WIDTH, _HEIGHT = 7, 5
"""Of the triangle."""
_PADDING, _GAP = 4, 2


class ClassHeader(QHeaderView):
    """It points up where the least is on top; it follows a title on the left and precedes one on the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(True)

    def initStyleOptionForIndex(self, option: QStyleOptionHeader, logical: int) -> None:
        """Without the style's arrow, which stands far from titles that are not centred."""
        super().initStyleOptionForIndex(option, logical)
        option.sortIndicator = QStyleOptionHeader.SortIndicator.None_

    def paintSection(self, painter: QPainter, rect: QRect, logical: int) -> None:
        """The title, and beside it the triangle if the classes are sorted by it."""
        painter.save()
        super().paintSection(painter, rect, logical)
        painter.restore()
        if logical == self.sortIndicatorSection():
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.colours().text))
            painter.drawPolygon(self._triangle(self.triangle_place(rect, logical)))
            painter.restore()

    def needed_width(self, logical: int) -> int:
        """What a title and its triangle take."""
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)  # as the style sheet has it
        title = self.model().headerData(logical, self.orientation())
        return _PADDING + QFontMetrics(font).horizontalAdvance(title) + _GAP + _WIDTH

    def triangle_place(self, section: QRect, logical: int) -> QRect:
        """Where the triangle of a column goes, which takes up `section`."""
        align = self.model().headerData(logical, self.orientation(), Qt.ItemDataRole.TextAlignmentRole)
        is_left, needed = bool(align & Qt.AlignmentFlag.AlignLeft), self.needed_width(logical)
        left = section.left() + needed - _WIDTH if is_left else section.right() + 1 - needed
        return QRect(left, section.center().y() - _HEIGHT // 2 + 1, _WIDTH, _HEIGHT)

    def _triangle(self, place: QRect) -> QPolygonF:
        left, right = float(place.left()), float(place.right() + 1)
        top, bottom = float(place.top()), float(place.bottom() + 1)
        is_up = self.sortIndicatorOrder() is Qt.SortOrder.AscendingOrder
        tip, base = (top, bottom) if is_up else (bottom, top)
        return QPolygonF([QPointF((left + right) / 2, tip), QPointF(right, base), QPointF(left, base)])


# Accuracy, loss, and how each class is read, as a file shows them.

translate = QCoreApplication.translate

Texts = tuple[str, str, str, str, str]

_MARGIN, _FIGURE_GAP, _BETWEEN, _NARROWEST = 20.0, 28.0, 48.0, 360.0
_MOST_ROWS = 25
"""More classes than these make a picture that is hard to fit on a page or a slide."""


class ClassFigure:
    """A table on white: a row for each class, with names in full. Above it is what was read by whom, and how well.

    Many classes stand in columns beside each other.
    """

    def __init__(self, evaluation: ModelEvaluation) -> None:
        read = translate("class_figure", "{model} on {data}").format(model=evaluation.title, data=evaluation.data)
        well = translate("class_figure", "Accuracy {accuracy}, loss {loss}").format(
            accuracy=percent(evaluation.accuracy, 2), loss=metric_text(evaluation.loss, 4)
        )
        self._lines = (read, well)
        self._titles = (
            translate("class_figure", "Class"),
            translate("class_figure", "Precision"),
            translate("class_figure", "Recall"),
            translate("class_figure", "F1"),
            translate("class_figure", "Count"),
        )
        rows = [class_texts(one) for one in evaluation.classes]
        tall = math.ceil(len(rows) / math.ceil(len(rows) / _MOST_ROWS))
        self._columns = [rows[first : first + tall] for first in range(0, len(rows), tall)]
        plain, bold = QFontMetricsF(item_font()), QFontMetricsF(item_font(bold=True))
        widths = [max(map(bold.horizontalAdvance, texts)) for texts in zip(self._titles, *rows, strict=True)]
        self._width = math.ceil(max(_NARROWEST, sum(widths) + _FIGURE_GAP * (len(widths) - 1)))
        self._rights = [self._width - sum(widths[at + 1 :]) - _FIGURE_GAP * (len(widths) - 1 - at) for at in range(5)]
        inside = (self._width + _BETWEEN) * len(self._columns) - _BETWEEN
        inside = max(inside, *(math.ceil(plain.horizontalAdvance(line)) for line in self._lines))
        height = math.ceil((len(self._lines) + 0.5 + 1 + tall) * theme.ROW_HEIGHT)
        self.size = QSizeF(inside + 2 * _MARGIN, height + 2 * _MARGIN)

    def paint(self, painter: QPainter) -> None:
        """Everything, the ground too."""
        painter.fillRect(QRectF(QPointF(), self.size), QColor(theme.LIGHT.card))
        top = _MARGIN
        for line in self._lines:
            _write(painter, line, _MARGIN, top)
            top += theme.ROW_HEIGHT
        for number, rows in enumerate(self._columns):
            self._paint_column(painter, rows, QPointF(_MARGIN + number * (self._width + _BETWEEN), top))

    def _paint_column(self, painter: QPainter, rows: list[Texts], corner: QPointF) -> None:
        """Titles and rows, each with a line below."""
        left, top = corner.x(), corner.y() + theme.ROW_HEIGHT / 2
        for number, row in enumerate([self._titles, *rows]):
            is_title = number == 0
            _write(painter, row[0], left, top, is_title)
            for text, right in zip(row[1:], self._rights[1:], strict=True):
                _write(painter, text, left + right, top, is_title, RIGHT)
            top += theme.ROW_HEIGHT
            painter.setPen(QPen(QColor(theme.LIGHT.line), theme.LINE))
            painter.drawLine(QPointF(left, top), QPointF(left + self._width, top))


def class_texts(figures: ClassMetrics) -> Texts:
    """Name, precision, recall, F1 and count as people read them."""
    precision, recall, f1 = (share_text(share) for share in (figures.precision, figures.recall, figures.f1))
    return figures.name, precision, recall, f1, f"{figures.support:,}"


def share_text(share: float | None, digits: int = 1) -> str:
    """A share in percent; a dash for one of nothing."""
    return "–" if share is None else percent(share, digits)


def _write(  # noqa: PLR0917 - as Qt's own drawing functions have it
    painter: QPainter, text: str, x: float, top: float, is_title: bool = False, align: Qt.AlignmentFlag = LEFT
) -> None:
    """A line of text that begins, or ends, at `x`."""
    painter.setFont(item_font(bold=is_title))
    painter.setPen(QColor(theme.LIGHT.muted if is_title else theme.LIGHT.text))
    painter.drawText(QRectF(x, top, 0, theme.ROW_HEIGHT), int(align | Qt.TextFlag.TextDontClip), text)


COLUMNS = ("name", "precision", "recall", "f1", "support")
CELL_PADDING = 4
_SORTING_KEYS = ("1", "2", "3", "4", "5")


class ClassModel(ColumnModel[ClassMetrics]):
    """One row per class, in the order of a column; classes that are equal in it stay in their own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        columns = (
            Column[ClassMetrics](
                self.tr("Class"),
                lambda metrics: metrics.name,
                help=self.tr("The class; click to sort, or press 1 to 5 in the table"),
            ),
            self._column(
                self.tr("Prec."),
                "precision",
                self.tr("Precision: of all pictures predicted as this class, the share that really is"),
            ),
            self._column(
                self.tr("Recall"),
                "recall",
                self.tr("Recall: of all pictures of this class, the share predicted as it"),
            ),
            self._column(self.tr("F1"), "f1", self.tr("F1: the harmonic mean of precision and recall")),
            self._column(self.tr("Count"), "support", self.tr("Support: the number of test pictures of this class")),
        )
        super().__init__(columns, parent)

    @property
    def order(self) -> tuple[int, ...]:
        """The labels, row by row."""
        labels = {id(metrics): label for label, metrics in enumerate(self.given)}
        return tuple(labels[id(metrics)] for metrics in self.rows)

    def tip(self, row: ClassMetrics, _column: int) -> str:
        if not row.support:
            return self.tr("{name}: no test picture is of this class, so it has no metrics").format(name=row.name)
        words = self.tr("{name}: precision {precision}, recall {recall}, F1 {f1}; click for its mistakes")
        precision, recall, f1 = (share_text(share, 2) for share in (row.precision, row.recall, row.f1))
        return words.format(name=row.name, precision=precision, recall=recall, f1=f1)

    def _column(self, title: str, name: str, explained: str) -> Column[ClassMetrics]:
        """What a class does not have comes before all it could have."""

        def key(metrics: ClassMetrics) -> float:
            figure = getattr(metrics, name)
            return -1.0 if figure is None else float(figure)

        place = COLUMNS.index(name)
        return Column(title, lambda metrics: class_texts(metrics)[place], key, is_number=True, help=explained)


class ClassTable(QTableView):
    """A click on a row, or going to it with the arrows, chooses a class."""

    class_chosen = Signal(int)  # its label

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.classes = ClassModel(self)
        self.setModel(self.classes)
        self._header = header = ClassHeader(self)
        self.setHorizontalHeader(header)
        single = QAbstractItemView.SelectionMode.SingleSelection
        style_table(self, "classes", self.tr("Classes"), row_height=theme.DENSE_ROW_HEIGHT, selects=single)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # names often differ at their ends only
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setMinimumSectionSize(1)
        header.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        self.clicked.connect(self._on_clicked)

    def show_classes(self, classes: Sequence[ClassMetrics]) -> None:
        """Show these; none is chosen."""
        self.classes.show_rows(classes)
        self._share_width()

    def mark(self, label: int | None) -> None:
        """Show which class is chosen without telling of it."""
        with QSignalBlocker(self):
            if label is None:
                self.clearSelection()
            else:
                index = self.classes.index(self.classes.order.index(label), 0)
                flags = QItemSelectionModel.SelectionFlag
                self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows choose as they go; Enter and Space choose the current row; 1 to 5 sort, as clicks on titles do."""
        if event.text() in _SORTING_KEYS:
            self._sort_by(_SORTING_KEYS.index(event.text()))
            return
        before = self.currentIndex().row()
        super().keyPressEvent(event)
        chooses = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}
        if self.currentIndex().isValid() and (chooses or self.currentIndex().row() != before):
            self._on_clicked(self.currentIndex())

    def minimumSizeHint(self) -> QSize:
        """No title is cut; a few rows are in sight."""
        least = super().minimumSizeHint()
        least.setWidth(sum(self._needed()))
        return least

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The names take what the figures leave."""
        super().resizeEvent(event)
        self._share_width()

    def _sort_by(self, column: int) -> None:
        """Sort by a column; again, the other way round."""
        header = self._header
        was_ascending = header.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder
        is_again = header.sortIndicatorSection() == column
        turned = is_again and was_ascending
        self.sortByColumn(column, Qt.SortOrder.DescendingOrder if turned else Qt.SortOrder.AscendingOrder)

    def _needed(self) -> list[int]:
        """The width that each column cannot do without."""
        metrics = QFontMetrics(self.font())
        widest = ("", "100.0%", "100.0%", "100.0%", "10,000")
        figures = (metrics.horizontalAdvance(text) + 2 * CELL_PADDING for text in widest)
        return [max(width, self._header.needed_width(column)) for column, width in enumerate(figures)]

    def _share_width(self) -> None:
        needed = self._needed()
        for column in range(1, len(COLUMNS)):
            self.setColumnWidth(column, needed[column])
        self.setColumnWidth(0, max(needed[0], self.viewport().width() - sum(needed[1:])))

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        self.class_chosen.emit(self.classes.order[index.row()])

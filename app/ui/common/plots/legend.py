"""What the lines of a plot are called; under the pointer, what they say there. On the screen and in pictures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.runs.curves import value_at
from app.ui import theme
from app.ui.common.painted import Painted
from app.ui.common.plots.line import Line
from app.ui.theme import Colours

Say = Callable[[float], str]
"""A value as a user reads it."""

NARROW = 240
"""Pixels; a narrower legend may have three rows, others two: then names get shorter."""
NOTE_MS = 6000

_SAMPLE, _GAP, _BETWEEN, _ROW = 20.0, 5.0, 12.0, 17.0


@dataclass(frozen=True)
class Entry:
    """Words in the legend, beside a sample of their line, if they belong to one."""

    words: str
    line: Line | None = None


@dataclass(frozen=True)
class Placed:
    """An entry and where it is; `words` may be cut."""

    place: QRectF
    words: str
    entry: Entry


def entries_of(lines: Sequence[Line]) -> list[Entry]:
    """The names of those that have one."""
    return [Entry(line.name, line) for line in lines if line.name]


def lay_out(entries: Sequence[Entry], width: float, font: QFont, rows: int = 1000) -> list[Placed]:
    """Entries from left to right, in so many rows at most."""
    metrics = QFontMetricsF(font)
    widest = width
    placed = _flow(entries, width, widest, metrics)
    while placed and placed[-1].place.bottom() > rows * _ROW + 1 and widest > 2 * _SAMPLE:
        widest *= 0.85
        placed = _flow(entries, width, widest, metrics)
    return placed


def height_of(placed: Sequence[Placed]) -> float:
    """How high a laid out legend is; never nothing."""
    return max((part.place.bottom() for part in placed), default=_ROW)


def paint_legend(painter: QPainter, placed: Sequence[Placed], colours: Colours, font: QFont) -> None:
    """Samples of the lines, and their words."""
    painter.setFont(font)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for part in placed:
        words = part.place
        if part.entry.line is not None:
            _paint_sample(painter, part.place, part.entry.line, colours)
            words = words.adjusted(_SAMPLE + _GAP, 0, 0, 0)
        painter.setPen(QColor(colours.muted))
        painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip), part.words)


class CurveLegend(Painted):
    """Names in a few rows, each with a sample of its line."""

    def __init__(self, say: Say, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._say = say
        self._lines: Sequence[Line] = ()
        self._pointed: float | None = None
        self._note = ""
        self._quiet = QTimer(self, singleShot=True, interval=NOTE_MS)
        self._quiet.timeout.connect(self._on_quiet)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def text(self) -> str:
        """All that is said now."""
        return "  ".join(entry.words for entry in self._entries())

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Name these."""
        before, self._lines = self._lines, lines
        is_other = [line.name for line in before] != [line.name for line in lines]
        if is_other:
            self.updateGeometry()
        if is_other or self._pointed is not None:
            self._changed()

    def point_at(self, epoch: float | None) -> None:
        """Read the lines out at `epoch`, or name them."""
        if epoch is not None:
            self._note = ""
        self._pointed = epoch
        self._changed()

    def tell(self, note: str) -> None:
        """Say something else for some seconds."""
        self._note = note
        self._quiet.start()
        self._changed()

    def sizeHint(self) -> QSize:
        """One row."""
        return QSize(0, int(_ROW))

    def heightForWidth(self, width: int) -> int:
        """As many rows as the names need; values never take more."""
        return round(height_of(lay_out(entries_of(self._lines), width, self._font, _rows(width))))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Everything."""
        painter = QPainter(self)
        paint_legend(painter, self._placed(), theme.colours(), self._font)
        painter.end()

    def tip_at(self, at: QPointF) -> str:
        """More of an entry."""
        under = next((part for part in self._placed() if part.place.contains(at)), None)
        line = under.entry.line if under else None
        return "\n".join(filter(None, (line.name, line.help))) if line else under.entry.words if under else ""

    @property
    def _font(self) -> QFont:
        return theme.small(self.font())

    def _placed(self) -> list[Placed]:
        return lay_out(self._entries(), self.width(), self._font, _rows(self.width()))

    def _entries(self) -> list[Entry]:
        if self._note:
            return [Entry(self._note)]
        if self._pointed is None:
            return entries_of(self._lines)
        read = [line for line in self._lines if line.is_read and len(line.x)]
        is_fine = any(line.x[0] % 1 for line in read)
        at = self.tr("epoch {epoch}").format(epoch=f"{self._pointed:.{int(is_fine)}f}")
        told = [(line, value_at(line.x, line.y, self._pointed)) for line in read]
        return [Entry(at), *(Entry(self._say(value), line) for line, value in told if value is not None)]

    def _changed(self) -> None:
        self.setAccessibleName(self.text)
        self.update()

    @Slot()
    def _on_quiet(self) -> None:
        self._note = ""
        self._changed()


def _rows(width: int) -> int:
    return 3 if width < NARROW else 2


def _flow(entries: Sequence[Entry], width: float, widest: float, metrics: QFontMetricsF) -> list[Placed]:
    placed: list[Placed] = []
    x = y = 0.0
    for entry in entries:
        before = _SAMPLE + _GAP if entry.line is not None else 0.0
        words = metrics.elidedText(entry.words, Qt.TextElideMode.ElideMiddle, max(0.0, widest - before))
        needed = before + metrics.horizontalAdvance(words)
        if x and x + needed > width:
            x, y = 0.0, y + _ROW
        placed.append(Placed(QRectF(x, y, needed, _ROW), words, entry))
        x += needed + _BETWEEN
    return placed


def _paint_sample(painter: QPainter, place: QRectF, line: Line, colours: Colours) -> None:
    middle = QPointF(place.left() + _SAMPLE / 2, place.center().y())
    if line.pen is not Qt.PenStyle.NoPen:
        painter.setPen(line.stroke(colours))
        painter.drawLine(QPointF(place.left(), middle.y()), QPointF(place.left() + _SAMPLE, middle.y()))
    if line.sign:
        paint_sign(painter, middle, line, colours)


def paint_sign(painter: QPainter, middle: QPointF, line: Line, colours: Colours) -> None:
    """The sign of a line, as the plot has it."""
    from pyqtgraph.graphicsItems.ScatterPlotItem import drawSymbol

    painter.save()
    painter.translate(middle)
    drawSymbol(painter, line.sign, line.sign_size, line.sign_pen(colours), line.fill(colours))
    painter.restore()

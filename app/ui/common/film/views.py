"""All there is to see at a moment: confusion matrix, filters, activations and, where they are not beside it, bars."""

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from app.core.film.film import Frame
from app.core.percentages import FEW, accuracy_text
from app.ui import theme
from app.ui.common import build
from app.ui.common.film.decision import DecisionRows
from app.ui.common.film.map import FilmMap
from app.ui.common.film.pictures import KernelPictures, OutputPictures, SmallConfusion
from app.ui.common.film.player import FilmPlayer
from app.ui.common.film.ribbon import Ribbon
from app.ui.common.layout import FitScroll
from app.ui.common.probability_bars import ProbabilityBars
from app.ui.common.text import ElidedLabel

_LEAST_WIDTH = 130
"""Of a view: as many as have room stand beside each other."""


class FilmViews(QWidget):
    """Shows what a player has read; `with_bars` also what was believed of the drawing."""

    def __init__(self, player: FilmPlayer, parent: QWidget | None = None, *, with_bars: bool = False) -> None:
        super().__init__(parent)
        self._player = player
        self.bars, self.ribbon = ProbabilityBars(), Ribbon()
        self.confusion, self.kernels, self.outputs = SmallConfusion(), KernelPictures(), OutputPictures()
        self.map, self._map_title = FilmMap(player), _title("")
        self.decision = DecisionRows(14, in_columns=True)
        self.decision.hide()
        self._read = build.elided(name="film_read", role="caption")
        views = [
            (self._read, build.column((self.confusion, 1))),
            (self._map_title, build.column((self.map, 1))),
            (_title(self.tr("First layer’s filters")), build.column((self.kernels, 1))),
            (_title(self.tr("Your drawing inside")), build.column((self.outputs, 1), (self.decision, 1))),
        ]
        if with_bars:
            believed = build.column((self.bars, 1), self.ribbon)
            views.insert(0, (_title(self.tr("Your drawing")), believed))
        self._inner = _Reflowing([build.panel(build.column(title, (view, 1), spacing=4)) for title, view in views])
        build.column((FitScroll(self._inner, upright=True), 1), on=self)
        player.opened.connect(self._on_opened)
        player.framed.connect(self._on_framed)
        player.checked.connect(self._show_check)
        player.moved.connect(self._on_moved)
        player.ribbon_changed.connect(self._show_ribbon)
        self.ribbon.clicked.connect(player.go_to_number)
        self._on_opened()

    @Slot()
    def _on_opened(self) -> None:
        film = self._player.film
        names = film.class_names if film is not None else ()
        if tuple(names) != self.bars.class_names:
            self.bars.set_classes(names)
            self.ribbon.set_classes(names)
        self._map_title.set_whole(self.map.title)
        self._on_moved()

    @Slot()
    def _on_moved(self) -> None:
        if self._player.frame is None:
            self._on_framed(None)
        self.ribbon.mark(self._player.number if self._player.ribbon is not None else None)
        self._show_check()

    @Slot(object)
    def _on_framed(self, frame: Frame | None) -> None:
        self.bars.set_probabilities(frame.probabilities if frame is not None else None)
        self.kernels.show_kernels(frame.kernels if frame is not None else None)
        self.outputs.show_outputs(frame.outputs if frame is not None else ())
        decision = frame.decision if frame is not None else None
        if decision is not None:
            self.decision.show_decision(decision, self.bars.class_names)
        if self.outputs.isHidden() == (decision is None):
            self.decision.setVisible(decision is not None)
            self.outputs.setVisible(decision is None)
            self._inner.leave_out(None if decision is None else self.kernels)  # its rows have the same pictures
        nobody_looked = self.tr("Drag the slider to see them")
        self.kernels.say(nobody_looked if frame is None else self.tr("The first layer has no filters to look at"))
        self.outputs.say(nobody_looked if frame is None else self.tr("Draw something on Recognize to see it here"))

    @Slot()
    def _show_check(self) -> None:
        film, check = self._player.film, self._player.check
        if film is None:
            self._read.set_whole(self.tr("Confusion"))
            self.confusion.show_check(None, (), "")
            return
        waits = self._player.frame is not None
        words = self.tr("Reading the pictures…") if waits else self.tr("Drag the slider to see it")
        self.confusion.show_check(check, film.class_names, words)
        words = self.tr("Confusion")
        if check is not None:
            accuracy = accuracy_text(check.accuracy, check.samples, decimals=1)
            is_share = check.samples >= FEW  # of fewer, it says of how many itself
            words = self.tr("{accuracy} of {count:,} right") if is_share else self.tr("{accuracy} right")
            words = words.format(accuracy=accuracy, count=check.samples)
        self._read.set_whole(words)
        part = {
            "validation": self.tr("The same validation pictures at every moment"),
            "test": self.tr("The same test pictures at every moment"),
        }.get(film.facts.sample_part, "")
        self._read.setToolTip(part)

    @Slot()
    def _show_ribbon(self) -> None:
        self.ribbon.show_readings(self._player.ribbon, self._player.number)


def _title(text: str) -> ElidedLabel:
    title = build.elided(role="caption")
    title.set_whole(text)
    return title


class _Reflowing(QWidget):
    """Widgets beside each other, as many as have room, and the others below."""

    resized = Signal()

    def __init__(self, parts: list[QWidget], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._all = self._parts = parts
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.MARGIN)
        self._arrange(1)

    def minimumSizeHint(self) -> QSize:
        """One column is enough."""
        least = super().minimumSizeHint()
        least.setWidth(max(part.minimumSizeHint().width() for part in self._parts))
        return least

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or fewer to a row."""
        super().resizeEvent(event)
        if self._fitting() != self._columns:
            self._arrange(self._fitting())

    def leave_out(self, widget: QWidget | None) -> None:
        """Do without the one that holds this widget."""
        left_out = [part for part in self._all if widget is not None and part.isAncestorOf(widget)]
        self._parts = [part for part in self._all if part not in left_out]
        for part in self._all:
            part.setVisible(part in self._parts)
        self._arrange(self._fitting())

    def _fitting(self) -> int:
        return max(1, min(len(self._parts), (self.width() + theme.MARGIN) // (_LEAST_WIDTH + theme.MARGIN)))

    def _arrange(self, columns: int) -> None:
        """The last one has what is left of its row, and where all are in one, the place of what was left out."""
        self._columns = columns
        for part in self._all:
            self._grid.removeWidget(part)
        for number, part in enumerate(self._parts):
            row, column = divmod(number, columns)
            self._grid.addWidget(part, row, column, 1, -1 if part is self._parts[-1] else 1)
        for column in range(len(self._all)):
            is_wide = column == columns - 1 and len(self._parts) == columns < len(self._all)
            self._grid.setColumnStretch(column, 1 + is_wide if column < columns else 0)
            self._grid.setRowStretch(column, 1 if column < -(-len(self._parts) // columns) else 0)
        self.updateGeometry()

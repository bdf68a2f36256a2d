"""Loss, accuracy and learning rate of a run under way, drawn at a steady pace. Imports pyqtgraph."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QMenu, QToolButton, QWidget

from app.core.runs.curves import RunCurves, Series, Trace, epochs_reached
from app.core.runs.events import BatchesDone, EpochDone
from app.core.runs.records import RunRecord
from app.ui.common.dialogs import give_menu
from app.ui.common.plots.card import CurveCards
from app.ui.common.plots.line import ACCENT, BEST, VALIDATION, Line, epoch_curve, level

# The choice of an earlier run to see behind the one in training.


@dataclass(frozen=True)
class EarlierRun:
    """A run of the history, with its epochs."""

    run: RunRecord
    epochs: Sequence[EpochDone]

    @property
    def short(self) -> str:
        """As a legend calls it."""
        return f"#{self.run.id}"

    @property
    def title(self) -> str:
        """In full."""
        return self.run.title


class EarlierRunChoice(QToolButton):
    """`find_runs` lists the runs that can be compared with, newest first; `read_epochs` gets the epochs of one."""

    chosen = Signal(object)  # EarlierRun, or None for none

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.find_runs: Callable[[], Sequence[RunRecord]] = tuple
        self.read_epochs: Callable[[int], Sequence[EpochDone]] = lambda _run: ()
        self._chosen: RunRecord | None = None
        self._menu = QMenu(self.tr("Compare with"), self)
        self._menu.setToolTipsVisible(True)
        self._menu.aboutToShow.connect(self._on_about_to_show)
        self._menu.triggered.connect(self._on_triggered)
        self.setObjectName("compare_run")
        self.setProperty("kind", "link")
        self.setText(self.tr("Compare with…"))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setToolTip(self.tr("Show an earlier run of this data behind the curves"))
        give_menu(self, self._menu)

    @property
    def run(self) -> RunRecord | None:
        """The run that was chosen."""
        return self._chosen

    def choose(self, run: RunRecord | None) -> None:
        """Compare with this run, or with none."""
        self._chosen = run
        self.chosen.emit(None if run is None else EarlierRun(run, self.read_epochs(run.id)))

    @Slot()
    def _on_about_to_show(self) -> None:
        self._menu.clear()
        runs = self.find_runs()
        if not runs:
            self._menu.addAction(self.tr("No earlier run of this data yet")).setEnabled(False)
        for run in runs:
            action = self._menu.addAction(_words(run))
            action.setData(run)
            action.setCheckable(True)
            action.setChecked(self._chosen is not None and run.id == self._chosen.id)
        if self._chosen is not None:
            self._menu.addSeparator()
            self._menu.addAction(self.tr("Stop comparing"))

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        self.choose(action.data())


def _words(run: RunRecord) -> str:
    accuracy = run.metrics.test_accuracy if run.metrics.test_accuracy is not None else run.metrics.val_accuracy
    words = run.title if accuracy is None else f"{run.title}  ·  {accuracy:.2%}"
    return words.replace("&", "&&")


REDRAW_MS = 80
_STACKED_HEIGHT = 360
"""Of two cards below each other."""


class Curves(CurveCards):
    """`add_batches` and `add_epoch` only take notes; one timer draws them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.run = RunCurves(1)
        self.reference: float | None = None
        self._ghost: EarlierRun | None = None
        self._is_stale, self._is_started = False, False
        self.compare = EarlierRunChoice()
        self.compare.chosen.connect(self._on_compared)
        self.loss.add_tool(self.compare, self.compare.menu().menuAction())
        self._smooth = self._make_smooth()
        self.turned.connect(self._draw)
        self._timer = QTimer(self)
        self._timer.setInterval(REDRAW_MS)
        self._timer.timeout.connect(self._on_timeout)
        self.clear()

    def minimumSizeHint(self) -> QSize:
        """As wide as one card: where there is no room for two side by side, they stand below each other."""
        least = super().minimumSizeHint()
        least.setWidth(max(self._card_widths()))
        return least

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One row or one column."""
        super().resizeEvent(event)
        is_narrow = self.width() < sum(self._card_widths()) + self.row.spacing()
        direction = QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        if direction is not self.row.direction():
            self.row.setDirection(direction)
            self.setMinimumHeight(_STACKED_HEIGHT if is_narrow else 0)

    def _card_widths(self) -> tuple[int, int]:
        return self.loss.minimumSizeHint().width(), self._second.minimumSizeHint().width()

    @property
    def is_animating(self) -> bool:
        """True while the timer runs."""
        return self._timer.isActive()

    def clear(self) -> None:
        """Forget the run and invite to a new one."""
        self._timer.stop()
        self.run, self._is_started = RunCurves(1), False
        self.expect(False)
        self._draw()

    def expect(self, is_coming: bool) -> None:
        """Say what one has to do, or, once that is done, what is coming."""
        first = (
            self.tr("The curves start with the first batches")
            if is_coming
            else self.tr("Choose a recipe and click Train")
        )
        self.loss.invite(first)
        self.accuracy.invite(self.tr("The accuracy will appear here"))
        self.rate.invite(self.tr("The learning rate will appear here, with its schedule and warm-up"))

    def start(self, epochs: int) -> None:
        """Get ready for a run of so many epochs."""
        self.run, self._is_started = RunCurves(epochs), True
        for card in self.cards:
            card.plot.fit()
        self._draw()
        self._timer.start()

    def set_reference(self, accuracy: float | None) -> None:
        """Draw the accuracy that the notes report as a dotted line, or none."""
        self.reference = accuracy
        self._draw()

    def add_batches(self, done: BatchesDone) -> None:
        """Note a group of batches."""
        self.run.add_batches(done)
        self._is_stale = True

    def add_epoch(self, done: EpochDone) -> None:
        """Note the means of an epoch and of its validation."""
        self.run.add_epoch(done)
        self._is_stale = True

    def finish(self) -> None:
        """The run is over: draw what is left, fit to what was trained, and rest."""
        self._timer.stop()
        self._draw()

    def _make_smooth(self) -> QAction:
        action = QAction(self.tr("Smooth"), self)
        action.setObjectName("smooth")
        action.setCheckable(True)
        action.setChecked(True)
        action.toggled.connect(self._draw)
        for card in (self.loss, self.accuracy):
            card.menu.addSeparator()
            card.menu.addAction(action)
            card.menu.setToolTipsVisible(True)
        action.setToolTip(self.tr("Draw training as a running mean over its batches, not as one point per epoch"))
        return action

    @Slot()
    def _on_timeout(self) -> None:
        if self._is_stale:
            self._draw()

    @Slot(object)
    def _on_compared(self, run: EarlierRun | None) -> None:
        self._ghost = run
        self._draw()

    @Slot()
    def _draw(self) -> None:
        self._is_stale = False
        reach = None
        if self.is_animating or (self._is_started and not self.run.position):
            reach = epochs_reached(self.run.position, self.run.epochs)
        for card, name, trace in ((self.loss, "loss", self.run.loss), (self.accuracy, "accuracy", self.run.accuracy)):
            if card is not self.behind:
                card.show_lines((*self._ghosts(name), *self._lines(trace), *self._levels(name)), reach)
        if self.rate is not self.behind:
            rate = Line(self.run.learning_rate.x, self.run.learning_rate.y, ACCENT, self.tr("this run"))
            self.rate.show_lines((*self._ghosts("learning_rate"), *([rate] if len(rate.x) else [])), reach)

    def _lines(self, trace: Trace) -> list[Line]:
        line = trace.smoothed if self._smooth.isChecked() else trace.training
        if not len(trace.batches) and not len(trace.training):
            return []
        is_mean = line is trace.training
        lines = [
            _line(trace.batches, is_noisy=True),
            _line(line, self.tr("training"), self._how(is_mean), is_mean=is_mean),
        ]
        if len(trace.validation):
            x, y = trace.validation.x, trace.validation.y
            lines.append(Line(x, y, VALIDATION, self.tr("validation"), pen=Qt.PenStyle.DashLine, sign="o"))
        if trace.best is not None:
            epoch, value = trace.best
            lines.append(self._best(epoch, value, is_validated=bool(len(trace.validation))))
        return lines

    def _how(self, is_mean: bool) -> str:
        """What the training line is made of."""
        if is_mean:
            return self.tr("The mean of every epoch")
        return self.tr(
            "A running mean over the batches, in which every picture counts the same. The thin line is "
            "the mean of each group of batches"
        )

    def _best(self, epoch: int, value: float, *, is_validated: bool) -> Line:
        words = self.tr("best epoch {epoch}") if is_validated else self.tr("best epoch {epoch} (lowest training loss)")
        why = (
            self.tr("Its validation loss is the lowest so far")
            if is_validated
            else self.tr("Nothing is kept for validation, so training loss decides")
        )
        return Line(
            np.array([float(epoch)]),
            np.array([value]),
            BEST,
            words.format(epoch=epoch),
            why,
            Qt.PenStyle.NoPen,
            sign="star",
            sign_size=14,
        )

    def _levels(self, name: str) -> list[Line]:
        if name != "accuracy" or self.reference is None:
            return []
        words = self.tr("The notes report a test accuracy of {value}").format(value=f"{self.reference:.2%}")
        return [level(self.reference, self.tr("reported"), words)]

    def _ghosts(self, name: str) -> list[Line]:
        """The lines of the run that is compared with."""
        if self._ghost is None:
            return []
        curve, run = epoch_curve(self._ghost.epochs, name), self._ghost
        words = self.tr("{run}, training").format(run=run.short) if curve.has_validation else run.short
        x, pen = curve.epochs, Qt.PenStyle.DashDotLine
        lines = [Line(x, curve.training, ACCENT, words, run.title, pen, is_pale=True, is_mean=curve.is_mean)]
        if curve.has_validation:
            words = self.tr("{run}, validation").format(run=run.short)
            pen = Qt.PenStyle.DotLine
            lines.append(Line(x, curve.validation, VALIDATION, words, run.title, pen, sign="o", is_pale=True))
        return lines


def _line(series: Series, name: str = "", how: str = "", *, is_noisy: bool = False, is_mean: bool = False) -> Line:
    width = 1 if is_noisy else 2
    return Line(series.x, series.y, ACCENT, name, how, width=width, is_noisy=is_noisy, is_mean=is_mean)

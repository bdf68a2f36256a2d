"""Loss and accuracy of a run, side by side, drawn at a steady pace. Imports pyqtgraph."""

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QStackedWidget, QWidget

from app.core.training.curve_view import value_at
from app.core.training.curves import RunCurves
from app.core.training.events import BatchesDone, EpochDone
from app.ui import theme
from app.ui.widgets.card import Card
from app.ui.widgets.curve_legend import CurveLegend
from app.ui.widgets.curve_plot import CurvePlot

REDRAW_MS = 80

_INVITATION, _PLOT = 0, 1


class Curves(QWidget):
    """Two cards: loss and accuracy. `add_batches` and `add_epoch` only take notes; one timer draws them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.loss, self.accuracy = CurvePlot(), CurvePlot()
        self._legends = (CurveLegend(names_curves=True), CurveLegend(names_curves=False))
        self._log = self._toggle(self.tr("log"), self.tr("Logarithmic scale: shows small losses as clearly as large"))
        self._smooth = self._toggle(
            self.tr("smooth"),
            self.tr("Draw training as a running mean over its batches, not as one point per epoch"),
        )
        self._smooth.setChecked(True)
        self._log.toggled.connect(self.loss.set_log)
        self._smooth.toggled.connect(self._on_smooth_toggled)
        self._stacks = (
            self._stack(self.loss, self.tr("Choose a recipe and click Train")),
            self._stack(self.accuracy, self.tr("The share of right answers will grow here")),
        )
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.MARGIN)
        layout.addWidget(self._card(self.tr("Loss"), 0, self._log), 1)
        layout.addWidget(self._card(self.tr("Accuracy"), 1, self._smooth), 1)
        for plot in self._plots:
            plot.pointed_at.connect(self._on_pointed_at)
        self._timer = QTimer(self)
        self._timer.setInterval(REDRAW_MS)
        self._timer.timeout.connect(self._on_timeout)
        self._is_stale = False
        self._run = RunCurves(1)
        self.clear()

    @property
    def is_animating(self) -> bool:
        """True while the timer runs."""
        return self._timer.isActive()

    def clear(self) -> None:
        """Forget the run and invite to a new one."""
        self._is_stale = False
        self._timer.stop()
        for plot, legend, stack in zip(self._plots, self._legends, self._stacks, strict=True):
            plot.clear()
            legend.show_best(None)
            legend.hide()
            stack.setCurrentIndex(_INVITATION)

    def start(self, epochs: int) -> None:
        """Get ready for a run of so many epochs."""
        self.clear()
        for plot, legend, stack in zip(self._plots, self._legends, self._stacks, strict=True):
            plot.set_epochs(epochs)
            legend.show()
            stack.setCurrentIndex(_PLOT)
        self._run = RunCurves(epochs)
        for plot, trace in zip(self._plots, (self._run.loss, self._run.accuracy), strict=True):
            plot.batches, plot.smoothed, plot.training, plot.validation = (
                trace.batches,
                trace.smoothed,
                trace.training,
                trace.validation,
            )
        self._timer.start()

    def set_reference(self, accuracy: float | None) -> None:
        """Draw the accuracy that the notes report as a dotted line, or none."""
        self.accuracy.set_reference(accuracy)
        self._legends[1].show_reference(accuracy)

    def add_batches(self, done: BatchesDone) -> None:
        """Note a group of batches."""
        self._run.add_batches(done)
        self._is_stale = True

    def add_epoch(self, done: EpochDone) -> None:
        """Note the means of an epoch and of its validation."""
        self._run.add_epoch(done)
        pairs = ((done.loss, done.val_loss), (done.accuracy, done.val_accuracy))
        for plot, legend, (value, checked) in zip(self._plots, self._legends, pairs, strict=True):
            if done.is_best:
                plot.set_best(done.epoch, value if checked is None else checked)
                legend.show_best(done.epoch)
        self._is_stale = True

    def finish(self) -> None:
        """The run is over: draw what is left and rest."""
        self._timer.stop()
        self._on_timeout()

    @property
    def _plots(self) -> tuple[CurvePlot, CurvePlot]:
        return self.loss, self.accuracy

    def _toggle(self, text: str, help_text: str) -> QCheckBox:
        box = QCheckBox(text)
        box.setToolTip(help_text)
        return box

    def _stack(self, plot: CurvePlot, invitation: str) -> QStackedWidget:
        label = QLabel(invitation)
        label.setProperty("role", "muted")
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setWordWrap(True)
        stack = QStackedWidget()
        stack.insertWidget(_INVITATION, label)
        stack.insertWidget(_PLOT, plot)
        return stack

    def _card(self, title: str, index: int, toggle: QCheckBox) -> Card:
        card = Card(title)
        card.header.addWidget(toggle)
        card.body.addWidget(self._legends[index])
        card.body.addWidget(self._stacks[index], 1)
        return card

    @Slot(bool)
    def _on_smooth_toggled(self, smooth: bool) -> None:
        for plot in self._plots:
            plot.set_smooth(smooth)

    @Slot(object)
    def _on_pointed_at(self, epoch: float | None) -> None:
        for plot, legend in zip(self._plots, self._legends, strict=True):
            plot.point_at(epoch)
            if epoch is None:
                legend.show_names()
            else:
                line = plot.training if not self._smooth.isChecked() else plot.smoothed
                training, validation = value_at(line.x, line.y, epoch), plot.validation
                legend.show_values(epoch, training, value_at(validation.x, validation.y, epoch))

    @Slot()
    def _on_timeout(self) -> None:
        if self._is_stale:
            self._is_stale = False
            for plot in self._plots:
                plot.redraw()

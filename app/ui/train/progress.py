"""How far the run is, and how it ended."""

from collections.abc import Mapping
from enum import StrEnum

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QWidget

from app.core.percentages import accuracy_with_interval
from app.core.runs.checkpoint import has_checkpoint
from app.core.runs.events import EndReason, ModelSaved, RunEnded
from app.core.runs.progress import Progress
from app.core.runs.records import RunRecord
from app.ui import theme
from app.ui.common import build
from app.ui.common.containers import Card
from app.ui.common.layout import Flow
from app.ui.common.page import Busy
from app.ui.common.text import duration_text

# What one can do with a run that is over.


class NextStep(StrEnum):
    """The steps, named as their buttons. The first three are for a run that was stopped."""

    GO_ON = "go_on"
    KEEP = "keep"
    DISCARD = "discard"
    TRY_IT = "try_it"
    EVALUATE = "evaluate"
    COMPARE = "compare"
    SHOW_RUN = "show_run"


AFTER_INTERRUPTION = (NextStep.SHOW_RUN, NextStep.GO_ON)
AFTER_STOP = (NextStep.GO_ON, NextStep.DISCARD, NextStep.KEEP)
AFTER_END = (NextStep.SHOW_RUN, NextStep.COMPARE, NextStep.EVALUATE, NextStep.TRY_IT)
_PRIMARY = {NextStep.KEEP, NextStep.TRY_IT}


class _StepButton(QPushButton):
    """Does nothing at the second click of a double click: that was meant for the step that was here before."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()


class NextSteps(QWidget):
    """A row of buttons, or two where there is little room, the likeliest last; hidden while there is nothing to do."""

    chosen = Signal(object)  # NextStep

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tips: dict[NextStep, str] = {}
        row = Flow(self)
        self._buttons = {step: self._button(step) for step in (*AFTER_STOP, *AFTER_END)}
        for button in self._buttons.values():
            row.addWidget(button)
        self.hide()

    def offer(
        self, steps: tuple[NextStep, ...], why_not: Mapping[NextStep, str] | None = None, *, is_new: bool = False
    ) -> None:
        """Show these; `why_not` says of some why they cannot be taken. `is_new`: to go on is to start again."""
        reasons = why_not or {}
        for step, button in self._buttons.items():
            reason = reasons.get(step, "")
            button.setVisible(step in steps)
            button.setEnabled(not reason)
            button.setToolTip(reason or self._tips[step])
        self._buttons[NextStep.GO_ON].setText(self.tr("Start again") if is_new else self.tr("Go on"))
        if is_new:
            self._buttons[NextStep.GO_ON].setToolTip(self.tr("Train it from the beginning"))
        self.setVisible(bool(steps))

    def take_focus(self) -> None:
        """Give the keyboard to the likeliest step."""
        shown = [button for button in self._buttons.values() if not button.isHidden() and button.isEnabled()]
        if shown:
            shown[-1].setFocus(Qt.FocusReason.OtherFocusReason)

    def _button(self, step: NextStep) -> QPushButton:
        words = {
            NextStep.GO_ON: (self.tr("Go on"), self.tr("Continue training after the last complete epoch")),
            NextStep.DISCARD: (self.tr("Discard"), self.tr("Delete what this run has learned")),
            NextStep.KEEP: (self.tr("Keep"), self.tr("Test it on pictures it has not seen and save it as a model")),
            NextStep.SHOW_RUN: (self.tr("Show in Runs"), self.tr("All metrics and settings of this run")),
            NextStep.COMPARE: (
                self.tr("Compare"),
                self.tr("Compare this run with the one before it, on the Runs page"),
            ),
            NextStep.EVALUATE: (
                self.tr("Evaluate"),
                self.tr("Where the model is wrong, class by class"),
            ),
            NextStep.TRY_IT: (self.tr("Try it"), self.tr("Draw something for the new model to read")),
        }
        text, self._tips[step] = words[step]
        button = _StepButton(text)
        button.setObjectName(step.value)
        button.setProperty("kind", "primary" if step in _PRIMARY else "quiet")
        button.clicked.connect(self._on_clicked)
        return button

    @Slot()
    def _on_clicked(self) -> None:
        sender = self.sender()
        if isinstance(sender, QPushButton):
            self.chosen.emit(NextStep(sender.objectName()))


STEPS = 1000
_LEAST_HEADLINE = 84
"""Pixels: "Epoch 299 of 300" needs no more than two lines."""
_UNBROKEN = "\N{NO-BREAK SPACE}"


class _Line(QLabel):
    """One line where there is room; else it wraps, rather than make the page wider than the window."""

    def __init__(self, name: str, role: str) -> None:
        super().__init__(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.setObjectName(name)
        self.setProperty("role", role)

    def sizeHint(self) -> QSize:
        """Of one line."""
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 1, self.fontMetrics().height())


class RunProgress(Card):
    """A headline, a bar while something goes on, a sentence and perhaps a choice when it is over."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._headline, self._time = _Line("headline", "title"), _Line("run_time", "muted")
        self._headline.setMinimumWidth(_LEAST_HEADLINE)
        self._detail = build.elided(role="muted")
        self._bar = build.named(QProgressBar(textVisible=False), "", says=self.tr("Progress of the run"))
        self._compared = ""
        self._sentence = build.label(name="end_sentence", role="muted", wraps=True, fills=True, selectable=True)
        self.steps = NextSteps()
        self._lay_out()
        self.show_idle()

    @property
    def text(self) -> str:
        """Headline and sentence, as they are read."""
        return f"{self._headline.text()} {self._sentence.text()}".strip()

    @property
    def detail(self) -> str:
        """What stands beside the headline."""
        return self._detail.whole

    @property
    def busy(self) -> Busy | None:
        """What is under way, None for nothing."""
        if self._bar.isHidden():
            return None
        said = ", ".join(filter(None, (self._headline.text(), self._time.text().replace(_UNBROKEN, " "))))
        share = self._bar.value() / STEPS if self._bar.maximum() else None
        return Busy(self.tr("Training: {how_far}").format(how_far=said), share)

    def show_idle(self) -> None:
        """Nothing has run yet."""
        self._show(self.tr("Ready to train"))
        self._show_sentence(self.tr("Curves, epochs and the result of the run will appear here."))

    def show_waiting(self, message: str) -> None:
        """Something goes on that nobody can measure."""
        self._show(message)
        self._compared = ""
        self._bar.setRange(0, 0)
        self._bar.show()

    def show_progress(self, progress: Progress) -> None:
        """Batches are being trained."""
        self._show(
            self.tr("Epoch {epoch} of {epochs}").format(epoch=progress.epoch, epochs=progress.epochs),
            self.tr("batch {batch} of {batches}").format(batch=progress.batch, batches=progress.batches_per_epoch),
            self._times(progress),
        )
        self._bar.setRange(0, STEPS)
        self._bar.setValue(int(progress.share * STEPS))
        self._bar.show()

    def show_paused(self, detail: str, share: float | None = None) -> None:
        """The run waits: where it was, or where `share` (0..1) of it is done."""
        if not self._bar.maximum():  # nobody is busy
            self._bar.setRange(0, STEPS)
            self._bar.setValue(0)
        if share is not None:
            self._bar.setValue(int(share * STEPS))
        self._headline.setText(self.tr("Paused"))
        self._detail.set_whole(detail)

    def show_ended(self, end: RunEnded, saved: ModelSaved | None, reported: str = "") -> None:
        """The run is over; `reported` is what the notes say of it.

        The headline begins with a mark, so that red is not the only sign of trouble.
        """
        headlines = {
            EndReason.COMPLETED: self.tr("✓ Finished"),
            EndReason.EARLY_STOPPED: self.tr("✓ Stopped early, keeping epoch {best}").format(best=end.best_epoch),
            EndReason.STOPPED: self._stopped(end),
            EndReason.FAILED: self.tr("✗ Failed"),
        }
        detail = self._way_back(end) if end.reason is EndReason.STOPPED else reported
        self._show(headlines[end.reason], detail, duration_text(end.elapsed_s) if end.elapsed_s else "")
        if saved is None and end.reason is EndReason.STOPPED and end.elapsed_s:
            self._show_sentence(self.tr("Not saved yet."))
        elif saved is None:
            self._show_sentence(end.message, "error" if end.reason is EndReason.FAILED else "muted")
        else:
            self._show_sentence(self._result(saved), "")

    def show_comparison(self, sentence: str) -> None:
        """What fine-tuning did, above what else is said at the end."""
        self._compared = sentence

    def show_interrupted(self, run: RunRecord) -> None:
        """The program ended in the middle of the last run, which can go on, or be started again."""
        self._show(self.tr("■ {run} was interrupted").format(run=run.title))
        self._show_sentence(run.message)
        self.steps.offer(AFTER_INTERRUPTION, is_new=not has_checkpoint(run.id))

    def show_kept(self, saved: ModelSaved) -> None:
        """A stopped run's network was saved after all."""
        self._show(self.tr("✓ Kept"))
        self._show_sentence(self._result(saved), "")

    def show_discarded(self) -> None:
        """A stopped run's network is forgotten."""
        self._show(self.tr("Discarded"), self._detail.whole)
        self._show_sentence(self.tr("The curves stay until the next run."))

    def show_not_kept(self, problem: str) -> None:
        """Saving failed; the choice is offered again."""
        self._show(self.tr("✗ Not saved"))
        self._show_sentence(problem, "error")
        self.steps.offer(AFTER_STOP)

    def _result(self, saved: ModelSaved) -> str:
        words = self.tr("Test accuracy {accuracy}, loss {loss}, on {count} pictures it never saw. Saved as “{model}”.")
        if self._compared:
            words = self._compared + " " + self.tr("Saved as “{model}”.")
        return words.format(
            accuracy=accuracy_with_interval(saved.test_accuracy, saved.test_samples, 1),
            loss=f"{saved.test_loss:.4f}",
            count=f"{saved.test_samples:,}",
            model=saved.model,
        )

    def _stopped(self, end: RunEnded) -> str:
        if not end.elapsed_s:
            return self.tr("■ Stopped")
        return self.tr("■ Stopped in epoch {epoch}").format(epoch=end.epochs_done + 1)

    def _way_back(self, end: RunEnded) -> str:
        """Whole epochs are never lost."""
        return self.tr("complete epochs are kept: it can go on later") if end.epochs_done else ""

    def _times(self, progress: Progress) -> str:
        gone = self.tr("{time} elapsed").format(time=duration_text(progress.elapsed_s))
        if progress.left_s is None:
            return gone
        return self.tr("{gone}, {left} left").format(gone=gone, left=duration_text(progress.left_s))

    def _show(self, headline: str, detail: str = "", time: str = "") -> None:
        self._headline.setText(headline)
        self._detail.set_whole(detail)
        # Where it must wrap, then after "elapsed".
        self._time.setText(time.replace(" ", _UNBROKEN).replace("," + _UNBROKEN, ", "))
        for widget in (self._bar, self._sentence, self.steps):
            widget.hide()

    def _show_sentence(self, sentence: str, role: str = "muted") -> None:
        self._sentence.setText(sentence)
        if self._sentence.property("role") != role:
            self._sentence.setProperty("role", role)
            self._sentence.style().polish(self._sentence)
        self._sentence.show()

    def _lay_out(self) -> None:
        top = build.row(self._headline, (self._detail, 1), self._time)
        # The same room with and without sentence, bar and buttons: the curves below do not move when a run begins or
        # ends.
        middle, bottom = build.row((self._sentence, 1)), build.row((self._bar, 1), self.steps)
        middle.addStrut(self.fontMetrics().lineSpacing())
        bottom.addStrut(theme.CONTROL_HEIGHT)
        bottom.setAlignment(self.steps, Qt.AlignmentFlag.AlignRight)
        self.body.setSpacing(theme.SPACING // 4)
        for row in (top, middle, bottom):
            self.body.addLayout(row)

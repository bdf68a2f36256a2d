"""The coach's findings in words, each with the button that makes the change."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.config.config import TrainingConfig
from app.core.runs.coach import MOST, Advice, Evidence, Finding, advise
from app.core.runs.remedies import remedied
from app.ui.common import build
from app.ui.common.coach.words import button_text, change_text, filled, sentences
from app.ui.common.containers import Card


class AdviceRow(QWidget):
    """One advice: what is seen and what to do, and below it the button."""

    chosen = Signal(object)  # this AdviceRow

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.advice: Advice | None = None
        top_left = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
        self.label = build.label(name=f"coach_{number}", role="muted", wraps=True, align=top_left)
        self.label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.button = build.button("", name=f"remedy_{number}", clicked=self._on_clicked)
        build.column(self.label, (self.button, Qt.AlignmentFlag.AlignLeft), on=self, spacing=4)
        self.say("")

    @Slot()
    def _on_clicked(self) -> None:
        self.chosen.emit(self)

    def say(self, words: str, advice: Advice | None = None) -> None:
        """Show a text, and the button of the advice that it belongs to."""
        self.advice = advice
        self.label.setText(words)
        self.button.setVisible(advice is not None and advice.remedy is not None)


class CoachAdvice(QWidget):
    """What there is to say of one run, the gravest first. Who makes the changes that it offers is the page."""

    config_wanted = Signal(object)  # a TrainingConfig -> TrainingConfig: what was chosen does to a config

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = [AdviceRow(number) for number in range(MOST)]
        self._config: TrainingConfig | None = None
        self._checked_with = 0
        self._locked = ""
        self._done: set[Finding] = set()
        for row in self._rows:
            row.chosen.connect(self._on_chosen)
        build.column(*self._rows, build.STRETCH, on=self)

    @property
    def text(self) -> str:
        """What it says."""
        return "\n".join(row.label.text() for row in self._rows if row.label.text())

    def say(self, words: str) -> None:
        """Something else than advice, as before the first run; what was done is forgotten."""
        self._done.clear()
        self._show_rows(())
        self._rows[0].say(words)
        self._rows[0].show()

    def show_run(self, run: Evidence) -> None:
        """Say what is found in a run."""
        self._config, self._checked_with = run.config, run.checked_with
        self._show_rows(advise(run))

    def set_locked(self, reason: str) -> None:
        """Make no changes for `reason`; an empty one unlocks the buttons."""
        self._locked = reason
        self._show_buttons()

    def _show_rows(self, advices: tuple[Advice, ...]) -> None:
        for number, row in enumerate(self._rows):
            advice = advices[number] if number < len(advices) else None
            row.setVisible(advice is not None)
            words = filled(sentences(advice, self._config), advice) if advice and self._config else ""
            row.say(words, advice)
        self._show_buttons()

    def _show_buttons(self) -> None:
        for row in self._rows:
            advice = row.advice
            if advice is None or advice.remedy is None or self._config is None:
                continue
            is_done = advice.finding in self._done
            row.button.setText(self.tr("✓ In the form") if is_done else button_text(advice.remedy))
            row.button.setEnabled(not is_done and not self._locked)
            change = change_text(advice.remedy, self._config, self._checked_with)
            row.button.setToolTip(self._locked or self.tr("Put into the form: {change}").format(change=change))

    @Slot(object)
    def _on_chosen(self, row: AdviceRow) -> None:
        advice, checked_with = row.advice, self._checked_with
        if advice is None or advice.remedy is None:
            return
        remedy = advice.remedy
        self._done.add(advice.finding)
        self._show_buttons()
        self.config_wanted.emit(lambda config: remedied(remedy, config, checked_with))


class CoachCard(Card):
    """The advice as a card of its own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Coach"), parent)
        self.advice = CoachAdvice()
        self.body.addWidget(self.advice, 1)
        self.show_welcome()

    @property
    def text(self) -> str:
        """What it says."""
        return self.advice.text

    def show_welcome(self) -> None:
        """Before any run."""
        self.advice.say(self.tr("Train a network: after each epoch, this says what its curves mean."))

"""How far a search is, and what came of it."""

from PySide6.QtWidgets import QProgressBar, QWidget

from app.core.search.plan import SearchPlan
from app.core.search.status import SearchStatus
from app.ui import theme
from app.ui.common import build
from app.ui.common.containers import Card
from app.ui.common.page import Busy
from app.ui.search.text import ending, headline, time_left

STEPS = 1000


class SearchProgress(Card):
    """A headline with the name, a bar while it runs, else a sentence; and what can be done now.

    Stop always stands at the right end.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._headline = build.label(name="search_headline", role="title")
        self._detail, self._time = build.elided(role="muted"), build.label(role="muted")
        self._bar = build.named(QProgressBar(textVisible=False), "", says=self.tr("Progress of the search"))
        self.sentence = build.label(name="search_sentence", wraps=True, fills=True)
        self.stop = build.button(self.tr("Stop"), name="stop_search", kind="danger")
        self.go_on = build.button(
            self.tr("Go on"),
            name="go_on",
            tip=self.tr("Train the remaining trials, starting with those that were stopped"),
        )
        self.plans = build.button(
            self.tr("Other searches"),
            name="other_searches",
            tip=self.tr("Back to the list of searches"),
        )
        self.use_best = build.button(
            self.tr("Use the best model"),
            name="use_best",
            kind="primary",
            tip=self.tr("Save it as a model, and use it on the Recognize page"),
        )
        self.train_best = build.button(
            self.tr("Train the best one"),
            name="train_best",
            kind="primary",
            tip=self.tr("Its model is not on this computer: train it on the Train page, and keep the model"),
        )
        self._lay_out()
        self._show_parts(is_running=False, can_go_on=False, has_best=False, has_model=False)

    @property
    def busy(self) -> Busy | None:
        """What is under way, None for nothing."""
        if self._bar.isHidden():
            return None
        said = ", ".join(filter(None, (self._detail.whole, self._time.text())))
        share = self._bar.value() / STEPS if self._bar.maximum() else None
        return Busy(self.tr("Search {how_far}").format(how_far=said), share)

    def show_waiting(self, study: str) -> None:
        """The search is being begun."""
        self._headline.setText(self.tr("Preparing"))
        self._detail.set_whole(study)
        self._time.clear()
        self._bar.setRange(0, 0)
        self._show_parts(is_running=True, can_go_on=False, has_best=False, has_model=False)
        self._enable_stop("")

    def show_status(self, plan: SearchPlan, status: SearchStatus, has_model: bool) -> None:
        """Where it stands; `has_model` tells whether the best trial's model was kept."""
        self._headline.setText(headline(status))
        words = self.tr("{study}: {done} of {total} done").format(
            study=status.study, done=status.done, total=status.total
        )
        if status.is_running and status.running:
            words = self.tr("{words}, {running} running").format(words=words, running=status.running)
        self._detail.set_whole(words)
        self._time.setText(time_left(status))
        self._bar.setRange(0, STEPS)
        self._bar.setValue(int(status.share * STEPS))
        self.sentence.setText(ending(plan, status))
        self._show_parts(
            is_running=status.is_running,
            can_go_on=status.done < status.total,
            has_best=status.best is not None,
            has_model=has_model,
        )
        self._enable_stop(self._why_no_stop(status))

    def _why_no_stop(self, status: SearchStatus) -> str:
        if status.is_stopping:
            return self.tr("Waiting for the workers to finish")
        return "" if status.is_running else self.tr("Nothing is running")

    def _show_parts(self, *, is_running: bool, can_go_on: bool, has_best: bool, has_model: bool) -> None:
        self._bar.setVisible(is_running)
        self.sentence.setVisible(not is_running)
        self.plans.setVisible(not is_running)
        self.go_on.setVisible(not is_running and can_go_on)
        self.use_best.setVisible(not is_running and has_model)
        self.train_best.setVisible(not is_running and has_best and not has_model)

    def _enable_stop(self, reason: str) -> None:
        """Stop keeps its place when there is nothing to stop: no other button may come under the pointer."""
        if reason and self.stop.hasFocus():
            self.setFocus()  # or the keyboard would pass on to another button
        self.stop.setEnabled(not reason)
        self.stop.setToolTip(reason or self.tr("Stop the running trials; the search can go on later"))

    def _lay_out(self) -> None:
        buttons = self.plans, self.go_on, self.use_best, self.train_best, self.stop
        below = build.row((self._bar, 1), (self.sentence, 1), *buttons)
        below.addStrut(theme.CONTROL_HEIGHT)
        self.body.setSpacing(theme.SPACING // 4)
        self.body.addLayout(build.row(self._headline, (self._detail, 1), self._time))
        self.body.addLayout(below)

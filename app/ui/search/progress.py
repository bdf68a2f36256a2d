"""How far a search is, and what came of it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QWidget

from app.core.search.plan import SearchPlan
from app.core.search.status import SearchStatus
from app.ui import theme
from app.ui.common.containers import Card
from app.ui.common.text import ElidedLabel
from app.ui.search.text import ending, headline, time_left
from app.ui.window_frame import Busy

STEPS = 1000


class SearchProgress(Card):
    """A headline with the name, a bar while it runs, else a sentence; and what can be done now.

    Stop always stands at the right end.
    """

    stop_requested = Signal()
    go_on_requested = Signal()
    plans_requested = Signal()
    use_best_requested = Signal()
    train_best_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._headline, self._detail, self._time = QLabel(), ElidedLabel(), QLabel()
        self._bar, self.sentence = QProgressBar(), QLabel()
        self.stop = self._button("stop_search", "danger", self.tr("Stop"))
        self.go_on = self._button("go_on", "", self.tr("Go on"))
        self.plans = self._button("other_searches", "", self.tr("Other searches"))
        self.use_best = self._button("use_best", "primary", self.tr("Use the best model"))
        self.train_best = self._button("train_best", "primary", self.tr("Train the best one"))
        self._lay_out()
        self.stop.clicked.connect(self.stop_requested)
        self.go_on.clicked.connect(self.go_on_requested)
        self.plans.clicked.connect(self.plans_requested)
        self.use_best.clicked.connect(self.use_best_requested)
        self.train_best.clicked.connect(self.train_best_requested)
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

    def _button(self, name: str, kind: str, words: str) -> QPushButton:
        button = QPushButton(words)
        button.setObjectName(name)
        button.setProperty("kind", kind)
        return button

    def _lay_out(self) -> None:
        self._headline.setObjectName("search_headline")
        self._headline.setProperty("role", "title")
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Progress of the search"))
        self.sentence.setObjectName("search_sentence")
        self.sentence.setWordWrap(True)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        for label in (self._detail, self._time):
            label.setProperty("role", "muted")
        self.go_on.setToolTip(self.tr("Train the remaining trials, starting with those that were stopped"))
        self.plans.setToolTip(self.tr("Back to the list of searches"))
        self.use_best.setToolTip(self.tr("Save it as a model, and use it on the Recognize page"))
        self.train_best.setToolTip(
            self.tr("Its model is not on this computer: train it on the Train page, and keep the model")
        )
        top, bottom = QHBoxLayout(), QHBoxLayout()
        for row in (top, bottom):
            row.setSpacing(theme.SPACING)
        top.addWidget(self._headline)
        top.addWidget(self._detail, 1)
        top.addWidget(self._time)
        bottom.addStrut(theme.CONTROL_HEIGHT)
        bottom.addWidget(self._bar, 1)
        bottom.addWidget(self.sentence, 1)
        for button in (self.plans, self.go_on, self.use_best, self.train_best, self.stop):
            bottom.addWidget(button)
        self.body.setSpacing(theme.SPACING // 4)
        self.body.addLayout(top)
        self.body.addLayout(bottom)

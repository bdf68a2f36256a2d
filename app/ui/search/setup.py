"""Everything that is set before a search, and what is wrong with it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QWidget,
)

from app.core.config.config import TrainingConfig, field_title
from app.core.config.form import whole_number
from app.core.datasets.sources import STARTER_COUNTS
from app.core.datasets.types import counts_text
from app.core.errors import InputError
from app.core.search.outlook import MissingDataError, new_name, outlook, usual_name
from app.core.search.plan import MOST_NAME_LETTERS, MOST_TRIALS, ReadyPlan, SearchPlan
from app.core.search.space import Method, RangeInGridError, dimension_text
from app.ui import theme
from app.ui.common import build
from app.ui.common.choices import DataBox
from app.ui.common.containers import Card, FormScroll
from app.ui.common.field_control import TEXT_MARGIN, NumberBox, WheelGuard
from app.ui.common.layout import keep_width
from app.ui.common.navigator import Navigator
from app.ui.search.plans import Entry
from app.ui.search.space import SpaceEditor
from app.ui.search.text import recipe_title, rough_duration, trials_text

if TYPE_CHECKING:
    from app.core.search.study import KnownStudy


# How a search goes about it: method, number of trials, what counts as good, data, workers and its name.

USUAL_TRIALS = 20
CONTROL_WIDTH = 220


class SearchOptions(QWidget):
    """A grid of labels, controls and explanations. What means nothing for a search is taken away."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.method, self.objective, self.edition = QComboBox(), QComboBox(), QComboBox()
        self.trials = NumberBox(whole_number(self.tr("Trials"), 1, MOST_TRIALS))
        self.workers = NumberBox(whole_number(self.tr("Workers"), 1, 1))
        self.pruning, self.data, self.name = QCheckBox(self.tr("Stop weak trials early")), DataBox(), QLineEdit()
        self._rows: dict[QWidget, tuple[QLabel, QLabel]] = {}
        self._grid = QGridLayout(self)
        self._fill()
        self._lay_out()
        self._connect()

    @property
    def problem(self) -> str:
        """What is wrong with a number that is asked for, or an empty text."""
        asked = [box for box in (self.trials, self.workers) if not box.isHidden()]
        return next((box.problem for box in asked if box.problem), "")

    def plan(self, plan: SearchPlan, is_vary: bool) -> SearchPlan:
        """`plan` as the user wants it. Raises InputError for a number that cannot be."""
        if self.problem:
            raise InputError(self.problem)
        if is_vary:
            dataset, data = self.data.chosen
            bases = tuple(base.changed(dataset=dataset, data=data) for base in plan.bases)
            plan = plan.changed(method=self.method.currentData(), trials=self.trials.value(), bases=bases)
            plan = plan.changed(pruning=self.pruning.isChecked())
        else:
            edition = self.edition.currentData()
            plan = plan.changed(bases=tuple(base.changed(data=edition) for base in plan.bases))
        return plan.changed(objective=self.objective.currentData(), name=self.name.text().strip())

    def show_for(self, *, is_vary: bool, is_new: bool) -> None:
        """Offer what means something for one's own recipe, a ready-made plan, or (not new) a study that was begun."""
        for widget in (self.method, self.pruning, self.data):
            self._show(widget, is_vary and is_new)
        self._show(self.edition, is_new and not is_vary)
        self._show(self.objective, is_new)
        self._show(self.name, is_new)
        self._show_trials()

    def choose_method(self, method: Method) -> None:
        """Go about it that way."""
        self.method.setCurrentIndex(self.method.findData(method))

    def set_cores(self, cores: int) -> None:
        """Allow as many workers as there are cores, and choose that many unless the user did already."""
        was_usual = self.workers.value() == self.workers.maximum
        self.workers.setRange(1, cores)
        words = (
            self.tr("Trials at the same time (this computer has 1 core).")
            if cores == 1
            else self.tr("Trials at the same time (this computer has {cores} cores).").format(cores=cores)
        )
        self._rows[self.workers][1].setText(words)
        if was_usual:
            self.workers.setValue(cores)

    @property
    def is_fixed(self) -> bool:
        """True if the values themselves say how many trials there are."""
        return bool(self.method.currentData() == "grid")

    def _fill(self) -> None:
        for words, method in ((self.tr("Grid"), "grid"), (self.tr("Random"), "random"), (self.tr("Guided"), "tpe")):
            self.method.addItem(words, method)
        objectives = ((self.tr("Validation accuracy"), "val_accuracy"), (self.tr("Validation loss"), "val_loss"))
        for words, objective in objectives:
            self.objective.addItem(words, objective)
        for words, edition in ((self.tr("Starter"), "starter"), (self.tr("Full"), "full")):
            self.edition.addItem(words, edition)
        self.trials.setValue(USUAL_TRIALS)
        for box in (self.trials, self.workers):
            box.lineEdit().setTextMargins(TEXT_MARGIN, 0, 0, 0)
        self.name.setMaxLength(MOST_NAME_LETTERS)

    def _lay_out(self) -> None:
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.SPACING)
        self._grid.setVerticalSpacing(theme.SPACING // 2)
        self._grid.setColumnStretch(2, 1)
        self._add("method", self.method, self.tr("Method"), "")
        self._add("trials", self.trials, self.tr("Trials"), self.tr("How many combinations are tried."))
        self._add("objective", self.objective, self.tr("Choose by"), "")
        self._add(
            "pruning",
            self.pruning,
            "",
            self.tr("A trial ends early once half of the others did better at the same epoch."),
        )
        self._add("data", self.data, self.tr("Data"), "")
        self._add("edition", self.edition, self.tr("Data"), "")
        self._add("workers", self.workers, self.tr("Workers"), "")
        self._add("study", self.name, self.tr("Name"), "")
        self._grid.addWidget(self.name, len(self._rows) - 1, 1, 1, 2)
        keep_width(self.name, CONTROL_WIDTH, grows=True)
        self.name.setToolTip(self.tr("The name in the list of searches, where it can go on later"))
        self._explain()

    def _add(self, name: str, widget: QWidget, words: str, explanation: str) -> None:
        row = len(self._rows)
        label = build.label(words, buddy=widget)
        help_label = build.label(explanation, role="caption", wraps=True, fills=True)
        build.named(widget, name, says=words or self.pruning.text())
        keep_width(widget, CONTROL_WIDTH)
        widget.setMaximumHeight(theme.CONTROL_HEIGHT)
        widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        widget.installEventFilter(WheelGuard(widget))
        label.setMinimumHeight(theme.CONTROL_HEIGHT)
        self._rows[widget] = label, help_label
        for column, part in enumerate((label, widget, help_label)):
            self._grid.addWidget(part, row, column)

    def _connect(self) -> None:
        for box in (self.method, self.objective, self.edition, self.data):
            box.currentIndexChanged.connect(self._on_changed)
        self.trials.edited.connect(self._on_changed)
        self.workers.edited.connect(self._on_changed)
        self.pruning.toggled.connect(self._on_changed)
        self.name.textChanged.connect(self._on_changed)

    def _show(self, widget: QWidget, shown: bool) -> None:
        for part in (widget, *self._rows[widget]):
            part.setVisible(shown)

    def _show_trials(self) -> None:
        self._show(self.trials, not self.method.isHidden() and not self.is_fixed)

    def _explain(self) -> None:
        methods = {
            "grid": self.tr("Tries every combination of the values."),
            "random": self.tr("Tries random values: quickly finds good regions of many settings."),
            "tpe": self.tr("Learns from each trial where good values lie, and looks there (TPE)."),
        }
        objectives = {
            "val_accuracy": self.tr("The highest wins. Test pictures never decide."),
            "val_loss": self.tr("The lowest wins. Test pictures never decide."),
        }
        editions = {
            "starter": self.tr("{counts}, included: quick, but not comparable with the notes.").format(
                counts=counts_text(*STARTER_COUNTS)
            ),
            "full": self.tr("Everything, as in the notes."),
        }
        self._rows[self.method][1].setText(methods[self.method.currentData()])
        self._rows[self.objective][1].setText(objectives[self.objective.currentData()])
        self._rows[self.edition][1].setText(editions[self.edition.currentData()])

    @Slot()
    def _on_changed(self) -> None:
        self._explain()
        self._show_trials()
        self.changed.emit()


MOST_RECIPES = 6
"""So many recipes of a list are named; the others are counted."""


class SearchSetup(Card):
    """The card on the right of the plans. It says what is wanted; what happens then is the page's business."""

    start_requested = Signal(object, int)  # SearchPlan, number of workers
    look_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._entry: Entry | None = None
        self._studies: Sequence[KnownStudy] = ()
        self._busy = self.tr("Preparing: this takes a moment.")
        self._problem, self._verdict = "", ""
        self._plan: SearchPlan | None = None
        self._has_own_name = False
        self.title, self.explanation = build.label(role="title"), build.label(role="muted", wraps=True)
        self.verdict = build.label(name="verdict", wraps=True, fills=True)
        self.space, self.options = SpaceEditor(), SearchOptions()
        self.start = build.button(self.tr("Start"), name="start_search", kind="primary", clicked=self._on_start_clicked)
        self.look = build.button(self.tr("Show results"), name="look", clicked=self._on_look_clicked)
        self.get_data = build.button(
            self.tr("Go to the Data page"), name="get_data", kind="quiet", clicked=self._on_get_data
        )
        self.guide = build.button(
            self.tr("Switch to Guided"), name="search_guided", kind="quiet", clicked=self._on_guide_clicked
        )
        self._lay_out()
        self.space.changed.connect(self._on_changed)
        self.options.changed.connect(self._on_changed)
        self.options.name.textEdited.connect(self._on_name_edited)

    @Slot()
    def _on_get_data(self) -> None:
        Navigator.of(self).show("data")

    @property
    def problem(self) -> str:
        """Why the search cannot begin, or an empty text."""
        return self._problem

    def show_entry(self, entry: Entry) -> None:
        """Set up another search."""
        self._entry, self._has_own_name = entry, False
        what = entry.what
        is_vary, is_ready = isinstance(what, TrainingConfig), isinstance(what, ReadyPlan)
        with QSignalBlocker(self.space), QSignalBlocker(self.options):
            if isinstance(what, TrainingConfig):
                self.space.set_base(what)
                self.options.data.choose(what.dataset, what.data)
            self.options.show_for(is_vary=is_vary, is_new=is_vary or is_ready)
        self.space.setVisible(is_vary)
        self.title.setText(entry.title)
        self.explanation.setText(self._explain(entry))
        self._scroll.to_top()
        self._on_changed()

    def set_studies(self, studies: "Sequence[KnownStudy]", cores: int) -> None:
        """Searches can begin: these were begun before, and so many workers are sensible."""
        self._studies, self._busy = studies, ""
        self.options.set_cores(cores)
        self._on_changed()

    def set_busy(self, reason: str) -> None:
        """No search can begin for that reason; an empty one takes it away."""
        self._busy = reason
        self._show_verdict()

    def refresh_data(self) -> None:
        """Look again at what data is on this computer."""
        self.options.data.refresh()
        self._on_changed()

    def _explain(self, entry: Entry) -> str:
        what = entry.what
        if isinstance(what, TrainingConfig):
            words = self.tr(
                "{recipe}, with the settings of the Train page. Choose settings and write the values to try."
            )
            return words.format(recipe=recipe_title(what.recipe))
        if isinstance(what, ReadyPlan):
            return f"{entry.caption}\n{self._contents(what.make())}"
        words = self.tr("{done} of {total} trials are done. {contents}")
        return words.format(done=what.done, total=what.total, contents=self._contents(what.plan))

    def _contents(self, plan: SearchPlan) -> str:
        titles = list(dict.fromkeys(recipe_title(base.recipe) for base in plan.bases))
        if plan.space:
            varied = "; ".join(f"{field_title(part.field)}: {dimension_text(part)}" for part in plan.space)
            return self.tr("{recipe}. {varied}").format(recipe=titles[0], varied=varied)
        more = len(titles) - MOST_RECIPES
        named = ", ".join(titles[:MOST_RECIPES])
        return self.tr("{named} and {count} more").format(named=named, count=more) if more > 0 else named

    def _wanted(self) -> tuple[SearchPlan, int]:
        """The plan as it is set. Raises InputError for what cannot be."""
        assert self._entry is not None
        what, workers = self._entry.what, int(self.options.workers.value())
        if isinstance(what, TrainingConfig):
            plan = SearchPlan(name="", method="grid", bases=(what,), space=self.space.dimensions())
            return self._named(self.options.plan(plan, is_vary=True), what), workers
        if isinstance(what, ReadyPlan):
            ready = what.make()
            return self._named(self.options.plan(ready, is_vary=False), None, ready.name), workers
        return what.plan, workers

    def _named(self, plan: SearchPlan, base: TrainingConfig | None, name: str = "") -> SearchPlan:
        """The plan under a name that is free, unless the user chose one."""
        if self._has_own_name:
            return plan
        taken = {study.plan.name for study in self._studies}
        free = new_name(usual_name(plan.changed(name=name), base), taken)
        with QSignalBlocker(self.options.name):
            self.options.name.setText(free)
        return plan.changed(name=free)

    def _check_name(self, plan: SearchPlan) -> None:
        for study in self._studies:
            if study.plan.name == plan.name and study.plan != plan:
                raise InputError(
                    self.tr("There is another search “{name}” already; choose another name.").format(name=plan.name)
                )

    @Slot()
    def _on_changed(self) -> None:
        """Say what is wrong, or what it will take."""
        if self._entry is None:
            return
        self._plan, self._problem, misses_data, has_range = None, "", False, False
        self.space.show_examples(self.options.method.currentData())
        try:
            plan, workers = self._wanted()
            found = outlook(plan, workers)
            self._check_name(plan)
        except RangeInGridError as error:
            words = self.tr("A grid needs single values of {setting}: list them, or give the range a step.")
            self._problem, has_range = words.format(setting=self.tr(field_title(error.field))), True
        except InputError as error:
            self._problem, misses_data = str(error), isinstance(error, MissingDataError)
        else:
            self._plan = plan
            words = self.tr("{trials}, roughly {time}.")
            time = rough_duration(found.seconds)
            self._verdict = words.format(trials=trials_text(found.trials), time=time)
        self.get_data.setVisible(misses_data)
        self.guide.setVisible(has_range)
        self._show_verdict()

    def _show_verdict(self) -> None:
        study = (
            None
            if self._entry is None or isinstance(self._entry.what, TrainingConfig | ReadyPlan)
            else self._entry.what
        )
        is_over = study is not None and study.is_over
        is_untouched = not self.space.isHidden() and self.space.is_empty  # an invitation, not a reproach
        is_wrong = bool(self._problem) and not is_over and not is_untouched
        if is_over:
            text = self.tr("All its trials are done.")
        else:
            text = f"✗ {self._problem}" if is_wrong else self._busy or self._problem or ("" if study else self._verdict)
        self.verdict.setText(text)
        role = "error" if is_wrong else "muted"
        if self.verdict.property("role") != role:
            self.verdict.setProperty("role", role)
            self.verdict.style().polish(self.verdict)
        reason = self._problem or self._busy
        self.start.setVisible(not is_over)
        self.start.setText(self.tr("Go on") if study else self.tr("Start"))
        self.start.setEnabled(not reason)
        self.start.setToolTip(
            reason or self.tr("Train all trials, in worker processes; you can use the window meanwhile")
        )
        self.look.setVisible(study is not None)
        self.look.setEnabled(not self._busy)
        self.look.setToolTip(self._busy or self.tr("See its trials and curves without training more"))
        self.look.setProperty("kind", "primary" if is_over else "")
        self.look.style().polish(self.look)

    def _lay_out(self) -> None:
        parts = self.title, self.explanation, self.space, self.options
        content = build.panel(build.column(*parts, build.STRETCH, spacing=theme.PADDING))
        self._scroll = FormScroll(content)
        self.body.addWidget(self._scroll, 1)
        self.body.addLayout(build.row((self.verdict, 1), self.get_data, self.guide, self.look, self.start))

    @Slot()
    def _on_name_edited(self) -> None:
        self._has_own_name = True

    @Slot()
    def _on_start_clicked(self) -> None:
        if self._plan is not None:
            self.start_requested.emit(self._plan, int(self.options.workers.value()))

    @Slot()
    def _on_guide_clicked(self) -> None:
        """Search the range that a grid cannot."""
        self.start.setFocus()  # the button goes
        self.options.choose_method("tpe")

    @Slot()
    def _on_look_clicked(self) -> None:
        assert self._entry is not None
        if not isinstance(self._entry.what, TrainingConfig | ReadyPlan):
            self.look_requested.emit(self._entry.what.plan.name)

"""Everything that is set before a search, and what is wrong with it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.core.errors import InputError
from app.core.models.config import TrainingConfig
from app.core.search.fields import dimension_text, title_of
from app.core.search.plan import SearchPlan
from app.core.search.plans import ReadyPlan
from app.core.search.readiness import MissingDataError, new_name, outlook, usual_name
from app.core.search.space import RangeInGridError
from app.ui import theme
from app.ui.widgets.card import Card
from app.ui.widgets.form_scroll import FormScroll
from app.ui.widgets.search_options import SearchOptions
from app.ui.widgets.search_plans import Entry
from app.ui.widgets.search_space import SpaceEditor
from app.ui.widgets.search_text import recipe_title, rough_duration, trials_text

if TYPE_CHECKING:
    from app.core.search.studies import KnownStudy

MOST_RECIPES = 6
"""So many recipes of a list are named; the others are counted."""


class SearchSetup(Card):
    """The card on the right of the plans. It says what is wanted; what happens then is the page's business."""

    start_requested = Signal(object, int)  # SearchPlan, number of workers
    look_requested = Signal(str)
    data_page_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._entry: Entry | None = None
        self._studies: Sequence[KnownStudy] = ()
        self._busy = self.tr("Preparing: this takes a moment.")
        self._problem, self._verdict = "", ""
        self._plan: SearchPlan | None = None
        self._has_own_name = False
        self.title, self.explanation, self.verdict = QLabel(), QLabel(), QLabel()
        self.space, self.options = SpaceEditor(), SearchOptions()
        self.start = self._button("start_search", "primary", self.tr("Start"))
        self.look = self._button("look", "", self.tr("Show results"))
        self.get_data = self._button("get_data", "quiet", self.tr("Go to the Data page"))
        self.guide = self._button("search_guided", "quiet", self.tr("Switch to Guided"))
        self._lay_out()
        self.space.changed.connect(self._on_changed)
        self.options.changed.connect(self._on_changed)
        self.options.data_page_requested.connect(self.data_page_requested)
        self.options.name.textEdited.connect(self._on_name_edited)
        self.start.clicked.connect(self._on_start_clicked)
        self.look.clicked.connect(self._on_look_clicked)
        self.get_data.clicked.connect(self.data_page_requested)
        self.guide.clicked.connect(self._on_guide_clicked)

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
            varied = "; ".join(f"{title_of(part.field)}: {dimension_text(part)}" for part in plan.space)
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
        """The plan under a name that is free, unless the person chose one."""
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
            self._problem, has_range = words.format(setting=self.tr(title_of(error.field))), True
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

    def _button(self, name: str, kind: str, words: str) -> QPushButton:
        button = QPushButton(words)
        button.setObjectName(name)
        button.setProperty("kind", kind)
        return button

    def _lay_out(self) -> None:
        self.title.setProperty("role", "title")
        self.explanation.setProperty("role", "muted")
        self.verdict.setObjectName("verdict")
        for label in (self.explanation, self.verdict):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.verdict.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.PADDING)
        for widget in (self.title, self.explanation, self.space, self.options):
            column.addWidget(widget)
        column.addStretch(1)
        self._scroll = FormScroll(content)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SPACING)
        buttons.addWidget(self.verdict, 1)
        for button in (self.get_data, self.guide, self.look, self.start):
            buttons.addWidget(button)
        self.body.addWidget(self._scroll, 1)
        self.body.addLayout(buttons)

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

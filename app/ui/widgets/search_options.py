"""How a search goes about it: method, number of trials, what counts as good, data, workers and its name."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLabel, QLineEdit, QSizePolicy, QWidget

from app.core.datasets.sources import STARTER_COUNTS
from app.core.datasets.types import counts_text
from app.core.errors import InputError
from app.core.models.form import whole_number
from app.core.search.plan import MOST_NAME_LETTERS, MOST_TRIALS, Method, SearchPlan
from app.ui import theme
from app.ui.widgets.data_box import DataBox
from app.ui.widgets.field_control import TEXT_MARGIN, WheelGuard
from app.ui.widgets.fit_scroll import keep_width
from app.ui.widgets.number_box import NumberBox

USUAL_TRIALS = 20
CONTROL_WIDTH = 220


class SearchOptions(QWidget):
    """A grid of labels, controls and explanations. What means nothing for a search is taken away."""

    changed = Signal()
    data_page_requested = Signal()

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
        """`plan` as the person wants it. Raises InputError for a number that cannot be."""
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
        """Allow as many workers as there are cores, and choose that many unless the person did already."""
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
        label, help_label = QLabel(words), QLabel(explanation)
        label.setBuddy(widget)
        help_label.setProperty("role", "caption")
        help_label.setWordWrap(True)
        help_label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        widget.setObjectName(name)
        widget.setAccessibleName(words or self.pruning.text())
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
        self.data.data_page_requested.connect(self.data_page_requested)

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

"""The results of a search as pictures: one setting, two settings, what mattered."""

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, QSizeF, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QWidget

from app.core.config.config import field_title
from app.core.runs.progress import metric_text
from app.core.search.effects import FEWEST_TRIALS, Outcome, axis, outcomes
from app.core.search.plan import SearchPlan
from app.core.search.status import SearchStatus
from app.ui import theme
from app.ui.common import build
from app.ui.common.containers import Card
from app.ui.common.plots.figure import ExampleFigure
from app.ui.common.plots.figure_view import ChooseFile, FigureView, choose_file
from app.ui.search.figures import SMALLEST, ImportanceFigure, MapFigure, ValueFigure
from app.ui.search.text import share_text

ONE, TWO, IMPORTANCE = "one", "two", "importance"


class SearchPictures(Card):
    """Shows one kind of picture at a time; `turn_to` chooses which, `choices` are for the settings it shows."""

    trial_clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None, *, choose: ChooseFile = choose_file) -> None:
        super().__init__("", parent)
        self._kind = ONE
        self._plan: SearchPlan | None = None
        self._status: SearchStatus | None = None
        self._importances: Mapping[str, float] = {}
        self._numbers: tuple[int, ...] = ()
        self._drawn: tuple[object, ...] = ()
        self.across, self.up = QComboBox(), QComboBox()
        self.choices = build.panel(build.row(self.across, self.up))
        self.view = FigureView(choose=choose, click_words=self.tr("A click shows the run."))
        for box, name, words in (
            (self.across, "across", self.tr("Horizontal setting")),
            (self.up, "up", self.tr("Vertical setting")),
        ):
            build.named(box, name, says=words, tip=words)
            box.setFixedHeight(theme.CONTROL_HEIGHT)
            box.activated.connect(self._show)
        self.body.addWidget(self.view, 1)
        self.view.canvas.example_clicked.connect(self._on_clicked)

    def show_results(self, plan: SearchPlan, status: SearchStatus, importances: Mapping[str, float]) -> None:
        """Show what came out so far."""
        if plan != self._plan:
            self._offer(plan)
        self._plan, self._status, self._importances = plan, status, importances
        self._show()

    def turn_to(self, kind: str) -> None:
        """Show one of `ONE`, `TWO` and `IMPORTANCE`."""
        self._kind = kind
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Pictures fill their room."""
        super().resizeEvent(event)
        self._show()

    def _room(self) -> QSizeF:
        room = self.view.room
        return QSizeF(max(SMALLEST.width(), room.width()), max(SMALLEST.height(), room.height()))

    def _offer(self, plan: SearchPlan) -> None:
        for place, box in enumerate((self.across, self.up)):
            with QSignalBlocker(box):
                box.clear()
                for dimension in plan.space:
                    box.addItem(self.tr(field_title(dimension.field)), dimension.field)
                box.setCurrentIndex(min(place, box.count() - 1))

    @Slot()
    def _show(self) -> None:
        if self._plan is None or self._status is None or not self._plan.space:
            return
        told = outcomes(self._status)
        self.across.setVisible(self._kind in {ONE, TWO} and self.across.count() > 1)
        self.up.setVisible(self._kind == TWO and self.up.count() > 1)
        size = self._room()
        wanted = (size, self._kind, self.across.currentData(), self.up.currentData(), told, dict(self._importances))
        if wanted == self._drawn:  # nothing has changed under the pointer
            return
        self._drawn, self._numbers = wanted, ()
        name, figure_, invitation = self._picture(size, self._plan, told)
        self.view.set_invitation(invitation)
        self.view.set_figure(figure_, name, file_name=f"{self._plan.name}-{self._kind}")

    def _picture(
        self, size: QSizeF, plan: SearchPlan, told: tuple[Outcome, ...]
    ) -> tuple[str, ExampleFigure | None, str]:
        """What it is called, the picture or None, and what to say while there is none."""
        assert self._status is not None
        best = self._status.best
        objective = self.tr("Validation loss") if self._status.objective == "val_loss" else self.tr("Val. accuracy")
        first = self.tr("Points appear when trials are done.")
        if self._kind == IMPORTANCE:
            words = self.tr("This needs {count} finished trials with two or more settings.")
            found = self._importances
            picture = ImportanceFigure(size, found, {field: field_title(field) for field in found}) if found else None
            return self.tr("Which settings mattered"), picture, words.format(count=FEWEST_TRIALS)
        if self._kind == ONE:
            self._numbers = tuple(outcome.trial.number for outcome in told)
            number = None if best is None else best.number
            name = self.tr("One setting and the result")
            if not told:
                return name, None, first
            across = axis(plan, self.across.currentData(), told)
            return name, ValueFigure(size, across, told, best=number, objective=objective, say=self._say), first
        name = self.tr("Two settings and the result")
        finished = tuple(outcome for outcome in told if not outcome.is_partial)
        if self.across.currentData() == self.up.currentData():
            return name, None, self.tr("Vary two settings, and choose a different one on each axis.")
        if not finished:
            return name, None, first
        across, up = (axis(plan, box.currentData(), finished) for box in (self.across, self.up))
        map_ = MapFigure(size, across, up, finished, self._say)
        self._numbers = map_.trials
        return f"{name}: {objective}", map_, first

    def _say(self, value: float) -> str:
        by_loss = self._status is not None and self._status.objective == "val_loss"
        return metric_text(value, 4) if by_loss else share_text(value)

    @Slot(int)
    def _on_clicked(self, place: int) -> None:
        self.trial_clicked.emit(self._numbers[place])

"""What is to be known of the selected runs: all of one run, or the settings in which several differ."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import (
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from app.core.config.config import TrainingConfig
from app.core.runs.coach import Evidence, advise
from app.core.runs.columns import COLUMNS, NOTES
from app.core.runs.comparison import differences, settings_of
from app.core.runs.events import EpochDone
from app.core.runs.records import RunRecord
from app.core.runs.snapshots import has_snapshots, moments_of, snapshots_bytes
from app.ui import theme
from app.ui.common import build
from app.ui.common.coach.card import CoachAdvice
from app.ui.common.containers import Card, Segments
from app.ui.common.film.bar import FilmBar
from app.ui.common.film.player import FilmPlayer
from app.ui.common.film.views import FilmViews
from app.ui.common.layout import Divided, FitScroll
from app.ui.common.lists import style_table
from app.ui.common.navigator import Navigator
from app.ui.common.plots.line import SIGNS
from app.ui.common.text import LEFT, notes_why_not
from app.ui.runs.actions import RunsActions
from app.ui.runs.text import NOTHING, cell_text, column_title, runs_text, state_text
from app.ui.settings import Settings

if TYPE_CHECKING:
    from app.ui.common.plots.run_curves import RunsCurves


_MORE_FIGURES = ("test_precision", "test_recall", "best_epoch", "parameters")
_NAME_WIDTH, _VALUE_WIDTH, _SMALLEST_WIDTH = 118, 82, 60


class RunsDetails(Card):
    """A card with a table. Of more runs than there are signs, only the first are compared."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._title, self._remark = build.label(role="title"), build.label(role="caption", wraps=True)
        self.table = QTableWidget()
        style_table(self.table, "", self.tr("Details"), row_height=theme.DENSE_ROW_HEIGHT)
        self.table.setVerticalScrollMode(QTableWidget.ScrollMode.ScrollPerPixel)
        self.table.horizontalHeader().setDefaultAlignment(LEFT)
        self.table.horizontalHeader().setMinimumSectionSize(20)
        self.advice, self._stack = CoachAdvice(), QStackedWidget()
        self.tabs = Segments((("tab_details", self.tr("Details")), ("tab_coach", self.tr("Coach"))))
        self.tabs.chosen.connect(self._stack.setCurrentIndex)
        self.advice.config_wanted.connect(self._on_remedy_chosen)
        scroll = FitScroll(self.advice, upright=True)
        self._stack.addWidget(self.table)
        self._stack.addWidget(scroll)
        for widget in (self._title, self.tabs, self._remark):
            self.body.addWidget(widget)
        self.body.addWidget(self._stack, 1)
        self._runs: tuple[RunRecord, ...] = ()
        self._selected = 0
        theme.notifier().changed.connect(self._show)
        self._show()

    @property
    def remark(self) -> str:
        """The sentences above the table."""
        return self._remark.text()

    def show_evidence(self, run: Evidence | None) -> None:
        """Let the coach judge the run that is shown alone."""
        if run is None:
            self.advice.say(self.tr("Another version of the program made this run: the coach cannot judge it."))
        else:
            self.advice.show_run(run)
        faults = 0 if run is None else sum(advice.is_fault for advice in advise(run))
        self.tabs.set_words(1, self.tr("Coach ({count})").format(count=faults) if faults else self.tr("Coach"))

    @Slot(object)
    def _on_remedy_chosen(self, change: Callable[[TrainingConfig], TrainingConfig]) -> None:
        Navigator.of(self).fill_form(change(self._runs[0].config))

    def show_runs(self, runs: Sequence[RunRecord], selected: int) -> None:
        """Show these, out of so many that are selected."""
        if [run.id for run in runs] != [run.id for run in self._runs]:
            self.advice.say("")
            self.tabs.set_words(1, self.tr("Coach"))
        if (tuple(runs), selected) != (self._runs, self._selected):
            self._runs, self._selected = tuple(runs), selected
            self._show()

    @Slot()
    def _show(self) -> None:
        scrolled = self.table.verticalScrollBar().value()
        self.tabs.setVisible(len(self._runs) == 1)
        self._title.setVisible(len(self._runs) != 1)
        if len(self._runs) != 1:
            self.tabs.turn_to(0)
            self._stack.setCurrentIndex(0)
        self.table.clear()
        self.table.clearSpans()
        self.table.setRowCount(0)
        if len(self._runs) == 1:
            self._show_one(self._runs[0])
            self.table.verticalScrollBar().setValue(scrolled)
        elif self._runs:
            self._show_several()
        else:
            self._tell(self.tr("Details"), self.tr("Select a run to see its settings, several to see what differs"))
            self.table.setColumnCount(0)

    def _show_one(self, run: RunRecord) -> None:
        note = self.tr("Note: {note}").format(note=run.note) if run.note else ""
        self._tell(self.tr("Details"), f"{state_text(run)}  {_own_words(run)}".strip(), notes_why_not(run.notes), note)
        is_reported = any(cell_text(COLUMNS[f"{name}_reported"], run) for name in NOTES)
        words = (self.tr("notes"), self.tr("difference")) if is_reported else ("", "")
        self._set_titles(["", self.tr("this run"), *words])
        for name in NOTES:
            texts = [cell_text(COLUMNS[each], run) for each in (name, f"{name}_reported", f"{name}_difference")]
            if any(texts):
                self._add_row(column_title(COLUMNS[name]), *texts)
                self._colour_difference(f"{name}_difference", run)
        for title, text in self._facts(run):
            if text:
                self._add_row(title, text)
                self.table.setSpan(self.table.rowCount() - 1, 1, 1, 3)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for column, width in enumerate((_NAME_WIDTH, _VALUE_WIDTH, _VALUE_WIDTH)):
            self.table.setColumnWidth(column, width)
        self.table.horizontalHeader().setStretchLastSection(True)

    def _facts(self, run: RunRecord) -> Iterator[tuple[str, str]]:
        yield from ((column_title(COLUMNS[name]), cell_text(COLUMNS[name], run)) for name in _MORE_FIGURES)
        yield self.tr("Recipe"), run.recipe
        yield self.tr("Data"), run.data_description
        yield from ((self.tr(title), text) for title, text in settings_of(run))
        yield self.tr("Model"), run.model or ""
        yield self.tr("Snapshots"), self._snapshots(run)
        yield self.tr("Tags"), ", ".join(run.tags)
        yield self.tr("Started"), f"{run.created.astimezone():%Y-%m-%d %H:%M}"
        yield self.tr("Device"), run.device
        yield self.tr("Engine used"), run.engine
        yield from run.versions.items()

    def _snapshots(self, run: RunRecord) -> str:
        """How many moments were kept, and what they take of the disk."""
        if not has_snapshots(run.id, run):
            return ""
        size = f"{snapshots_bytes(run.id) / 1e6:.1f}"
        return self.tr("{count} moments, {size} MB").format(count=len(moments_of(run.id)), size=size)

    def _colour_difference(self, name: str, run: RunRecord) -> None:
        item, value = self.table.item(self.table.rowCount() - 1, 3), COLUMNS[name].value(run)
        if item is not None and isinstance(value, float) and value * COLUMNS[name].better:
            colours = theme.colours()
            item.setForeground(QColor(colours.best_text if value * COLUMNS[name].better > 0 else colours.wrong_text))

    def _show_several(self) -> None:
        found = differences(self._runs)
        few = self.tr("The first {few} of {all} are compared: select fewer to see them all").format(
            few=len(self._runs), all=runs_text(self._selected)
        )
        same = "" if found else self.tr("These runs have the same settings")
        self._tell(self.tr("What differs"), few if self._selected > len(self._runs) else "", same)
        self._set_titles(["", *(f"#{run.id}" for run in self._runs)])
        signs = self._add_row("", *(SIGNS[place].letter for place in range(len(self._runs))))[1:]
        for place, (sign, run) in enumerate(zip(signs, self._runs, strict=True)):
            sign.setForeground(QColor(theme.colours().series[place]))
            for item in (sign, self.table.horizontalHeaderItem(place + 1)):
                if item is not None:
                    item.setToolTip(run.title)
        for difference in found:
            self._add_row(self.tr(difference.title), *(value or NOTHING for value in difference.values))
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.table.horizontalHeader().setStretchLastSection(False)
        self._share_width()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The runs share what the settings leave."""
        super().resizeEvent(event)
        if len(self._runs) > 1:
            self._share_width()

    def _share_width(self) -> None:
        self.table.setColumnWidth(0, _NAME_WIDTH)
        room = (self.table.viewport().width() - _NAME_WIDTH) // max(1, len(self._runs))
        for column in range(1, self.table.columnCount()):
            self.table.setColumnWidth(column, max(_SMALLEST_WIDTH, room))

    def _tell(self, title: str, *remarks: str) -> None:
        self._title.setText(title)
        self._remark.setText("\n".join(filter(None, remarks)))
        self._remark.setVisible(any(remarks))

    def _add_row(self, *texts: str) -> list[QTableWidgetItem]:
        row = self.table.rowCount()
        self.table.insertRow(row)
        items = [QTableWidgetItem(text) for text in texts]
        for column, item in enumerate(items):
            item.setToolTip(item.text())
            self.table.setItem(row, column, item)
        items[0].setForeground(QColor(theme.colours().muted))
        return items

    def _set_titles(self, titles: Sequence[str]) -> None:
        self.table.setColumnCount(len(titles))
        self.table.setHorizontalHeaderLabels(titles)


def _own_words(run: RunRecord) -> str:
    """What a run says of its end besides its state; older versions began with the state, and offered what is over."""
    message = run.message.removeprefix("Stopped. ")
    return "" if message.startswith("The network so far can be kept") else message


# What the Runs page shows before there is a run.


class RunsInvitation(Card):
    """Says what will be here, and leads to where it comes from."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        words = self.tr("Train something: every run is kept here")
        more = self.tr("Its settings, its curves and its metrics, beside those that the notes report")
        go = build.button(self.tr("Go to the Train page"), name="go_train", kind="primary", clicked=self._on_clicked)
        self.body.addStretch()
        for widget in (build.label(words, role="title"), build.label(more, role="muted"), go):
            self.body.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        self.body.addStretch()

    @Slot()
    def _on_clicked(self) -> None:
        Navigator.of(self).show("train")


# The lower half of the Runs page: what is selected, what can be done with it, its curves and its settings.

_SHARES = 17, 10
"""Of the width: curves and details."""


class RunsSelection(QWidget):
    """Only the first of many selected runs are drawn and compared: as many as there are signs."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.actions_bar, self.details = RunsActions(), RunsDetails()
        self._curves: RunsCurves | None = None
        self._compared: tuple[RunRecord, ...] = ()
        self.film = FilmPlayer(self)
        self.film_bar = FilmBar(self.film, settings, self)
        self.film_views, views = FilmViews(self.film, with_bars=True), Card()
        views.body.addWidget(self.film_views)
        self._right = QStackedWidget()
        self._right.addWidget(self.details)
        self._right.addWidget(views)
        self._row = Divided(Qt.Orientation.Horizontal)
        self._row.addWidget(self._right)
        build.column(self.actions_bar, (self._row, 1), on=self)
        self.film.moved.connect(self._on_film_moved)

    @property
    def compared(self) -> tuple[RunRecord, ...]:
        """The runs whose curves are wanted."""
        return self._compared

    @property
    def has_curves(self) -> bool:
        """True once plots have been made."""
        return self._curves is not None

    @property
    def curves(self) -> "RunsCurves":
        """The plots, made when first asked for: pyqtgraph takes a third of a second to import."""
        if self._curves is None:
            from app.ui.common.plots.run_curves import RunsCurves

            self._curves = RunsCurves()
            self._row.insertWidget(0, build.panel(build.column((self._curves, 1), self.film_bar)))
            for place, share in enumerate(_SHARES):
                self._row.setStretchFactor(place, share)
            self._row.setSizes([self.width() * share for share in _SHARES])
            self._row.remember(self._settings, "runs_curves")
        return self._curves

    def show_selected(self, runs: Sequence[RunRecord]) -> bool:
        """Show these; True if other curves are wanted now, to be given to `show_curves`."""
        before, self._compared = self._compared, tuple(runs[: len(SIGNS)])
        self.actions_bar.show_selected(runs)
        self.details.show_runs(self._compared, len(runs))
        return self._compared != before

    def show_curves(self, epochs: Mapping[int, Sequence[EpochDone]]) -> None:
        """Draw the runs that are compared, if these are their epochs."""
        if set(epochs) == {run.id for run in self._compared}:
            self.curves.show_runs(self._compared, epochs)
            self._show_film(epochs)

    def _show_film(self, epochs: Mapping[int, Sequence[EpochDone]]) -> None:
        """That of a single run; one that goes on stays where it is."""
        alone = self._compared[0] if len(self._compared) == 1 else None
        film = self.film.film
        if alone is None:
            self.film.open(None)
        elif film is None or film.run != alone.id or not film.facts.are_of(alone):
            self.film.open(alone.id, alone)
        else:
            self.film.look_again()
        self.film.set_epochs(epochs[alone.id] if alone is not None else ())
        bar = self.film_bar.sizeHint().height() + theme.SPACING if not self.film_bar.isHidden() else 0
        self.setMinimumHeight(theme.SMALLEST_SELECTION_HEIGHT + bar)  # the curves keep theirs

    @Slot()
    def _on_film_moved(self) -> None:
        """The views of a moment take the place of the details."""
        self._right.setCurrentIndex(int(self.film.is_travelling))
        if self._curves is not None:
            self._curves.hold(self.film.position)

"""One set of samples: how many there are of each class, and what can be done with them."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QToolButton, QWidget

from app.core.datasets.choices import ImportChoices, chosen_together
from app.core.datasets.samples.exchange import ExportFormat, ImportedSamples, export_samples, import_samples
from app.core.datasets.samples.sets import SampleSet
from app.core.inference.before_after import BeforeAfter, before_after
from app.ui import theme
from app.ui.common import build
from app.ui.common.containers import Card
from app.ui.common.dialogs import give_menu
from app.ui.common.tasks import Tasks
from app.ui.data import dialogs
from app.ui.data.sample_bars import SampleComparison, SampleCounts
from app.ui.data.task_status import TaskStatus

_LONGEST_WORDS = 320

translate = QCoreApplication.translate


def reading_words(path: Path) -> str:
    """What is said while samples are imported."""
    return translate("samples", "Reading {path}…").format(path=path.name)


def added_words(imported: ImportedSamples) -> str:
    """What an import brought."""
    count = len(imported.ids)
    if not count:
        said = translate("samples", "All of these are in the set already; nothing was added.")
    elif count == 1:
        said = translate("samples", "1 sample was added.")
    else:
        said = translate("samples", "{count} samples were added.").format(count=f"{count:,}")
    return f"{said} {imported.note}".strip()


class SampleSetCard(Card):
    """Imports, exports and compares by itself; says what else is wanted."""

    changed = Signal(object)  # the SampleSet as it is now
    fine_tuning_wanted = Signal()
    training_wanted = Signal()
    browsing_wanted = Signal(bool)
    change_wanted = Signal()
    deletion_wanted = Signal()

    def __init__(self, samples: SampleSet, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._set, self._model, self._is_browsed = samples, "", False
        self._title, self._total = build.elided(role="title"), build.label(role="caption")
        self._hint = build.label(name="set_hint", role="caption", wraps=True, fills=True)
        self._bars, self.comparison = SampleCounts(), SampleComparison()
        self.status = TaskStatus(tasks, self.tr("Stopped; nothing was changed."))
        self._fine_tune = build.button(self.tr("Fine-tune…"), name="fine_tune", clicked=self.fine_tuning_wanted)
        self._train = build.button(self.tr("Train on these"), name="train_alone", clicked=self.training_wanted)
        self._browse = build.button(name="browse", clicked=self._on_browse)
        self._compare = build.button(
            self.tr("Before and after"), name="compare", kind="quiet", clicked=self._on_compare
        )
        self._lay_out()
        self.status.changed.connect(self._show_possible)
        self.set_browsed(False)
        self.show_set(samples)

    @property
    def name(self) -> str:
        """The set's name."""
        return self._set.name

    @property
    def set(self) -> SampleSet:
        """What is shown."""
        return self._set

    @property
    def text(self) -> str:
        """What the card says in words."""
        return "\n".join((self._title.whole, self._total.text(), self._hint.text(), self.comparison.words))

    def show_set(self, samples: SampleSet) -> None:
        """Show the set as it is now."""
        self._set = samples
        self._title.set_whole(samples.title)
        if samples.total == 1:
            held = self.tr("{total} sample, {held_back} for testing")
        else:
            held = self.tr("{total} samples, {held_back} for testing")
        self._total.setText(held.format(total=f"{samples.total:,}", held_back=f"{samples.held_back_count:,}"))
        self._bars.show_counts(samples.counts)
        why = self.tr("Every fifth sample is kept for testing, to compare before and after.")
        self._hint.setText(samples.why_not_usable or why)
        self._offer(self._fine_tune, samples.why_not_usable, self.tr("Improve a model that knows these classes"))
        alone = self.tr("Train a small network on these samples only")
        self._offer(self._train, samples.why_not_alone, alone)
        self._show_possible()

    def show_models(self, tuned: Sequence[str]) -> None:
        """The models that were fine-tuned with the set, the newest first."""
        if (newest := next(iter(tuned), "")) != self._model:
            self._model = newest
            self.comparison.clear()
        words = self.tr("Before and after: {model}").format(model=newest)
        self._compare.setText(self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, _LONGEST_WORDS))
        self._compare.setVisible(bool(newest))
        self._show_possible()

    def set_dropping(self, is_dropping: bool) -> None:
        """Say what happens to a folder that is held over the card."""
        if is_dropping:
            self._hint.setText(self.tr("Drop to add these to {title}").format(title=self._set.title))
        else:
            self.show_set(self._set)

    def set_browsed(self, is_browsed: bool) -> None:
        """Its samples are looked at, or not."""
        self._is_browsed = is_browsed
        self._browse.setText(self.tr("Hide") if is_browsed else self.tr("Samples"))
        self._browse.setToolTip(
            self.tr("Hide the samples") if is_browsed else self.tr("Show the samples, and correct their labels")
        )

    def import_from(self, path: Path, files: tuple[str, ...] = ()) -> None:
        """Add what is in `path`, or in these files in it, to the set."""
        name, choices = self.name, ImportChoices(files=files)
        self.status.run(
            reading_words(path), lambda task: import_samples(name, path, task.report, choices), self._on_imported
        )

    def _on_imported(self, imported: ImportedSamples) -> str:
        self.changed.emit(imported.set)
        return added_words(imported)

    def _on_compared(self, found: BeforeAfter) -> str:
        self.comparison.show_comparison(found)
        return ""

    def _on_exported(self, path: Path) -> str:
        return self.tr("Written to {path}.").format(path=path)

    @Slot()
    def _show_possible(self) -> None:
        """One long work at a time for each set."""
        busy = self.tr("Wait until the current work ends, or cancel it") if self.status.is_busy else ""
        nothing = "" if self._set.total else self._set.why_not_usable
        for action, why_not in (
            *((each, busy) for each in self._imports),
            *((each, busy or nothing) for each in self._exports),
        ):
            action.setEnabled(not why_not)
            action.setToolTip(why_not)
        self._offer(
            self._compare, busy, self.tr("Compare before and after fine-tuning: {model}").format(model=self._model)
        )

    def _lay_out(self) -> None:
        self.body.addLayout(build.row((self._title, 1), self._total))
        self.body.addWidget(self._bars)
        self.body.addWidget(self._hint)
        self.body.addWidget(self.comparison)
        self.body.addWidget(self.status)
        self.body.addLayout(build.row(self._fine_tune, self._train, self._browse, build.STRETCH, self._more()))
        self.body.addWidget(self._compare, 0, Qt.AlignmentFlag.AlignLeft)
        self._compare.hide()

    def _more(self) -> QToolButton:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.addAction(self.tr("Name and classes…")).triggered.connect(self.change_wanted)
        bring = menu.addMenu(self.tr("Import into this set"))
        self._imports = [bring.addAction(self.tr("A folder…")), bring.addAction(self.tr("A file…"))]
        for action, slot in zip(self._imports, (self._on_folder, self._on_file), strict=True):
            action.triggered.connect(slot)
        export = menu.addMenu(self.tr("Export"))
        for submenu in (bring, export):
            submenu.setToolTipsVisible(True)
        self._exports = [export.addAction(self.tr(wanted.words) + "…") for wanted in ExportFormat]
        for wanted, action in zip(ExportFormat, self._exports, strict=True):
            action.setData(wanted.value)
            action.triggered.connect(self._on_export)
        menu.addSeparator()
        menu.addAction(self.tr("Delete")).triggered.connect(self.deletion_wanted)
        tip = self.tr("Change its name or classes, import, export, delete")
        more = build.tool_button(self.tr("More"), name="set_more", tip=tip, height=theme.CONTROL_HEIGHT)
        give_menu(more, menu)
        return more

    def _offer(self, button: QPushButton, why_not: str, help_text: str) -> None:
        button.setEnabled(not why_not)
        button.setToolTip(why_not or help_text)

    @Slot()
    def _on_browse(self) -> None:
        self.browsing_wanted.emit(not self._is_browsed)

    @Slot()
    def _on_compare(self) -> None:
        model = self._model
        said = self.tr("Measuring {model} before and after…").format(model=model)
        self.status.run(said, lambda task: before_after(model, task.report), self._on_compared)

    @Slot()
    def _on_folder(self) -> None:
        if (path := dialogs.choose_folder(self)) is not None:
            self.import_from(path)

    @Slot()
    def _on_file(self) -> None:
        if paths := dialogs.choose_files(self):
            self.import_from(*chosen_together(paths))

    @Slot()
    def _on_export(self) -> None:
        action, name = self.sender(), self.name
        assert isinstance(action, QAction)
        wanted = ExportFormat(action.data())
        if (target := dialogs.choose_target(self, name, wanted)) is not None:
            said = self.tr("Writing {path}…").format(path=target.name)
            self.status.run(
                said, lambda task: export_samples(name, wanted, target, task.report, replace=True), self._on_exported
            )

"""One set of samples: how many there are of each class, and what can be done with them."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QToolButton, QWidget

from app.core.datasets.samples.exchange import ExportFormat
from app.core.datasets.samples.sets import SampleSet
from app.core.inference.before_after import BeforeAfter
from app.ui import theme
from app.ui.common import build
from app.ui.common.containers import Card
from app.ui.common.dialogs import give_menu
from app.ui.common.samples.before_after import SampleComparison
from app.ui.data.import_card import TransferStatus
from app.ui.data.sample_counts import SampleCounts

_LONGEST_WORDS = 320


class SampleSetCard(Card):
    """Says what is wanted; whoever owns it does it."""

    fine_tuning_wanted = Signal(str)
    training_wanted = Signal(str)
    browsing_wanted = Signal(str, bool)
    comparison_wanted = Signal(str, str)  # the set, the model
    stop_wanted = Signal(str)
    change_wanted = Signal(str)
    folder_wanted = Signal(str)
    file_wanted = Signal(str)
    export_wanted = Signal(str, object)  # ExportFormat
    deletion_wanted = Signal(str)
    retry_wanted = Signal(str)

    def __init__(self, samples: SampleSet, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._set, self._model, self._is_browsed = samples, "", False
        self._title, self._total = build.elided(role="title"), build.label(role="caption")
        self._hint = build.label(name="set_hint", role="caption", wraps=True, fills=True)
        self._bars, self.comparison, self.status = SampleCounts(), SampleComparison(), TransferStatus()
        self._fine_tune = build.button(self.tr("Fine-tune…"), name="fine_tune")
        self._train = build.button(self.tr("Train on these"), name="train_alone")
        self._browse = build.button(name="browse")
        self._compare = build.button(self.tr("Before and after"), name="compare", kind="quiet")
        self._lay_out()
        self._connect()
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

    def show_comparison(self, found: BeforeAfter) -> None:
        """Show what fine-tuning did."""
        self.comparison.show_comparison(found)

    def show_busy(self, sentence: str, share: float | None = None) -> None:
        """Something goes on that can be stopped."""
        self.status.show_busy(sentence, share)
        self._show_possible()

    def show_over(self, notice: str = "", problem: str = "") -> None:
        """It is over: well, with a notice or without a word, or not."""
        self.status.show_over(notice, problem)
        self._show_possible()

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
        menu.addAction(self.tr("Name and classes…")).triggered.connect(self._on_change)
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
        menu.addAction(self.tr("Delete")).triggered.connect(self._on_delete)
        tip = self.tr("Change its name or classes, import, export, delete")
        more = build.tool_button(self.tr("More"), name="set_more", tip=tip, height=theme.CONTROL_HEIGHT)
        give_menu(more, menu)
        return more

    def _connect(self) -> None:
        self._fine_tune.clicked.connect(self._on_fine_tune)
        self._train.clicked.connect(self._on_train)
        self._browse.clicked.connect(self._on_browse)
        self._compare.clicked.connect(self._on_compare)
        self.status.stop_requested.connect(self._on_stop)
        self.status.retry_requested.connect(self._on_retry)

    def _offer(self, button: QPushButton, why_not: str, help_text: str) -> None:
        button.setEnabled(not why_not)
        button.setToolTip(why_not or help_text)

    @Slot()
    def _on_fine_tune(self) -> None:
        self.fine_tuning_wanted.emit(self.name)

    @Slot()
    def _on_train(self) -> None:
        self.training_wanted.emit(self.name)

    @Slot()
    def _on_browse(self) -> None:
        self.browsing_wanted.emit(self.name, not self._is_browsed)

    @Slot()
    def _on_compare(self) -> None:
        self.comparison_wanted.emit(self.name, self._model)

    @Slot()
    def _on_retry(self) -> None:
        self.retry_wanted.emit(self.name)

    @Slot()
    def _on_stop(self) -> None:
        self.stop_wanted.emit(self.name)

    @Slot()
    def _on_change(self) -> None:
        self.change_wanted.emit(self.name)

    @Slot()
    def _on_folder(self) -> None:
        self.folder_wanted.emit(self.name)

    @Slot()
    def _on_file(self) -> None:
        self.file_wanted.emit(self.name)

    @Slot()
    def _on_export(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self.export_wanted.emit(self.name, ExportFormat(action.data()))

    @Slot()
    def _on_delete(self) -> None:
        self.deletion_wanted.emit(self.name)

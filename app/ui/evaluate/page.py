"""The Evaluate page: how well a model reads test pictures, what it takes for what, and how honest its doubt is."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from app.core.datasets.sources import load_dataset
from app.core.lessons.happenings import Action, Deed
from app.core.models.store import StoredModel, list_models
from app.core.training.control import Probe
from app.ui import theme
from app.ui.common import build
from app.ui.common.containers import Card
from app.ui.common.files import free_path
from app.ui.common.layout import FitScroll, keep_width
from app.ui.common.messages import Messages, Notice
from app.ui.common.page import Page
from app.ui.common.tasks import Tasks
from app.ui.common.text import duration_text
from app.ui.common.window_object import Happenings
from app.ui.evaluate.classes import ClassTable
from app.ui.evaluate.evaluations import Evaluated, Evaluations, Load, Outcome, Postponed
from app.ui.evaluate.export import (
    ChooseFile,
    ChooseFolder,
    SaveWish,
    Seen,
    Write,
    choose_folder,
    choose_target,
    file_to_write,
    folder_name,
    write_everything,
)
from app.ui.evaluate.results import EvaluateResults
from app.ui.evaluate.setup import EvaluateSetup
from app.ui.settings import Settings

LEFT_WIDTH, WIDEST_LEFT_WIDTH, COMPACT_LEFT_WIDTH, TIGHT_LEFT_WIDTH = 340, 460, 312, 276
TIGHT_BELOW = 720
COMPACT_BELOW = 1140
_LEFT_SHARE = 0.26
PATIENCE_S = 5.0
"""What takes longer is begun only when the user asks for it."""


class EvaluatePage(Page):
    """Evaluates whatever is chosen: at once if that is done in a moment, else when it is asked to."""

    def __init__(
        self,
        settings: Settings | None = None,
        parent: QWidget | None = None,
        *,
        load: Load = load_dataset,
        patience_s: float = PATIENCE_S,
        choose_file: ChooseFile = choose_target,
        choose_folder: ChooseFolder = choose_folder,
    ) -> None:
        super().__init__(settings, parent)
        self._choose_file, self._choose_folder, self._patience_s = choose_file, choose_folder, patience_s
        self._evaluations, self._saving = Evaluations(load, self), Tasks(self)
        self._followed = ""
        self._put_off: tuple[str, ...] | None = None  # coming back to the page does not begin it again
        self.setup, self.classes = EvaluateSetup(), ClassTable()
        self.results, self.notice = EvaluateResults(load=load), Notice()
        self._lay_out()
        self._connect()

    def enter(self, model: StoredModel | None) -> None:
        """Evaluate the model in use elsewhere, if it is another one than when this was called last."""
        name = model.card.name if model else ""
        if name != self._followed or self.setup.models.chosen is None:
            self._followed = name
            chosen = self.setup.models.chosen
            if chosen is None or chosen.card.name != name:
                self.setup.show_models(list_models(), name)
                self._evaluate()

    def use_model(self, name: str) -> None:
        """Evaluate the model of that name, on the data that suits it best, however long that takes."""
        self.setup.show_models(list_models(), name)
        self._start()

    def show_input(self, probe: Probe | None) -> None:
        """What lies on the paper: a dot on the map."""
        self.results.map.show_input(probe)

    def refresh_data(self) -> None:
        """Data came, went or changed: what was evaluated on a user's own counts no more."""
        self._forget()
        if self.isVisible():  # else spare the machine until somebody looks: a training may be under way
            self._look_again()

    def refresh_models(self) -> None:
        """Models came, went or were renamed."""
        if self.isVisible():
            self._look_again()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up on what came or went meanwhile."""
        super().showEvent(event)
        self._look_again()

    def hideEvent(self, event: QHideEvent) -> None:
        """What was saved is no news when one comes back; a window that is put aside comes back as it was."""
        super().hideEvent(event)
        if not event.spontaneous():
            self.notice.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the matrix room in a small window, and long names of classes in a large one."""
        usual = min(max(LEFT_WIDTH, round(_LEFT_SHARE * self.width())), WIDEST_LEFT_WIDTH)
        compact = TIGHT_LEFT_WIDTH if self.width() < TIGHT_BELOW else COMPACT_LEFT_WIDTH
        keep_width(self._left, compact if self.width() < COMPACT_BELOW else usual)
        margin = theme.page_margin(self.width())
        self._columns.setContentsMargins(margin, margin, margin, margin)
        self._columns.setSpacing(margin)
        self.results.be_tight(self.width() < theme.TIGHT_BELOW)
        super().resizeEvent(event)

    def _lay_out(self) -> None:
        classes = Card(self.tr("Class by class"))
        classes.body.addWidget(self.classes)
        left = build.panel(build.column(self.setup, (classes, 1), spacing=theme.MARGIN))
        self._left = FitScroll(left, upright=True)
        right = build.column(self.notice, (self.results, 1))
        self._columns = build.row(self._left, (right, 1), on=self)

    def _connect(self) -> None:
        self.setup.request_changed.connect(self._evaluate)
        self.setup.headline.start.clicked.connect(self._start)
        self.setup.headline.cancel.clicked.connect(self._on_cancel_requested)
        self.classes.class_chosen.connect(self.results.show_class)
        self.results.mistakes.all.clicked.connect(self._on_all_mistakes_requested)
        self.results.save.save_requested.connect(self._on_save_requested)
        self.results.save.everything.triggered.connect(self._on_everything_requested)

    def _look_again(self) -> None:
        """Offer the models and the data of now, and go on with what is chosen."""
        chosen, before = self.setup.models.chosen, self.setup.data.choices
        self.setup.show_models(list_models(), chosen.card.name if chosen else "")
        if before != self.setup.data.choices:
            self._forget()
        if self.setup.request is None or self.setup.request.key != self._put_off:
            self._evaluate()

    def _forget(self) -> None:
        self._evaluations.forget()
        if self.results.result and not self.results.result.request.is_lasting:
            self._clear("")

    @Slot()
    def _start(self) -> None:
        """Evaluate what is chosen: the user wants to wait for it."""
        self._evaluate(is_asked=True)

    @Slot()
    def _evaluate(self, is_asked: bool = False) -> None:
        """Evaluate what is chosen, or say what is missing for it; what is shown or under way already goes on."""
        request, shown, self._put_off = self.setup.request, self.results.result, None
        if request is None:
            self._evaluations.drop()
            self._say(self._why_not(), can_start=False)
            self.setup.show_caution("")
            self.setup.offer_data(self.setup.models.chosen is not None)
        elif self._evaluations.is_busy or shown is None or shown.request.key != request.key:
            self.setup.show_caution("")
            self.setup.headline.show_waiting()
            self._clear(self.tr("The network reads the test pictures…"))
            self._evaluations.evaluate(
                replace(request, patience_s=None if is_asked else self._patience_s),
                self._on_evaluated,
                failed=self._on_failed,
                stopped=self._on_stopped,
                progressed=self._on_progressed,
            )
        else:
            self._tell()

    def _why_not(self) -> str:
        model = self.setup.models.chosen
        if model is None:
            return self.tr("No model yet: train one on the Train page, and see here how well it reads.")
        words = self.tr("No data here has the classes of '{model}', which was trained on {data}.")
        return words.format(model=model.card.name, data=model.card.dataset_title)

    def _say(self, sentence: str, can_start: bool = True, is_error: bool = False) -> None:
        self.setup.headline.say(sentence, can_start, is_error)
        self._clear(
            self.tr("Here you will see which classes are confused, the most confident mistakes, and the calibration")
        )

    def _clear(self, message: str) -> None:
        self.notice.hide()
        self.results.show_message(message)
        self.classes.show_classes(())

    def _on_progressed(self, counts: tuple[int, int]) -> None:
        self.setup.headline.show_progress(*counts)

    def _on_evaluated(self, outcome: Outcome) -> None:
        if isinstance(outcome, Postponed):
            words = self.tr("{count:,} test pictures: about {time} on this computer.")
            self._put_off_with(words.format(count=outcome.total, time=duration_text(outcome.estimate_s)))
        else:
            self._show(outcome)

    def _on_stopped(self) -> None:
        self._put_off_with(self.tr("Cancelled; nothing was kept."))

    def _on_failed(self, sentence: str) -> None:
        self._say(sentence, is_error=True)

    def _put_off_with(self, sentence: str) -> None:
        self._put_off = self.setup.request.key if self.setup.request else None
        self._say(sentence)

    def _show(self, result: Evaluated) -> None:
        self.setup.headline.show_evaluation(result.evaluation, result.uncertainty)
        self.setup.show_caution(result.caution)
        self.classes.show_classes(result.evaluation.classes)
        self.results.show_result(result)
        self._tell()

    def _tell(self) -> None:
        """Lessons may have asked to evaluate a model."""
        if (result := self.results.result) is not None:
            Happenings.of(self).happened.emit(Deed(Action.EVALUATED, result.request.model.card.name))

    @Slot()
    def _on_cancel_requested(self) -> None:
        self.setup.headline.show_stopping()
        self._evaluations.cancel()

    @Slot()
    def _on_all_mistakes_requested(self) -> None:
        self.classes.mark(None)
        self.results.show_class(None)

    @Slot(object)
    def _on_save_requested(self, wish: SaveWish) -> None:
        result = self.results.result
        if result is None:
            return
        path = self._choose_file(self, wish, f"{folder_name(result)} {wish.name}")
        if path is not None:
            write = file_to_write(result, wish, path, self._seen())
            self._write(write, lambda _: self.tr("Saved as {path}.").format(path=path))

    @Slot()
    def _on_everything_requested(self) -> None:
        result = self.results.result
        folder = self._choose_folder(self) if result else None
        if result is None or folder is None:
            return
        inside = free_path(folder / folder_name(result), "")
        self.notice.say(self.tr("Saving everything…"))
        words = self.tr("Saved {count} files in {folder}.")
        write = partial(write_everything, result, inside, self._seen())
        self._write(write, lambda count: words.format(count=count, folder=inside))

    def _seen(self) -> Seen:
        return Seen(self.font(), self.results.confusion.cell, self.results.map.figure)

    def _write(self, write: Write, words: Callable[[object], str]) -> None:
        """Write beside the window: all predictions as a table take a tenth of a second; then say `words` of it."""
        self._saving.start(
            lambda _task: write(), lambda written: self.notice.say(words(written)), failed=self._on_not_saved
        )

    def _on_not_saved(self, sentence: str) -> None:
        self.notice.hide()
        Messages.of(self).error(sentence)

"""The Models page: which models there are, what tells them apart, and what one may do with them."""

import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QWidget

from app.core.models.exchange import SUFFIX, import_model
from app.core.models.export.forms import ExportForm
from app.core.models.export.handing_out import HandedOut, hand_out
from app.core.models.foreign.containers import MODEL_SUFFIXES, SAVED_MODEL_FILE, is_own
from app.core.models.library import copy_model, delete_model, describe_model, rename_model, restore_model
from app.core.models.store import StoredModel, damaged_models, list_models
from app.ui import theme
from app.ui.common import build
from app.ui.common.containers import Card
from app.ui.common.dialogs import TextDialog
from app.ui.common.files import FileFormat, ask_for_new_folder, ask_to_open, ask_to_save
from app.ui.common.folder_drops import DropTarget, FolderDrops
from app.ui.common.messages import Messages, Notice
from app.ui.common.navigator import Navigator
from app.ui.common.page import Page
from app.ui.common.tasks import Tasks
from app.ui.common.window_object import Changes
from app.ui.models.assistant import ImportAssistant
from app.ui.models.details import DamagedModels, ModelDetails
from app.ui.models.table import ModelTable
from app.ui.settings import Settings

ChooseSource = Callable[[QWidget], Path | None]
ChooseTarget = Callable[[QWidget, str, ExportForm], Path | None]

_EXPORTS = "exports"
_DETAILS_SHARE, _NARROWEST_DETAILS, _WIDEST_DETAILS = 0.32, 300, 460


def choose_source(parent: QWidget) -> Path | None:
    """Ask for the file of a model."""
    kinds = " ".join(f"*{suffix}" for suffix in MODEL_SUFFIXES)
    words = parent.tr("Models ({kinds});;All files (*)").format(kinds=kinds)
    return ask_to_open(parent, parent.tr("Import a model"), words)


def choose_target(parent: QWidget, suggested: str, form: ExportForm) -> Path | None:
    """Ask for the zip file of a model, or for the new folder of other forms; suggest a name, without a suffix."""
    title = parent.tr("Save model as")
    if form is not ExportForm.STUDIO:
        return ask_for_new_folder(parent, title, f"{suggested} {form.value}")
    return ask_to_save(parent, title, suggested, (FileFormat(parent.tr("Exported models"), (SUFFIX,)),))


class ModelsPage(Page):
    """A table on the left, the selected model on the right. The file of a model can be dropped anywhere."""

    use_requested = Signal(str)
    evaluation_requested = Signal(str)

    def __init__(
        self,
        settings: Settings | None = None,
        parent: QWidget | None = None,
        *,
        choose_source: ChooseSource = choose_source,
        choose_target: ChooseTarget = choose_target,
    ) -> None:
        super().__init__(settings, parent)
        self._choose_source, self._choose_target = choose_source, choose_target
        self._tasks = Tasks(self)
        self._deleted: list[tuple[str, ...]] = []
        self._dialog: TextDialog | None = None
        self._assistant: ImportAssistant | None = None
        self.table, self.details, self.notice = ModelTable(), ModelDetails(), Notice()
        self.damage = DamagedModels()
        tip = self.tr("Import an exported model, or one made elsewhere: Keras, TensorFlow Lite, Teachable Machine")
        self._bring = build.button(self.tr("Import a model…"), name="import_model", tip=tip)
        self._hint = build.label(role="caption", wraps=True)
        self._lay_out()
        self._connect()
        self.refresh_models()

    def refresh_models(self) -> None:
        """Look again which models there are."""
        self.table.show_models(list_models())
        self._show_selected()
        self.damage.show_problems(damaged_models())

    def select(self, name: str) -> None:
        """Show the model of that name, if there is one."""
        if name in {model.card.name for model in self.table.models.rows}:
            self.table.select([name])

    def open_files(self, paths: Sequence[Path]) -> None:
        self._on_dropped(tuple(paths), self)

    def set_dropping(self, is_dropping: bool) -> None:
        """Say what happens to a file that is held over the page."""
        held = self.tr("Drop to import the model")
        usual = self.tr(
            "To import a model, drop its file or folder here: exported, Keras, TensorFlow Lite or Teachable Machine."
        )
        self._hint.setText(held if is_dropping else usual)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up on what came or went meanwhile."""
        super().showEvent(event)
        self.refresh_models()
        self.table.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the table what it needs."""
        wide = round(_DETAILS_SHARE * self.width())
        self.details.setFixedWidth(min(max(wide, _NARROWEST_DETAILS), _WIDEST_DETAILS))
        self.table.fit_page(self.width())
        super().resizeEvent(event)

    def _lay_out(self) -> None:
        models = Card(self.tr("Models"))
        models.header.addWidget(self._bring)
        self.set_dropping(False)
        for widget, stretch in ((self.notice, 0), (self.table, 1), (self.damage, 0), (self._hint, 0)):
            models.body.addWidget(widget, stretch)
        build.row((models, 1), self.details, on=self, margins=theme.MARGIN, spacing=theme.MARGIN)

    def _connect(self) -> None:
        details = self.details
        FolderDrops(self, self._target_at).dropped.connect(self._on_dropped)
        self.damage.delete_requested.connect(self._on_delete_damaged)
        self._bring.clicked.connect(self._on_import)
        self.table.selection_changed.connect(self._show_selected)
        self.table.models.renamed.connect(self._on_renamed)
        self.table.delete_requested.connect(self._on_delete)
        self.table.use_requested.connect(self._on_use)
        details.use.clicked.connect(self._on_use)
        details.evaluate.clicked.connect(self._on_evaluate)
        details.rename.clicked.connect(self.table.rename_current)
        details.describe.clicked.connect(self._on_describe)
        details.copy.clicked.connect(self._on_copy)
        details.export_requested.connect(self._on_export)
        details.delete.clicked.connect(self._on_delete)
        QShortcut(QKeySequence.StandardKey.Undo, self).activated.connect(self._on_undo)

    def _target_at(self, _position: QPoint) -> DropTarget:
        return self

    def _do(self, work: Callable[[], object], words: str = "", deleted: tuple[str, ...] = ()) -> None:
        """Do this beside the window, after what was asked before; then say `words`, and select the model it gave."""
        self.notice.hide()
        self._tasks.start(lambda _task: work(), partial(self._on_done, words, deleted), failed=self._on_failed)

    def _on_done(self, words: str, deleted: tuple[str, ...], result: object) -> None:
        self.refresh_models()
        if deleted:
            self._deleted.append(deleted)
        if words:
            self.notice.say(words, undo=self._on_undo if deleted else None)
        if isinstance(result, StoredModel):
            self.select(result.card.name)
        Changes.of(self).models_changed.emit()

    def _on_failed(self, sentence: str) -> None:
        self.refresh_models()
        Changes.of(self).models_changed.emit()  # some of several may be gone
        Messages.of(self).error(sentence)

    @property
    def _one(self) -> StoredModel | None:
        """The selected model, if it is a single one."""
        selected = self.table.selected
        return selected[0] if len(selected) == 1 else None

    @Slot()
    def _show_selected(self) -> None:
        self.details.show_models(self.table.selected)

    @Slot(object, object)
    def _on_dropped(self, paths: tuple[Path, ...], _target: DropTarget) -> None:
        path, *others = paths
        if others:
            Messages.of(self).error(self.tr("These are several files; drop one model at a time."))
        elif is_own(path):
            self._do(partial(import_model, path), self.tr("{name} was imported.").format(name=path.name))
        else:
            folder = path.parent if path.name == SAVED_MODEL_FILE else path
            self._assistant = ImportAssistant(folder, self._tasks, self._on_brought_in, self.window())
            self._assistant.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            self._assistant.open()

    def _on_brought_in(self, stored: StoredModel) -> None:
        said = self.tr("{name} was imported.").format(name=stored.card.title)
        remark = stored.card.origin.remark if stored.card.origin else ""
        self._on_done(f"{said} {remark}".rstrip(), (), stored)

    @Slot()
    def _on_import(self) -> None:
        path = self._choose_source(self)
        if path is not None:
            self._on_dropped((path,), self)

    @Slot(str, str)
    def _on_renamed(self, name: str, title: str) -> None:
        self._do(partial(rename_model, name, title))

    @Slot()
    def _on_use(self) -> None:
        if self._one:
            Navigator.of(self).use_model(self._one.card.name)

    @Slot()
    def _on_evaluate(self) -> None:
        if self._one:
            Navigator.of(self).evaluate_model(self._one.card.name)

    @Slot()
    def _on_describe(self) -> None:
        if self._one:
            label = self.tr("Describe {title}, so that you know it later.").format(title=self._one.card.title)
            text = self._one.card.description
            self._dialog = TextDialog(self.tr("Description"), label, text, self.window(), several_lines=True)
            self._dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            self._dialog.setProperty("model", self._one.card.name)
            self._dialog.accepted.connect(self._on_described)
            self._dialog.open()

    @Slot()
    def _on_described(self) -> None:
        assert self._dialog is not None
        self._do(partial(describe_model, str(self._dialog.property("model")), self._dialog.text))

    @Slot()
    def _on_copy(self) -> None:
        if self._one:
            words = self.tr("This copy is yours: rename it, describe it, or delete it.")
            self._do(partial(copy_model, self._one.card.name), words)

    @Slot(object)
    def _on_export(self, form: ExportForm) -> None:
        """Save the model beside all else: another form takes some 10 seconds, in a process that loads TensorFlow."""
        model = self._one
        suggested = re.sub(r'[\\/:*?"<>|]', "_", model.card.title) if model else ""
        path = self._choose_target(self, suggested, form) if model else None
        if model is None or path is None:
            return
        name = model.card.name
        task = self._tasks.start(
            lambda task: hand_out(name, form, path, replace=True, check=task.check),
            self._on_exported,
            failed=self._on_not_exported,
            stopped=self._on_export_stopped,
            lane=_EXPORTS,
        )
        said = self.tr("Saving {title} as {form}…").format(title=model.card.title, form=form.label)
        self.notice.say(said, stop=task.stop)

    def _on_exported(self, done: HandedOut) -> None:
        said = self.tr("Saved as {path}.").format(path=done.path)
        self.notice.say(f"{said} {done.sentence}".strip())

    def _on_export_stopped(self) -> None:
        self.notice.say(self.tr("Cancelled; nothing was saved."))

    def _on_not_exported(self, sentence: str) -> None:
        self.notice.hide()
        Messages.of(self).error(sentence)

    @Slot()
    def _on_delete(self) -> None:
        selected = self.table.selected
        if selected and not any(model.bundled for model in selected):
            self._delete(tuple(model.card.name for model in selected), selected[0].card.title)

    @Slot(tuple)
    def _on_delete_damaged(self, names: tuple[str, ...]) -> None:
        self._delete(names, names[0])

    def _delete(self, names: tuple[str, ...], title: str) -> None:
        several = self.tr("{count} models were deleted.").format(count=len(names))
        one = self.tr("'{title}' was deleted.").format(title=title)
        self._do(lambda: [delete_model(name) for name in names], one if len(names) == 1 else several, names)

    @Slot()
    def _on_undo(self) -> None:
        if self._deleted:
            self._do(partial(_restore, self._deleted.pop()))


def _restore(names: tuple[str, ...]) -> StoredModel:
    first, *_ = [restore_model(name) for name in names]
    return first

"""Where a user brings in pictures of their own: chosen or dropped, read, looked at, corrected, and then stored."""

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.core.datasets.choices import ChoiceNeededError, chosen_together
from app.core.datasets.importing import ImportedInfo, ImportPreview, preview_import, store
from app.core.datasets.registry import DATASETS
from app.core.datasets.storage import ensure_storable
from app.core.datasets.types import DatasetSpec
from app.ui.common import build
from app.ui.common.containers import Card
from app.ui.common.messages import Notice
from app.ui.common.tasks import Task, Tasks
from app.ui.data import dialogs
from app.ui.data.import_preview import ImportForm, ImportPictures
from app.ui.data.task_status import TaskStatus

translate = QCoreApplication.translate


class ImportCard(Card):
    """Says what can be imported; once something was read, shows what it is and asks how to call it.

    `pictures` belong beside it: the page shows them while `is_previewing`.
    """

    data_arrived = Signal(str)  # of which set
    previewing_changed = Signal(bool)
    asked = Signal()  # something only a person can tell

    def __init__(
        self, tasks: Tasks, specs: Mapping[str, DatasetSpec] = DATASETS, parent: QWidget | None = None
    ) -> None:
        super().__init__(self.tr("Your own pictures"), parent)
        self._specs = specs
        self._path: Path | None = None
        self._preview: ImportPreview | None = None
        self._is_deciding = self._is_storing = False
        self._invitation = build.label(role="muted", wraps=True, fills=True)
        self.set_dropping(False)
        said = self.tr("Your own pictures: {text}")
        folder, file = self.tr("Import a folder…"), self.tr("Import files…")
        self._choose = build.button(
            folder, name="import_own", says=said.format(text=folder), clicked=self._on_folder_wanted
        )
        self._choose_file = build.button(
            file, name="import_file", says=said.format(text=file), clicked=self._on_file_wanted
        )
        self._form, self.pictures = ImportForm(), ImportPictures()
        self.status, self.notice = TaskStatus(tasks, self.tr("Stopped; nothing was kept.")), Notice()
        self.body.addWidget(self._invitation)
        self.body.addLayout(build.row(self._choose, self._choose_file, build.STRETCH))
        self.body.addWidget(self._form)
        self.body.addWidget(self.status)
        self.body.addWidget(self.notice)
        self.status.changed.connect(self._show_form)
        self._form.choices_changed.connect(self._read)
        self._form.look_changed.connect(self._show_pictures)
        self.pictures.reading_chosen.connect(self._form.choose_look)
        self._form.import_wanted.connect(self._store)
        self._form.cancelled.connect(self._on_cancelled)
        self._show_form()

    @property
    def is_previewing(self) -> bool:
        """There are pictures to look at."""
        return self._preview is not None

    def set_dropping(self, is_dropping: bool) -> None:
        """Say what happens to a folder that is held over the page."""
        if is_dropping:
            self._invitation.setText(self.tr("Drop, and see what it is before anything is stored."))
        else:
            self._invitation.setText(
                self.tr(
                    "Drop a folder or files here, or choose them: a folder of pictures or drawings for each class, "
                    "IDX files like MNIST's or EMNIST's, arrays (npz, npy, HDF5), tables such as CSV or JSON, or an "
                    "archive of these. You see what it is before anything is stored."
                )
            )

    def import_from(self, path: Path, files: tuple[str, ...] = ()) -> None:
        """Read what is in `path`, or in these files in it, and show it; the user then gives it a name."""
        if self.status.is_busy:
            return
        self._path, self._is_deciding = path, False
        self._set_preview(None)
        self._form.begin(path, files)
        self._read()

    @Slot()
    def _read(self) -> None:
        """Read it, or read it anew with other choices."""
        path, specs, choices = self._path, self._specs, self._form.choices
        if path is None:
            return

        def work(task: Task[ImportPreview | ChoiceNeededError]) -> ImportPreview | ChoiceNeededError:
            try:
                ensure_storable()
                return preview_import(path, choices, specs, task.report)
            except ChoiceNeededError as question:
                return question

        self.status.drop()
        self._is_storing = False
        self.status.run(self.tr("Reading {path}…").format(path=path.name), work, self._on_read, again=self._read)

    def _on_read(self, found: ImportPreview | ChoiceNeededError) -> str:
        is_first, self._is_deciding = not self._is_deciding, True
        if isinstance(found, ChoiceNeededError):
            self._set_preview(None)
            self._form.ask(found)
            self.asked.emit()
        else:
            self._form.show_preview(found)
            self._set_preview(found)
        self._show_form()
        if is_first and self.is_previewing:
            self._form.focus_name()
        return ""

    @Slot()
    def _store(self) -> None:
        preview, name, names, specs = self._preview, self._form.name, self._form.class_names, self._specs
        if preview is None:
            return

        def work(_task: Task[ImportedInfo]) -> ImportedInfo:
            if preview.published is not None:
                return store(preview, None, specs)
            return store(preview.with_class_names(names), name, specs)

        self._is_storing = True
        self.status.run(
            self.tr("Storing {path}…").format(path=name),
            work,
            self._on_imported,
            again=self._store,  # perhaps under another name
        )

    def _on_imported(self, info: ImportedInfo) -> str:
        self._path, self._is_deciding = None, False
        self._set_preview(None)
        self.data_arrived.emit(info.name)
        return imported_words(info)

    def _set_preview(self, preview: ImportPreview | None) -> None:
        was, self._preview = self.is_previewing, preview
        if preview is not None:
            self._show_pictures()
        if was != self.is_previewing:
            self.previewing_changed.emit(self.is_previewing)

    @Slot()
    def _show_pictures(self) -> None:
        if self._preview is not None:
            self.pictures.show_preview(self._preview, *self._form.look, self._form.class_names)

    @Slot()
    def _show_form(self) -> None:
        """Show it from when there is something to decide until it is stored."""
        self._form.setVisible(self._is_deciding and not (self.status.is_busy and self._is_storing))
        self._form.set_busy(self.status.is_busy)
        for button in (self._choose, self._choose_file):
            button.setVisible(not self._is_deciding and not self.status.is_busy)
        self._invitation.setVisible(not self._is_deciding)

    @Slot()
    def _on_folder_wanted(self) -> None:
        if (path := dialogs.choose_folder(self)) is not None:
            self.import_from(path)

    @Slot()
    def _on_file_wanted(self) -> None:
        if paths := dialogs.choose_files(self):
            self.import_from(*chosen_together(paths))

    @Slot()
    def _on_cancelled(self) -> None:
        self._path, self._is_deciding = None, False
        self.status.drop()
        self.status.clear()
        self._set_preview(None)
        self._show_form()
        self._choose.setFocus()


def imported_words(info: ImportedInfo) -> str:
    """What an import brought."""
    sentence = translate("data", "Imported as {title}: {train} pictures to train with, {test} to test.")
    said = [sentence.format(title=info.title, train=f"{info.train_count:,}", test=f"{info.test_count:,}")]
    if info.validation_count:
        words = translate("data", "{count} of the first are there to validate with.")
        said.append(words.format(count=f"{info.validation_count:,}"))
    if info.left_out_count:
        said.append(translate("data", "{count} were left out.").format(count=f"{info.left_out_count:,}"))
    return " ".join((*said, translate("data", info.note))).strip()

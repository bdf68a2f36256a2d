"""Where a user brings in pictures of their own, and gives them a name."""

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from app.core.datasets.importing import ImportedInfo, import_folder, suggested_name
from app.core.datasets.registry import DATASETS
from app.core.datasets.types import DatasetSpec
from app.ui.common import build
from app.ui.common.containers import Card
from app.ui.common.messages import Notice
from app.ui.common.tasks import Tasks
from app.ui.data import dialogs
from app.ui.data.task_status import TaskStatus

translate = QCoreApplication.translate

_LONGEST_NAME = 40


class ImportCard(Card):
    """Says what can be imported; once there is a folder, asks how to call it."""

    data_arrived = Signal(str)  # of which set

    def __init__(
        self, tasks: Tasks, specs: Mapping[str, DatasetSpec] = DATASETS, parent: QWidget | None = None
    ) -> None:
        super().__init__(self.tr("Your own pictures"), parent)
        self._specs = specs
        self._path: Path | None = None
        self._invitation = build.label(role="muted", wraps=True, fills=True)
        self.set_dropping(False)
        said = self.tr("Your own pictures: {text}")
        folder, file = self.tr("Import a folder…"), self.tr("Import a file…")
        self._choose = build.button(
            folder, name="import_own", says=said.format(text=folder), clicked=self._on_folder_wanted
        )
        self._choose_file = build.button(
            file, name="import_file", says=said.format(text=file), clicked=self._on_file_wanted
        )
        self._form = self._make_form()
        self.status, self.notice = TaskStatus(tasks, self.tr("Stopped; nothing was kept.")), Notice()
        self.status.changed.connect(self._show_form)
        self.body.addWidget(self._invitation)
        self.body.addLayout(build.row(self._choose, self._choose_file, build.STRETCH))
        self.body.addWidget(self._form)
        self.body.addWidget(self.status)
        self.body.addWidget(self.notice)
        self._show_form()

    def set_dropping(self, is_dropping: bool) -> None:
        """Say what happens to a folder that is held over the page."""
        if is_dropping:
            self._invitation.setText(self.tr("Drop, and give the pictures a name."))
        else:
            self._invitation.setText(
                self.tr(
                    "Drop a folder or file here, or choose one: a folder of pictures or drawings for each class, IDX "
                    "files like MNIST's or EMNIST's (.gz or unpacked), an mnist.npz, KMNIST's npz files, or a CSV "
                    "from Kaggle with labels."
                )
            )

    def import_from(self, path: Path) -> None:
        """Ask how the data in `path` should be called, and import it then."""
        if self.status.is_busy:
            return
        self._path = path
        self._source.setText(self.tr("From {name}").format(name=path.name or path))
        self._source.setToolTip(str(path))
        self._name.setText(suggested_name(path))
        self.status.clear()
        self._show_form()
        self._name.setFocus()
        self._name.selectAll()

    def _make_form(self) -> QWidget:
        self._source = build.label(role="muted", wraps=True, fills=True)
        self._name = build.named(QLineEdit(maxLength=_LONGEST_NAME), "own_name", says=self.tr("Name of the data set"))
        self._import = build.button(self.tr("Import"), name="import_now", clicked=self._on_import_clicked)
        self._cancel = build.button(
            self.tr("Cancel"), name="import_cancel", kind="quiet", clicked=self._on_cancel_clicked
        )
        self._name.returnPressed.connect(self._on_import_clicked)
        self._name.textChanged.connect(self._on_name_changed)
        called = build.label(self.tr("Name"), buddy=self._name)
        return build.panel(build.column(self._source, build.row(called, (self._name, 1), self._cancel, self._import)))

    @Slot()
    def _show_form(self) -> None:
        """Ask for a name while there is something to import."""
        is_asking = self._path is not None and not self.status.is_busy
        self._form.setVisible(is_asking)
        for button in (self._choose, self._choose_file):
            button.setVisible(self._path is None)
        self._invitation.setVisible(not is_asking)

    def _on_imported(self, info: ImportedInfo) -> str:
        self._path = None
        self.data_arrived.emit(info.name)
        return imported_words(info)

    @Slot()
    def _on_folder_wanted(self) -> None:
        if (path := dialogs.choose_folder(self)) is not None:
            self.import_from(path)

    @Slot()
    def _on_file_wanted(self) -> None:
        if (path := dialogs.choose_file(self)) is not None:
            self.import_from(path)

    @Slot()
    def _on_import_clicked(self) -> None:
        path, name, specs = self._path, self._name.text().strip(), self._specs
        if path is not None and name:
            self.status.run(
                self.tr("Reading {path}…").format(path=path.name),
                lambda task: import_folder(path, name, specs, task.report),
                self._on_imported,
                again=self._on_import_clicked,  # perhaps under another name
            )

    @Slot()
    def _on_cancel_clicked(self) -> None:
        self._path = None
        self.status.clear()
        self._show_form()

    @Slot(str)
    def _on_name_changed(self, name: str) -> None:
        self._import.setEnabled(bool(name.strip()))
        self._import.setToolTip("" if name.strip() else self.tr("Give the data set a name first"))


def imported_words(info: ImportedInfo) -> str:
    """What an import brought."""
    sentence = translate("data", "Imported as {title}: {train} pictures to train with, {test} to test.")
    said = sentence.format(title=info.title, train=f"{info.train_count:,}", test=f"{info.test_count:,}")
    return f"{said} {translate('data', info.note)}".strip()

"""One data set: what is here of it, what it is, and how to get the rest."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Unpack

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from app.core.datasets.choices import ImportChoices
from app.core.datasets.download import DownloadProgress, DownloadStoppedError, download
from app.core.datasets.importing import ImportedInfo, delete_own_set, import_folder
from app.core.datasets.registry import DATASETS
from app.core.datasets.renaming import change_own_set
from app.core.datasets.types import DatasetSpec, counts_text
from app.ui import theme
from app.ui.common import build
from app.ui.common.choices import SetSummary
from app.ui.common.containers import Card
from app.ui.common.layout import Flow
from app.ui.common.tasks import Task, Tasks, TaskStoppedError
from app.ui.data import dialogs
from app.ui.data.import_card import imported_words
from app.ui.data.rename_dialog import RenameDialog
from app.ui.data.task_status import TaskStatus

_HERE, _NOT_HERE = "✓", "○"
_BREAK = "\u200b"


class DatasetCard(Card):
    """A published set or one of the user's own. It downloads, imports and deletes by itself."""

    data_arrived = Signal(str)  # of which set
    deleted = Signal(str, str)  # its name and its title
    renamed = Signal(str)  # its name, which stays

    def __init__(
        self,
        summary: SetSummary,
        tasks: Tasks,
        specs: Mapping[str, DatasetSpec] = DATASETS,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(summary.title, parent)
        self._summary, self._tasks, self._specs = summary, tasks, specs
        self.status = TaskStatus(tasks, self.tr("Stopped; nothing was kept."))
        self.status.changed.connect(self._show_actions)
        self.status.focus_left.connect(self._on_focus_left)
        self._rows = QGridLayout()
        self._rows.setHorizontalSpacing(theme.SPACING)
        self._rows.setVerticalSpacing(theme.SPACING // 2)
        self._rows.setColumnStretch(2, 1)
        self.body.addLayout(self._rows)
        self._starter, self._full = self._edition_row(0), self._edition_row(1)
        self._problem = build.label(role="error", wraps=True, fills=True)
        self.body.addWidget(self._problem)
        self._add_description()
        self.body.addWidget(self.status)
        self._add_actions()
        self._delete = self._button(self.tr("Delete"), name="delete_own", kind="quiet", clicked=self._on_delete_clicked)
        self._delete.setToolTip(self.tr("Delete this data set; models trained on it stay"))
        self._rename = self._button(
            self.tr("Name and classes…"), name="rename_own", kind="quiet", clicked=self._on_rename_clicked
        )
        self.body.addLayout(build.row(build.STRETCH, self._rename, self._delete))
        self._add_citation()
        self.show_summary(summary)

    @property
    def name(self) -> str:
        """The set's name."""
        return self._summary.name

    @property
    def is_published(self) -> bool:
        """One of the sets that the program knows."""
        return self._summary.spec is not None

    @property
    def text(self) -> str:
        """All that the card says at the moment."""
        labels = [label for label in self.findChildren(QLabel) if not label.isHidden()]
        return "\n".join(label.text().replace(_BREAK, "") for label in labels)

    def show_summary(self, summary: SetSummary) -> None:
        """Say what is here now."""
        self._summary = summary
        pictures = self.tr("{counts}, included")
        starter = summary.starter
        self._show_edition(
            self._starter,
            self.tr("Starter"),
            None if starter is None else pictures.format(counts=counts_text(*starter)),
            starter is not None,
        )
        at, (train, test), held = summary.full_at, summary.counts, summary.validation_count
        place = self.tr("not on this computer") if at is None else self.tr("in {path}").format(path=_shown_path(at))
        self._show_edition(
            self._full,
            self.tr("Full") if summary.spec is not None else self.tr("Yours"),
            f"{counts_text(train - held, test, held)}, {place}" if not summary.problem else None,
            at is not None,
        )
        self._full[2].setToolTip(str(at or ""))
        self._problem.setText(summary.problem)
        self._problem.setVisible(bool(summary.problem))
        self._show_actions()

    def focus_names(self) -> None:
        """Put the focus where names are changed: a card that was made anew takes it over from the old one."""
        self._rename.setFocus()

    def has_other_names(self, summary: SetSummary) -> bool:
        """True if the set, or a class of it, was called something else when this card was made."""
        return (summary.title, summary.class_names) != (self._summary.title, self._summary.class_names)

    def set_dropping(self, is_dropping: bool) -> None:
        """Say what happens to a folder that is held over the card."""
        self._import.setText(self.tr("Drop to import") if is_dropping else self.tr("Import a folder…"))

    def import_from(self, path: Path, files: tuple[str, ...] = ()) -> None:
        """Import `path`, or these files in it, as this set."""
        if self.status.is_busy:
            return
        text, name, specs = self.tr("Reading {path}…").format(path=path.name), self.name, self._specs
        choices = ImportChoices(files=files)
        with self._keeping_focus():
            self.status.run(
                text, lambda task: import_folder(path, name, specs, task.report, choices), self._on_imported
            )

    @Slot()
    def _download(self) -> None:
        name, mirror, specs = self.name, self._mirror.text().strip(), self._specs

        def work(task: Task[Path]) -> Path:
            try:
                return download(name, task.tell, lambda: task.is_stopping, mirror or None, specs)
            except DownloadStoppedError as error:
                raise TaskStoppedError from error

        with self._keeping_focus():
            # Again means from the mirror of then: it may have been corrected meanwhile.
            self.status.run(
                self.tr("Connecting…"),
                work,
                self._on_downloaded,
                words=self._download_words,
                again=self._download,
                when_stopped=self.tr("Stopped; the next download goes on where it was."),
            )

    def _on_imported(self, info: ImportedInfo) -> str:
        self.data_arrived.emit(info.name)
        return imported_words(info)

    def _on_downloaded(self, _folder: Path) -> str:
        self.data_arrived.emit(self.name)
        return self.tr("Downloaded and checked.")

    def _download_words(self, progress: DownloadProgress) -> tuple[str, float]:
        spec, received_mb = self._summary.spec, progress.bytes_received / 1e6
        # A classroom mirror may send the files unpacked; then nobody knows how much there is to come.
        if spec is not None and received_mb <= spec.download_mb:
            text = self.tr("{received} of about {total} MB").format(
                received=f"{received_mb:.1f}", total=spec.download_mb
            )
        else:
            text = self.tr("{received} MB so far").format(received=f"{received_mb:.1f}")
        return text, progress.share

    @contextmanager
    def _keeping_focus(self) -> Iterator[None]:
        """The focus of a button that is about to be hidden must go to the one in its place, not anywhere."""
        focused = self.window().focusWidget()
        yield
        if focused is not None and self.isAncestorOf(focused):
            self.status.take_focus()

    @Slot()
    def _on_focus_left(self) -> None:
        (self._import if self._get.isHidden() else self._get).setFocus()

    @Slot()
    def _show_actions(self) -> None:
        """Buttons that would do nothing now are not shown; one that repeats a download hides under "More"."""
        spec = self._summary.spec
        is_idle = spec is not None and not self.status.is_busy
        self._actions.setVisible(is_idle)
        self._delete.setVisible(spec is None)
        self._rename.setVisible(spec is None and not self._summary.problem)
        self._more_area.setVisible(is_idle and self._more.isChecked())
        self._get.setVisible(self._summary.full_at is None)
        self._get_again.setVisible(self._summary.full_at is not None)

    def _edition_row(self, row: int) -> tuple[QLabel, QLabel, QLabel]:
        labels = QLabel(), QLabel(), build.label(role="muted", wraps=True, fills=True)
        for column, label in enumerate(labels):
            label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            self._rows.addWidget(label, row, column)
        return labels

    def _show_edition(
        self, labels: tuple[QLabel, QLabel, QLabel], edition: str, detail: str | None, here: bool
    ) -> None:
        for label, text in zip(labels, (_HERE if here else _NOT_HERE, edition, detail or ""), strict=True):
            label.setText(text)
            label.setVisible(detail is not None)

    def _add_description(self) -> None:
        names = " · ".join(self._summary.class_names)
        classes = self.tr("Classes: {names}").format(names=names)
        self.body.addWidget(build.label(classes, role="caption", wraps=True, fills=True))
        spec = self._summary.spec
        if spec is not None:
            licence = self.tr("Licence: {licence}").format(licence=spec.licence)
            self.header.addWidget(build.label(licence, role="caption"))

    def _add_citation(self) -> None:
        """Add it above the status, but last: whoever comes with the Tab key wants a button, not text to copy."""
        spec = self._summary.spec
        if spec is not None:
            citation = build.label(spec.citation, name="citation", role="caption", wraps=True, fills=True)
            citation.setAccessibleName(self.tr("Citation"))
            by_hand = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            citation.setTextInteractionFlags(by_hand)
            citation.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.body.insertWidget(self.body.indexOf(self.status), citation)

    def _add_actions(self) -> None:
        """Make the row of buttons, and the area that "More" opens."""
        megabytes = self._summary.spec.download_mb if self._summary.spec is not None else 0
        self._get = self._button(
            self.tr("Get the full set ({mb} MB)").format(mb=megabytes), name="get", clicked=self._download
        )
        self._import = self._button(
            self.tr("Import a folder…"),
            name="import",
            tip=self.tr("Use files you already have. A folder can also be dropped on this card."),
            clicked=self._on_import_clicked,
        )
        self._more = self._button(self.tr("More  ▼"), name="more", kind="quiet", checkable=True)
        self._get_again = self._button(
            self.tr("Download again ({mb} MB)").format(mb=megabytes), name="get_again", clicked=self._download
        )
        self._mirror = build.named(
            QLineEdit(placeholderText="http://"),
            "mirror",
            says=self.tr("Mirror"),
            tip=self.tr("A web server with a copy of the program's data folder"),
        )
        self._actions = QWidget()
        row = Flow(self._actions)
        for button in (self._get, self._import, self._more):
            row.addWidget(button)
        hint = self.tr("For a classroom: download from a nearer server. Leave it empty to use the public ones.")
        self._more_area = build.panel(
            build.column(
                build.row(build.label(self.tr("Mirror"), buddy=self._mirror), (self._mirror, 1), self._get_again),
                build.label(hint, role="caption", wraps=True, fills=True),
            )
        )
        self.body.addWidget(self._actions)
        self.body.addWidget(self._more_area)
        self._more.toggled.connect(self._on_more_toggled)

    def _button(self, text: str, **look: Unpack[build.ButtonLook]) -> QPushButton:
        look["says"] = f"{self._summary.title}: {text}"
        return build.button(text, **look)

    @Slot()
    def _on_import_clicked(self) -> None:
        if (path := dialogs.choose_folder(self)) is not None:
            self.import_from(path)

    @Slot(bool)
    def _on_more_toggled(self, shown: bool) -> None:
        self._more.setText(self.tr("Less  ▲") if shown else self.tr("More  ▼"))
        self._show_actions()

    @Slot()
    def _on_rename_clicked(self) -> None:
        asked = RenameDialog(self._summary.title, self._summary.class_names, self.window())
        asked.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        asked.accepted.connect(lambda: self._start_renaming(asked.title, asked.class_names))
        asked.open()

    def _start_renaming(self, title: str, class_names: tuple[str, ...]) -> None:
        name, classes = self.name, dict(zip(self._summary.class_names, class_names, strict=True))
        self._tasks.start(
            lambda _: change_own_set(name, title, classes),
            lambda _: self.renamed.emit(name),
            failed=partial(self.status.show_failure, again=self._on_rename_clicked),
            lane=self,
        )

    @Slot()
    def _on_delete_clicked(self) -> None:
        name, title = self.name, self._summary.title
        self._tasks.start(
            lambda _: delete_own_set(name),
            lambda _: self.deleted.emit(name, title),
            failed=partial(self.status.show_failure, again=self._on_delete_clicked),
            lane=self,
        )


def _shown_path(path: Path) -> str:
    """`path` as people write it, with places where a line may break."""
    text = f"~/{path.relative_to(Path.home())}" if path.is_relative_to(Path.home()) else str(path)
    return text.replace("/", f"/{_BREAK}").replace("\\", f"\\{_BREAK}")

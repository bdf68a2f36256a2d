"""Where a user brings in pictures of their own, and gives them a name."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QLineEdit,
    QMenu,
    QProgressBar,
    QWidget,
)

from app.core.datasets.importing import suggested_name
from app.ui.common import build
from app.ui.common.containers import Card
from app.ui.common.dialogs import give_menu
from app.ui.common.messages import Notice
from app.ui.common.navigator import Navigator
from app.ui.data.worker import ImportRequest

# What goes on with a set's data: a bar while it is fetched, a sentence when it is over.

_STEPS = 1000


class TransferStatus(QWidget):
    """Hidden while there is nothing to tell. `is_busy` lasts until a notice, a failure or `clear`."""

    stop_requested = Signal()
    retry_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_busy = False
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Progress"))
        self._text = build.label(name="status", wraps=True, fills=True)
        selectable = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        self._text.setTextInteractionFlags(selectable)
        self._stop = build.button(self.tr("Cancel"), name="stop", clicked=self._on_stop_clicked)
        self._retry = build.button(self.tr("Try again"), name="retry", clicked=self._on_retry_clicked)
        top = Qt.AlignmentFlag.AlignTop
        build.column(self._bar, build.row((self._text, 1), (self._stop, top), (self._retry, top)), on=self)
        self.clear()

    @property
    def is_busy(self) -> bool:
        """Something is under way."""
        return self._is_busy

    @property
    def text(self) -> str:
        """What it says."""
        return "" if self.isHidden() else self._text.text()

    def clear(self) -> None:
        """Nothing to tell."""
        self._is_busy = False
        self.hide()

    def take_focus(self) -> bool:
        """Give the keyboard's focus to the one button that is shown; false if there is none."""
        for button in (self._stop, self._retry):
            if not self.isHidden() and not button.isHidden():
                button.setFocus()
                return True
        return False

    def show_waiting(self, text: str, can_stop: bool) -> None:
        """Something goes on that nobody can measure."""
        self._bar.setRange(0, 0)
        self._show(text, is_busy=True, can_stop=can_stop)

    def show_progress(self, text: str, share: float) -> None:
        """`share` of it is done, 0 to 1. Ignored once the user wants it to end."""
        if self._stop.isEnabled():
            self._bar.setRange(0, _STEPS)
            self._bar.setValue(int(share * _STEPS))
            self._show(text, is_busy=True, can_stop=True)

    def show_busy(self, text: str, share: float | None = None) -> None:
        """Something goes on that can be stopped, and that can be measured if there is a `share`."""
        if share is None:
            self.show_waiting(text, can_stop=True)
        else:
            self.show_progress(text, share)

    def show_over(self, notice: str = "", problem: str = "") -> None:
        """It is over: well, with a notice or without a word, or not."""
        if problem:
            self.show_failure(problem)
        elif notice:
            self.show_notice(notice)
        else:
            self.clear()

    def show_notice(self, text: str) -> None:
        """It is over, and well."""
        self._show(text)

    def show_failure(self, text: str) -> None:
        """It is over, and not well: one sentence, and another try."""
        self._show(text, role="error")

    def _show(self, text: str, role: str = "muted", is_busy: bool = False, can_stop: bool = False) -> None:
        if self._text.text() != text:
            self._text.setText(text)
        if self._text.property("role") != role:
            self._text.setProperty("role", role)
            self._text.style().polish(self._text)
        self._is_busy = is_busy
        self._bar.setVisible(is_busy)
        self._stop.setVisible(can_stop)
        self._stop.setEnabled(True)
        self._retry.setVisible(role == "error")
        self.show()

    @Slot()
    def _on_stop_clicked(self) -> None:
        self._text.setText(self.tr("Stopping…"))
        self._stop.setEnabled(False)
        self.stop_requested.emit()

    @Slot()
    def _on_retry_clicked(self) -> None:
        self.retry_requested.emit()


CARD_NAME = ""
"""The `card` of this card's requests; no set has this name."""

_LONGEST_NAME = 40


class ImportCard(Card):
    """Says what can be imported; once there is a folder, asks how to call it."""

    import_requested = Signal(object)  # ImportRequest
    stop_requested = Signal(object)  # ImportRequest
    folder_wanted = Signal()
    file_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Your own pictures"), parent)
        self._path: Path | None = None
        self._request: ImportRequest | None = None
        self._invitation = build.label(role="muted", wraps=True, fills=True)
        self.set_dropping(False)
        said = self.tr("Your own pictures: {text}")
        folder, file = self.tr("Import a folder…"), self.tr("Import a file…")
        self._choose = build.button(
            folder, name="import_own", says=said.format(text=folder), clicked=self.folder_wanted
        )
        self._choose_file = build.button(
            file, name="import_file", says=said.format(text=file), clicked=self.file_wanted
        )
        self._form = self._make_form()
        self.status = TransferStatus()
        self.status.retry_requested.connect(self._on_import_clicked)
        self.status.stop_requested.connect(self._on_stop_requested)
        self.notice = Notice()
        self.body.addWidget(self._invitation)
        self.body.addLayout(build.row(self._choose, self._choose_file, build.STRETCH))
        self.body.addWidget(self._form)
        self.body.addWidget(self.status)
        self.body.addWidget(self.notice)
        self._show_form(False)

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

    def offer(self, path: Path) -> None:
        """Ask how the data in `path` should be called."""
        if self.status.is_busy:
            return
        self._path = path
        self._source.setText(self.tr("From {name}").format(name=path.name or path))
        self._source.setToolTip(str(path))
        self._name.setText(suggested_name(path))
        self.status.clear()
        self._show_form(True)
        self._name.setFocus()
        self._name.selectAll()

    def show_done(self, notice: str) -> None:
        """The data was brought in."""
        self._path = None
        self.status.show_notice(notice)
        self._show_form(False)

    def show_stopped(self) -> None:
        """The user stopped it; it can begin again."""
        self.status.show_notice(self.tr("Stopped; nothing was kept."))
        self._show_form(True)

    def show_failure(self, message: str) -> None:
        """It did not work; the name can be corrected."""
        self.status.show_failure(message)
        self._show_form(True)

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

    def _show_form(self, shown: bool) -> None:
        self._form.setVisible(shown)
        for button in (self._choose, self._choose_file):
            button.setVisible(not shown and not self.status.is_busy)
        self._invitation.setVisible(not shown)

    @Slot()
    def _on_stop_requested(self) -> None:
        self.stop_requested.emit(self._request)

    @Slot()
    def _on_import_clicked(self) -> None:
        name = self._name.text().strip()
        if self._path is None or not name:
            return
        self.status.show_waiting(self.tr("Reading {path}…").format(path=self._path.name), can_stop=True)
        self._show_form(False)
        self._request = ImportRequest(CARD_NAME, self._path, name)
        self.import_requested.emit(self._request)

    @Slot()
    def _on_cancel_clicked(self) -> None:
        self._path = None
        self.status.clear()
        self._show_form(False)

    @Slot(str)
    def _on_name_changed(self, name: str) -> None:
        self._import.setEnabled(bool(name.strip()))
        self._import.setToolTip("" if name.strip() else self.tr("Give the data set a name first"))


# The door to one's own samples: what they are, a new set, a set from files, and what was done last.


class SampleInvitation(Card):
    """Invites while there is no set; later it is only as large as its buttons."""

    new_set_wanted = Signal()
    folder_wanted = Signal()
    file_wanted = Signal()
    stop_wanted = Signal(str)  # of no set, as those of the cards are of theirs
    retry_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Your own samples"), parent)
        self._invitation = build.label(role="muted", wraps=True, fills=True)
        self._problem = build.label(name="samples_problem", role="error", wraps=True, fills=True)
        self._has_sets = False
        self._problem.hide()
        self.notice, self.status = Notice(), TransferStatus()
        self._draw = build.button(
            self.tr("Draw some"),
            name="draw_samples",
            kind="primary",
            tip=self.tr("Go to the Recognize page"),
            clicked=self._on_draw,
        )
        self._new = build.button(
            self.tr("New set…"),
            name="new_set",
            tip=self.tr("A set with a name and classes of its own"),
            clicked=self.new_set_wanted,
        )
        self._import = build.button(self.tr("Import a set"), name="import_set")
        sources = QMenu(self._import)
        sources.addAction(self.tr("From a folder…")).triggered.connect(self.folder_wanted)
        sources.addAction(self.tr("From a file (npz, CSV)…")).triggered.connect(self.file_wanted)
        give_menu(self._import, sources)
        self.status.stop_requested.connect(self._on_stop)
        self.status.retry_requested.connect(self._on_retry)
        self.body.addWidget(self._invitation)
        self.body.addLayout(build.row(self._draw, self._new, self._import, build.STRETCH))
        for widget in (self._problem, self.notice, self.status):
            self.body.addWidget(widget)
        self.set_dropping(False)
        self.show_over()

    def show_state(self, has_sets: bool, problems: tuple[str, ...]) -> None:
        """Invite or not, and say what cannot be read."""
        self._has_sets = has_sets
        self.set_dropping(False)
        self._problem.setText("\n".join(problems))
        self._problem.setVisible(bool(problems))

    def set_dropping(self, is_dropping: bool) -> None:
        """Say what happens to a folder that is held over the card."""
        self._invitation.setVisible(is_dropping or not self._has_sets)
        if is_dropping:
            self._invitation.setText(self.tr("Drop to create a set of samples from it."))
        else:
            self._invitation.setText(
                self.tr(
                    "Draw on the Recognize page and press 0 to 9 to label it. Your samples appear here: train "
                    "with them, and see how much better a model reads your handwriting."
                )
            )

    def show_busy(self, sentence: str, share: float | None = None) -> None:
        """A set is read."""
        self.status.show_busy(sentence, share)
        self._import.setEnabled(False)
        self._import.setToolTip(self.tr("Wait until the current work ends, or cancel it"))

    def show_over(self, notice: str = "", problem: str = "") -> None:
        """It is over: well, with a notice or without a word, or not."""
        self.status.show_over(notice, problem)
        self._import.setEnabled(True)
        self._import.setToolTip(self.tr("Create a set from pictures, drawings, IDX files, an npz or a CSV"))

    @Slot()
    def _on_draw(self) -> None:
        Navigator.of(self).show_paper()

    @Slot()
    def _on_stop(self) -> None:
        self.stop_wanted.emit("")

    @Slot()
    def _on_retry(self) -> None:
        self.retry_wanted.emit("")

"""Where a person brings in pictures of their own, and gives them a name."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.core.datasets.importing import suggested_name
from app.ui import theme
from app.ui.widgets.card import Card
from app.ui.widgets.notice import Notice
from app.ui.widgets.transfer_status import TransferStatus
from app.ui.workers.data_facts import ImportRequest

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
        self._invitation = self._wrapped("muted")
        self.set_dropping(False)
        self._choose = self._button(self.tr("Import a folder…"), "import_own", "")
        self._choose_file = self._button(self.tr("Import a file…"), "import_file", "")
        for button in (self._choose, self._choose_file):
            button.setAccessibleName(self.tr("Your own pictures: {text}").format(text=button.text()))
        self._form = self._make_form()
        self.status = TransferStatus()
        self.status.retry_requested.connect(self._on_import_clicked)
        self.status.stop_requested.connect(self._on_stop_requested)
        self.notice = Notice()
        self.body.addWidget(self._invitation)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SPACING)
        for button in (self._choose, self._choose_file):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.body.addLayout(buttons)
        self.body.addWidget(self._form)
        self.body.addWidget(self.status)
        self.body.addWidget(self.notice)
        self._choose.clicked.connect(self.folder_wanted)
        self._choose_file.clicked.connect(self.file_wanted)
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
        """The person stopped it; it can begin again."""
        self.status.show_notice(self.tr("Stopped; nothing was kept."))
        self._show_form(True)

    def show_failure(self, message: str) -> None:
        """It did not work; the name can be corrected."""
        self.status.show_failure(message)
        self._show_form(True)

    def _make_form(self) -> QWidget:
        form = QWidget()
        self._source, self._name = self._wrapped("muted"), QLineEdit()
        self._name.setObjectName("own_name")
        self._name.setAccessibleName(self.tr("Name of the data set"))
        self._name.setMaxLength(_LONGEST_NAME)
        label = QLabel(self.tr("Name"))
        label.setBuddy(self._name)
        self._import = self._button(self.tr("Import"), "import_now", "")
        self._cancel = self._button(self.tr("Cancel"), "import_cancel", "quiet")
        row = QHBoxLayout()
        row.addWidget(label)
        row.addWidget(self._name, 1)
        row.addWidget(self._cancel)
        row.addWidget(self._import)
        layout = QVBoxLayout(form)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._source)
        layout.addLayout(row)
        for each in (row, layout):
            each.setSpacing(theme.SPACING)
        self._name.returnPressed.connect(self._on_import_clicked)
        self._name.textChanged.connect(self._on_name_changed)
        self._import.clicked.connect(self._on_import_clicked)
        self._cancel.clicked.connect(self._on_cancel_clicked)
        return form

    def _show_form(self, shown: bool) -> None:
        self._form.setVisible(shown)
        for button in (self._choose, self._choose_file):
            button.setVisible(not shown and not self.status.is_busy)
        self._invitation.setVisible(not shown)

    def _wrapped(self, role: str) -> QLabel:
        label = QLabel()
        label.setProperty("role", role)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        return label

    def _button(self, text: str, name: str, kind: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setProperty("kind", kind)
        return button

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

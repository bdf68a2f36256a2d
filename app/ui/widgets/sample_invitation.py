"""The door to one's own samples: what they are, a new set, a set from files, and what was done last."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QSizePolicy, QWidget

from app.ui import theme
from app.ui.widgets.card import Card
from app.ui.widgets.menu_button import give_menu
from app.ui.widgets.notice import Notice
from app.ui.widgets.transfer_status import TransferStatus


class SampleInvitation(Card):
    """Invites while there is no set; later it is only as large as its buttons."""

    drawing_wanted = Signal()
    new_set_wanted = Signal()
    folder_wanted = Signal()
    file_wanted = Signal()
    stop_wanted = Signal(str)  # of no set, as those of the cards are of theirs
    retry_wanted = Signal(str)
    undo_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Your own samples"), parent)
        self._invitation, self._problem = self._wrapped("muted"), self._wrapped("error")
        self._has_sets = False
        self._problem.setObjectName("samples_problem")
        self._problem.hide()
        self.notice, self.status = Notice(), TransferStatus()
        self.notice.undo_requested.connect(self.undo_requested)
        self._draw = self._button(self.tr("Draw some"), "draw_samples", "primary")
        self._new = self._button(self.tr("New set…"), "new_set")
        self._new.setToolTip(self.tr("A set with a name and classes of its own"))
        self._import = self._button(self.tr("Import a set"), "import_set")
        self._draw.setToolTip(self.tr("Go to the Recognize page"))
        self._draw.clicked.connect(self.drawing_wanted)
        self._new.clicked.connect(self.new_set_wanted)
        sources = QMenu(self._import)
        sources.addAction(self.tr("From a folder…")).triggered.connect(self.folder_wanted)
        sources.addAction(self.tr("From a file (npz, CSV)…")).triggered.connect(self.file_wanted)
        give_menu(self._import, sources)
        self.status.stop_requested.connect(self._on_stop)
        self.status.retry_requested.connect(self._on_retry)
        row = QHBoxLayout()
        row.setSpacing(theme.SPACING)
        for button in (self._draw, self._new, self._import):
            row.addWidget(button)
        row.addStretch(1)
        self.body.addWidget(self._invitation)
        self.body.addLayout(row)
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

    def _wrapped(self, role: str) -> QLabel:
        label = QLabel()
        label.setProperty("role", role)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        return label

    def _button(self, text: str, name: str, kind: str = "") -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setProperty("kind", kind)
        return button

    @Slot()
    def _on_stop(self) -> None:
        self.stop_wanted.emit("")

    @Slot()
    def _on_retry(self) -> None:
        self.retry_wanted.emit("")

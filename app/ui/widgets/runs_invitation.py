"""What the Runs page shows before there is a run."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from app.ui.widgets.card import Card


class RunsInvitation(Card):
    """Says what will be here, and leads to where it comes from."""

    train_page_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        words = QLabel(self.tr("Train something: every run is kept here"))
        words.setProperty("role", "title")
        more = QLabel(self.tr("Its settings, its curves and its figures, beside those that the notes report"))
        more.setProperty("role", "muted")
        button = QPushButton(self.tr("Go to the Train page"))
        button.setObjectName("go_train")
        button.setProperty("kind", "primary")
        button.clicked.connect(self.train_page_requested)
        self.body.addStretch()
        for widget in (words, more, button):
            self.body.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        self.body.addStretch()

"""On the Train page: that a search is running, what that means for a run beside it, and the way there."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from app.ui import theme
from app.ui.widgets.rail_button import Busy


class SearchNotice(QFrame):
    """Hidden while no search runs."""

    search_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.said = QLabel()
        self.said.setWordWrap(True)
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.said.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        show = QPushButton(self.tr("Show the search"))
        show.setObjectName("show_search")
        show.setProperty("kind", "quiet")
        show.clicked.connect(self.search_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.PADDING, 2, 4, 2)
        row.addWidget(self.said)
        row.addWidget(show)
        self.hide()

    def show_search(self, busy: Busy | None) -> None:
        """Say how it goes, or nothing."""
        self.setVisible(busy is not None)
        if busy is not None:
            words = self.tr("{search}. A run beside it shares the processor: both take longer.")
            self.said.setText(words.format(search=busy.words))

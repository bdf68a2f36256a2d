"""What will be built: the diagram and the table below each other, or one of them where there is little room."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.core.models.config import TrainingConfig
from app.core.models.shapes import NetworkSummary
from app.ui import theme
from app.ui.widgets.divided import Divided
from app.ui.widgets.network_editor_diagram import DiagramCard
from app.ui.widgets.network_editor_table import SummaryCard

_LEAST_HEIGHT = 140


class NetworkViews(QWidget):
    """Two cards that can be shown or hidden; `switches` are the buttons that do it."""

    layer_chosen = Signal(int)
    failed = Signal(str)

    def __init__(self, classes: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._diagram, self._summary = DiagramCard(classes), SummaryCard()
        self._diagram.failed.connect(self.failed)
        self._summary.layer_chosen.connect(self.layer_chosen)
        splitter = Divided(Qt.Orientation.Vertical)
        for card in (self._diagram, self._summary):
            card.setMinimumHeight(_LEAST_HEIGHT)
            splitter.addWidget(card)
        splitter.setSizes([3 * _LEAST_HEIGHT, 2 * _LEAST_HEIGHT])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)
        self._shows_diagram = self._switch("show_diagram", self.tr("Diagram"), self._diagram)
        self._shows_summary = self._switch("show_summary", self.tr("Summary"), self._summary)
        self.switches = QWidget()
        row = QHBoxLayout(self.switches)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACING // 2)
        row.addWidget(self._shows_diagram)
        row.addWidget(self._shows_summary)

    def show_both(self, both: bool) -> None:
        """Show the diagram, and below it the table or not."""
        self._shows_diagram.setChecked(True)
        self._shows_summary.setChecked(both)

    def show_network(self, config: TrainingConfig, summary: NetworkSummary, chosen: int) -> None:
        """Draw and list the network of `config`."""
        self._diagram.show_network(config)
        self._summary.show_summary(summary, chosen)

    def _switch(self, name: str, title: str, card: QWidget) -> QPushButton:
        button = QPushButton(title)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.setCheckable(True)
        button.setChecked(True)
        button.setToolTip(self.tr("Show or hide this view of the network"))
        button.toggled.connect(card.setVisible)
        button.toggled.connect(self._on_toggled)
        return button

    @Slot(bool)
    def _on_toggled(self, shown: bool) -> None:
        """Where the last view is hidden, the other one takes its place."""
        buttons = (self._shows_diagram, self._shows_summary)
        if not shown and not any(button.isChecked() for button in buttons):
            next(button for button in buttons if button is not self.sender()).setChecked(True)

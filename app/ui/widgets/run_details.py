"""The epochs of a run as a table and, for a run that is stepped, its last batch."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QScrollArea, QStackedWidget, QWidget

from app.core.training.events import BatchStepped
from app.core.training.progress import figure
from app.ui import theme
from app.ui.widgets.card import Card
from app.ui.widgets.elided_label import ElidedLabel
from app.ui.widgets.epoch_table import EpochModel, EpochTable
from app.ui.widgets.gradient_bars import GradientBars

EPOCHS, STEPS = 0, 1


class RunDetails(Card):
    """Shows the table alone until a batch is stepped; then there is a choice of two."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.epochs, self.gradients = EpochModel(self), GradientBars()
        self.gradients.setToolTip(
            self.tr(
                "Size (norm) of the gradient of each weight, on a logarithmic scale. The thin mark: one step before."
            )
        )
        self._words = ElidedLabel()
        self._words.setObjectName("step_words")
        self._stack = QStackedWidget()
        self._stack.insertWidget(EPOCHS, EpochTable(self.epochs))
        self._stack.insertWidget(STEPS, self._scrolled(self.gradients))
        self._choice, self._tabs = QWidget(), QButtonGroup(self)
        self._lay_out()
        self._tabs.idClicked.connect(self.turn_to)
        self.clear()

    @property
    def shown(self) -> int:
        """EPOCHS or STEPS."""
        return self._stack.currentIndex()

    @property
    def step_words(self) -> str:
        """What is said of the last step."""
        return self._words.whole

    @Slot(int)
    def turn_to(self, tab: int) -> None:
        """Show the table, or the last step."""
        self._stack.setCurrentIndex(tab)
        self._tabs.button(tab).setChecked(True)
        self._words.setVisible(tab == STEPS)

    def offer_steps(self) -> None:
        """The run waits for steps: show where they will appear."""
        self._choice.show()
        self.turn_to(STEPS)

    def show_step(self, step: BatchStepped) -> None:
        """Show a batch: its loss and accuracy, and the gradients it led to."""
        self.offer_steps()
        self._words.set_whole(
            self.tr("Loss {loss}, accuracy {accuracy}").format(
                loss=figure(step.loss, 4), accuracy=f"{step.accuracy:.1%}"
            )
        )
        self.gradients.show_norms(step.gradient_norms)

    def clear(self) -> None:
        """Forget the run."""
        self.epochs.clear()
        self.gradients.clear()
        self._words.set_whole(self.tr("Step trains one batch"))
        self._choice.hide()
        self.turn_to(EPOCHS)

    def _scrolled(self, widget: QWidget) -> QScrollArea:
        scroll = QScrollArea()
        scroll.setWidget(widget)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return scroll

    def _lay_out(self) -> None:
        row = QHBoxLayout(self._choice)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACING)
        for number, (text, name) in enumerate(((self.tr("Epochs"), "tab_epochs"), (self.tr("Steps"), "tab_steps"))):
            button = QPushButton(text)
            button.setObjectName(name)
            button.setCheckable(True)
            self._tabs.addButton(button, number)
            row.addWidget(button)
        row.addWidget(self._words, 1)
        row.addStretch()
        self.body.addWidget(self._choice)
        self.body.addWidget(self._stack, 1)

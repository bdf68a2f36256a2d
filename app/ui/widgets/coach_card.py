"""The coach's findings in words."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from app.core.training.coach import Advice, Finding
from app.ui.widgets.card import Card


class CoachCard(Card):
    """One or two plain sentences on the epochs so far."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Coach"), parent)
        self._label = QLabel()
        self._label.setObjectName("coach")
        self._label.setProperty("role", "muted")
        self._label.setWordWrap(True)
        self._label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.MinimumExpanding)
        self.body.addWidget(self._label, 1)
        self.show_welcome()

    @property
    def text(self) -> str:
        """What it says."""
        return self._label.text()

    def show_welcome(self) -> None:
        """Before any run."""
        self._label.setText(self.tr("Train a network: after each epoch, this says what its curves mean."))

    def show_advice(self, advice: Advice) -> None:
        """Say what was found."""
        self._label.setText(self._sentences(advice))

    def _sentences(self, advice: Advice) -> str:
        if advice.finding is Finding.MEMORISING:
            return f"{self._memorising(advice)} {self._remedy(advice)}"
        if advice.finding is Finding.IMPROVING:
            return self._improving(advice)
        return self._plain(advice.finding).format(guess=f"{advice.guess_loss:.2f}", best=advice.best)

    def _plain(self, finding: Finding) -> str:
        sentences = {
            Finding.NOTHING_YET: self.tr("The first epoch is under way. A falling loss means that it learns."),
            Finding.GUESSING_RATE_HIGH: self.tr(
                "The loss stays near {guess}: that is guessing. The learning rate is probably too high; try a tenth."
            ),
            Finding.GUESSING_RATE_LOW: self.tr(
                "The loss has hardly left {guess}, which is guessing. The learning rate is very small; raise it."
            ),
            Finding.JUMPING: self.tr(
                "The training loss jumped up instead of falling. A smaller learning rate makes it steadier."
            ),
            Finding.UNCHECKED: self.tr(
                "Nothing is kept aside for validation, so nobody can see whether it learns or memorises."
            ),
            Finding.LEVELLED_OFF: self.tr(
                "Validation loss has levelled off near epoch {best}. More epochs of the same will hardly help."
            ),
        }
        return sentences[finding]

    def _memorising(self, advice: Advice) -> str:
        return self.tr(
            "Validation loss rose in epoch {epoch} while training loss fell: the network begins to memorise."
        ).format(epoch=advice.epoch)

    def _remedy(self, advice: Advice) -> str:
        if advice.patience:
            return self.tr("Early stopping will keep epoch {best}.").format(best=advice.best)
        return self.tr("Epoch {best} was the best; early stopping would keep it.").format(best=advice.best)

    def _improving(self, advice: Advice) -> str:
        if advice.at_end:
            return self.tr("It was still improving in its last epoch: training longer will probably help.")
        return self.tr("Validation improves: it learns what holds for pictures it has not seen, too.")

"""The coach's findings in words."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.runs.coach import Advice, Finding
from app.ui.common import build
from app.ui.common.containers import Card


class CoachCard(Card):
    """One or two plain sentences on the epochs so far."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Coach"), parent)
        top_left = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
        self._label = build.label(name="coach", role="muted", wraps=True, align=top_left)
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
        if advice.finding is Finding.TEST_WORSE:
            return f"{self._compared(advice)} {self._against_heart(advice)}"
        if advice.finding is Finding.TEST_AS_GOOD:
            return f"{self._compared(advice)} {self._plain(advice.finding)}"
        return self._plain(advice.finding).format(
            guess=f"{advice.guess_loss:.2f}", best=advice.best, rate=f"{advice.rate:g}"
        )

    def _plain(self, finding: Finding) -> str:
        sentences = {
            Finding.NOTHING_YET: self.tr("The first epoch is running. A falling loss means that the network learns."),
            Finding.STOPPED_EARLY: self.tr("The run ended in its first epoch: there is nothing to judge yet."),
            Finding.FAILED: self.tr("The run failed. The message above says why."),
            Finding.FAILED_RATE_HIGH: self.tr(
                "The run failed. The learning rate is far above what is usual for this optimizer; try {rate}."
            ),
            Finding.GUESSING: self.tr(
                "The loss is no lower than that of guessing, {guess}. The learning rate is a usual one: give it more "
                "epochs, or change the network."
            ),
            Finding.GUESSING_RATE_HIGH: self.tr(
                "The loss is no lower than that of guessing, {guess}. The learning rate is probably too high; "
                "try {rate}."
            ),
            Finding.GUESSING_RATE_LOW: self.tr(
                "The loss is still near {guess}, no better than guessing. The learning rate is very small; try {rate}."
            ),
            Finding.JUMPING: self.tr(
                "The training loss jumped up instead of falling. A smaller learning rate, such as {rate}, makes it "
                "steadier."
            ),
            Finding.TEST_AS_GOOD: self.tr("What it learned also works on pictures it has not seen."),
            Finding.UNCHECKED: self.tr(
                "Nothing is kept aside for validation: only the test at the end can show whether it memorizes."
            ),
            Finding.LEVELLED_OFF: self.tr(
                "Validation loss has levelled off near epoch {best}. More epochs of the same will hardly help."
            ),
        }
        return sentences[finding]

    def _memorising(self, advice: Advice) -> str:
        return self.tr(
            "Since epoch {best} validation loss has risen while training loss fell: the network begins to memorize."
        ).format(best=advice.best)

    def _remedy(self, advice: Advice) -> str:
        if advice.stopped_early and not advice.keeps:
            sentence = self.tr("Early stopping ended the run; the network is that of epoch {epoch}.")
        elif advice.patience and advice.keeps and advice.is_over:
            sentence = self.tr("The network is that of epoch {best}, as early stopping keeps the best.")
        elif advice.patience and advice.keeps:
            sentence = self.tr("Early stopping will keep epoch {best}, unless a later one is better.")
        elif advice.patience:
            sentence = self.tr("Early stopping will soon end the run.")
        else:
            sentence = self.tr("Epoch {best} was the best; with early stopping it would be kept.")
        return sentence.format(best=advice.best, epoch=advice.epoch)

    def _compared(self, advice: Advice) -> str:
        return self.tr("Right in training: {train}; in the test: {right} of {samples}.").format(
            train=f"{advice.train_accuracy:.1%}", right=f"{advice.test_right:,}", samples=f"{advice.test_samples:,}"
        )

    def _against_heart(self, advice: Advice) -> str:
        if advice.augments:
            return self.tr("It knows its training pictures better than new ones: more pictures would help most.")
        return self.tr(
            "It knows its training pictures better than new ones: more pictures, or augmentation, would help."
        )

    def _improving(self, advice: Advice) -> str:
        if advice.at_end:
            return self.tr("It was still improving in its last epoch: training longer will probably help.")
        return self.tr("Validation improves: what it learns also works on pictures it has not seen.")

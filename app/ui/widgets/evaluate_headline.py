"""The figures of an evaluation, large; while it is read, how far it is; else why there are none."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.core.inference.doubt_figures import DoubtFigures
from app.core.inference.evaluation import ModelEvaluation
from app.core.percentages import accuracy_text, accuracy_with_interval, percent
from app.core.training.progress import figure
from app.ui import theme
from app.ui.workers.evaluation_facts import EvaluationProgress

_FIGURES, _PROGRESS, _SENTENCE = range(3)
_TOLD_IN_MS_S, _TOLD_IN_S_S = 0.0005, 0.095


class EvaluateHeadline(QStackedWidget):
    """One of three: figures, progress with Cancel, a sentence with a button."""

    cancel_requested = Signal()
    start_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.accuracy, self.loss, self._rest = QLabel(), QLabel(), QLabel()
        self._bar, self._count, self.cancel = QProgressBar(), QLabel(), QPushButton(self.tr("Cancel"))
        self._sentence, self.start = QLabel(), QPushButton(self.tr("Evaluate"))
        for widget, name in (
            (self.accuracy, "accuracy"),
            (self.loss, "loss"),
            (self._rest, "evaluation_rest"),
            (self.cancel, "cancel_evaluation"),
            (self.start, "start_evaluation"),
            (self._sentence, "evaluation_sentence"),
        ):
            widget.setObjectName(name)
        self.insertWidget(_FIGURES, self._figures())
        self.insertWidget(_PROGRESS, self._progress())
        self.insertWidget(_SENTENCE, self._said())
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.cancel.clicked.connect(self.cancel_requested)
        self.start.clicked.connect(self.start_requested)
        self.say("", can_start=False)

    @property
    def text(self) -> str:
        """What is said below the large figures, or in their place."""
        labels = {_FIGURES: self._rest, _PROGRESS: self._count, _SENTENCE: self._sentence}
        return labels[self.currentIndex()].text()

    def show_evaluation(self, evaluation: ModelEvaluation, doubts: DoubtFigures) -> None:
        """Show its figures."""
        self.accuracy.setText(accuracy_text(evaluation.accuracy, evaluation.samples))
        self.accuracy.setToolTip(accuracy_with_interval(evaluation.accuracy, evaluation.samples))
        self.loss.setText(figure(evaluation.loss, 4))
        self.accuracy.setAccessibleName(self.tr("Accuracy {value}").format(value=self.accuracy.text()))
        self.loss.setAccessibleName(self.tr("Loss {value}").format(value=self.loss.text()))
        read = self.tr("{samples:,} pictures in {time}, calibration error {error}")
        sure = self.tr("Sure of {share}; {right} of these are right")
        if not doubts.sure:
            sure = self.tr("Sure of none of them")
        lines = (
            read.format(
                samples=evaluation.samples,
                time=_duration(evaluation.elapsed_s),
                error=percent(evaluation.expected_calibration_error),
            ),
            sure.format(share=percent(doubts.sure_share), right=percent(doubts.accuracy_when_sure, 2)),
        )
        self._rest.setText("\n".join(lines))
        self.setCurrentIndex(_FIGURES)

    def show_waiting(self) -> None:
        """The pictures are being opened."""
        self._bar.setRange(0, 0)
        self._count.setText(self.tr("Opening the test pictures…"))
        self.cancel.setEnabled(True)
        self.setCurrentIndex(_PROGRESS)

    def show_progress(self, progress: EvaluationProgress) -> None:
        """Say how far it is."""
        self._bar.setRange(0, progress.total)
        self._bar.setValue(progress.done)
        words = self.tr("{done:,} of {total:,} pictures read")
        self._count.setText(words.format(done=progress.done, total=progress.total))
        self.setCurrentIndex(_PROGRESS)

    def show_stopping(self) -> None:
        """Cancel was pressed."""
        self.cancel.setEnabled(False)
        self._count.setText(self.tr("Stopping…"))

    def say(self, sentence: str, can_start: bool = True, is_error: bool = False) -> None:
        """Say why there are no figures."""
        self._sentence.setText(sentence)
        self._sentence.setProperty("role", "error" if is_error else "muted")
        self._sentence.style().polish(self._sentence)
        self.start.setVisible(can_start)
        self.setCurrentIndex(_SENTENCE)

    def _figures(self) -> QWidget:
        whole, grid = QWidget(), QGridLayout()
        grid.setHorizontalSpacing(theme.PADDING)
        grid.setVerticalSpacing(0)
        for place, (label, words) in enumerate(((self.accuracy, self.tr("accuracy")), (self.loss, self.tr("loss")))):
            caption = QLabel(words)
            caption.setProperty("role", "muted")
            label.setProperty("role", "answer")
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(label, 0, place)
            grid.addWidget(caption, 1, place)
        self.loss.setToolTip(self.tr("Mean cross-entropy: low if the true classes get high probabilities"))
        self.accuracy.setToolTip(self.tr("The share of test pictures that were predicted correctly"))
        grid.setColumnStretch(2, 1)
        self._rest.setProperty("role", "muted")
        self._rest.setWordWrap(True)
        self._rest.setToolTip(
            self.tr(
                "The calibration error is how far confidence and accuracy are apart on average. For the other"
                " pictures the program would say that it is not sure, or that they are none of the classes."
            )
        )
        self._rest.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = _column(whole)
        column.addLayout(grid)
        column.addWidget(self._rest)
        column.addStretch()
        return whole

    def _progress(self) -> QWidget:
        whole = QWidget()
        self._count.setProperty("role", "muted")
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Progress"))
        row = QHBoxLayout()
        row.addWidget(self._count, 1)
        row.addWidget(self.cancel)
        column = _column(whole)
        column.addWidget(self._bar)
        column.addLayout(row)
        column.addStretch()
        return whole

    def _said(self) -> QWidget:
        whole = QWidget()
        self._sentence.setWordWrap(True)
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.start.setProperty("kind", "primary")
        column = _column(whole)
        column.addWidget(self._sentence)
        column.addWidget(self.start, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch()
        return whole


def _duration(elapsed_s: float) -> str:
    if elapsed_s < _TOLD_IN_MS_S:
        return "< 1 ms"
    return f"{elapsed_s:.1f} s" if elapsed_s >= _TOLD_IN_S_S else f"{1000 * elapsed_s:.0f} ms"


def _column(whole: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(theme.SPACING // 2)
    return column

"""What is evaluated, on what, and how well it does."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QGridLayout,
    QProgressBar,
    QSizePolicy,
    QStackedWidget,
    QWidget,
)

from app.core.inference.evaluation import ModelEvaluation, UncertaintyMetrics
from app.core.models.store import StoredModel
from app.core.percentages import accuracy_text, accuracy_with_interval, percent
from app.core.runs.progress import metric_text
from app.ui import theme
from app.ui.common import build
from app.ui.common.containers import Card
from app.ui.common.navigator import Navigator
from app.ui.evaluate.choices import EvaluateDataBox, EvaluateModelBox
from app.ui.evaluate.evaluations import EvaluationRequest

# The figures of an evaluation, large; while it is read, how far it is; else why there are none.

_FIGURES, _PROGRESS, _SENTENCE = range(3)
_TOLD_IN_MS_S, _TOLD_IN_S_S = 0.0005, 0.095


class EvaluateHeadline(QStackedWidget):
    """One of three: figures, progress with Cancel, a sentence with a button."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.insertWidget(_FIGURES, self._figures())
        self.insertWidget(_PROGRESS, self._progress())
        self.insertWidget(_SENTENCE, self._said())
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.say("", can_start=False)

    @property
    def text(self) -> str:
        """What is said below the large figures, or in their place."""
        labels = {_FIGURES: self._rest, _PROGRESS: self._count, _SENTENCE: self._sentence}
        return labels[self.currentIndex()].text()

    def show_evaluation(self, evaluation: ModelEvaluation, uncertainty: UncertaintyMetrics) -> None:
        """Show its figures."""
        self.accuracy.setText(accuracy_text(evaluation.accuracy, evaluation.samples))
        self.accuracy.setToolTip(accuracy_with_interval(evaluation.accuracy, evaluation.samples))
        self.loss.setText(metric_text(evaluation.loss, 4))
        self.accuracy.setAccessibleName(self.tr("Accuracy {value}").format(value=self.accuracy.text()))
        self.loss.setAccessibleName(self.tr("Loss {value}").format(value=self.loss.text()))
        read = self.tr("{samples:,} pictures in {time}, calibration error {error}")
        sure = self.tr("Sure of {share}; {right} of these are right")
        if not uncertainty.sure:
            sure = self.tr("Sure of none of them")
        lines = (
            read.format(
                samples=evaluation.samples,
                time=_duration(evaluation.elapsed_s),
                error=percent(evaluation.expected_calibration_error),
            ),
            sure.format(share=percent(uncertainty.sure_share), right=percent(uncertainty.accuracy_when_sure, 2)),
        )
        self._rest.setText("\n".join(lines))
        self.setCurrentIndex(_FIGURES)

    def show_waiting(self) -> None:
        """The pictures are being opened."""
        self._bar.setRange(0, 0)
        self._count.setText(self.tr("Opening the test pictures…"))
        self.cancel.setEnabled(True)
        self.setCurrentIndex(_PROGRESS)

    def show_progress(self, done: int, total: int) -> None:
        """Say how many test pictures are read."""
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        self._count.setText(self.tr("{done:,} of {total:,} pictures read").format(done=done, total=total))
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
        self.accuracy = build.label(
            name="accuracy",
            role="answer",
            tip=self.tr("The share of test pictures that were predicted correctly"),
            selectable=True,
        )
        self.loss = build.label(
            name="loss",
            role="answer",
            tip=self.tr("Mean cross-entropy: low if the true classes get high probabilities"),
            selectable=True,
        )
        tip = self.tr(
            "The calibration error is how far confidence and accuracy are apart on average. For the other"
            " pictures the program would say that it is not sure, or that they are none of the classes."
        )
        self._rest = build.label(name="evaluation_rest", role="muted", tip=tip, wraps=True, selectable=True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.PADDING)
        grid.setVerticalSpacing(0)
        for place, (label, words) in enumerate(((self.accuracy, self.tr("accuracy")), (self.loss, self.tr("loss")))):
            grid.addWidget(label, 0, place)
            grid.addWidget(build.label(words, role="muted"), 1, place)
        grid.setColumnStretch(2, 1)
        return build.panel(build.column(grid, self._rest, build.STRETCH, spacing=theme.SPACING // 2))

    def _progress(self) -> QWidget:
        self._count = build.label(role="muted")
        self._bar = build.named(QProgressBar(textVisible=False), "", says=self.tr("Progress"))
        self.cancel = build.button(self.tr("Cancel"), name="cancel_evaluation")
        below = build.row((self._count, 1), self.cancel, spacing=theme.SPACING // 2)
        return build.panel(build.column(self._bar, below, build.STRETCH, spacing=theme.SPACING // 2))

    def _said(self) -> QWidget:
        self._sentence = build.label(name="evaluation_sentence", wraps=True)
        self.start = build.button(self.tr("Evaluate"), name="start_evaluation", kind="primary")
        start = self.start, Qt.AlignmentFlag.AlignLeft
        return build.panel(build.column(self._sentence, start, build.STRETCH, spacing=theme.SPACING // 2))


def _duration(elapsed_s: float) -> str:
    if elapsed_s < _TOLD_IN_MS_S:
        return "< 1 ms"
    return f"{elapsed_s:.1f} s" if elapsed_s >= _TOLD_IN_S_S else f"{1000 * elapsed_s:.0f} ms"


class EvaluateSetup(Card):
    """A model, data that fits it, and the figures. A caution stands below figures that flatter."""

    request_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("How well a model reads"), parent)
        self.models, self.data, self.headline = EvaluateModelBox(), EvaluateDataBox(), EvaluateHeadline()
        self._caution = build.label(name="caution", wraps=True)
        self._get = build.button(name="get_data", kind="quiet", clicked=self._on_get_clicked)
        self._lay_out()
        self.show_caution("")
        self.models.model_chosen.connect(self._on_model_chosen)
        self.data.data_chosen.connect(self.request_changed)

    @property
    def request(self) -> EvaluationRequest | None:
        """What to evaluate, None while something is missing for it."""
        model, choice = self.models.chosen, self.data.chosen
        return EvaluationRequest(model, choice.dataset, choice.data) if model and choice else None

    @property
    def caution(self) -> str:
        """Why the figures flatter, or an empty text."""
        return "" if self._caution.isHidden() else self._caution.text().removeprefix("⚠ ")

    def show_models(self, models: Sequence[StoredModel], chosen: str) -> None:
        """Offer these, the one named `chosen` chosen, and the data that fits it."""
        self.models.set_models(models, chosen)
        self.refresh_data()

    def refresh_data(self) -> None:
        """Look again what is on this computer."""
        model = self.models.chosen
        if model is None:
            self.data.clear_choices()
        else:
            self.data.show_for(model.card)

    def show_caution(self, sentence: str) -> None:
        """Say why the figures flatter the model, with the way to data for a fair test; nothing for a fair one."""
        self._caution.setText(f"⚠ {sentence}")
        self._caution.setVisible(bool(sentence))
        self.offer_data(bool(sentence))

    def offer_data(self, offered: bool) -> None:
        """Offer the way to a fair test: data that is here, data that can be fetched, or the Data page."""
        self._get.setVisible(offered)
        choice, words = self.data.fairer, self.tr("Use {data}")
        if choice is None:
            choice, words = self.data.missing, self.tr("Get {data}…")
        name = f"{choice.title}, {self.tr(choice.variant.value)}" if choice else ""
        self._get.setText(words.format(data=name) if choice else self.tr("Go to the Data page"))

    def _lay_out(self) -> None:
        for widget in (self.models, self.data):
            widget.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        rows = build.form((self.tr("Model"), self.models), (self.tr("Data"), self.data), role="muted")
        rows.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.body.addLayout(rows)
        self.body.addSpacing(theme.SPACING)
        self.body.addWidget(self.headline)
        self.body.addWidget(self._caution)
        self.body.addWidget(self._get, 0, Qt.AlignmentFlag.AlignLeft)

    @Slot(object)
    def _on_model_chosen(self, _model: StoredModel) -> None:
        self.refresh_data()
        self.request_changed.emit()

    @Slot()
    def _on_get_clicked(self) -> None:
        if self.data.fairer:
            self.data.choose(self.data.fairer)
        else:
            Navigator.of(self).show("data")

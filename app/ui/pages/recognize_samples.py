"""Keeping what was drawn as samples: the strip below the bars, and what becomes of the paper after a label."""

from PySide6.QtCore import QObject, Signal, Slot

from app.core.inference.number import Digit
from app.ui.settings import Settings
from app.ui.widgets.belief_card import BeliefCard
from app.ui.widgets.canvas import Canvas
from app.ui.widgets.paper import Paper
from app.ui.widgets.sample_strip import SampleStrip


class PaperSamples(QObject):
    """Shows the strip when it is asked for, when a key gave a label, or when a digit of a number is to be corrected.

    What has a label is set aside: another label corrects it, the next stroke begins on an empty paper. While samples
    are collected, what lies on the paper is one thing.
    """

    collecting_changed = Signal()
    digit_labelled = Signal(str)
    failed = Signal(str)
    samples_page_requested = Signal()
    samples_changed = Signal()
    training_requested = Signal(object)  # TrainingConfig
    shut_down_finished = Signal()

    def __init__(self, canvas: Canvas, believes: BeliefCard, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self._canvas, self._button, self._settings = canvas, believes.label, settings
        self._digit: Digit | None = None
        self._is_passing = False  # shown for one digit alone
        self.strip = SampleStrip()
        self.strip.hide()
        believes.body.addWidget(self.strip)
        self.strip.listen_to(canvas)
        self.strip.label_given.connect(self._on_label_given)
        self.strip.set_chosen.connect(self.collecting_changed)
        self.strip.failed.connect(self.failed)
        self.strip.samples_page_requested.connect(self.samples_page_requested)
        self.strip.samples_changed.connect(self.samples_changed)
        self.strip.training_requested.connect(self.training_requested)
        self.strip.shut_down_finished.connect(self.shut_down_finished)
        self._button.toggled.connect(self._on_toggled)
        self._button.setChecked(settings.labels)

    @property
    def is_shown(self) -> bool:
        """True while labels can be given with the mouse."""
        return self._button.isChecked()

    @property
    def is_one_thing(self) -> bool:
        """True while all that is drawn is to be one sample."""
        return self.is_shown and self._digit is None

    def show_paper(self, paper: Paper) -> None:
        """Something else lies on the paper: that is what a label is for."""
        self.choose_digit(None)
        self.strip.set_paper(paper)

    def choose_digit(self, digit: Digit | None, shows_strip: bool = False) -> None:
        """Let labels be for one digit of a number, or for the whole paper; show the strip, if that is wanted."""
        if digit is None and self._digit is None:
            return
        self._digit = digit
        if digit is None and self._is_passing:
            self._button.setChecked(False)
        if digit is not None and shows_strip and not self.is_shown:
            self._is_passing = True
            self._button.setChecked(True)
        self.strip.set_digit(digit)
        self.collecting_changed.emit()

    def shut_down(self) -> None:
        """Let what is being stored be stored; `shut_down_finished` tells when. Returns at once."""
        self.strip.shut_down()

    @Slot(bool)
    def _on_toggled(self, is_shown: bool) -> None:
        self.strip.setVisible(is_shown)
        if not self._is_passing:
            self._settings.labels = is_shown
        self._is_passing = self._is_passing and is_shown
        self.collecting_changed.emit()

    @Slot(int)
    def _on_label_given(self, label: int) -> None:
        if self._digit is not None:
            self.digit_labelled.emit(self.strip.class_names[label])
            return
        self._button.setChecked(True)
        self._canvas.set_aside()

"""Keeping what was drawn as samples: the strip below the bars, and what becomes of the paper after a label."""

from PySide6.QtCore import QObject, Signal, Slot

from app.ui.settings import Settings
from app.ui.widgets.belief_card import BeliefCard
from app.ui.widgets.canvas import Canvas
from app.ui.widgets.sample_strip import SampleStrip


class PaperSamples(QObject):
    """Shows the strip when it is asked for, or when a key gave a label.

    What has a label is set aside: another label corrects it, the next stroke begins on an empty paper.
    """

    failed = Signal(str)
    samples_page_requested = Signal()
    samples_changed = Signal()
    shut_down_finished = Signal()

    def __init__(self, canvas: Canvas, believes: BeliefCard, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self._canvas, self._button, self._settings = canvas, believes.label, settings
        self.strip = SampleStrip()
        self.strip.hide()
        believes.body.addWidget(self.strip)
        self.strip.listen_to(canvas)
        self.strip.label_given.connect(self._on_label_given)
        self.strip.failed.connect(self.failed)
        self.strip.samples_page_requested.connect(self.samples_page_requested)
        self.strip.samples_changed.connect(self.samples_changed)
        self.strip.shut_down_finished.connect(self.shut_down_finished)
        self._button.toggled.connect(self._on_toggled)
        self._button.setChecked(settings.labels)

    def shut_down(self) -> None:
        """Let what is being stored be stored; `shut_down_finished` tells when. Returns at once."""
        self.strip.shut_down()

    @Slot(bool)
    def _on_toggled(self, is_shown: bool) -> None:
        self.strip.setVisible(is_shown)
        self._settings.labels = is_shown

    @Slot(int)
    def _on_label_given(self, _label: int) -> None:
        self._button.setChecked(True)
        self._canvas.set_aside()

"""The three columns of the Recognize page; the middle one shows the network input, or why the answer is what it is."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.core.imaging.preprocess import NetworkInput
from app.core.models.store import StoredModel
from app.ui import theme
from app.ui.common.layout import UNLIMITED, FitScroll, keep_width
from app.ui.recognize.recognizer import Recognition

if TYPE_CHECKING:
    from app.ui.recognize.inside.panel import InsidePanel
    from app.ui.recognize.map_panel import MapPanel
    from app.ui.recognize.why.panel import WhyPanel


INPUT_WIDTH, COMPACT_INPUT_WIDTH, TIGHT_INPUT_WIDTH = 262, 212, 188
PANEL_WIDTH, COMPACT_PANEL_WIDTH = 320, 260
INSIDE_SHARE = 7
"""Of the room that is left, beside 6 for the paper: the inside of the network is looked at from afar as well."""
PREDICTION_WIDTH, NARROW_PREDICTION_WIDTH, TIGHT_PREDICTION_WIDTH = 300, 280, 296
LOW_BELOW = 660
"""On a page lower than this, less is told of the model."""
COMPACT_BELOW = 1140
"""On a page narrower than this, the middle column and the tools give room to the bars."""


STACKED_BELOW = 920
"""On a page narrower than this, a panel stands below the answer, which gives it the room of its bars."""
LOWERED_BELOW, LOWERED_HEIGHT, SMALL_INPUT = 840, 80, 54
"""On a page narrower than this, the network input is a row of so many pixels below the answer."""


class RecognizeColumns(QHBoxLayout):
    """Paper, the network input, the prediction. A panel may take the place of the middle column."""

    narrowed = Signal(bool)
    stacked = Signal(bool)
    lowered = Signal(bool)  # the network input stands in a row below the answer

    def __init__(self, paper: QWidget, network_input: QWidget, prediction: QWidget) -> None:
        super().__init__()
        self._input, self._prediction = FitScroll(network_input, upright=True), prediction
        self._panel: QWidget | None = None
        self._share, self._page_width, self._is_stacked, self._is_lowered = 0, COMPACT_BELOW, False, False
        self._right = QVBoxLayout()
        self._right.addWidget(prediction)
        self.addWidget(paper, 6)
        self.addWidget(self._input)
        self.addLayout(self._right, 5)
        self._fit()

    @property
    def is_narrow(self) -> bool:
        """True when the paper has the least room: in a small window, beside a panel, or in a very small one."""
        return self._page_width < (theme.TIGHT_BELOW if self._panel is None else COMPACT_BELOW)

    def fit_width(self, width: int) -> None:
        """Make room for the answer on a narrow page."""
        self._page_width = width
        self._fit()

    def show_panel(self, panel: QWidget | None, share: int = 0) -> None:
        """Let a panel take the place of the middle column, or give it back; with a share, it grows with the page."""
        self._take_out()
        if self._panel is not None:
            self._panel.hide()
        self._panel, self._share = panel, share
        self._input.setVisible(panel is None)
        self._fit()  # before it is shown: a window grows for what does not fit, and stays large
        if panel is not None:
            self._put_in(panel)
            panel.show()

    def _put_in(self, panel: QWidget) -> None:
        if self._is_stacked:
            self._right.addWidget(panel, 1)
        else:
            self.insertWidget(1, panel, self._share)

    def _take_out(self) -> None:
        if self._panel is not None:
            self.removeWidget(self._panel)
            self._right.removeWidget(self._panel)

    def _stack(self) -> None:
        """Move the panel, if there is another place for it now."""
        is_stacked = self._panel is not None and self._page_width < STACKED_BELOW
        if is_stacked == self._is_stacked:
            return
        self._take_out()
        self._is_stacked = is_stacked
        self.stacked.emit(is_stacked)
        if self._panel is not None and not self._panel.isHidden():
            self._put_in(self._panel)

    def _lower(self) -> None:
        """Move the network input, if there is another place for it now."""
        is_lowered = self._page_width < LOWERED_BELOW
        if is_lowered == self._is_lowered:
            return
        self._is_lowered = is_lowered
        self.lowered.emit(is_lowered)
        self.removeWidget(self._input)
        self._right.removeWidget(self._input)
        if is_lowered:
            self._right.addWidget(self._input)
        else:
            self.insertWidget(1, self._input)
        self._input.setMinimumHeight(LOWERED_HEIGHT if is_lowered else 0)
        self._input.setMaximumHeight(LOWERED_HEIGHT if is_lowered else UNLIMITED)

    def _fit(self) -> None:
        network_input, panel = INPUT_WIDTH, PANEL_WIDTH
        prediction = NARROW_PREDICTION_WIDTH if self.is_narrow else PREDICTION_WIDTH
        margin = theme.page_margin(self._page_width)
        if self._page_width < theme.TIGHT_BELOW:
            network_input, panel, prediction = TIGHT_INPUT_WIDTH, COMPACT_PANEL_WIDTH, TIGHT_PREDICTION_WIDTH
        elif self._page_width < COMPACT_BELOW:
            network_input, panel = COMPACT_INPUT_WIDTH, COMPACT_PANEL_WIDTH
        self.setContentsMargins(margin, margin, margin, margin)
        self.setSpacing(margin)
        self._right.setSpacing(margin)
        self._stack()
        self._lower()
        keep_width(self._input, network_input, grows=self._is_lowered)
        if self._panel is not None:
            keep_width(self._panel, panel, grows=bool(self._share) or self._is_stacked)
        self._prediction.setMinimumWidth(prediction)
        self.narrowed.emit(self.is_narrow)


class Reasons(QObject):
    """The panels that take the place of the network input, one at a time: Why?, the inside of the network, the map.

    Each is made when it is first asked for, and told what was read while it is shown.
    """

    def __init__(
        self, columns: RecognizeColumns, show_correction: Callable[[NetworkInput], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._columns, self._show_correction = columns, show_correction
        self._why: WhyPanel | None = None
        self._inside: InsidePanel | None = None
        self._map: MapPanel | None = None
        self._read: tuple[Recognition | None, StoredModel | None] = (None, None)

    @property
    def panel(self) -> "WhyPanel | None":
        """The panel of Why?, if it is shown."""
        return self._why if self._why is not None and not self._why.isHidden() else None

    @property
    def inside(self) -> "InsidePanel | None":
        """The inside of the network, if it is shown."""
        return self._inside if self._inside is not None and not self._inside.isHidden() else None

    @property
    def map(self) -> "MapPanel | None":
        """The map of what the network knows, if it is shown."""
        return self._map if self._map is not None and not self._map.isHidden() else None

    def show_recognition(self, recognition: Recognition, model: StoredModel | None) -> None:
        """Explain this, if anybody looks."""
        self._read = (recognition, model)
        for panel in (self.panel, self.inside, self.map):
            if panel is not None:
                panel.show_recognition(*self._read)

    @Slot(bool)
    def open(self, is_open: bool) -> None:
        """Show why, or the network input."""
        if is_open and self._why is None:
            from app.ui.recognize.why.panel import WhyPanel  # explaining takes a moment to load, few need it at once

            self._why = WhyPanel()
            self._why.hints.correction_requested.connect(self._show_correction)
        self._show(self._why, is_open)

    @Slot(bool)
    def open_inside(self, is_open: bool) -> None:
        """Show the inside of the network, or the network input."""
        if is_open and self._inside is None:
            from app.ui.recognize.inside.panel import InsidePanel

            self._inside = InsidePanel()
        self._show(self._inside, is_open)

    @Slot(bool)
    def open_map(self, is_open: bool) -> None:
        """Show where the drawing lies, or the network input."""
        if is_open and self._map is None:
            from app.ui.recognize.map_panel import MapPanel

            self._map = MapPanel()
        self._show(self._map, is_open)

    def _show(self, panel: "WhyPanel | InsidePanel | MapPanel | None", is_open: bool) -> None:
        if is_open:
            self._columns.show_panel(panel, INSIDE_SHARE if panel is self._inside else 0)
        elif panel is not None and not panel.isHidden():
            self._columns.show_panel(None)
        if is_open and panel is not None:
            panel.show_recognition(*self._read)

"""Where things are on the Recognize page: three columns; the middle one tells what the network sees, or why."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.ui import theme

SEES_WIDTH, COMPACT_SEES_WIDTH = 262, 200
PANEL_WIDTH, COMPACT_PANEL_WIDTH = 320, 260
BELIEVES_WIDTH, NARROW_BELIEVES_WIDTH = 300, 280
COMPACT_BELOW = 1140
"""On a page narrower than this, the middle column and the tools give room to the bars."""


class RecognizeColumns(QHBoxLayout):
    """Paper, what the network sees, what it believes. A panel may take the place of the middle column."""

    narrowed = Signal(bool)

    def __init__(self, paper: QWidget, sees: QWidget, believes: QWidget) -> None:
        super().__init__()
        self._sees, self._believes = sees, believes
        self._panel: QWidget | None = None
        self._is_compact = False
        self.setContentsMargins(*[theme.MARGIN] * 4)
        self.setSpacing(theme.MARGIN)
        self.addWidget(paper, 6)
        self.addWidget(sees)
        self.addWidget(believes, 5)
        self._fit()

    @property
    def is_narrow(self) -> bool:
        """True when the paper has the least room: in a small window, beside a panel."""
        return self._is_compact and self._panel is not None

    def set_compact(self, is_compact: bool) -> None:
        """Make room for the answer in a small window."""
        self._is_compact = is_compact
        self._fit()

    def show_panel(self, panel: QWidget | None) -> None:
        """Let a panel take the place of the middle column, or give it back."""
        if self._panel is not None:
            self.removeWidget(self._panel)
            self._panel.hide()
        self._panel = panel
        self._sees.setVisible(panel is None)
        self._fit()  # before it is shown: a window grows for what does not fit, and stays large
        if panel is not None:
            self.insertWidget(1, panel)
            panel.show()

    def _fit(self) -> None:
        self._sees.setFixedWidth(COMPACT_SEES_WIDTH if self._is_compact else SEES_WIDTH)
        if self._panel is not None:
            self._panel.setFixedWidth(COMPACT_PANEL_WIDTH if self._is_compact else PANEL_WIDTH)
        self._believes.setMinimumWidth(NARROW_BELIEVES_WIDTH if self.is_narrow else BELIEVES_WIDTH)
        self.narrowed.emit(self.is_narrow)

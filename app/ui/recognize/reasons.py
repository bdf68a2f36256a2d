"""Why the network answers as it does: the panel in place of the middle column, and corrections it proposes."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from app.core.models.store import StoredModel
from app.ui.recognize.page import RecognizeColumns
from app.ui.recognize.recognizer import Recognition

if TYPE_CHECKING:
    from app.ui.recognize.why.panel import WhyPanel


class Reasons(QObject):
    """Makes the panel when it is first asked for, and tells it what was read while it is shown."""

    correction_requested = Signal(object)
    example_chosen = Signal(object)
    shut_down_finished = Signal()

    def __init__(self, columns: RecognizeColumns, parent: QObject) -> None:
        super().__init__(parent)
        self._columns = columns
        self._panel: WhyPanel | None = None
        self._read: tuple[Recognition | None, StoredModel | None] = (None, None)

    @property
    def panel(self) -> "WhyPanel | None":
        """The panel, if it is shown."""
        return self._panel if self._panel is not None and not self._panel.isHidden() else None

    def show_recognition(self, recognition: Recognition, model: StoredModel | None) -> None:
        """Explain this, if anybody looks."""
        self._read = (recognition, model)
        if self.panel is not None:
            self.panel.show_recognition(*self._read)

    @Slot(bool)
    def open(self, is_open: bool) -> None:
        """Show the panel, or what the network sees."""
        if is_open and self._panel is None:
            self._panel = self._make()
        self._columns.show_panel(self._panel if is_open else None)
        if is_open and self._panel is not None:
            self._panel.show_recognition(*self._read)

    def shut_down(self) -> None:
        """End what is computed; `shut_down_finished` tells when. Returns at once."""
        if self._panel is None:
            self.shut_down_finished.emit()
        else:
            self._panel.shut_down()

    def _make(self) -> "WhyPanel":
        from app.ui.recognize.why.panel import WhyPanel  # explaining takes a moment to load, and few need it at once

        panel = WhyPanel()
        panel.correction_requested.connect(self.correction_requested)
        panel.example_chosen.connect(self.example_chosen)
        panel.shut_down_finished.connect(self.shut_down_finished)
        return panel

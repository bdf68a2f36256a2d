"""The table of logits and probabilities: made when it is asked for, and computed only while it is seen."""

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from app.core.inference.softmax_table import LogitReader
from app.core.models.store import StoredModel
from app.ui.widgets.softmax_view import SoftmaxView
from app.ui.workers.recognition import Recognition

_PAUSE_MS = 60
"""The logits of a large network take milliseconds: they wait until the pen rests for a moment."""


class SoftmaxDesk(QObject):
    """Follows the answers that are shown."""

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self._page = page
        self.view: SoftmaxView | None = None
        self._reader: LogitReader | None = None
        self._recognition: Recognition | None = None
        self._model: StoredModel | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_PAUSE_MS)
        self._soon.timeout.connect(self._show)

    @Slot()
    def open(self) -> None:
        """Show the table."""
        if self.view is None:
            self.view = SoftmaxView(self._page.window())
        self._show()
        self.view.show()
        self.view.raise_()
        self.view.activateWindow()

    def show_recognition(self, recognition: Recognition, model: StoredModel | None) -> None:
        """Take note of what was read, and by whom."""
        self._recognition, self._model = recognition, model
        if self.view is not None and self.view.isVisible():
            self._soon.start()

    @Slot()
    def _show(self) -> None:
        read, model = self._recognition, self._model
        assert self.view is not None
        if read is None or model is None or read.prediction is None:
            self.view.show_table(None)
            return
        if self._reader is None or self._reader.model != model:
            self._reader = LogitReader(model)
        self.view.show_table(self._reader.table(read.shown.image, read.prediction))

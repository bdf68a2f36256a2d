"""Shows the Train page what lies on the paper of the Recognize page."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from app.ui.pages.recognize_page import RecognizePage
from app.ui.widgets.paper import Paper

if TYPE_CHECKING:
    from app.ui.pages.train_page import TrainPage

_PREVIEW_MS = 80


class PreviewFeed(QObject):
    """Passes the paper on while the Train page can make use of it, a dozen times a second at most."""

    def __init__(self, recognize: RecognizePage, train: "TrainPage") -> None:
        super().__init__(train)
        self._recognize, self._train = recognize, train
        self._shown: Paper | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_PREVIEW_MS)
        self._soon.timeout.connect(self.show_paper)
        recognize.input_changed.connect(train.show_input)
        recognize.input_changed.connect(self._on_input_changed)
        recognize.canvas.busy_changed.connect(train.give_way)
        recognize.canvas.changed.emit()  # tell the new page what is drawn already

    @Slot()
    def show_paper(self) -> None:
        """Show the paper of now, if it is another one."""
        if self._recognize.paper is not self._shown:
            self._shown = self._recognize.paper
            self._train.show_preview(self._recognize.preview())

    @Slot()
    def _on_input_changed(self) -> None:
        if (self._train.isVisible() or self._train.is_training) and not self._soon.isActive():
            self._soon.start()

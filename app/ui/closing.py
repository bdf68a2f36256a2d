"""Closing the window: ask before work is lost, let everything beside it end, and only then close."""

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from app.ui.common.page import Page, Unfinished
from app.ui.common.tasks import shut_down_all


class Closing(QObject):
    """Begins with `request`. `began` says what is waited for."""

    began = Signal(str)
    finished = Signal()

    def __init__(self, window: QWidget, pages: Callable[[], Iterable[Page]]) -> None:
        """`pages` are those that were made so far."""
        super().__init__(window)
        self._window, self._pages = window, pages
        self._question: QMessageBox | None = None
        self._has_begun = self.is_over = False

    def request(self) -> None:
        """Close, after asking if something would be lost."""
        if any(each.question for each in self._unfinished()):
            self._ask()
        else:
            self._shut_down()

    def end(self) -> None:
        """Close without a question, because the session ends: what is under way is stopped, and can be resumed."""
        self._shut_down()

    def _ask(self) -> None:
        if self._question is None:
            self._question = self._question_about(self._unfinished())
            self._question.finished.connect(self._on_answered)
            self._question.open()

    @Slot(int)
    def _on_answered(self, answer: int) -> None:
        if self._question is not None:
            self._question.deleteLater()
            self._question = None
        if answer == QMessageBox.StandardButton.Yes.value:
            self._shut_down()

    def _shut_down(self) -> None:
        if not self._has_begun:
            self._has_begun = True
            saving, other = self.tr("Saving the model, then closing…"), self.tr("Finishing, then closing…")
            self.began.emit(saving if any(each.is_saving for each in self._unfinished()) else other)
            shut_down_all(self._window, self._on_work_ended)

    def _on_work_ended(self) -> None:
        self.is_over = True
        self.finished.emit()

    def _unfinished(self) -> list[Unfinished]:
        return [page.unfinished for page in self._pages()]

    def _question_about(self, unfinished: Sequence[Unfinished]) -> QMessageBox:
        box = QMessageBox(
            QMessageBox.Icon.Question,
            self.tr("Softmax Studio"),
            "\n".join(each.question for each in unfinished if each.question),
            QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No,
            self._window,
        )
        discards = any(each.discards for each in unfinished)
        close = self.tr("Discard and close") if discards else self.tr("Stop and close")
        box.button(QMessageBox.StandardButton.Yes).setText(close)
        box.button(QMessageBox.StandardButton.No).setText(
            self.tr("Cancel") if discards else self.tr("Continue training")
        )
        box.setDefaultButton(QMessageBox.StandardButton.No)
        return box

"""Closing the window: ask before work is lost, let every page end what it does, and only then close."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from app.ui.common.tasks import shut_down_all


@dataclass(frozen=True)
class Unfinished:
    """What is under way. `is_undecided`: a stopped model is neither kept nor discarded."""

    is_training: bool = False
    is_saving: bool = False
    is_undecided: bool = False
    is_searching: bool = False

    @property
    def would_be_lost(self) -> bool:
        """True if closing needs a word first; saving ends by itself."""
        return self.is_searching or (not self.is_saving and (self.is_training or self.is_undecided))


class Closing(QObject):
    """Begins with `request`. `began` says what is waited for: pages that were told to shut down, until they have."""

    began = Signal(str)
    finished = Signal()

    def __init__(
        self, window: QWidget, unfinished: Callable[[], Unfinished], pages: Callable[[], Sequence[Any]]
    ) -> None:
        super().__init__(window)
        self._window, self._unfinished, self._pages = window, unfinished, pages
        self._waiting_for: set[QObject] = set()
        self._question: QMessageBox | None = None
        self.is_over = False

    def request(self) -> None:
        """Close, after asking if something would be lost."""
        if self._unfinished().would_be_lost:
            self._ask()
        else:
            self._shut_down()

    @Slot()
    def on_page_shut_down(self) -> None:
        """Note that the sender, a page, has ended what it did."""
        self._waiting_for.discard(self.sender())
        self._finish_if_done()

    def _on_work_ended(self) -> None:
        self._waiting_for.discard(self)
        self._finish_if_done()

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
        if self._waiting_for:
            return
        saving, other = self.tr("Saving the model, then closing…"), self.tr("Finishing, then closing…")
        self.began.emit(saving if self._unfinished().is_saving else other)
        pages = self._pages()
        self._waiting_for = {*pages, self}
        for page in pages:
            page.shut_down()
        shut_down_all(self._window, self._on_work_ended)

    def _finish_if_done(self) -> None:
        if not self._waiting_for and not self.is_over:
            self.is_over = True
            self.finished.emit()

    def _question_about(self, unfinished: Unfinished) -> QMessageBox:
        box = QMessageBox(
            QMessageBox.Icon.Question,
            self.tr("Softmax Studio"),
            self._words(unfinished),
            QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No,
            self._window,
        )
        discards = unfinished.is_undecided
        close = self.tr("Discard and close") if discards else self.tr("Stop and close")
        box.button(QMessageBox.StandardButton.Yes).setText(close)
        box.button(QMessageBox.StandardButton.No).setText(
            self.tr("Cancel") if discards else self.tr("Continue training")
        )
        box.setDefaultButton(QMessageBox.StandardButton.No)
        return box

    def _words(self, unfinished: Unfinished) -> str:
        sentences = []
        if unfinished.is_undecided:
            sentences.append(self.tr("Keep the stopped model first?"))
        elif unfinished.is_training:
            sentences.append(self.tr("A network is training. Stop it and close?"))
        if unfinished.is_searching:
            sentences.append(self.tr("A search is running. Stop it and close? It can go on after the next start."))
        return "\n".join(sentences)

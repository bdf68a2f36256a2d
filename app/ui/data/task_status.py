"""What goes on with a set's data: a bar while a task is under way, a sentence when it is over."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QProgressBar, QWidget

from app.ui.common import build
from app.ui.common.tasks import Task, Tasks

_STEPS = 1000

Result = TypeVar("Result")


class TaskStatus(QWidget):
    """One task at a time: how far it is, a way to stop it, how it ended, and another try. Else it is hidden."""

    changed = Signal()  # a task began, or is over
    focus_left = Signal()  # the keyboard was at a button that is gone

    def __init__(self, tasks: Tasks, when_stopped: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks, self._when_stopped = tasks, when_stopped
        self._task: Task[Any] | None = None
        self._had_focus = False  # until its button was disabled
        self._again: Callable[[], None] | None = None
        self._words: Callable[[Any], tuple[str, float]] | None = None
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Progress"))
        self._text = build.label(name="status", wraps=True, fills=True)
        selectable = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        self._text.setTextInteractionFlags(selectable)
        self._stop = build.button(self.tr("Cancel"), name="stop", clicked=self._on_stop_clicked)
        self._retry = build.button(self.tr("Try again"), name="retry", clicked=self._on_retry_clicked)
        top = Qt.AlignmentFlag.AlignTop
        build.column(self._bar, build.row((self._text, 1), (self._stop, top), (self._retry, top)), on=self)
        self.hide()

    @property
    def is_busy(self) -> bool:
        """Something is under way."""
        return self._task is not None

    @property
    def text(self) -> str:
        """What it says."""
        return "" if self.isHidden() else self._text.text()

    def run(
        self,
        text: str,
        work: Callable[[Task[Result]], Result],
        done: Callable[[Result], str],
        *,
        words: Callable[[Any], tuple[str, float]] | None = None,
        again: Callable[[], None] | None = None,
        when_stopped: str = "",
    ) -> None:
        """Make this call beside the window, beside everything else. `done` returns what to say of its result, if any.

        `text` says what goes on; `words` makes of what the task tells another text, and a share from 0 to 1. "Try
        again" calls `again` or, without it, does the same once more.
        """
        self._words = words or (lambda share: (text, share))
        self._again = again or partial(self.run, text, work, done, words=words, when_stopped=when_stopped)
        self._task = self._tasks.start(
            work,
            partial(self._on_done, done),
            failed=self._on_failed,
            stopped=partial(self._on_stopped, when_stopped or self._when_stopped),
            progressed=self._on_progressed,
            lane=self,
        )
        self._bar.setRange(0, 0)
        self._stop.setEnabled(True)
        self._show(text)

    def drop(self) -> None:
        """End what is under way, and tell nothing of it."""
        task, self._task = self._task, None
        if task is not None:
            task.drop()

    def clear(self) -> None:
        """Nothing to tell."""
        self.hide()

    def show_notice(self, text: str) -> None:
        """Say that something is over, and well; an empty text says nothing."""
        self._show(text)
        self.setVisible(bool(text))

    def show_failure(self, text: str, again: Callable[[], None]) -> None:
        """Say that something did not work, and let it be tried again."""
        self._again = again
        self._show(text, is_failure=True)

    def take_focus(self) -> bool:
        """Give the keyboard's focus to the one button that is shown; false if there is none."""
        for button in (self._stop, self._retry):
            if not self.isHidden() and not button.isHidden():
                button.setFocus()
                return True
        return False

    def _show(self, text: str, is_failure: bool = False) -> None:
        had_focus = self._has_focus() or self._had_focus
        self._had_focus = False
        role = "error" if is_failure else "muted"
        self._text.setText(text)
        if self._text.property("role") != role:
            self._text.setProperty("role", role)
            self._text.style().polish(self._text)
        self._bar.setVisible(self.is_busy)
        self._stop.setVisible(self.is_busy)
        self._retry.setVisible(is_failure)
        self.show()
        self.changed.emit()
        if had_focus and not self.take_focus():
            self.focus_left.emit()

    def _has_focus(self) -> bool:
        return self.window().focusWidget() in {self._stop, self._retry}

    def _on_done(self, done: Callable[[Result], str], result: Result) -> None:
        self._task = None
        self.show_notice(done(result))

    def _on_failed(self, sentence: str) -> None:
        self._task = None
        self._show(sentence, is_failure=True)

    def _on_stopped(self, text: str) -> None:
        self._task = None
        self._show(text)

    def _on_progressed(self, told: Any) -> None:
        assert self._words is not None
        text, share = self._words(told)
        if self._text.text() != text:
            self._text.setText(text)
        self._bar.setRange(0, _STEPS)
        self._bar.setValue(int(share * _STEPS))

    @Slot()
    def _on_stop_clicked(self) -> None:
        self._had_focus = self._has_focus()
        self._text.setText(self.tr("Stopping…"))
        self._stop.setEnabled(False)
        if self._task is not None:
            self._task.stop()

    @Slot()
    def _on_retry_clicked(self) -> None:
        if self._again is not None:
            self._again()

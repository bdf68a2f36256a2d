"""A line above the other pages: what the open lesson asks for next."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QWidget

from app.core.lessons.lesson import Preparation
from app.ui import theme
from app.ui.common import build
from app.ui.lessons.course import Course


class LessonGuide(QFrame):
    """Shown while a lesson is followed on another page."""

    back_requested = Signal()
    left = Signal()
    prepare_requested = Signal(object)  # Preparation

    def __init__(self, course: Course, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("window_offer")
        self._course = course
        self._chosen: Preparation | None = None
        self._news = ""
        self._is_prepared = self._has_begun = False
        self._where = build.label(role="title")
        self._words = build.label(name="guide_words", wraps=True, fills=True)
        self._words.setTextFormat(Qt.TextFormat.MarkdownText)
        self.prepare = build.button(name="guide_prepare", kind="primary", clicked=self._on_prepare)
        self.done = build.button(self.tr("Done"), name="guide_done", kind="primary", clicked=self._on_done)
        self.hint = build.button(self.tr("Hint"), name="guide_hint", kind="quiet", checkable=True)
        self.back = build.button(self.tr("To the lesson"), name="guide_back", kind="quiet", clicked=self.back_requested)
        self.leave = build.button(self.tr("Leave"), name="guide_leave", kind="quiet", clicked=self.left)
        self.hint.toggled.connect(self.show_task)
        row = (self._where, (self._words, 1), self.prepare, self.done, self.hint, self.back, self.leave)
        build.row(*row, on=self, margins=(theme.PADDING, 4, theme.SPACING, 4))
        course.task_done.connect(self._on_task_done)
        course.run_begun.connect(self._on_run_begun)
        course.runs_read.connect(self._on_runs_read)
        course.run_missed.connect(self._on_run_missed)
        self.hide()

    @Slot()
    def show_task(self) -> None:
        """Say what has just happened, and what is to be done now."""
        self._show(self._news)

    def begin(self) -> None:
        """A task is begun: what happened before it is no news any more."""
        self._news = ""

    def set_prepared(self, preparation: Preparation, is_prepared: bool) -> None:
        """The button of a task was clicked, and perhaps did what it does."""
        self._chosen, self._is_prepared = preparation, is_prepared
        self.show_task()

    @property
    def _task(self) -> int | None:
        """The number of the task whose button was clicked last; of the first that is not done once that one is."""
        lesson, done = self._course.lesson, self._course.done.done
        tasks = lesson.task if lesson is not None and self._chosen is not None else ()
        begun = (number for number, task in enumerate(tasks) if task.prepare is self._chosen and number not in done)
        return next(begun, self._course.next_task)

    def _show(self, first: str) -> None:
        """Say `first` what has just happened, then what is to be done now."""
        lesson, number = self._course.lesson, self._task
        if lesson is None:
            return
        if number is None:
            self._where.setText("✓")
            said = self.tr("**{lesson}** is done.").format(lesson=lesson.title)
            self._words.setText(" ".join(filter(None, (first, said, lesson.conclusion))))
            for button in (self.hint, self.prepare, self.done):
                button.hide()
            return
        task = lesson.task[number]
        self._where.setText(self.tr("{number} of {count}").format(number=number + 1, count=len(lesson.task)))
        is_prepared, fills = self._is_prepared and task.prepare is self._chosen, task.config is not None
        last = self.tr("The form is filled in: click *Train*.") if is_prepared and fills else ""
        if last and self._has_begun:
            last = self.tr("It trains now: watch the curves.")
        asked = (task.hint,) if self.hint.isChecked() else (task.text, last)
        self._words.setText(" ".join(filter(None, (first, *asked))))
        self.prepare.setText(self.tr("Fill in the form") if fills else self.tr("Go there"))
        is_locked = fills and self._has_begun  # the form of a run that is under way
        self.prepare.setVisible(task.prepare is not None and not (is_prepared or is_locked))
        self.done.setVisible(task.check is None)
        self.hint.setVisible(bool(task.hint))

    @Slot(int)
    def _on_task_done(self, task: int) -> None:
        self.hint.setChecked(False)
        words = self._course.words_of(task) or self.tr("Done.")
        self._tell(f"✓ *{words}*")

    @Slot()
    def _on_prepare(self) -> None:
        lesson, number = self._course.lesson, self._task
        if lesson is not None and number is not None:
            self.prepare_requested.emit(lesson.task[number].prepare)

    @Slot()
    def _on_done(self) -> None:
        if (number := self._task) is not None:
            self._course.mark(number)

    @Slot()
    def _on_run_begun(self) -> None:
        self._has_begun = True
        self.show_task()

    @Slot()
    def _on_runs_read(self) -> None:
        """A run has ended."""
        self._has_begun = False
        self.show_task()

    @Slot(str)
    def _on_run_missed(self, words: str) -> None:
        self._tell(f"*{words}*")

    def _tell(self, news: str) -> None:
        self._news = news
        self.show_task()

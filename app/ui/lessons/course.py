"""The course as a window follows it: which lesson is open, and which of its tasks the facts show to be done."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal, Slot

from app.core.datasets.samples.sets import sample_sets
from app.core.lessons.checks import is_met, runs_met, samples_met
from app.core.lessons.happenings import Happening, Reading
from app.core.lessons.lesson import Lesson, RunsCheck, SamplesCheck, Task
from app.core.lessons.library import load_lessons
from app.core.lessons.progress import CourseProgress, LessonProgress
from app.core.runs.history import RunHistory
from app.core.runs.records import RunRecord
from app.ui.common.messages import Messages
from app.ui.common.tasks import Tasks
from app.ui.common.window_object import Changes, Happenings


class Course(QObject):
    """Watches the lesson that is open; `task_done` tells the number of a task, `runs_read` that there are new ones."""

    lesson_changed = Signal()
    task_done = Signal(int)
    runs_read = Signal()
    epochs_read = Signal(object)  # the epochs of each run that was asked for, by its number

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.library, self.progress = load_lessons(), CourseProgress()
        self.lesson: Lesson | None = None
        self.runs: tuple[RunRecord, ...] = ()
        self._tasks = Tasks(self)
        self._listens = False

    @property
    def done(self) -> LessonProgress:
        """What is done of the open lesson."""
        return self.progress.of(self.lesson) if self.lesson is not None else LessonProgress()

    @property
    def next_task(self) -> int | None:
        """The number of the first task of the open lesson that is not done."""
        return self.done.next_task(self.lesson) if self.lesson is not None else None

    def open(self, lesson: Lesson) -> None:
        """Follow this lesson from now on."""
        self._listen()
        self.lesson = lesson
        self.lesson_changed.emit()
        self.look_again()

    def repeat(self) -> None:
        """Begin the open lesson anew: only what is done from now on counts."""
        if self.lesson is not None:
            self._keep(self.progress.repeat)
            self.lesson_changed.emit()

    def mark(self, task: int, runs: Sequence[int] = (), words: str = "") -> None:
        """A task of the open lesson is done."""
        if self.lesson is not None and task not in self.done.done:
            self._keep(lambda lesson: self.progress.mark(lesson, task, runs, words))
            self.task_done.emit(task)

    def runs_of(self, task: int) -> tuple[RunRecord, ...]:
        """The runs that did a task, as far as they are still there."""
        done = self.done.done.get(task)
        return tuple(run for run in self.runs if done is not None and run.id in done.runs)

    @property
    def trained_model(self) -> str:
        """The newest model that the open lesson's runs left, or an empty text."""
        met = [run for task in self.done.done for run in self.runs_of(task) if run.model]
        return max(met, key=lambda run: run.id).model or "" if met else ""

    @Slot()
    def look_again(self) -> None:
        """Look at the history and at the samples, beside the window."""
        if self.lesson is not None:
            self._tasks.start(lambda _task: _facts(), self._on_facts, newest_only=True)

    @Slot(object)
    def read_epochs(self, runs: Sequence[int]) -> None:
        """Read the epochs of these runs, beside the window."""
        self._tasks.start(
            lambda _task: {run: RunHistory().epochs(run) for run in runs},
            self.epochs_read.emit,
            lane="epochs",
            newest_only=True,
        )

    def _listen(self) -> None:
        """Hear what happens in the window; asked for once the page is in it."""
        if not self._listens:
            self._listens = True
            Happenings.of(self).happened.connect(self._on_happened)
            Changes.of(self).runs_changed.connect(self.look_again)
            Changes.of(self).data_changed.connect(self.look_again)

    def _open_tasks(self) -> list[tuple[int, Task]]:
        tasks = self.lesson.task if self.lesson is not None else ()
        return [(number, task) for number, task in enumerate(tasks) if number not in self.done.done]

    @Slot(object)
    def _on_happened(self, happened: Happening) -> None:
        for number, task in self._open_tasks():
            if task.check is not None and is_met(task.check, happened):
                self.mark(number, words=self._words(happened))
                return  # one thing does one task

    def _words(self, happened: Happening) -> str:
        if not isinstance(happened, Reading):
            return ""
        words = self.tr("{model} read {answer} with {confidence}, then {rival}.")
        confidence = f"{happened.confidence:.0%}"
        return words.format(model=happened.model, answer=happened.answer, confidence=confidence, rival=happened.rival)

    def _on_facts(self, facts: tuple[tuple[RunRecord, ...], tuple[int, ...]]) -> None:
        self.runs, samples = facts
        for number, task in self._open_tasks():
            check = task.check
            if isinstance(check, RunsCheck):
                met = runs_met(check, self.runs, self.done.since)
                if met:
                    self.mark(number, [run.id for run in met])
            elif isinstance(check, SamplesCheck) and samples_met(check, samples):
                self.mark(number)
        self.runs_read.emit()

    def _keep(self, write: Callable[[Lesson], None]) -> None:
        assert self.lesson is not None
        try:
            write(self.lesson)
        except OSError as error:
            Messages.of(self).error(self.tr("What you did cannot be kept ({why}).").format(why=error.strerror))


def _facts() -> tuple[tuple[RunRecord, ...], tuple[int, ...]]:
    """All runs, and how many samples each of the user's sets has."""
    return RunHistory().runs(), tuple(found.total for found in sample_sets())

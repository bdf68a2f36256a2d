"""The course as a window follows it: which lesson is open, and which of its tasks the facts show to be done."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from PySide6.QtCore import QObject, Signal, Slot

from app.core.datasets.samples.sets import sample_sets
from app.core.lessons.checks import is_met, runs_met, samples_met, why_not
from app.core.lessons.happenings import Action, Deed, Happening
from app.core.lessons.lesson import ActionCheck, Lesson, RunsCheck, SamplesCheck, Task
from app.core.lessons.library import load_lessons
from app.core.lessons.progress import CourseProgress, LessonProgress
from app.core.percentages import probability_text
from app.core.runs.history import RunHistory
from app.core.runs.records import RunRecord, RunState
from app.ui.common.messages import Messages
from app.ui.common.tasks import Tasks
from app.ui.common.window_object import Changes, Happenings


class Course(QObject):
    """Watches the lesson that is open.

    `task_done` tells the number of a task, `runs_read` that there are new runs, `run_missed` why the newest one did
    nothing for the lesson.
    """

    lesson_changed = Signal()
    task_done = Signal(int)
    runs_read = Signal()
    run_begun = Signal()
    run_missed = Signal(str)
    epochs_read = Signal(object)  # the epochs of each run that was asked for, by its number

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.library, self.progress = load_lessons(), CourseProgress()
        self.lesson: Lesson | None = None
        self.runs: tuple[RunRecord, ...] = ()
        self._tasks = Tasks(self)
        self._listens = False
        self._times: Counter[int] = Counter()
        self._seen: int | None = None

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
        self.lesson, self._seen = lesson, None
        self._times.clear()
        self.lesson_changed.emit()
        self.look_again()

    def repeat(self) -> None:
        """Begin the open lesson anew: only what is done from now on counts."""
        if self.lesson is not None:
            self._times.clear()
            self._keep(self.progress.repeat)
            self.lesson_changed.emit()

    def mark(self, task: int, runs: Sequence[int] = (), words: str = "") -> None:
        """A task of the open lesson is done."""
        if self.lesson is not None and task not in self.done.done:
            self._keep(lambda lesson: self.progress.mark(lesson, task, runs, words))
            self.task_done.emit(task)

    def answer(self, question: int) -> None:
        """The answer to a question of the open lesson is looked at."""
        if question not in self.done.answered:
            self._keep(lambda lesson: self.progress.answer(lesson, question))

    def runs_of(self, task: int) -> tuple[RunRecord, ...]:
        """The runs that did a task, as far as they are still there.

        One that was begun later has but the number: in a history that was made anew.
        """
        done = self.done.done.get(task)
        return tuple(run for run in self.runs if done is not None and run.id in done.runs and run.created <= done.when)

    def words_of(self, task: int) -> str:
        """What did a task, as a sentence; empty while it is not done, or where there is nothing to say."""
        done, runs = self.done.done.get(task), self.runs_of(task)
        if runs:
            return self.tr("Done by {runs}.").format(runs=", ".join(run.title for run in runs))
        return done.words if done is not None else ""

    @property
    def following(self) -> Lesson | None:
        """The lesson after the open one."""
        lessons = self.library.lessons
        after = (after for before, after in pairwise(lessons) if before is self.lesson)
        return next(after, None)

    @property
    def trained_models(self) -> list[str]:
        """The models that the open lesson's runs left, the newest first."""
        met = {run.id: run.model for task in self.done.done for run in self.runs_of(task) if run.model}
        return [met[run] for run in sorted(met, reverse=True)]

    @Slot()
    def look_again(self) -> None:
        """Look at the history and at the samples, beside the window."""
        if self.lesson is not None:
            lesson, since, tasks = self.lesson, self.done.since, self._open_tasks()
            self._tasks.start(lambda _task: _facts(lesson, since, tasks), self._on_facts, newest_only=True)

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
        if isinstance(happened, Deed) and happened.action is Action.BEGAN_RUN:
            self.run_begun.emit()
        for number, task in self._open_tasks():
            check = task.check
            if check is not None and is_met(check, happened, self.trained_models):
                self._times[number] += 1
                if not isinstance(check, ActionCheck) or self._times[number] >= check.times:
                    self.mark(number, words=self._words(happened))
                return  # one thing does one task

    def _words(self, happened: Happening) -> str:
        if isinstance(happened, Deed):
            return ""
        words = self.tr("{model} read {answer} with {confidence}.")
        confidence = probability_text(happened.confidence)
        return words.format(model=happened.title, answer=happened.answer, confidence=confidence)

    def _on_facts(self, facts: "_Facts") -> None:
        if facts.lesson is not self.lesson or facts.since != self.done.since:
            return  # another one was opened meanwhile, which looks for itself
        self.runs = facts.runs
        newest, before = max((run.id for run in facts.runs if run.state is not RunState.RUNNING), default=0), self._seen
        self._seen = newest
        for number, runs in facts.met.items():
            self.mark(number, runs)
        if not facts.met and before is not None and newest > before and facts.why_not:
            self.run_missed.emit(facts.why_not)
        self.runs_read.emit()

    def _keep(self, write: Callable[[Lesson], None]) -> None:
        assert self.lesson is not None
        try:
            write(self.lesson)
        except OSError as error:
            Messages.of(self).error(self.tr("What you did cannot be kept ({why}).").format(why=error.strerror))


@dataclass(frozen=True)
class _Facts:
    """All runs, the tasks of a lesson that facts show to be done, with their runs, and why the newest run did none."""

    lesson: Lesson
    since: datetime | None
    runs: tuple[RunRecord, ...]
    met: dict[int, tuple[int, ...]]
    why_not: str


def _facts(lesson: Lesson, since: datetime | None, tasks: Sequence[tuple[int, Task]]) -> _Facts:
    """Look at the history and at the samples for what does `tasks`, which are not done."""
    runs, samples = RunHistory().runs(), [found.total for found in sample_sets()]
    met: dict[int, tuple[int, ...]] = {}
    for number, task in tasks:
        if isinstance(task.check, RunsCheck):
            if done_by := runs_met(task.check, runs, since, task.config):
                met[number] = tuple(run.id for run in done_by)
        elif isinstance(task.check, SamplesCheck) and samples_met(task.check, samples):
            met[number] = ()
    newest = max((run for run in runs if run.state is not RunState.RUNNING), key=lambda run: run.id, default=None)
    words = why_not([task for _number, task in tasks], newest, runs, since) if newest is not None else ""
    return _Facts(lesson, since, runs, met, words)

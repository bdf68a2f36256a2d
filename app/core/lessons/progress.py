"""What a user has done of each lesson, task by task and question by question; in a file of the user's folder."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from app.core.file_writing import set_aside, write_whole
from app.core.lessons.lesson import Lesson
from app.core.paths import read_regular, user_dir

NAME = "lessons.json"
MOST_BYTES = 1 << 22


class Done(BaseModel):
    """When a task was done, by which runs (their numbers), and in words what was seen."""

    model_config = ConfigDict(frozen=True)

    when: AwareDatetime
    runs: tuple[int, ...] = ()
    words: str = ""


class LessonProgress(BaseModel):
    """The tasks of one lesson that are done, by their numbers, and the questions whose answers were looked at.

    Runs from before `since` do not count any more.
    """

    model_config = ConfigDict(frozen=True)

    since: AwareDatetime | None = None
    done: dict[int, Done] = {}
    answered: frozenset[int] = frozenset()

    def is_whole(self, lesson: Lesson) -> bool:
        """Whether every task is done."""
        return all(number in self.done for number in range(len(lesson.task)))

    def next_task(self, lesson: Lesson) -> int | None:
        """The first task that is not done, None after the last."""
        return next((number for number in range(len(lesson.task)) if number not in self.done), None)


class _Stored(BaseModel):
    version: Literal[1] = 1
    lessons: dict[str, LessonProgress] = {}


def _joined(ours: LessonProgress, theirs: LessonProgress) -> LessonProgress:
    """What two windows know of a lesson: of the one that has begun it anew last, or of both."""
    if ours.since != theirs.since:
        return theirs if ours.since is None or (theirs.since is not None and theirs.since > ours.since) else ours
    both = {"done": theirs.done | ours.done, "answered": theirs.answered | ours.answered}
    return ours.model_copy(update=both)


class CourseProgress:
    """The progress of all lessons. Every change is written at once; OSError is raised where that cannot be."""

    def __init__(self, folder: Path | None = None) -> None:
        """Read what was kept. A file that is damaged is set aside, and `problem` says so."""
        self._folder, self.problem = folder or user_dir(), ""
        self._lessons = self._read()

    def of(self, lesson: Lesson) -> LessonProgress:
        """What is done of a lesson."""
        return self._lessons.get(lesson.id, LessonProgress())

    def mark(self, lesson: Lesson, task: int, runs: Sequence[int] = (), words: str = "") -> None:
        """A task is done."""
        done = {task: Done(when=datetime.now(UTC), runs=tuple(runs), words=words)}
        self._change(lesson, lambda before: {"done": before.done | done})

    def answer(self, lesson: Lesson, question: int) -> None:
        """The answer to a question was looked at."""
        self._change(lesson, lambda before: {"answered": before.answered | {question}})

    def repeat(self, lesson: Lesson) -> None:
        """Begin the lesson again: nothing that was done before counts."""
        self._change(lesson, lambda _before: dict(LessonProgress(since=datetime.now(UTC))))

    def _change(self, lesson: Lesson, changed: Callable[[LessonProgress], Mapping[str, Any]]) -> None:
        """Change a lesson, and whatever another window has done meanwhile stays."""
        for name, theirs in self._read().items():
            self._lessons[name] = _joined(self._lessons.get(name, theirs), theirs)
        before = self.of(lesson)
        self._lessons[lesson.id] = before.model_copy(update=changed(before))
        self._folder.mkdir(parents=True, exist_ok=True)
        write_whole(self._folder / NAME, _Stored(lessons=self._lessons).model_dump_json(indent=1).encode())

    def _read(self) -> dict[str, LessonProgress]:
        path = self._folder / NAME
        try:
            return dict(_Stored.model_validate_json(read_regular(path, MOST_BYTES)).lessons)
        except FileNotFoundError:
            return {}
        except (OSError, ValidationError):
            try:
                aside = set_aside(path)
                what = "is damaged, or was written by a newer version"
                self.problem = f"What was kept of your lessons {what}; it was set aside as {aside}."
            except OSError:
                self.problem = f"What was kept of your lessons cannot be read: {path}. Move that file away."
            return {}

"""The lessons of the course, by topic, with how far each is."""

from collections.abc import Callable
from itertools import groupby

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.core.lessons.lesson import Lesson
from app.core.lessons.progress import LessonProgress
from app.ui.common.lists import EntryText, HeadedList, Index


class LessonList(HeadedList):
    """`lesson_chosen` tells the one that the cursor comes to."""

    lesson_chosen = Signal(object)

    def __init__(self, progress: Callable[[Lesson], LessonProgress], parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Lessons"), parent)
        self._progress = progress

    def show_lessons(self, lessons: tuple[Lesson, ...]) -> None:
        """List these, in their order."""
        self.clear_entries()
        for topic, members in groupby(lessons, key=lambda lesson: lesson.topic):
            self.add_entries(topic, members)

    def text_of(self, entry: Lesson) -> EntryText:
        progress, count = self._progress(entry), len(entry.task)
        done = sum(number in progress.done for number in range(count))
        note = self.tr("✓ done") if done == count else self.tr("{done} of {count}").format(done=done, count=count)
        minutes = self.tr("about {minutes} minutes").format(minutes=entry.minutes)
        return EntryText(entry.title, note if done else "", minutes, tip=entry.title)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell which lesson was come to."""
        super().currentChanged(current, previous)
        lesson = self.entry_at(current)
        if lesson is not None:
            self.lesson_chosen.emit(lesson)

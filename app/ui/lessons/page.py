"""The Lessons page: the course on the left, the open lesson on the right, whose tasks are done on the other pages."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from app.core.errors import InputError, StudioError
from app.core.imaging.drawing import load_drawing
from app.core.imaging.paper import Paper
from app.core.lessons.lesson import TRAINED, Lesson, Preparation
from app.core.models.store import find_model
from app.core.runs.listing import Query, RunList
from app.ui import theme
from app.ui.common import build
from app.ui.common.containers import Card
from app.ui.common.layout import FitScroll, keep_width
from app.ui.common.messages import Messages, Notice
from app.ui.common.navigator import Navigator
from app.ui.common.page import Page
from app.ui.common.plots.line import SIGNS
from app.ui.lessons.course import Course
from app.ui.lessons.guide import LessonGuide
from app.ui.lessons.lesson_list import LessonList
from app.ui.lessons.lesson_view import TEXT_WIDTH, LessonView
from app.ui.settings import Settings

LIST_WIDTH = 264


class LessonsPage(Page):
    """Opens the lesson of the last time. While one is followed, a line stands above the other pages."""

    def __init__(self, settings: Settings | None = None, parent: QWidget | None = None) -> None:
        super().__init__(settings, parent)
        self.course = Course(self)
        self.strip = self.guide = LessonGuide(self.course)
        self.list, self.notice = LessonList(self.course.progress.of), Notice()
        self.view: LessonView | None = None
        self._room = build.column()
        self._lay_out()
        self._connect()
        self.list.show_lessons(self.course.library.lessons)

    def showEvent(self, event: QShowEvent) -> None:
        """Go on where one was, with the facts of now."""
        super().showEvent(event)
        self.guide.hide()
        if self.course.lesson is None:
            self._open_last()
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.course.look_again()

    def hideEvent(self, event: QHideEvent) -> None:
        """The guide goes along to the other pages."""
        super().hideEvent(event)
        if self.settings.follows_lesson and not event.spontaneous():
            self._show_guide()

    def go_on(self) -> None:
        """The window opens while a lesson is followed: show its line again, unless all of it is done."""
        self._open_last()
        if self.settings.follows_lesson and self.course.next_task is not None:
            self._show_guide()

    def _lay_out(self) -> None:
        card = Card(self.tr("Lessons"))
        card.body.addWidget(self.list)
        keep_width(card, LIST_WIDTH)
        text = build.panel(self._room)
        text.setMaximumWidth(TEXT_WIDTH)
        beside = build.row((text, 1000), (QWidget(), 1))  # the text takes all there is, up to its width
        self._scroll = FitScroll(build.panel(beside), upright=True)
        right = build.column(self.notice, (self._scroll, 1))
        build.row(card, (right, 1), on=self, margins=theme.MARGIN, spacing=theme.MARGIN)
        problems = (*self.course.library.problems, self.course.progress.problem)
        if any(problems):
            self.notice.say(" ".join(filter(None, problems)))

    def _connect(self) -> None:
        self.list.lesson_chosen.connect(self._on_lesson_chosen)
        self.course.lesson_changed.connect(self._show_lesson)
        self.course.task_done.connect(self._show_progress)
        self.course.runs_read.connect(self._show_progress)
        self.guide.back_requested.connect(self._on_back)
        self.guide.left.connect(self._on_left)
        self.guide.prepare_requested.connect(self._on_prepare_requested)

    def _open_last(self) -> None:
        """The one that was open, unless it is done; then the first that is not."""
        lessons = self.course.library.lessons
        undone = [lesson for lesson in lessons if not self.course.progress.of(lesson).is_whole(lesson)]
        last = next((lesson for lesson in undone if lesson.id == self.settings.lesson), None)
        self.list.go_to(last or next(iter(undone), lessons[0]))

    def _show_guide(self) -> None:
        self.guide.show_task()
        self.guide.show()

    @Slot(object)
    def _on_lesson_chosen(self, lesson: Lesson) -> None:
        if lesson is not self.course.lesson:
            if lesson.id != self.settings.lesson:
                self.settings.lesson, self.settings.follows_lesson = lesson.id, False
            self.course.open(lesson)

    @Slot()
    def _show_lesson(self) -> None:
        assert self.course.lesson is not None
        if self.view is not None:
            focused = self.window().focusWidget()
            if focused is not None and self.view.isAncestorOf(focused):  # which hiding it would hand on to anybody
                self.list.setFocus(Qt.FocusReason.OtherFocusReason)
            build.remove(self._room, self.view)
        self.view = LessonView(self.course, self.course.lesson)
        self.view.prepare_requested.connect(self._on_prepare_requested)
        self.view.lesson_requested.connect(self.list.go_to)
        self._room.addWidget(self.view)
        self._scroll.verticalScrollBar().setValue(0)
        self._show_progress()

    @Slot()
    def _show_progress(self) -> None:
        if self.view is not None:
            self.view.show_progress()
        self.list.viewport().update()

    @Slot(object)
    def _on_prepare_requested(self, prepare: Preparation) -> None:
        self.settings.follows_lesson = True
        self.guide.begin()
        try:
            self.guide.set_prepared(prepare, self._prepare(prepare))
        except (StudioError, ValueError, OSError) as error:
            Messages.of(self).error(str(error))

    def _prepare(self, prepare: Preparation) -> bool:
        """Turn to the page of a task, with what it needs. False where that page says why it cannot be."""
        navigator = Navigator.of(self)
        model = prepare.model
        if model == TRAINED:
            trained = self.course.trained_models
            if not trained:
                raise InputError(self.tr("This lesson has trained no network yet: do the task before this one first."))
            model = trained[0]
        if prepare.page == "train" and prepare.config is not None:
            return navigator.fill_form(prepare.config)
        if prepare.page == "recognize":
            if model:
                navigator.use_model(model)
            if prepare.drawing:
                card = find_model(model or "digits-cnn").card
                paper = Paper(load_drawing(prepare.drawing_file))
                navigator.open_paper(paper, card.preprocessing, card.class_names)
            navigator.show_paper()
        elif prepare.page == "evaluate" and model:
            navigator.evaluate_model(model)
        elif prepare.page == "runs" and prepare.filter:
            found = RunList(self.course.runs).found(Query(prepare.filter))
            navigator.show_runs(tuple(run.id for run in found[: len(SIGNS)]))
        else:
            navigator.show(prepare.page)
        return True

    @Slot()
    def _on_left(self) -> None:
        self.settings.follows_lesson = False
        self.guide.hide()

    @Slot()
    def _on_back(self) -> None:
        Navigator.of(self).show("lessons")

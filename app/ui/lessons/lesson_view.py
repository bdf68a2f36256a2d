"""A lesson as one reads it: its text, its tasks, what the user saw, and its questions."""

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from app.core.lessons.lesson import Lesson, Preparation, Question, Task
from app.ui import theme
from app.ui.common import build
from app.ui.common.containers import Card
from app.ui.lessons.course import Course
from app.ui.lessons.picture import PictureView
from app.ui.lessons.seen import SeenRuns

TEXT_WIDTH = 760


def prose(text: str, role: str = "") -> QWidget:
    """Paragraphs in Markdown that wrap, with some air between them."""
    paragraphs = [part if part.startswith("- ") else " ".join(part.split("\n")) for part in text.strip().split("\n\n")]
    labels = [build.label(part, role=role, wraps=True, selectable=True) for part in paragraphs]
    for label in labels:
        label.setTextFormat(Qt.TextFormat.MarkdownText)
    return build.panel(build.column(*labels))


def state_mark(name: str) -> QLabel:
    """What stands before a task or a question."""
    mark = build.label(name=name, role="title")
    mark.setFixedWidth(theme.CONTROL_HEIGHT)
    return mark


def show_state(mark: QLabel, is_done: bool, before: str) -> None:
    """A tick for what is done, `before` for what is not."""
    mark.setText("✓" if is_done else before)
    mark.setProperty("role", "right" if is_done else "title")
    mark.style().polish(mark)


class TaskView(QFrame):
    """One task: whether it is done, what to do, and buttons that help."""

    prepare_requested = Signal(object)  # Preparation
    done_by_hand = Signal(int)

    def __init__(self, number: int, task: Task, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.number, self.task = number, task
        self._mark = state_mark(f"task_mark_{number}")
        self._hint = prose(task.hint, "muted")
        self._hint.hide()
        self.words = build.label(role="caption", wraps=True)
        self.prepare = build.button(name=f"prepare_{number}", clicked=self._on_prepare)
        self.hint = build.button(self.tr("Hint"), name=f"hint_{number}", kind="quiet", checkable=True)
        self.done = build.button(self.tr("Done"), name=f"done_{number}", kind="quiet", clicked=self._on_done)
        self.hint.toggled.connect(self._hint.setVisible)
        self.hint.setVisible(bool(task.hint))
        self.prepare.setVisible(task.prepare is not None)
        if task.prepare is not None:
            self.prepare.setText(preparation_words(task.prepare))
        buttons = build.row(self.prepare, self.hint, self.done, build.STRETCH)
        said = build.column(prose(task.text), buttons, self._hint, self.words, spacing=theme.SPACING // 2)
        build.row((self._mark, Qt.AlignmentFlag.AlignTop), (said, 1), on=self)

    def show_state(self, is_done: bool, words: str, is_next: bool) -> None:
        """Whether it is done, in `words` by what; the next one stands out."""
        show_state(self._mark, is_done, f"{self.number + 1}.")
        self.done.setVisible(not is_done and self.task.check is None)
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self.prepare.setProperty("kind", "primary" if is_next else "")
        self.prepare.style().polish(self.prepare)

    @Slot()
    def _on_prepare(self) -> None:
        self.prepare_requested.emit(self.task.prepare)

    @Slot()
    def _on_done(self) -> None:
        self.done_by_hand.emit(self.number)


class QuestionView(QWidget):
    """A question whose answer is shown on demand, and is still there when the lesson is opened again."""

    revealed = Signal(int)

    def __init__(self, number: int, question: Question, is_answered: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number = number
        self._mark = state_mark(f"question_mark_{number}")
        self.reveal = build.button(name=f"reveal_{number}", kind="quiet", checkable=True)
        self._answer = prose(question.answer, "muted")
        said = build.column(
            prose(question.ask), build.row(self.reveal, build.STRETCH), self._answer, spacing=theme.SPACING // 2
        )
        build.row((self._mark, Qt.AlignmentFlag.AlignTop), (said, 1), on=self)
        show_state(self._mark, is_answered, "?")
        self._show(is_answered)
        self.reveal.setChecked(is_answered)
        self.reveal.toggled.connect(self._on_toggled)

    def _show(self, is_shown: bool) -> None:
        self._answer.setVisible(is_shown)
        self.reveal.setText(self.tr("Hide the answer") if is_shown else self.tr("Show the answer"))

    @Slot(bool)
    def _on_toggled(self, is_shown: bool) -> None:
        self._show(is_shown)
        show_state(self._mark, True, "?")
        self.revealed.emit(self._number)


class LessonView(QWidget):
    """Made anew for each lesson."""

    prepare_requested = Signal(object)
    lesson_requested = Signal(object)

    def __init__(self, course: Course, lesson: Lesson, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._course, self.lesson = course, lesson
        self.tasks = tuple(TaskView(number, task) for number, task in enumerate(lesson.task))
        self.seen = SeenRuns()
        self.repeat = build.button(self.tr("Begin again"), name="repeat_lesson", kind="quiet", clicked=course.repeat)
        self._conclusion = prose(lesson.conclusion)
        after = course.following
        onward = self.tr("Next lesson: {title}").format(title=after.title) if after is not None else ""
        self.onward = build.button(onward, name="next_lesson", kind="primary", clicked=self._on_onward)
        cards = [self._intro(), self._to_do(), self.seen]
        if lesson.question:
            cards.append(self._questions())
        build.column(*cards, build.STRETCH, on=self, spacing=theme.MARGIN)
        for task in self.tasks:
            task.prepare_requested.connect(self.prepare_requested)
            task.done_by_hand.connect(course.mark)
        self.seen.epochs_wanted.connect(course.read_epochs)
        course.epochs_read.connect(self.seen.show_curves)
        self.show_progress()

    def show_progress(self) -> None:
        """Show what is done by now."""
        course, progress, following = self._course, self._course.done, self._course.next_task
        for task in self.tasks:
            done = progress.done.get(task.number)
            task.show_state(done is not None, course.words_of(task.number), task.number == following)
        self.repeat.setVisible(bool(progress.done or progress.answered))
        self._conclusion.setVisible(following is None and bool(self.lesson.conclusion))
        self.onward.setVisible(following is None and course.following is not None)
        shown = {run.id: run for task in self.tasks for run in course.runs_of(task.number)}
        self.seen.show_runs(tuple(shown.values()))

    @Slot()
    def _on_onward(self) -> None:
        self.lesson_requested.emit(self._course.following)

    @Slot(int)
    def _on_revealed(self, question: int) -> None:
        self._course.answer(question)
        self.show_progress()

    def _intro(self) -> Card:
        card = Card()
        minutes = self.tr("{topic} · about {minutes} minutes")
        about = minutes.format(topic=self.lesson.topic, minutes=self.lesson.minutes)
        title = build.label(self.lesson.title, role="answer")
        title.setProperty("long", "true")
        heading = build.row(title, build.STRETCH, self.repeat)
        for part in (build.label(about, role="caption"), prose(self.lesson.text)):
            card.body.addWidget(part)
        for picture in self.lesson.picture:
            card.body.addWidget(PictureView(self.lesson.folder / picture.file, picture.caption))
        card.body.insertLayout(0, heading)
        return card

    def _to_do(self) -> Card:
        card = Card(self.tr("What to do"))
        card.body.setSpacing(theme.MARGIN)
        for task in self.tasks:
            card.body.addWidget(task)
        card.body.addWidget(self._conclusion)
        card.body.addLayout(build.row(self.onward, build.STRETCH))
        return card

    def _questions(self) -> Card:
        card = Card(self.tr("To think about"))
        card.body.setSpacing(theme.MARGIN)
        for number, question in enumerate(self.lesson.question):
            view = QuestionView(number, question, number in self._course.done.answered)
            view.revealed.connect(self._on_revealed)
            card.body.addWidget(view)
        return card


def preparation_words(prepare: Preparation) -> str:
    """What the button of a task says."""
    translate = QCoreApplication.translate
    words = {
        "recognize": translate("lessons", "Go to the paper"),
        "train": translate("lessons", "Fill in the form on Train")
        if prepare.recipe
        else translate("lessons", "Go to Train"),
        "evaluate": translate("lessons", "Evaluate it") if prepare.model else translate("lessons", "Go to Evaluate"),
        "runs": translate("lessons", "Compare them on Runs") if prepare.filter else translate("lessons", "Go to Runs"),
        "data": translate("lessons", "Go to Data"),
        "models": translate("lessons", "Go to Models"),
        "search": translate("lessons", "Go to Search"),
    }
    return words[prepare.page]

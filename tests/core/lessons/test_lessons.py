"""The course: its files, what shows that a task is done, and what is kept of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.core.config.config import TrainingConfig
from app.core.inference.calibration import Verdict
from app.core.lessons.checks import is_met, runs_met, samples_met, why_not
from app.core.lessons.happenings import Action, Deed, Reading
from app.core.lessons.lesson import ActionCheck, Lesson, ReadingCheck, RunsCheck, SamplesCheck
from app.core.lessons.library import load_lessons, own_lessons_dir, read_lesson
from app.core.lessons.progress import NAME, CourseProgress
from app.core.networks.summary import network_summary
from app.core.recipes import find_recipe
from app.core.recipes.changes import changes, run_name
from app.core.runs.records import Metrics, RunRecord, RunState
from tests.core.runs.made_runs import made_run

LESSON = """
title = "A title"
topic = "A topic"
minutes = 5
text = "Some words."

[[task]]
text = "Train."
prepare = { page = "train", recipe = "textbook-perceptron", settings = { epochs = 3 } }
runs = { filter = "recipe=textbook-perceptron epochs_done>=3" }

[[task]]
text = "Draw."
reading = { answers = ["4"], rivals = ["9"], confidence_below = 0.8 }
"""


@pytest.fixture
def lesson(tmp_path: Path) -> Lesson:
    return read(tmp_path, LESSON)


def read(folder: Path, text: str) -> Lesson:
    path = folder / "lesson.toml"
    path.write_text(text, encoding="utf-8")
    return read_lesson(path)


def test_the_course_has_its_lessons_in_the_order_of_the_notes() -> None:
    library = load_lessons()
    assert library.problems == ()
    assert len(library.lessons) >= 18
    topics = list(dict.fromkeys(lesson.topic for lesson in library.lessons))
    assert [lesson.topic for lesson in library.lessons] == sorted(
        (lesson.topic for lesson in library.lessons), key=topics.index
    ), "a topic stands in two places"


def whole_run(config: TrainingConfig, number: int = 1) -> RunRecord:
    """A run of that config that did all its epochs, or was stopped early if it could be, and reads nearly all."""
    stops = bool(config.early_stopping_patience)
    return made_run(
        number,
        config,
        name=run_name(config),
        state=RunState.EARLY_STOPPED if stops else RunState.COMPLETED,
        epochs_done=config.epochs,
        parameters=network_summary(config, 10).parameters,
        test_accuracy=0.999,
    )


@pytest.mark.parametrize("lesson", load_lessons().lessons, ids=lambda lesson: lesson.id)
def test_what_a_task_prepares_meets_it_and_nothing_less_does(lesson: Lesson) -> None:
    assert 3 <= lesson.minutes <= 15
    assert lesson.question
    for task in lesson.task:
        if isinstance(task.check, RunsCheck) and task.config:
            run, check = whole_run(task.config), RunsCheck(filter=task.check.filter)
            assert runs_met(check, [run], config=task.config) == (run,), task.text
            assert not why_not([task], run)
            assert not runs_met(check, [replace(run, state=RunState.FAILED)], config=task.config)
            assert not runs_met(check, [replace(run, recipe="another")], config=task.config)
            assert not runs_met(check, [replace(run, dataset="another")], config=task.config)
            assert not runs_met(check, [replace(run, epochs_done=0, metrics=Metrics())], config=task.config)
            assert not runs_met(check, [run], since=run.created + timedelta(seconds=1), config=task.config)
            before_the_clock_was_set_back = datetime.now(UTC) + timedelta(days=1)
            assert runs_met(check, [run], since=before_the_clock_was_set_back, config=task.config) == (run,)


def test_a_run_does_no_task_that_asks_for_other_settings() -> None:
    tasks = [(task, task.config) for lesson in load_lessons().lessons for task in lesson.task]
    for task, config in tasks:
        for other, asked in tasks:
            check = other.check
            if config and asked and config.recipe == asked.recipe and isinstance(check, RunsCheck) and check.count == 1:
                is_same = not changes(config, asked.changed(epochs=config.epochs))
                assert is_same or not runs_met(check, [whole_run(config)], config=asked), (task.text, other.text)


def test_pictures_lie_beside_a_lesson(tmp_path: Path) -> None:
    words = LESSON.replace("[[task]]", '[[picture]]\nfile = "way.svg"\ncaption = "The way."\n\n[[task]]', 1)
    with pytest.raises(ValueError, match=r"There is no picture way\.svg beside the lesson"):
        read(tmp_path, words)
    (tmp_path / "way.svg").touch()
    assert read(tmp_path, words).picture[0].caption == "The way."
    with pytest.raises(ValueError, match="There is no picture"):
        read(tmp_path, words.replace("way.svg", "x" * 300 + ".svg"))
    for file in ("../way.svg", "/etc/way.svg", "way.exe"):
        with pytest.raises(ValueError, match="picture 1: File"):
            read(tmp_path, words.replace("way.svg", file))


def test_it_is_said_why_a_run_does_not_count(lesson: Lesson) -> None:
    task = lesson.task[0]
    assert task.config
    run = whole_run(task.config.changed(seed=7))
    assert why_not([task], run) == ""
    other = replace(whole_run(task.config.changed(learning_rate=10)), name="mine")
    assert why_not([task], other) == "mine #1 does not count: it has learning rate 10."
    run = replace(run, name="mine")
    words = "mine #1 does not count after 2 epochs: epochs done ≥ 3 is asked for."
    assert why_not([task], replace(run, epochs_done=2)) == words
    assert why_not([task], replace(run, recipe="another")) == ""  # that was no try
    assert why_not([lesson.task[1]], run) == ""


def test_a_run_is_compared_with_the_task_that_is_nearest() -> None:
    lesson = load_lessons().find("08-learning-rates")
    assert lesson is not None
    assert lesson.task[1].config
    run = replace(whole_run(lesson.task[1].config), name="mine", epochs_done=2)
    words = "mine #1 does not count after 2 epochs: epochs done ≥ 10 is asked for."
    assert why_not(lesson.task[:3], run) == words


def test_of_several_runs_it_is_told_how_many_there_are() -> None:
    lesson = load_lessons().find("08-learning-rates")
    assert lesson is not None
    task = lesson.task[3]
    assert task.config
    runs = [whole_run(task.config.changed(learning_rate=rate), number) for number, rate in ((1, 0.3), (2, 0.03))]
    words = f"{runs[1].title} counts: 2 of 5 runs are done."
    assert why_not([task], runs[1], runs) == words
    assert why_not([task], runs[1], [*runs, runs[0]]) == words  # of each learning rate one


def test_of_runs_with_the_same_value_one_counts() -> None:
    base = find_recipe("quickstart-mnist").config.changed(optimizer="sgd")
    runs = [whole_run(base.changed(learning_rate=rate)) for rate in (0.1, 0.1, 0.3)]
    check = RunsCheck(filter="optimizer=sgd", count=2, differ="learning_rate")
    assert runs_met(check, runs) == (runs[0], runs[2])
    assert runs_met(check, runs[:2]) == ()


def test_what_is_wrong_with_a_lesson_is_said_in_a_sentence(tmp_path: Path) -> None:
    wrong = {
        'title = "A title"': "title = ",
        "minutes = 5": 'minutes = "soon"',
        "textbook-perceptron": "perceptron",
        "epochs_done>=3": "epoch_done>=3",
        'page = "train"': 'page = "training"',
        "epochs = 3": "epochs = 0",
        'rivals = ["9"]': 'rival = ["9"]',
        "reading =": 'action = "evaluated"\nreading =',
    }
    for right, instead in wrong.items():
        with pytest.raises(ValueError, match=r"\w{3,}.*[.?]$"):
            read(tmp_path, LESSON.replace(right, instead))


def test_a_teachers_lessons_come_last_and_broken_ones_are_named() -> None:
    folder = own_lessons_dir()
    folder.mkdir(parents=True)
    (folder / "mine.toml").write_text(LESSON)
    (folder / "broken.toml").write_text("title = 3")
    (folder / "latin.toml").write_bytes("title = 'ä'".encode("latin-1"))
    (folder / "folder.toml").mkdir()
    library = load_lessons()
    assert library.lessons[-1].id == "own/mine"
    assert not library.lessons[-1].is_shipped
    assert [problem.split(" cannot be used")[0] for problem in library.problems] == [
        "The lesson broken.toml",
        "The lesson folder.toml",
        "The lesson latin.toml",
    ]


def test_an_answer_meets_what_is_asked_for() -> None:
    doubt = Reading("4", "9", 0.55, Verdict.UNSURE, "Digits CNN", "digits-cnn")
    assert is_met(ReadingCheck(answers=("4", "9"), rivals=("4", "9"), confidence_below=0.8), doubt)
    assert is_met(ReadingCheck(verdict=Verdict.UNSURE), doubt)
    assert is_met(ReadingCheck(model="Digits CNN"), doubt)
    assert is_met(ReadingCheck(model="digits-cnn"), doubt)
    assert is_met(ReadingCheck(model="trained"), doubt, trained=["digits-cnn"])
    for other in (
        ReadingCheck(model="trained"),
        ReadingCheck(answers=("9",)),
        ReadingCheck(rivals=("4",)),
        ReadingCheck(confidence_below=0.5),
        ReadingCheck(confidence_above=0.6),
        ReadingCheck(verdict=Verdict.SURE),
        ReadingCheck(model="Fast CNN"),
    ):
        assert not is_met(other, doubt)
        assert not is_met(other, Deed(Action.EVALUATED))


def test_an_action_meets_itself_only() -> None:
    stepped = ActionCheck(did=Action.STEPPED)
    assert is_met(stepped, Deed(Action.STEPPED))
    assert not is_met(stepped, Deed(Action.EVALUATED))
    assert not is_met(SamplesCheck(count=1), Deed(Action.EVALUATED))


def test_an_action_is_done_with_what_is_asked_for() -> None:
    evaluated = ActionCheck(did=Action.EVALUATED, model="trained")
    assert is_met(evaluated, Deed(Action.EVALUATED, model="mine"), trained=["mine"])
    assert not is_met(evaluated, Deed(Action.EVALUATED, model="digits-cnn"), trained=["mine"])
    shirts = ActionCheck(did=Action.LOOKED_AT_CELL, true="Shirt", answer="Coat")
    mistake = ActionCheck(did=Action.LOOKED_AT_CELL, mistake=True)
    shirt_as_coat, shirt = (Deed(Action.LOOKED_AT_CELL, cell=("Shirt", answer)) for answer in ("Coat", "Shirt"))
    assert (is_met(shirts, shirt_as_coat), is_met(mistake, shirt_as_coat)) == (True, True)
    assert (is_met(shirts, shirt), is_met(mistake, shirt)) == (False, False)
    compared = ActionCheck(did=Action.COMPARED_RUNS, filter="recipe=quickstart")
    one, two = (whole_run(find_recipe("quickstart-mnist").config, number) for number in (1, 2))
    other = whole_run(find_recipe("fast-cnn").config, 3)
    assert is_met(compared, Deed(Action.COMPARED_RUNS, runs=(one, two)))
    assert not is_met(compared, Deed(Action.COMPARED_RUNS, runs=(one, other)))


def test_samples_are_counted_set_by_set() -> None:
    assert samples_met(SamplesCheck(count=30), (2, 31))
    assert not samples_met(SamplesCheck(count=30), (20, 20))


def test_progress_is_kept_and_can_begin_again(lesson: Lesson, tmp_path: Path) -> None:
    progress = CourseProgress(tmp_path)
    assert progress.of(lesson).next_task(lesson) == 0
    progress.mark(lesson, 1, words="read a 4")
    kept = CourseProgress(tmp_path).of(lesson)
    assert kept.next_task(lesson) == 0
    assert kept.done[1].words == "read a 4"
    progress.mark(lesson, 0, runs=[3, 4])
    progress.answer(lesson, 2)
    assert CourseProgress(tmp_path).of(lesson).is_whole(lesson)
    assert CourseProgress(tmp_path).of(lesson).answered == {2}
    progress.repeat(lesson)
    again = CourseProgress(tmp_path).of(lesson)
    assert not again.done
    assert not again.answered
    assert again.since is not None
    assert datetime.now(UTC) - again.since < timedelta(minutes=1)


def test_two_windows_keep_what_each_has_seen(lesson: Lesson, tmp_path: Path) -> None:
    first, second = CourseProgress(tmp_path), CourseProgress(tmp_path)
    first.mark(lesson, 0, words="by the first")
    second.mark(lesson, 1)
    second.answer(lesson, 0)
    assert CourseProgress(tmp_path).of(lesson).is_whole(lesson)
    first.answer(lesson, 1)
    assert CourseProgress(tmp_path).of(lesson).answered == {0, 1}
    second.repeat(lesson)
    first.mark(lesson, 1)
    assert set(CourseProgress(tmp_path).of(lesson).done) == {1}  # what was done before the lesson began anew is over
    (tmp_path / NAME).unlink()
    first.mark(lesson, 0)
    assert CourseProgress(tmp_path).of(lesson).is_whole(lesson)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"lessons": 3}',
        b"\xff\xfe",
        b'{"version": 2}',
        b'{"lessons": {"a": {"since": "2026-03-01T12:00"}}}',
    ],
)
def test_damaged_progress_is_set_aside(content: bytes, lesson: Lesson, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(content)
    progress = CourseProgress(tmp_path)
    (aside,) = tmp_path.glob("lessons damaged 20*.json")
    assert str(aside) in progress.problem
    assert aside.read_bytes() == content
    progress.mark(lesson, 0)
    assert CourseProgress(tmp_path).of(lesson).next_task(lesson) == 1


@pytest.mark.parametrize("text", ["title = " + "9" * 5000, "title = " + "[" * 5000, "title = 1\ntitle = 2"])
def test_what_is_no_toml_is_said(text: str, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(ValueError, match=r"^it is not TOML: .*\.$"):
        read_lesson(tmp_path / "mine.toml", is_shipped=False)

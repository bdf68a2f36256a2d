"""Every lesson done as it asks: its runs are trained on the starter data, and its checks must see them.

What is done by hand (drawing, looking at pictures) is a matter of `tests/ui/lessons`.
"""

import os
import tempfile
import time
from collections.abc import Iterator

from app.core.datasets.sources import load_dataset
from app.core.lessons.checks import runs_met
from app.core.lessons.lesson import Lesson, RunsCheck, Task
from app.core.lessons.library import load_lessons
from app.core.paths import HOME_VARIABLE
from app.core.quiet import load_tensorflow
from app.core.runs.history import RunHistory
from app.core.training.control import RunControl
from tests.bench.report import Figure, Tally

OTHER_RATES = (0.03, 0.05, 0.3)
"""What somebody tries who is asked to try others."""


def measure() -> Iterator[Figure | Tally]:
    """For each lesson: how many of its tasks that ask for runs are met, and how long these take."""
    os.environ[HOME_VARIABLE] = tempfile.mkdtemp(prefix="softmax-studio-lessons-")
    load_tensorflow()
    for lesson in load_lessons().lessons:
        tasks = [task for task in lesson.task if isinstance(task.check, RunsCheck) and _can_be_trained(task)]
        if tasks:
            began = time.perf_counter()
            met = sum(_is_met(task) for task in tasks)
            yield Tally("lessons", f"{lesson.id}: tasks met", len(tasks), met, "= 100")
            minutes = (time.perf_counter() - began) / 60
            yield Figure("lessons", f"{lesson.id}: training", minutes, "min", f"<= {lesson.minutes}")
            yield from _seen(lesson)


def _can_be_trained(task: Task) -> bool:
    return task.prepare is not None and task.prepare.config is not None


def _is_met(task: Task) -> bool:
    from app.core.training.runs import run

    assert task.prepare is not None
    assert task.prepare.config is not None
    assert isinstance(task.check, RunsCheck)
    config = task.prepare.config
    rates = OTHER_RATES if task.check.differ == "learning_rate" else (config.learning_rate,)
    for rate in rates:
        wanted = config.changed(learning_rate=rate)
        run(wanted, load_dataset(wanted.dataset, wanted.data), lambda _event: None, RunControl(), None)
    return bool(runs_met(task.check, RunHistory().runs(), config=config))


def _seen(lesson: Lesson) -> Iterator[Figure]:
    """What a user would see of the lesson's runs."""
    history = RunHistory().runs()
    for number, task in enumerate(lesson.task, start=1):
        if isinstance(task.check, RunsCheck):
            for run in runs_met(task.check, history, config=task.config)[:1]:
                accuracy = 100 * (run.metrics.test_accuracy or 0.0)
                yield Figure("lessons", f"  task {number}: {run.name}: test accuracy", accuracy, "%")

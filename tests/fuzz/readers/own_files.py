"""What else lies in the user's folder: the last drawing, lessons, films of runs, searches."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from app.core.errors import InputError
from app.core.imaging.drawing import Drawing
from app.core.imaging.paper import NAME as PAPER
from app.core.imaging.paper import History, Paper, Papers, load_papers, save_papers
from app.core.imaging.pictures import Picture
from app.core.lessons.lesson import Lesson
from app.core.lessons.library import load_lessons, read_lesson
from app.core.lessons.progress import NAME as PROGRESS
from app.core.lessons.progress import CourseProgress
from app.core.paths import HOME_VARIABLE, resources_dir, user_dir
from app.core.runs.snapshots import FilmFacts, Moment, read_facts, read_sample, read_snapshot, snapshots_dir
from tests.fuzz.mutations import ANY_BYTES, ANY_TEXT, in_json
from tests.fuzz.reader import Reader
from tests.fuzz.readers.databases import in_table


def paper_seeds() -> Iterator[bytes]:
    """A few strokes, and a picture that is not there."""
    drawing = Drawing(100.0, 80.0, (((1.0, 2.0, 0, 0.5), (30.0, 40.5, 9, 0.7)), ((5.0, 5.0),)), 12.0)
    papers = [Paper(Drawing(100.0, 80.0)), Paper(drawing), Paper(drawing, Picture(np.zeros((4, 3, 3), np.uint8)))]
    with TemporaryDirectory() as folder:
        save_papers(Papers.of(History.of(papers[:2], 1)), Path(folder))
        yield Path(folder, PAPER).read_bytes()


def read_paper(path: Path) -> None:
    """As the window does when it opens: what is damaged is set aside."""
    load_papers(path.parent)
    for aside in path.parent.glob("* damaged *"):
        aside.unlink()


def lesson_seeds() -> Iterator[bytes]:
    """Those that ship."""
    for path in sorted((resources_dir() / "lessons").glob("*.toml")):
        yield path.read_bytes()


def read_own_lesson(path: Path) -> None:
    """A teacher's: what is wrong is told with a sentence."""
    try:
        read_lesson(path, is_shipped=False)
    except ValueError as error:
        if type(error) is not ValueError:
            raise


def svg_seeds() -> Iterator[bytes]:
    """Those that ship, and one in which things refer to others."""
    for path in sorted((resources_dir() / "lessons").glob("*.svg")):
        yield path.read_bytes()
    yield (
        b"<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='90' height='60'>"
        b"<defs><marker id='tip'><path d='M0 0L5 3L0 6'/></marker><linearGradient id='fade'><stop offset='0.5'/>"
        b"</linearGradient><g id='two'><circle r='9' fill='url(#fade)'/><text x='3'>a</text></g></defs>"
        b"<use xlink:href='#two' x='20'/><path d='M9 9C1 2 3 4 50 30' marker-end='url(#tip)' stroke='#000'/></svg>"
    )


_app: object = None


def read_lesson_picture(path: Path) -> None:
    """As a lesson shows it."""
    from PySide6.QtWidgets import QApplication

    from app.ui.lessons.picture import PictureView

    global _app  # noqa: PLW0603 - there is one in a process
    _app = QApplication.instance() or QApplication(["fuzz", "-platform", "offscreen"])
    view = PictureView(path, "What it shows.")
    view.resize(400, 300)
    view.grab()


@cache
def _first_lesson() -> Lesson:
    return load_lessons().lessons[0]


def progress_seeds() -> Iterator[bytes]:
    """Two lessons under way."""
    done = {"when": "2026-03-01T10:00:00Z", "runs": [3], "words": "read a 4"}
    first, second = (lesson.id for lesson in load_lessons().lessons[:2])
    yield json.dumps(
        {"version": 1, "lessons": {first: {"done": {"0": done}}, second: {"since": done["when"]}}}
    ).encode()


def read_progress(path: Path) -> None:
    """What is damaged is set aside; then something is done, while the file is as it is."""
    content, lesson = path.read_bytes(), _first_lesson()
    progress = CourseProgress(path.parent)
    path.write_bytes(content)
    progress.mark(lesson, 1)
    for aside in path.parent.glob("* damaged *"):
        aside.unlink()


def facts_seeds() -> Iterator[bytes]:
    """Of a short run."""
    from app.core.recipes import find_recipe

    config = find_recipe("quickstart-mnist").config
    facts = FilmFacts(config=config, class_names=("a", "b"), preprocessing="mnist-1", batches_per_epoch=9)
    yield facts.model_dump_json().encode()


def read_film(path: Path) -> None:
    """The facts of a film, and then that file as its sample and as the weights of a moment."""
    folder = snapshots_dir(1)
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("film.json", "sample.u8", "000001-000000001.f16"):
        shutil.copyfile(path, folder / name)
    for read in (partial(read_sample, 1), partial(read_snapshot, 1, Moment(1, 1), 40)):
        with suppress(InputError):
            read()
    read_facts(1)


@cache
def searches_seed() -> bytes:
    """A study with a trial that is done, one that runs and one that waits."""
    from app.core.recipes import find_recipe
    from app.core.search.plan import SearchPlan
    from app.core.search.space import Choices
    from app.core.search.status import TrialReport, TrialState
    from app.core.search.storage import own_storage
    from app.core.search.study import SearchStudy

    before = os.environ.get(HOME_VARIABLE)
    with TemporaryDirectory() as folder:
        os.environ[HOME_VARIABLE] = folder
        try:
            plan = SearchPlan(
                name="mine",
                method="grid",
                bases=(find_recipe("quickstart-mnist").config,),
                space=(Choices(field="epochs", values=(1, 2, 3)),),
            )
            study = SearchStudy.create(plan, own_storage())
            for number in range(2):
                taken = study.take("here")
                assert taken is not None
                report = TrialReport(worker="here", host="there", epochs_done=1)
                study.report(taken, report, [(1, 0.9)])
                if not number:
                    study.finish(taken, report, TrialState.DONE, 0.9)
            study.close()
            return (user_dir() / "searches.sqlite3").read_bytes()
        finally:
            os.environ.pop(HOME_VARIABLE)
            if before is not None:
                os.environ[HOME_VARIABLE] = before


def read_searches(path: Path) -> None:
    """As the page lists them, and goes on with one."""
    from app.core.search.study import known_studies, look_at

    home = path.parent / "home"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    path.replace(home / path.name)
    for known in known_studies():
        look_at(known.plan.name)


ROWS = (
    Reader("paper", "own files", PAPER, paper_seeds, read_paper, (ANY_TEXT, in_json, in_json)),
    Reader("lesson", "own files", "mine.toml", lesson_seeds, read_own_lesson, (ANY_TEXT,)),
    Reader("lesson-svg", "own files", "a.svg", svg_seeds, read_lesson_picture, (ANY_TEXT,)),
    Reader("progress", "own files", PROGRESS, progress_seeds, read_progress, (ANY_TEXT, in_json, in_json)),
    Reader("film", "own files", "facts.json", facts_seeds, read_film, (ANY_BYTES, ANY_TEXT, in_json, in_json)),
    Reader("searches", "databases", "searches.sqlite3", lambda: [searches_seed()], read_searches,
           (in_table, in_table, in_table, ANY_BYTES), share=5),
)  # fmt: skip

"""Where lessons come from: those that ship with the program, and a teacher's own."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import ValidationError

from app.core.config.problems import first_problem
from app.core.lessons.lesson import Lesson
from app.core.paths import read_regular, resources_dir, user_dir

MOST_BYTES = 1 << 20


@dataclass(frozen=True)
class Library:
    """All lessons in their order; `problems` are sentences on files that cannot be used."""

    lessons: tuple[Lesson, ...]
    problems: tuple[str, ...] = ()

    def find(self, lesson_id: str) -> Lesson | None:
        """The lesson of that id."""
        return next((lesson for lesson in self.lessons if lesson.id == lesson_id), None)


def own_lessons_dir() -> Path:
    """Where a teacher puts lessons. May not exist yet."""
    return user_dir() / "lessons"


def load_lessons() -> Library:
    """The shipped lessons, in the order of their files' names, then those in `own_lessons_dir`."""
    lessons, problems = list(_shipped()), []
    for path in sorted(own_lessons_dir().glob("*.toml")):
        try:
            lessons.append(read_lesson(path, is_shipped=False))
        except ValueError as error:
            problems.append(f"The lesson {path.name} cannot be used: {error}")
    return Library(tuple(lessons), tuple(problems))


@cache
def _shipped() -> tuple[Lesson, ...]:
    return tuple(read_lesson(path) for path in sorted((resources_dir() / "lessons").glob("*.toml")))


def read_lesson(path: Path, is_shipped: bool = True) -> Lesson:
    """Read a lesson. Raises ValueError with a sentence that says what is wrong."""
    try:
        values = tomllib.loads(read_regular(path, MOST_BYTES).decode())
    except OSError as error:
        raise ValueError(f"it cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8 text; save it as UTF-8.") from None
    except (ValueError, RecursionError) as error:  # numbers that are too long are no TOMLDecodeError
        raise ValueError(f"it is not TOML: {str(error).partition(';')[0]}.") from None
    lesson_id = path.stem if is_shipped else f"own/{path.stem}"
    try:
        return Lesson.model_validate({**values, "id": lesson_id, "folder": path.parent, "is_shipped": is_shipped})
    except ValidationError as error:
        raise ValueError(_problem(error)) from None


def _problem(error: ValidationError) -> str:
    """The first thing that is wrong, and in which task."""
    place = error.errors()[0]["loc"]
    part = f"{place[0]} {int(place[1]) + 1}: " if len(place) > 1 and isinstance(place[1], int) else ""
    return part + first_problem(error)

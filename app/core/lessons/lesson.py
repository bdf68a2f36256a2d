"""What a lesson is: text, tasks, and questions. Each is one TOML file; a teacher can add more."""

import os
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from app.core.config.config import TrainingConfig
from app.core.errors import InputError
from app.core.inference.calibration import Verdict
from app.core.lessons.happenings import Action
from app.core.paths import resources_dir
from app.core.recipes import find_recipe
from app.core.runs.listing import read_query

TRAINED = "trained"
"""What lessons call the model that their own runs left."""

Text = Annotated[str, Field(min_length=1, max_length=4000)]
Words = Annotated[str, Field(min_length=1, max_length=100)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _readable(text: str) -> str:
    """A filter as the one on Runs reads it."""
    problem = read_query(text).problem
    if problem:
        raise ValueError(problem)
    return text


class RunsCheck(_Part):
    """So many runs in the history that answer to `filter`, as the filter on Runs reads it.

    Where the task fills in the form, only runs with those settings count. Of runs that have the same value of the
    setting `differ`, one counts.
    """

    filter: Annotated[Words, AfterValidator(_readable)]
    count: Annotated[int, Field(ge=1, le=20)] = 1
    differ: str = ""


class ReadingCheck(_Part):
    """An answer on the paper. `answers` are classes of which it is one, `rivals` those of which the second is one.

    The confidence is a share, 0..1. `model` is a name, or `trained`. What is left out does not matter.
    """

    answers: tuple[Words, ...] = ()
    rivals: tuple[Words, ...] = ()
    verdict: Verdict | None = None
    confidence_above: float = 0.0
    confidence_below: float = 1.01
    model: str = ""


class SamplesCheck(_Part):
    """So many of the user's own samples in one set."""

    count: Annotated[int, Field(ge=1, le=10_000)]


class ActionCheck(_Part):
    """Something done on a page, `times` times. In a lesson, the word alone will do: `action = "evaluated"`.

    `model` is a name, or `trained`. A cell of the confusion matrix can be that of a class that is `true` and an
    `answer`, or any `mistake`. Of runs that are compared, two have to answer to `filter`.
    """

    did: Action
    times: Annotated[int, Field(ge=1, le=100)] = 1
    model: str = ""
    true: str = ""
    answer: str = ""
    mistake: bool = False
    filter: Annotated[str, Field(max_length=100), AfterValidator(_readable)] = ""


Check = RunsCheck | ReadingCheck | SamplesCheck | ActionCheck


class Preparation(_Part):
    """What the button of a task does: turn to a page with these settings, model, or drawing.

    `settings` change those of the `recipe`, by the names of `--set`. `drawing` names a file of the shipped samples.
    """

    page: Literal["recognize", "train", "evaluate", "runs", "data", "models", "search"]
    recipe: str = ""
    settings: dict[str, str | int | float | bool] = {}
    model: str = ""
    drawing: Annotated[str, Field(pattern=r"^[\w-]*$")] = ""
    filter: str = ""

    @property
    def config(self) -> TrainingConfig | None:
        """What the form on Train is filled with; None to leave it as it is. Raises InputError if it cannot be."""
        if not self.recipe:
            return None
        return find_recipe(self.recipe).config.with_settings(
            [f"{name}={value}" for name, value in self.settings.items()]
        )

    @property
    def drawing_file(self) -> Path:
        """Where the drawing lies."""
        return resources_dir() / "samples" / f"{self.drawing}.drawing.json"

    @model_validator(mode="after")
    def _can_be_prepared(self) -> Self:
        try:
            _ = self.config
        except InputError as error:
            raise ValueError(str(error)) from None
        if self.drawing and not os.path.isfile(self.drawing_file):  # noqa: PTH113 - a name may be too long to look for
            raise ValueError(f"There is no drawing called {self.drawing}")
        return self


class Task(_Part):
    """One thing to do, with at most one check; without, the user says that it is done."""

    text: Text
    hint: str = ""
    prepare: Preparation | None = None
    runs: RunsCheck | None = None
    reading: ReadingCheck | None = None
    samples: SamplesCheck | None = None
    action: ActionCheck | None = None

    @field_validator("action", mode="before")
    @classmethod
    def _in_a_word(cls, value: object) -> object:
        return {"did": value} if isinstance(value, str) else value

    @property
    def check(self) -> Check | None:
        """What shows that it is done."""
        return next((check for check in self._checks if check is not None), None)

    @property
    def config(self) -> TrainingConfig | None:
        """What the button fills into the form, None if it does not."""
        return self.prepare.config if self.prepare is not None else None

    @property
    def _checks(self) -> tuple[Check | None, ...]:
        return self.runs, self.reading, self.samples, self.action

    @model_validator(mode="after")
    def _has_one_check(self) -> Self:
        if sum(check is not None for check in self._checks) > 1:
            raise ValueError("A task has one check; make two tasks of it")
        return self


class LessonPicture(_Part):
    """Shown below the text. `file` lies beside the lesson's; colours of the light theme in SVG follow the window's."""

    file: Annotated[str, Field(pattern=r"^[\w-]+\.(svg|png|jpg|jpeg|webp)$")]
    caption: Annotated[str, Field(min_length=1, max_length=300)]


class Question(_Part):
    """To think about before the answer is shown."""

    ask: Text
    answer: Text


class Lesson(_Part):
    """`id` is the name of its file, which lies in `folder`. `text` is Markdown.

    `minutes` is how long it takes on the starter data.
    """

    id: str
    folder: Path
    title: Words
    topic: Words
    minutes: Annotated[int, Field(ge=1, le=120)]
    text: Text
    picture: Annotated[tuple[LessonPicture, ...], Field(max_length=10)] = ()
    conclusion: str = ""
    task: Annotated[tuple[Task, ...], Field(min_length=1, max_length=20)]
    question: Annotated[tuple[Question, ...], Field(max_length=20)] = ()
    is_shipped: bool = True

    @model_validator(mode="after")
    def _has_its_pictures(self) -> Self:
        missing = [each.file for each in self.picture if not os.path.isfile(self.folder / each.file)]  # noqa: PTH113
        if missing:
            raise ValueError(f"There is no picture {missing[0]} beside the lesson")
        return self

"""What lies on the paper, how it got there, and both as files, to go on with after a restart or a crash.

`paper.json` holds every stroke once, the papers in their order, and which of them lies there now. Pictures lie beside
it as PNG files that are named by what they show.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, NonNegativeInt

from app.core.errors import StudioError
from app.core.file_writing import set_aside, write_whole
from app.core.imaging.drawing import MAX_POINTS, CheckedPoint, Drawing, Pen, Side, Stroke, holds_too_much
from app.core.imaging.pictures import Picture, load_picture, png_of
from app.core.imaging.region import Region
from app.core.paths import read_regular

NAME = "paper.json"
MOST_PICTURES = 5
"""How many pictures of the history are saved: each takes up to a megabyte, and some time at the next start."""
MOST_POINTS = MAX_POINTS // 2
"""How many points, and numbers of strokes, of the history are saved; of what lies there now, all."""
_MOST_BYTES = 64 * 2**20
MOST_STEPS = 200
"""How many steps undo goes back."""


@dataclass(frozen=True, eq=False)
class Paper:
    """A drawing, or a picture in its place.

    `invert` and `region` are the user's word on it: whether it is light on dark, and where in it the piece of clothing
    is. None lets the core find out.

    `example_of` is the preprocessing the picture has been through already, as the examples of datasets have; `true` is
    the name of its class there.
    """

    drawing: Drawing
    picture: Picture | None = None
    invert: bool | None = None
    example_of: str = ""
    true: str = ""
    region: Region | None = None

    @property
    def is_empty(self) -> bool:
        """True when there is neither."""
        return self.picture is None and self.drawing.is_empty


@dataclass
class History:
    """Papers, one after the other, with a place in their row."""

    now: Paper
    _before: list[Paper] = field(default_factory=list)
    _after: list[Paper] = field(default_factory=list)

    @classmethod
    def of(cls, papers: Sequence[Paper], place: int) -> "History":
        """A history of these papers, of which number `place` lies there now."""
        return cls(papers[place], list(papers[:place]), list(reversed(papers[place + 1 :])))

    @property
    def papers(self) -> tuple[Paper, ...]:
        """All of them, in their order."""
        return (*self._before, self.now, *reversed(self._after))

    @property
    def place(self) -> int:
        """The number of the one that lies there now."""
        return len(self._before)

    @property
    def can_undo(self) -> bool:
        """True when there is something to go back to."""
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        """True after undo, until something new is done."""
        return bool(self._after)

    def put(self, paper: Paper) -> None:
        """Go on with another paper; what was undone is forgotten."""
        self._before = [*self._before[-(MOST_STEPS - 1) :], self.now]
        self._after.clear()
        self.now = paper

    def undo(self) -> None:
        """Go back one step, if there is one."""
        if self._before:
            self._after.append(self.now)
            self.now = self._before.pop()

    def redo(self) -> None:
        """Take one undo back, if there is one."""
        if self._after:
            self._before.append(self.now)
            self.now = self._after.pop()


@dataclass(frozen=True, eq=False)
class Papers:
    """A history as it was at one moment, safe to pass to another thread."""

    papers: tuple[Paper, ...]
    place: int

    @classmethod
    def of(cls, history: History) -> "Papers":
        """What is kept of a history: what is near enough to the present for MOST_PICTURES and MOST_POINTS."""
        papers, place = history.papers, history.place
        pictures: set[int] = set()
        strokes: set[int] = set()
        kept, points = {place}, 0
        for number in sorted(range(len(papers)), key=lambda number: abs(number - place)):
            picture, drawing = papers[number].picture, papers[number].drawing
            pictures |= set() if picture is None else {id(picture)}
            points += len(drawing.strokes) + sum(len(each) for each in drawing.strokes if id(each) not in strokes)
            strokes |= set(map(id, drawing.strokes))
            if len(pictures) > MOST_PICTURES or (points > MOST_POINTS and number != place):
                break
            kept.add(number)
        return cls(papers[min(kept) : max(kept) + 1], place - min(kept))


class _Sheet(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)

    canvas: tuple[Side, Side]
    pen: Pen = 0.0
    strokes: tuple[NonNegativeInt, ...] = ()
    picture: str | None = None
    full_size: tuple[int, int] | None = None
    invert: bool | None = None
    example_of: str = ""
    true: str = ""
    region: Region | None = None


class _PaperFile(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)

    format: Literal["softmax-studio-paper"]
    version: Literal[1]
    strokes: tuple[tuple[CheckedPoint, ...], ...]
    papers: tuple[_Sheet, ...]
    now: NonNegativeInt


def save_papers(papers: Papers, folder: Path) -> None:
    """Write them into `folder`: whole, or as if it had not been tried. Raises OSError if that is not possible."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers: dict[Stroke, int] = {}
    known: dict[int, int] = {}  # by identity: most papers share most strokes, and hashing one looks at all its points
    sheets, pictures = [], set[str]()
    for paper in papers.papers:
        drawing, picture = paper.drawing, paper.picture
        sheet: dict[str, object] = {
            "canvas": [drawing.width, drawing.height],
            "pen": drawing.pen,
            "strokes": [
                known[id(stroke)]
                if id(stroke) in known
                else known.setdefault(id(stroke), numbers.setdefault(stroke, len(numbers)))
                for stroke in drawing.strokes
                if stroke
            ],
            "invert": paper.invert,
            "example_of": paper.example_of,
            "true": paper.true,
            "region": paper.region and paper.region.model_dump(),
        }
        if picture is not None:
            sheet |= {"picture": _save_picture(picture, folder), "full_size": picture.full_size}
            pictures.add(str(sheet["picture"]))
        sheets.append(json.dumps(sheet))
    strokes = ",".join(map(_stroke_text, numbers))
    write_whole(
        folder / NAME,
        f'{{"format":"softmax-studio-paper","version":1,"now":{papers.place},'
        f'"strokes":[{strokes}],\n"papers":[{",".join(sheets)}]}}'.encode(),
    )
    for path in folder.glob("*.png"):
        if path.name not in pictures:
            path.unlink(missing_ok=True)


def load_papers(folder: Path) -> History | None:
    """The history that was saved, None if there is none.

    Raises StudioError for one that is damaged, after setting it aside.
    """
    path = folder / NAME
    try:
        content = read_regular(path, _MOST_BYTES)
        if holds_too_much(content):
            raise ValueError("it is too large")
        return _history(_PaperFile.model_validate_json(content), folder)
    except Exception as error:  # whatever it is, the window has to open
        if not os.path.lexists(path):
            return None
        problem = "The last drawing is damaged and cannot be opened"
        try:
            aside = set_aside(path)
        except OSError:
            raise StudioError(f"{problem}: {path}. Move that file away.") from error
        raise StudioError(f"{problem}; it was set aside as {aside}.") from error


def _history(content: _PaperFile, folder: Path) -> History:
    pictures: dict[str, Picture] = {}

    def papers() -> Iterator[Paper]:
        for sheet in content.papers:
            strokes = tuple(content.strokes[number] for number in sheet.strokes)
            picture = None
            if sheet.picture is not None:
                name = Path(sheet.picture).name
                if name not in pictures:
                    pictures[name] = Picture(load_picture(folder / name).rgb, sheet.full_size)
                picture = pictures[name]
            drawing = Drawing(*sheet.canvas, strokes, sheet.pen)
            yield Paper(drawing, picture, sheet.invert, sheet.example_of, sheet.true, sheet.region)

    return History.of(tuple(papers()), content.now)


@lru_cache(maxsize=4096)
def _stroke_text(stroke: Stroke) -> str:
    """Most strokes of a history are those of the time before."""
    return json.dumps(stroke, separators=(",", ":"), allow_nan=False)


def _save_picture(picture: Picture, folder: Path) -> str:
    """Write it, unless it is there, and return its name."""
    name = f"{hashlib.sha256(picture.rgb.tobytes()).hexdigest()[:24]}.png"
    if not (folder / name).exists():
        write_whole(folder / name, png_of(picture, compress_level=1))
    return name

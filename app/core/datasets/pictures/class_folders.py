"""A folder for each class: which files they hold, and what the classes are called.

The folders may lie deeper than the one that was given, inside folders for parts (`train`, `val`, `Testing`) or around
them, as they come from archives and other programs. `classes.json` beside the folders may say what their names cannot:
`{"preprocessing": "mnist-1", "classes": {"folder": "class", ...}}`, in the order of the classes; a class whose folder
is empty or missing is one, too.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.core.datasets.choices import NO_CHOICES, ChoiceNeededError, ImportChoices
from app.core.datasets.content import LONGEST_CLASS_NAME
from app.core.datasets.files.listing import Folder, LeftOutFiles
from app.core.datasets.files.parts import Part, part_of_name, words_of
from app.core.datasets.pictures.found import PictureFiles, PictureFolder, gather
from app.core.errors import InputError
from app.core.imaging.preprocess import Preprocessing
from app.core.texts import numbers_first

CLASSES_FILE = "classes.json"
ALL_TOGETHER = "all together"
"""The answer for folders of several writers, each with the same classes."""
TRAIN_FOLDER, TEST_FOLDER = "train", "test"

_LONGEST_FILE = 64 * 1024
_MOST_SETS = 6
_FEW = 0.05
_NO_CLASS = "It lies in no folder of a class."
_LABEL = re.compile(r"(?:(?:class|label|digit|letter|number|sample)[\W_]*)?(?:\d{1,4}|[^\W\d_]{1,2}|[0-9a-f]{2})", re.I)


class ClassesFile(BaseModel):
    """`classes.json`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    preprocessing: Preprocessing = Preprocessing.DIGITS
    classes: dict[str, Annotated[str, Field(min_length=1, max_length=LONGEST_CLASS_NAME)]]


@dataclass(frozen=True)
class _Place:
    """A folder with pictures: the part it belongs to, None for none, and the folders to it that are no parts."""

    part: Part | None
    steps: tuple[str, ...]
    held: PictureFolder


def find_class_folders(
    folder: Folder, held: PictureFolder, left_out: LeftOutFiles, choices: ImportChoices = NO_CHOICES
) -> PictureFiles | None:
    """Look for a folder of drawings and pictures for each class; a class is called by its folder, in order of name.

    `held` are all pictures of `folder`.

    Pictures further down belong to the class of the folder they lie in. Pictures outside all classes are left out.

    Returns None if there are no such folders. Raises InputError (too few or too many classes, a damaged `classes.json`,
    or a class of another part that the training part does not have) and `ChoiceNeededError` (several sets).
    """
    top = unwrapped(held, left_out)
    said = _read_classes(folder, top)
    places = _of_one_set(_without_common_step(list(_places(top, None, (), left_out))), choices)
    if not any(place.steps for place in places):
        return None
    named = _named(places, left_out)
    return _as_named(folder, named, left_out) if said is None else _as_said(folder, said, named)


def count_classes(held: PictureFolder) -> int:
    """How many folders of classes there are, as far as their names tell."""
    nowhere = LeftOutFiles()
    places = _without_common_step(list(_places(unwrapped(held, nowhere), None, (), nowhere)))
    return len({place.steps[0] for place in places if place.steps})


def unwrapped(found: PictureFolder, left_out: LeftOutFiles) -> PictureFolder:
    """Go into folders that hold but one other: what an archive wraps around everything. A few pictures beside it go."""
    while len(found.inner) == 1 and found.inner[0].inner and len(found.pictures) <= found.count * _FEW:
        for name in found.pictures:
            left_out.add(found.folder.shown(name), _NO_CLASS)
        found = found.inner[0]
    return found


def _without_common_step(places: list[_Place]) -> list[_Place]:
    """Leave out a folder that is in every part: "train/images/cat", "test/images/cat"."""
    deep = [place for place in places if place.steps]
    while deep and all(len(place.steps) > 1 for place in deep) and len({place.steps[0] for place in deep}) == 1:
        places = [replace(place, steps=place.steps[1:]) for place in places]
        deep = [place for place in places if place.steps]
    return places


def _places(held: PictureFolder, part: Part | None, steps: tuple[str, ...], left_out: LeftOutFiles) -> Iterator[_Place]:
    """All folders with pictures. A folder called like a part is one, unless it lies among classes: "car", "train"."""
    if held.pictures:
        yield _Place(part, steps, held)
    parts = [part_of_name(inner.name) for inner in held.inner]
    among_classes = any(inner.pictures and said is None for inner, said in zip(held.inner, parts, strict=True))
    for inner, said in zip(held.inner, parts, strict=True):
        if said is None or part not in (None, said) or not (inner.inner or not among_classes):
            yield from _places(inner, part, (*steps, inner.name), left_out)
        elif parts.count(said) > 1 and "sample" in words_of(inner.name):
            left_out.add(inner.folder.shown(""), f"It is called a sample of the {said} pictures that lie beside it.")
        else:
            yield from _places(inner, said, steps, left_out)


def _of_one_set(places: Sequence[_Place], choices: ImportChoices) -> list[_Place]:
    """The places of one set, where several lie side by side: each with the same classes, and no class itself."""
    classes_in = dict[str, set[str]]()
    for place in places:
        if len(place.steps) > 1:
            classes_in.setdefault(place.steps[0], set()).add(place.steps[1])
    if not 2 <= len(classes_in) <= _MOST_SETS or any(_LABEL.fullmatch(name) for name in classes_in):
        return list(places)
    alike = set.intersection(*classes_in.values())
    if len(alike) < 2 or not (len(alike) > 2 or all(_LABEL.fullmatch(name) for name in alike)):
        return list(places)
    wanted = next((name for name in classes_in if name.casefold() == choices.subset.casefold()), None)
    if wanted is None and choices.subset.casefold() != ALL_TOGETHER:
        names = tuple(sorted(classes_in))
        raise ChoiceNeededError(
            "subset",
            f"There are several data sets here ({', '.join(names)}); choose one of them, or {ALL_TOGETHER}.",
            (*names, ALL_TOGETHER),
        )
    chosen = classes_in if wanted is None else (wanted,)
    return [replace(place, steps=place.steps[1:]) for place in places if place.steps and place.steps[0] in chosen]


def _named(places: Sequence[_Place], left_out: LeftOutFiles) -> list[tuple[Part | None, str, PictureFolder]]:
    """Each place with the name of its class: the outermost folder, unless only the innermost can be labels."""
    inner_names, outer_names = (
        {place.steps[-1] for place in places if place.steps},
        {place.steps[0] for place in places if place.steps},
    )
    is_inner = (
        all(_LABEL.fullmatch(name) for name in inner_names)
        and not all(_LABEL.fullmatch(name) for name in outer_names)
        and len({len(place.steps) for place in places if place.steps}) == 1
    )
    named = []
    for place in places:
        if place.steps:
            named.append((place.part, _valid(place.steps[-1 if is_inner else 0]), place.held))
            continue
        for name in place.held.pictures:
            left_out.add(place.held.folder.shown(name), _NO_CLASS)
    return named


def _as_named(
    folder: Folder, named: Sequence[tuple[Part | None, str, PictureFolder]], left_out: LeftOutFiles
) -> PictureFiles:
    """Classes are called as their folders are."""
    known = {called for part, called, _ in named if part in (None, Part.TRAIN)} or {called for _, called, _ in named}
    files = dict[Part, list[tuple[str, int]]]()
    names = sorted(known, key=numbers_first)
    for part in (Part.VALIDATION, Part.TEST):
        inside = {called for where, called, _ in named if where is part}
        if inside and not inside & known:
            for _, _, held in (entry for entry in named if entry[0] is part):
                for name in held.pictures:
                    left_out.add(held.folder.shown(name), f"The {part} pictures have no folders of the classes.")
            named = [entry for entry in named if entry[0] is not part]
        elif unknown := sorted(inside - known):
            raise InputError(
                f"The class {unknown[0]} is in {_part_folder(named, part)} but not in "
                f"{_part_folder(named, Part.TRAIN)}; both need the same classes."
            )
    for where, called, held in named:
        label = names.index(called)
        files.setdefault(where or Part.TRAIN, []).extend((held.folder.at(name), label) for name in held.pictures)
    return gather(folder.path, names, files)


def _as_said(
    folder: Folder, said: ClassesFile, named: Sequence[tuple[Part | None, str, PictureFolder]]
) -> PictureFiles:
    """Classes are called as `classes.json` says."""
    folders = [_normal(name) for name in said.classes]
    if unknown := [called for _, called, _ in named if called not in folders]:
        raise InputError(f"{CLASSES_FILE} does not name the folder {unknown[0]}; add it, or delete {CLASSES_FILE}.")
    files = dict[Part, list[tuple[str, int]]]()
    for part, called, held in named:
        label = folders.index(called)
        files.setdefault(part or Part.TRAIN, []).extend((held.folder.at(name), label) for name in held.pictures)
    found = gather(folder.path, [_normal(name) for name in said.classes.values()], files)
    return replace(found, preprocessing=said.preprocessing, notes=())


def _part_folder(named: Sequence[tuple[Part | None, str, PictureFolder]], part: Part) -> str:
    """The name of the folder of a part, for a sentence."""
    steps = next((held.folder.steps for where, _, held in named if where in (part, None)), ())
    return next((step for step in steps if part_of_name(step) is part), f"the {part} part")


def _read_classes(folder: Folder, top: PictureFolder) -> ClassesFile | None:
    path = next((Path(place.at(CLASSES_FILE)) for place in (folder, top.folder) if CLASSES_FILE in place.files), None)
    if path is None:
        return None
    try:
        if path.stat().st_size > _LONGEST_FILE:
            raise ValueError("too long")
        said = ClassesFile.model_validate_json(path.read_bytes())
        if len(set(said.classes.values())) != len(said.classes):
            raise ValueError("a name is given twice")
    except (ValidationError, ValueError) as error:
        raise InputError(f"{path} is damaged; correct it, or delete it to name classes by their folders.") from error
    return said


def _valid(name: str) -> str:
    """Return the name of a class: text, which the name of a folder need not be."""
    if any("\ud800" <= character <= "\udfff" for character in name):
        shown = name.encode(errors="backslashreplace").decode()
        raise InputError(f"The folder {shown} has a name that is not valid Unicode; rename it.")
    return _normal(name)


def _normal(name: str) -> str:
    """NFC: "é" is one character, however a system or an archive writes it."""
    return unicodedata.normalize("NFC", name)

"""Which class each picture of a folder belongs to: said by a list, by folders, or by the names of the files."""

from app.core.datasets.choices import NO_CHOICES, ChoiceNeededError, ImportChoices
from app.core.datasets.files.listing import Folder, LeftOutFiles
from app.core.datasets.pictures.beside import find_beside
from app.core.datasets.pictures.class_folders import CLASSES_FILE, count_classes, find_class_folders
from app.core.datasets.pictures.file_names import digits_in_names, find_named
from app.core.datasets.pictures.found import PictureFiles, PictureFolder, leave_out_others
from app.core.datasets.pictures.lists import find_listed
from app.core.errors import InputError

BY_FOLDERS, BY_NAMES = "by folders", "by file names"
"""Answers where both may say the class."""


def _check_names(folder: Folder, held: PictureFolder, choices: ImportChoices) -> None:
    """Ask what is meant if each of several folders holds most digits by the names of its files ("Anna/7_1.png")."""
    if choices.subset.casefold() == BY_NAMES:
        return
    digits = digits_in_names(held)
    if digits:
        example, digit = digits
        raise ChoiceNeededError(
            "subset",
            f"Is the class of a picture what its folder is called, or the digit in its name ({example} would be "
            f"{digit})? Choose {BY_FOLDERS} or {BY_NAMES}.",
            (BY_NAMES, BY_FOLDERS),
        )


def find_pictures(
    folder: Folder, held: PictureFolder, left_out: LeftOutFiles, choices: ImportChoices = NO_CHOICES
) -> PictureFiles:
    """Find the pictures of a set with their classes; `held` are all that lie in `folder`.

    Raises InputError (nothing tells the classes, or too few or too many of them) and `ChoiceNeededError`.
    """
    has_classes = count_classes(held) > 1
    listed = find_listed(folder, held, choices, left_out, has_classes)
    if listed is not None:
        found, used = listed
        leave_out_others(folder, used, left_out)
        return found
    if not has_classes and (beside := find_beside(folder, held, left_out)):
        leave_out_others(folder, beside[1], left_out)
        return beside[0]
    if has_classes and choices.subset.casefold() != BY_FOLDERS:
        _check_names(folder, held, choices)
    by_names = not has_classes or choices.subset.casefold() == BY_NAMES
    found_by_name = find_named(folder, held, left_out) if by_names else None
    found_by_folder = found_by_name or find_class_folders(folder, held, left_out, choices)
    if found_by_folder is None:
        raise InputError(
            f"There are {held.count:,} pictures in {folder.path}, but nothing says which class each of them is; put "
            "those of a class into a folder of its own, or add a labels.csv with their names and labels."
        )
    leave_out_others(folder, [inner.at(CLASSES_FILE) for inner in folder.walk()], left_out)
    return found_by_folder

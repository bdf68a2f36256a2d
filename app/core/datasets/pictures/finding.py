"""Which class each picture of a folder belongs to: said by a list, by folders, or by the names of the files."""

from app.core.datasets.choices import NO_CHOICES, ImportChoices
from app.core.datasets.files.listing import Folder, LeftOutFiles
from app.core.datasets.pictures.class_folders import CLASSES_FILE, count_classes, find_class_folders
from app.core.datasets.pictures.file_names import find_named
from app.core.datasets.pictures.found import PictureFiles, PictureFolder, leave_out_others
from app.core.datasets.pictures.lists import find_listed
from app.core.errors import InputError


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
    found_by_name = None if has_classes else find_named(folder, held, left_out)
    found_by_folder = found_by_name or find_class_folders(folder, held, left_out, choices)
    if found_by_folder is None:
        raise InputError(
            f"There are {held.count:,} pictures in {folder.path}, but nothing says which class each of them is; put "
            "those of a class into a folder of its own, or add a labels.csv with their names and labels."
        )
    leave_out_others(folder, [inner.at(CLASSES_FILE) for inner in folder.walk()], left_out)
    return found_by_folder

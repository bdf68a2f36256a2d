"""Recognizes how a file, folder or archive holds its pictures, and reads it: IDX, tables and arrays, picture files."""

import filecmp
import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from app.core.datasets.choices import NO_CHOICES, ChoiceNeededError, ImportChoices
from app.core.datasets.class_lists import with_names
from app.core.datasets.content import Progress, RawData, no_progress
from app.core.datasets.files.archives import unpacked, unpacked_all
from app.core.datasets.files.kinds import FileKind, first_bytes, kind_of_file
from app.core.datasets.files.listing import Folder, LeftOutFiles, list_folder
from app.core.datasets.files.others import why_no_data, why_no_data_in, why_not_read, why_nothing_read
from app.core.datasets.files.parts import words_of
from app.core.datasets.idx_sets import find_idx_set
from app.core.datasets.pictures.finding import find_pictures
from app.core.datasets.pictures.found import PictureFolder, with_pictures
from app.core.datasets.pictures.reading import read_pictures
from app.core.datasets.storage import CARD_NAME, read_card
from app.core.datasets.tables.reading import is_table, is_table_name, read_tables
from app.core.errors import InputError
from app.core.imaging.drawing import DRAWING_SUFFIX

Reader = Callable[[LeftOutFiles], RawData | None]

_MOST_TABLES = 200
_MOST_NAMES = 200
_BYTES_OF_A_ROW = 1_000  # of a table of pictures, at least; a list of pictures takes less for each


def read_data(path: Path, choices: ImportChoices = NO_CHOICES, progress: Progress = no_progress) -> RawData:
    """Read `path`: a file, a folder or an archive (zip, tar and packed ones) with pictures and what class each is.

    In it may be IDX files, tables and arrays (see `read_tables`), or pictures: in a folder for each class, named by a
    list beside them, or by their label. Folders around all of it, or for parts, do not matter.

    `progress` is told how many pictures were read, and before that, how much was unpacked.

    Raises InputError (nothing there, none of these formats, or damaged) and `ChoiceNeededError`.
    """
    left_out = LeftOutFiles()
    try:
        missing = next((path / name for name in choices.files if not (path / name).exists()), None)
        if missing is not None:
            raise InputError(_no_file(missing))
        if path.is_dir():
            found = _read_folder(path, left_out, choices, progress)
        elif path.is_file():
            found = _read_file(path, left_out, choices, progress)
        else:
            raise InputError(_no_file(path))
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror or error}); check its permissions.") from error
    if found is None:
        raise InputError(
            f"No data was found in {path}; it should hold the IDX files of MNIST, arrays (npz, npy, HDF5), a CSV with "
            "labels, or a folder of pictures for each class."
        )
    left_out.extend(found.left_out, found.left_out_count)
    names = dict.fromkeys((path.name, *choices.files, *found.found_names))
    return replace(
        found,
        left_out=tuple(left_out.listed),
        left_out_count=left_out.count,
        found_names=tuple(names)[:_MOST_NAMES],
    )


def _read_file(path: Path, left_out: LeftOutFiles, choices: ImportChoices, progress: Progress) -> RawData | None:
    why = why_not_read(str(path), path.name)
    if why:
        raise InputError(why)
    kind = kind_of_file(str(path))
    head = first_bytes(str(path))
    if kind is FileKind.ARCHIVE or (kind is FileKind.OTHER and path.suffix.lower() in (".gz", ".bz2", ".xz")):
        with unpacked(path, left_out, progress) as inside:
            return _read_all(list_folder(inside, left_out, progress), left_out, choices, progress)
    if kind is FileKind.IDX:
        siblings = sorted(entry.name for entry in os.scandir(path.parent) if entry.is_file())
        return _read_idx(Folder(str(path.parent), (), tuple(siblings), ()), left_out, choices, progress, str(path))
    if head and is_table(path):
        return _read_table(path, choices, progress)
    if why := why_no_data(path.name, head):
        raise InputError(why)
    if kind is FileKind.PICTURE:
        raise InputError(
            f"{path.name} is a single picture; choose the folder that holds the folders of all classes. A sheet of "
            "many pictures has to be cut into single ones first."
        )
    return None


def _read_table(path: Path, choices: ImportChoices, progress: Progress) -> RawData | None:
    """Read one table or array; if it has pictures or labels alone, with the arrays that lie beside it."""
    try:
        return read_tables([path], choices, progress)
    except ChoiceNeededError:
        raise
    except InputError:
        names = sorted(entry.name for entry in os.scandir(path.parent) if entry.is_file())
        beside = [path.parent / name for name in names if is_table_name(name)]
        if path.suffix.lower() not in (".npz", ".npy") or not 1 < len(beside) <= _MOST_TABLES:
            raise
        return read_tables(beside, choices, progress, path.parent)


def _read_folder(path: Path, left_out: LeftOutFiles, choices: ImportChoices, progress: Progress) -> RawData | None:
    """Read what lies in a folder; if there is nothing but archives, what is in them."""
    folder = list_folder(path, left_out, progress, choices.files)
    archives = [inner for inner in folder.walk() if any(_is_archive(inner, name) for name in inner.files)]
    try:
        found = _read_all(folder, left_out, choices, progress)
    except ChoiceNeededError:
        raise
    except InputError:
        if len(archives) != 1:
            raise
        found = None
    if found is not None or len(archives) != 1:
        return found
    with unpacked_all(archives[0], left_out, progress) as inside:
        return _read_all(list_folder(inside, left_out, progress), left_out, choices, progress)


def _is_archive(folder: Folder, name: str) -> bool:
    return kind_of_file(folder.at(name)) is FileKind.ARCHIVE and not why_not_read(folder.at(name), name)


def _read_all(folder: Folder, left_out: LeftOutFiles, choices: ImportChoices, progress: Progress) -> RawData | None:
    """Read the data of a folder, in whatever form it is there. Of two forms, the one that takes more room is meant."""
    found = _read_idx(folder, left_out, choices, progress)
    if found is not None:
        _leave_out(folder, left_out, "the IDX files", {FileKind.PICTURE, FileKind.TABLE, FileKind.ARCHIVE})
        return found
    held, tables = with_pictures(folder), _tables(folder)
    largest = max((path.stat().st_size for path in tables), default=0)
    readers = list[Reader]()
    if held is not None:
        readers.append(partial(_read_pictures, folder, held, choices, progress))
    if tables:
        is_first = held is None or largest > held.count * _BYTES_OF_A_ROW
        readers.insert(0 if is_first else 1, partial(_read_tables, folder, tables, choices, progress))
    return _first_that_reads(readers, left_out, folder)


def _first_that_reads(readers: Sequence[Reader], left_out: LeftOutFiles, folder: Folder) -> RawData | None:
    """What the first reader that can read anything gives.

    If none can, the reason is a file whose form is not read, or else the first one's error.
    """
    errors = list[InputError]()
    for read in readers:
        tried = LeftOutFiles()
        try:
            found = read(tried)
        except ChoiceNeededError:
            raise
        except InputError as error:
            errors.append(error)
            continue
        if found is not None:
            left_out.extend(tried.listed, tried.count)
            return found
    why = why_nothing_read(folder)
    if why:
        raise InputError(why)
    if errors:
        raise errors[0]
    if why := why_no_data_in(folder):
        raise InputError(why)
    return None


def _read_idx(
    folder: Folder, left_out: LeftOutFiles, choices: ImportChoices, progress: Progress, chosen: str | None = None
) -> RawData | None:
    found = find_idx_set(folder, choices, left_out, chosen)
    if found is None:
        return None
    raw = with_names(found.read(folder.path, progress), found.words, folder)
    card = read_card(Path(folder.path))
    return raw if card is None else replace(raw, class_names=card.class_names, preprocessing=card.preprocessing)


def _read_tables(
    folder: Folder, tables: Sequence[Path], choices: ImportChoices, progress: Progress, left_out: LeftOutFiles
) -> RawData | None:
    found = read_tables(tables, choices, progress, Path(folder.path))
    if found is not None:
        words = [word for name in found.found_names for word in words_of(name)]
        found = found if found.class_names is not None else with_names(found, words, folder)
        _leave_out(folder, left_out, "the data", {FileKind.PICTURE, FileKind.ARCHIVE})
    return found


def _read_pictures(
    folder: Folder, held: PictureFolder, choices: ImportChoices, progress: Progress, left_out: LeftOutFiles
) -> RawData:
    found = find_pictures(folder, held, left_out, choices)
    raw = read_pictures(found, left_out, choices, progress)
    return replace(raw, found_names=tuple(step for inner in folder.folders for step in (*inner.steps,)))


def _tables(folder: Folder) -> list[Path]:
    """The tables and arrays in a folder; of the same file in several places, one. Many arrays may be a picture each."""
    found = dict[tuple[str, int], list[Path]]()
    for inner in folder.walk():
        for name in inner.files:
            path = Path(inner.at(name))
            is_one = is_table(path) if len(inner.files) <= _MOST_TABLES else is_table_name(name)
            if is_one and not name.lower().endswith(DRAWING_SUFFIX):
                same = found.setdefault((name.casefold(), path.stat().st_size), [])
                if not any(filecmp.cmp(path, other, shallow=False) for other in same):
                    same.append(path)
    tables = [path for same in found.values() for path in same]
    arrays = [path for path in tables if path.suffix.lower() == ".npy"]
    return arrays if len(arrays) > _MOST_TABLES else tables[:_MOST_TABLES]


def _leave_out(folder: Folder, left_out: LeftOutFiles, read: str, kinds: Collection[FileKind]) -> None:
    """Note the files of these kinds, which may be data, too, beside what was read."""
    for inner in folder.walk():
        for name in inner.files:
            if name != CARD_NAME and not name.lower().endswith(".txt") and kind_of_file(inner.at(name)) in kinds:
                left_out.add(inner.shown(name), f"It lies beside {read}, which were read.")


def _no_file(path: Path) -> str:
    if path.is_symlink():
        return f"{path} is a link that leads nowhere; choose the file itself."
    if path.exists():
        return f"{path} is no file or folder, but a device or a pipe; choose a file or a folder."
    return f"There is no file or folder {path}; check the name."

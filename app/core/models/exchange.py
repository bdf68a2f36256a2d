"""A model as one file or folder for somebody else: its card and its networks, and nothing that is run."""

import hashlib
import os
import shutil
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from app.core.errors import InputError, StudioError
from app.core.file_writing import written_beside
from app.core.models.card import Calibration, ModelCard
from app.core.models.checked import ensure_checked
from app.core.models.foreign.containers import BROKEN_ZIP
from app.core.models.store import (
    CARD_FILE,
    FILES,
    KERAS_FILE,
    LITERT_FILE,
    StoredModel,
    add_model,
    check_name,
    find_model,
    free_name,
    free_title,
    list_models,
)
from app.core.paths import read_regular
from app.core.zip_files import open_zip

SUFFIX = ".zip"
_LARGEST = {CARD_FILE: 2**20, KERAS_FILE: 2**29, LITERT_FILE: 2**29}
_MOST_BYTES = 400 * 2**20
"""Of all that is brought in together, which is in memory before any of it is stored."""
_MOST_ENTRIES = 20
_BARE = {".keras", ".h5", ".hdf5", ".tflite", ".onnx", ".pb", ".pt", ".pth"}
"""How files of other programs end that hold a network alone."""


def export_model(name: str, target: Path, replace: bool = False) -> Path:
    """Write a model as a zip file, if `target` ends in .zip, or else as a new folder: whole, or not at all.

    Raises InputError if there is something at `target` that may not be replaced (a folder never is), StudioError when
    the disk refuses.
    """
    model = find_model(name)
    check_target(target, replace)
    write_package(target, model.card.name, {file: model.folder / file for file in _files_of(model)})
    return target


def check_target(target: Path, replace: bool) -> None:
    """Raise InputError if there is something at `target`, unless it is a zip file that may be replaced."""
    is_zip = target.suffix.lower() == SUFFIX
    if os.path.lexists(target) and not (replace and is_zip and target.is_file()):
        raise InputError(f"{target} already exists; choose another name.")


def write_package(target: Path, name: str, files: Mapping[str, Path | bytes]) -> None:
    """Write files, copies of others or these bytes, as a zip file that holds them in a folder `name`, or as a folder.

    Whole, or not at all. Raises StudioError when the disk refuses.
    """
    try:
        with written_beside(target) as work:
            if target.suffix.lower() == SUFFIX:
                _write_zip(work, name, files)
            else:
                _write_folder(work, files)
    except OSError as error:
        sentence = f"The model could not be written to {target} ({error.strerror or error}); choose another place."
        raise StudioError(sentence) from None


def import_model(source: Path) -> StoredModel:
    """Bring in a model that this program exported, from its zip file or its folder, under a free name and title.

    Raises InputError, and changes nothing, if it is anything else, is damaged or harmful, or is here already.
    """
    card, content = read_package(source)
    for model in list_models():
        if model.card.files == card.files:
            raise InputError(f"You have this model already: it is called '{model.card.title}'.")
    taken = card.model_copy(update={"name": free_name(card.name), "title": free_title(card.title)})

    def write(folder: Path) -> Calibration | None:
        for file in card.files:
            (folder / file).write_bytes(content[file])
        for file in card.files:
            ensure_checked(folder / file, card.files[file], source.name)
        return card.calibration

    return add_model(taken, write)


def read_package(source: Path) -> tuple[ModelCard, dict[str, bytes]]:
    """The card and the files of a model that this program exported; its networks are not opened.

    Raises InputError if it is anything else, is damaged, or its networks are not those that its card names.
    """
    if source.suffix.lower() in _BARE:
        raise InputError(f"{source.name} is a network without Softmax Studio's card. {_WANTED}")
    try:
        content = _read_folder(source) if source.is_dir() else _read_zip(source)
    except BROKEN_ZIP as error:
        reason = (error.strerror if isinstance(error, OSError) else "") or "it is damaged or not a zip file"
        raise InputError(f"{source.name} cannot be read: {reason}. {_WANTED}") from None
    return _card(source, content), content


_WANTED = "Choose a model that Softmax Studio exported: its zip file, or its folder."


def _files_of(model: StoredModel) -> tuple[str, ...]:
    return tuple(file for file in FILES if (model.folder / file).is_file())


def _write_zip(path: Path, name: str, files: Mapping[str, Path | bytes]) -> None:
    """Weights hardly become smaller: they are stored as they are."""
    with zipfile.ZipFile(path, "w") as packed:
        for file, content in files.items():
            if isinstance(content, Path):
                packed.write(content, f"{name}/{file}")
            else:
                packed.writestr(f"{name}/{file}", content)


def _write_folder(folder: Path, files: Mapping[str, Path | bytes]) -> None:
    for file, content in files.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Path):
            shutil.copyfile(content, folder / file)
        else:
            (folder / file).write_bytes(content)


def _read_folder(folder: Path) -> dict[str, bytes]:
    content: dict[str, bytes] = {}
    for file in FILES:
        path = folder / file
        if os.path.lexists(path):
            about = path.lstat()
            if not stat.S_ISREG(about.st_mode) or about.st_size > _LARGEST[file]:
                raise InputError(f"{path} is not a model file. {_WANTED}")
            content[file] = read_regular(path, _left(folder, content))
    return content


def _left(source: Path, content: Mapping[str, bytes], more: int = 0) -> int:
    """How many bytes may yet come. Raises InputError if `more` are too many."""
    left = _MOST_BYTES - sum(map(len, content.values()))
    if more > left:
        raise InputError(f"{source.name} holds more than {_MOST_BYTES >> 20} MB, which no model of this program has.")
    return left


def _read_zip(source: Path) -> dict[str, bytes]:
    """The files of the one model in it. Nothing is unpacked by its name, and no more than it may hold."""
    about = source.stat()
    if not stat.S_ISREG(about.st_mode) or about.st_size > sum(_LARGEST.values()):
        raise InputError(f"{source.name} is not a model. {_WANTED}")
    content: dict[str, bytes] = {}
    with open_zip(source) as packed:
        entries = [entry for entry in packed.infolist() if not entry.is_dir()]
        if len(entries) > _MOST_ENTRIES:
            raise InputError(f"{source.name} is not a model: it holds too many files. {_WANTED}")
        for entry in entries:
            file = entry.filename.rsplit("/", 1)[-1]
            if file not in _LARGEST or file in content or entry.file_size > _LARGEST[file]:
                raise InputError(f"{source.name} is not a model: it holds {entry.filename[:80]!r}. {_WANTED}")
            left = _left(source, content, entry.file_size)
            with packed.open(entry) as stream:
                content[file] = stream.read(min(_LARGEST[file], left) + 1)
    return content


def _card(source: Path, content: Mapping[str, bytes]) -> ModelCard:
    """The card, if it is one and the other files are just those it names."""
    if CARD_FILE not in content or LITERT_FILE not in content:
        raise InputError(f"{source.name} is not a model of this program: a card or a network is missing. {_WANTED}")
    try:
        card = ModelCard.model_validate_json(content[CARD_FILE])
        check_name(card.name)
    except (ValidationError, InputError):
        raise InputError(f"The card in {source.name} is damaged, or of a newer version of the program.") from None
    networks = {file: data for file, data in content.items() if file != CARD_FILE}
    if {file: hashlib.sha256(data).hexdigest() for file, data in networks.items()} != card.files:
        raise InputError(f"{source.name} is damaged: its networks are not those that its card names. Export it again.")
    return card

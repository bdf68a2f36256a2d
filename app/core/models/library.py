"""What a user does with the models of their own: rename, describe, copy, delete and bring back.

Those that ship with the program can only be copied.
"""

import os
import shutil
import time
from pathlib import Path

from app.core.errors import InputError
from app.core.file_writing import write_whole
from app.core.models.card import Calibration, ModelCard
from app.core.models.store import (
    CARD_FILE,
    DELETED,
    StoredModel,
    add_model,
    card_bytes,
    check_name,
    deleted_folders,
    disk_errors,
    find_model,
    forget_deleted,
    free_name,
    free_title,
    is_model,
    list_models,
)
from app.core.paths import user_models_dir
from app.core.texts import checked_text

LONGEST_TITLE, LONGEST_DESCRIPTION = 80, 2_000


def rename_model(name: str, title: str) -> StoredModel:
    """Call a model something else. Its `name` stays: runs know it by that.

    Raises InputError for a model that ships with the program, and for a title that is empty, too long or another's.
    """
    model = _own(name)
    title = " ".join(checked_text(title, "name", LONGEST_TITLE, "a model").split())
    if not title:
        raise InputError("A model needs a name; write one.")
    others = (other.card for other in list_models() if other.folder != model.folder)
    if any(title.casefold() in {card.title.casefold(), card.name.casefold()} for card in others):
        raise InputError(f"Another model is called '{title}'; choose another name.")
    return _with_card(model, model.card.model_copy(update={"title": title}))


def describe_model(name: str, description: str) -> StoredModel:
    """Write something about a model, in place of what was written before. Raises InputError as `rename_model`."""
    model = _own(name)
    text = "\n".join(checked_text(description, "description", LONGEST_DESCRIPTION, "a model").strip().splitlines())
    return _with_card(model, model.card.model_copy(update={"description": text}))


def copy_model(name: str, title: str = "") -> StoredModel:
    """A model of one's own with the same weights, called `title` or "(copy)". Raises InputError as `rename_model`."""
    model = find_model(name)
    wanted = " ".join(checked_text(title, "name", LONGEST_TITLE, "a model").split()) or f"{model.card.title} (copy)"
    copied = model.card.model_copy(update={"name": free_name(model.card.name), "title": free_title(wanted)})

    def write(folder: Path) -> Calibration | None:
        for file in copied.files:
            shutil.copyfile(model.folder / file, folder / file)
        return copied.calibration

    return add_model(copied, write)


def delete_model(name: str) -> str:
    """Delete one of the user's own models, damaged or not; `restore_model` brings it back within a day.

    Returns its name. Raises InputError for a bundled or unknown one, StudioError when the disk refuses.
    """
    folder = _own_folder(name)
    away = user_models_dir() / DELETED
    with disk_errors(f"The model in {folder} could not be deleted"):
        away.mkdir(exist_ok=True)
        forget_deleted()
        before = [other.name.partition(" ") for other in deleted_folders()]
        stamps = [int(stamp) for stamp, _, name in before if name == folder.name and stamp.isdecimal()]
        now = max(time.time_ns(), *(stamp + 1 for stamp in stamps), 0)  # the last one, also if the clock was set back
        folder.rename(away / f"{now:020d} {folder.name}")
    return folder.name


def restore_model(name: str) -> StoredModel:
    """Bring back what was deleted last under that name.

    Raises InputError if there is nothing to bring back, or its place was taken; StudioError when the disk refuses.
    """
    found = [folder for folder in deleted_folders() if folder.name.partition(" ")[2] == name]
    if not found:
        raise InputError(f"No model called '{name}' was deleted within the last day.")
    place = user_models_dir() / check_name(name)
    if os.path.lexists(place):
        raise InputError(f"There is another model called '{name}' now; delete it first.")
    with disk_errors(f"The model in {found[-1]} could not be brought back"):
        found[-1].rename(place)
    restored = find_model(name)
    others = [model.card for model in list_models() if model.folder != place]
    if restored.card.title.casefold() in {text.casefold() for card in others for text in (card.title, card.name)}:
        return _with_card(restored, restored.card.model_copy(update={"title": free_title(restored.card.title)}))
    return restored


def _own(name: str) -> StoredModel:
    model = find_model(name)
    if model.bundled:
        raise InputError(f"'{model.card.title}' ships with the program; copy it and change the copy.")
    return model


def _own_folder(name: str) -> Path:
    """The folder of one's own model; also of one whose card cannot be read."""
    folder = user_models_dir() / name
    if os.sep not in name and is_model(folder):
        return folder
    model = find_model(name)
    if model.bundled:
        raise InputError(f"'{model.card.title}' ships with the program and cannot be deleted.")
    return model.folder


def _with_card(model: StoredModel, card: ModelCard) -> StoredModel:
    """Replace the card in one step; written beside the model's folder, where whoever watches for models notices."""
    with disk_errors(f"The model in {model.folder} could not be changed"):
        write_whole(model.folder / CARD_FILE, card_bytes(card), user_models_dir())
    return StoredModel(card, model.folder, bundled=False)

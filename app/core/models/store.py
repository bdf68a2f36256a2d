"""The model store: one folder per model, with `model.keras`, `model.tflite` and `card.json`.

Bundled models are read-only; the user's own lie in the user's folder. A model appears whole or not at all.
"""

import hashlib
import os
import shutil
import time
import unicodedata
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from app.core.errors import InputError, StudioError, translate_errors
from app.core.file_names import LONGEST_BYTES, is_reserved, is_word_character, same_name
from app.core.file_writing import FULL, ensure_room, put_in_place, unfinished, write_whole
from app.core.models.card import Calibration, ModelCard
from app.core.models.checked import LARGEST_NETWORK, ensure_checked, is_known, remember
from app.core.models.foreign.limits import REFUSED
from app.core.paths import HOME_VARIABLE, bundled_models_dir, read_regular, user_models_dir
from app.core.texts import numbered

FILES = CARD_FILE, KERAS_FILE, LITERT_FILE = "card.json", "model.keras", "model.tflite"
LARGEST_CARD = 2**20
DELETED = ".deleted"
"""The folder within the user's models that holds deleted ones, each with the time of it before its name."""
KEPT_AFTER_DELETING_S = 24 * 3600
"""As deleted runs."""

_LONGEST_NAME = 60


@dataclass(frozen=True)
class StoredModel:
    """A model on disk. `bundled` ones ship with the program."""

    card: ModelCard
    folder: Path
    bundled: bool

    @property
    def litert_path(self) -> Path:
        """The network as LiteRT reads it: (n, 28, 28, 1) float32 to probabilities."""
        return self.folder / LITERT_FILE

    def check_network(self) -> None:
        """Try its network in a process of its own, if that was never done here.

        Raises InputError if it is damaged or harmful, or is not the one that its card names.
        """
        self._check(LITERT_FILE)

    def check_weights(self) -> None:
        """Try its file of Keras likewise. Raises InputError as `check_network`."""
        self._check(KERAS_FILE)

    @property
    def is_known(self) -> bool:
        """True if its network can be opened without being tried first, which takes a second or more."""
        return self.bundled or is_known(self.card.files.get(LITERT_FILE, ""))

    def _check(self, file: str) -> None:
        if not self.is_intact(file):
            raise InputError(f"The model '{self.card.name}' is damaged; train it again or choose another one.")
        if not self.bundled:
            with translate_errors(InputError, self._refusal):
                ensure_checked(self.folder / file, self.card.files[file], self.card.title)

    def _refusal(self, error: Exception) -> InputError:
        """As for a model that is brought in, but it lies here."""
        reason = str(error).removeprefix(REFUSED)
        return InputError(f"The model '{self.card.name}' cannot be opened: {reason}")

    def check_layers(self) -> None:
        """Raise InputError for a model that was made elsewhere with layers which this program does not have."""
        if self.card.origin is not None and KERAS_FILE not in self.card.files:
            what = self.card.origin.other_layers
            reason = f" It has {what}." if what else ""
            raise InputError(
                f"'{self.card.title}' was made elsewhere, with layers that this program can only run: it can neither "
                f"be trained on, nor looked into, nor asked which pixels decided.{reason}"
            )

    def is_intact(self, file: str) -> bool:
        """True if that file of the model is there, and the one that its card names."""
        try:
            return file_sha256(self.folder / file) == self.card.files.get(file)
        except OSError:
            return False


def list_models() -> tuple[StoredModel, ...]:
    """The bundled models by name, then the user's own, newest first. Folders without a readable card are left out."""
    bundled = sorted(_models_in(bundled_models_dir(), bundled=True), key=lambda model: model.card.name)
    own = sorted(_models_in(user_models_dir(), bundled=False), key=lambda model: model.card.created, reverse=True)
    return (*bundled, *own)


def damaged_models() -> dict[str, str]:
    """What lies among the user's models and cannot be used: names, and a sentence for each."""
    home = user_models_dir()
    try:
        folders = sorted(home.iterdir()) if home.is_dir() else []
    except OSError as error:
        return {str(home): f"The folder cannot be read ({error.strerror or error}); check its permissions."}
    return {
        folder.name: "This model is damaged; remove it and train it again."
        for folder in folders
        if is_model(folder) and _read_model(folder, bundled=False) is None
    }


def find_model(name: str) -> StoredModel:
    """The model of that name, or else of that title; the user's own before a bundled one.

    Raises InputError listing the names if there is none.
    """
    models = list_models()
    wanted = same_name(name)
    named = [model for model in reversed(models) if same_name(model.card.name) == wanted]
    for model in (*named, *(model for model in reversed(models) if same_name(model.card.title) == wanted)):
        return model
    known = ", ".join(model.card.name for model in models) or "none is installed"
    raise InputError(f"There is no model '{name}'; the models are: {known}.")


def check_name(name: str) -> str:
    """The name, in Unicode's composed form, if a model can be called that. Raises InputError otherwise."""
    name = unicodedata.normalize("NFC", name)
    is_plain = all(is_word_character(character) or character in "_ .()-" for character in name)
    if not is_plain or not 0 < len(name) <= _LONGEST_NAME or name[0] in " .()-" or name.endswith((" ", ".")):
        raise InputError(
            f"'{name}' cannot name a model; use up to {_LONGEST_NAME} letters, digits, spaces, dots and dashes."
        )
    return name


def check_new_name(name: str) -> str:
    """The name, if it can be given to a new model and the store can take it.

    Raises InputError if it is taken or no name at all, StudioError as `ensure_writable`.
    """
    name = check_name(name)
    if is_reserved(name) or len(name.encode()) > LONGEST_BYTES:
        raise InputError(f"'{name}' cannot be the name of a folder on every system; choose another name.")
    if (bundled_models_dir() / name).exists():
        raise InputError(f"A model called '{name}' ships with the program; choose another name.")
    ensure_writable()
    if (user_models_dir() / name).exists():
        raise InputError(f"A model called '{name}' already exists; choose another name or remove that one first.")
    return name


def ensure_writable(room_bytes: int = 1) -> None:
    """Make the folder of the user's models and try to write so much there: better before training than after it.

    Raises StudioError if that cannot be done.
    """
    home = user_models_dir()
    try:
        ensure_room(home, room_bytes)
    except OSError as error:
        what = f"free {room_bytes / 1e6:,.0f} MB" if error.errno in FULL else "make it writable"
        raise StudioError(
            f"Models cannot be saved in {home} ({error.strerror or error}); "
            f"{what} or set {HOME_VARIABLE} to another folder."
        ) from None


def free_name(wanted: str) -> str:
    """`wanted`, or "wanted 2", "wanted 3" ... if it is taken."""
    taken = {model.card.name for model in list_models()} | set(deleted_names())
    names = numbered(check_name(wanted))
    return next(name for name in names if name not in taken and not os.path.lexists(user_models_dir() / name))


def free_title(wanted: str) -> str:
    """`wanted`, or "wanted 2", "wanted 3" ... if a model is called that."""
    taken = {known.casefold() for model in list_models() for known in (model.card.name, model.card.title)}
    return next(title for title in numbered(wanted) if title.casefold() not in taken)


def deleted_folders() -> tuple[Path, ...]:
    """Where deleted models lie until they are forgotten, the one that was deleted first first."""
    try:
        return tuple(sorted(folder for folder in (user_models_dir() / DELETED).iterdir() if is_model(folder)))
    except OSError:
        return ()


def forget_deleted() -> None:
    """Really delete what was deleted a day ago."""
    oldest = time.time_ns() - KEPT_AFTER_DELETING_S * 1_000_000_000
    for folder in deleted_folders():
        if folder.name.partition(" ")[0] < f"{oldest:020d}":
            shutil.rmtree(folder, ignore_errors=True)


def deleted_names() -> tuple[str, ...]:
    """The names of the models that can be brought back, the one that was deleted first first."""
    return tuple(folder.name.partition(" ")[2] for folder in deleted_folders())


def add_model(card: ModelCard, write: Callable[[Path], Calibration | None], *, may_rename: bool = False) -> StoredModel:
    """Store a model as one of the user's own: `write` puts the network's files into the folder it is given.

    What it returns goes into the card. If the name was taken meanwhile, `may_rename` gives the model a free one.

    The folder is filled beside its place and then renamed, so that a crash leaves nothing half-written. Raises
    InputError for a name that is taken, StudioError when the disk refuses.
    """
    if not may_rename:
        card = card.model_copy(update={"name": check_new_name(card.name)})
    ensure_writable()
    home = user_models_dir()
    with disk_errors(f"The model could not be saved in {home}"), unfinished(home) as folder:
        folder.mkdir()
        return take_in(folder, fill_folder(folder, card, write), may_rename=may_rename)


def fill_folder(folder: Path, card: ModelCard, write: Callable[[Path], Calibration | None]) -> ModelCard:
    """Put a model's files and its card into an empty folder; returns the card as it then is. Raises OSError."""
    calibration = write(folder)
    hashes = {path.name: file_sha256(path) for path in sorted(folder.iterdir())}
    complete = card.model_copy(update={"files": hashes, "calibration": calibration})
    write_whole(folder / CARD_FILE, card_bytes(complete))
    return complete


def take_in(folder: Path, card: ModelCard, *, may_rename: bool = False) -> StoredModel:
    """Move a folder that `fill_folder` has filled among the user's own models, under the name in `card`.

    If that is taken, `may_rename` chooses a free one, and a free title.

    Raises InputError for a name that is taken, StudioError when the disk refuses.
    """
    forget_deleted()
    with disk_errors(f"The model could not be saved in {user_models_dir()}"):
        wanted = card
        while True:
            if may_rename and (free := free_name(wanted.name)) != wanted.name:
                card = wanted.model_copy(update={"name": free, "title": free_title(wanted.title)})
            final = user_models_dir() / card.name
            try:
                check_new_name(card.name)
                write_whole(folder / CARD_FILE, card_bytes(card))
                put_in_place(folder, final)
                break
            except (OSError, InputError):
                if not may_rename or not is_model(final):
                    raise  # else another program has just taken the name
    for sha256 in card.files.values():
        remember(sha256)
    return StoredModel(card, final, bundled=False)


def disk_errors(what: str) -> AbstractContextManager[None]:
    """Raise a StudioError that says what could not be done, and why, where the disk refuses."""
    return translate_errors(OSError, lambda error: StudioError(f"{what} ({getattr(error, 'strerror', '') or error})."))


def read_card(folder: Path) -> ModelCard:
    """The card in a model's folder. Raises StudioError if it cannot be read."""
    try:
        return ModelCard.model_validate_json(read_regular(folder / CARD_FILE, LARGEST_CARD))
    except (OSError, ValidationError):
        raise StudioError(f"The model in {folder} is damaged; remove it and train it again.") from None


def card_bytes(card: ModelCard) -> bytes:
    """What the file of a card holds."""
    return (card.model_dump_json(indent=2) + "\n").encode()


def file_sha256(path: Path) -> str:
    """The sha256 of a model's file, in hex. Raises OSError for one that is no plain file, or far too large."""
    return hashlib.sha256(read_regular(path, LARGEST_NETWORK)).hexdigest()


def _models_in(home: Path, bundled: bool) -> list[StoredModel]:
    try:
        folders = [folder for folder in home.iterdir() if not folder.name.startswith(".")]
    except OSError:  # not there yet, or closed to us: `damaged_models` tells
        return []
    found = (_read_model(folder, bundled) for folder in folders)
    return [model for model in found if model is not None]


def is_model(folder: Path) -> bool:
    """Tell whether a folder was made to hold a model."""
    return not folder.name.startswith(".") and any(os.path.lexists(folder / name) for name in FILES)


def _read_model(folder: Path, bundled: bool) -> StoredModel | None:
    try:
        card = read_card(folder)
    except StudioError:
        return None
    has_network = os.path.isfile(folder / LITERT_FILE) and card.name == folder.name  # noqa: PTH113 - never raises
    return StoredModel(card, folder, bundled) if has_network else None

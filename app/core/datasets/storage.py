"""The user's data folder: what a stored set looks like on disk, and how one is written whole or not at all."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.core.datasets.content import MAX_CLASSES, MIN_CLASSES, Content
from app.core.datasets.idx import write_idx
from app.core.errors import InputError, StudioError, translate_errors
from app.core.file_writing import FULL, UNFINISHED_DOWNLOAD, ensure_room, put_in_place, unfinished
from app.core.imaging.preprocess import Preprocessing
from app.core.paths import user_data_dir

CARD_NAME = "dataset.json"
IDX_NAMES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")

_DELETED = ".deleted"
_LONGEST_CARD = 64 * 1024


class OwnSetCard(BaseModel):
    """`dataset.json`: what the four IDX files of somebody's own set do not say themselves."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = Field(min_length=1, max_length=80)
    class_names: tuple[str, ...] = Field(min_length=MIN_CLASSES, max_length=MAX_CLASSES)
    preprocessing: Preprocessing
    train_count: int = Field(ge=1)
    test_count: int = Field(ge=1)
    sha256: str
    validation_count: int = Field(default=0, ge=0)  # at the end of the training pictures


def read_card(folder: Path) -> OwnSetCard | None:
    """Read the card of an own set; None if `folder` has none. Raises InputError (the card is there and damaged)."""
    path = folder / CARD_NAME
    if not path.is_file():
        return None
    try:
        if path.stat().st_size > _LONGEST_CARD:
            raise ValueError("too long")
        return OwnSetCard.model_validate_json(path.read_bytes())
    except (ValidationError, ValueError, OSError) as error:
        raise InputError(f"{path} is damaged; import the data set again.") from error


def own_title(wanted: str) -> str:
    """What an own set is called: `wanted`, as far as there is room."""
    return wanted[:80] or "Own data"


def write_own_set(folder: Path, title: str, content: Content) -> OwnSetCard:
    """Write `content` into `folder`, and beside it the card, which is returned."""
    write_content(folder, content)
    card = OwnSetCard(
        title=own_title(title),
        class_names=content.class_names,
        preprocessing=content.preprocessing,
        train_count=len(content.train),
        test_count=len(content.test),
        sha256=content.sha256,
        validation_count=content.validation_count,
    )
    (folder / CARD_NAME).write_text(card.model_dump_json(indent=2), encoding="utf-8")
    return card


def write_content(folder: Path, content: Content) -> None:
    """Write the four arrays of `content` as plain IDX files into `folder`."""
    arrays = (content.train.images, content.train.labels, content.test.images, content.test.labels)
    for name, array in zip(IDX_NAMES, arrays, strict=True):
        write_idx(folder / name, array)


@contextmanager
def staged(name: str, may_replace: bool = True) -> Iterator[Path]:
    """Give a new, empty folder that becomes the stored set `name` when the block ends well, replacing an older one.

    It lies beside its destination, so that one rename puts it there; if the block raises, nothing remains and the
    older set is untouched.

    Raises StudioError (the disk is full, the folder may not be written, or there is an older set and it may not be
    replaced).
    """
    home = user_data_dir()
    with storage_errors(home):
        home.mkdir(parents=True, exist_ok=True)
        with unfinished(home) as work:
            work.mkdir()
            yield work
            put_in_place(work, home / name, may_replace)


@contextmanager
def kept_for_next_time(name: str) -> Iterator[Path]:
    """Give a folder for what comes of the set `name`, which the next block finds again unless this one ends well.

    It is removed where the disk refuses or nothing has come, too, and when nobody came back for it (`tidy_up`). While
    another block has it, or where nothing can be locked, the folder is a new one that is not kept.

    Raises StudioError as `staged`.
    """
    folder = user_data_dir() / f".{name}{UNFINISHED_DOWNLOAD}"
    with ExitStack() as stack, storage_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            stack.enter_context(FileLock(folder / "lock", timeout=0, thread_local=False, fallback_to_soft=False))
            is_ours = (folder / "lock").exists()  # the other one may just have removed it
        except Timeout:
            is_ours = False
        except OSError:  # a drive without locks: nobody can have it
            shutil.rmtree(folder, ignore_errors=True)
            is_ours = False
        if not is_ours:
            folder = stack.enter_context(unfinished(user_data_dir()))
            folder.mkdir()
        is_kept = False
        try:
            yield folder
        except OSError:
            raise
        except BaseException:
            is_kept = any(part.stat().st_size for part in folder.glob("*.part"))
            raise
        finally:
            if not is_kept:
                shutil.rmtree(folder, ignore_errors=True)


def ensure_storable(room_bytes: int = 1) -> None:
    """Try to write so much into the user's data folder: better before reading much data than after it.

    Raises StudioError as `staged`.
    """
    with storage_errors(user_data_dir()):
        ensure_room(user_data_dir(), room_bytes)


def soft_delete(folder: Path) -> None:
    """Delete a stored set, so that `restore` can undo it until the next is deleted. Raises StudioError."""
    with storage_errors(folder):
        for older in folder.parent.glob(f".*{_DELETED}"):
            shutil.rmtree(older)
        folder.rename(_away(folder))


def restore(folder: Path) -> bool:
    """Undo `soft_delete`; False if it is gone, or its place was taken. Raises StudioError when the disk refuses."""
    if folder.exists() or not _away(folder).is_dir():
        return False
    with storage_errors(folder):
        _away(folder).rename(folder)
    return True


def _away(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}{_DELETED}")


def storage_errors(folder: Path) -> AbstractContextManager[None]:
    """Raise a StudioError, in a sentence, for what the disk refuses in `folder`."""
    return translate_errors(OSError, partial(_refusal, folder))


def _refusal(folder: Path, error: OSError) -> StudioError:
    if error.errno in FULL:
        return StudioError(f"The disk with {folder} is full; free some space and try again.")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StudioError(f"The folder {folder} may not be written; change its permissions or choose another folder.")
    return StudioError(f"The data could not be stored in {folder} ({error.strerror or error}); try again.")

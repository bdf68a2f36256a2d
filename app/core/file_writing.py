"""Files and folders are written whole or not at all, and what a killed program left of one is removed.

What is being written lies beside its place, or in another folder of that disk, until one rename gives it its name.
Until then the token of its process is in its name; a process holds a lock for as long as it lives, and notes in the
user's folder where it writes. So the next program knows what nobody will finish (`tidy_up`), wherever it lies.
"""

import atexit
import contextlib
import errno
import os
import shutil
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from app.core.errors import InputError, StudioError
from app.core.paths import user_dir
from app.core.texts import numbered

_NEW, _OLD = ".new-", ".old-"
_NAMELESS = ("*/.new-????????", "search-models/*/.new-????????", "data/.*.part", "checkpoints/*.partial", "*/.new-0-*")
"""What older versions left, and processes that could not say that they write."""
_STALE_S = 24 * 3600
UNFINISHED_DOWNLOAD = ".download"
_DOWNLOADS, _DOWNLOAD_STALE_S = f"data/.*{UNFINISHED_DOWNLOAD}", 7 * 24 * 3600
"""What is kept of a download that was not finished, and for how long: it goes on where it was."""
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What a system says where there is no room: on the disk, for this user, or in one file."""


def write_whole(path: Path, content: bytes, work: Path | None = None) -> None:
    """Write a file whole or not at all: beside its place, or in the folder `work`, and then renamed.

    Raises OSError and leaves what was there before, also where the disk is full.
    """
    with written_beside(path, work) as new:
        new.write_bytes(content)


@contextlib.contextmanager
def written_beside(target: Path, work: Path | None = None) -> Iterator[Path]:
    """Give the place of a new file or folder beside `target`, or in the folder `work`.

    It takes the name of `target` when the block ends well. If the block raises, nothing remains. Raises OSError where
    the name is that of a folder with something in it.
    """
    with unfinished(work or target.parent) as new:
        yield new
        put_in_place(new, target)


@contextlib.contextmanager
def unfinished(folder: Path) -> Iterator[Path]:
    """Give the place of a new file or folder in `folder`; what is there when the block ends is removed."""
    new = folder / f"{_NEW}{_token_for(folder)}-{uuid.uuid4().hex[:8]}"
    try:
        yield new
    finally:
        _remove(new)


@contextlib.contextmanager
def working_folder() -> Iterator[Path]:
    """Give a private folder among the system's temporary ones, which is removed when the block ends.

    What a killed program leaves of one is removed by the next. Raises StudioError where none can be made.
    """
    with contextlib.ExitStack() as stack:
        try:
            new = stack.enter_context(unfinished(Path(tempfile.gettempdir())))
            new.mkdir(mode=0o700)
        except OSError as error:
            raise StudioError(f"No temporary folder can be made ({error.strerror}); free some space.") from error
        yield new


def put_in_place(new: Path, target: Path, replace: bool = False) -> None:
    """Give a finished file or folder its name once the disk has it; a folder may `replace` another one.

    Raises OSError where the name is that of a folder with something in it that may not be replaced.
    """
    for file in [path for path in new.iterdir() if path.is_file()] if new.is_dir() else [new]:
        with file.open("rb+") as written:
            os.fsync(written.fileno())
    old = None
    if new.is_dir() and target.is_dir():
        if replace:  # no system replaces a full folder in one step, so the old one steps aside
            old = target.rename(target.parent / f"{_OLD}{_token_for(target.parent)}-{target.name}")
        else:
            target.rmdir()  # empty, as a dialog makes it
    try:
        new.replace(target)
    except OSError:
        if old is not None:
            old.rename(target)
        raise
    _sync(target.parent)
    if old is not None:
        _remove(old)


def ensure_room(folder: Path, room_bytes: int) -> None:
    """Make a folder, and see whether so much can be written there; raises OSError.

    It is set aside for a moment: what is free says nothing of a quota.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:
        try:
            os.posix_fallocate(file.fileno(), 0, room_bytes)
        except (AttributeError, OSError) as error:  # Windows and macOS have no such call, some drives do not take it
            if getattr(error, "errno", None) in FULL:
                raise
            file.write(bytes(room_bytes))
            file.flush()


def _sync(folder: Path) -> None:
    """Have the disk know the names in a folder, where a system can be asked to."""
    with contextlib.suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _remove(path: Path) -> None:
    """Remove a file or a folder, as far as that can be done: nothing can where nothing can be written."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


# Whose it is, and what becomes of it.


class _Writer:
    """A process as one that writes: its token, and the folders where it said that it writes."""

    def __init__(self, home: Path) -> None:
        from app.core.locks import OwnerLocks  # reading needs none

        self.home, self.process = home, os.getpid()
        self._locks = OwnerLocks(home)
        self.token = self._locks.take()
        self._noted: set[Path] = set()

    def note(self, folder: Path) -> None:
        """Say that files are written in this folder. Raises OSError."""
        folder = folder.absolute()
        if folder not in self._noted:
            with (self.home / f"{self.token}.txt").open("ab") as notes:
                notes.write(os.fsencode(folder) + b"\0")
                notes.flush()
                os.fsync(notes.fileno())
            self._noted.add(folder)

    def leave(self) -> None:
        """Be no writer any more."""
        if self.process == os.getpid():
            _remove(self.home / f"{self.token}.txt")
            self._locks.drop(self.token)


_writer: _Writer | None = None
_guard = threading.RLock()


def _token_for(folder: Path) -> str:
    """The token of this process, which is noted to write in `folder`; another word where nothing can be noted."""
    global _writer  # noqa: PLW0603 - a process is one writer
    try:
        home = _notes()
        if not home.parent.is_dir():
            return "0"
        with _guard:
            if _writer is None or (_writer.home, _writer.process) != (home, os.getpid()):
                _leave()
                tidy_up()
                _writer = _Writer(home)
            _writer.note(folder)
            return _writer.token
    except (OSError, InputError):  # InputError: there is no home at all
        return "0"


@atexit.register
def _leave() -> None:
    global _writer  # noqa: PLW0603
    if _writer is not None:
        _writer.leave()
        _writer = None


def _notes() -> Path:
    return user_dir() / "writing"


def tidy_up() -> None:
    """Remove what processes that have gone were writing, and bring back what they were just about to replace."""
    with contextlib.suppress(OSError, InputError):
        _tidy_nameless(user_dir())
        if any(_notes().iterdir()):
            from app.core.locks import OwnerLocks

            locks = OwnerLocks(_notes())
            for notes in sorted(_notes().glob("*.txt")):
                if not locks.is_held(notes.stem):
                    _tidy_after(notes)
            locks.tidy()


def _tidy_after(notes: Path) -> None:
    token = notes.stem
    for folder in [Path(os.fsdecode(each)) for each in notes.read_bytes().split(b"\0") if each]:
        with contextlib.suppress(OSError):
            for path in folder.glob(f"{_NEW}{token}-*"):
                _remove(path)
            for path in folder.glob(f"{_OLD}{token}-*"):
                _bring_back(path, folder / path.name.removeprefix(f"{_OLD}{token}-"))
    _remove(notes)


def _tidy_nameless(home: Path) -> None:
    """Remove what is older than a day: somebody may still be writing the other."""
    kinds = [*((pattern, _STALE_S) for pattern in _NAMELESS), (_DOWNLOADS, _DOWNLOAD_STALE_S)]
    for path, stale_s in [(path, stale_s) for pattern, stale_s in kinds for path in home.glob(pattern)]:
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime <= stale_s:
                continue
            if path.name.endswith(".old.part"):
                _bring_back(path, path.with_name(path.name[1:].rsplit("-", 1)[0]))
            else:
                _remove(path)


def _bring_back(old: Path, target: Path) -> None:
    """Give what was to be replaced its name again, unless the new one has it."""
    if os.path.lexists(target):
        _remove(old)
    else:
        old.rename(target)


def set_aside(path: Path, endings: Sequence[str] = ()) -> Path:
    """Give what is damaged a name that tells the day, beside its place; and first what is called so with an ending.

    Returns where it lies now. Raises OSError.
    """
    names = numbered(f"{path.stem} damaged {date.today().isoformat()}")
    free = next(place for name in names if not os.path.lexists(place := path.with_name(f"{name}{path.suffix}")))
    for ending in endings:
        with contextlib.suppress(FileNotFoundError):
            Path(f"{path}{ending}").rename(f"{free}{ending}")
    return path.rename(free)

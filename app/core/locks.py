"""Which processes live: each holds a lock for as long as it does, whatever ends it.

The operating system lets go of a lock when a process ends; a process id would be used again.
"""

import threading
import uuid
from contextlib import suppress
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

_held: dict[Path, BaseFileLock] = {}
_guard = threading.Lock()


class OwnerLocks:
    """The locks in one folder. Each has a name that is never used again, the token of its owner."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take(self) -> str:
        """Hold a new lock until `drop`, or until this process ends. Returns its token.

        Raises OSError, also where the folder is on a drive that cannot lock files.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        while True:
            token = uuid.uuid4().hex
            path = self._path(token)
            lock = FileLock(path, thread_local=False, fallback_to_soft=False)  # taken and dropped in any thread
            with suppress(Timeout):  # somebody looked whether it is held just when it was made
                lock.acquire(timeout=0)
                with _guard:
                    _held[path] = lock
                return token

    def drop(self, token: str) -> None:
        """Let go of a lock; one that this process does not hold stays as it is."""
        path = self._path(token)
        with _guard:
            lock = _held.pop(path, None)
        if lock is not None:
            with suppress(OSError):
                lock.release()
            _remove(path)

    def is_own(self, token: str) -> bool:
        """True if this process holds the lock."""
        return self._path(token) in _held

    def is_held(self, token: str) -> bool:
        """True if this process or another living one holds the lock. One that nobody holds is tidied away."""
        path = self._path(token)
        if path in _held:
            return True
        if not token.isalnum() or not path.exists():
            return False
        try:
            with FileLock(path, timeout=0, thread_local=False, fallback_to_soft=False):
                pass
        except Timeout:
            return True
        _remove(path)
        return False

    def tidy(self) -> None:
        """Remove what those left who were ended before they could say that they hold a lock."""
        for path in self._folder.glob(f"{'?' * 32}.lock"):
            self.is_held(path.stem)

    def _path(self, token: str) -> Path:
        return self._folder / f"{token}.lock"


def _remove(path: Path) -> None:
    with suppress(OSError):  # Windows keeps a file that somebody is just looking at
        path.unlink()

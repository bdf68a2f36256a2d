"""Which runs are really going: each holds a lock for as long as its process lives.

The operating system lets go of a lock when a process ends, whatever ended it; a process id would be given to the next.
"""

import threading
import uuid
from contextlib import suppress
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

_held: dict[Path, BaseFileLock] = {}
_guard = threading.Lock()


class RunLocks:
    """The locks in one folder. A run's lock has a name that is never used again, the token of its owner."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take(self) -> str:
        """Hold a new lock until `drop`, or until this process ends. Returns its token."""
        self._folder.mkdir(parents=True, exist_ok=True)
        token = uuid.uuid4().hex
        path = self._path(token)
        lock = FileLock(path, thread_local=False)  # runs are begun and ended in any thread
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
            lock.release()
            _remove(path)

    def is_held(self, token: str) -> bool:
        """True if this process or another living one holds the lock. One that nobody holds is tidied away."""
        path = self._path(token)
        if path in _held:
            return True
        if not token or not path.exists():
            return False
        try:
            with FileLock(path, timeout=0, thread_local=False):
                pass
        except Timeout:
            return True
        _remove(path)
        return False

    def _path(self, token: str) -> Path:
        return self._folder / f"{token}.lock"


def _remove(path: Path) -> None:
    with suppress(OSError):  # Windows keeps a file that somebody is just looking at
        path.unlink()

"""What took seconds to compute, kept for the next start: bytes in the cache folder of the user's home.

What cannot be read is computed again, and what cannot be written is not kept: neither is an error. Several programs
may read and write at once.
"""

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

from app.core.errors import InputError
from app.core.paths import user_dir

MOST_KEPT = 8
"""So many files, the last used ones; those of the networks that ship have 6 MB each."""
_DIGEST_BYTES = 32


def load_kept(key: str) -> bytes | None:
    """What was kept under a key; None if there is nothing, or it is damaged."""
    try:
        path = _path(key)
        whole = path.read_bytes()
        with contextlib.suppress(OSError):
            os.utime(path)  # it was used
    except (OSError, InputError):
        return None
    digest, content = whole[:_DIGEST_BYTES], whole[_DIGEST_BYTES:]
    return content if hashlib.sha256(content).digest() == digest else None


def keep(key: str, content: bytes) -> None:
    """Keep it under a key, whole or not at all, in place of what was kept there; drop what was not used for longest."""
    with contextlib.suppress(OSError, InputError):
        path = _path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(hashlib.sha256(content).digest() + content)
        Path(file.name).replace(path)
        newest_first = sorted(path.parent.iterdir(), key=lambda kept: kept.stat().st_mtime, reverse=True)
        for old in newest_first[MOST_KEPT:]:
            old.unlink(missing_ok=True)


def _path(key: str) -> Path:
    return user_dir() / "cache" / "explaining" / hashlib.sha256(key.encode()).hexdigest()[:32]

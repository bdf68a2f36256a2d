"""What is kept of errors: a log that stays small, what a crash left, and a report of both for whoever mends them."""

import faulthandler
import getpass
import logging
import os
import re
import sys
import traceback
from collections import Counter
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO

from app import __version__
from app.core.errors import StudioError
from app.core.paths import read_regular, user_dir

MOST_BYTES = 500_000
"""Of the log; when it is larger, it takes the place of the one before."""
_LONGEST_RECORD = 20_000  # letters
_MOST_REPEATS = 3
_SHOWN_LINES = 40
_LONGEST_CRASH = 2**20
_PART_ENDS = r"(?=[/\\\s\"']|$)"  # of a path

_log = logging.getLogger(__name__)


def log_file() -> Path:
    """Where the log is. May not exist yet."""
    return user_dir() / "logs" / "softmax-studio.log"


def start_log() -> None:
    """Keep warnings and errors from now on, also what libraries say, and no more than the start of all else."""
    root = logging.getLogger()
    if not any(isinstance(handler, _LogFile) for handler in root.handlers):
        root.addHandler(_LogFile())


def last_lines() -> str:
    """The end of the log, without private things; empty if there is none."""
    with suppress(OSError, StudioError):
        content = read_regular(log_file(), 2 * MOST_BYTES).decode(errors="replace")
        return without_private("\n".join(content.splitlines()[-_SHOWN_LINES:]))
    return ""


class _LogFile(logging.Handler):
    """Opens the file for each record alone: so several programs may write it, and the home may still change.

    A home that cannot be written is no error: then nothing is kept.
    """

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.setFormatter(logging.Formatter("%(asctime)s [%(process)d] %(levelname)s %(name)s: %(message)s"))
        self.addFilter(_Repeats())

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(Exception):  # what tells of an error must not be one itself
            line, path = self.format(record)[:_LONGEST_RECORD], log_file()
            with suppress(FileNotFoundError):
                if path.stat().st_size > MOST_BYTES:
                    path.replace(path.with_suffix(".old.log"))
            with _private(path) as file:
                file.write(f"{line}\n")


class _Repeats(logging.Filter):
    """Lets the same error through a few times: one of a slot that is called with every move would push all else out."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: Counter[str] = Counter()

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.exc_info or record.exc_info[1] is None:
            return True
        place = place_of(record.exc_info[1])
        self._seen[place] += 1
        return self._seen[place] <= _MOST_REPEATS


def place_of(error: BaseException) -> str:
    """What tells an error from others: its kind, and where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{type(error).__name__} {frames[-1].filename}:{frames[-1].lineno}" if frames else type(error).__name__


def _private(path: Path) -> IO[str]:
    """Open a file to write at its end, which only the user can read. Never waits for a pipe."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NONBLOCK", 0)
    return os.fdopen(os.open(path, flags, 0o600), "a", encoding="utf-8", errors="backslashreplace")


# What ends the program at once, in native code, leaves only what Python's fault handler writes at that moment.

_crash_file: IO[str] | None = None


def watch_for_crashes() -> None:
    """From now on, let a crash of this process leave where it happened."""
    global _crash_file  # noqa: PLW0603 - the handler needs it open until the end
    with suppress(OSError, StudioError):
        _crash_file = _private(_crash_path())
        faulthandler.enable(_crash_file)


def take_crash() -> str:
    """What a crash left since it was last asked; empty if there was none. It is in the log from then on."""
    with suppress(OSError, StudioError):
        path = _crash_path()
        left = read_regular(path, _LONGEST_CRASH).decode(errors="replace").strip()
        if left:
            when = datetime.fromtimestamp(path.stat().st_mtime).isoformat(" ", "seconds")
            os.truncate(path, 0)
            _log.error("the program crashed at %s:\n%s", when, left)
            return f"The program crashed at {when}.\n{left}"
    return ""


def _crash_path() -> Path:
    return log_file().with_name("crash.txt")


# A report to copy.


def report(what: str, qt: str = "") -> str:
    """All that helps to find out why `what` happened: versions, the system, the end of the log; nothing private."""
    import platform

    from app.core.components import program_versions

    found = {"softmax-studio": __version__}
    with suppress(Exception):  # a broken installation may be what it is about
        found = program_versions()
    found |= {"Qt": qt} if qt else {}
    own, *others = [f"{name} {version}" for name, version in found.items()]
    form = "packaged" if getattr(sys, "frozen", False) else "installed by Python"
    facts = f"{own} ({form})\n{', '.join(others)}\n{platform.platform()}, {os.cpu_count()} cores"
    lines = last_lines()
    log = f"\n\nThe end of the log:\n{lines}" if lines else ""
    return f"{facts}\n\n{without_private(what.strip())}{log}\n"


def without_private(text: str) -> str:
    """The text without the user's name in paths, and without names and passwords in addresses."""
    text = re.sub(r"(?<=://)[^/\s@]+@", "…@", text)
    with suppress(RuntimeError):
        text = re.sub(re.escape(str(Path.home())) + _PART_ENDS, "~", text)
    with suppress(OSError, KeyError, ImportError):  # where the system does not know its user
        text = re.sub(r"(?<=[/\\])" + re.escape(getpass.getuser()) + _PART_ENDS, "…", text)
    return text

"""Writing what was made, whole or not at all, and nothing over what is there unless asked."""

import contextlib
import errno
import os
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path

from app.core.errors import InputError, StudioError
from app.core.paths import write_whole


def check_target(path: Path, is_folder: bool, replace: bool) -> None:
    """Raise InputError if `path` cannot become the file (or the folder) that is wanted, before any work is done."""
    with _sentences(path):
        if not path.parent.is_dir():
            raise InputError(f"There is no folder {path.parent}; make it first or choose another place.")
        if path.is_dir() and not is_folder:
            raise InputError(f"{path} is a folder; give the name of a file.")
        if path.exists() and not path.is_dir() and is_folder:
            raise InputError(f"{path} is a file; give the name of a folder.")
    if not is_folder:
        check_free([path], replace)


def check_free(paths: list[Path], replace: bool) -> None:
    """Raise InputError if there is something at one of `paths`, unless it may be replaced."""
    if taken := [path for path in paths if os.path.lexists(path) and not replace]:
        raise InputError(f"{taken[0]} already exists; choose another name, or allow replacing it.")


def write_files(files: Mapping[Path, bytes], replace: bool) -> None:
    """Write each file whole, making the folders it needs.

    Raises InputError if one is there and may not be replaced (then none is written), StudioError if the disk refuses.
    """
    check_free(list(files), replace)
    for path, content in files.items():
        with _sentences(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, content)


@contextlib.contextmanager
def _sentences(path: Path) -> Iterator[None]:
    """Say in a sentence what the system refuses."""
    try:
        yield
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise StudioError(f"The disk with {path.parent} is full; free some space and try again.") from None
        raise StudioError(f"{path} cannot be written ({reason}); choose another place.") from None


# What can be written about runs.


class ReportFormat(StrEnum):
    """What can be written. KERAS is for one run only, TENSORBOARD fills a folder."""

    CSV = "csv"
    MARKDOWN = "markdown"
    HTML = "html"
    KERAS = "keras"
    TENSORBOARD = "tensorboard"

    @property
    def label(self) -> str:
        """How a menu names it."""
        return _TITLES[self]

    @property
    def suffix(self) -> str:
        """How the name of its file ends; nothing for a folder."""
        return _SUFFIXES[self]


_TITLES = {
    ReportFormat.CSV: "Table (CSV)",
    ReportFormat.MARKDOWN: "Table (Markdown)",
    ReportFormat.HTML: "Lab report (HTML)",
    ReportFormat.KERAS: "Keras script",
    ReportFormat.TENSORBOARD: "TensorBoard events",
}
_SUFFIXES = {
    ReportFormat.CSV: ".csv",
    ReportFormat.MARKDOWN: ".md",
    ReportFormat.HTML: ".html",
    ReportFormat.KERAS: ".py",
    ReportFormat.TENSORBOARD: "",
}

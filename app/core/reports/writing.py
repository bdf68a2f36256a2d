"""Writing what was made, whole or not at all, and nothing over what is there unless asked."""

import contextlib
import errno
import os
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path

from app.core.errors import InputError, StudioError
from app.core.file_writing import written_beside


def check_target(path: Path, is_folder: bool, replace: bool) -> None:
    """Raise InputError if `path` cannot become the file (or the folder) that is wanted, before any work is done."""
    with _sentences(path):
        if not path.parent.is_dir():
            where = f"There is no folder {path.parent} for {path.name}"
            raise InputError(f"{where}; make it first or choose another place.")
        if path.is_dir() and not is_folder:
            raise InputError(f"{path} is a folder; give the name of a file.")
        if path.exists() and not path.is_dir() and is_folder:
            raise InputError(f"{path} is a file; give the name of a folder.")
    if not is_folder:
        check_free([path], replace)


def check_free(paths: Iterable[Path], replace: bool) -> None:
    """Raise InputError if there is something at one of `paths`, unless it is a file that may be replaced."""
    for path in paths:
        if os.path.lexists(path):
            if not replace:
                raise InputError(f"{path} already exists; choose another name, or allow replacing it.")
            if not os.path.isfile(path):  # noqa: PTH113 - never raises
                raise InputError(f"{path} is not a file that can be replaced; choose another name.")


def write_file(path: Path, content: bytes, replace: bool) -> None:
    """Write one file whole into a folder that is there. For the errors see `check_target` and `write_files`."""
    check_target(path, is_folder=False, replace=replace)
    write_files({path: content}, replace)


def write_files(files: Mapping[Path, bytes], replace: bool) -> None:
    """Write all files whole, or none, making the folders they need.

    Raises InputError if one is there and may not be replaced, StudioError if the disk refuses.
    """
    check_free(files, replace)
    with contextlib.ExitStack() as all_written:
        for path, content in files.items():
            all_written.enter_context(_sentences(path))
            path.parent.mkdir(parents=True, exist_ok=True)
            all_written.enter_context(written_beside(path)).write_bytes(content)


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make a new folder with these files in it, whole or not at all.

    Raises InputError if there is something called so, StudioError if the disk refuses.
    """
    check_free([folder], replace=False)
    with _sentences(folder), written_beside(folder) as work:
        work.mkdir()
        for name, content in files.items():
            (work / name).write_bytes(content)


def csv_bytes(table: str) -> bytes:
    """A CSV table as a file: UTF-8 with a byte order mark, without which spreadsheets take it for another encoding."""
    return table.encode("utf-8-sig")


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

"""Where things live: the program's own files (read-only) and the user's folder; and reading there."""

import errno
import io
import os
import stat
from pathlib import Path

import platformdirs

from app.core.errors import InputError

HOME_VARIABLE = "SOFTMAX_STUDIO_HOME"

_PACKAGE = Path(__file__).resolve().parents[1]


def _program_folder(name: str) -> Path:
    """A folder shipped with the program: inside the package when installed, beside it in a checkout."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def resources_dir() -> Path:
    """Icons, sample drawings and the starter data. Read-only."""
    return _program_folder("resources")


def bundled_models_dir() -> Path:
    """The models that ship with the program. Read-only."""
    return _program_folder("trained_models")


def user_dir() -> Path:
    """The user's folder; the environment variable SOFTMAX_STUDIO_HOME moves it. May not exist yet.

    Raises InputError if this computer does not know where the user's home is.
    """
    moved = os.environ.get(HOME_VARIABLE)
    try:
        if moved:
            return Path(moved).expanduser()
        own = Path(platformdirs.user_data_dir("softmax-studio", appauthor=False))
    except RuntimeError:
        own = Path("~")
    if own.parts[:1] == ("~",):  # what is left where a machine does not know its user
        raise InputError(f"Your home folder cannot be found; set {HOME_VARIABLE} to a folder you may write.")
    return own


def given_path(text: str | Path) -> Path:
    """A path as a user gave it, "~" followed. Raises InputError for nobody's home and a name that is not text."""
    try:
        os.fspath(text).encode()
        return Path(text).expanduser()
    except RuntimeError:
        raise InputError(f"The home folder in {text} cannot be found; give the whole path.") from None
    except UnicodeEncodeError:
        shown = os.fspath(text).encode(errors="backslashreplace").decode()
        raise InputError(f"The name {shown} is not valid Unicode; rename it.") from None


def user_models_dir() -> Path:
    """The user's own trained models. May not exist yet."""
    return user_dir() / "models"


def user_data_dir() -> Path:
    """Downloaded and imported data sets. May not exist yet."""
    return user_dir() / "data"


def read_regular(path: Path, most_bytes: int) -> bytes:
    """The content of a plain file that is no larger than that.

    Raises OSError, and never waits for a pipe or reads a device without end.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags), "rb") as file:
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode):
            raise OSError(errno.EINVAL, "it is not a plain file")
        # No more than there is: as many bytes as are asked for are set aside, whether or not they come.
        content = file.read(about.st_size + 1) if about.st_size <= most_bytes else b""
        if about.st_size > most_bytes or len(content) > most_bytes:
            raise OSError(errno.EFBIG, f"it is larger than {most_bytes / 2**20:g} MB")
    return content


_MODEST_BYTES = 2**20


class BoundedReader(io.BufferedReader):
    """Reads a plain file as Python's own does, but sets no memory aside for more bytes than it can have.

    Libraries ask for as many as a header announces, which may be 4 GB.
    """

    def read(self, size: int | None = -1, /) -> bytes:
        """What comes next, up to so many bytes."""
        if size is not None and size > _MODEST_BYTES:
            size = min(size, max(0, os.fstat(self.fileno()).st_size - self.tell()))
        return super().read(size)


# The font that ships with the program, and what stands in for it where our pictures and reports are read elsewhere.

FAMILY = "Pretendard"
FAMILIES = f"{FAMILY}, Inter, 'Segoe UI', 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"
"""For CSS and SVG, which may meet a machine without our font."""


def font_files() -> list[Path]:
    """The weights of FAMILY, as OpenType files."""
    return sorted((resources_dir() / "fonts").glob("*.otf"))

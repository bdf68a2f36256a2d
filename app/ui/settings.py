"""What the window remembers between two starts, in the user's folder."""

import errno
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QByteArray, QCoreApplication, QSettings

from app.core.config.settings import OLD_NAMES
from app.core.file_writing import set_aside
from app.core.paths import read_regular, user_dir
from app.core.runs.snapshots import USUAL_ROOM, FilmRoom
from app.ui.theme import Scheme

translate = QCoreApplication.translate
_MOST_BYTES = 2**20


def set_damaged_aside() -> str:
    """Move a file of settings that is damaged away, before the first `Settings` is made: all begin anew.

    Returns the sentence that says so, an empty text if nothing was wrong.
    """
    path = _file()
    try:
        if _is_sound(read_regular(path, _MOST_BYTES)):
            return ""
    except FileNotFoundError:
        return ""
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.EFBIG, errno.EISDIR}:  # closed to us, but perhaps sound
            return ""
    try:
        aside = set_aside(path)
    except OSError:
        return translate("settings", "Your settings are damaged: {path}. Move that file away.").format(path=path)
    told = translate("settings", "Your settings were damaged. They were set aside as {path}, and begin anew.")
    return told.format(path=aside)


def _is_sound(content: bytes) -> bool:
    """True if every line is one that Qt writes, which itself takes what it can of anything."""
    try:
        lines = [line.strip() for line in content.decode().split("\n")]
    except UnicodeDecodeError:
        return False
    return b"\0" not in content and all(not line or line.startswith(("[", ";")) or "=" in line for line in lines)


def _file() -> Path:
    return user_dir() / "settings.ini"


class Settings:
    """Typed access to the few things worth remembering; everything has a default, nothing can fail to load."""

    def __init__(self) -> None:
        self._store = QSettings(str(_file()), QSettings.Format.IniFormat)

    @property
    def scheme(self) -> Scheme:
        """Light, dark or as the system is."""
        saved = str(self._store.value("scheme", Scheme.SYSTEM))
        return Scheme(saved) if saved in set(Scheme) else Scheme.SYSTEM

    @scheme.setter
    def scheme(self, scheme: Scheme) -> None:
        self._store.setValue("scheme", str(scheme))

    @property
    def page(self) -> str:
        """The page last shown, or an empty text."""
        return str(self._store.value("page", ""))

    @page.setter
    def page(self, name: str) -> None:
        self._store.setValue("page", name)

    @property
    def model(self) -> str:
        """The model last chosen, or an empty text."""
        return str(self._store.value("model", ""))

    @model.setter
    def model(self, name: str) -> None:
        self._store.setValue("model", name)

    @property
    def compared(self) -> str:
        """The model that was chosen to compare with, or an empty text."""
        return str(self._store.value("compared", ""))

    @compared.setter
    def compared(self, name: str) -> None:
        self._store.setValue("compared", name)

    @property
    def labels(self) -> bool:
        """True while what is drawn is being labelled, to be kept as samples."""
        return str(self._store.value("labels", "")) == "yes"

    @labels.setter
    def labels(self, labels: bool) -> None:
        self._store.setValue("labels", "yes" if labels else "")

    @property
    def knows_tour(self) -> bool:
        """True once the tour was shown or declined."""
        return str(self._store.value("knows_tour", "")) == "yes"

    @knows_tour.setter
    def knows_tour(self, knows: bool) -> None:
        self._store.setValue("knows_tour", "yes" if knows else "")

    @property
    def lesson(self) -> str:
        """The lesson last opened, or an empty text."""
        return str(self._store.value("lesson", ""))

    @lesson.setter
    def lesson(self, lesson: str) -> None:
        self._store.setValue("lesson", lesson)

    @property
    def follows_lesson(self) -> bool:
        """True while its line stands above the other pages."""
        return str(self._store.value("follows_lesson", "")) == "yes"

    @follows_lesson.setter
    def follows_lesson(self, follows: bool) -> None:
        self._store.setValue("follows_lesson", "yes" if follows else "")

    @property
    def brush_size(self) -> int:
        """Width of the pen on the paper, in pixels."""
        saved = str(self._store.value("brush_size", ""))
        return int(saved) if saved.isdecimal() and len(saved) < 4 else 0

    @brush_size.setter
    def brush_size(self, size: int) -> None:
        self._store.setValue("brush_size", size)

    @property
    def run_columns(self) -> tuple[str, ...]:
        """The columns of the table of runs, from left to right; none at first."""
        saved = str(self._store.value("run_columns", ""))
        return tuple(OLD_NAMES.get(name, name) for name in saved.split())

    @run_columns.setter
    def run_columns(self, columns: tuple[str, ...]) -> None:
        self._store.setValue("run_columns", " ".join(columns))

    def folder(self, purpose: str) -> str:
        """Where a file was last found for that purpose ("save", "open"), or an empty text."""
        return str(self._store.value(f"folder/{purpose}", ""))

    def set_folder(self, purpose: str, folder: str) -> None:
        """Keep where a file was found."""
        self._store.setValue(f"folder/{purpose}", folder)

    def divided(self, name: str) -> QByteArray:
        """Where the dividers of that name were; empty at first."""
        saved = self._store.value(f"divided/{name}", QByteArray())
        return saved if isinstance(saved, QByteArray) else QByteArray()

    def set_divided(self, name: str, state: QByteArray) -> None:
        """Keep where the dividers of that name are."""
        self._store.setValue(f"divided/{name}", state)

    @property
    def film_room(self) -> FilmRoom:
        """How much of the disk the snapshots of new runs may take."""
        return FilmRoom(self._bytes("film_mb", USUAL_ROOM.of_run), self._bytes("films_mb", USUAL_ROOM.of_all))

    @film_room.setter
    def film_room(self, room: FilmRoom) -> None:
        self._store.setValue("film_mb", room.of_run // 10**6)
        self._store.setValue("films_mb", room.of_all // 10**6)

    def _bytes(self, name: str, usual: int) -> int:
        saved = str(self._store.value(name, ""))
        return int(saved) * 10**6 if saved.isdecimal() and len(saved) < 6 else usual

    @property
    def form(self) -> str:
        """The settings on the Train page, as JSON, or an empty text."""
        return str(self._store.value("form", ""))

    @form.setter
    def form(self, form: str) -> None:
        self._store.setValue("form", form)

    @property
    def new_name(self) -> str:
        """The name for the next model on the Train page, or an empty text."""
        return str(self._store.value("new_name", ""))

    @new_name.setter
    def new_name(self, name: str) -> None:
        self._store.setValue("new_name", name)

    @property
    def varied(self) -> tuple[tuple[str, str], ...]:
        """The settings to vary on the Search page, and the values that were written for each; none at first."""
        saved = self._store.value("varied", [])
        words = [str(word) for word in saved] if isinstance(saved, list) else []
        return tuple(pairwise(words))[::2]

    @varied.setter
    def varied(self, varied: tuple[tuple[str, str], ...]) -> None:
        self._store.setValue("varied", [word for pair in varied for word in pair])

    @property
    def geometry(self) -> QByteArray:
        """Where the window was; empty at first."""
        saved = self._store.value("geometry", QByteArray())
        return saved if isinstance(saved, QByteArray) else QByteArray()

    @geometry.setter
    def geometry(self, geometry: QByteArray) -> None:
        self._store.setValue("geometry", geometry)

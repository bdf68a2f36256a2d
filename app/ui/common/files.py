"""The one way to ask for files and folders, and the bytes of a picture.

All that is saved goes through `ask_to_save`: it completes the name first and asks about the whole name before anything
is replaced. Only the systems' own dialogs complete a name after they have asked, or take what follows any dot for a
suffix.
"""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QIODevice, QStandardPaths
from PySide6.QtGui import QImage, QImageWriter
from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QMessageBox, QWidget

from app.core.errors import StudioError
from app.core.texts import numbered
from app.ui.settings import Settings

translate = QCoreApplication.translate


@dataclass(frozen=True)
class FileFormat:
    """A form of file in a dialog: `words` for it, and the suffixes of its names; the first is given to new ones."""

    words: str
    suffixes: tuple[str, ...]

    @property
    def name_filter(self) -> str:
        """As Qt writes it: "Picture (*.png *.jpg)"."""
        return f"{self.words} ({' '.join(f'*{suffix}' for suffix in self.suffixes)})"


PNG, SVG = FileFormat("PNG", (".png",)), FileFormat("SVG", (".svg",))


def ask_to_save(parent: QWidget, title: str, name: str, formats: Sequence[FileFormat]) -> Path | None:
    """Ask where to save a file in one of `formats`; suggest `name`, which has no suffix yet, where nothing is yet.

    Returns the whole name, which ends in a suffix of a format, or None. What is there already, the user agreed to
    replace.
    """
    folder = _last_folder("save", _home_of(formats))
    dialog = QFileDialog(parent.window(), title, str(folder), ";;".join(kind.name_filter for kind in formats))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
    dialog.selectFile(free_path(folder / f"{name}{formats[0].suffixes[0]}", formats[0].suffixes[0]).name)
    dialog.filterSelected.connect(lambda _: dialog.setDefaultSuffix(_chosen(dialog, formats).suffixes[0][1:]))
    types = dialog.findChild(QComboBox, "fileTypeCombo")
    if types is not None:  # else it is the system's dialog, which does so itself
        types.currentIndexChanged.connect(partial(_change_suffix, dialog, formats))
    path = _path_to_save(dialog, formats)
    dialog.deleteLater()
    if path is not None:
        _remember_folder("save", path.parent)
    return path


def ask_for_new_folder(parent: QWidget, title: str, name: str) -> Path | None:
    """Ask for the name of a folder to be made; suggest `name`. What writes it replaces nothing that is there."""
    folder = _last_folder("save", _home_of(()))
    suggested = str(free_path(folder / name, ""))
    ask_nothing = QFileDialog.Option.DontConfirmOverwrite
    chosen, _ = QFileDialog.getSaveFileName(parent.window(), title, suggested, options=ask_nothing)
    if chosen:
        _remember_folder("save", Path(chosen).parent)
    return Path(chosen) if chosen else None


def ask_for_folder(parent: QWidget, title: str, *, to_save: bool = False) -> Path | None:
    """Ask for a folder that is there, to read from it or, with `to_save`, to write into it."""
    purpose = "save" if to_save else "open"
    chosen = QFileDialog.getExistingDirectory(parent.window(), title, str(_last_folder(purpose, _home_of(()))))
    if chosen:
        _remember_folder(purpose, Path(chosen))
    return Path(chosen) if chosen else None


def ask_to_open(parent: QWidget, title: str, *name_filters: str) -> Path | None:
    """Ask for a file to read; `name_filters` are as Qt writes them: "Pictures (*.png *.jpg)"."""
    folder = str(_last_folder("open", _home_of(())))
    plain = QFileDialog.Option.HideNameFilterDetails  # there may be dozens of suffixes
    chosen, _ = QFileDialog.getOpenFileName(parent.window(), title, folder, ";;".join(name_filters), options=plain)
    if chosen:
        _remember_folder("open", Path(chosen).parent)
    return Path(chosen) if chosen else None


def ask_to_open_several(parent: QWidget, title: str, *name_filters: str) -> list[Path]:
    """As `ask_to_open`, for files of one folder that are read together; none if the user changed their mind."""
    folder = str(_last_folder("open", _home_of(())))
    plain = QFileDialog.Option.HideNameFilterDetails
    chosen, _ = QFileDialog.getOpenFileNames(parent.window(), title, folder, ";;".join(name_filters), options=plain)
    if chosen:
        _remember_folder("open", Path(chosen[0]).parent)
    return [Path(path) for path in chosen]


def may_replace(parent: QWidget, paths: Sequence[Path]) -> bool:
    """Ask whether the files at `paths` may be replaced; Enter says no."""
    one = translate("files", "{name} already exists in {folder}.\nDo you want to replace it?")
    more = translate("files", "{count} files already exist, such as {name} in {folder}.\nDo you want to replace them?")
    first = paths[0]
    said = (one if len(paths) == 1 else more).format(name=first.name, folder=first.parent.name, count=len(paths))
    yes, no = QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No
    return QMessageBox.warning(parent, translate("files", "Replace?"), said, yes | no, no) == yes


def completed(path: Path, formats: Sequence[FileFormat], chosen: FileFormat) -> Path:
    """The path with the suffix of `chosen`, unless it has one of `formats`: "2024.12 a" becomes "2024.12 a.png"."""
    suffix = _suffix_of(path.name, formats)
    return path if suffix else path.with_name(path.name.rstrip(".") + chosen.suffixes[0])


def free_path(path: Path, suffix: str | None = None) -> Path:
    """The path, or one like it with a number before its suffix, where nothing is yet. A folder has the suffix ""."""
    end = path.suffix if suffix is None else suffix
    names = numbered(path.name.removesuffix(end), "-")
    return next(free for name in names if not os.path.lexists(free := path.with_name(name + end)))


def png_bytes(image: QImage) -> bytes:
    """The picture as a PNG file. Raises StudioError if Qt cannot make one of it."""
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not QImageWriter(buffer, QByteArray(b"png")).write(image):
        raise StudioError("The picture cannot be made a PNG file; try a smaller one.")
    return bytes(content.data())


def _path_to_save(dialog: QFileDialog, formats: Sequence[FileFormat]) -> Path | None:
    # Two dialogs of systems ask about the name that they return, whatever Qt tells them: the one of macOS is known to.
    asks_itself = sys.platform == "darwin" and dialog.findChild(QLineEdit) is None
    dialog.setDefaultSuffix(_chosen(dialog, formats).suffixes[0][1:])
    while dialog.exec():
        dialog.setDefaultSuffix("")  # Qt would add it to what the system's dialog returns
        given = Path(dialog.selectedFiles()[0])
        chosen = _chosen(dialog, formats)
        path = completed(given, formats, chosen)
        is_asked = asks_itself and path == given
        if is_asked or not os.path.lexists(path) or os.path.isdir(path) or may_replace(dialog, [path]):  # noqa: PTH112
            return path
        dialog.setDefaultSuffix(chosen.suffixes[0][1:])
        dialog.selectFile(path.name)
    return None


def _chosen(dialog: QFileDialog, formats: Sequence[FileFormat]) -> FileFormat:
    chosen = dialog.selectedNameFilter()
    return next((kind for kind in formats if kind.name_filter == chosen), formats[0])


def _change_suffix(dialog: QFileDialog, formats: Sequence[FileFormat], index: int) -> None:
    """Give the name the suffix of another kind, before Qt does: it would cut a name at its last dot."""
    field = dialog.findChild(QLineEdit, "fileNameEdit")
    if field is not None and (name := field.text()):
        stem = name[: len(name) - len(_suffix_of(name, formats))]
        field.setText(stem + formats[index].suffixes[0])


def _suffix_of(name: str, formats: Sequence[FileFormat]) -> str:
    """The suffix in one of `formats` that the name ends in, the longest; a name has more than its suffix."""
    known = sorted((suffix for kind in formats for suffix in kind.suffixes), key=len, reverse=True)
    return next((suffix for suffix in known if name.lower().endswith(suffix) and len(name) > len(suffix)), "")


def _home_of(formats: Sequence[FileFormat]) -> Path:
    """Where people keep such files: pictures, or else documents."""
    places = QStandardPaths.StandardLocation
    place = places.PicturesLocation if PNG in formats else places.DocumentsLocation
    folder = Path(QStandardPaths.writableLocation(place))
    return folder if folder.is_dir() else Path.home()


def _last_folder(purpose: str, usual: Path) -> Path:
    """Where a file was saved (or opened) last, if that is still there."""
    last = Settings().folder(purpose)
    return Path(last) if last and os.path.isdir(last) else usual  # noqa: PTH112 - never raises


def _remember_folder(purpose: str, folder: Path) -> None:
    Settings().set_folder(purpose, str(folder))

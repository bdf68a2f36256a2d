"""The system's dialogs for files, as the Data page asks for them. Tests put others in their place."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

ChooseSource = Callable[[QWidget], Path | None]
ChooseTarget = Callable[[QWidget, str], Path | None]


def choose_folder(parent: QWidget) -> Path | None:
    """Ask for a folder."""
    chosen = QFileDialog.getExistingDirectory(parent, parent.tr("Import a folder"))
    return Path(chosen) if chosen else None


def choose_file(parent: QWidget) -> Path | None:
    """Ask for a single file with pictures."""
    wanted = parent.tr("Pictures with labels (*.npz *.csv *.csv.gz *ubyte *ubyte.gz)")
    everything = parent.tr("All files (*)")
    chosen, _ = QFileDialog.getOpenFileName(parent, parent.tr("Import a file"), "", f"{wanted};;{everything}")
    return Path(chosen) if chosen else None


def choose_target(parent: QWidget, suggested: str) -> Path | None:
    """Ask for the name of a new file or folder; nothing is ever written over."""
    ask_nothing = QFileDialog.Option.DontConfirmOverwrite
    chosen, _ = QFileDialog.getSaveFileName(parent, parent.tr("Export samples"), suggested, options=ask_nothing)
    return Path(chosen) if chosen else None

"""Where things live: the program's own files (read-only) and the user's folder."""

import os
from pathlib import Path

import platformdirs

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
    """The user's folder; the environment variable SOFTMAX_STUDIO_HOME moves it. May not exist yet."""
    moved = os.environ.get(HOME_VARIABLE)
    return Path(moved).expanduser() if moved else Path(platformdirs.user_data_dir("softmax-studio", appauthor=False))


def user_models_dir() -> Path:
    """The user's own trained models. May not exist yet."""
    return user_dir() / "models"


def user_data_dir() -> Path:
    """Downloaded and imported data sets. May not exist yet."""
    return user_dir() / "data"

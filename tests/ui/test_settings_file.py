"""A file of settings that is damaged, or no file, is set aside and said; the window opens with its own settings."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from app.ui.settings import Settings, set_damaged_aside
from app.ui.theme import Scheme


def large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2**31)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "bytes": lambda path: path.write_bytes(b"\x00\xff" * 50),
    "no text": lambda path: path.write_bytes(b"[General]\npage=\xff\n"),
    "no settings": lambda path: path.write_text("Dear diary,\nit rains.\n"),
    "a folder": Path.mkdir,
    "huge": large,
}
if hasattr(os, "mkfifo"):
    DAMAGES["a pipe"] = os.mkfifo


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_what_is_damaged_is_set_aside(damage: Callable[[Path], object], home: Path) -> None:
    home.mkdir()
    damage(home / "settings.ini")
    assert "They were set aside as" in set_damaged_aside()
    assert len(list(home.glob("settings damaged *.ini"))) == 1
    assert Settings().scheme is Scheme.SYSTEM
    assert set_damaged_aside() == ""


def test_what_the_window_wrote_is_sound(home: Path) -> None:
    settings = Settings()
    settings.form = '{"name": "ä ☃ = ; [x]\\n"}\n'
    settings.page, settings.scheme = "train", Scheme.DARK
    settings.set_folder("open", "C:\\Users\\Zoë")
    del settings
    assert (home / "settings.ini").exists()
    assert set_damaged_aside() == ""
    assert Settings().page == "train"


@pytest.mark.parametrize("size", ["²", "9" * 5_000, "-3", "wide"])
def test_a_size_that_is_none_is_the_usual_one(size: str, home: Path) -> None:
    home.mkdir()
    (home / "settings.ini").write_text(f"[General]\nbrush_size={size}\nfilm_mb={size}\n", encoding="utf-8")
    assert Settings().brush_size == 0
    assert Settings().film_room.of_run > 0

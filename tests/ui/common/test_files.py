"""Asking where to save, with Qt's own dialog and real keys: whole names, and nothing replaced unasked."""

from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from app.core.errors import StudioError
from app.ui.common.files import PNG, SVG, FileFormat, ask_to_save, completed, free_path, may_replace, png_bytes
from app.ui.settings import Settings
from tests.ui.file_dialog import file_dialog

DRAWING = FileFormat("Drawings", (".drawing.json", ".json"))


@pytest.fixture
def parent(qtbot: QtBot, tmp_path: Path) -> QWidget:
    """A window of a user who saved in `tmp_path` last."""
    Settings().set_folder("save", str(tmp_path))
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    return widget


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("five", "five.png"),
        ("five.", "five.png"),
        ("five.PNG", "five.PNG"),
        ("five.svg", "five.svg"),
        ("five.jpg", "five.jpg.png"),
        ("2024.12.02 seven", "2024.12.02 seven.png"),
        ("v1.2", "v1.2.png"),
        (".png", ".png.png"),
        ("다섯", "다섯.png"),
    ],
)
def test_a_name_is_completed_and_never_cut(given: str, wanted: str, tmp_path: Path) -> None:
    assert completed(tmp_path / given, (PNG, SVG), PNG) == tmp_path / wanted


def test_a_suffix_of_two_parts_is_one(tmp_path: Path) -> None:
    for given, wanted in (("a", "a.drawing.json"), ("a.drawing", "a.drawing.drawing.json"), ("a.json", "a.json")):
        assert completed(tmp_path / given, (DRAWING,), DRAWING).name == wanted


def test_free_names(tmp_path: Path) -> None:
    path = tmp_path / "grid.png"
    assert free_path(path) == path
    for name in ("grid.png", "grid-2.png", "a.drawing.json", "v1.2 on mnist"):
        (tmp_path / name).touch()
    assert free_path(path) == tmp_path / "grid-3.png"
    assert free_path(tmp_path / "a.drawing.json", ".drawing.json") == tmp_path / "a-2.drawing.json"
    assert free_path(tmp_path / "v1.2 on mnist", "") == tmp_path / "v1.2 on mnist-2"


@pytest.mark.parametrize("typed", ["five", "five.png", "2024.12.02 seven"])
def test_what_is_there_is_replaced_only_after_a_yes(parent: QWidget, tmp_path: Path, typed: str) -> None:
    path = tmp_path / (typed if typed.endswith(".png") else f"{typed}.png")
    path.write_text("old")
    with file_dialog(typed) as hand:
        assert ask_to_save(parent, "Save", "digit", (PNG,)) is None
    assert hand.questions == [f"{path.name} already exists in {tmp_path.name}.\nDo you want to replace it?"]
    assert hand.last_name == path.name  # the dialog came back with it
    with file_dialog(typed, replaces=True) as hand:
        assert ask_to_save(parent, "Save", "digit", (PNG,)) == path
    assert len(hand.questions) == 1


def test_what_is_not_there_is_not_asked_about(parent: QWidget, tmp_path: Path) -> None:
    (tmp_path / "2024.12.png").touch()
    (tmp_path / "five").touch()
    for typed in ("2024.12.02 seven", "five"):
        with file_dialog(typed) as hand:
            assert ask_to_save(parent, "Save", "digit", (PNG,)) == tmp_path / f"{typed}.png"
        assert hand.questions == []


def test_another_kind_gives_the_name_another_suffix_and_cuts_nothing(parent: QWidget, tmp_path: Path) -> None:
    for typed, wanted in (("", "digit.svg"), ("2024.12.02 seven", "2024.12.02 seven.svg"), ("a.b.png", "a.b.svg")):
        with file_dialog(typed, kind="SVG") as hand:
            assert ask_to_save(parent, "Save", "digit", (PNG, SVG)) == tmp_path / wanted
        assert hand.last_name == wanted


def test_a_known_suffix_that_is_typed_decides(parent: QWidget, tmp_path: Path) -> None:
    with file_dialog("a.svg"):
        assert ask_to_save(parent, "Save", "digit", (PNG, SVG)) == tmp_path / "a.svg"


def test_a_free_name_is_suggested_where_something_was_saved_last(parent: QWidget, tmp_path: Path) -> None:
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "digit.drawing.json").touch()
    with file_dialog(str(tmp_path / "figures" / "first")) as hand:
        ask_to_save(parent, "Save", "digit", (DRAWING,))
    assert hand.suggested == "digit.drawing.json"
    with file_dialog() as hand:
        assert ask_to_save(parent, "Save", "digit", (DRAWING,)) == tmp_path / "figures" / "digit-2.drawing.json"
    assert hand.suggested == "digit-2.drawing.json"


def test_a_folder_that_is_gone_is_not_opened(parent: QWidget, tmp_path: Path) -> None:
    Settings().set_folder("save", str(tmp_path / "gone"))
    with file_dialog():
        path = ask_to_save(parent, "Save", "digit", (DRAWING,))
    assert path is not None
    assert path.parent.is_dir()


def test_several_files_are_asked_about_at_once(parent: QWidget, tmp_path: Path) -> None:
    asked: list[str] = []

    def answer() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        asked.append(box.text())
        assert box.defaultButton() is box.button(QMessageBox.StandardButton.No)
        box.button(QMessageBox.StandardButton.Yes).click()

    QTimer.singleShot(0, answer)
    assert may_replace(parent, [tmp_path / "a", tmp_path / "b"])
    assert asked == [f"2 files already exist, such as a in {tmp_path.name}.\nDo you want to replace them?"]


def test_a_picture_that_is_none_becomes_no_empty_file() -> None:
    with pytest.raises(StudioError, match="cannot be made a PNG"):
        png_bytes(QImage())

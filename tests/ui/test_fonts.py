"""The window is written with its own font: the same letters, of the same widths, on every machine."""

from pathlib import Path

import pytest
from PySide6.QtGui import QFont, QFontInfo, QFontMetricsF, QRawFont
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

import app
from app.core.paths import FAMILY, font_files
from app.ui import theme

ONLY_IN_COPIED_TEXT = set("─")
"""Rules of `summary_text`, which goes to the clipboard and is never drawn here."""


def test_regular_and_bold_come_with_the_program(qapp: QApplication) -> None:
    font = qapp.font()
    assert QFontInfo(font).family() == FAMILY
    font.setBold(True)
    assert QFontInfo(font).family() == FAMILY
    assert QFontInfo(font).weight() == QFont.Weight.Bold


@pytest.mark.parametrize("file", font_files(), ids=lambda file: file.stem)
def test_every_sign_that_the_program_writes_is_in_them(file: Path, qapp: object) -> None:
    program = Path(app.__file__).parent
    written = {
        sign for part in ("ui", "core") for source in (program / part).rglob("*.py") for sign in source.read_text()
    }
    font = QRawFont(str(file), theme.FONT_SIZE)
    missing = {sign for sign in written if sign.isprintable() and not font.supportsCharacter(ord(sign))}
    assert missing <= ONLY_IN_COPIED_TEXT
    assert all(font.supportsCharacter(ord(sign)) for sign in "각힣뷁αЖéß")  # class names in other scripts


def test_figures_are_of_one_width_in_every_dress(qtbot: QtBot) -> None:
    for role in ("title", "caption", "answer", ""):
        label = QLabel()
        label.setProperty("role", role)
        qtbot.addWidget(label)
        label.ensurePolished()
        metrics = QFontMetricsF(label.font())
        assert len({metrics.horizontalAdvance(figure) for figure in "0123456789"}) == 1

"""A form that is taller than its card."""

import pytest
from PySide6.QtWidgets import QSizePolicy, QWidget
from pytestqt.qtbot import QtBot

from app.ui import theme
from app.ui.common.containers import FormScroll

WIDTH, HEIGHT = 300, 200


class Form(QWidget):
    """Fits where it has a certain width, as words do that are wrapped."""

    least = 0

    def __init__(self) -> None:
        super().__init__()
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - as Qt calls it
        return HEIGHT - 50 if width >= self.least else HEIGHT + 50


@pytest.mark.parametrize("reserved", [2, 40])
def test_a_form_that_fits_only_without_its_bar_comes_to_rest(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, reserved: int
) -> None:
    monkeypatch.setattr(theme, "SCROLL_BAR", reserved)
    form = Form()
    scroll = FormScroll(form)
    qtbot.addWidget(scroll)
    scroll.resize(WIDTH, HEIGHT)
    scroll.show()
    for form.least in range(WIDTH - 60, WIDTH + 10):
        form.updateGeometry()
        scroll.resize(WIDTH, HEIGHT + form.least % 2)
        assert form.width() in range(WIDTH - 60, WIDTH + 1)

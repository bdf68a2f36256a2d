"""Icons have the shape of their file and the colour of the theme, whichever was asked for first."""

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QApplication

from app.ui import theme


@pytest.mark.parametrize("scheme", [theme.Scheme.DARK, theme.Scheme.LIGHT])
def test_an_icon_is_drawn_in_the_colours_of_the_theme(qapp: QApplication, scheme: theme.Scheme) -> None:
    theme.apply_theme(qapp, scheme)
    made, colours = theme.icon("undo"), theme.colours()
    shapes = set()
    for mode, state, colour in (
        (QIcon.Mode.Normal, QIcon.State.Off, colours.text),
        (QIcon.Mode.Disabled, QIcon.State.Off, colours.muted),
        (QIcon.Mode.Normal, QIcon.State.On, colours.on_accent),
    ):
        image = made.pixmap(QSize(72, 72), mode, state).toImage()
        inked = {
            (x, y): image.pixelColor(x, y).name()
            for x in range(image.width())
            for y in range(image.height())
            if image.pixelColor(x, y).alpha() == 255
        }
        assert set(inked.values()) == {QColor(colour).name()}
        shapes.add(frozenset(inked))
    assert len(shapes) == 1
    assert 100 < len(shapes.pop()) < 72 * 72 / 2

"""Messages: said anywhere in a window, shown by its banner, and by no other window's."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.ui.common.messages import Banner, Message, Messages

LEFT = Qt.MouseButton.LeftButton


class Window(QWidget):
    """A banner, and a button deep inside."""

    def __init__(self) -> None:
        super().__init__()
        self.banner = Banner(Messages.of(self), self)
        self.inside = QPushButton(QWidget(QWidget(self)))


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    made = Window()
    qtbot.addWidget(made)
    made.show()
    return made


def test_each_window_says_only_what_is_said_in_it(window: Window, qtbot: QtBot) -> None:
    other = Window()
    qtbot.addWidget(other)
    Messages.of(window.inside).error("The picture is damaged.")
    assert (window.banner.text, window.banner.is_error) == ("The picture is damaged.", True)
    assert other.banner.text == ""
    assert Messages.of(window) is Messages.of(window.inside)
    assert Messages.of(window) is not Messages.of(other)


def test_a_dialog_speaks_for_the_window_that_opened_it(window: Window) -> None:
    Messages.of(QDialog(window)).notice("Saved.")
    assert (window.banner.text, window.banner.is_error) == ("Saved.", False)


def test_a_new_message_takes_the_place_of_the_one_before(window: Window, qtbot: QtBot) -> None:
    messages = Messages.of(window)
    messages.error("First.")
    messages.notice("Second.")
    assert window.banner.text == "Second."
    messages.clear()
    assert window.banner.isHidden()
    with qtbot.assertNotEmitted(messages.changed):
        messages.clear()  # there is nothing to say already


def test_what_was_done_can_be_undone_and_found(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[object] = []
    monkeypatch.setattr("app.ui.common.messages.QDesktopServices.openUrl", lambda url: done.append(url.toLocalFile()))
    Messages.of(window).notice("Deleted.", undo=lambda: done.append("undone"), folder=Path("/tmp"))
    for name in ("undo", "show_folder"):
        button = window.banner.findChild(QPushButton, name)
        assert button is not None
        assert button.isVisible()
        QTest.mouseClick(button, LEFT)
    assert done == ["undone", "/tmp"]
    assert not window.banner._soon_gone.isActive(), "what can be undone stays until it is closed"


def test_closing_the_banner_forgets_the_message(window: Window) -> None:
    messages = Messages.of(window)
    messages.error("Something.")
    assert messages.current == Message("Something.", is_error=True)
    window.banner.dismiss()
    assert messages.current is None
    assert window.banner.text == ""

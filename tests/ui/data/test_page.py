"""What the page says, its downloads (one real, from a server on this machine), and how it ends."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QThread
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.core.datasets.types import DatasetSpec
from app.ui.common.window_object import Changes
from tests.ui.closing import end_work
from tests.ui.hand import button, click

from .helpers import FakeDownload, MakePage, card, field, gallery


def test_says_what_is_here_and_what_is_not(make_page: MakePage) -> None:
    page = make_page()
    text = card(page, "fashion-mnist").text
    assert "4,000 training, 1,000 test, included" in text
    assert "60,000 training, 10,000 test, not on this computer" in text
    assert "Licence: MIT" in text
    assert "Ankle boot" in text
    assert "arXiv:1708.07747" in text
    assert button(card(page, "fashion-mnist"), "get").text() == "Get the full set (30 MB)"


def test_the_gallery_shows_starter_pictures(make_page: MakePage, qtbot: QtBot) -> None:
    page = make_page()
    qtbot.waitUntil(lambda: len(gallery(page).grid.captions) == 25)
    before = gallery(page).grid.captions
    assert set(before) <= set("0123456789")
    click(gallery(page), "gallery_others")
    qtbot.waitUntil(lambda: gallery(page).grid.captions != before)


def test_progress_then_the_full_set(make_page: MakePage, qtbot: QtBot) -> None:
    fake = FakeDownload()
    page = make_page(download=fake)
    click(card(page), "get")
    assert "Connecting…" in card(page).text
    assert not button(card(page), "get").isVisible()
    qtbot.waitUntil(lambda: card(page).status.text == "4.2 of about 11 MB")
    with qtbot.waitSignal(Changes.of(page).data_changed):
        fake.may_end.set()
    assert card(page).status.text == "Downloaded and checked."
    assert fake.calls == [("mnist", None)]


def test_two_downloads_at_a_time(make_page: MakePage, qtbot: QtBot) -> None:
    fake = FakeDownload()
    page = make_page(download=fake)
    for name in ("mnist", "fashion-mnist"):
        click(card(page, name), "get")
    qtbot.waitUntil(lambda: "4.2 of about 11" in card(page, "mnist").status.text)
    qtbot.waitUntil(lambda: "4.2 of about 30" in card(page, "fashion-mnist").status.text)
    click(card(page, "mnist"), "stop")
    qtbot.waitUntil(lambda: not card(page, "mnist").status.is_busy)
    assert card(page, "fashion-mnist").status.is_busy


def test_what_was_cancelled_can_begin_again(make_page: MakePage, qtbot: QtBot, home: Path) -> None:
    page = make_page(download=FakeDownload())
    click(card(page), "get")
    qtbot.waitUntil(lambda: "4.2 of about" in card(page).status.text)
    click(card(page), "stop")
    assert card(page).status.text == "Stopping…"
    qtbot.waitUntil(lambda: card(page).status.text == "Stopped; the next download goes on where it was.")
    assert not home.exists()
    click(card(page), "get")
    qtbot.waitUntil(lambda: "4.2 of about" in card(page).status.text)


def test_a_failure_is_a_sentence_with_another_try(make_page: MakePage, qtbot: QtBot) -> None:
    fake = FakeDownload("MNIST could not be downloaded (the server cannot be reached); check the network.")
    page = make_page(download=fake)
    click(card(page), "get")
    qtbot.waitUntil(lambda: card(page).status.text == fake.failure)
    click(card(page), "more")
    QTest.keyClicks(field(card(page), "mirror"), "http://classroom:8000")
    click(card(page), "retry")
    qtbot.waitUntil(lambda: fake.calls == [("mnist", None), ("mnist", "http://classroom:8000")])
    qtbot.waitUntil(lambda: card(page).status.text == fake.failure)


def test_a_bug_is_logged_and_told(make_page: MakePage, qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    def broken(*_arguments: object, **_names: object) -> Path:
        raise RuntimeError("nobody thought of this")

    page = make_page(download=broken)
    click(card(page), "get")
    qtbot.waitUntil(lambda: "unexpected went wrong (RuntimeError: nobody" in card(page).status.text)
    assert "nobody thought of this" in caplog.text


def test_downloads_from_a_real_mirror(
    make_page: MakePage, qtbot: QtBot, tiny: tuple[DatasetSpec, Path], server: str, home: Path
) -> None:
    spec, _ = tiny
    page = make_page(specs={"tiny": spec})
    assert gallery(page).grid.captions == ()
    tiny_card = card(page, "tiny")
    click(tiny_card, "more")
    QTest.keyClicks(field(tiny_card, "mirror"), server)
    with qtbot.waitSignal(Changes.of(page).data_changed):
        click(tiny_card, "get")
    assert sorted(path.name for path in (home / "data").iterdir()) == ["tiny"]
    assert "40 training, 20 test, " in tiny_card.text
    assert "not on this computer" not in tiny_card.text
    assert not button(tiny_card, "get").isVisible()
    qtbot.waitUntil(lambda: len(gallery(page).grid.captions) == 25)


def test_a_wrong_mirror_leaves_nothing(
    make_page: MakePage, qtbot: QtBot, tiny: tuple[DatasetSpec, Path], home: Path
) -> None:
    page = make_page(specs={"tiny": tiny[0]})
    click(card(page, "tiny"), "more")
    QTest.keyClicks(field(card(page, "tiny"), "mirror"), "classroom")
    click(card(page, "tiny"), "get")
    qtbot.waitUntil(lambda: "'classroom' is not a web address" in card(page, "tiny").status.text)
    assert not home.exists() or not list((home / "data").iterdir())


def test_closing_ends_a_download(make_page: MakePage, qtbot: QtBot) -> None:
    page = make_page(download=FakeDownload())
    click(card(page), "get")
    qtbot.waitUntil(lambda: "4.2 of about" in card(page).status.text)
    end_work(page, qtbot)
    assert not any(thread.isRunning() for thread in page.findChildren(QThread))


def test_the_focus_follows_the_buttons(make_page: MakePage, qtbot: QtBot) -> None:
    page = make_page(download=FakeDownload())
    button(card(page), "get").setFocus()
    QTest.keyClick(button(card(page), "get"), Qt.Key.Key_Space)
    assert page.focusWidget() is button(card(page), "stop")
    QTest.keyClick(button(card(page), "stop"), Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not card(page).status.is_busy)
    assert page.focusWidget() is button(card(page), "get")


def test_everything_is_reached_with_the_keyboard(make_page: MakePage, qtbot: QtBot) -> None:
    page = make_page()
    qtbot.waitUntil(lambda: len(gallery(page).grid.captions) == 25)
    page.activateWindow()
    page.setFocus()
    QTest.keyClick(page, Qt.Key.Key_Tab)
    reached: list[str] = []
    for _ in range(30):
        focused = page.focusWidget()
        assert focused is not None
        assert focused.accessibleName() or getattr(focused, "text", str)(), focused.objectName()
        reached.append(focused.objectName())
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    wanted = ("get", "import", "more", "citation", "import_own", "gallery_edition", "gallery_class", "gallery_others")
    assert not set(wanted) - set(reached)
    assert reached[0] == "draw_samples"
    assert reached.index("import") < reached.index("import_own") < reached.index("gallery_edition")

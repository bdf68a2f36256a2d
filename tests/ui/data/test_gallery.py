"""The gallery: pictures as they are stored, the newest wish alone."""

import threading
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.core.errors import InputError
from app.ui.common.picture_grid import PictureGrid, grid_geometry
from app.ui.common.tasks import Tasks
from app.ui.data.gallery import Gallery, GalleryChoice, ImageSource, PickedImages
from tests.ui.closing import end_work
from tests.ui.hand import click
from tests.ui.ways import Ways

DIGITS = GalleryChoice("mnist", "starter", "MNIST, starter", ("0", "1"))
CLOTHES = GalleryChoice("fashion-mnist", "full", "Fashion-MNIST, full", ("Trouser", "Ankle boot"))


class Source(ImageSource):
    """Notes what is asked for, and gives so many images of rising brightness, or fails, once it may."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, str, int | None, int]] = []
        self.count, self.total, self.failure = 25, 4000, ""
        self.may_end = threading.Event()
        self.may_end.set()

    def pick(self, name: str, data: str, label: int | None, seed: int) -> PickedImages:
        self.asked.append((name, data, label, seed))
        count, failure = self.count, self.failure
        self.may_end.wait()
        if failure:
            raise InputError(failure)
        images = np.arange(count, dtype=np.uint8)[:, None, None] * np.ones((28, 28), np.uint8)
        return PickedImages(images, tuple("0" * count), self.total, "mnist-1")


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def gallery(qtbot: QtBot, source: Source) -> Iterator[Gallery]:
    parent = QObject()
    gallery = Gallery(Tasks(parent), source)
    qtbot.addWidget(gallery)
    gallery.resize(500, 500)
    gallery.show()
    yield gallery
    source.may_end.set()
    end_work(parent, qtbot)


def settle(gallery: Gallery, qtbot: QtBot) -> None:
    """Wait until all that was asked for is there."""
    qtbot.waitUntil(lambda: not gallery._tasks.is_busy)


def choose(gallery: Gallery, name: str, index: int) -> None:
    combo = gallery.findChild(QComboBox, name)
    assert combo is not None
    combo.setFocus()
    while combo.currentIndex() != index:
        QTest.keyClick(combo, Qt.Key.Key_Down if combo.currentIndex() < index else Qt.Key.Key_Up)


def state(gallery: Gallery) -> str:
    label = gallery.findChild(QLabel, "gallery_state")
    assert label is not None
    return label.text()


def test_asks_for_nothing_before_it_is_seen(gallery: Gallery, source: Source, qtbot: QtBot) -> None:
    gallery.set_choices([DIGITS, CLOTHES])
    assert source.asked == []
    gallery.activate()
    assert gallery.grid.message == "Loading the pictures…"
    settle(gallery, qtbot)
    assert source.asked == [("mnist", "starter", None, 0)]


def test_shows_what_was_loaded(gallery: Gallery, qtbot: QtBot) -> None:
    gallery.set_choices([DIGITS])
    gallery.activate()
    settle(gallery, qtbot)
    assert gallery.grid.captions == tuple("0" * 25)
    assert state(gallery) == "25 of 4,000 training pictures; click one to open it in Recognize"


def test_a_click_or_enter_opens_a_picture(gallery: Gallery, qtbot: QtBot) -> None:
    ways = Ways.of(gallery)
    gallery.set_choices([DIGITS])
    gallery.activate()
    settle(gallery, qtbot)
    grid = gallery.grid
    QTest.mouseMove(grid, grid.example_places()[7].center().toPoint())
    assert grid.cursor().shape() is Qt.CursorShape.PointingHandCursor
    QTest.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.example_places()[7].center().toPoint())
    QTest.keyClick(grid, Qt.Key.Key_Down)
    assert grid.accessibleDescription() == "0"
    QTest.keyClick(grid, Qt.Key.Key_Return)
    assert [int(example.image.max()) for _, example in ways.taken] == [7, 12]
    assert {(way, example.preprocessing) for way, example in ways.taken} == {("open_example", "mnist-1")}


def test_nothing_can_be_clicked_while_there_are_no_pictures(gallery: Gallery, source: Source, qtbot: QtBot) -> None:
    ways = Ways.of(gallery)
    gallery.set_choices([DIGITS])
    gallery.activate()
    settle(gallery, qtbot)
    source.failure = "The MNIST data is damaged; download it again."
    click(gallery, "gallery_others")
    settle(gallery, qtbot)
    QTest.mouseClick(gallery.grid, Qt.MouseButton.LeftButton)
    QTest.keyClick(gallery.grid, Qt.Key.Key_Return)
    assert ways.taken == []
    assert gallery.grid.focusPolicy() is Qt.FocusPolicy.NoFocus


def test_there_are_no_others_when_all_are_shown(gallery: Gallery, source: Source, qtbot: QtBot) -> None:
    source.count = source.total = 3
    gallery.set_choices([DIGITS])
    gallery.activate()
    settle(gallery, qtbot)
    others = gallery.findChild(QPushButton, "gallery_others")
    assert others is not None
    assert not others.isEnabled()
    assert others.toolTip() == "All pictures of this choice are shown"


def test_others_class_and_edition_are_asked_for(gallery: Gallery, source: Source, qtbot: QtBot) -> None:
    gallery.set_choices([DIGITS, CLOTHES])
    gallery.activate()
    settle(gallery, qtbot)
    click(gallery, "gallery_others")
    settle(gallery, qtbot)
    assert source.asked[-1:] == [("mnist", "starter", None, 1)]
    choose(gallery, "gallery_class", 1)
    settle(gallery, qtbot)
    assert source.asked[-1:] == [("mnist", "starter", 0, 1)]
    choose(gallery, "gallery_edition", 1)
    settle(gallery, qtbot)
    assert source.asked[-1:] == [("fashion-mnist", "full", None, 0)]


def test_only_the_newest_wish_is_loaded_and_shown(gallery: Gallery, source: Source, qtbot: QtBot) -> None:
    source.may_end.clear()
    gallery.set_choices([DIGITS, CLOTHES])
    gallery.activate()
    qtbot.waitUntil(lambda: len(source.asked) == 1)
    for _ in range(3):
        click(gallery, "gallery_others")
    assert len(source.asked) == 1
    source.count = 9
    source.may_end.set()
    settle(gallery, qtbot)
    assert [seed for *_, seed in source.asked] == [0, 3]
    assert len(gallery.grid.captions) == 9


def test_a_failure_is_a_sentence_with_another_try(gallery: Gallery, source: Source, qtbot: QtBot) -> None:
    source.failure = "The MNIST data is damaged; download it again."
    gallery.set_choices([DIGITS])
    gallery.activate()
    settle(gallery, qtbot)
    assert state(gallery) == source.failure
    assert gallery.grid.captions == ()
    source.failure = ""
    click(gallery, "gallery_retry")
    settle(gallery, qtbot)
    assert source.asked == [("mnist", "starter", None, 0)] * 2
    assert len(gallery.grid.captions) == 25


def test_new_choices_keep_the_chosen_one(gallery: Gallery, source: Source, qtbot: QtBot) -> None:
    gallery.set_choices([CLOTHES])
    gallery.activate()
    settle(gallery, qtbot)
    gallery.set_choices([DIGITS, CLOTHES])
    settle(gallery, qtbot)
    assert len(source.asked) == 1
    gallery.set_choices([DIGITS, CLOTHES], DIGITS)
    settle(gallery, qtbot)
    assert source.asked[-1:] == [("mnist", "starter", None, 0)]


@pytest.mark.parametrize("size", [QSize(430, 430), QSize(611, 533), QSize(1500, 1400)])
@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_pixels_are_whole_and_nothing_overlaps(size: QSize, ratio: float) -> None:
    geometry = grid_geometry(size, 20, ratio)
    assert geometry.tile * ratio / 28 == pytest.approx(round(geometry.tile * ratio / 28))
    for index in range(25):
        tile, caption = geometry.tile_rect(index), geometry.caption_rect(index)
        assert caption.height() >= 19
        assert not tile.intersects(caption)
        assert tile.right() <= size.width()
        assert caption.bottom() <= size.height() + 1
        if index % 5:
            assert tile.left() > geometry.tile_rect(index - 1).right()


def test_ink_is_painted_dark_on_white_without_smoothing(qtbot: QtBot) -> None:
    random = np.random.default_rng(3)
    images = random.integers(0, 2, (25, 28, 28), np.uint8) * np.uint8(255)
    grid = PictureGrid()
    qtbot.addWidget(grid)
    grid.resize(500, 500)
    grid.show_pictures(images, ["a class with a rather long name"] * 25)
    grid.show()
    shot = grid.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    tile = grid_geometry(grid.size(), grid._caption_height(), shot.devicePixelRatio()).tile_rect(7)
    scale = int(tile.width() * shot.devicePixelRatio()) // 28
    left, top = (int(edge * shot.devicePixelRatio()) for edge in (tile.x(), tile.y()))
    painted = pixels(shot)[top : top + 28 * scale, left : left + 28 * scale]
    expected = np.kron(255 - images[7], np.ones((scale, scale), np.uint8))
    # The frame covers the outermost line.
    assert (painted[1:-1, 1:-1] == expected[1:-1, 1:-1]).all()


def pixels(image: QImage) -> NDArray[np.uint8]:
    flat = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return flat[:, : image.width()]

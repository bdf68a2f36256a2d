"""The gallery: pictures as they are stored, one request at a time."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.ui.common.jobs import Failed
from app.ui.common.picture_grid import PictureGrid, grid_geometry
from app.ui.data.gallery import Gallery, GalleryChoice
from app.ui.data.worker import PicturesLoaded, PicturesRequest
from tests.ui.ways import Ways

DIGITS = GalleryChoice("mnist", "starter", "MNIST, starter", ("0", "1"))
CLOTHES = GalleryChoice("fashion-mnist", "full", "Fashion-MNIST, full", ("Trouser", "Ankle boot"))


def loaded(request: PicturesRequest, n: int = 25) -> PicturesLoaded:
    images = np.arange(n, dtype=np.uint8)[:, None, None] * np.ones((28, 28), np.uint8)
    return PicturesLoaded(request, images, tuple("0" * n), 4000, "mnist-1")


@pytest.fixture
def gallery(qtbot: QtBot) -> Gallery:
    gallery = Gallery()
    qtbot.addWidget(gallery)
    gallery.resize(500, 500)
    gallery.show()
    return gallery


@pytest.fixture
def asked(gallery: Gallery) -> list[PicturesRequest]:
    requests: list[PicturesRequest] = []
    gallery.pictures_wanted.connect(requests.append)
    return requests


def click(gallery: Gallery, name: str) -> None:
    button = gallery.findChild(QPushButton, name)
    assert button is not None
    assert button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


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


def test_asks_for_nothing_before_it_is_seen(gallery: Gallery, asked: list[PicturesRequest]) -> None:
    gallery.set_choices([DIGITS, CLOTHES])
    assert asked == []
    gallery.activate()
    assert asked == [PicturesRequest("mnist", "starter")]
    assert gallery.grid.message == "Loading the pictures…"


def test_shows_what_was_loaded(gallery: Gallery, asked: list[PicturesRequest]) -> None:
    gallery.set_choices([DIGITS])
    gallery.activate()
    gallery.take(loaded(asked[0]))
    assert gallery.grid.captions == tuple("0" * 25)
    assert state(gallery) == "25 of 4,000 training pictures; click one to open it in Recognize"


def test_a_click_or_enter_opens_a_picture(gallery: Gallery, asked: list[PicturesRequest]) -> None:
    ways = Ways.of(gallery)
    gallery.set_choices([DIGITS])
    gallery.activate()
    gallery.take(loaded(asked[0]))
    grid = gallery.grid
    QTest.mouseMove(grid, grid.example_places()[7].center().toPoint())
    assert grid.cursor().shape() is Qt.CursorShape.PointingHandCursor
    QTest.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.example_places()[7].center().toPoint())
    QTest.keyClick(grid, Qt.Key.Key_Down)
    assert grid.accessibleDescription() == "0"
    QTest.keyClick(grid, Qt.Key.Key_Return)
    assert [int(example.image.max()) for _, example in ways.taken] == [7, 12]
    assert {(way, example.preprocessing) for way, example in ways.taken} == {("open_example", "mnist-1")}


def test_nothing_can_be_clicked_while_there_are_no_pictures(gallery: Gallery, asked: list[PicturesRequest]) -> None:
    ways = Ways.of(gallery)
    gallery.set_choices([DIGITS])
    gallery.activate()
    gallery.take(loaded(asked[0]))
    click(gallery, "gallery_others")
    gallery.take(Failed(asked[1], "The MNIST data is damaged; download it again."))
    QTest.mouseClick(gallery.grid, Qt.MouseButton.LeftButton)
    QTest.keyClick(gallery.grid, Qt.Key.Key_Return)
    assert ways.taken == []
    assert gallery.grid.focusPolicy() is Qt.FocusPolicy.NoFocus


def test_there_are_no_others_when_all_are_shown(gallery: Gallery, asked: list[PicturesRequest]) -> None:
    gallery.set_choices([DIGITS])
    gallery.activate()
    gallery.take(PicturesLoaded(asked[0], np.zeros((3, 28, 28), np.uint8), ("0", "1", "0"), 3, "mnist-1"))
    others = gallery.findChild(QPushButton, "gallery_others")
    assert others is not None
    assert not others.isEnabled()
    assert others.toolTip() == "All pictures of this choice are shown"


def test_others_and_class_make_new_requests(gallery: Gallery, asked: list[PicturesRequest]) -> None:
    gallery.set_choices([DIGITS, CLOTHES])
    gallery.activate()
    gallery.take(loaded(asked[-1]))
    click(gallery, "gallery_others")
    assert asked[-1] == PicturesRequest("mnist", "starter", None, 1)
    gallery.take(loaded(asked[-1]))
    choose(gallery, "gallery_class", 1)
    assert asked[-1] == PicturesRequest("mnist", "starter", 0, 1)
    gallery.take(loaded(asked[-1]))
    choose(gallery, "gallery_edition", 1)
    assert asked[-1] == PicturesRequest("fashion-mnist", "full")


def test_only_the_newest_wish_is_loaded_and_shown(gallery: Gallery, asked: list[PicturesRequest]) -> None:
    gallery.set_choices([DIGITS, CLOTHES])
    gallery.activate()
    for _ in range(3):
        click(gallery, "gallery_others")
    assert len(asked) == 1
    gallery.take(loaded(asked[0], 7))
    assert gallery.grid.captions == ()
    assert [request.seed for request in asked] == [0, 3]
    gallery.take(loaded(asked[1], 9))
    assert len(gallery.grid.captions) == 9


def test_a_failure_is_a_sentence_with_another_try(gallery: Gallery, asked: list[PicturesRequest]) -> None:
    gallery.set_choices([DIGITS])
    gallery.activate()
    gallery.take(Failed(asked[0], "The MNIST data is damaged; download it again."))
    assert state(gallery) == "The MNIST data is damaged; download it again."
    assert gallery.grid.captions == ()
    click(gallery, "gallery_retry")
    assert asked == [asked[0]] * 2
    gallery.take(loaded(asked[1]))
    assert len(gallery.grid.captions) == 25


def test_new_choices_keep_the_chosen_one(gallery: Gallery, asked: list[PicturesRequest]) -> None:
    gallery.set_choices([CLOTHES])
    gallery.activate()
    gallery.take(loaded(asked[0]))
    gallery.set_choices([DIGITS, CLOTHES])
    assert len(asked) == 1
    gallery.set_choices([DIGITS, CLOTHES], DIGITS)
    assert asked[-1] == PicturesRequest("mnist", "starter")


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

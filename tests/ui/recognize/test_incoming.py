"""What browsers, file managers and other programs drop and put on the clipboard, as each of them does."""

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QByteArray, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.common.messages import Message, Messages
from app.ui.recognize.incoming import incoming, may_bring_a_picture
from app.ui.recognize.page import RecognizePage
from app.ui.settings import Settings

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
PIXELS = np.full((20, 30, 3), 250, np.uint8)
PIXELS[5:15, 10:12] = 10


def png(kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.fromarray(PIXELS).save(file, kind)
    return file.getvalue()


DATA_URL = "data:image/png;base64," + base64.b64encode(png()).decode()
PAGE = '<meta charset="utf-8"><img src="{}" alt="a > b">'


def mime_of(**parts: str | bytes) -> QMimeData:
    """Types are given with "_" for "/"."""
    mime = QMimeData()
    for name, content in parts.items():
        data = content.encode() if isinstance(content, str) else content
        mime.setData(name.replace("_", "/", 1).replace("uri/list", "uri-list"), QByteArray(data))
    return mime


@pytest.fixture
def page(qtbot: QtBot) -> RecognizePage:
    page = RecognizePage(Settings())
    qtbot.addWidget(page)
    page.resize(1184, 646)
    page.show()
    return page


@pytest.mark.parametrize(
    "mime",
    [
        lambda: mime_of(text_html=PAGE.format(DATA_URL)),
        lambda: mime_of(text_html=PAGE.format(DATA_URL).replace('"', "'").upper().replace(DATA_URL.upper(), DATA_URL)),
        lambda: mime_of(text_plain=DATA_URL),
        lambda: mime_of(text_plain=DATA_URL.replace(",", ",\n ")),
        lambda: mime_of(**{"text_uri-list": DATA_URL}),
        lambda: mime_of(**{"text_uri-list": "https://example.org/7", "text_html": PAGE.format(DATA_URL)}),
        lambda: mime_of(text_html=PAGE.format("https://example.org/ad.gif") + PAGE.format(DATA_URL)),
        lambda: mime_of(**{"image_x-unknown-to-qt": png()}),
        lambda: mime_of(**{'application_x-qt-windows-mime;value="FileContents"': png("JPEG")}),
    ],
)
def test_data_of_a_picture_are_found(page: RecognizePage, mime: object, qtbot: QtBot) -> None:
    given = mime()  # type: ignore[operator]
    assert may_bring_a_picture(given) or given.hasText()
    page.files.take(given)
    qtbot.waitUntil(lambda: page.canvas.paper.picture is not None)
    assert page.canvas.paper.picture is not None
    assert page.canvas.paper.picture.rgb.shape == (20, 30, 3)


def test_percent_encoded_data_are_found() -> None:
    encoded = "data:image/png," + "".join(f"%{byte:02x}" for byte in png())
    assert incoming(mime_of(text_plain=encoded)).content == png()


def test_a_picture_itself_is_better_than_its_address() -> None:
    mime = mime_of(text_html=PAGE.format("https://example.org/7.png"))
    mime.setImageData(QImage(5, 5, QImage.Format.Format_RGB32))
    assert incoming(mime).image is not None


@pytest.mark.parametrize(
    "how", ["{url}", '"{path}"', "{path}", "x-special/nautilus-clipboard\ncopy\n{url}\n", "file:///gone\n{url}"]
)
def test_files_named_in_text_are_found(tmp_path: Path, how: str) -> None:
    path = tmp_path / "a picture, 안녕.png"
    path.write_bytes(png())
    words = how.format(url=QUrl.fromLocalFile(str(path)).toString(), path=path)
    assert incoming(mime_of(text_plain=words)).paths == (path,)


def test_a_file_on_this_computer_that_a_page_shows(tmp_path: Path) -> None:
    path = tmp_path / "seven.png"
    path.write_bytes(png())
    assert incoming(mime_of(text_html=PAGE.format(QUrl.fromLocalFile(str(path)).toString()))).paths == (path,)


@pytest.mark.parametrize(
    ("mime", "words"),
    [
        (lambda: mime_of(text_html=PAGE.format("https://example.org/7.png")), "only the address"),
        (lambda: mime_of(text_plain="https://example.org/7.png"), "only the address"),
        (lambda: mime_of(**{"text_uri-list": "https://example.org/7.png"}), "only the address"),
        (lambda: mime_of(text_html=PAGE.format("blob:https://example.org/1-2-3")), "only the address"),
        (lambda: mime_of(text_html=PAGE.format("data:image/png;base64,")), "only the address"),
        (lambda: mime_of(text_plain="a letter"), "There is text, but no picture here"),
        (lambda: mime_of(text_plain="/no/such/file.png"), "There is text, but no picture here"),
        (QMimeData, "There is no picture here"),
        (lambda: None, "There is no picture here"),
    ],
)
def test_the_rest_is_refused_with_the_reason(mime: object, words: str) -> None:
    assert words in incoming(mime()).problem  # type: ignore[operator]


def test_data_that_are_no_picture_are_named(page: RecognizePage, qtbot: QtBot) -> None:
    svg = "data:image/svg+xml;base64," + base64.b64encode(b"<svg xmlns='x'/>").decode()
    with qtbot.waitSignal(Messages.of(page).changed) as told:
        page.files.take(mime_of(text_html=PAGE.format(svg)))
    assert told.args is not None
    assert told.args[0].text == "The picture is an SVG picture, made of lines; save it as PNG."
    assert page.canvas.paper.is_empty


def test_what_was_left_out_of_a_file_is_said(page: RecognizePage, tmp_path: Path, qtbot: QtBot) -> None:
    pages = [Image.new("RGB", (40, 30), "white"), Image.fromarray(PIXELS)]
    pages[0].save(tmp_path / "scan.tiff", save_all=True, append_images=pages[1:])
    said: list[Message] = []
    Messages.of(page).changed.connect(said.append)
    page.files.open_file(tmp_path / "scan.tiff")
    qtbot.waitUntil(lambda: any(said))
    assert said[-1].text == "scan.tiff has 2 pages: page 2, the first that shows something, was opened."
    assert page.canvas.paper.picture is not None


def test_drawing_is_known_by_its_content(page: RecognizePage, tmp_path: Path, qtbot: QtBot) -> None:
    text = '{"format":"softmax-studio-drawing","version":1,"canvas":[9,9],"strokes":[[[1,1],[5,5]]]}'
    (tmp_path / "drawing.txt").write_text(text)
    page.files.open_file(tmp_path / "drawing.txt")
    qtbot.waitUntil(lambda: len(page.canvas.paper.drawing.strokes) == 1)
    (tmp_path / "picture.drawing.json").write_bytes(png())
    page.files.open_file(tmp_path / "picture.drawing.json")
    qtbot.waitUntil(lambda: page.canvas.paper.picture is not None)


def test_a_web_page_pasted_with_the_keyboard(page: RecognizePage, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setMimeData(mime_of(text_html=PAGE.format(DATA_URL)))
    page.canvas.setFocus()
    QTest.keyClick(page.canvas, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.canvas.paper.picture is not None)


def test_a_picture_dragged_from_a_browser(page: RecognizePage, qtbot: QtBot) -> None:
    mime = mime_of(**{"text_uri-list": "https://example.org/7", "text_html": PAGE.format(DATA_URL)})
    enter = QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, mime, LEFT, NONE)
    QApplication.sendEvent(page, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(page, QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, mime, LEFT, NONE))
    qtbot.waitUntil(lambda: page.canvas.paper.picture is not None)


def test_text_is_not_let_go_here() -> None:
    assert not may_bring_a_picture(mime_of(text_plain="a letter"))

"""What is dropped on the Recognize page or pasted there: files, pictures, and pictures within pieces of web pages."""

import base64
import binascii
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QObject, QRectF, Qt, QUrl, Signal
from PySide6.QtGui import QColor, QDropEvent, QImage, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from app.core.file_descriptions import HEAD_BYTES
from app.core.imaging.decoding import formats_of
from app.ui import theme

translate = QCoreApplication.translate

_MOST_TEXT = 100_000_000  # letters of a piece of a web page that is looked through
_LONGEST_PATH = 4096
_CONTENTS = 'application/x-qt-windows-mime;value="FileContents"'  # what browsers on Windows drag


@dataclass(frozen=True, eq=False)
class Incoming:
    """One of four: files of this computer, a picture's file in memory, a picture, or the sentence why there is none."""

    paths: tuple[Path, ...] = ()
    content: bytes = b""
    image: QImage | None = None
    problem: str = ""


def may_bring_a_picture(mime: QMimeData) -> bool:
    """True if it is worth to be let go here. Answered at once: a drag asks with every move."""
    return mime.hasImage() or mime.hasUrls() or mime.hasHtml() or bool(_raw_formats(mime))


def incoming(mime: QMimeData | None) -> Incoming:
    """Find the picture in what was dropped or pasted. Nothing is fetched from a network."""
    if mime is None:
        return _nothing()
    if paths := _local_files(mime):
        return Incoming(paths)
    if mime.hasImage() and not (image := _image(mime.imageData())).isNull():
        return Incoming(image=image)
    for name in _raw_formats(mime):
        content = bytes(mime.data(name).data())
        if formats_of(content[:HEAD_BYTES]):
            return Incoming(content=content)
    addresses = _addresses(mime)
    for address in addresses:
        if address[:5].lower() == "data:" and (content := _data_of(address)):
            return Incoming(content=content)
        if path := _existing_file(address):
            return Incoming((path,))
    if addresses:
        said = translate(
            "incoming", "This is only the address of a picture; save the picture first, then open or drop its file."
        )
        return Incoming(problem=said)
    return _nothing(has_text=mime.hasText() and bool(mime.text().strip()))


def _nothing(has_text: bool = False) -> Incoming:
    if has_text:
        said = translate("incoming", "There is text, but no picture here to open; copy or drop a picture or its file.")
    else:
        said = translate("incoming", "There is no picture here to open; copy or drop a picture or a file.")
    return Incoming(problem=said)


def _local_files(mime: QMimeData) -> tuple[Path, ...]:
    return tuple(Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile())


def _image(data: object) -> QImage:
    """The image among what programs put on the clipboard, or one that is null."""
    if isinstance(data, QPixmap):
        return data.toImage()
    return data if isinstance(data, QImage) else QImage()


def _raw_formats(mime: QMimeData) -> list[str]:
    return [name for name in mime.formats() if name.startswith("image/") or name == _CONTENTS]


def _addresses(mime: QMimeData) -> list[str]:
    """Where pictures are, as pieces of web pages, lists of addresses and plain text say: the surest first."""
    found: list[str] = []
    if mime.hasHtml() and len(html := mime.html()) <= _MOST_TEXT:
        found += _pictures_of_page(html)
    text = mime.text() if mime.hasText() else ""
    if len(text) <= _MOST_TEXT and (words := text.strip().strip('"').strip()):
        if _ADDRESS.match(words):
            found += [words] if words[:5].lower() == "data:" else words.splitlines()
        elif "file://" in words[:_LONGEST_PATH]:  # as older file managers copy: a word of theirs, then the files
            found += [line for line in words.splitlines() if line.startswith("file://")]
        elif _existing_file(words):
            found.append(words)
    return found + [url.toString() for url in mime.urls()]


_ADDRESS = re.compile(r"(https?|ftp|data|blob|file):", re.IGNORECASE)


def _pictures_of_page(html: str) -> list[str]:
    """The addresses of the pictures in a piece of a web page."""
    from html.parser import HTMLParser  # not for the window's start

    found: list[str] = []

    class Pictures(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag == "img":
                found.extend(value.strip() for name, value in attrs if name == "src" and value)

    Pictures().feed(html)
    return found


def _data_of(address: str) -> bytes:
    """The bytes of a data: URL, none if it is broken."""
    head, _, data = address.partition(",")
    content = unquote_to_bytes(data)
    if not head.lower().endswith(";base64"):
        return content
    content = b"".join(content.split())
    try:
        return base64.b64decode(content + b"=" * (-len(content) % 4))
    except (binascii.Error, ValueError):
        return b""


def _existing_file(text: str) -> Path | None:
    """The file of this computer that a file: URL or a whole path names."""
    if len(text) > _LONGEST_PATH:
        return None
    url = QUrl(text)
    path = Path(url.toLocalFile() if url.isLocalFile() else text)
    try:
        return path if path.is_absolute() and path.is_file() else None
    except (OSError, ValueError):
        return None


# Files and pictures that are dragged over the page, and let go.

_INSET = 8


class PaperDrops(QObject):
    """Watches the page, and shows on the paper that something may be dropped. `dropped` tells what was."""

    dropped = Signal(QMimeData)

    def __init__(self, page: QWidget, paper: QWidget) -> None:
        super().__init__(page)
        self._target = DropTarget(paper)
        page.setAcceptDrops(True)
        page.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take files and pictures, wherever on the page they are let go."""
        match event.type():
            case QEvent.Type.DragLeave:
                self._target.hide()
                return True
            case QEvent.Type.DragEnter | QEvent.Type.DragMove if isinstance(event, QDropEvent):
                if may_bring_a_picture(event.mimeData()):
                    event.acceptProposedAction()
                    self._target.show_over_paper()
                return True
            case QEvent.Type.Drop if isinstance(event, QDropEvent):
                self._target.hide()
                event.acceptProposedAction()
                self.dropped.emit(event.mimeData())
                return True
        return super().eventFilter(watched, event)


class DropTarget(QWidget):
    """Lies over the paper while something is dragged over the page."""

    def __init__(self, paper: QWidget) -> None:
        super().__init__(paper)
        self._paper = paper
        self.setObjectName("drop_target")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_over_paper(self) -> None:
        """Cover the paper."""
        self.setGeometry(self._paper.rect())
        self.raise_()
        self.show()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A dashed frame, and what happens."""
        colours = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(colours.accent_soft)
        veil.setAlphaF(0.9)
        painter.setBrush(veil)
        painter.setPen(QPen(QColor(colours.accent), theme.FOCUS_LINE, Qt.PenStyle.DashLine))
        frame = QRectF(self.rect()).adjusted(_INSET, _INSET, -_INSET, -_INSET)
        painter.drawRoundedRect(frame, theme.CARD_RADIUS, theme.CARD_RADIUS)
        painter.setPen(QColor(colours.accent))
        painter.drawText(frame, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.tr("Drop to read it"))
        painter.end()

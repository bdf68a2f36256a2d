"""The row below the paper: opening, pasting, examples, inverting, saving."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import (
    QMimeData,
    QObject,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QAction,
    QGuiApplication,
    QIcon,
    QImage,
    QKeySequence,
    QPixmap,
    QShortcut,
)
from PySide6.QtWidgets import QComboBox, QMenu, QWidget

from app.core.datasets.registry import DATASETS
from app.core.datasets.sources import load_dataset
from app.core.datasets.types import Variant
from app.core.errors import StudioError
from app.core.imaging.drawing import DRAWING_SUFFIX, load_drawing, save_drawing
from app.core.imaging.paper import Paper, Papers, save_papers
from app.core.imaging.pictures import PICTURE_SUFFIXES, Picture, load_picture, picture_from_rgba, png_of
from app.core.imaging.preprocess import Preprocessing, Source, is_drawing, load_source, prepare_drawing
from app.core.paths import resources_dir
from app.core.reports.writing import write_file
from app.ui.common import build
from app.ui.common.dialogs import give_menu
from app.ui.common.files import PNG, FileFormat, ask_to_open, ask_to_save, png_bytes
from app.ui.common.messages import Messages
from app.ui.common.navigator import Navigator
from app.ui.common.picture_grid import ExampleChosen, on_paper
from app.ui.common.tasks import Task, Tasks
from app.ui.recognize.incoming import incoming
from app.ui.recognize.paper.canvas import Canvas

# Something to begin with: drawn digits, and pieces of clothing from the starter data, each with its picture.

_PREFIX = "digit-"


class ExamplesMenu(QMenu):
    """Two menus, each filled when it is first opened: pictures take a moment to read."""

    drawing_chosen = Signal(object)  # Path

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.digits, self.clothes = self.addMenu(self.tr("Digits")), self.addMenu(self.tr("Clothes"))
        self.digits.aboutToShow.connect(self._fill_digits)
        self.clothes.aboutToShow.connect(self._fill_clothes)
        self.digits.triggered.connect(self._on_digit)
        self.clothes.triggered.connect(self._on_piece)

    @Slot()
    def _fill_digits(self) -> None:
        if self.digits.isEmpty():
            for path in sorted((resources_dir() / "samples").glob(f"{_PREFIX}*"), key=_digit_name):
                shown = prepare_drawing(load_drawing(path), Preprocessing.DIGITS)
                self._add(self.digits, _digit_name(path), np.asarray(shown.image * 255, np.uint8), path)

    @Slot()
    def _fill_clothes(self) -> None:
        if self.clothes.isEmpty():
            found = load_dataset("fashion-mnist", Variant.STARTER)
            for label, name in enumerate(found.class_names):
                image = found.test.images[int(np.flatnonzero(found.test.labels == label)[0])]
                example = ExampleChosen(image, found.preprocessing, class_names=found.class_names, true=name)
                self._add(self.clothes, name, image, example)

    def _add(self, menu: QMenu, name: str, image: np.ndarray, what: Path | ExampleChosen) -> None:
        action = menu.addAction(QIcon(QPixmap.fromImage(on_paper(image))), name)
        action.setData(what)

    @Slot(QAction)
    def _on_digit(self, action: QAction) -> None:
        self.drawing_chosen.emit(action.data())

    @Slot(QAction)
    def _on_piece(self, action: QAction) -> None:
        Navigator.of(self).open_example(action.data())


def classes_of_drawings() -> tuple[str, tuple[str, ...]]:
    """How the drawings are prepared, and what they are drawings of."""
    return DATASETS["mnist"].preprocessing, DATASETS["mnist"].class_names


def _digit_name(path: Path) -> str:
    """digit-7-crossed.drawing.json reads "7, crossed"."""
    return path.name.removeprefix(_PREFIX).partition(".")[0].replace("-", ", ", 1).replace("-", " ")


OPENED_PATTERNS = " ".join(f"*{suffix} *{suffix.upper()}" for suffix in (*PICTURE_SUFFIXES, DRAWING_SUFFIX))
_POLARITIES: tuple[bool | None, ...] = (None, False, True)


class PaperFiles(QWidget):
    """Everything that comes onto the paper or leaves it other than by drawing."""

    reader_wanted = Signal(str, tuple)  # how what comes next should be prepared, and the classes it is one of
    put = Signal()  # something is laid on the paper

    def __init__(self, canvas: Canvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._answer = self._note = ""
        self._shown_kind: tuple[bool, bool, str, bool | None] | None = None
        # Photographs take a tenth of a second. Never two at once: Pillow's warnings are silenced everywhere meanwhile.
        self._tasks = Tasks(self)
        self._asked_over: Paper | None = None
        self.open = build.button(self.tr("Open…"), tip=self.tr("Open a picture or a drawing (Ctrl+O)"))
        self.paste = build.button(self.tr("Paste"), tip=self.tr("Paste a picture (Ctrl+V)"))
        self.examples = build.button(self.tr("Examples"), tip=self.tr("Examples of digits and clothes"))
        self.save = build.button(self.tr("Save"), tip=self.tr("Save the drawing, export or copy"))
        self.polarity = QComboBox()
        self.polarity.addItems(
            [self.tr("Ink: automatic"), self.tr("Ink: dark on light"), self.tr("Ink: light on dark")]
        )
        self.polarity.setToolTip(
            self.tr("Whether the picture shows dark ink on a light background, or light ink on a dark one")
        )
        self.polarity.setAccessibleName(self.tr("Ink of the picture"))
        self._make_menus()
        self._connect()
        build.row(self.open, self.paste, self.examples, self.save, build.STRETCH, on=self)
        policy = self.polarity.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.polarity.setSizePolicy(policy)

    def show_paper(self, paper: Paper) -> None:
        """Offer what makes sense for what lies on the paper."""
        kind = (paper.is_empty, paper.picture is not None, paper.example_of, paper.invert)
        if kind == self._shown_kind:
            return  # asked with every move of the pointer
        self._shown_kind = kind
        self.polarity.setVisible(paper.picture is not None and not paper.example_of)
        if paper.picture is not None:
            self.polarity.setCurrentIndex(_POLARITIES.index(paper.invert))
        self.save.setEnabled(not paper.is_empty)
        self._save_action.setEnabled(paper.picture is None)
        self._save_action.setToolTip("" if paper.picture is None else self._no_drawing)
        self.save.setToolTip(
            self.tr("There is nothing to save yet: the paper is empty")
            if paper.is_empty
            else self.tr("Save the drawing, export or copy")
        )

    @Slot(bool)
    def set_narrow(self, is_narrow: bool) -> None:
        """Leave pasting to the keyboard where there is no room for its button."""
        self.paste.setVisible(not is_narrow)

    def show_answer(self, answer: str) -> None:
        """Know the answer, to copy it."""
        self._answer = answer
        self._copy_action.setEnabled(bool(answer))

    def open_files(self, paths: Sequence[Path]) -> None:
        """Lay the first on the paper, and say what becomes of the others."""
        note = self.tr("Only {name} was opened; open the others one by one.").format(name=paths[0].name)
        self.open_file(paths[0], note if len(paths) > 1 else "")

    def open_file(self, path: Path, note: str = "") -> None:
        """Lay a picture or a drawing on the paper, then say `note`. What cannot be read changes nothing."""
        self._note = note
        if not (path.name.lower().endswith(".json") and is_drawing(path)):
            self._load(lambda: load_source(path, may_be_cut=True))
            return
        try:
            self._put(load_drawing(path))
        except StudioError as error:
            self._on_unreadable(str(error))

    def _load(self, read: Callable[[], Source]) -> None:
        """Read a picture beside the window, and lay it on the paper."""
        self._asked_over = self._canvas.paper
        self._tasks.start(lambda _: read(), self._on_loaded, failed=self._on_unreadable, newest_only=True)

    def take(self, mime: QMimeData | None) -> None:
        """Lay down what was dropped or pasted: a file, or a picture itself."""
        came, self._note = incoming(mime), ""
        if came.paths:
            self.open_files(came.paths)
        elif came.content:
            self._load(lambda: load_picture(came.content, may_be_cut=True))
        elif came.image is not None:
            self._put_image(came.image)
        else:
            Messages.of(self).error(came.problem)

    def save_to(self, path: Path) -> None:
        """Save the drawing, or the picture of the paper if the name ends in .png."""
        try:
            if path.suffix.lower() == ".png":
                picture, region = self._canvas.paper.picture, self._canvas.paper.region
                content = png_bytes(self._canvas.preview()) if picture is None else png_of(picture, region)
                write_file(path, content, replace=True)
            else:
                save_drawing(self._canvas.paper.drawing, path)
            Messages.of(self).notice(self.tr("Saved as {name}").format(name=path.name), folder=path.parent)
        except StudioError as error:
            Messages.of(self).error(str(error))

    def _put_image(self, image: QImage) -> None:
        if image.isNull():
            Messages.of(self).error(self.tr("The picture cannot be read; save it as PNG and open that."))
            return
        converted = image.scaled(_no_larger(image.size()), Qt.AspectRatioMode.IgnoreAspectRatio, _SMOOTH)
        converted = converted.convertToFormat(QImage.Format.Format_RGBA8888)
        rows = np.frombuffer(converted.constBits(), np.uint8).reshape(converted.height(), converted.bytesPerLine())
        pixels = rows[:, : 4 * converted.width()].reshape(converted.height(), converted.width(), 4)
        self._put(picture_from_rgba(pixels.copy()))

    def _on_unreadable(self, problem: str) -> None:
        self._note = ""
        Messages.of(self).error(problem)

    def _on_loaded(self, source: Source) -> None:
        # What the user did to the paper since is newer than the request.
        if self._canvas.paper is self._asked_over:
            self._put(source)
        self._note = ""

    def _put(self, source: Source) -> None:
        self.put.emit()
        if isinstance(source, Picture):
            self._note = " ".join(filter(None, (source.note, self._note)))
            self._canvas.put(Paper(self._canvas.paper.drawing, source, region=source.region))
        else:
            self._canvas.put(Paper(source))
        self._succeed()

    def _succeed(self) -> None:
        messages = Messages.of(self)
        messages.clear()
        if self._note:
            messages.notice(self._note)
            self._note = ""

    def _make_menus(self) -> None:
        examples = ExamplesMenu(self)
        examples.drawing_chosen.connect(self._on_drawing_chosen)
        give_menu(self.examples, examples)
        saving = QMenu(self)
        saving.setToolTipsVisible(True)
        self._no_drawing = self.tr("This is a picture, not a drawing; export it as PNG instead.")
        self._save_action = saving.addAction(self.tr("Save drawing…"))
        self._save_action.triggered.connect(self._on_save)
        self._export_action = saving.addAction(self.tr("Export as PNG…"))
        self._export_action.triggered.connect(self._on_export)
        self._copy_action = saving.addAction(self.tr("Copy answer"))
        self._copy_action.triggered.connect(self._on_copy)
        give_menu(self.save, saving)

    def _connect(self) -> None:
        self.open.clicked.connect(self._on_open)
        self.paste.clicked.connect(self._on_paste)
        self.polarity.activated.connect(self._on_polarity_activated)
        keys = QKeySequence.StandardKey
        for key, slot in ((keys.Open, self._on_open), (keys.Paste, self._on_paste), (keys.Save, self._on_save)):
            QShortcut(QKeySequence(key), self).activated.connect(slot)
        QShortcut(QKeySequence("Delete"), self).activated.connect(self._canvas.clear)

    @Slot()
    def _on_open(self) -> None:
        kinds = self.tr("Pictures and drawings ({patterns})").format(patterns=OPENED_PATTERNS)
        path = ask_to_open(self, self.tr("Open a picture or a drawing"), kinds, self.tr("All files (*)"))
        if path is not None:
            self.open_file(path)

    @Slot()
    def _on_paste(self) -> None:
        self.take(QGuiApplication.clipboard().mimeData())

    @Slot()
    def _on_save(self) -> None:
        if self._canvas.paper.is_empty:
            return
        if self._canvas.paper.picture is not None:
            Messages.of(self).error(self._no_drawing)
            return
        kind = FileFormat(self.tr("Drawings"), (DRAWING_SUFFIX, ".json"))
        path = ask_to_save(self, self.tr("Save drawing"), "digit", (kind,))
        if path is not None:
            self.save_to(path)

    @Slot()
    def _on_export(self) -> None:
        path = ask_to_save(self, self.tr("Export as PNG"), "digit", (PNG,))
        if path is not None:
            self.save_to(path)

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._answer)
        Messages.of(self).notice(self.tr("Copied: {answer}").format(answer=self._answer))

    @Slot(object)
    def _on_drawing_chosen(self, path: Path) -> None:
        self.reader_wanted.emit(*classes_of_drawings())
        self.open_file(path)

    @Slot(int)
    def _on_polarity_activated(self, index: int) -> None:
        paper = self._canvas.paper
        self._canvas.put(replace(paper, invert=_POLARITIES[index]))


def _no_larger(size: QSize, most: int = 1024) -> QSize:
    """The size, or one with the same proportions whose longest side is `most`."""
    if max(size.width(), size.height()) <= most:
        return size
    return size.scaled(most, most, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1))


_SMOOTH = Qt.TransformationMode.SmoothTransformation


# Keeps what lies on the paper, and its undo history, for the next start: soon after each change, beside the window.

SOON_MS = 300


class PaperKeeper(Tasks):
    """Watches a canvas. Where nothing can be written, nothing is kept, and nobody is bothered."""

    def __init__(self, canvas: Canvas, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._canvas, self._folder = canvas, folder
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self._keep)
        canvas.changed.connect(self._on_changed)

    def shut_down(self) -> None:
        """Keep what is there, if that was not done yet, and end."""
        if self._soon.isActive():
            self._soon.stop()
            self._keep()
        super().shut_down()

    @Slot()
    def _on_changed(self) -> None:
        if not self._canvas.is_busy:
            self._soon.start()

    @Slot()
    def _keep(self) -> None:
        if self._canvas.is_busy:  # its end will come
            return
        papers, folder = Papers.of(self._canvas.history), self._folder

        def work(_task: Task[None]) -> None:
            with contextlib.suppress(OSError):
                save_papers(papers, folder)

        self.start(work, failed=lambda _sentence: None)

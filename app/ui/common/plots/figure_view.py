"""A figure with what can be done with it: it can be scrolled and saved, and its examples can be clicked."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QScrollArea,
    QWidget,
)

from app.core.errors import StudioError
from app.ui import theme
from app.ui.common import build
from app.ui.common.files import PNG, SVG, ask_to_save
from app.ui.common.picture_grid import ExampleChooser
from app.ui.common.plots.figure import ExampleFigure, Figure, paint_figure, save_figure

# A figure on the screen: scaled to its room, with examples that can be chosen.

LARGEST_SCALE = 2.0
LEGIBLE_SCALE = 0.85
"""Smaller than this, what is written in a figure is hard to read: then it is scrolled rather than shrunk."""


def scale_for(size: QSizeF, room: QSize) -> float:
    """How large to show a figure of `size`: whole if it can be read so, else as wide as the room."""
    whole = _whole_scale(size, room)
    return whole if whole >= LEGIBLE_SCALE else max(LEGIBLE_SCALE, min(1.0, room.width() / size.width()))


def _whole_scale(size: QSizeF, room: QSize) -> float:
    return min(LARGEST_SCALE, room.width() / size.width(), room.height() / size.height())


class FigureCanvas(ExampleChooser):
    """Shows a figure as large as the widget, which should have its proportions; or a sentence that invites."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._figure: Figure | None = None
        self._picture: QPixmap | None = None
        self._invitation, self._description = "", ""

    @property
    def figure(self) -> Figure | None:
        """What is shown."""
        return self._figure

    def set_figure(self, figure: Figure | None, description: str) -> None:
        """Show `figure`, which `description` puts in words; None shows the invitation."""
        self._figure, self._description, self._picture = figure, description, None
        self.forget_choice()

    def set_invitation(self, sentence: str) -> None:
        """What to say while there is no figure."""
        self._invitation = sentence
        self.forget_choice()

    def is_too_large(self, room: QSize) -> bool:
        """True if the whole figure would be hard to read in that room."""
        return self._figure is not None and scale_for(self._figure.size, room) > _whole_scale(self._figure.size, room)

    def fit(self, room: QSize, scroll_bar: int, is_whole: bool = False) -> None:
        """Take the size that suits `room`, of which a scroll bar would take `scroll_bar` pixels; or be whole in it."""
        if self._figure is None:
            self.resize(room)
            return
        if is_whole:
            self.resize((self._figure.size * _whole_scale(self._figure.size, room)).toSize().expandedTo(QSize(1, 1)))
            return
        size = self._figure.size * scale_for(self._figure.size, room)
        if size.height() > room.height():
            size = self._figure.size * scale_for(self._figure.size, room - QSize(scroll_bar, 0))
        self.resize(size.toSize().expandedTo(QSize(1, 1)))

    def example_places(self) -> Sequence[QRectF]:
        """Those of the figure, scaled."""
        places = self._figure.places if isinstance(self._figure, ExampleFigure) else ()
        return [QRectF(place.topLeft() * self._scale, place.size() * self._scale) for place in places]

    def example_in_words(self, number: int) -> str:
        """Its caption."""
        return self._figure.spoken[number] if isinstance(self._figure, ExampleFigure) else ""

    def whole_in_words(self) -> str:
        """The figure's description, or the invitation."""
        return self._invitation if self._figure is None else self._description

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Paint it anew, sharp."""
        self._picture = None
        super().resizeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The figure, and what of it is pointed at or chosen."""
        painter = QPainter(self)
        if self._figure is None:
            painter.setPen(QColor(theme.colours().muted))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._invitation)
        else:
            if self._picture is None or self._picture.devicePixelRatio() != self.devicePixelRatioF():
                self._picture = self._painted(self._figure)
            painter.drawPixmap(0, 0, self._picture)
            self.paint_choice(painter, theme.LIGHT.accent)  # the figure is white in both themes
        painter.end()

    def tip_at(self, at: QPointF) -> str:
        """What the figure says of the place."""
        return self._figure.tip_at(at / self._scale) if isinstance(self._figure, ExampleFigure) else ""

    def tip_area(self, at: QPointF) -> QRect:
        return QRect(at.toPoint(), QSize(1, 1))

    @property
    def _scale(self) -> float:
        return 1.0 if self._figure is None else self.width() / self._figure.size.width()

    def _painted(self, figure: Figure) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        paint_figure(figure, picture)
        picture.setDevicePixelRatio(ratio)
        return picture


_SMALLEST_VIEW = QSize(240, 160)

ChooseFile = Callable[[QWidget, str], Path | None]


def choose_file(parent: QWidget, name: str) -> Path | None:
    """Ask where to save a figure; suggest `name`, without a suffix."""
    return ask_to_save(parent, parent.tr("Save figure"), name, (PNG, SVG))


class FigureView(QWidget):
    """Shows a figure as large as its room allows. `canvas.example_clicked` tells which example was clicked."""

    def __init__(
        self, parent: QWidget | None = None, *, choose: ChooseFile = choose_file, click_words: str = ""
    ) -> None:
        """`click_words` say what a click on an example does, if it does not open a picture in Recognize."""
        super().__init__(parent)
        self._choose, self._file_name = choose, "figure"
        self._click_words = click_words or self.tr("A click opens a picture in Recognize.")
        self.canvas = FigureCanvas()
        self._scroll = _FigureScroll(self.canvas)
        self._note = build.elided()
        self._save = build.button(
            self.tr("Save figure…"),
            name="save_figure",
            says=self.tr("Save figure"),
            auto_default=False,
            clicked=self._on_save_clicked,
        )
        tip = self.tr("Show the whole figure, even if it is small; saved figures are always whole")
        self._whole = build.named(QCheckBox(self.tr("Whole figure")), "whole_figure", tip=tip)
        build.column((self._scroll, 1), build.row((self._note, 1), self._whole, self._save), on=self)
        self._scroll.fitted.connect(self._on_fitted)
        self._whole.toggled.connect(self._scroll.set_whole)
        self.set_figure(None)

    @property
    def figure(self) -> Figure | None:
        """What is shown."""
        return self.canvas.figure

    @property
    def room(self) -> QSize:
        """How large a figure can be to be shown whole at 100%."""
        return self._scroll.maximumViewportSize()

    @property
    def note(self) -> str:
        """What is said below the figure."""
        return self._note.whole

    def set_figure(
        self, figure: Figure | None, name: str = "", description: str = "", file_name: str = "figure"
    ) -> None:
        """Show `figure`, called `name`; `description` puts it in words, by default those of its examples.

        `file_name`, without a suffix, is what Save suggests.
        """
        self._file_name = file_name
        spoken = "; ".join(figure.spoken) if isinstance(figure, ExampleFigure) else ""
        self.canvas.setAccessibleName(name or self.tr("Figure"))
        self.canvas.set_figure(figure, description or spoken)
        self._scroll.fit()
        self._save.setEnabled(figure is not None)
        can, cannot = self.tr("Save this figure as PNG or SVG"), self.tr("There is no figure to save yet")
        self._save.setToolTip(cannot if figure is None else can)
        self._say(self._legend(figure) if isinstance(figure, ExampleFigure) else "")

    def _legend(self, figure: ExampleFigure) -> str:
        return f"{figure.legend} {self._click_words}".strip() if figure.places else figure.legend

    def set_invitation(self, sentence: str) -> None:
        """What to say while there is no figure."""
        self.canvas.set_invitation(sentence)

    def save(self, path: Path) -> None:
        """Save the figure; the line below it says how that went."""
        if self.figure is None:
            return
        try:
            save_figure(self.figure, path, self.canvas.accessibleName())
        except StudioError as error:
            self._say(str(error), is_error=True)
            return
        self._say(self.tr("Saved as {path}").format(path=path))

    def _say(self, words: str, is_error: bool = False) -> None:
        self._note.set_whole(words)
        self._note.setProperty("role", "error" if is_error else "muted")
        self._note.style().polish(self._note)

    @Slot(bool)
    def _on_fitted(self, is_too_large: bool) -> None:
        self._whole.setVisible(is_too_large)

    @Slot()
    def _on_save_clicked(self) -> None:
        path = self._choose(self, self._file_name)
        if path is not None:
            self.save(path)


class _FigureScroll(QScrollArea):
    """Gives the canvas the size that suits it here, and follows what the keyboard chooses."""

    fitted = Signal(bool)  # True if the figure is too large to be shown whole and legible

    def __init__(self, canvas: FigureCanvas) -> None:
        super().__init__()
        self._is_whole = False
        self._canvas = canvas
        self.setWidget(canvas)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        canvas.choice_moved.connect(self._on_choice_moved)

    def fit(self) -> None:
        """Another figure, or another room for it."""
        room = self.maximumViewportSize()
        self._canvas.fit(room, theme.SCROLL_BAR, self._is_whole)
        self.fitted.emit(self._canvas.is_too_large(room))

    @Slot(bool)
    def set_whole(self, is_whole: bool) -> None:
        """Show all of the figure at once, or so large that it can be read."""
        self._is_whole = is_whole
        self.fit()

    def minimumSizeHint(self) -> QSize:
        """Enough for some pictures in a row."""
        return _SMALLEST_VIEW

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another room."""
        super().resizeEvent(event)
        self.fit()

    @Slot(int)
    def _on_choice_moved(self, number: int) -> None:
        place = self._canvas.example_places()[number].toRect()
        self.ensureVisible(place.center().x(), place.center().y(), place.width() // 2 + 4, place.height() // 2 + 4)

"""The last samples of a set in a row, the newest first: a click corrects the label of one, or deletes it."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QColor, QImage, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from app.core.datasets.samples.records import Sample
from app.core.datasets.types import IMAGE_SIZE
from app.ui import theme
from app.ui.widgets.item_text import item_font
from app.ui.widgets.picture_grid import on_paper
from app.ui.widgets.strokes import painter_on

MOST_SHOWN = 10
_TILE = QSize(51, 48)


class RecentSamples(QWidget):
    """Shows as many as there is room for."""

    relabel_wanted = Signal(int, int)  # the sample's number, the class
    removal_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._samples: tuple[Sample, ...] = ()
        self._names: tuple[str, ...] = ()
        self._menu = QMenu(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.tiles = tuple(self._tile(place) for place in range(MOST_SHOWN))
        for tile in self.tiles:
            row.addWidget(tile)
        row.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(1)  # any width will do
        self.show_samples((), ())

    def show_samples(self, samples: Sequence[Sample], class_names: Sequence[str]) -> None:
        """Show these, the newest first; `class_names` are those of their set."""
        self._samples, self._names = tuple(samples[:MOST_SHOWN]), tuple(class_names)
        for tile, sample in zip(self.tiles, self._samples, strict=False):
            name = self._names[sample.label]
            tile.show_sample(sample, name)
            tile.setAccessibleName(self.tr("Sample of {name}").format(name=name))
            tile.setToolTip(self._tip(sample, name))
        self.setFixedHeight(_TILE.height() if self._samples else 0)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """With other room, more of them or fewer."""
        super().resizeEvent(event)
        self._fit()

    def _tile(self, place: int) -> "_Tile":
        tile = _Tile()
        tile.setObjectName(f"recent_{place}")
        tile.clicked.connect(self._on_tile_clicked)
        return tile

    def _tip(self, sample: Sample, name: str) -> str:
        if sample.is_held_back:
            return self.tr("{name}, kept for testing. Click to correct the label, or to delete it").format(name=name)
        return self.tr("{name}. Click to correct the label, or to delete it").format(name=name)

    def _fit(self) -> None:
        room = self.width() // _TILE.width()
        for place, tile in enumerate(self.tiles):
            tile.setVisible(place < min(len(self._samples), room))

    @Slot()
    def _on_tile_clicked(self) -> None:
        tile = self.sender()
        assert isinstance(tile, _Tile)
        sample = self._samples[self.tiles.index(tile)]
        self._menu.clear()
        group = QActionGroup(self._menu)
        for label, name in enumerate(self._names):
            action = QAction(name, group)
            action.setCheckable(True)
            action.setChecked(label == sample.label)
            action.setData((sample.id, label))
            action.triggered.connect(self._on_label_chosen)
            self._menu.addAction(action)
        self._menu.addSeparator()
        delete = self._menu.addAction(self.tr("Delete"))
        delete.setData((sample.id, sample.label))
        delete.triggered.connect(self._on_delete_chosen)
        self._menu.popup(tile.mapToGlobal(tile.rect().bottomLeft()))

    @Slot()
    def _on_label_chosen(self) -> None:
        self.relabel_wanted.emit(*self._chosen())

    @Slot()
    def _on_delete_chosen(self) -> None:
        self.removal_wanted.emit(self._chosen()[0])

    def _chosen(self) -> tuple[int, int]:
        action = self.sender()
        assert isinstance(action, QAction)
        number, label = action.data()
        return int(number), int(label)


class _Tile(QToolButton):
    """A sample as ink on paper, its class below."""

    def __init__(self) -> None:
        super().__init__()
        self._image = QImage()
        self.setFixedSize(_TILE)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard with the paper

    def show_sample(self, sample: Sample, name: str) -> None:
        self._image = on_paper(sample.image)
        self.setText(name)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = theme.colours()
        with painter_on(self) as painter:
            if self.underMouse() or self.hasFocus():
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(colours.accent_soft))
                painter.drawRoundedRect(self.rect(), theme.CONTROL_RADIUS, theme.CONTROL_RADIUS)
            place = QRect((self.width() - IMAGE_SIZE) // 2, 2, IMAGE_SIZE, IMAGE_SIZE)
            painter.drawImage(place, self._image)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colours.line), 1))
            painter.drawRect(place.adjusted(0, 0, -1, -1))
            painter.setFont(item_font(small=True))
            painter.setPen(QColor(colours.muted))
            below = QRect(1, place.bottom() + 1, self.width() - 2, self.height() - place.bottom() - 2)
            said = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, below.width())
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, said)

"""The diagram of a network on the screen, and as a file."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QFileDialog, QFrame, QPushButton, QScrollArea, QWidget

from app.core.fonts import FAMILIES, FAMILY
from app.core.models.config import TrainingConfig
from app.core.models.diagram import diagram_svg
from app.core.models.diagram_drawing import DiagramColours
from app.ui import theme
from app.ui.widgets.card import Card

PNG_SCALE = 2


class DiagramCard(Card):
    """Shows a diagram that wraps where the card ends, and exports it."""

    failed = Signal(str)

    def __init__(self, classes: int, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Diagram"), parent)
        self._classes = classes
        self._config: TrainingConfig | None = None
        self._picture = _Picture()
        self._scroll = QScrollArea()
        self._scroll.setObjectName("diagram")
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setWidget(self._picture)
        self._scroll.setAccessibleName(self.tr("Diagram of the network"))
        self._export = QPushButton(self.tr("Export diagram…"))
        self._export.setObjectName("export_diagram")
        self._export.setAutoDefault(False)
        self._export.setProperty("kind", "quiet")
        self._export.setToolTip(self.tr("Save the diagram as SVG or PNG, on white"))
        self._export.clicked.connect(self._on_export_clicked)
        self.header.addWidget(self._export)
        self.body.addWidget(self._scroll, 1)
        self._later = QTimer(self, interval=0, singleShot=True)
        self._later.timeout.connect(self._draw)
        theme.notifier().changed.connect(self._draw)

    def show_network(self, config: TrainingConfig) -> None:
        """Draw the network of `config`."""
        if config != self._config:
            self._config = config
            self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew, once the new size is everywhere."""
        super().resizeEvent(event)
        self._later.start()

    def export(self, path: Path) -> None:
        """Write the diagram to a file, as SVG if its name ends so, otherwise as PNG."""
        if self._config is None:
            return
        svg = diagram_svg(self._config, self._classes)
        try:
            if path.suffix.lower() == ".svg":
                path.write_text(svg, encoding="utf-8")
            elif not picture_of(svg).save(str(path)):
                raise OSError
        except OSError:
            self.failed.emit(self.tr("{name} cannot be written; choose another place.").format(name=path.name))

    @Slot()
    def _draw(self) -> None:
        if self._config is not None:
            width = self._scroll.viewport().width() - self._scroll.verticalScrollBar().sizeHint().width()
            self._picture.show_svg(diagram_svg(self._config, self._classes, _colours(), max(1, width)))

    @Slot()
    def _on_export_clicked(self) -> None:
        if self._config is None:
            return
        name, chosen = QFileDialog.getSaveFileName(
            self.window(), self.tr("Export diagram"), f"{self._config.recipe}.svg", "SVG (*.svg);;PNG (*.png)"
        )
        if name:
            path = Path(name)
            known = path.suffix.lower() in {".svg", ".png"}
            self.export(path if known else path.with_name(path.name + (".png" if "png" in chosen else ".svg")))


class _Picture(QWidget):
    """An SVG at its own size, or smaller where it would be too wide."""

    def __init__(self) -> None:
        super().__init__()
        self._renderer = QSvgRenderer(self)

    def show_svg(self, svg: str) -> None:
        """Show this document."""
        self._renderer.load(_for_qt(svg))
        self.setMinimumHeight(self._size().height())
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """In the middle of the top."""
        painter = QPainter(self)
        size = self._size()
        self._renderer.render(painter, QRectF((self.width() - size.width()) / 2, 0, size.width(), size.height()))
        painter.end()

    def _size(self) -> QSize:
        size = self._renderer.defaultSize()
        if size.width() <= self.width():
            return size
        return size.scaled(self.width(), size.height(), Qt.AspectRatioMode.KeepAspectRatio)


def picture_of(svg: str) -> QImage:
    """A diagram as a picture, large enough for print."""
    renderer = QSvgRenderer(_for_qt(svg))
    image = QImage(renderer.defaultSize() * PNG_SCALE, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    return image


def _for_qt(svg: str) -> QByteArray:
    """The document with one family: Qt takes a whole list for one name."""
    return QByteArray(svg.replace(FAMILIES, FAMILY).encode())


def _colours() -> DiagramColours:
    colour = theme.colours()
    return DiagramColours(
        ground=colour.card,
        text=colour.text,
        muted=colour.muted,
        line=colour.pixels_hint,
        learns=colour.accent_soft,
        learns_edge=colour.accent,
        plain=colour.control,
        plain_edge=colour.muted,
        wide=colour.validation,
        wrong=colour.wrong_text,
    )

"""What will be built: the diagram of a network and the table of `model.summary()`."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import (
    QByteArray,
    QModelIndex,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QFont, QGuiApplication, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import (
    QFrame,
    QHeaderView,
    QPushButton,
    QScrollArea,
    QTableView,
    QWidget,
)

from app.core.config.config import TrainingConfig
from app.core.errors import StudioError
from app.core.networks.diagram import diagram_svg
from app.core.networks.diagram_shapes import DiagramColours
from app.core.networks.summary import NetworkSummary, summary_cells, summary_text, summary_titles, summary_totals
from app.core.paths import FAMILIES, FAMILY
from app.core.reports.writing import write_file
from app.ui import theme
from app.ui.common import build
from app.ui.common.containers import Card
from app.ui.common.files import PNG, SVG, ask_to_save, png_bytes
from app.ui.common.layout import Divided
from app.ui.common.lists import Column, ColumnModel, style_table

# The diagram of a network on the screen, and as a file.

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
        self._export = build.button(
            self.tr("Export diagram…"),
            name="export_diagram",
            kind="quiet",
            tip=self.tr("Save the diagram as SVG or PNG, on white"),
            auto_default=False,
            clicked=self._on_export_clicked,
        )
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
            content = svg.encode() if path.suffix.lower() == ".svg" else png_bytes(picture_of(svg))
            write_file(path, content, replace=True)
        except StudioError as error:
            self.failed.emit(str(error))

    @Slot()
    def _draw(self) -> None:
        if self._config is not None:
            width = self._scroll.viewport().width() - self._scroll.verticalScrollBar().sizeHint().width()
            self._picture.show_svg(diagram_svg(self._config, self._classes, _colours(), max(1, width)))

    @Slot()
    def _on_export_clicked(self) -> None:
        if self._config is None:
            return
        path = ask_to_save(self, self.tr("Export diagram"), self._config.recipe, (SVG, PNG))
        if path is not None:
            self.export(path)


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
        background=colour.card,
        text=colour.text,
        muted=colour.muted,
        line=colour.pixels_hint,
        trainable=colour.accent_soft,
        trainable_outline=colour.accent,
        plain=colour.control,
        plain_outline=colour.muted,
        skip=colour.validation,
        wrong=colour.wrong_text,
    )


# The table of `model.summary()`, with its totals.

_PARAMETERS = 2
_ROW_HEIGHT = 20


@dataclass(frozen=True)
class _Layer:
    cells: tuple[str, ...]
    is_chosen: bool


def _cell(place: int, layer: _Layer) -> str:
    return layer.cells[place]


class SummaryModel(ColumnModel[_Layer]):
    """Keras' words for each layer."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__((), parent)
        self._font = theme.small(QFont())
        self._bold = QFont(self._font)
        self._bold.setBold(True)

    def show_summary(self, summary: NetworkSummary, chosen: int) -> None:
        """Show the rows of `summary`, the chosen layer's in bold."""
        cells = zip(summary.rows, summary_cells(summary), strict=True)
        layers = [_Layer(texts, row.position == chosen) for row, texts in cells]
        self.beginResetModel()
        self.columns = tuple(
            Column(title, partial(_cell, place), is_number=place == _PARAMETERS)
            for place, title in enumerate(summary_titles(summary))
        )
        self.rows = tuple(layers)
        self.endResetModel()

    def font(self, row: _Layer, _column: int) -> QFont:
        return self._bold if row.is_chosen else self._font

    def ground(self, row: _Layer) -> str | None:
        return theme.colours().accent_soft if row.is_chosen else None


class SummaryCard(Card):
    """The table; a click on a row chooses that layer."""

    layer_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Summary"), parent)
        self._summary: NetworkSummary | None = None
        self._model = SummaryModel(self)
        self._table = table = QTableView()
        table.setModel(self._model)
        style_table(table, "summary", self.tr("Summary of the network"), row_height=_ROW_HEIGHT)
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        table.clicked.connect(self._on_clicked)
        self._totals = build.label(name="totals", role="caption", wraps=True, selectable=True)
        copy = build.button(
            self.tr("Copy"),
            name="copy_summary",
            kind="quiet",
            tip=self.tr("Copy the table as text"),
            auto_default=False,
            clicked=self._on_copy_clicked,
        )
        self.header.addWidget(copy)
        self.body.addWidget(table, 1)
        self.body.addWidget(self._totals)

    def show_summary(self, summary: NetworkSummary, chosen: int) -> None:
        """Show the layers as Keras would list them."""
        self._summary = summary
        self._model.show_summary(summary, chosen)
        self._totals.setText("   ".join(summary_totals(summary)))

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        position = self._summary.rows[index.row()].position if self._summary is not None else None
        if position is not None:
            self.layer_chosen.emit(position)

    @Slot()
    def _on_copy_clicked(self) -> None:
        if self._summary is not None:
            QGuiApplication.clipboard().setText(summary_text(self._summary))


# What will be built: the diagram and the table below each other, or one of them where there is little room.

_LEAST_HEIGHT = 140


class NetworkViews(QWidget):
    """Two cards that can be shown or hidden; `switches` are the buttons that do it."""

    def __init__(self, classes: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.diagram, self.summary = DiagramCard(classes), SummaryCard()
        splitter = Divided(Qt.Orientation.Vertical)
        for card in (self.diagram, self.summary):
            card.setMinimumHeight(_LEAST_HEIGHT)
            splitter.addWidget(card)
        splitter.setSizes([3 * _LEAST_HEIGHT, 2 * _LEAST_HEIGHT])
        build.column(splitter, on=self)
        self._shows_diagram = self._switch("show_diagram", self.tr("Diagram"), self.diagram)
        self._shows_summary = self._switch("show_summary", self.tr("Summary"), self.summary)
        self.switches = build.panel(build.row(self._shows_diagram, self._shows_summary, spacing=theme.SPACING // 2))

    def show_both(self, both: bool) -> None:
        """Show the diagram, and below it the table or not."""
        self._shows_diagram.setChecked(True)
        self._shows_summary.setChecked(both)

    def show_network(self, config: TrainingConfig, summary: NetworkSummary, chosen: int) -> None:
        """Draw and list the network of `config`."""
        self.diagram.show_network(config)
        self.summary.show_summary(summary, chosen)

    def _switch(self, name: str, title: str, card: QWidget) -> QPushButton:
        tip = self.tr("Show or hide this view of the network")
        button = build.button(title, name=name, tip=tip, checkable=True, auto_default=False)
        button.setChecked(True)
        button.toggled.connect(card.setVisible)
        button.toggled.connect(self._on_toggled)
        return button

    @Slot(bool)
    def _on_toggled(self, shown: bool) -> None:
        """Where the last view is hidden, the other one takes its place."""
        buttons = (self._shows_diagram, self._shows_summary)
        if not shown and not any(button.isChecked() for button in buttons):
            next(button for button in buttons if button is not self.sender()).setChecked(True)

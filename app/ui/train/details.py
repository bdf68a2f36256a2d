"""The epochs of a run as a table and, for a run that is stepped, its last batch."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHeaderView,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QTableView,
    QWidget,
)

from app.core.runs.curves import LogScale
from app.core.runs.events import BatchStepped, EpochDone, GradientNorm
from app.core.runs.progress import best_epoch, metric_text, short_power
from app.ui import theme
from app.ui.common import build
from app.ui.common.containers import Card
from app.ui.common.lists import Column, ColumnModel, style_table
from app.ui.common.painted import Painted
from app.ui.common.text import LEFT

# The epochs of a run as a table, in Keras' words.

COLUMNS = ("epoch", "loss", "accuracy", "val_loss", "val_accuracy", "time")
SHORT = {"accuracy": "acc", "val_accuracy": "val_acc"}
"""Keras 1's words, for a narrow table."""
WIDEST = {"epoch": "100 ★", "time": "99.9 s"}

CELL_PADDING = 4


class EpochModel(ColumnModel[EpochDone]):
    """One row per epoch. The best one so far is green, bold, and marked with a star."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__([self._column(name, name) for name in COLUMNS], parent)
        self._bold = QFont()
        self._bold.setBold(True)

    @property
    def epochs(self) -> tuple[EpochDone, ...]:
        """What is shown."""
        return self.rows

    def add(self, epoch: EpochDone) -> None:
        """Append an epoch; the best one may have moved."""
        row = len(self.rows)
        self.beginInsertRows(QModelIndex(), row, row)
        self.rows = (*self.rows, epoch)
        self.endInsertRows()
        self.redraw()

    def clear(self) -> None:
        """Forget all epochs."""
        self.show_rows(())

    def set_short(self, short: bool) -> None:
        """Abbreviate the titles of the columns, or not."""
        columns = tuple(self._column(name, SHORT.get(name, name) if short else name) for name in COLUMNS)
        if [column.title for column in columns] != [column.title for column in self.columns]:
            self.columns = columns
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)

    def tip(self, row: EpochDone, _column: int) -> str | None:
        return self.tr("The best epoch so far") if self._is_best(row) else None

    def colour(self, row: EpochDone, _column: int) -> str | None:
        return theme.colours().best_text if self._is_best(row) else None

    def font(self, row: EpochDone, _column: int) -> QFont | None:
        return self._bold if self._is_best(row) else None

    def _is_best(self, epoch: EpochDone) -> bool:
        return epoch is best_epoch(self.rows)

    def _column(self, name: str, title: str) -> Column[EpochDone]:
        return Column(title, lambda epoch: self._text(epoch, name), help=name)

    def _text(self, epoch: EpochDone, column: str) -> str:
        if column == "epoch":
            return f"{epoch.epoch} ★" if self._is_best(epoch) else str(epoch.epoch)
        if column == "time":
            return self.tr("{seconds} s").format(seconds=f"{epoch.epoch_s:.1f}")
        value: float | None = getattr(epoch, column)
        return "-" if value is None else metric_text(value, 4)


class EpochTable(QTableView):
    """Shows an `EpochModel` and follows its last row, unless the user scrolled away from it."""

    def __init__(self, model: EpochModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self._epochs = model
        style_table(self, "", self.tr("Epochs"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setMinimumSectionSize(1)
        self._follows = True
        model.rowsAboutToBeInserted.connect(self._on_rows_about_to_be_inserted)
        model.rowsInserted.connect(self._on_rows_inserted)
        theme.notifier().changed.connect(model.redraw)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give every column what its title needs, and an equal share of what is left."""
        super().resizeEvent(event)
        needed = self._needed(COLUMNS)
        self._epochs.set_short(sum(needed) > self.viewport().width())
        if sum(needed) > self.viewport().width():
            needed = self._needed([SHORT.get(title, title) for title in COLUMNS])
        spare = max(0, self.viewport().width() - sum(needed)) // len(COLUMNS)
        for column, width in enumerate(needed):
            self.setColumnWidth(column, width + spare)
        if self._follows:
            self.scrollToBottom()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows, or what will be here."""
        super().paintEvent(event)
        if not self.model().rowCount():
            painter = QPainter(self.viewport())
            painter.setPen(QColor(theme.colours().muted))
            painter.drawText(
                self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, self.tr("Every epoch will add a row here")
            )
            painter.end()

    def _needed(self, titles: Sequence[str]) -> list[int]:
        """The width that each column cannot do without."""
        font = QFont(self.font())
        font.setBold(True)
        metrics = QFontMetrics(font)
        return [
            max(metrics.horizontalAdvance(text) for text in (title, WIDEST.get(title, "0.0000"))) + 2 * CELL_PADDING
            for title in titles
        ]

    @Slot()
    def _on_rows_about_to_be_inserted(self) -> None:
        bar = self.verticalScrollBar()
        self._follows = bar.value() == bar.maximum()

    @Slot()
    def _on_rows_inserted(self) -> None:
        if self._follows:
            self.scrollToBottom()


# The norm of the gradient of each weight, as bars on a logarithmic scale.

ROW = 20
_AXIS = 18
_NAME_SHARE = 0.36
_VALUE_WIDTH = 62
_BAR = 8
_LEAST_TICK = 44


class GradientBars(Painted):
    """One row per weight: its name, its bar, its norm. A thin mark tells where the bar ended one step before."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.norms: tuple[GradientNorm, ...] = ()
        self._before: dict[str, float] = {}
        self.scale = LogScale.of(())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Gradient norms"))

    def show_norms(self, norms: Sequence[GradientNorm]) -> None:
        """Show the norms of another step; the scale only grows, so that bars can be compared from step to step."""
        self._before = {norm.name: norm.norm for norm in self.norms}
        self.norms = tuple(norms)
        self.scale = LogScale.of((norm.norm for norm in norms), self.scale if self._before else None)
        self.setAccessibleDescription(", ".join(f"{norm.name} {norm.norm:.2g}" for norm in norms))
        self.updateGeometry()
        self.update()

    def clear(self) -> None:
        """Forget the run."""
        self.norms, self._before = (), {}
        self.update()

    def sizeHint(self) -> QSize:
        """A row per weight, and the numbers of the scale."""
        return QSize(300, _AXIS + ROW * len(self.norms))

    def minimumSizeHint(self) -> QSize:
        """All of it: what does not fit scrolls."""
        return QSize(0, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Scale, then rows."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.small(self.font()))
        area = QRectF(_NAME_SHARE * self.width(), _AXIS, 0, ROW * len(self.norms))
        area.setRight(self.width() - _VALUE_WIDTH)
        if self.norms:
            painter.setPen(QColor(theme.colours().muted))
            painter.drawText(QRectF(0, 0, area.left(), _AXIS - 4), LEFT, self.tr("norm, | one step before"))
            self._paint_scale(painter, area)
        for row, norm in enumerate(self.norms):
            self._paint_row(painter, area, _AXIS + row * ROW, norm)
        painter.end()

    def _paint_scale(self, painter: QPainter, area: QRectF) -> None:
        powers = self.scale.powers
        every = max(1, round(_LEAST_TICK * len(powers) / max(1.0, area.width()) + 0.5))
        for power in powers[::every]:
            x = round(area.left() + self.scale.share(10.0**power) * area.width()) + 0.5
            painter.setPen(QPen(QColor(theme.colours().line), theme.LINE))
            painter.drawLine(round(x), round(area.top()), round(x), round(area.bottom()))
            painter.setPen(QColor(theme.colours().muted))
            place = QRectF(x - _LEAST_TICK, 0, 2 * _LEAST_TICK, _AXIS - 4)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, short_power(f"{10.0**power:.4g}"))

    def _paint_row(self, painter: QPainter, area: QRectF, top: float, norm: GradientNorm) -> None:
        colours, middle = theme.colours(), top + ROW / 2
        painter.setPen(QColor(colours.text))
        name = QRectF(0, top, area.left() - theme.SPACING, ROW)
        fitting = painter.fontMetrics().elidedText(norm.name, Qt.TextElideMode.ElideLeft, int(name.width()))
        painter.drawText(name, LEFT, fitting)
        value = QRectF(area.right() + theme.SPACING, top, _VALUE_WIDTH - theme.SPACING, ROW)
        painter.drawText(value, LEFT, f"{norm.norm:.2g}")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.accent))
        width = self.scale.share(norm.norm) * area.width()
        painter.drawRoundedRect(QRectF(area.left(), middle - _BAR / 2, width, _BAR), 2, 2)
        if norm.name in self._before:
            x = area.left() + self.scale.share(self._before[norm.name]) * area.width()
            painter.setBrush(QColor(colours.muted))
            painter.drawRect(QRectF(x - 1, middle - _BAR / 2 - 2, 2, _BAR + 4))


EPOCHS, STEPS, FILM = 0, 1, 2
_FILM_HEIGHT = 132


class RunDetails(Card):
    """Shows the table alone until a batch is stepped, or there is a film: then there is a choice."""

    def __init__(self, film: QWidget | None = None, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.epochs, self.gradients = EpochModel(self), GradientBars()
        self.gradients.setToolTip(
            self.tr(
                "Size (norm) of the gradient of each weight, on a logarithmic scale. The thin mark: one step before."
            )
        )
        self._words = build.elided(name="step_words")
        self._stack = QStackedWidget()
        self._stack.insertWidget(EPOCHS, EpochTable(self.epochs))
        self._stack.insertWidget(STEPS, self._scrolled(self.gradients))
        self._stack.insertWidget(FILM, film or QWidget())
        self._choice, self._tabs = QWidget(), QButtonGroup(self)
        self._lay_out()
        self._offer(FILM, False)
        self._tabs.idClicked.connect(self.turn_to)
        self.clear()

    @property
    def shown(self) -> int:
        """EPOCHS, STEPS or FILM."""
        return self._stack.currentIndex()

    @property
    def step_words(self) -> str:
        """What is said of the last step."""
        return self._words.whole

    @Slot(int)
    def turn_to(self, tab: int) -> None:
        """Show the table, the last step, or the film."""
        self._stack.setCurrentIndex(tab)
        self._tabs.button(tab).setChecked(True)
        self._words.setVisible(tab == STEPS)
        self._stack.setMinimumHeight(_FILM_HEIGHT if tab == FILM else 0)  # in a low window the page scrolls

    def offer_film(self, is_there: bool) -> None:
        """There is a film, or none any more."""
        self._offer(FILM, is_there)
        if not is_there and self.shown == FILM:
            self.turn_to(EPOCHS)

    def _offer(self, tab: int, is_there: bool) -> None:
        self._tabs.button(tab).setVisible(is_there)
        self._choice.setVisible(any(not self._tabs.button(each).isHidden() for each in (STEPS, FILM)))

    def offer_steps(self) -> None:
        """The run waits for steps: show where they will appear."""
        self._offer(STEPS, True)
        self.turn_to(STEPS)

    def show_step(self, step: BatchStepped) -> None:
        """Show a batch: its loss and accuracy, and the gradients it led to."""
        self.offer_steps()
        self._words.set_whole(
            self.tr("Loss {loss}, accuracy {accuracy}").format(
                loss=metric_text(step.loss, 4), accuracy=f"{step.accuracy:.1%}"
            )
        )
        self.gradients.show_norms(step.gradient_norms)

    def clear(self) -> None:
        """Forget the run."""
        self.epochs.clear()
        self.gradients.clear()
        self._words.set_whole(self.tr("Step trains one batch"))
        self._offer(STEPS, False)
        self.turn_to(EPOCHS)

    def _scrolled(self, widget: QWidget) -> QScrollArea:
        scroll = QScrollArea()
        scroll.setWidget(widget)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return scroll

    def _lay_out(self) -> None:
        row = build.row(on=self._choice)
        tabs = (
            (self.tr("Epochs"), "tab_epochs"),
            (self.tr("Steps"), "tab_steps"),
            (self.tr("Film"), "tab_film"),
        )
        for number, (text, name) in enumerate(tabs):
            button = build.button(text, name=name, checkable=True)
            self._tabs.addButton(button, number)
            row.addWidget(button)
        row.addWidget(self._words, 1)
        row.addStretch()
        self.body.addWidget(self._choice)
        self.body.addWidget(self._stack, 1)

"""Logits, softmax and probabilities of the answer, as a table that can be copied."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from app.core.models.store import StoredModel
from app.core.percentages import exact_probability
from app.ui import theme
from app.ui.common import build
from app.ui.common.text import LEFT, RIGHT, item_font
from app.ui.recognize.recognizer import Recognition

if TYPE_CHECKING:
    from app.core.inference.softmax_table import LogitReader, SoftmaxTable

_WIDTH, _HEIGHT = 440, 460


class SoftmaxView(QDialog):
    """Stays beside the page, and follows what is on the paper."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Tool)
        self.setWindowTitle(self.tr("Logits and probabilities"))
        self.resize(_WIDTH, _HEIGHT)
        self._shown: SoftmaxTable | None = None
        self.table, self._words = QTableWidget(0, 4), build.label(role="caption", wraps=True)
        tip = self.tr("Copy the table with all digits (Ctrl+C)")
        self.copy = build.button(self.tr("Copy"), name="copy_table", tip=tip, clicked=self._on_copy)
        self._apply_style()
        below = build.row((self._words, 1), (self.copy, Qt.AlignmentFlag.AlignBottom))
        build.column((self.table, 1), below, on=self, margins=theme.MARGIN)
        QShortcut(QKeySequence.StandardKey.Copy, self).activated.connect(self._on_copy)
        self.show_table(None)

    @property
    def words(self) -> str:
        """What is said below the table."""
        return self._words.text()

    def show_table(self, table: "SoftmaxTable | None") -> None:
        """Show how an answer comes about; None while there is none."""
        self._shown = table
        self.copy.setEnabled(table is not None)
        if table is None:
            self.table.setRowCount(0)
            self._words.setText(self.tr("Draw something: its logits and probabilities will appear here."))
            return
        self.table.setRowCount(len(table.rows) + 1)
        best = max(table.rows, key=lambda row: row.probability)
        for number, row in enumerate(table.rows):
            texts = (row.name, f"{row.logit:.3f}", _power(row.power), exact_probability(row.probability))
            self._write(number, texts, is_bold=row is best)
        self._write(len(table.rows), (self.tr("Sum"), "", _power(table.sum_of_powers), "100%"))
        self._words.setText(self._explained(table))

    def _explained(self, table: "SoftmaxTable") -> str:
        said = self.tr("Softmax: probability = exp(logit) ÷ sum.")
        if table.temperature != 1:
            said = self.tr(
                "Softmax: probability = exp(logit ÷ T) ÷ sum. T = {temperature:g} is the temperature of this "
                "model: it makes its confidence match its accuracy."
            ).format(temperature=table.temperature)
        if not table.is_exact:
            said += " " + self.tr(
                "The weights of this model cannot be read. These are the logarithms of the probabilities: the"
                " logits, except for a constant."
            )
        return said

    def _apply_style(self) -> None:
        titles = (self.tr("Class"), self.tr("Logit"), self.tr("exp"), self.tr("Probability"))
        for column, title in enumerate(titles):
            header = QTableWidgetItem(title)
            header.setTextAlignment(RIGHT if column else LEFT)
            self.table.setHorizontalHeaderItem(column, header)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(theme.ROW_HEIGHT)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)

    def _write(self, row: int, texts: tuple[str, ...], is_bold: bool = False) -> None:
        for column, text in enumerate(texts):
            item = self.table.item(row, column) or QTableWidgetItem()
            item.setText(text)
            item.setFont(item_font(bold=is_bold))
            item.setTextAlignment(RIGHT if column else LEFT)
            if item.tableWidget() is None:
                self.table.setItem(row, column, item)

    @Slot()
    def _on_copy(self) -> None:
        if self._shown is not None:
            QGuiApplication.clipboard().setText(self._shown.as_csv())


def _power(power: float) -> str:
    """Four digits, or all of a whole number that can be read at a glance."""
    return f"{power:,.0f}" if 1_000 <= power < 1e9 else f"{power:#.4g}"


# The table of logits and probabilities: made when it is asked for, and computed only while it is seen.

_PAUSE_MS = 60
"""The logits of a large network take milliseconds: they wait until the pen rests for a moment."""


class SoftmaxFeed(QObject):
    """Follows the answers that are shown."""

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self._page = page
        self.view: SoftmaxView | None = None
        self._reader: LogitReader | None = None
        self._recognition: Recognition | None = None
        self._model: StoredModel | None = None
        self._soon = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._soon.timeout.connect(self._show)

    @property
    def is_open(self) -> bool:
        """Whether the table is seen."""
        return self.view is not None and self.view.isVisible()

    @Slot()
    def open(self) -> None:
        """Show the table."""
        if self.view is None:
            self.view = SoftmaxView(self._page.window())
        self._show()
        self.view.show()
        self.view.raise_()
        self.view.activateWindow()

    def show_recognition(self, recognition: Recognition, model: StoredModel | None) -> None:
        """Take note of what was read, and by whom."""
        self._recognition, self._model = recognition, model
        if self.is_open:
            self._soon.start()

    @Slot()
    def _show(self) -> None:
        read, model = self._recognition, self._model
        assert self.view is not None
        if read is None or model is None or read.prediction is None:
            self.view.show_table(None)
            return
        if self._reader is None or self._reader.model != model:
            from app.core.inference.softmax_table import LogitReader

            self._reader = LogitReader(model)
        self.view.show_table(self._reader.table(read.shown.image, read.prediction))

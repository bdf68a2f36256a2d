"""What fine-tuning did, in words and bars."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize, Slot
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.inference.before_after import BeforeAfter, Compared
from app.ui import theme
from app.ui.common import build

translate = QCoreApplication.translate

_ROW, _BAR = 18, 8


class SampleComparison(QWidget):
    """Hidden until there is something to show."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words, self._bars = build.label(name="comparison_words", wraps=True, fills=True, selectable=True), _Bars()
        build.column(self._words, self._bars, on=self, spacing=theme.SPACING // 2)
        self.hide()

    @property
    def words(self) -> str:
        """What is said."""
        return "" if self.isHidden() else self._words.text()

    def show_comparison(self, found: BeforeAfter) -> None:
        """Show this."""
        words = before_after_words(found)
        self._words.setText(words)
        self._bars.show_rows([each for each in (found.own, found.old) if each is not None])
        self._bars.setAccessibleName(words)
        self.show()

    def clear(self) -> None:
        """Show nothing."""
        self.hide()


@dataclass(frozen=True)
class _Row:
    """One bar: its words, the accuracy (0..1) and how that is said."""

    name: str
    share: float
    text: str
    is_after: bool


class _Bars(QWidget):
    """Before above after, for each data set, on an axis from 0 to 1."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Compared] = []
        font = self.font()
        font.setPixelSize(theme.SMALL_FONT_SIZE)
        self.setFont(font)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.notifier().changed.connect(self._on_colours_changed)

    def show_rows(self, rows: list[Compared]) -> None:
        self._rows = rows
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, (2 * _ROW + theme.SPACING) * len(self._rows) - theme.SPACING)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours, metrics = theme.colours(), QFontMetricsF(self.font())
        words = self._words()
        left = max((metrics.horizontalAdvance(row.name) for row in words), default=0.0) + theme.SPACING
        widest = max((metrics.horizontalAdvance(row.text) for row in words), default=0.0)
        right = self.width() - widest - theme.SPACING
        for number, row in enumerate(words):
            top = number * _ROW + (number // 2) * theme.SPACING
            baseline = top + (_ROW + metrics.ascent() - metrics.descent()) / 2
            painter.setPen(QColor(colours.muted))
            painter.drawText(QPointF(0, baseline), row.name)
            bar = QRectF(left, top + (_ROW - _BAR) / 2, max(2.0, (right - left) * row.share), _BAR)
            painter.fillRect(QRectF(left, bar.top(), right - left, _BAR), QColor(colours.line))
            painter.fillRect(bar, QColor(colours.accent if row.is_after else colours.bar))
            painter.setPen(QColor(colours.text))
            painter.drawText(QPointF(right + theme.SPACING, baseline), row.text)
        painter.end()

    def _words(self) -> list[_Row]:
        before, after = self.tr("{title}, before"), self.tr("{title}, after")
        rows: list[_Row] = []
        for each in self._rows:
            texts = each.texts
            rows.append(_Row(before.format(title=each.title), each.before, texts[0], False))
            rows.append(_Row(after.format(title=each.title), each.after, texts[1], True))
        return rows

    @Slot()
    def _on_colours_changed(self) -> None:
        self.update()


def before_after_words(found: BeforeAfter) -> str:
    """What fine-tuning did to the accuracy on the user's own samples, and on what the model knew before."""
    own, old = found.own, found.old
    figures = translate("sample_comparison", "{} before, {} after.")
    said = [translate("sample_comparison", "On the test samples of {title} ({count:,}):")]
    said[0] = said[0].format(title=own.title, count=own.samples)
    said.append(figures.format(*own.texts))
    if old is not None:
        said.append(translate("sample_comparison", "On {title}'s test split:").format(title=old.title))
        said.append(figures.format(*old.texts))
    elif found.lacking is not None:
        lacking = translate(
            "sample_comparison", "Get the full {title} on the Data page to see whether anything was forgotten."
        )
        said.append(lacking.format(title=found.lacking))
    else:
        said.append(
            translate(
                "sample_comparison",
                "There are no other pictures of these classes to see whether anything was forgotten.",
            )
        )
    return " ".join(said)

"""Finds words that are cut: text that is wider or higher than the room its widget has for it.

`cut_texts(window)` walks all that is shown. What is cut on purpose (a name that somebody chose) has a tooltip that says
it whole, and is not reported.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QTextDocument
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QStyle,
    QStyleOptionComboBox,
    QStyleOptionViewItem,
    QTableView,
    QToolButton,
    QWidget,
    QWidgetItem,
)

from app.ui import theme
from app.ui.common.text import ElidedBox

SLACK = 1
"""Pixels: widths are rounded."""


def cut_texts(root: QWidget) -> list[str]:
    """What is cut in `root`, one line a finding: the kind of widget, its name, the text, and room against need."""
    shown = [widget for widget in (root, *root.findChildren(QWidget)) if widget.isVisible()]
    return [finding for widget in shown for finding in (*_cut_in(widget), *_cut_off(widget))]


def settle() -> None:
    """Let layouts come to rest, which ask again when scroll bars come and go."""
    for _ in range(3):
        QApplication.processEvents()


@contextmanager
def wider_text(app: QApplication, percent: int) -> Iterator[None]:
    """All text is wider, as another font or another language would make it; windows are to be made inside."""

    def use_wide_font(app: QApplication) -> None:
        own(app)
        font = app.font()
        font.setStretch(percent)
        app.setFont(font)

    own = theme.use_own_font
    theme.use_own_font = use_wide_font
    use_wide_font(app)
    try:
        yield
    finally:
        theme.use_own_font = own
        own(app)


def _cut_in(widget: QWidget) -> Iterator[str]:
    """Texts for which a widget itself has too little room."""
    match widget:
        case QLabel():
            yield from _cut_label(widget)
        case QPushButton() | QToolButton() | QCheckBox():
            if widget.text() and not _is_told(widget, widget.text()):
                yield from _wider(widget, widget.text(), _needed_width(widget), widget.width())
        case ElidedBox():
            pass  # cuts visibly, and says the whole at a hover
        case QComboBox():
            option = QStyleOptionComboBox()
            widget.initStyleOption(option)
            place = QStyle.SubControl.SC_ComboBoxEditField
            room = widget.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, place, widget).width()
            text = widget.currentText() or widget.placeholderText()
            if not _is_told(widget, text):
                yield from _wider(widget, text, widget.fontMetrics().horizontalAdvance(text), room)
        case QLineEdit() if not isinstance(widget.parent(), QAbstractSpinBox | QComboBox):
            text = "" if widget.text() else widget.placeholderText()
            room = widget.width() - 2 * 8 - 2 * 2
            if not _is_told(widget, text):
                yield from _wider(widget, text, widget.fontMetrics().horizontalAdvance(text), room)
        case QAbstractSpinBox():
            field = widget.lineEdit()
            yield from _wider(widget, field.text(), field.fontMetrics().horizontalAdvance(field.text()), field.width())
        case QHeaderView():
            yield from _cut_header(widget)
        case QTableView():
            yield from _cut_cells(widget)


def _needed_width(button: QAbstractButton) -> int:
    hint = button.sizeHint().width()
    return min(hint, button.minimumSizeHint().width()) if button.minimumSizeHint().width() > 0 else hint


def _cut_label(label: QLabel) -> Iterator[str]:
    text = label.text()
    if not text or (label.pixmap() and not label.pixmap().isNull()) or _is_told(label, text):
        return
    room = label.contentsRect().size() - QSize(2 * label.margin(), 2 * label.margin())
    if label.indent() > 0:
        room -= QSize(label.indent(), 0)
    is_markdown = label.textFormat() is Qt.TextFormat.MarkdownText
    is_html = label.textFormat() is Qt.TextFormat.RichText
    if is_markdown or is_html or (label.textFormat() is Qt.TextFormat.AutoText and "<" in text):
        document = QTextDocument()
        document.setDefaultFont(label.font())
        document.setDocumentMargin(0)
        document.setMarkdown(text) if is_markdown else document.setHtml(text)
        if label.wordWrap():
            document.setTextWidth(room.width())
        needed = document.size().toSize()
        words = QSize(int(document.idealWidth()), needed.height())
        needed = words if not label.wordWrap() else needed
    else:
        metrics = QFontMetrics(label.font())
        flags = Qt.TextFlag.TextWordWrap if label.wordWrap() else 0
        needed = metrics.boundingRect(QRect(0, 0, room.width(), 1 << 20), int(flags), text).size()
    yield from _wider(label, text, needed.width(), room.width())
    if needed.height() > room.height() + 2 * SLACK:
        yield f"{_called(label)} {text!r}: {needed.height()} high, room for {room.height()}"


def _cut_header(header: QHeaderView) -> Iterator[str]:
    if header.orientation() is not Qt.Orientation.Horizontal or header.model() is None:
        return
    for section in range(header.count()):
        if header.isSectionHidden(section):
            continue
        title = header.model().headerData(section, Qt.Orientation.Horizontal)
        if title:
            font = QFont(header.font())
            font.setWeight(QFont.Weight.DemiBold)  # as the style sheet has it
            needed = max(map(QFontMetrics(font).horizontalAdvance, str(title).splitlines())) + 2 * 4
            yield from _wider(header, str(title), needed, header.sectionSize(section))


def _cut_cells(table: QTableView) -> Iterator[str]:
    """Cells whose text is elided and cannot be read at a hover either."""
    model, room = table.model(), table.viewport().rect()
    if model is None:
        return
    for row in range(model.rowCount()):
        for column in range(model.columnCount()):
            index = model.index(row, column, QModelIndex())
            if not table.visualRect(index).intersects(room) or table.columnSpan(row, column) > 1:
                continue
            text = index.data()
            if isinstance(text, str) and text and text not in str(index.data(Qt.ItemDataRole.ToolTipRole) or ""):
                option = QStyleOptionViewItem()
                table.initViewItemOption(option)
                delegate = table.itemDelegateForIndex(index)
                needed = delegate.sizeHint(option, index).width()
                yield from _wider(table, text, needed, table.columnWidth(column))


def _cut_off(widget: QWidget) -> Iterator[str]:
    """A widget with words that lies partly outside what holds it, where nobody can scroll to the rest."""
    if not isinstance(widget, QLabel | QAbstractButton | QComboBox | QLineEdit | QAbstractSpinBox):
        return
    if isinstance(widget.parent(), QAbstractSpinBox | QComboBox | QLineEdit):
        return
    place = widget.rect()
    around: QWidget = widget
    while around.parentWidget() is not None and not around.isWindow():
        place = QRect(around.mapToParent(place.topLeft()), place.size())
        above = around.parentWidget()
        assert above is not None
        around = above
        scroll = around.parentWidget()
        if isinstance(scroll, QAbstractScrollArea) and scroll.viewport() is around:
            sideways = scroll.horizontalScrollBarPolicy() is not Qt.ScrollBarPolicy.ScrollBarAlwaysOff
            upright = scroll.verticalScrollBarPolicy() is not Qt.ScrollBarPolicy.ScrollBarAlwaysOff
            if sideways and upright:
                return
            room = around.rect()
            if not sideways and (place.left() < -SLACK or place.right() > room.right() + SLACK):
                yield f"{_called(widget)} {_words(widget)!r}: sticks out of {_called(scroll)}"
            return
        if not around.rect().adjusted(-SLACK, -SLACK, SLACK, SLACK).contains(place):
            yield f"{_called(widget)} {_words(widget)!r}: sticks out of {_called(around)}"
            return


def _wider(widget: QWidget, text: str, needed: float, room: float) -> Iterator[str]:
    if needed > room + SLACK:
        yield f"{_called(widget)} {text!r}: {needed:.0f} wide, room for {room:.0f}"


def _is_told(widget: QWidget, text: str) -> bool:
    """Whether a hover says the whole of a text that may be cut on purpose."""
    return bool(text) and text.rstrip("…") in widget.toolTip()


def _called(widget: QWidget) -> str:
    names = [type(widget).__name__, widget.objectName(), widget.accessibleName()]
    above: QWidget | None = widget.parentWidget()
    while above is not None and not type(above).__module__.startswith("app."):
        above = above.parentWidget()
    return f"{type(above).__name__ if above else ''} > {' '.join(name for name in names if name)}"


def _words(widget: QWidget) -> str:
    text = getattr(widget, "text", None) or getattr(widget, "currentText", None)
    return str(text()) if callable(text) else ""


def item_objects() -> list[QWidgetItem]:
    """The Python objects of layouts' items; one that outlives its item crashes the program (see `build.remove`)."""
    return [each for each in gc.get_objects() if isinstance(each, QWidgetItem)]

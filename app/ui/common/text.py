"""Texts that are cut short where there is no room, and what the notes report of a recipe, in words."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHelpEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QToolTip,
    QWidget,
)

from app.core.runs import progress
from app.ui import theme

if TYPE_CHECKING:
    from app.core.recipes.reference import NotesBeside, Reported

LEFT, RIGHT = (
    Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
    Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
)
"""Where a line of text begins, or ends."""

# A line of text that is cut short where there is no room; its tooltip has the whole of it.


class ElidedLabel(QLabel):
    """Takes whatever width it is given."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.whole = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def set_whole(self, text: str) -> None:
        """Show `text`, or as much of it as fits."""
        self.whole = text
        self.setToolTip(text)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Any width will do."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, another part of the text."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        fitting = self.fontMetrics().elidedText(self.whole, Qt.TextElideMode.ElideRight, self.width())
        self.setText(fitting)


# A list to choose from whose choice is cut short, visibly, where there is no room for it.


class ElidedBox(QComboBox):
    """Cuts in the middle: names often differ at their ends only. Its list shows them whole."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """As every list of choices, but for the text."""
        if self.currentIndex() < 0:  # what is said in place of a choice has a colour of its own
            super().paintEvent(event)
            return
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = self.shown_text(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()

    def event(self, event: QEvent) -> bool:
        """Say the whole of a choice of which less is shown."""
        if isinstance(event, QHelpEvent) and self.shown_text() != self.currentText():
            QToolTip.showText(event.globalPos(), self.currentText(), self)
            return True
        return super().event(event)

    def text_in_short(self) -> str:
        """What stands for the choice while the list is closed."""
        return self.currentText()

    def shown_text(self, option: QStyleOptionComboBox | None = None) -> str:
        """As much of the choice as there is room for."""
        if option is None:
            option = QStyleOptionComboBox()
            self.initStyleOption(option)
        field = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, self).width() - 2
        return self.fontMetrics().elidedText(self.text_in_short(), Qt.TextElideMode.ElideMiddle, room)


# Texts as the lists of the program paint them.


def item_font(*, small: bool = False, bold: bool = False) -> QFont:
    """The font of an item, or of what is said below it."""
    font = QFont()
    font.setPixelSize(theme.SMALL_FONT_SIZE if small else theme.FONT_SIZE)
    font.setBold(bold)
    return font


def write_item(painter: QPainter, place: QRect, text: str, colour: str, font: QFont) -> None:
    """Write a line, shortened where it does not fit."""
    painter.setFont(font)
    painter.setPen(QColor(colour))
    fitting = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, place.width())
    painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, fitting)


# Times in words.


def duration_text(seconds: float) -> str:
    """For a user who waits: "27 s", "3 min 05 s", "1 h 20 min"."""
    translate = QCoreApplication.translate
    minutes, hours = translate("durations", "{m} min {s:02} s"), translate("durations", "{h} h {m:02} min")
    return progress.duration_text(seconds, words=(translate("durations", "{s} s"), minutes, hours))


# What the notes report of a recipe, in words.

translate = QCoreApplication.translate


def reported_accuracy(reported: "Reported | None") -> float | None:
    """The accuracy to compare with: on test data, or on validation data where nothing else is reported."""
    if reported is None:
        return None
    return reported.test_accuracy if reported.test_accuracy is not None else reported.val_accuracy


def reported_sentence(reported: "Reported | None") -> str:
    """One sentence, or an empty text where the notes report no accuracy."""
    if reported is None or reported_accuracy(reported) is None:
        return ""
    if reported.test_accuracy is not None:
        return translate("reported_words", "The notes report {accuracy} on test pictures.").format(
            accuracy=f"{reported.test_accuracy:.2%}"
        )
    return translate("reported_words", "The notes report {accuracy} on validation pictures.").format(
        accuracy=f"{reported.val_accuracy:.2%}"
    )


def notes_short(notes: "NotesBeside") -> str:
    """What stands beside a result: "Notes: test 97.58%", or a sentence that tells why no figure does."""
    if notes.reported is None:
        return notes_why_not(notes)
    figure = notes.reported.short
    return translate("reported_words", "Notes: {figure}").format(figure=figure) if figure else ""


def notes_why_not(notes: "NotesBeside") -> str:
    """Why the figures of the notes do not stand beside a run, or an empty text."""
    if notes.is_starter_alone:
        return translate("reported_words", "The notes used the full data, so their metrics are not shown.")
    if not notes.reasons:
        return ""
    sentence = translate("reported_words", "Not comparable with the notes: {differences}.")
    return sentence.format(differences=notes.differences)

"""The user's own drawing, re-read by the network while it learns."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.percentages import probability_text
from app.core.runs.events import ProbePredicted
from app.core.runs.progress import PredictionHistory
from app.core.training.control import Probe
from app.ui import theme
from app.ui.common import build
from app.ui.common.containers import Card
from app.ui.common.film.ribbon import Ribbon
from app.ui.common.navigator import Navigator
from app.ui.common.painted import Painted
from app.ui.common.probability_bars import ProbabilityBars

# A small, still picture of the drawing.

RADIUS = 6
HEIGHT = 150
LEAST_HEIGHT = 60


class PaperPreview(Painted):
    """Shows a picture whole, on paper that stays white in the dark."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self.setAccessibleName(self.tr("Your drawing"))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def set_image(self, image: QImage | None) -> None:
        """Show another drawing."""
        self._image = image
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(HEIGHT, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Still readable."""
        return QSize(LEAST_HEIGHT, LEAST_HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The paper, the picture on it, a thin frame."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        outline = QPainterPath()
        outline.addRoundedRect(frame, RADIUS, RADIUS)
        painter.fillPath(outline, QColor(theme.colours().paper))
        if self._image is not None and not self._image.isNull():
            painter.setClipPath(outline)
            size = self._image.size().scaled(frame.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRectF(0, 0, size.width(), size.height())
            place.moveCenter(frame.center())
            painter.drawImage(place, self._image)
            painter.setClipping(False)
        painter.setPen(QPen(QColor(theme.colours().line), 1))
        painter.drawPath(outline)
        painter.end()


SHORT_NAME = 2
BARS_HEIGHT = 140
"""In a low window the preview gives way to the bars, which say more."""


class LiveDrawing(Card):
    """Preview, current answer, bars, and how confident the network grew. Invites to draw if there is nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Your drawing, while it learns"), parent)
        self._history = PredictionHistory()
        self._classes: tuple[str, ...] = ()
        self._name, self._image = "", QImage()
        self._input: Probe | None = None
        self._has_image, self._has_answer, self._is_outdated, self._is_held = False, False, False, False
        self._last: ProbePredicted | None = None
        self._last_words = ""
        self._first, self._second = build.row(), build.row()
        self._preview, self._bars, self._strip = PaperPreview(), ProbabilityBars(), Ribbon()
        self._answer = build.label(name="live_answer", role="answer")
        self._share, self._now = build.label(role="title"), build.label(role="muted")
        self._note = build.label(role="muted", wraps=True)
        self._draw = build.button(self.tr("Draw something"), name="draw", clicked=self._on_draw_clicked)
        self._bars.setMinimumHeight(BARS_HEIGHT)
        self._lay_out()
        self._refresh()

    @property
    def answer(self) -> str:
        """The most probable class, by name; empty before it was asked."""
        return self._name if self._has_answer else ""

    def set_image(self, image: QImage | None) -> None:
        """Show another drawing. What was predicted for the old one is forgotten, unless the new one was predicted."""
        if (image or QImage()) == self._image:
            return
        self._image = QImage() if image is None else image.copy()
        self._preview.set_image(image)
        self._expect(image is not None)
        if self._is_outdated:
            self.forget()

    def set_input(self, probe: Probe | None) -> None:
        """Take note of what the network is given to read, which may come before the drawing is shown, or without.

        The last answer stays until the next one comes, so that the bars do not flicker while one draws.
        """
        if probe != self._input:
            self._input, self._is_outdated = probe, True
            self._expect(probe is not None)

    def set_classes(self, names: Sequence[str]) -> None:
        """Name the classes of the data in training."""
        self._classes = tuple(names)
        self._bars.set_classes(names)
        self._strip.set_classes(names)

    @property
    def ribbon(self) -> Ribbon:
        """What was believed from the start of the run until now."""
        return self._strip

    def show_moment(self, probabilities: NDArray[np.float32] | None, words: str) -> None:
        """Show what was predicted at another moment, named in `words`, until `show_now`."""
        self._is_held = True
        if probabilities is None or not self._has_image or len(self._classes) != len(probabilities):
            self._show_nothing()
            return
        self._show(probabilities, words)

    def show_now(self) -> None:
        """Show the present again."""
        self._is_held = False
        if self._last is not None and self._has_image and not self._is_outdated:
            self._show(self._last.probabilities, self._last_words)
            self._strip.show_readings(self._history.rows)
        else:
            self._show_nothing()

    def show_prediction(self, predicted: ProbePredicted) -> None:
        """Show what the network predicts now."""
        if not self._has_image or len(self._classes) != len(predicted.probabilities):
            return
        if self._is_outdated:
            self._is_outdated = False
            self._history.clear()
        self._history.add(predicted)
        self._last, self._last_words = predicted, self.tr("now")
        if not self._is_held:
            self._show(predicted.probabilities, self._last_words)
            self._strip.show_readings(self._history.rows)

    def _show(self, probabilities: NDArray[np.float32], words: str) -> None:
        label = int(probabilities.argmax())
        self._share.setText(probability_text(float(probabilities[label])))
        self._show_answer(self._classes[label])
        self._now.setText(words)
        self._bars.set_probabilities(probabilities)
        if not self._has_answer:
            self._has_answer = True
            self._refresh()

    def finish(self) -> None:
        """The run is over: what is shown is its last word."""
        self._last_words = self.tr("at the end")
        if not self._is_held:
            self._now.setText(self._last_words)

    def forget(self) -> None:
        """Show no prediction."""
        self._history.clear()
        self._last = None
        self._show_nothing()

    def _show_nothing(self) -> None:
        self._has_answer = False
        self._bars.set_probabilities(None)
        self._strip.show_readings(None)
        self._refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A long name gets the room there is now."""
        super().resizeEvent(event)
        self._fit_name()

    def _expect(self, has_image: bool) -> None:
        if has_image != self._has_image:
            self._has_image = has_image
            self.forget()

    def _show_answer(self, name: str) -> None:
        """A digit is set larger than the name of a piece of clothing, which would not fit."""
        if name != self._name:
            self._name, is_long = name, len(name) > SHORT_NAME
            self._answer.setProperty("long", is_long)
            self._answer.style().polish(self._answer)  # the style sheet looks at properties only when it is asked to
            for row in (self._first, self._second):
                row.removeWidget(self._now)  # for the reason that `build.remove` tells
            (self._second if is_long else self._first).insertWidget(
                0 if is_long else 2, self._now, 0, Qt.AlignmentFlag.AlignBottom
            )
        self._fit_name()

    def _fit_name(self) -> None:
        """Shorten a name that is wider than the card; the figure beside it stays whole."""
        share = self._share.fontMetrics().horizontalAdvance(self._share.text())
        room = self.width() - 2 * theme.PADDING - theme.SPACING - share
        shown = self._answer.fontMetrics().elidedText(self._name, Qt.TextElideMode.ElideRight, room)
        self._answer.setText(shown)
        # On one base line, which boxes do not do by themselves.
        drop = self._answer.fontMetrics().descent() - self._share.fontMetrics().descent()
        self._share.setContentsMargins(0, 0, 0, max(0, drop))
        self._now.setContentsMargins(0, 0, 0, max(0, drop) if self._first.indexOf(self._now) >= 0 else 0)
        self._answer.setToolTip(self._name if shown != self._name else "")

    def _refresh(self) -> None:
        self._note.setText(
            self.tr("Train a network and watch it learn to read this.")
            if self._has_image
            else self.tr("Draw a digit, then train: you will see the network learn to read it.")
        )
        self._note.setVisible(not self._has_answer)
        self._draw.setVisible(not self._has_image)
        # Without a drawing, the coach below has the room.
        self._bars.setVisible(self._has_image or self._has_answer)
        self._preview.setMaximumHeight(HEIGHT if self._has_image else LEAST_HEIGHT)
        for widget in (self._answer, self._share, self._now, self._strip):
            widget.setVisible(self._has_answer)

    def _lay_out(self) -> None:
        for row in (self._first, self._second):
            row.setSpacing(theme.SPACING)
        for label in (self._answer, self._share, self._now):
            self._first.addWidget(label, 0, Qt.AlignmentFlag.AlignBottom)
        for row in (self._first, self._second):
            row.addStretch(1)
        self.body.addWidget(self._preview)
        self.body.addWidget(self._note)
        self.body.addWidget(self._draw, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addLayout(self._first)
        self.body.addLayout(self._second)
        self.body.addWidget(self._bars, 1)
        self.body.addWidget(self._strip)
        self.body.addStretch()  # where there are no bars

    @Slot()
    def _on_draw_clicked(self) -> None:
        Navigator.of(self).show_paper()

"""The tour: a card that goes from one part of the window to the next and says in a sentence or two what it is for."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QWidget

from app.core.lessons.happenings import Action, Deed
from app.ui import theme
from app.ui.common import build
from app.ui.common.navigator import Navigator
from app.ui.common.window_object import Happenings
from app.ui.pages import PAGES

translate = QCoreApplication.translate

_WIDTH = 320
_AWAY = 12
_RING = 3


@dataclass(frozen=True)
class Stop:
    """A part of the window on the way: its page, the object name of the widget, and what is said of it.

    One that `waits` for a network to be trained goes on by itself then; one for what was `trained` is left out where
    nothing was.
    """

    page: str
    widget: str
    title: str
    text: str
    waits: bool = False
    trained: bool = False


def tour_stops() -> tuple[Stop, ...]:
    """From a drawing to its answer, to a network of one's own that reads it, and to what one can do next."""
    after = ", ".join(f"{page.words} {translate('pages', page.about)}" for page in PAGES if page.about)
    return (
        Stop(
            "recognize",
            "paper",
            translate("tour", "Draw a digit"),
            translate("tour", "Draw any digit here, large or small, with the mouse, a pen or a finger. Try it now."),
        ),
        Stop(
            "recognize",
            "network_view",
            translate("tour", "Network input"),
            translate(
                "tour",
                "Your drawing becomes 28 × 28 pixels. The network is a long calculation with these 784 numbers: it "
                "sees nothing else.",
            ),
        ),
        Stop(
            "recognize",
            "answer_card",
            translate("tour", "Prediction"),
            translate(
                "tour",
                "One bar for each answer that the network can give: how sure it is of it. Draw something between a 4 "
                "and a 9 and watch the bars. Why? explains the answer.",
            ),
        ),
        Stop(
            "train",
            "recipe",
            translate("tour", "Choose what to train"),
            translate(
                "tour", "A recipe is a network with settings that work. Type to find one, or change what you like."
            ),
        ),
        Stop(
            "train",
            "train",
            translate("tour", "Train it"),
            translate(
                "tour",
                "Click Train and watch the curves. The network reads your drawing again while it learns. When it is "
                "done, the tour goes on.",
            ),
            waits=True,
        ),
        Stop(
            "recognize",
            "answer_card",
            translate("tour", "Your network reads your drawing"),
            translate(
                "tour",
                "These bars are those of the network that you have just trained. Draw another digit and find one that "
                "it reads wrong.",
            ),
            trained=True,
        ),
        Stop(
            "recognize",
            "rail",
            translate("tour", "What comes next"),
            translate("tour", "{pages}. The lessons are the best way to go on; F1 helps on every page.").format(
                pages=after
            ),
        ),
    )


class Tour(QObject):
    """Leads through the stops; the window stays usable meanwhile."""

    ended = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window, self._stops = window, tour_stops()
        self._at, self._has_trained = 0, False
        self._ring = _Ring(window)
        self.card = _TourCard(window)
        self.card.back.clicked.connect(self._on_back)
        self.card.next.clicked.connect(self._on_next)
        self.card.end.clicked.connect(self.stop)
        self.card.lessons.clicked.connect(self._on_lessons)
        window.installEventFilter(self)
        Happenings.of(window).happened.connect(self._on_happened)
        self._settled = QTimer(self, singleShot=True)
        self._settled.timeout.connect(self._place)

    @property
    def is_running(self) -> bool:
        """True while the card is shown."""
        return not self.card.isHidden()

    def start(self) -> None:
        """Go to the first stop."""
        self._has_trained = False
        self._go_to(0)
        self.card.next.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def stop(self) -> None:
        """Put the card away."""
        if self.is_running:
            self.card.hide()
            self._ring.hide()
            self.ended.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep beside the part of the window when that is resized."""
        if event.type() in {QEvent.Type.Resize, QEvent.Type.LayoutRequest} and self.is_running:
            self._settled.start(0)
        return super().eventFilter(watched, event)

    def _go_to(self, number: int) -> None:
        self._at, stop = number, self._stops[number]
        Navigator.of(self).show(stop.page)
        self.card.say(stop, number + 1, len(self._stops))
        self._place()
        self._settled.start(0)  # a page that is shown for the first time gets its places later

    @Slot()
    def _place(self) -> None:
        target = self._place_of(self._stops[self._at])
        self._ring.surround(target)
        others = [self._place_of(stop) for stop in self._stops if stop.page == self._stops[self._at].page]
        self.card.setGeometry(beside(target, self.card.fitting_size(), self._window.rect(), others))
        for part in (self._ring, self.card):
            part.show()
            part.raise_()

    def _place_of(self, stop: Stop) -> QRect:
        widget = self._widget(stop)
        return QRect(widget.mapTo(self._window, QPoint(0, 0)), widget.size())

    def _widget(self, stop: Stop) -> QWidget:
        page = self._window.findChild(QWidget, f"{stop.page}_page")
        found = (page.findChild(QWidget, stop.widget) if page else None) or self._window.findChild(QWidget, stop.widget)
        assert isinstance(found, QWidget), stop.widget
        return found

    @Slot(object)
    def _on_happened(self, happened: object) -> None:
        if happened == Deed(Action.TRAINED) and self.is_running:
            self._has_trained = True
            if self._stops[self._at].waits:
                self._on_next()

    @Slot()
    def _on_back(self) -> None:
        self._go_by(-1)

    @Slot()
    def _on_next(self) -> None:
        if self._at + 1 < len(self._stops):
            self._go_by(1)
        else:
            self.stop()

    def _go_by(self, step: int) -> None:
        number = self._at + step
        while self._stops[number].trained and not self._has_trained:
            number += step
        self._go_to(number)

    @Slot()
    def _on_lessons(self) -> None:
        self.stop()
        Navigator.of(self).show("lessons")


def beside(target: QRect, size: QSize, room: QRect, others: Sequence[QRect] = ()) -> QRect:
    """A place for a card of that size near `target` inside `room`, the right first.

    It covers as little as can be of the target, and then of the `others`: one draws and looks at the answer meanwhile.
    """
    inside = room.adjusted(_AWAY, _AWAY, -_AWAY, -_AWAY)
    ends = QPoint(target.right() + 1 - size.width(), target.bottom() + 1 - size.height())
    middle = (target.topLeft() + ends) / 2
    corners = [
        QPoint(x, y)
        for x in (target.right() + _AWAY, target.left() - _AWAY - size.width())
        for y in (middle.y(), ends.y(), target.top())
    ]
    corners += [
        QPoint(x, y)
        for y in (target.bottom() + _AWAY, target.top() - _AWAY - size.height())
        for x in (middle.x(), ends.x(), target.left())
    ]
    places = [
        QRect(
            QPoint(
                max(inside.left(), min(corner.x(), inside.right() - size.width())),
                max(inside.top(), min(corner.y(), inside.bottom() - size.height())),
            ),
            size,
        )
        for corner in corners
    ]
    return min(places, key=lambda place: (_area(place & target), sum(_area(place & other) for other in others)))


def _area(rect: QRect) -> int:
    return max(rect.width(), 0) * max(rect.height(), 0)


class _Ring(QWidget):
    """A line around the part that is spoken of; the mouse goes through it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def surround(self, target: QRect) -> None:
        self.setGeometry(target.adjusted(-2 * _RING, -2 * _RING, 2 * _RING, 2 * _RING))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.colours().accent), _RING))
        painter.drawRoundedRect(
            self.rect().adjusted(_RING, _RING, -_RING, -_RING), theme.CARD_RADIUS, theme.CARD_RADIUS
        )
        painter.end()


class _TourCard(QFrame):
    """Says what a part is for; Back, Next, End."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("tour")
        self._title, self._text = build.label(role="title"), build.label(wraps=True)
        self._count = build.label(role="caption")
        self.end = build.button(self.tr("End tour"), name="tour_end", kind="quiet")
        self.back = build.button(self.tr("Back"), name="tour_back")
        self.next = build.button(name="tour_next", kind="primary")
        self.lessons = build.button(self.tr("To the lessons"), name="tour_lessons", kind="primary")
        heading = build.row(self._title, build.STRETCH, self._count)
        buttons = build.row(self.end, build.STRETCH, self.back, self.next, self.lessons)
        build.column(heading, self._text, buttons, on=self, margins=theme.PADDING)
        self.hide()

    def say(self, stop: Stop, number: int, count: int) -> None:
        """Speak of a stop, which is `number` of `count`."""
        self._title.setText(stop.title)
        self._text.setText(stop.text)
        self._count.setText(self.tr("{number} of {count}").format(number=number, count=count))
        self.back.setEnabled(number > 1)
        onward = self.tr("Skip") if stop.waits else self.tr("Next")
        is_last = number == count
        self.next.setText(self.tr("Done") if is_last else onward)
        self.next.setProperty("kind", "" if is_last else "primary")
        self.next.style().polish(self.next)
        self.end.setHidden(is_last)
        self.lessons.setVisible(is_last)

    def fitting_size(self) -> QSize:
        """As wide as a card of the tour is, and as high as its text needs."""
        self.ensurePolished()
        layout = self.layout()
        assert layout is not None
        layout.activate()  # it has heard of the new text by then
        return QSize(_WIDTH, layout.totalHeightForWidth(_WIDTH))

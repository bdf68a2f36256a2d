"""Everything that helps, for one window: F1, words explained where the mouse rests, and the tour at the first start."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QHelpEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QFrame, QHeaderView, QLabel, QToolTip, QWidget

from app.core.glossary import terms_in
from app.ui import theme
from app.ui.common import build
from app.ui.settings import Settings

if TYPE_CHECKING:
    from app.ui.help.help_window import HelpWindow
    from app.ui.help.tour import Tour


# What a word of the field means, where the mouse rests on it anywhere in a window.


class GlossaryTips(QObject):
    """Explains what labels, buttons and titles of columns say, unless they have a tool tip of their own.

    Qt offers a wish for a tool tip to the widget under the mouse, then to those around it, the window last: it is
    enough to listen there.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show the terms that the widget under the mouse names."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            widget = self._window.childAt(event.pos())
            terms = terms_in(_text_at(widget, event)) if widget is not None else ()
            if widget is not None and terms:
                from html import escape  # not for the window's start

                tips = "<br>".join(f"<b>{escape(term.name)}</b>: {escape(term.text)}" for term in terms)
                QToolTip.showText(event.globalPos(), f"<qt>{tips}</qt>", widget)
                return True
        return super().eventFilter(watched, event)


def _text_at(widget: QWidget, event: QHelpEvent) -> str:
    """What the widget says at the mouse."""
    if isinstance(widget, QLabel | QAbstractButton):
        return widget.text()
    header = widget.parentWidget()
    if isinstance(header, QHeaderView) and header.model() is not None:
        section = header.logicalIndexAt(widget.mapFromGlobal(event.globalPos()))
        return str(header.model().headerData(section, header.orientation(), Qt.ItemDataRole.DisplayRole) or "")
    return ""


class Help(QObject):
    """Belongs to a window. What is shown on request only is made then: the window opens without it."""

    def __init__(self, window: QWidget, settings: Settings, page: Callable[[], str]) -> None:
        """`page` names the page that is seen."""
        super().__init__(window)
        self._window, self._settings, self._page = window, settings, page
        self.help_window: HelpWindow | None = None
        self.tour: Tour | None = None
        self.offer = TourOffer()
        self.offer.accept.clicked.connect(self.start_tour)
        self.offer.decline.clicked.connect(self._on_declined)
        GlossaryTips(window)
        QShortcut(QKeySequence("F1"), window).activated.connect(self.open)

    def offer_tour(self) -> None:
        """Offer the tour to somebody who is new here."""
        self.offer.setVisible(not self._settings.knows_tour)

    @Slot()
    def open(self) -> None:
        """Help on the page that is seen."""
        from app.ui.help.help_window import HelpWindow

        if self.help_window is None:
            self.help_window = HelpWindow(self._window)
            self.help_window.tour_requested.connect(self.start_tour)
        self.help_window.open_at(self._page())

    @Slot()
    def start_tour(self) -> None:
        """Lead through the window."""
        from app.ui.help.tour import Tour

        self._on_declined()
        if self.tour is None:
            self.tour = Tour(self._window)
        self.tour.start()

    @property
    def is_touring(self) -> bool:
        """True while the tour is under way."""
        return self.tour is not None and self.tour.is_running

    def end_tour(self) -> None:
        """Put the tour away."""
        if self.tour is not None:
            self.tour.stop()

    @Slot()
    def _on_declined(self) -> None:
        self._settings.knows_tour = True
        self.offer.hide()


class TourOffer(QFrame):
    """A line above the page; hidden unless the tour is offered."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("window_offer")
        words = build.label(
            self.tr("New here? In three minutes you draw, train a network, and let it read your drawing."),
            wraps=True,
            fills=True,
        )
        self.accept = build.button(self.tr("Show the tour"), name="accept_tour", kind="quiet")
        self.decline = build.button(self.tr("Not now"), name="decline_tour", kind="quiet")
        build.row((words, 1), self.accept, self.decline, on=self, margins=(theme.PADDING, 4, theme.SPACING, 4))
        self.hide()

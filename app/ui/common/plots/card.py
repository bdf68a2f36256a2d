"""A card with a plot of curves, its legend, and what can be done with it. Imports pyqtgraph."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import QAction, QColor, QFont, QGuiApplication, QPainter
from PySide6.QtWidgets import QCheckBox, QMenu, QPushButton, QStackedWidget, QWidget

from app.core.errors import StudioError
from app.core.runs.progress import metric_text, short_power
from app.ui import theme
from app.ui.common import build
from app.ui.common.containers import Card
from app.ui.common.dialogs import give_menu
from app.ui.common.layout import HeaderTools
from app.ui.common.plots.epoch_plot import EpochPlot
from app.ui.common.plots.figure import figure_image, plot_font, save_figure
from app.ui.common.plots.figure_view import ChooseFile, choose_file
from app.ui.common.plots.legend import CurveLegend, Say, entries_of, height_of, lay_out, paint_legend
from app.ui.common.plots.line import Line

_INVITATION, _PLOT = 0, 1


def four_digits(value: float) -> str:
    """As most values are told: 0.4354."""
    return metric_text(value, 4)


def short_rate(value: float) -> str:
    """A learning rate without needless digits: 0.001, 5e-5."""
    return short_power(f"{value:.3g}")


class CurveCard(Card):
    """Shows lines, or an invitation while there are none. The menu is also that of a right click on the plot."""

    def __init__(
        self,
        title: str,
        invitation: str = "",
        say: Say = four_digits,
        parent: QWidget | None = None,
        *,
        choose: ChooseFile = choose_file,
    ) -> None:
        super().__init__(title, parent)
        self.title, self._choose = title, choose
        self.subject = ""
        """What the curves are of, for the title of a picture."""
        self.plot, self.legend = EpochPlot(), CurveLegend(say)
        self.plot.setAccessibleName(title)
        self._invitation = build.label(invitation, role="muted", wraps=True, align=Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()
        self._stack.insertWidget(_INVITATION, self._invitation)
        self._stack.insertWidget(_PLOT, self.plot)
        strong = Qt.FocusPolicy.StrongFocus
        tip = self.tr("Fit the axes to the curves (double click)")
        self.fit_button = build.tool_button(self.tr("Fit"), name="fit", kind="link", tip=tip, focus=strong)
        tip, says = self.tr("Zoom, copy and save"), self.tr("Menu of {title}").format(title=title)
        self.menu_button = build.tool_button("⋯", name="curve_menu", kind="link", tip=tip, says=says, focus=strong)
        self.menu = self._make_menu()
        give_menu(self.menu_button, self.menu, arrow=False)
        self._tools = HeaderTools()
        self._tools.add(self.fit_button, is_last=True)
        self.header.addWidget(self._tools, 1)
        self.header.addWidget(self.menu_button)
        self.body.addWidget(self.legend)
        self.body.addWidget(self._stack, 1)
        self.fit_button.clicked.connect(self.plot.fit)
        self.plot.fitted.connect(self._on_fitted)
        self.plot.menu_requested.connect(self._on_menu_requested)
        self._on_fitted(True)
        self.show_lines(())

    def add_log(self) -> None:
        """Offer a logarithmic scale."""
        box = QCheckBox(self.tr("log"))
        box.setObjectName("log")
        box.setToolTip(self.tr("Logarithmic scale: shows small losses as clearly as large ones"))
        action = QAction(self.tr("Logarithmic scale"), self)
        action.setCheckable(True)
        for source, target in ((box, action), (action, box)):
            source.toggled.connect(target.setChecked)
        box.toggled.connect(self.plot.set_log)
        self.add_tool(box, action)

    def add_tool(self, widget: QWidget, stand_in: QAction) -> None:
        """Put something beside the title; while there is no room for it, `stand_in` is in the menu."""
        self.menu.insertAction(self.menu.actions()[0], stand_in)
        self._tools.add(widget, stand_in)
        QWidget.setTabOrder(self.fit_button, self.menu_button)

    def invite(self, sentence: str) -> None:
        """What to say while there is nothing to draw."""
        self._invitation.setText(sentence)

    def show_lines(self, lines: Sequence[Line], reach: float | None = None) -> None:
        """Draw these; while a run goes on, `reach` is the end of the axis of epochs."""
        has_points = any(len(line.x) and not line.is_level for line in lines)
        shown = lines if has_points or reach is not None else ()
        self._stack.setCurrentIndex(_PLOT if shown else _INVITATION)
        self.menu_button.setEnabled(bool(shown))
        self.plot.show_lines(shown, reach)
        self.legend.show_lines(shown)

    def point_at(self, epoch: float | None) -> None:
        """Read the lines out at an epoch, or no longer."""
        self.plot.point_at(epoch)
        self.legend.point_at(epoch)

    @property
    def figure(self) -> "CurveFigure":
        """The picture to copy and to save."""
        title = " · ".join(filter(None, (self.title, self.subject)))
        return CurveFigure(self.plot, title, self.tr("epoch"))

    @Slot()
    def copy_picture(self) -> None:
        """Put the picture on the clipboard."""
        QGuiApplication.clipboard().setImage(figure_image(self.figure))
        self.legend.tell(self.tr("Copied"))

    @Slot()
    def save_picture(self) -> None:
        """Ask for a place and write the picture there."""
        path = self._choose(self, self.title.lower().replace(" ", "-"))
        if path is None:
            return
        try:
            save_figure(self.figure, path, self.title)
        except StudioError as error:
            self.legend.tell(str(error))
        else:
            self.legend.tell(self.tr("Saved as {path}").format(path=path))

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        for name, words, slot in (
            ("fit", self.tr("Fit (double click)"), self.plot.fit),
            ("zoom_in", self.tr("Zoom in (wheel)"), self.plot.zoom_in),
            ("zoom_out", self.tr("Zoom out"), self.plot.zoom_out),
            ("", "", None),
            ("copy_picture", self.tr("Copy picture"), self.copy_picture),
            ("save_picture", self.tr("Save picture…"), self.save_picture),
        ):
            if slot is None:
                menu.addSeparator()
                continue
            action = menu.addAction(words)
            action.setObjectName(name)
            action.triggered.connect(slot)
        return menu

    @Slot(bool)
    def _on_fitted(self, is_fitted: bool) -> None:
        self._tools.set_wanted(self.fit_button, not is_fitted)

    @Slot(QPoint)
    def _on_menu_requested(self, place: QPoint) -> None:
        self.menu.popup(place)


class CurveCards(QWidget):
    """Loss beside accuracy, which a click turns into the learning rate. What is pointed at in one is read in all."""

    turned = Signal()  # another card is in front

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.loss, self.accuracy = CurveCard(self.tr("Loss")), CurveCard(self.tr("Accuracy"))
        self.rate = CurveCard(self.tr("Learning rate"), say=short_rate)
        self.loss.add_log()
        self._second = QStackedWidget()
        self._links: list[QPushButton] = []
        for card, other in ((self.accuracy, self.rate), (self.rate, self.accuracy)):
            self._second.addWidget(card)
            tip = self.tr("Show its curve here")
            link = build.button(other.title, kind="link", tip=tip, clicked=self._on_turned)
            action = QAction(self.tr("Show: {curve}").format(curve=other.title), card)
            action.triggered.connect(self._on_turned)
            card.add_tool(link, action)
            self._links.append(link)
        self._held: float | None = None
        self.row = build.row((self.loss, 1), (self._second, 1), on=self, spacing=theme.MARGIN)
        for card in self.cards:
            card.plot.pointed_at.connect(self._on_pointed_at)

    @property
    def cards(self) -> tuple[CurveCard, CurveCard, CurveCard]:
        """Loss, accuracy, learning rate."""
        return self.loss, self.accuracy, self.rate

    @property
    def behind(self) -> CurveCard:
        """The one that is not seen now."""
        return self.accuracy if self._second.currentIndex() else self.rate

    def set_subject(self, subject: str) -> None:
        """What the curves are of, for the titles of pictures."""
        for card in self.cards:
            card.subject = subject

    @Slot()
    def _on_turned(self) -> None:
        turned = 1 - self._second.currentIndex()
        self._second.setCurrentIndex(turned)
        self._links[turned].setFocus()
        self.turned.emit()

    def hold(self, epoch: float | None) -> None:
        """Read the curves out at an epoch whenever the pointer is at no other one, or no longer."""
        self._held = epoch
        for card in self.cards:
            card.plot.begin_at_zero(epoch is not None)
        self._on_pointed_at(None)

    @Slot(object)
    def _on_pointed_at(self, epoch: float | None) -> None:
        for card in self.cards:
            card.point_at(self._held if epoch is None else epoch)


# The picture to copy and to save: white in every theme, with a title and a legend.

_SIZE = QSizeF(720, 440)
_MARGIN, _GAP, _TITLE, _FOOT = 16.0, 8.0, 22.0, 16.0


class CurveFigure:
    """What `plot` shows now, under `title`; `across` is what its lower axis counts."""

    size = _SIZE

    def __init__(self, plot: EpochPlot, title: str, across: str) -> None:
        self._lines: Sequence[Line] = plot.lines
        self._title, self._across = title, across
        self._plot = EpochPlot(colours=theme.LIGHT)
        self._plot.show_lines(plot.lines)
        self._plot.set_log(plot.is_log)
        self._plot.set_view(plot.view)

    def paint(self, painter: QPainter) -> None:
        """Title, legend, plot and the name of the lower axis, from above."""
        painter.fillRect(QRectF(QPointF(), _SIZE), QColor(theme.LIGHT.card))
        left, width = _MARGIN, _SIZE.width() - 2 * _MARGIN
        painter.setFont(_title_font())
        painter.setPen(QColor(theme.LIGHT.text))
        painter.drawText(QRectF(left, _MARGIN, width, _TITLE), int(Qt.AlignmentFlag.AlignTop), self._title)
        legend = lay_out(entries_of(self._lines), width, plot_font())
        top = _MARGIN + _TITLE
        painter.save()
        painter.translate(left, top)
        paint_legend(painter, legend, theme.LIGHT, plot_font())
        painter.restore()
        top += height_of(legend) + _GAP
        room = QRectF(left, top, width, _SIZE.height() - top - _MARGIN - _FOOT)
        self._plot.paint(painter, room)
        painter.setFont(plot_font())
        painter.setPen(QColor(theme.LIGHT.muted))
        below = QRectF(left, room.bottom(), width, _FOOT)
        painter.drawText(below, int(Qt.AlignmentFlag.AlignCenter), self._across)


def _title_font() -> QFont:
    font = plot_font(theme.FONT_SIZE)
    font.setBold(True)
    return font

"""Files and pictures that are dragged over the Recognize page, and let go."""

from PySide6.QtCore import QEvent, QMimeData, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.ui import theme
from app.ui.pages.paper_files import local_files

_INSET = 8


class PaperDrops(QObject):
    """Watches the page, and shows on the paper that something may be dropped. `dropped` tells what was."""

    dropped = Signal(QMimeData)

    def __init__(self, page: QWidget, paper: QWidget) -> None:
        super().__init__(page)
        self._target = DropTarget(paper)
        page.setAcceptDrops(True)
        page.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take files and pictures, wherever on the page they are let go."""
        match event.type():
            case QEvent.Type.DragLeave:
                self._target.hide()
                return True
            case QEvent.Type.DragEnter | QEvent.Type.DragMove if isinstance(event, QDropEvent):
                if event.mimeData().hasImage() or local_files(event.mimeData()):
                    event.acceptProposedAction()
                    self._target.show_over_paper()
                return True
            case QEvent.Type.Drop if isinstance(event, QDropEvent):
                self._target.hide()
                event.acceptProposedAction()
                self.dropped.emit(event.mimeData())
                return True
        return super().eventFilter(watched, event)


class DropTarget(QWidget):
    """Lies over the paper while something is dragged over the page."""

    def __init__(self, paper: QWidget) -> None:
        super().__init__(paper)
        self._paper = paper
        self.setObjectName("drop_target")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_over_paper(self) -> None:
        """Cover the paper."""
        self.setGeometry(self._paper.rect())
        self.raise_()
        self.show()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A dashed frame, and what happens."""
        colours = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(colours.accent_soft)
        veil.setAlphaF(0.9)
        painter.setBrush(veil)
        painter.setPen(QPen(QColor(colours.accent), theme.FOCUS_LINE, Qt.PenStyle.DashLine))
        frame = QRectF(self.rect()).adjusted(_INSET, _INSET, -_INSET, -_INSET)
        painter.drawRoundedRect(frame, theme.CARD_RADIUS, theme.CARD_RADIUS)
        painter.setPen(QColor(colours.accent))
        painter.drawText(frame, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.tr("Drop to read it"))
        painter.end()

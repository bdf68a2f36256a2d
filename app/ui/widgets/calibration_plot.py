"""The reliability diagram: whether the network is right as often as it is sure."""

from PySide6.QtCore import QEvent, QPointF, QSize, QSizeF
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.core.inference.evaluation import ModelEvaluation
from app.core.inference.reliability import CalibrationBin
from app.core.percentages import percent
from app.ui import theme
from app.ui.widgets.calibration_painting import CalibrationGeometry, calibration_geometry, paint_calibration

_USUAL_SIZE = QSize(480, 420)
_LARGEST_SCALE = 1.8


class CalibrationPlot(QWidget):
    """Paints the calibration of an evaluation, writing and all larger in a large window; a tooltip tells each bin."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bins: tuple[CalibrationBin, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(240, 180))
        self.setAccessibleName(self.tr("Calibration curve"))
        theme.notifier().changed.connect(self.update)

    @property
    def scale(self) -> float:
        """How much larger than usual everything is."""
        across, down = self.width() / _USUAL_SIZE.width(), self.height() / _USUAL_SIZE.height()
        return max(1.0, min(across, down, _LARGEST_SCALE))

    @property
    def geometry_now(self) -> CalibrationGeometry:
        """Where everything is, at the usual size."""
        return calibration_geometry(QSizeF(self.size()) / self.scale)

    def show_evaluation(self, evaluation: ModelEvaluation | None) -> None:
        """Show its bins."""
        self._bins = evaluation.calibration if evaluation else ()
        self.setAccessibleDescription("\n".join(self.words(part) for part in self._bins if part.count))
        self.update()

    def words(self, part: CalibrationBin) -> str:
        """What a bin says."""
        words = self.tr("Confidence {lower:.0%} to {upper:.0%}: {count:,} pictures, accuracy {accuracy}")
        if not part.count:
            words = self.tr("Confidence {lower:.0%} to {upper:.0%}: no pictures")
        return words.format(**vars(part) | {"accuracy": percent(part.accuracy)})

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The diagram."""
        painter = QPainter(self)
        painter.scale(self.scale, self.scale)
        paint_calibration(painter, self.geometry_now, self._bins, theme.colours(), self.font())
        painter.end()

    def event(self, event: QEvent) -> bool:
        """Tell the bin under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            part = self.geometry_now.bin_at(QPointF(event.pos()) / self.scale, self._bins)
            if part is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), self.words(part), self)
            return True
        return super().event(event)

"""What the curves of a plot are called; under the pointer, what they say there."""

from html import escape

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QLabel, QWidget

from app.core.training.progress import figure
from app.ui import theme


class CurveLegend(QLabel):
    """One line: what the colours mean, or the values under the pointer."""

    def __init__(self, names_curves: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "caption")
        self.setTextFormat(Qt.TextFormat.RichText)
        self._names_curves = names_curves
        self._best: int | None = None
        self._has_reference = False
        self._pointed: tuple[float, float | None, float | None] | None = None
        theme.notifier().changed.connect(self._on_colours_changed)
        self._show()

    def show_best(self, epoch: int | None) -> None:
        """Say which epoch is the best so far."""
        self._best = epoch
        self._show()

    def show_reference(self, value: float | None) -> None:
        """Say what the dotted line is, if there is one."""
        self._has_reference = value is not None
        words = self.tr("The dotted line is what the notes report: {value}")
        self.setToolTip("" if value is None else words.format(value=f"{value:.2%}"))
        self._show()

    def show_names(self) -> None:
        """Show the meanings again."""
        self._pointed = None
        self._show()

    def show_values(self, epoch: float, training: float | None, validation: float | None) -> None:
        """Read out the curves at `epoch`."""
        self._pointed = epoch, training, validation
        self._show()

    @Slot()
    def _on_colours_changed(self) -> None:
        self._show()

    def _show(self) -> None:
        parts = self._names() if self._pointed is None else self._values(*self._pointed)
        # A space keeps the line's height while there is nothing to say.
        self.setText("&nbsp;&nbsp; ".join(parts) or "&nbsp;")

    def _names(self) -> list[str]:
        colours = theme.colours()
        if self._names_curves:
            return [_dot(colours.accent, self.tr("training")), _dot(colours.validation, self.tr("validation"))]
        best = [] if self._best is None else [self.tr("best epoch {epoch}").format(epoch=self._best)]
        names = [_dot(colours.best, text) for text in best]
        return [*names, escape(self.tr("·· reported"))] if self._has_reference else names

    def _values(self, epoch: float, training: float | None, validation: float | None) -> list[str]:
        colours = theme.colours()
        values = ((colours.accent, training), (colours.validation, validation))
        read = [_dot(colour, figure(value, 3)) for colour, value in values if value is not None]
        return [escape(self.tr("at {epoch}").format(epoch=f"{epoch:.1f}")), *read]


def _dot(colour: str, text: str) -> str:
    return f'<span style="color:{colour}">●</span>&nbsp;{escape(text)}'

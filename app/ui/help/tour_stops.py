"""Where the tour leads: from a drawing to its answer, to training, and to what one can do next."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from app.ui.help.tour import Stop

if TYPE_CHECKING:
    from app.ui.main_window import MainWindow

translate = QCoreApplication.translate


def tour_stops(window: "MainWindow") -> tuple[Stop, ...]:
    """The stops in the program's window."""
    recognize = window.recognize

    def named(name: str) -> QWidget:
        """The part of the Train page with that name."""
        found = window.train.findChild(QWidget, name)
        assert isinstance(found, QWidget)
        return found

    return (
        Stop(
            "recognize",
            lambda: recognize.canvas,
            translate("tour", "Draw a digit"),
            translate("tour", "Draw any digit here, large or small, with the mouse, a pen or a finger. Try it now."),
        ),
        Stop(
            "recognize",
            lambda: recognize.sees,
            translate("tour", "What the network sees"),
            translate("tour", "Your drawing becomes 28 × 28 pixels. The network sees nothing else."),
        ),
        Stop(
            "recognize",
            lambda: recognize.believes,
            translate("tour", "What it believes"),
            translate(
                "tour",
                "One bar for each class. Draw something between a 4 and a 9 and watch the bars. "
                "Why? explains the answer.",
            ),
        ),
        Stop(
            "train",
            lambda: named("recipe"),
            translate("tour", "Choose what to train"),
            translate(
                "tour", "A recipe is a network with settings that work. Type to find one, or change what you like."
            ),
        ),
        Stop(
            "train",
            lambda: named("train"),
            translate("tour", "Train it"),
            translate(
                "tour", "Click Train and watch the curves. The network reads your drawing again while it learns."
            ),
        ),
        Stop(
            "train",
            lambda: window.rail,
            translate("tour", "What comes next"),
            translate(
                "tour",
                "Evaluate shows the mistakes of a model, Runs compares your runs, Data holds pictures and "
                "your own samples, Models lists all models. F1 helps on every page.",
            ),
        ),
    )

"""The choice of an earlier run to see behind the one in training."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from app.core.training.events import EpochDone
from app.core.training.history.records import RunRecord
from app.ui.widgets.menu_button import give_menu


@dataclass(frozen=True)
class EarlierRun:
    """A run of the history, with its epochs."""

    run: RunRecord
    epochs: Sequence[EpochDone]

    @property
    def short(self) -> str:
        """As a legend calls it."""
        return f"#{self.run.id}"

    @property
    def title(self) -> str:
        """In full."""
        return self.run.title


class EarlierRunChoice(QToolButton):
    """`find_runs` lists the runs that can be compared with, newest first; `read_epochs` gets the epochs of one."""

    chosen = Signal(object)  # EarlierRun, or None for none

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.find_runs: Callable[[], Sequence[RunRecord]] = tuple
        self.read_epochs: Callable[[int], Sequence[EpochDone]] = lambda _run: ()
        self._chosen: RunRecord | None = None
        self._menu = QMenu(self.tr("Compare with"), self)
        self._menu.setToolTipsVisible(True)
        self._menu.aboutToShow.connect(self._on_about_to_show)
        self._menu.triggered.connect(self._on_triggered)
        self.setObjectName("compare_run")
        self.setProperty("kind", "link")
        self.setText(self.tr("Compare with…"))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setToolTip(self.tr("Show an earlier run of this data behind the curves"))
        give_menu(self, self._menu)

    @property
    def run(self) -> RunRecord | None:
        """The run that was chosen."""
        return self._chosen

    def choose(self, run: RunRecord | None) -> None:
        """Compare with this run, or with none."""
        self._chosen = run
        self.chosen.emit(None if run is None else EarlierRun(run, self.read_epochs(run.id)))

    @Slot()
    def _on_about_to_show(self) -> None:
        self._menu.clear()
        runs = self.find_runs()
        if not runs:
            self._menu.addAction(self.tr("No earlier run of this data yet")).setEnabled(False)
        for run in runs:
            action = self._menu.addAction(_words(run))
            action.setData(run)
            action.setCheckable(True)
            action.setChecked(self._chosen is not None and run.id == self._chosen.id)
        if self._chosen is not None:
            self._menu.addSeparator()
            self._menu.addAction(self.tr("Stop comparing"))

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        self.choose(action.data())


def _words(run: RunRecord) -> str:
    accuracy = run.figures.test_accuracy if run.figures.test_accuracy is not None else run.figures.val_accuracy
    words = run.title if accuracy is None else f"{run.title}  ·  {accuracy:.2%}"
    return words.replace("&", "&&")

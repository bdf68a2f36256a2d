"""What the Data page asks about sets of samples, each in a dialog that leaves the page alive."""

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QWidget

from app.core.datasets.samples.records import SampleSet
from app.core.datasets.samples.sets import DIGITS
from app.ui.widgets.sample_change_dialog import SampleChangeDialog
from app.ui.widgets.sample_fine_tune import FineTuneDialog
from app.ui.widgets.sample_set_dialog import SampleSetDialog
from app.ui.workers.sample_facts import ChangeSet, CreateSet


class SampleDialogs(QObject):
    """One at a time; what was agreed to is told."""

    wanted = Signal(object)  # CreateSet or ChangeSet
    training_requested = Signal(object)  # TrainingConfig

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self._page = page
        self._dialog: QDialog | None = None

    def make_set(self) -> None:
        """Ask for the name and the classes of a new set."""
        self._open(SampleSetDialog(DIGITS, self._page.window()))

    def change_set(self, samples: SampleSet) -> None:
        """Ask what the set and its classes are called from now on."""
        self._open(SampleChangeDialog(samples, self._page.window()))

    def fine_tune(self, samples: SampleSet, preferred: str) -> None:
        """Ask which model shall learn from the set; `preferred` is offered first."""
        self._open(FineTuneDialog(samples, preferred, self._page.window()))

    def _open(self, dialog: QDialog) -> None:
        self._dialog = dialog
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(self._on_accepted)
        dialog.open()

    @Slot()
    def _on_accepted(self) -> None:
        match self._dialog:
            case SampleSetDialog() as made:
                self.wanted.emit(CreateSet(made.title, made.class_names))
            case SampleChangeDialog() as changed:
                self.wanted.emit(ChangeSet(changed.name, changed.title, changed.classes))
            case FineTuneDialog(config=config) if config is not None:
                self.training_requested.emit(config)

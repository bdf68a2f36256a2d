"""What the Data page asks about sets of samples, each in a dialog that leaves the page alive."""

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QLineEdit,
    QTableWidgetItem,
    QWidget,
)

from app.core.config.config import TrainingConfig
from app.core.datasets.content import checked_class_names
from app.core.datasets.samples.exchange import NPZ_SUFFIX, ExportFormat
from app.core.datasets.samples.sets import LONGEST_TITLE, ClassChange, SampleSet, checked_title
from app.core.datasets.sources import available
from app.core.errors import InputError
from app.core.models.store import StoredModel
from app.core.training.fine_tuning import fine_tuning, fitting_models, models_only_run, old_data
from app.ui import theme
from app.ui.common import build
from app.ui.common.files import FileFormat, ask_for_folder, ask_for_new_folder, ask_to_open_several, ask_to_save
from app.ui.common.text import RIGHT

# What a set of samples is called, and its classes: other names, more of them, or fewer.

_WIDTH, _HEIGHT = 420, 460
_NUMBER = Qt.ItemDataRole.UserRole


class SampleChangeDialog(QDialog):
    """`title` and `classes` tell what was wanted, once it is accepted."""

    def __init__(self, samples: SampleSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._set = samples
        self.setWindowTitle(self.tr("Name and classes of {title}").format(title=samples.title))
        self.resize(_WIDTH, _HEIGHT)
        invitation = self.tr("More classes, such as: a, b, c")
        self._title = build.named(QLineEdit(samples.title, maxLength=LONGEST_TITLE), "set_title")
        self._more = build.named(QLineEdit(placeholderText=invitation), "more_classes", says=invitation)
        self._table = build.class_table("set_classes", self.tr("Class"), self.tr("Samples"), says=self.tr("Classes"))
        self._add = build.button(self.tr("Add"), name="add_classes", clicked=self._on_add)
        self._remove = build.button(self.tr("Remove"), name="remove_class", clicked=self._on_remove)
        self._problem = build.label(name="set_problem", role="error", wraps=True)
        self._buttons, self._save = build.dialog_buttons(self, self.tr("Save"), name="save_set")
        self._fill_table()
        self._lay_out()
        self._connect()
        self._check()

    @property
    def name(self) -> str:
        """Of the set."""
        return self._set.name

    @property
    def title(self) -> str:
        """What the set shall be called."""
        return self._title.text().strip()

    @property
    def classes(self) -> tuple[ClassChange, ...]:
        """Its classes, from top to bottom."""
        items = (self._item(row) for row in range(self._table.rowCount()))
        return tuple((item.data(_NUMBER), item.text().strip()) for item in items)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter adds classes where these are written, and saves elsewhere."""
        if not (self.focusWidget() is self._more and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}):
            super().keyPressEvent(event)

    def _fill_table(self) -> None:
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        for number, count in enumerate(self._set.counts):
            self._append(number, count.name, count.total)

    def _append(self, number: int | None, name: str, samples: int) -> None:
        row, called, count = self._table.rowCount(), QTableWidgetItem(name), QTableWidgetItem(f"{samples:,}")
        called.setData(_NUMBER, number)
        called.setToolTip(self.tr("Double-click or press F2 to rename it"))
        count.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        count.setTextAlignment(RIGHT)
        with QSignalBlocker(self._table):
            self._table.insertRow(row)
            self._table.setItem(row, 0, called)
            self._table.setItem(row, 1, count)

    def _lay_out(self) -> None:
        hint = self.tr(
            "Double-click a class to rename it; it keeps its samples. Models know classes by name: a "
            "model trained with the old names no longer fits this set."
        )
        build.column(
            build.form((self.tr("Name"), self._title)),
            (self._table, 1),
            build.row((self._more, 1), self._add, self._remove),
            build.label(hint, role="caption", wraps=True),
            self._problem,
            self._buttons,
            on=self,
            margins=theme.MARGIN,
        )

    def _connect(self) -> None:
        self._title.textChanged.connect(self._check)
        self._more.textChanged.connect(self._check)
        self._more.returnPressed.connect(self._on_add)
        self._table.itemChanged.connect(self._check)
        self._table.itemSelectionChanged.connect(self._check)

    def _item(self, row: int) -> QTableWidgetItem:
        item = self._table.item(row, 0)
        assert item is not None
        return item

    def _count_of(self, row: int) -> int:
        number = self._item(row).data(_NUMBER)
        return 0 if number is None else self._set.counts[number].total

    def _why_not_saved(self) -> str:
        try:
            checked_class_names([name for _, name in self.classes])
            checked_title(self.title, but_for=self._set.name)
        except InputError as error:
            return str(error)
        return ""

    @Slot()
    def _check(self) -> None:
        problem = self._why_not_saved()
        self._problem.setText(problem)
        self._save.setEnabled(not problem)
        self._save.setToolTip(problem)
        has_more = bool(self._more.text().strip(" ,"))
        self._add.setEnabled(has_more)
        self._add.setToolTip("" if has_more else self.tr("Write the names of classes first"))
        row = self._table.currentRow()
        none = "" if row >= 0 else self.tr("Select a class first")
        full = self.tr("It has samples: give them another label, or delete them first")
        why_not = none or (full if self._count_of(row) else "")
        self._remove.setEnabled(not why_not)
        self._remove.setToolTip(why_not)

    @Slot()
    def _on_add(self) -> None:
        for name in filter(None, map(str.strip, self._more.text().split(","))):
            self._append(None, name, 0)
        self._more.clear()
        self._table.scrollToBottom()
        self._check()

    @Slot()
    def _on_remove(self) -> None:
        self._table.removeRow(self._table.currentRow())
        self._check()


# Choosing the model that samples shall improve.

_FINE_TUNE_WIDTH = 440
_ONLY_RUN_NAMED = 3


class FineTuneDialog(QDialog):
    """Says what will happen; `config` is the run that was agreed to."""

    def __init__(self, samples: SampleSet, preferred: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._samples, self._models = samples, fitting_models(samples)
        self.setWindowTitle(self.tr("Fine-tune with {title}").format(title=samples.title))
        self.setMinimumWidth(_FINE_TUNE_WIDTH)
        self._choice = QComboBox()
        self._choice.setObjectName("model_to_tune")
        self._choice.addItems([model.card.summary for model in self._models])
        names = [model.card.name for model in self._models]
        self._choice.setCurrentIndex(names.index(preferred) if preferred in names else 0)
        self._choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._words = build.label(name="tuning_words", role="muted", wraps=True)
        self._buttons, self._go = build.dialog_buttons(self, self.tr("Fine-tune"), name="tune")
        self._choice.currentIndexChanged.connect(self._show_words)
        form = build.form((self.tr("Model"), self._choice))
        build.column(form, self._words, self._buttons, on=self, margins=theme.MARGIN, spacing=theme.MARGIN)
        self._show_words()

    @property
    def model(self) -> StoredModel | None:
        """The model that is chosen."""
        return self._models[self._choice.currentIndex()] if self._models else None

    @property
    def config(self) -> TrainingConfig | None:
        """The run, or None if no model fits."""
        return None if self.model is None else fine_tuning(self.model, self._samples)

    @Slot()
    def _show_words(self) -> None:
        config, model = self.config, self.model
        self._go.setEnabled(config is not None)
        self._choice.setEnabled(config is not None)
        if config is None or model is None:
            none = self.tr(
                "No model that can be trained on has exactly these classes: train one on the samples alone first."
            )
            self._words.setText(" ".join((none, *self._only_run())))
            self._go.setToolTip(none)
            return
        words = self.tr(
            "Training starts with the weights of {model} and uses your {count} samples for {epochs} "
            "epochs at a low learning rate. {beside} The {held_back} samples kept for testing are not "
            "used, so that before and after can be compared. {model} itself does not change."
        )
        said = words.format(
            model=model.card.title,
            count=f"{self._samples.train_count:,}",
            epochs=config.epochs,
            beside=self._beside(model),
            held_back=f"{self._samples.held_back_count:,}",
        )
        self._words.setText(" ".join((said, *self._only_run())))

    def _only_run(self) -> list[str]:
        """Why a model is not among those offered that a person may look for."""
        words = self.tr("{model} is not offered: it was made elsewhere, with layers that can only be run.")
        return [words.format(model=model.card.title) for model in models_only_run(self._samples)[:_ONLY_RUN_NAMED]]

    def _beside(self, model: StoredModel) -> str:
        old = old_data(model, self._samples)
        if old:
            title = available(old).title
            return self.tr("{title}'s pictures are mixed in, so that nothing is forgotten.").format(title=title)
        if model.card.dataset == self._samples.name:
            return self.tr("It was trained on these samples before, and uses all of them again.")
        return self.tr(
            "The pictures it was trained on are not on this computer, so none of them can be mixed in: it"
            " will read your samples better, and may read others worse."
        )


# The system's dialogs for files, as the Data page asks for them. Tests put others in their place.


def choose_folder(parent: QWidget) -> Path | None:
    """Ask for a folder."""
    return ask_for_folder(parent, parent.tr("Import a folder"))


def choose_files(parent: QWidget) -> list[Path]:
    """Ask for files with pictures: one, or several that belong together."""
    wanted = parent.tr(
        "Pictures with labels (*.npz *.npy *.h5 *.hdf5 *.csv *.csv.gz *.tsv *.arff *.json *.jsonl *.zip *ubyte*)"
    )
    everything = parent.tr("All files (*)")
    return ask_to_open_several(parent, parent.tr("Import files"), wanted, everything)


def choose_target(parent: QWidget, name: str, wanted: ExportFormat) -> Path | None:
    """Ask for the name of a file, or of a new folder; suggest `name`, without a suffix."""
    title = parent.tr("Export samples")
    if wanted is ExportFormat.NPZ:
        return ask_to_save(parent, title, name, (FileFormat(parent.tr("Arrays"), (NPZ_SUFFIX,)),))
    return ask_for_new_folder(parent, title, f"{name}-{wanted.value}")

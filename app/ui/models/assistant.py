"""Bringing in a model that was made elsewhere: what its file says, what was guessed, and whether that reads right."""

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QFormLayout,
    QHeaderView,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from app.core.datasets.choices import Orientation, Polarity
from app.core.errors import InputError
from app.core.imaging.preprocess import Preprocessing
from app.core.inference.foreign_import import (
    ForeignChoices,
    checked_classes,
    checked_title,
    import_foreign,
    proposed,
)
from app.core.inference.foreign_trial import Trial, TrialSet, propose, trial_sets, tried_again, try_on
from app.core.models.adaptation import Adaptation, Output, Scale
from app.core.models.foreign.reading import ForeignModel, read_foreign
from app.core.models.library import LONGEST_TITLE
from app.core.models.store import StoredModel
from app.ui import theme
from app.ui.common import build
from app.ui.common.field_control import WheelGuard
from app.ui.common.layout import FitScroll
from app.ui.common.picture_grid import PictureGrid
from app.ui.common.tasks import Task, Tasks

LANE = "import model"
_SIZE = (860, 600)
_ROWS_SHOWN = 6
_FORM_WIDTH = 340
_LAYERS_SHOWN = 8


class ImportAssistant(QDialog):
    """Reads the model at a path, shows it labelled pictures, and takes it in as a person wants it.

    All work is done beside the window, in `tasks`; closing the dialog ends it. `imported` is called with the model.
    """

    def __init__(
        self, path: Path, tasks: Tasks, imported: Callable[[StoredModel], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Import a model"))
        self._path, self._tasks, self._imported = path, tasks, imported
        self._model: ForeignModel | None = None
        self._trial: Trial | None = None
        self._task: Task[object] | None = None
        self._is_busy = self._is_over = False
        self._make_form()
        self._make_pictures()
        self._lay_out()
        self.resize(*_SIZE)
        self._read()

    def done(self, result: int) -> None:
        """Whatever is under way ends with the dialog."""
        self._is_over = True
        if self._task is not None:
            self._task.drop()
        super().done(result)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in a field imports only where the button could."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not self._confirm.isEnabled():
            event.accept()
            return
        super().keyPressEvent(event)

    @property
    def choices(self) -> ForeignChoices | None:
        """What is chosen now; None before the file was read."""
        if self._model is None:
            return None
        begun = proposed(self._model, self._trial)
        chosen = {  # Qt keeps the texts of enumerations
            "scale": self._scale.currentData(),
            "polarity": self._polarity.currentData(),
            "orientation": self._orientation.currentData(),
            "output": self._output.currentData(),
        }
        adaptation = Adaptation.model_validate(begun.adaptation.model_dump() | chosen)
        return replace(
            begun,
            title=self._name.text(),
            class_names=self._class_names(),
            preprocessing=Preprocessing(self._prepared.currentData()),
            adaptation=adaptation,
        )

    def _class_names(self) -> tuple[str, ...]:
        items = (self._classes.item(row, 0) for row in range(self._classes.rowCount()))
        return tuple(item.text() for item in items if item is not None)

    # Work beside the window.

    def _read(self) -> None:
        path = self._path

        def work(task: Task[object]) -> object:
            model = read_foreign(path, task.check)
            task.tell(model, often=True)
            return propose(model, check=task.check)

        self._start(
            self.tr("Reading {name}…").format(name=path.name), work, self._on_tried, self._on_refused, self._on_read
        )

    @Slot(object)
    def _on_read(self, model: object) -> None:
        assert isinstance(model, ForeignModel)
        self._model = model
        self._say_facts(model)
        self._state.setText(self.tr("Reading 25 labelled pictures in several ways…"))

    def _on_tried(self, trial: object) -> None:
        assert trial is None or isinstance(trial, Trial)
        assert self._model is not None
        self._trial = trial
        self._show_choices(proposed(self._model, trial))
        self._form.setEnabled(True)
        self._show_trial()

    def _on_retried(self, trial: object) -> None:
        """The same set in another way, which was asked for."""
        assert isinstance(trial, Trial)
        self._trial = trial
        self._show_trial()

    def _on_refused(self, sentence: str) -> None:
        for part in (self._scroll, self._pictures, self._confirm):
            part.hide()
        self._problem.setText(sentence)
        self._close.setText(self.tr("Close"))
        self.resize(_SIZE[0], self.minimumSizeHint().height())

    def _on_import_failed(self, sentence: str) -> None:
        self._show_trial()
        self._problem.setText(sentence)

    def _on_imported(self, stored: object) -> None:
        assert isinstance(stored, StoredModel)
        self._imported(stored)
        self.accept()

    def _start(
        self,
        words: str,
        work: Callable[[Task[object]], object],
        done: Callable[[object], None],
        failed: Callable[[str], None] | None = None,
        progressed: Callable[[object], None] | None = None,
    ) -> None:
        """Begin something new in place of what was begun before."""
        if self._task is not None:
            self._task.drop()
        self._is_busy = True
        self._problem.clear()
        if self._trial is None:
            self._grid.show_message(words)
        self._state.setText(words)
        self._check()
        self._task = self._tasks.start(
            work,
            partial(self._end, done),
            failed=partial(self._end, failed or self._on_import_failed),
            progressed=progressed,
            lane=LANE,
        )

    def _end(self, then: Callable[[Any], None], result: object) -> None:
        self._is_busy, self._task = False, None
        if not self._is_over:
            then(result)
            self._check()

    # What a person does.

    @Slot()
    def _on_choice(self) -> None:
        """Read the pictures in the way that is chosen now."""
        model, trial, choices = self._model, self._trial, self.choices
        if model is None or trial is None or choices is None:
            return
        way = choices.adaptation
        if way in trial.answers:
            self._show_trial()
            self._check()
        else:
            words = self.tr("Reading the pictures in this way…")
            self._start(words, lambda task: tried_again(trial, model, way, task.check), self._on_retried)

    @Slot()
    def _on_set_chosen(self) -> None:
        """Begin anew with the pictures of another set, or with none."""
        model, chosen = self._model, self._set.currentData()
        if model is None:
            return
        if isinstance(chosen, TrialSet):
            words = self.tr("Reading 25 pictures of {title}…").format(title=chosen.title)
            self._start(words, lambda task: try_on(model, chosen, check=task.check), self._on_tried)
        else:
            self._on_tried(None)
            self._check()

    @Slot()
    def _on_import(self) -> None:
        model, choices = self._model, self.choices
        if model is not None and choices is not None:
            self._start(
                self.tr("Importing and testing…"),
                lambda task: import_foreign(model, choices, task.check),
                self._on_imported,
            )
            self._form.setEnabled(False)

    @Slot()
    def _check(self) -> None:
        """Allow what can be done, and say what is missing."""
        self._form.setEnabled(self._model is not None and not (self._is_busy and self._trial is None))
        problem = ""
        choices = self.choices
        if choices is not None and self._model is not None and self._classes.rowCount():
            try:
                checked_title(choices.title)
                checked_classes(choices.class_names, self._model.facts.classes)
            except InputError as error:
                problem = str(error)
        can_import = choices is not None and self._classes.rowCount() > 0
        self._confirm.setEnabled(can_import and not problem and not self._is_busy)
        if not self._is_busy and can_import:
            self._problem.setText(problem)

    # What is shown.

    def _say_facts(self, model: ForeignModel) -> None:
        facts = model.facts
        made = f"{facts.format.value}, {facts.made_with}" if facts.made_with else facts.format.value
        sides = " × ".join(str(side) for side in facts.input_shape)
        kinds = ", ".join(layer.kind for layer in facts.layers[:_LAYERS_SHOWN])
        more = len(facts.layers) - _LAYERS_SHOWN
        kinds += self.tr(" and {count} more").format(count=more) if more > 0 else ""
        reads = self.tr("Reads {sides} numbers, has {weights:,} weights, tells {classes} classes apart")
        lines = (made, reads.format(sides=sides, weights=facts.parameters, classes=facts.classes), kinds)
        self._facts.setText("\n".join(lines))

    def _show_choices(self, choices: ForeignChoices) -> None:
        assert self._model is not None
        way = choices.adaptation
        for box, value in (
            (self._scale, way.scale),
            (self._polarity, way.polarity),
            (self._orientation, way.orientation),
            (self._output, way.output),
            (self._prepared, choices.preprocessing),
        ):
            box.setCurrentIndex(box.findData(value))
        if not self._name.text():
            self._name.setText(choices.title[:LONGEST_TITLE])
            self._name.setFocus()
            self._confirm.setDefault(True)
        with QSignalBlocker(self._set):
            self._set.clear()
            for each in trial_sets(self._model):
                self._set.addItem(each.title, each)
            self._set.addItem(self.tr("None of these"), None)
            title = choices.tried_on.title if choices.tried_on else self.tr("None of these")
            self._set.setCurrentIndex(self._set.findText(title))
        with QSignalBlocker(self._classes):
            self._classes.setRowCount(len(choices.class_names))
            for row, name in enumerate(choices.class_names):
                self._classes.setItem(row, 0, QTableWidgetItem(name))
            self._classes.setVerticalHeaderLabels([str(row) for row in range(len(choices.class_names))])

    def _show_trial(self) -> None:
        """The pictures with what is read in them, and how many of them right."""
        trial, choices = self._trial, self.choices
        if trial is None or choices is None or choices.adaptation not in trial.answers:
            self._grid.show_message(
                self.tr(
                    "There are no labelled pictures of these classes on this computer, so what was guessed cannot be "
                    "tried. Name the classes, and try the model on the Recognize page."
                )
            )
            self._state.setText("")
            return
        read = trial.answers[choices.adaptation].argmax(axis=1)
        names, labels = trial.set.class_names, trial.pictures.labels
        right = [int(said) == int(true) for said, true in zip(read, labels, strict=True)]
        captions = [
            f"✓ {names[said]}"
            if is_right
            else self.tr("✗ {said}, not {true}").format(said=names[said], true=names[true])
            for said, true, is_right in zip(read, labels, right, strict=True)
        ]
        self._grid.show_pictures(
            trial.pictures.images, captions, ["best_text" if each else "wrong_text" for each in right]
        )
        words = self.tr("{right} of {count} pictures of {title} are read right.")
        said = words.format(right=sum(right), count=len(right), title=trial.set.title)
        advice = self.tr("Something else may be right: change how the pictures are shown to it.")
        self._state.setText(said if sum(right) > len(right) / 2 else f"{said} {advice}")

    # How it is laid out.

    def _make_form(self) -> None:
        self._facts = build.label(name="import_facts", role="muted", wraps=True, fills=True, selectable=True)
        self._name = build.named(QLineEdit(maxLength=LONGEST_TITLE), "import_name", says=self.tr("Name"))
        self._name.setMinimumHeight(theme.CONTROL_HEIGHT)
        self._set = _box("import_set", self.tr("Classes of"))
        self._scale = _box("import_scale", self.tr("Pixels"))
        self._polarity = _box("import_polarity", self.tr("Ink"))
        self._orientation = _box("import_orientation", self.tr("Orientation"))
        self._output = _box("import_output", self.tr("Answers"))
        self._prepared = _box("import_prepared", self.tr("Prepare"))
        self._classes = _class_table(self.tr("Classes"))
        words: tuple[tuple[QComboBox, dict[StrEnum, str]], ...] = (
            (
                self._scale,
                {
                    Scale.UNIT: self.tr("0 to 1"),
                    Scale.BYTES: self.tr("0 to 255"),
                    Scale.SIGNED: self.tr("-1 to 1"),
                    Scale.STANDARDIZED: self.tr("Standardized"),
                },
            ),
            (
                self._polarity,
                {Polarity.LIGHT_INK: self.tr("Light on dark"), Polarity.DARK_INK: self.tr("Dark on light")},
            ),
            (
                self._orientation,
                {Orientation.UPRIGHT: self.tr("Upright"), Orientation.TURNED: self.tr("Turned on their side")},
            ),
            (
                self._output,
                {Output.PROBABILITIES: self.tr("Probabilities"), Output.LOGITS: self.tr("Logits, before a softmax")},
            ),
            (
                self._prepared,
                {
                    Preprocessing.DIGITS: self.tr("As digits"),
                    Preprocessing.CLOTHES: self.tr("As clothes"),
                    Preprocessing.WHOLE: self.tr("Whole, as they are"),
                },
            ),
        )
        guard = WheelGuard(self)
        for box, values in words:
            for value, text in values.items():
                box.addItem(text, value)
            box.installEventFilter(guard)
            box.activated.connect(self._on_choice)
        self._set.installEventFilter(guard)
        self._set.activated.connect(self._on_set_chosen)
        self._name.textChanged.connect(self._check)
        self._classes.itemChanged.connect(self._check)

    def _make_pictures(self) -> None:
        self._grid = PictureGrid()
        self._grid.setAccessibleName(self.tr("Labelled pictures"))
        self._state = build.label(name="import_state", wraps=True, fills=True)

    def _lay_out(self) -> None:
        boxes = (self._set, self._scale, self._polarity, self._orientation, self._output, self._prepared)
        rows = build.form((self.tr("Name"), self._name), *((box.accessibleName(), box) for box in boxes))
        rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form = build.panel(build.column(build.panel(rows), self._classes, build.STRETCH))
        self._scroll = FitScroll(build.panel(build.column(self._facts, self._form)), upright=True)
        self._scroll.setFixedWidth(_FORM_WIDTH)
        self._problem = build.label(name="import_problem", role="error", wraps=True, fills=True)
        buttons, self._confirm = build.dialog_buttons(self, self.tr("Import"), name="import_now")
        buttons.accepted.disconnect()
        buttons.accepted.connect(self._on_import)
        self._close = buttons.button(buttons.StandardButton.Cancel)
        self._pictures = build.panel(build.column((self._grid, 1), self._state))
        source = build.label(
            self.tr("From {name}").format(name=self._path.name), role="caption", wraps=True, fills=True
        )
        build.column(
            source,
            (build.row(self._scroll, (self._pictures, 1), spacing=theme.MARGIN), 1),
            self._problem,
            buttons,
            on=self,
            margins=theme.MARGIN,
        )


def _box(name: str, says: str) -> QComboBox:
    box = build.named(QComboBox(), name, says=says)
    box.setMinimumHeight(theme.CONTROL_HEIGHT)
    return box


def _class_table(says: str) -> QTableWidget:
    table = build.named(QTableWidget(0, 1), "import_classes", says=says)
    table.setHorizontalHeaderLabels([says])
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    table.verticalHeader().setDefaultSectionSize(theme.ROW_HEIGHT)
    table.setEditTriggers(QAbstractItemView.EditTrigger.AllEditTriggers)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setTabKeyNavigation(False)
    table.setFixedHeight((_ROWS_SHOWN + 1) * theme.ROW_HEIGHT + 2 * theme.LINE)
    return table

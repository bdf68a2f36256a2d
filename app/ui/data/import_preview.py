"""What an import would bring, before anything is stored: its pictures, its facts, and what a person may decide."""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from app.core.datasets.choices import NO_CHOICES, ChoiceNeededError, ImportChoices, Orientation, Polarity
from app.core.datasets.content import LeftOut, checked_class_names
from app.core.datasets.importing import ImportPreview, suggested_name
from app.core.datasets.types import DataKind
from app.core.errors import InputError
from app.ui import theme
from app.ui.common import build
from app.ui.common.containers import Card
from app.ui.common.field_control import TEXT_MARGIN, WheelGuard
from app.ui.common.navigator import Navigator
from app.ui.common.picture_grid import ExampleChosen, PictureGrid
from app.ui.common.text import LEFT, RIGHT, ElidedBox
from app.ui.data.reading_choice import ReadingChoice, orientation_words, polarity_words

_LONGEST_NAME = 40
_FEWEST_LETTERS = 10
_ROWS_SHOWN = 5  # so that the button to import is seen in a window 700 pixels high
"""Classes that are seen at once; one scrolls to the others."""
_USUAL_PERCENT = 20
_DIALOG = (620, 420)


class ImportPictures(Card):
    """25 pictures as they would be read, with the names of their classes; under each reading, if it is not clear."""

    reading_chosen = Signal(object, object)  # polarity, orientation

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("What would be imported"), parent)
        self.grid = PictureGrid()
        self.grid.setAccessibleName(self.tr("Pictures to import"))
        self.grid.example_clicked.connect(self._on_example_clicked)
        self._state = build.label(name="preview_state", role="muted", wraps=True, fills=True)
        self._readings = ReadingChoice()
        self._readings.chosen.connect(self.reading_chosen)
        self._readings.hide()
        self.body.addWidget(self.grid, 1)
        self.body.addWidget(self._readings, 1)
        self.body.addWidget(self._state)
        self._images: NDArray[np.uint8] | None = None
        self._preview: ImportPreview | None = None
        self._names: tuple[str, ...] = ()

    def show_preview(
        self,
        preview: ImportPreview,
        polarity: Polarity | None = None,
        orientation: Orientation | None = None,
        names: Sequence[str] = (),
    ) -> None:
        """Show the pictures of `preview`, under another reading if one is given, with other names of their classes."""
        self._preview, self._names = preview, tuple(names) or preview.content.class_names
        is_asking = bool(preview.alternatives)
        self.grid.setVisible(not is_asking)
        self._readings.setVisible(is_asking)
        if is_asking:
            self._readings.show_alternatives(preview, self._names)
        else:
            self._readings.clear()
        self._images = preview.shown(polarity, orientation)
        self.grid.show_pictures(self._images, [self._names[label] for label in preview.samples.labels])
        words = self.tr("{shown} of {total} pictures, as a network would read them; nothing is stored yet")
        total = len(preview.content.train) + len(preview.content.test)
        self._state.setText(words.format(shown=len(self._images), total=f"{total:,}"))

    @Slot(int)
    def _on_example_clicked(self, number: int) -> None:
        if self._images is not None and self._preview is not None:
            how, true = self._preview.content.preprocessing, self.grid.captions[number]
            Navigator.of(self).open_example(
                ExampleChosen(self._images[number], how, class_names=self._names, true=true)
            )


class ImportForm(QWidget):
    """Says what was found, asks what only a person can tell, and lets everything else be corrected."""

    choices_changed = Signal()  # what is read must be read anew
    look_changed = Signal()  # other pictures or names, at once
    import_wanted = Signal()
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preview: ImportPreview | None = None
        self._choices = NO_CHOICES
        self._make_facts()
        self._make_choices()
        self._make_classes()
        self._import = build.button(self.tr("Import"), name="import_now", kind="primary", clicked=self.import_wanted)
        self._cancel = build.button(self.tr("Cancel"), name="import_cancel", kind="quiet", clicked=self.cancelled)
        self._name.returnPressed.connect(self._on_return_pressed)
        self._name.textChanged.connect(self._check)
        self._problem = build.label(name="import_problem", role="error", wraps=True, fills=True)
        build.column(
            self._source,
            self._title,
            self._why,
            self._left_out,
            self._question,
            self._form,
            self._classes,
            self._hint,
            self._problem,
            build.row(build.STRETCH, self._cancel, self._import),
            on=self,
        )

    @property
    def name(self) -> str:
        """What the set shall be called."""
        return self._name.text().strip()

    @property
    def choices(self) -> ImportChoices:
        """What the person decided so far."""
        return self._choices

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names of the classes, in their order."""
        items = (self._classes.item(row, 0) for row in range(self._classes.rowCount()))
        return tuple(item.text().strip() for item in items if item is not None)

    @property
    def look(self) -> tuple[Polarity | None, Orientation | None]:
        """Under which reading the pictures are to be shown."""
        return self._choices.polarity, self._choices.orientation

    @Slot(object, object)
    def choose_look(self, polarity: Polarity, orientation: Orientation) -> None:
        """Answer how the pictures are meant."""
        self._choices = replace(self._choices, polarity=polarity, orientation=orientation)
        self.choices_changed.emit()

    def begin(self, path: Path, files: tuple[str, ...]) -> None:
        """Forget what was chosen for another import."""
        self._choices, self._preview = ImportChoices(files=files), None
        words = self.tr("From {count} files in {name}") if files else self.tr("From {name}")
        self._source.setText(words.format(count=len(files), name=path.name or str(path)))
        self._name.setText(suggested_name(path, files))
        for box in (self._subset, self._column):
            box.clear()

    def show_preview(self, preview: ImportPreview) -> None:
        """Say what was found, and how it is read."""
        is_other = self._preview is None or preview.content.class_names != self._preview.content.class_names
        self._preview = preview
        self._title.setText(preview.title)
        self._why.setText("\n".join(preview.notes))
        self._why.setVisible(bool(preview.notes))
        count = preview.left_out_count
        one, many = self.tr("1 was left out…"), self.tr("{count} were left out…").format(count=f"{count:,}")
        self._left_out.setText(one if count == 1 else many)
        self._left_out.setVisible(bool(count))
        self._question.hide()
        self._show_choices(preview)
        self._show_classes(preview, keeps_names=not is_other)
        self._check()

    def ask(self, question: ChoiceNeededError) -> None:
        """Ask what the data does not tell."""
        self._preview = None
        box = self._subset if question.field == "subset" else self._column
        with QSignalBlocker(box):
            box.clear()
            box.addItems(list(question.options))
            box.setCurrentIndex(-1)
        self._question.setText(str(question))
        self._question.show()
        for hidden in (self._title, self._why, self._left_out, self._classes, self._hint):
            hidden.hide()
        for row in range(self._rows.rowCount()):
            self._rows.setRowVisible(row, False)
        self._rows.setRowVisible(box, True)
        self._check()
        box.setFocus()

    def focus_name(self) -> None:
        """Let the name be typed."""
        self._name.setFocus()
        self._name.selectAll()

    def set_busy(self, is_busy: bool) -> None:
        """While it is read anew, nothing can be imported."""
        self._is_busy = is_busy
        self._check()

    # What is said.

    def _make_facts(self) -> None:
        self._is_busy = False
        self._source = build.label(role="caption", wraps=True, fills=True)
        self._title = build.label(name="import_title", wraps=True, fills=True)
        self._why = build.label(name="import_why", role="muted", wraps=True, fills=True, selectable=True)
        self._question = build.label(name="import_question", role="error", wraps=True, fills=True)
        self._left_out = build.button(
            name="import_left_out",
            kind="quiet",
            tip=self.tr("Show which files and pictures are not imported, and why"),
            clicked=self._on_left_out_clicked,
        )
        self._question.hide()

    def _make_choices(self) -> None:
        self._name = build.named(QLineEdit(maxLength=_LONGEST_NAME), "own_name", says=self.tr("Name of the data set"))
        self._subset = _box("import_subset", self.tr("Set"))
        self._column = _box("import_column", self.tr("Labels"))
        self._kind = _box("import_kind", self.tr("They show"))
        self._polarity = _box("import_polarity", self.tr("Ink"))
        self._orientation = _box("import_orientation", self.tr("Orientation"))
        for box, values in (
            (
                self._kind,
                {
                    DataKind.DIGITS: self.tr("Digits"),
                    DataKind.CLOTHES: self.tr("Clothes"),
                    DataKind.OWN: self.tr("Something else"),
                },
            ),
            (self._polarity, polarity_words()),
            (self._orientation, orientation_words()),
        ):
            for value, text in values.items():
                box.addItem(text, value)
        self._percent = build.named(QSpinBox(), "import_percent", says=self.tr("Share to test with"))
        self._percent.setRange(5, 50)
        self._percent.setSuffix(self.tr(" % set aside"))
        self._percent.setKeyboardTracking(False)
        self._percent.lineEdit().setTextMargins(TEXT_MARGIN, 0, 0, 0)
        self._test = QLabel()
        boxes = (self._subset, self._column, self._kind, self._polarity, self._orientation)
        self._rows = build.form(
            (self.tr("Name"), self._name),
            *((box.accessibleName(), box) for box in boxes),
            (self.tr("To test"), self._percent),
            (self.tr("To test"), self._test),
        )
        self._rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form = build.panel(self._rows)
        for box in boxes:
            box.activated.connect(self._on_choice)
        self._percent.valueChanged.connect(self._on_choice)
        guard = WheelGuard(self)
        for widget in (*boxes, self._percent):
            widget.installEventFilter(guard)

    def _make_classes(self) -> None:
        titles = (self.tr("Class"), self.tr("Training"), self.tr("Validation"), self.tr("Test"))
        self._classes = build.class_table("import_classes", *titles, says=self.tr("Classes"))
        self._classes.itemChanged.connect(self._on_name_changed)
        self._hint = build.label(
            self.tr("Double-click a class or press F2 to rename it."), role="caption", wraps=True, fills=True
        )

    def _show_choices(self, preview: ImportPreview) -> None:
        reading, is_exact = preview.reading, preview.published is not None
        for box, value in (
            (self._kind, reading.kind),
            (self._polarity, reading.polarity),
            (self._orientation, reading.orientation),
        ):
            with QSignalBlocker(box):
                box.setCurrentIndex(box.findData(value))
        with QSignalBlocker(self._percent):
            share = self._choices.test_share
            self._percent.setValue(_USUAL_PERCENT if share is None else round(100 * share))
        self._test.setText(self.tr("{count} pictures of a test part").format(count=f"{len(preview.content.test):,}"))
        visible: dict[QWidget, bool] = {
            self._name: not is_exact,
            self._subset: self._subset.count() > 0,
            self._column: self._column.count() > 0,
            self._kind: not is_exact,
            self._polarity: not is_exact,
            self._orientation: not is_exact and not preview.is_prepared,
            self._percent: not is_exact and not preview.has_test_part,
            self._test: preview.has_test_part,
        }
        for widget, is_visible in visible.items():
            self._rows.setRowVisible(widget, is_visible)
        for widget in (self._title, self._classes):
            widget.show()
        self._hint.setVisible(not is_exact)

    def _show_classes(self, preview: ImportPreview, keeps_names: bool) -> None:
        parts, names = preview.class_parts, self.class_names
        keeps_names = keeps_names and len(names) == len(parts)
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        with QSignalBlocker(self._classes):
            self._classes.setRowCount(len(parts))
            for row, counted in enumerate(parts):
                called = QTableWidgetItem(names[row] if keeps_names else counted.name)
                called.setToolTip(counted.name)
                if preview.published is not None:
                    called.setFlags(flags)
                self._classes.setItem(row, 0, called)
                for column, count in enumerate((counted.train, counted.validation, counted.test), 1):
                    item = QTableWidgetItem(f"{count:,}")
                    item.setTextAlignment(RIGHT)
                    item.setFlags(flags)
                    self._classes.setItem(row, column, item)
        self._classes.setColumnHidden(2, not preview.content.validation_count)
        row_height = self._classes.verticalHeader().defaultSectionSize()
        rows = min(len(parts), _ROWS_SHOWN)
        self._classes.setFixedHeight(
            self._classes.horizontalHeader().sizeHint().height() + rows * row_height + 2 * self._classes.frameWidth()
        )

    # What is done.

    @Slot()
    def _on_choice(self) -> None:
        sender, share = self.sender(), self._percent.value() / 100
        changes: dict[object, dict[str, object]] = {
            self._subset: {"subset": self._subset.currentText()},
            self._column: {"label_column": self._column.currentText()},
            self._kind: {"kind": _chosen(self._kind, DataKind)},
            self._polarity: {"polarity": _chosen(self._polarity, Polarity)},
            self._orientation: {"orientation": _chosen(self._orientation, Orientation)},
            self._percent: {"test_share": share},
        }
        changed = replace(self._choices, **changes[sender])  # type: ignore[arg-type]
        if changed != self._choices:
            self._choices = changed
            if sender in {self._polarity, self._orientation} and self._preview is not None:
                self.look_changed.emit()
            self.choices_changed.emit()

    @Slot()
    def _on_name_changed(self) -> None:
        self._check()
        self.look_changed.emit()

    @Slot()
    def _on_return_pressed(self) -> None:
        if self._import.isEnabled():
            self.import_wanted.emit()

    @Slot()
    def _check(self) -> None:
        """Say why nothing can be imported yet."""
        problem, preview = "", self._preview
        if preview is not None and preview.published is None:
            try:
                checked_class_names(self.class_names)
            except InputError as error:
                problem = str(error)
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        needs_name = not self.name and (preview is None or preview.published is None)
        is_unclear = preview is not None and bool(preview.alternatives)
        can_be = preview is not None and not problem and not needs_name and not is_unclear
        self._import.setEnabled(can_be and not self._is_busy)
        tip = self.tr("Choose first which of the pictures look right") if is_unclear else ""
        self._import.setToolTip(self.tr("Give the data set a name first") if needs_name else tip)

    @Slot()
    def _on_left_out_clicked(self) -> None:
        if self._preview is not None:
            dialog = LeftOutDialog(self._preview.left_out, self._preview.left_out_count, self)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()


class LeftOutDialog(QDialog):
    """Which files and pictures were left out, and why."""

    def __init__(self, left_out: Sequence[LeftOut], count: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Left out"))
        self.resize(*_DIALOG)
        table = build.named(QTableWidget(len(left_out), 2), "left_out", says=self.tr("Left out"))
        table.setHorizontalHeaderLabels([self.tr("File or picture"), self.tr("Why")])
        table.verticalHeader().hide()
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.setWordWrap(True)
        table.horizontalHeader().setStretchLastSection(True)
        table.horizontalHeader().setDefaultAlignment(LEFT)
        for row, left in enumerate(left_out):
            for column, text in enumerate((left.source, left.why)):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                table.setItem(row, column, item)
        table.setColumnWidth(0, _DIALOG[0] * 2 // 5)
        more = self.tr("The first {shown} of {count}.").format(shown=f"{len(left_out):,}", count=f"{count:,}")
        close = build.button(self.tr("Close"), name="close", clicked=self.accept)
        build.column(
            (table, 1),
            build.label(more if count > len(left_out) else "", role="caption"),
            build.row(build.STRETCH, close),
            on=self,
            margins=theme.MARGIN,
        )


def _box(name: str, says: str) -> QComboBox:
    box = build.named(ElidedBox(), name, says=says)
    box.setMinimumContentsLength(_FEWEST_LETTERS)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return box


def _chosen(box: QComboBox, kind: type[StrEnum]) -> StrEnum | None:
    data = box.currentData()
    return None if data is None else kind(data)

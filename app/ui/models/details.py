"""What is known of a model, and what one may do with it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QMenu,
    QWidget,
)

from app.core.models.card import ModelCard
from app.core.models.export.forms import ExportForm
from app.core.models.export.forms import why_not as why_not_as
from app.core.models.store import StoredModel
from app.core.percentages import accuracy_with_interval
from app.ui import theme
from app.ui.common import build
from app.ui.common.containers import Card
from app.ui.common.dialogs import give_menu
from app.ui.common.layout import FitScroll
from app.ui.common.text import duration_text

MOST_CLASSES = 24
"""So many classes are named; of more, how many there are."""


class ModelDetails(Card):
    """One model in full, or how many are selected. What cannot be done says why where the pointer rests."""

    export_requested = Signal(object)  # ExportForm

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._title, self._origin = self._text("title"), self._text("caption")
        self._description = self._text("")
        button = build.button
        self.use = button(self.tr("Use it"), name="use_model", kind="primary")
        self.evaluate = button(self.tr("Evaluate"), name="evaluate_model_of_list")
        self.rename = button(self.tr("Rename"), name="rename_model")
        self.describe = button(self.tr("Describe…"), name="describe_model")
        self.copy = button(self.tr("Copy"), name="copy_model")
        self.export = button(self.tr("Save model as"), name="export_model")
        self.export_menu = self._forms_menu()
        give_menu(self.export, self.export_menu)
        self.delete = button(self.tr("Delete"), name="delete_models", kind="danger")
        self._lay_out()
        self.show_models(())

    @property
    def text(self) -> str:
        """All that is told of the model, line by line."""
        labels = (self._title, self._origin, self._description, *self._values)
        return "\n".join(label.text() for label in labels if not label.isHidden())

    def show_models(self, models: Sequence[StoredModel]) -> None:
        """Show what is selected."""
        one = models[0] if len(models) == 1 else None
        self._scroll.setVisible(one is not None)
        if one is not None:
            self._show(one)
        else:
            many = self.tr("{count} models are selected").format(count=len(models))
            self._title.setText(many if models else self.tr("Select a model"))
            self._origin.hide()
        self._allow(models)

    def _show(self, model: StoredModel) -> None:
        card = model.card
        self._title.setText(card.title)
        self._origin.setText(self._origin_words(model))
        self._origin.show()
        self._description.setText(card.description)
        self._description.setVisible(bool(card.description))
        tested = self.tr("{accuracy} on {samples:,} test pictures")
        texts = (
            card.data_description,
            _classes(card),
            tested.format(
                accuracy=accuracy_with_interval(card.metrics.test_accuracy, card.metrics.test_samples),
                samples=card.metrics.test_samples,
            )
            if card.metrics.test_samples
            else self.tr("Not tested"),
            f"{card.parameters:,}",
            self.tr("{epochs} in {time}").format(epochs=card.epochs_done, time=duration_text(card.training_s))
            if card.origin is None
            else self.tr("Not known"),
            f"{card.created.astimezone():%Y-%m-%d %H:%M}",
            card.name,
            card.command,
        )
        for label, text in zip(self._values, texts, strict=True):
            label.setText(text)

    def _origin_words(self, model: StoredModel) -> str:
        if model.bundled:
            return self.tr("Ships with the program: read-only")
        if model.card.origin is None:
            return self.tr("Your model")
        said = self.tr("Made elsewhere; it is shown pictures as {how}.").format(how=model.card.origin.adaptation.words)
        return f"{said} {model.card.origin.remark}".rstrip()

    def _allow(self, models: Sequence[StoredModel]) -> None:
        none = "" if models else self.tr("Select a model first")
        one = none or ("" if len(models) == 1 else self.tr("Select one model only"))
        shipped = any(model.bundled for model in models)
        changes = one or (self.tr("It ships with the program; copy it and change the copy") if shipped else "")
        deletes = none or (self.tr("What ships with the program cannot be deleted") if shipped else "")
        for button, why_not, tip in (
            (self.use, one, self.tr("Use it on the Recognize page (Enter)")),
            (self.evaluate, one, self.tr("See how well it reads test pictures")),
            (self.rename, changes, self.tr("Rename it (F2)")),
            (self.describe, changes, self.tr("Write a description of it")),
            (self.copy, one, self.tr("Create a model of your own with the same weights")),
            (self.export, one, self.tr("Save the model for another computer or for other programs")),
            (self.delete, deletes, self.tr("Delete (Del); Undo restores it")),
        ):
            button.setEnabled(not why_not)
            button.setToolTip(why_not or tip)
        for action in (each for each in self.export_menu.actions() if not each.isSeparator()):
            refused = why_not_as(models[0], ExportForm(action.data())) if len(models) == 1 else one
            action.setEnabled(not refused)
            action.setToolTip(refused)

    def _forms_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for form in ExportForm:
            action = menu.addAction(self.tr(form.label) + "…")
            action.setObjectName(f"save_as_{form.value}")
            action.setData(form.value)
            if form is ExportForm.STUDIO:
                menu.addSeparator()
        menu.triggered.connect(self._on_form)
        return menu

    @Slot(QAction)
    def _on_form(self, action: QAction) -> None:
        self.export_requested.emit(ExportForm(action.data()))

    def _lay_out(self) -> None:
        words = (
            self.tr("Trained on"),
            self.tr("Classes"),
            self.tr("Test accuracy"),
            self.tr("Weights"),
            self.tr("Epochs"),
            self.tr("Created"),
            self.tr("Short name"),
            self.tr("Command"),
        )
        self._values = [self._text("") for _ in words]
        rows = build.form(role="muted", across=theme.PADDING, down=6)
        rows.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        rows.addRow(self._description)
        for word, value in zip(words, self._values, strict=True):
            rows.addRow(build.label(word, role="muted"), value)
        self._values[-2].setToolTip(self.tr("The name in runs and on the command line; it never changes"))
        self._values[-1].setToolTip(self.tr("The command that trains it again"))
        self._scroll = FitScroll(build.panel(build.column(rows, build.STRETCH)), upright=True)
        buttons = QGridLayout()
        buttons.setSpacing(theme.SPACING)
        for place, button in enumerate((self.use, self.evaluate)):
            buttons.addWidget(button, 0, 3 * place, 1, 3)
        for place, button in enumerate((self.rename, self.describe, self.copy)):
            buttons.addWidget(button, 1, 2 * place, 1, 2)
        for place, button in enumerate((self.export, self.delete)):
            buttons.addWidget(button, 2, 3 * place, 1, 3)
        self.body.addWidget(self._title)
        self.body.addWidget(self._origin)
        self.body.addWidget(self._scroll, 1)
        self.body.addStretch()
        self.body.addLayout(buttons)

    def _text(self, role: str) -> QLabel:
        return build.label(role=role, wraps=True, fills=True, selectable=True)


def _classes(card: ModelCard) -> str:
    names = card.class_names
    return f"{len(names)}: {', '.join(names)}" if len(names) <= MOST_CLASSES else f"{len(names)}"


# Models that cannot be used: which they are, and a button to delete them.


class DamagedModels(QWidget):
    """Hidden while all models are whole."""

    delete_requested = Signal(tuple)  # names

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._words = build.label(role="error", wraps=True)
        self.delete = build.button(self.tr("Delete"), name="delete_damaged", kind="danger", clicked=self._on_clicked)
        build.row((self._words, 1), self.delete, on=self)
        self.hide()

    @property
    def text(self) -> str:
        """What is said, or an empty text."""
        return "" if self.isHidden() else self._words.text()

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Show what is wrong, by the names of the models, or by the path of a folder that cannot be read."""
        self._names = tuple(name for name in problems if not Path(name).is_absolute())
        damaged = self.tr("Damaged; can only be deleted: {names}").format(names=", ".join(self._names))
        self._words.setText(damaged if self._names else " ".join(problems.values()))
        self.delete.setVisible(bool(self._names))
        self.setVisible(bool(problems))

    @Slot()
    def _on_clicked(self) -> None:
        self.delete_requested.emit(self._names)

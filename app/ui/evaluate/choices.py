"""Choosing what is evaluated: a model, and the data that it has not seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import QWidget

from app.core.datasets.registry import DATASETS
from app.core.datasets.sources import STARTER_COUNTS
from app.core.datasets.types import Variant
from app.core.inference.evaluation import full_sets_behind
from app.core.models.card import ModelCard
from app.core.models.store import StoredModel
from app.ui import theme
from app.ui.common.choices import (
    ARROW_STEPS,
    MANAGE,
    POPUP_EXTRA,
    SetSummary,
    data_choices,
    manage_words,
    model_groups,
    summarise,
)
from app.ui.common.navigator import Navigator
from app.ui.common.text import ElidedBox

# The data a model can be evaluated on, and what is to be said of each edition. Knows no Qt.


@dataclass(frozen=True)
class EvaluateChoice:
    """The test split of one edition of a set, `tests` pictures.

    `fits` tells whether the model knows its classes, `is_here` whether it is on this computer, and `was_seen` whether
    the model learned from these very pictures.
    """

    dataset: str
    data: str
    title: str
    variant: Variant
    tests: int
    fits: bool
    is_here: bool
    was_seen: bool

    @property
    def can_be_read(self) -> bool:
        """True if the model can be evaluated on it now."""
        return self.fits and self.is_here


def evaluate_choices(card: ModelCard) -> tuple[EvaluateChoice, ...]:
    """Every edition of every set: first those that can be read, then those that could be if they were here."""
    summaries: dict[str, SetSummary] = {}
    learned, choices = full_sets_behind(card), []
    for choice in data_choices():
        summary = summaries.setdefault(choice.dataset, summarise(choice.dataset, DATASETS))
        is_starter = choice.variant is Variant.STARTER
        choices.append(
            EvaluateChoice(
                dataset=choice.dataset,
                data=choice.data,
                title=choice.title,
                variant=choice.variant,
                tests=STARTER_COUNTS[1] if is_starter else summary.counts[1],
                fits=summary.class_names == card.class_names,
                is_here=choice.is_here,
                was_seen=is_starter and choice.dataset in learned,
            )
        )
    return tuple(sorted(choices, key=lambda choice: (not choice.can_be_read, not choice.fits)))


def best_choice(choices: Sequence[EvaluateChoice], card: ModelCard) -> EvaluateChoice | None:
    """What to begin with: a fair test before pictures the model has seen, the set it learned from before others.

    A set without test pictures comes last. Of what is left the one with the most pictures; None if nothing here fits.
    """
    possible = [choice for choice in choices if choice.can_be_read]
    order = [
        (choice.tests > 0, not choice.was_seen, choice.dataset == card.dataset, choice.tests) for choice in possible
    ]
    return possible[order.index(max(order))] if possible else None


# Choosing the data a model is evaluated on.


class EvaluateDataBox(ElidedBox):
    """Lists every edition; what cannot be read by the model is greyed and says why, what is not here leads to it."""

    data_chosen = Signal(object)  # EvaluateChoice

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("evaluate_data")
        self.setAccessibleName(self.tr("Data"))
        self.setMinimumContentsLength(1)
        self._choices: tuple[EvaluateChoice, ...] = ()
        self._chosen: EvaluateChoice | None = None
        self._chosen_for = ""
        self._model = ""
        self.activated.connect(self._on_activated)
        theme.notifier().changed.connect(self._on_colours_changed)

    @property
    def choices(self) -> tuple[EvaluateChoice, ...]:
        """All editions, whether or not they can be read."""
        return self._choices

    @property
    def chosen(self) -> EvaluateChoice | None:
        """The data to read, None if nothing that is here fits."""
        return self._chosen

    @property
    def fairer(self) -> EvaluateChoice | None:
        """Data that is here and would be a fair test, if what is chosen is none."""
        fair = [choice for choice in self._choices if choice.can_be_read and choice.tests and not choice.was_seen]
        return fair[0] if fair and self._chosen not in fair else None

    @property
    def missing(self) -> EvaluateChoice | None:
        """Fitting data that would be a fair test and has still to be fetched, if there is any."""
        return next((choice for choice in self._choices if choice.fits and not choice.is_here), None)

    def show_for(self, card: ModelCard) -> None:
        """Offer what fits this model.

        What was chosen stays if it can be read; pictures the model has seen stay only if a user chose them for it.
        """
        self._choices = evaluate_choices(card)
        before = self._chosen and (self._chosen.dataset, self._chosen.data)
        same = [choice for choice in self._choices if (choice.dataset, choice.data) == before and choice.can_be_read]
        keeps = bool(same) and (not same[0].was_seen or self._chosen_for == card.name)
        self._chosen = same[0] if keeps else best_choice(self._choices, card)
        self._fill(card)

    def choose(self, choice: EvaluateChoice) -> None:
        """Take one of those that are offered, and tell of it."""
        self._chosen, self._chosen_for = choice, self._model
        self._show_chosen()
        self.data_chosen.emit(choice)

    def clear_choices(self) -> None:
        """There is no model to choose data for."""
        self._choices, self._chosen = (), None
        with QSignalBlocker(self):
            self.clear()
        self.setEnabled(False)
        self.setToolTip(self.tr("There is no model yet"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows go through what can be read; to the Data page leads only the list, where it is written."""
        step = ARROW_STEPS.get(event.key())
        if step is None or event.modifiers() & Qt.KeyboardModifier.AltModifier:
            super().keyPressEvent(event)
            return
        row = self.currentIndex() + step
        if 0 <= row < len(self._choices) and self._choices[row].can_be_read:
            self.choose(self._choices[row])

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel changes nothing: an evaluation may take a while."""
        event.ignore()

    def _fill(self, card: ModelCard) -> None:
        self._model = card.name
        self.setEnabled(True)
        with QSignalBlocker(self):
            self.clear()
            for row, choice in enumerate(self._choices):
                self.addItem(self._text(choice))
                self.setItemData(row, self._tip(choice, card), Qt.ItemDataRole.ToolTipRole)
                if not choice.fits:
                    self._disable(row)
            self._paint_rows()
            self._show_chosen()
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + POPUP_EXTRA)

    def _text(self, choice: EvaluateChoice) -> str:
        edition = f"{choice.title}, {self.tr(choice.variant.value)}"
        text = self.tr("{edition}: {count:,} test").format(edition=edition, count=choice.tests)
        if not choice.fits:
            return self.tr("{data}: other classes").format(data=text)
        if not choice.is_here:
            return self.tr("{data}: get it…").format(data=text)
        return f"⚠ {text}" if choice.was_seen else text

    def _tip(self, choice: EvaluateChoice, card: ModelCard) -> str:
        if not choice.fits and choice.dataset == card.dataset:
            words = self.tr("The classes of {data} have changed since '{model}' was trained; train it again.")
            return words.format(data=choice.title, model=card.name)
        if not choice.fits:
            words = self.tr("'{model}' was trained on {own}; it does not know the classes of {other}.")
            return words.format(model=card.name, own=card.dataset_title, other=choice.title)
        if not choice.is_here:
            return self.tr("Not on this computer yet; choosing it opens the Data page")
        if choice.was_seen:
            return self.tr("The model was trained on these pictures, so its accuracy would look too good")
        return self.tr("{count:,} test pictures that the model has not seen").format(count=choice.tests)

    def _disable(self, row: int) -> None:
        model: Any = self.model()
        assert isinstance(model, QStandardItemModel)
        model.item(row).setEnabled(False)

    def _show_chosen(self) -> None:
        self.setCurrentIndex(self._choices.index(self._chosen) if self._chosen else -1)
        self.setPlaceholderText(self.tr("No data here fits"))
        self.setToolTip(self.itemData(self.currentIndex(), Qt.ItemDataRole.ToolTipRole) or "")

    def _paint_rows(self) -> None:
        muted = QColor(theme.colours().muted)
        for row, choice in enumerate(self._choices):
            if not choice.can_be_read:
                self.setItemData(row, muted, Qt.ItemDataRole.ForegroundRole)

    @Slot()
    def _on_colours_changed(self) -> None:
        self._paint_rows()

    @Slot(int)
    def _on_activated(self, row: int) -> None:
        choice = self._choices[row]
        if not choice.is_here:
            self._show_chosen()
            Navigator.of(self).show("data")
        elif choice != self._chosen:
            self.choose(choice)


# Choosing the model that is evaluated.


class EvaluateModelBox(ElidedBox):
    """Lists each model with data, accuracy and date, and shows the chosen one in short."""

    model_chosen = Signal(object)  # StoredModel

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("evaluate_model")
        self.setAccessibleName(self.tr("Model"))
        self.setMinimumContentsLength(1)
        self.setPlaceholderText(self.tr("No model yet"))
        self._models: dict[str, StoredModel] = {}
        self._chosen: StoredModel | None = None
        self.activated.connect(self._on_activated)

    @property
    def chosen(self) -> StoredModel | None:
        """The model to evaluate, None if there is none at all."""
        return self._chosen

    def set_models(self, models: Sequence[StoredModel], chosen: str) -> None:
        """Offer `models`; the one named `chosen` is chosen, or else the first."""
        self._models = {str(model.folder): model for model in models}
        named = [model for model in models if model.card.name == chosen]
        self._chosen = next(iter((*named, *models)), None)
        with QSignalBlocker(self):
            self.clear()
            for title, members in model_groups(models):
                self._add_heading(title)
                for model in members:
                    self.addItem(model.card.summary, str(model.folder))
                    self.setItemData(self.count() - 1, _tip(model), Qt.ItemDataRole.ToolTipRole)
                self.insertSeparator(self.count())
            self.addItem(manage_words(), MANAGE)
            self._show_chosen()
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + POPUP_EXTRA)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows go through the models; to the Models page leads only the list, where it is written."""
        step = ARROW_STEPS.get(event.key())
        if step is None or event.modifiers() & Qt.KeyboardModifier.AltModifier:
            super().keyPressEvent(event)
            return
        row = self.currentIndex() + step
        while 0 <= row < self.count() and self.itemData(row) not in self._models:
            row += step
        if 0 <= row < self.count():
            self._on_activated(row)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel changes nothing: an evaluation may take a while."""
        event.ignore()

    def text_in_short(self) -> str:
        """The title and how well it does; the list has the rest."""
        card = self._chosen.card if self._chosen else None
        return f"{card.title} · {card.metrics.test_accuracy_text}" if card else self.currentText()

    def _add_heading(self, title: str) -> None:
        self.addItem(title)
        model: Any = self.model()
        assert isinstance(model, QStandardItemModel)
        model.item(self.count() - 1).setEnabled(False)

    def _show_chosen(self) -> None:
        model = self._chosen
        self.setCurrentIndex(self.findData(str(model.folder)) if model else -1)
        self.setToolTip(_tip(model) if model else self.tr("Train a network first: it will be listed here"))

    @Slot(int)
    def _on_activated(self, row: int) -> None:
        if self.itemData(row) == MANAGE:
            self._show_chosen()
            Navigator.of(self).show_model(self._chosen.card.name if self._chosen else "")
        model = self._models.get(self.itemData(row))
        if model is not None and model is not self._chosen:
            self._chosen = model
            self._show_chosen()
            self.model_chosen.emit(model)


def _tip(model: StoredModel) -> str:
    return f"{model.card.title}\n{model.card.summary}"

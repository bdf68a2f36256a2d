"""Choosing a model, or the data that a run can use."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QColor
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from app.core.datasets.registry import DATASETS
from app.core.datasets.sources import DataAvailability, available, own_names
from app.core.datasets.types import DatasetSpec, Variant, data_text
from app.core.errors import StudioError
from app.core.models.store import StoredModel
from app.ui import theme
from app.ui.common.dialogs import give_menu
from app.ui.common.navigator import Navigator
from app.ui.common.text import ElidedBox

# The models as a menu: the user's own, those that ship with the program, and the way to the Models page.

translate = QCoreApplication.translate

MANAGE = "manage"
"""The object name of the entry that leads to the Models page."""


def model_groups(models: Sequence[StoredModel]) -> list[tuple[str, list[StoredModel]]]:
    """The models under their headings; no heading without a model."""
    groups = (
        (translate("model_menu", "Yours"), [model for model in models if not model.bundled]),
        (translate("model_menu", "Shipped with the program"), [model for model in models if model.bundled]),
    )
    return [(title, members) for title, members in groups if members]


def manage_words() -> str:
    """What leads to the Models page."""
    return translate("model_menu", "Models…")


def fill_model_menu(menu: QMenu, models: Sequence[StoredModel], add: Callable[[StoredModel], QAction]) -> QAction:
    """Empty the menu and fill it anew; `add` makes the entry of a model. Returns the one for the Models page."""
    menu.clear()
    for title, members in model_groups(models):
        heading = menu.addAction(title)
        heading.setEnabled(False)
        for model in members:
            menu.addAction(add(model))
        menu.addSeparator()
    manage = menu.addAction(manage_words())
    manage.setObjectName(MANAGE)
    return manage


_WIDEST_TITLE = 420


def suited_models(models: Sequence[StoredModel], preprocessing: str, class_names: tuple[str, ...]) -> tuple[str, ...]:
    """The names of the models for pictures prepared so: of those that know just these classes, or else of all."""
    fitting = [model.card for model in models if model.card.preprocessing == preprocessing]
    knowing = [card for card in fitting if card.class_names == class_names]
    return tuple(card.name for card in knowing or fitting)


class ModelChooser(QToolButton):
    """A button that shows the chosen model in short and lists all with data, accuracy and date."""

    model_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._models: tuple[StoredModel, ...] = ()
        self._chosen: StoredModel | None = None
        self._menu = QMenu(self)
        self._group = QActionGroup(self)
        self._group.triggered.connect(self._on_triggered)
        give_menu(self, self._menu)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setAccessibleName(self.tr("Model"))
        self._show_choice()

    @property
    def chosen(self) -> StoredModel | None:
        """The model in use, or None if there is none at all."""
        return self._chosen

    @property
    def models(self) -> tuple[StoredModel, ...]:
        """All that can be chosen."""
        return self._models

    def set_models(self, models: Sequence[StoredModel], chosen: str) -> None:
        """Offer `models`; the one named `chosen` is in use, or else the first."""
        self._models = tuple(models)
        self._chosen = next((model for model in models if model.card.name == chosen), None)
        if self._chosen is None and self._models:
            self._chosen = self._models[0]
        self._fill_menu()
        self._show_choice()

    def _fill_menu(self) -> None:
        for action in self._group.actions():
            self._group.removeAction(action)
        manage = fill_model_menu(self._menu, self._models, self._entry)
        manage.triggered.connect(self._on_manage)

    def _entry(self, model: StoredModel) -> QAction:
        action = QAction(model.card.summary, self._group)
        action.setData(model.card.name)
        action.setCheckable(True)
        action.setChecked(model is self._chosen)
        return action

    def _show_choice(self) -> None:
        if self._chosen is None:
            self.setText(self.tr("No model yet"))
            self.setToolTip(self.tr("Train a network first: it will be listed here"))
            return
        card = self._chosen.card
        self.setText(f"{self._short(card.title)} · {card.metrics.test_accuracy_text}")
        self.setToolTip(self.tr("Model in use: {summary}").format(summary=card.summary))

    def _short(self, title: str) -> str:
        """A title that leaves room for the window's own; "&" would be a key."""
        fitting = self.fontMetrics().elidedText(title, Qt.TextElideMode.ElideMiddle, _WIDEST_TITLE)
        return fitting.replace("&", "&&")

    @Slot()
    def _on_manage(self) -> None:
        Navigator.of(self).show_model(self._chosen.card.name if self._chosen else "")

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        self._chosen = next(model for model in self._models if model.card.name == action.data())
        self._show_choice()
        self.model_chosen.emit(self._chosen)


# The data a run can use: every edition of every set, here or still to be fetched. Knows no Qt.


@dataclass(frozen=True)
class DataChoice:
    """One edition of a set. `dataset` and `data` are the config's fields; `is_here` tells whether it can be used."""

    dataset: str
    data: str
    title: str
    variant: Variant
    counts: tuple[int, int]
    is_here: bool
    validation_count: int = 0

    @property
    def text(self) -> str:
        """The edition and its pictures, as everywhere."""
        (train, test), held = self.counts, self.validation_count
        return data_text(self.title, self.variant, train - held, test, held)


def data_choices() -> tuple[DataChoice, ...]:
    """The published sets in their order, then the user's own; a set with a damaged card is left out."""
    choices: list[DataChoice] = []
    for name in (*DATASETS, *(own for own in own_names() if own not in DATASETS)):
        try:
            choices += _editions(available(name))
        except StudioError:
            continue
    return tuple(choices)


def _editions(found: DataAvailability) -> list[DataChoice]:
    return [_choice(found, variant, counts) for variant, counts in found.counts.items()]


def _choice(found: DataAvailability, variant: Variant, counts: tuple[int, int]) -> DataChoice:
    is_starter = variant is Variant.STARTER
    return DataChoice(
        dataset=found.name,
        data=Variant.STARTER if is_starter else Variant.FULL,
        title=found.title,
        variant=variant,
        counts=counts,
        is_here=found.starter if is_starter else found.full_at is not None,
        validation_count=found.validation_count,
    )


# What a card says about a data set. Knows no Qt.


@dataclass(frozen=True)
class SetSummary:
    """What a card says. `spec` is None for an own set; `problem` is why it cannot be used, a sentence or empty."""

    name: str
    title: str
    spec: DatasetSpec | None
    class_names: tuple[str, ...]
    starter: tuple[int, int] | None
    counts: tuple[int, int]
    full_at: Path | None
    problem: str = ""
    validation_count: int = 0


def summarise(name: str, specs: Mapping[str, DatasetSpec]) -> SetSummary:
    """Look up what is there of the set `name`. Opens no picture, takes about a millisecond."""
    spec = specs.get(name)
    try:
        found = available(name, specs)
    except StudioError as error:
        return SetSummary(name, name, spec, (), None, (0, 0), None, str(error))
    starter = found.counts.get(Variant.STARTER) if found.starter else None
    counts = next(found.counts[variant] for variant in found.counts if variant is not Variant.STARTER)
    return SetSummary(
        name, found.title, spec, found.class_names, starter, counts, found.full_at, "", found.validation_count
    )


ARROW_STEPS: dict[int, int] = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
"""How the arrow keys go through a closed list."""
POPUP_EXTRA = 24
"""The list is as wide as its longest line and a scroll bar, however narrow the box is."""


class DataBox(ElidedBox):
    """The data of this computer, and the way to data that is not here yet."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("data")
        self.setAccessibleName(self.tr("Data"))
        self.setMinimumContentsLength(1)
        self._chosen: tuple[str, str] = ("", "")
        self.refresh()
        self.activated.connect(self._on_activated)

    @property
    def chosen(self) -> tuple[str, str]:
        """The config's `dataset` and `data`."""
        return self._chosen

    @property
    def class_count(self) -> int:
        """How many classes the chosen data has."""
        return len(summarise(self._chosen[0], DATASETS).class_names)

    def text_in_short(self) -> str:
        """The edition; how many pictures it has is in the list, and in the tooltip."""
        row = self.currentIndex()
        if not 0 <= row < len(self._choices):
            return self.currentText()
        return f"{self._choices[row].title}, {self.tr(self._choices[row].variant.value)}"

    def refresh(self) -> None:
        """Look again at what is on this computer."""
        with QSignalBlocker(self):
            self.clear()
            self._choices = data_choices()
            for choice in self._choices:
                self.addItem(self._text(choice))
                if not choice.is_here:
                    self.setItemData(self.count() - 1, QColor(theme.colours().muted), Qt.ItemDataRole.ForegroundRole)
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + POPUP_EXTRA)
        self.choose(*self._chosen)

    def choose(self, dataset: str, data: str) -> None:
        """Select an edition; one that is not here gives way to the first of the set that is."""
        here = [choice for choice in self._choices if choice.is_here]
        same_set = [choice for choice in here if choice.dataset == dataset]
        exact = [choice for choice in same_set if choice.data == data]
        for choice in (exact or same_set or here)[:1]:
            self._chosen = choice.dataset, choice.data
            self.setCurrentIndex(self._choices.index(choice))

    def _text(self, choice: DataChoice) -> str:
        return choice.text if choice.is_here else self.tr("{data}: get it…").format(data=choice.text)

    @Slot(int)
    def _on_activated(self, row: int) -> None:
        choice = self._choices[row]
        if choice.is_here:
            self.choose(choice.dataset, choice.data)
        else:
            self.choose(*self._chosen)
            Navigator.of(self).show("data")

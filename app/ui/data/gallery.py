"""Pictures of a set, so that a user sees what a network learns from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QComboBox, QWidget

from app.ui.common import build
from app.ui.common.containers import Card
from app.ui.common.jobs import Failed
from app.ui.common.navigator import Navigator
from app.ui.common.picture_grid import ExampleChosen, PictureGrid
from app.ui.common.text import ElidedBox
from app.ui.data.worker import Outcome, PicturesLoaded, PicturesRequest

_FEWEST_LETTERS = 12, 8
"""Of an edition and of a class that can be seen even in a small window."""
_SMALLEST_WIDTH = 96
"""Pixels of the choice of an edition, in a small window whose words are wide."""


@dataclass(frozen=True)
class GalleryChoice:
    """An edition of a set that can be looked at; `name` and `data` are what `load_dataset` takes."""

    name: str
    data: str
    title: str
    class_names: tuple[str, ...]


class Gallery(Card):
    """25 random training pictures of the chosen edition and class. Asks for them, one request at a time."""

    pictures_wanted = Signal(object)  # PicturesRequest

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Training pictures"), parent)
        self._choices: tuple[GalleryChoice, ...] = ()
        self._wanted: PicturesRequest | None = None
        self._under_way: PicturesRequest | None = None
        self._shown: PicturesLoaded | None = None
        self._is_active = False
        self._editions = self._combo("gallery_edition", self.tr("Data set and edition"), _FEWEST_LETTERS[0])
        self._classes = self._combo("gallery_class", self.tr("Class"), _FEWEST_LETTERS[1])
        self._grid = PictureGrid()
        self._state = build.label(name="gallery_state", wraps=True, fills=True, selectable=True)
        self._retry = build.button(self.tr("Try again"), name="gallery_retry", clicked=self._on_retry_clicked)
        self._others = build.button(self.tr("Show others"), name="gallery_others", clicked=self._on_others_clicked)
        self._lay_out()
        self._editions.currentIndexChanged.connect(self._on_edition_chosen)
        self._classes.currentIndexChanged.connect(self._on_class_chosen)
        self._grid.example_clicked.connect(self._on_example_clicked)
        self._show_state("")

    @property
    def grid(self) -> PictureGrid:
        """Where the pictures are."""
        return self._grid

    def set_choices(self, choices: Sequence[GalleryChoice], chosen: GalleryChoice | None = None) -> None:
        """Offer `choices`; what was chosen stays chosen unless `chosen` is given."""
        before = self._current()
        self._choices = tuple(choices)
        with QSignalBlocker(self._editions):
            self._editions.clear()
            for choice in self._choices:
                self._editions.addItem(choice.title)
            wanted = chosen or before
            self._editions.setCurrentIndex(self._choices.index(wanted) if wanted in self._choices else 0)
        if self._current() != before:
            self._on_edition_chosen()

    def activate(self) -> None:
        """Load the pictures now, because they are about to be seen. Only the first call matters."""
        if not self._is_active:
            self._is_active = True
            self._ask()

    def take(self, outcome: Outcome) -> None:
        """Show what came of the request under way, unless something else is wanted by now."""
        self._under_way = None
        if outcome.request != self._wanted:
            self._ask()
        elif isinstance(outcome, PicturesLoaded):
            self._shown = outcome
            self._grid.show_pictures(outcome.images, outcome.captions)
            self._show_count(len(outcome.captions), outcome.total)
        elif isinstance(outcome, Failed):
            self._grid.show_message("")
            self._show_state(outcome.message, is_error=True)

    def _current(self) -> GalleryChoice | None:
        index = self._editions.currentIndex()
        return self._choices[index] if 0 <= index < len(self._choices) else None

    def _want(self, request: PicturesRequest) -> None:
        self._wanted = request
        if self._is_active:
            self._ask()

    def _ask(self) -> None:
        if self._wanted is None or self._under_way is not None:
            return
        self._under_way = self._wanted
        if not self._grid.captions:
            self._grid.show_message(self.tr("Loading the pictures…"))
        self._show_state(self.tr("Loading…"))
        self.pictures_wanted.emit(self._under_way)

    def _show_count(self, shown: int, total: int) -> None:
        words = self.tr("{shown} of {total} training pictures; click one to open it in Recognize")
        self._show_state(words.format(shown=shown, total=f"{total:,}"))
        self._others.setEnabled(shown < total)
        pick, none = self.tr("Pick 25 other pictures at random"), self.tr("All pictures of this choice are shown")
        self._others.setToolTip(pick if shown < total else none)

    def _show_state(self, text: str, is_error: bool = False) -> None:
        self._state.setText(text)
        self._state.setProperty("role", "error" if is_error else "muted")
        self._state.style().polish(self._state)
        self._retry.setVisible(is_error)
        self._others.setVisible(not is_error)

    def _combo(self, name: str, words: str, letters: int) -> QComboBox:
        combo = build.named(ElidedBox(), name, says=words, tip=words)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        combo.setMinimumContentsLength(letters)
        return combo

    def _lay_out(self) -> None:
        self._editions.setMinimumWidth(_SMALLEST_WIDTH)
        self.header.addWidget(self._editions)
        self.header.addWidget(self._classes)
        self.body.addWidget(self._grid, 1)
        self.body.addLayout(build.row((self._state, 1), self._retry, self._others))

    @Slot()
    def _on_edition_chosen(self) -> None:
        choice = self._current()
        with QSignalBlocker(self._classes):
            self._classes.clear()
            self._classes.addItem(self.tr("All classes"), None)
            for label, name in enumerate(choice.class_names if choice else ()):
                self._classes.addItem(name, label)
        if choice is not None:
            self._want(PicturesRequest(choice.name, choice.data))

    @Slot()
    def _on_class_chosen(self) -> None:
        if self._wanted is not None:
            self._want(replace(self._wanted, label=self._classes.currentData()))

    @Slot()
    def _on_others_clicked(self) -> None:
        if self._wanted is not None:
            self._want(replace(self._wanted, seed=self._wanted.seed + 1))

    @Slot(int)
    def _on_example_clicked(self, number: int) -> None:
        if (shown := self._shown) is not None:
            Navigator.of(self).open_example(
                ExampleChosen(
                    shown.images[number],
                    shown.preprocessing,
                    class_names=shown.class_names,
                    true=shown.captions[number],
                )
            )

    @Slot()
    def _on_retry_clicked(self) -> None:
        self._ask()

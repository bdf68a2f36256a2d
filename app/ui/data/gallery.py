"""Pictures of a set, so that a user sees what a network learns from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSignalBlocker, Slot
from PySide6.QtWidgets import QComboBox, QWidget

from app.core.datasets.registry import DATASETS
from app.core.datasets.sources import load_dataset
from app.core.datasets.types import Dataset, DatasetSpec
from app.ui.common import build
from app.ui.common.containers import Card
from app.ui.common.navigator import Navigator
from app.ui.common.picture_grid import ExampleChosen, PictureGrid
from app.ui.common.tasks import Tasks
from app.ui.common.text import ElidedBox

_MOST = 25
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


@dataclass(frozen=True)
class PickedImages:
    """Training images (n, 28, 28) uint8, ink = 255, and the name of each one's class; picked from `total`."""

    images: NDArray[np.uint8]
    captions: tuple[str, ...]
    total: int
    preprocessing: str
    class_names: tuple[str, ...] = ()


class ImageSource:
    """Picks images, and keeps the last set it loaded: "Show others" must not read a file again."""

    def __init__(self, specs: Mapping[str, DatasetSpec] = DATASETS) -> None:
        self._specs = specs
        self._key: tuple[str, str] | None = None
        self._dataset: Dataset | None = None

    def pick(self, name: str, data: str, label: int | None, seed: int) -> PickedImages:
        """Some of one class, or of any: all different, the same ones for the same seed."""
        if self._dataset is None or self._key != (name, data):
            self._dataset = self._key = None
            self._dataset = load_dataset(name, data, self._specs)
            self._key = name, data
        train, names = self._dataset.train, self._dataset.class_names
        members = np.arange(len(train)) if label is None else np.flatnonzero(train.labels == label)
        order = np.random.default_rng(seed).permutation(members)[:_MOST]
        captions = tuple(names[each] for each in train.labels[order])
        return PickedImages(train.images[order], captions, len(members), self._dataset.preprocessing, names)


class Gallery(Card):
    """25 random training pictures of the chosen edition and class."""

    def __init__(self, tasks: Tasks, source: ImageSource, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Training pictures"), parent)
        self._tasks, self._source = tasks, source
        self._choices: tuple[GalleryChoice, ...] = ()
        self._shown: PickedImages | None = None
        self._seed, self._is_active = 0, False
        self._editions = self._combo("gallery_edition", self.tr("Data set and edition"), _FEWEST_LETTERS[0])
        self._classes = self._combo("gallery_class", self.tr("Class"), _FEWEST_LETTERS[1])
        self._grid = PictureGrid()
        self._state = build.label(name="gallery_state", wraps=True, fills=True, selectable=True)
        self._retry = build.button(self.tr("Try again"), name="gallery_retry", clicked=self._ask)
        self._others = build.button(self.tr("Show others"), name="gallery_others", clicked=self._on_others_clicked)
        self._lay_out()
        self._editions.currentIndexChanged.connect(self._on_edition_chosen)
        self._classes.currentIndexChanged.connect(self._ask)
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

    def _current(self) -> GalleryChoice | None:
        index = self._editions.currentIndex()
        return self._choices[index] if 0 <= index < len(self._choices) else None

    @Slot()
    def _ask(self) -> None:
        """Load what is wanted now, in place of what was wanted before."""
        choice, label, seed = self._current(), self._classes.currentData(), self._seed
        if choice is None or not self._is_active:
            return
        if not self._grid.captions:
            self._grid.show_message(self.tr("Loading the pictures…"))
        self._show_state(self.tr("Loading…"))
        self._tasks.start(
            lambda _: self._source.pick(choice.name, choice.data, label, seed),
            self._on_picked,
            failed=self._on_failed,
            lane=self,
            newest_only=True,
        )

    def _on_picked(self, picked: PickedImages) -> None:
        self._shown = picked
        self._grid.show_pictures(picked.images, picked.captions)
        self._show_count(len(picked.captions), picked.total)

    def _on_failed(self, sentence: str) -> None:
        self._grid.show_message("")
        self._show_state(sentence, is_error=True)

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
        self._seed = 0
        self._ask()

    @Slot()
    def _on_others_clicked(self) -> None:
        self._seed += 1
        self._ask()

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

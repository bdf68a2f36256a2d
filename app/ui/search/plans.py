"""What one can search for: what was begun, one's own recipe, and the ready-made plans."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import (
    QWidget,
)

from app.core.config.config import TrainingConfig
from app.core.search.plan import PLANS, ReadyPlan, slots
from app.ui.common.lists import EntryText, HeadedList
from app.ui.search.text import recipe_title, trials_text

if TYPE_CHECKING:
    from app.core.search.study import KnownStudy


@dataclass(frozen=True)
class Entry:
    """A line of the list. `what` is the config to vary, a ready-made plan, or a study that was begun."""

    title: str
    caption: str
    note: str
    what: "TrainingConfig | ReadyPlan | KnownStudy"

    @property
    def key(self) -> str:
        """What stays the same when the list is written anew."""
        return f"{type(self.what).__name__} {self.title}"


class SearchPlans(HeadedList):
    """One entry is always chosen, by mouse or arrow keys."""

    chosen = Signal(object)  # Entry

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("What to try"), parent)
        self.entries: list[Entry] = []
        """All that can be chosen."""
        self.selectionModel().currentChanged.connect(self._on_current_changed)

    def text_of(self, entry: Entry) -> EntryText:
        return EntryText(entry.title, entry.note, entry.caption, tip=entry.caption)

    @property
    def entry(self) -> Entry | None:
        """The chosen one."""
        chosen: Entry | None = self.current
        return chosen

    def show_entries(self, config: TrainingConfig, studies: "Sequence[KnownStudy]") -> None:
        """List them all: first what can go on. What was chosen stays so; at first it is one's own recipe."""
        before = self.entry
        own = Entry(self.tr("Vary this recipe"), recipe_title(config.recipe), "", config)
        with QSignalBlocker(self):
            self.clear_entries()
            self.entries.clear()
            self._add(self.tr("Go on"), [self._study(study) for study in studies if not study.is_over])
            self._add(self.tr("From the Train page"), [own])
            self._add(self.tr("Ready-made"), [self._ready(plan) for plan in PLANS])
            self._add(self.tr("Finished searches"), [self._study(study) for study in studies if study.is_over])
            keys = {each.key for each in self.entries}
            self.choose(before.key if before and before.key in keys else own.key)
        if self.entry != before:  # else somebody may be writing into its form
            self._on_current_changed()

    def choose(self, key: str) -> None:
        """Choose the entry with that key."""
        for entry in self.entries:
            if entry.key == key:
                self.go_to(entry)

    def _add(self, heading: str, entries: Sequence[Entry]) -> None:
        if entries:
            self.add_entries(heading, entries)
            self.entries += entries

    def _ready(self, ready: ReadyPlan) -> Entry:
        return Entry(self.tr(ready.title), self.tr(ready.explanation), trials_text(len(slots(ready.make()))), ready)

    def _study(self, study: "KnownStudy") -> Entry:
        recipes = dict.fromkeys(base.recipe for base in study.plan.bases)
        caption = recipe_title(next(iter(recipes))) if len(recipes) == 1 else self.tr("several recipes")
        words = self.tr("{done} of {total}").format(done=study.done, total=study.total)
        return Entry(study.plan.name, caption, trials_text(study.total) if study.is_over else words, study)

    @Slot()
    def _on_current_changed(self) -> None:
        if self.entry is not None:
            self.chosen.emit(self.entry)

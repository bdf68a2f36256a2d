"""What a person changes about runs: shown at once, written by the feed's thread. Deleting can be undone."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from app.core.training.comparison import retagged
from app.core.training.history.labels import clean_name, clean_note, clean_tags
from app.core.training.history.records import RunRecord
from app.core.training.history.store import RunHistory
from app.ui.widgets.runs_model import RunEdit
from app.ui.workers.history_feed import HistoryFeed


class RunsChanges:
    """Every method raises InputError for what cannot be a name, a note or a tag."""

    def __init__(self, feed: HistoryFeed) -> None:
        self._feed = feed
        self._deleted: list[list[int]] = []

    @property
    def deleted_last(self) -> Sequence[int]:
        """What `undo` would bring back."""
        return self._deleted[-1] if self._deleted else ()

    def apply(self, edit: RunEdit) -> None:
        """What was written into a cell."""
        run = self._feed.runs.by_id.get(edit.run)
        if run is None:  # it was deleted meanwhile
            return
        match edit.column:
            case "name":
                self._rename(run, edit.text)
            case "note":
                self._set_note(run, edit.text)
            case "tags":
                self._set_tags([run], {run.id: clean_tags(edit.text.split(","))})

    def replace_shared_tags(self, runs: Sequence[RunRecord], text: str) -> None:
        """Put the tags in `text` in place of those that all the runs have."""
        now = [self._feed.runs.by_id[run.id] for run in runs if run.id in self._feed.runs.by_id]
        self._set_tags(now, retagged(now, clean_tags(text.split(","))))

    def delete(self, runs: Sequence[int]) -> None:
        """Hide runs until `undo`."""
        gone = list(runs)
        self._deleted.append(gone)
        self._feed.change(self._feed.runs.without(gone), lambda history: history.delete(gone))

    def undo(self) -> Sequence[int]:
        """Bring back what was deleted last; returns its numbers."""
        if not self._deleted:
            return ()
        back = self._deleted.pop()
        self._feed.change(self._feed.runs, lambda history: history.restore(back))
        return back

    def _rename(self, run: RunRecord, text: str) -> None:
        name = clean_name(text)
        self._change([replace(run, name=name or run.recipe)], lambda history: history.rename(run.id, name))

    def _set_note(self, run: RunRecord, text: str) -> None:
        note = clean_note(text)
        self._change([replace(run, note=note)], lambda history: history.set_note(run.id, note))

    def _set_tags(self, runs: Sequence[RunRecord], tags: dict[int, tuple[str, ...]]) -> None:
        def write(history: RunHistory) -> None:
            for run, words in tags.items():
                history.set_tags([run], words)

        self._change([replace(run, tags=tags[run.id]) for run in runs], write)

    def _change(self, runs: Sequence[RunRecord], write: Callable[[RunHistory], Any]) -> None:
        self._feed.change(self._feed.runs.with_runs(runs), write)

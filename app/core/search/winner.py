"""The model of a search's best trial: kept beside the studies while trials come and go, until somebody wants it.

A trial that is better than all that are over keeps its model before it is counted as done; those that are beaten lose
theirs. So whenever a worker or the program dies, the best trial that is done has its model, if it was trained here.
"""

import hashlib
import re
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from app.core.errors import InputError, StudioError
from app.core.file_writing import put_in_place, unfinished
from app.core.models.card import Calibration, ModelCard
from app.core.models.store import StoredModel, fill_folder, find_model, free_name, free_title, read_card, take_in
from app.core.paths import user_dir
from app.core.recipes.changes import value_text
from app.core.runs.events import ModelSaved
from app.core.runs.history import RunHistory
from app.core.runs.records import RunRecord
from app.core.search.plan import SearchPlan, slots
from app.core.search.space import trial_name
from app.core.search.status import TrialStatus, best_of

_LONGEST_STEM = 56
"""Room for a number is left of the 60 letters that the name of a model may have."""

_NOT_IN_NAMES = re.compile(r"[^\w.]+", re.ASCII)


class Winners:
    """Kept models of one study. `url` is that of its storage: another one may have a study of the same name."""

    def __init__(self, url: str, plan: SearchPlan) -> None:
        self._plan = plan
        digest = hashlib.sha256(f"{url}\n{plan.name}".encode()).hexdigest()
        self._home = user_dir() / "search-models" / digest[:16]

    def keep(self, trial: int, card: ModelCard, write: Callable[[Path], Calibration | None]) -> None:
        """Keep a trial's model; `write` is as `add_model` takes it. Raises StudioError when the disk refuses."""
        try:
            self._home.mkdir(parents=True, exist_ok=True)
            with unfinished(self._home) as folder:
                folder.mkdir()
                fill_folder(folder, card, write)
                put_in_place(folder, self._folder(trial), replace=True)  # of a worker that died before it was counted
        except OSError as error:
            raise StudioError(f"The model could not be kept in {self._home}: {error.strerror or error}.") from None

    def forget_beaten(self, trials: Sequence[TrialStatus]) -> None:
        """Remove the models of trials that are over and not the best."""
        best = best_of(trials, self._plan.maximizes)
        for trial in trials:
            if trial.state.is_over and trial is not best:
                shutil.rmtree(self._folder(trial.number), ignore_errors=True)

    def has(self, trial: TrialStatus) -> bool:
        """Tell whether `publish` has a model of that trial to give."""
        return self._folder(trial.number).is_dir() or self._published(trial) is not None

    def publish(self, trial: TrialStatus) -> StoredModel:
        """Put a trial's model among the user's own, once; its run then tells of it.

        Raises InputError if it is not on this computer, StudioError if the disk refuses.
        """
        folder = self._folder(trial.number)
        if not folder.is_dir():
            known = self._published(trial)
            if known is None:
                raise InputError(f"The model of trial {trial.number} is not on this computer; train it again.")
            return known
        card = read_card(folder)
        config = self._plan.config(trial.base, trial.changes)
        values = [value_text(value) for value in trial.changes.values()] or [config.recipe]
        stem = "-".join(_NOT_IN_NAMES.sub("-", part).strip("-.") for part in (self._plan.name, *values))
        name = free_name(stem[:_LONGEST_STEM].strip("-. ") or config.recipe)
        what = trial_name(config, trial.changes)
        won = f"{config.recipe} ({what})" if trial.changes else what
        title = free_title(f"{won}, best of {len(slots(self._plan))}")
        description = f"Trial {trial.number} of the search {self._plan.name}, the best of its trials."
        told = {"name": name, "title": title, "description": description}
        saved = take_in(folder, card.model_copy(update=told))
        if (run := self._run(trial)) is not None:
            metrics = card.metrics
            event = ModelSaved(name, metrics.test_loss, metrics.test_accuracy, metrics.test_samples)
            RunHistory().saved(run.id, event)
        return saved

    def _published(self, trial: TrialStatus) -> StoredModel | None:
        with suppress(StudioError):
            if (run := self._run(trial)) is not None and run.model:
                return find_model(run.model)
        return None

    def _run(self, trial: TrialStatus) -> RunRecord | None:
        """The run of a trial, if the history still has it."""
        with suppress(InputError):
            if trial.report is not None and trial.report.run is not None:
                return RunHistory().run_of_trial(trial.report.run, self._plan.name, trial.number)
        return None

    def _folder(self, trial: int) -> Path:
        return self._home / str(trial)

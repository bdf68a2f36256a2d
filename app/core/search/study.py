"""`SearchStudy`: a plan's trials in a storage, handed out to workers so that none is lost and none counts twice.

A study is a queue of exactly as many trials as its plan has. Taking one up turns it from waiting to running, in one
step of the database that only one worker can win. A trial whose worker died or was stopped turns back to waiting, under
the same number: whatever is counted, it is counted once.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from socket import gethostname
from typing import Self, cast

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.exceptions import UpdateFinishedTrialError
from optuna.pruners import BasePruner, MedianPruner, NopPruner
from optuna.samplers import BaseSampler, RandomSampler, TPESampler
from optuna.storages import RDBStorage, get_storage
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, Trial, create_trial
from optuna.trial import TrialState as State
from sqlalchemy.engine import make_url

from app.core.config.config import TrainingConfig
from app.core.errors import InputError, translate_errors
from app.core.search.plan import SearchPlan, check_plan, slots
from app.core.search.space import Changes, Choices, Range, Value, is_whole, trial_name
from app.core.search.status import SearchStatus, TrialReport, TrialState, TrialStatus, best_of
from app.core.search.storage import WRONG_VALUES, open_storage, own_storage, reading, translate_storage_errors
from app.core.search.winner import Winners

# How values are chosen: a plan's space and method in Optuna's words.

TRIALS_BEFORE_PRUNING = 5
EPOCHS_BEFORE_PRUNING = 2


def distribution(plan: SearchPlan, dimension: Choices | Range) -> BaseDistribution:
    """The values of one dimension."""
    if isinstance(dimension, Choices):
        return CategoricalDistribution(dimension.values)
    if is_whole(dimension, plan.bases[0]):
        low, high = int(dimension.low), int(dimension.high)
        return IntDistribution(low, high, log=dimension.log, step=int(dimension.step or 1))
    return FloatDistribution(dimension.low, dimension.high, log=dimension.log, step=dimension.step)


def distributions(plan: SearchPlan) -> dict[str, BaseDistribution]:
    """The values of all dimensions, by field."""
    return {dimension.field: distribution(plan, dimension) for dimension in plan.space}


def choose(plan: SearchPlan, trial: Trial) -> Changes:
    """The values of a trial: those it was given, else what the sampler chooses now."""
    return {field: _choose(trial, field, values) for field, values in distributions(plan).items()}


def _choose(trial: Trial, field: str, values: BaseDistribution) -> Value:
    match values:
        case IntDistribution():
            return trial.suggest_int(field, values.low, values.high, log=values.log, step=values.step)
        case FloatDistribution():
            return trial.suggest_float(field, values.low, values.high, log=values.log, step=values.step)
        case CategoricalDistribution():
            return cast(Value, trial.suggest_categorical(field, values.choices))
    raise AssertionError(values)


def sampler(plan: SearchPlan, number: int) -> BaseSampler:
    """Chooses the values of trial `number`: the same ones again for the same seed and the same past."""
    seed = (plan.seed + number) % 2**32
    return TPESampler(seed=seed) if plan.method == "tpe" else RandomSampler(seed=seed)


def pruner(plan: SearchPlan) -> BasePruner:
    """Tells when a trial is not worth going on with."""
    if not plan.pruning:
        return NopPruner()
    return MedianPruner(n_startup_trials=TRIALS_BEFORE_PRUNING, n_warmup_steps=EPOCHS_BEFORE_PRUNING)


MOST_DEATHS = 3
"""A trial whose workers died so often is given up: it may be what kills them."""

_STATES = {
    State.WAITING: TrialState.WAITING,
    State.RUNNING: TrialState.RUNNING,
    State.COMPLETE: TrialState.DONE,
    State.PRUNED: TrialState.PRUNED,
    State.FAIL: TrialState.FAILED,
}
_PLAN, _SLOT, _BASE, _REPORT, _DEATHS = "plan", "slot", "base", "report", "deaths"


class TrialLost(Exception):  # noqa: N818 - not an error
    """Another worker has the trial by now: this one seemed to be dead."""


@dataclass(frozen=True)
class TakenTrial:
    """A trial that a worker has taken up. `before` is what an earlier worker, that died or was stopped, said of it."""

    number: int
    config: TrainingConfig
    name: str
    worker: str
    before: TrialReport | None


class SearchStudy:
    """One study. Any number of processes may hold it at a time; every method raises StudioError if the storage does."""

    def __init__(self, name: str, url: str, storage: RDBStorage | None = None) -> None:
        """Open a study of the storage at `url`. Raises InputError if there is none of that name."""
        self.name, self._url = name, url
        self._backend = storage or open_storage(url)
        self._storage = get_storage(self._backend)
        with reading(url):
            try:
                self._study = optuna.load_study(study_name=name, storage=self._storage)
                self.plan = SearchPlan.model_validate(self._study.user_attrs[_PLAN])
            except KeyError:
                raise InputError(f"There is no search '{name}' here; start it with: softmax-studio search.") from None
            self._study_id = self._backend.get_study_id_from_name(name)

    @classmethod
    def create(cls, plan: SearchPlan, url: str) -> Self:
        """Begin the study of a plan, or go on with it. Raises InputError if that name belongs to another plan."""
        check_plan(plan)
        storage = open_storage(url)
        with translate_storage_errors(url):
            direction = StudyDirection.MAXIMIZE if plan.maximizes else StudyDirection.MINIMIZE
            new = optuna.create_study(study_name=plan.name, storage=storage, direction=direction, load_if_exists=True)
            if _PLAN not in new.user_attrs:
                new.set_user_attr(_PLAN, plan.model_dump(mode="json"))
        study = cls(plan.name, url, storage)
        if study.plan != plan:
            raise InputError(f"There is another search '{plan.name}' already; choose another name with --study.")
        study._fill()
        return study

    def _fill(self) -> None:
        """Put all trials of the plan into the queue that are not in it yet."""
        with self._translate_errors():
            there = {trial.user_attrs[_SLOT] for trial in self._trials()}
            values = distributions(self.plan)
            for number, slot in enumerate(slots(self.plan)):
                if number not in there:
                    given = {field: values[field] for field in slot.changes}
                    attributes = {_SLOT: number, _BASE: slot.base}
                    self._study.add_trial(
                        create_trial(
                            state=State.WAITING, params=slot.changes, distributions=given, user_attrs=attributes
                        )
                    )

    @property
    def winners(self) -> Winners:
        """The models of its best trials."""
        return Winners(self._url, self.plan)

    def close(self) -> None:
        """Let go of the storage; whatever is asked afterwards connects anew."""
        self._backend.remove_session()
        self._backend.engine.dispose()

    def take(self, worker: str) -> TakenTrial | None:
        """Take up the next trial that waits; None if there is none."""
        with self._translate_errors():
            for waiting in self._trials(State.WAITING):
                trial_id = self._id(waiting.number)
                with suppress(UpdateFinishedTrialError):
                    if self._backend.set_trial_state_values(trial_id, State.RUNNING):
                        return self._taken(waiting, trial_id, worker)
        return None

    def _taken(self, waiting: FrozenTrial, trial_id: int, worker: str) -> TakenTrial:
        before, host = _report(waiting), gethostname()
        known = before if before is not None and before.host == host else TrialReport(worker=worker, host=host)
        begun = known.model_copy(update={"worker": worker, "beat": 0})  # its epochs stay in sight while it is taken up
        self._backend.set_trial_user_attr(trial_id, _REPORT, begun.model_dump())
        # A study remembers the trials it has shown to its sampler: a fresh one knows all that came out since.
        study = optuna.load_study(
            study_name=self.name, storage=self._storage, sampler=sampler(self.plan, waiting.number)
        )
        changes = choose(self.plan, Trial(study, trial_id))
        config = self.plan.config(waiting.user_attrs[_BASE], changes)
        return TakenTrial(waiting.number, config, trial_name(config, changes), worker, before)

    def report(self, taken: TakenTrial, report: TrialReport, epochs: Sequence[tuple[int, float]] = ()) -> bool:
        """Say how a trial goes, and its objective after epochs (number, value); tells whether it should be pruned.

        Raises TrialLost if another worker has it by now.
        """
        with self._translate_errors():
            self._check_own(taken)
            trial_id = self._id(taken.number)
            for epoch, value in epochs:
                self._backend.set_trial_intermediate_value(trial_id, epoch, value)
            self._backend.set_trial_user_attr(trial_id, _REPORT, report.model_dump())
            if not (self.plan.pruning and epochs):
                return False
            trial = self._backend.get_trial(trial_id)
            trial.intermediate_values = {
                epoch: value for epoch, value in trial.intermediate_values.items() if epoch <= report.epochs_done
            }
            return pruner(self.plan).prune(self._study, trial)

    def would_lead(self, taken: TakenTrial, value: float) -> bool:
        """Tell whether a trial with that value would be the best of those that are done."""
        trials = self.status()
        done = replace(trials[taken.number], state=TrialState.DONE, value=value)
        return best_of([*trials[: taken.number], done, *trials[taken.number + 1 :]], self.plan.maximizes) is done

    def finish(self, taken: TakenTrial, report: TrialReport, state: TrialState, value: float | None) -> None:
        """End a trial for good. Raises TrialLost if another worker has it by now."""
        final = next(known for known, shown in _STATES.items() if shown is state)
        if value is None and state is not TrialState.FAILED:
            value = -math.inf if self.plan.maximizes else math.inf  # a run without validation is never the best one
        with self._translate_errors():
            self._check_own(taken)
            trial_id = self._id(taken.number)
            self._backend.set_trial_user_attr(trial_id, _REPORT, report.model_dump())
            self._backend.set_trial_state_values(trial_id, final, None if value is None else [value])

    def give_back(self, taken: TakenTrial) -> None:
        """Let another worker take up a trial that this one was stopped in."""
        with self._translate_errors():
            self._check_own(taken)
            self._backend.set_trial_state_values(self._id(taken.number), State.WAITING)

    def requeue(self, worker: str, was_killed: bool = False) -> None:
        """Let another worker take up the trial of one that died.

        A trial that several died of is given up, unless it was us who killed them.
        """
        with self._translate_errors():
            for trial in self._trials(State.RUNNING):
                report = _report(trial)
                if report is not None and report.worker == worker:
                    self._requeue(trial, blame=not was_killed)

    def requeue_stale(self, number: int, worker: str, beat: int) -> None:
        """Do so with a trial, unless its worker (or another one) was heard of since that beat."""
        with self._translate_errors():
            for trial in self._trials(State.RUNNING):
                report = _report(trial)
                heard = (report.worker, report.beat) if report is not None else ("", 0)
                if trial.number == number and heard == (worker, beat):
                    self._requeue(trial)

    def _requeue(self, trial: FrozenTrial, blame: bool = True) -> None:
        trial_id = self._id(trial.number)
        deaths = trial.user_attrs.get(_DEATHS, 0) + blame
        with suppress(UpdateFinishedTrialError):
            self._backend.set_trial_user_attr(trial_id, _DEATHS, deaths)
            if deaths < MOST_DEATHS:
                self._backend.set_trial_state_values(trial_id, State.WAITING)
                return
            report = _report(trial) or TrialReport(worker="", host="")
            message = f"Given up: its worker ended {deaths} times without a word; memory may have run out."
            self._backend.set_trial_user_attr(
                trial_id, _REPORT, report.model_copy(update={"message": message}).model_dump()
            )
            self._backend.set_trial_state_values(trial_id, State.FAIL)

    def status(self) -> tuple[TrialStatus, ...]:
        """All trials as they are now."""
        with reading(self._url):
            return tuple(map(self._status, self._trials()))

    def _status(self, trial: FrozenTrial) -> TrialStatus:
        report, base = _report(trial), self.plan.bases[trial.user_attrs[_BASE]]
        changes: Changes = dict(trial.params)
        state = _STATES[trial.state]
        done = report.epochs_done if report else 0
        curve = tuple(value for epoch, value in sorted(trial.intermediate_values.items()) if epoch <= done)
        value = trial.value if trial.state is State.COMPLETE and trial.value is not None else None
        return TrialStatus(
            number=trial.number,
            recipe=base.recipe,
            changes=changes,
            state=state,
            epochs=int(changes.get("epochs", base.epochs)),
            report=report,
            curve=curve,
            value=value if value is not None and math.isfinite(value) else None,
            base=trial.user_attrs[_BASE],
        )

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        lost = translate_errors(UpdateFinishedTrialError, lambda _: TrialLost())
        with translate_storage_errors(self._url), lost:
            yield

    def _check_own(self, taken: TakenTrial) -> None:
        trial = self._backend.get_trial(self._id(taken.number))
        report = _report(trial)
        if trial.state is not State.RUNNING or report is None or report.worker != taken.worker:
            raise TrialLost

    def _trials(self, *states: State) -> list[FrozenTrial]:
        """The trials in one of `states`, or all. Of two that fill the same place the first one counts.

        There are two if two programs began the same search at the same moment; nobody ever takes up the second one.
        """
        first: dict[int, FrozenTrial] = {}
        for trial in self._study.get_trials(deepcopy=False):
            first.setdefault(trial.user_attrs[_SLOT], trial)
        return [trial for trial in first.values() if not states or trial.state in states]

    def _id(self, number: int) -> int:
        return self._backend.get_trial_id_from_study_id_trial_number(self._study_id, number)


def _report(trial: FrozenTrial) -> TrialReport | None:
    said = trial.user_attrs.get(_REPORT)
    return TrialReport.model_validate(said) if said else None


# The studies of a storage: which there are, how far they are, and one of them without taking part in it.


@dataclass(frozen=True)
class KnownStudy:
    """A study that was begun: its plan, and how many of its trials are over."""

    plan: SearchPlan
    total: int
    done: int

    @property
    def is_over(self) -> bool:
        """True if there is nothing left to go on with."""
        return self.done >= self.total


def known_studies(storage: str | None = None) -> tuple[KnownStudy, ...]:
    """All studies of a storage (a URL; without one the user's own), the newest first.

    Those of other versions of the program, whose plans cannot be read, are left out, and damaged ones. Raises
    StudioError if the storage does not answer.
    """
    url = storage or own_storage()
    if not _has_file(url):
        return ()
    backend = open_storage(url)
    with reading(url):
        found = sorted(backend.get_all_studies(), key=lambda study: -study._study_id)
        known = (_known(backend, study.user_attrs, study._study_id) for study in found)
        return tuple(study for study in known if study is not None)


def look_at(name: str, storage: str | None = None) -> tuple[SearchPlan, SearchStatus]:
    """The plan of a study, and how it is now. Raises InputError if there is none of that name."""
    study = SearchStudy(name, storage or own_storage())
    return study.plan, study.plan.status(study.status())


def _known(backend: optuna.storages.RDBStorage, attributes: dict[str, object], study_id: int) -> KnownStudy | None:
    try:
        plan = SearchPlan.model_validate(attributes[_PLAN])
        check_plan(plan)
        trials = backend.get_all_trials(study_id, deepcopy=False)
        done = {trial.user_attrs[_SLOT] for trial in trials if trial.state.is_finished()}
        return KnownStudy(plan, len(slots(plan)), len(done))
    except (*WRONG_VALUES, InputError):
        return None


def _has_file(url: str) -> bool:
    """False for an SQLite file that is not there, which opening it would make."""
    parsed = make_url(url)
    return parsed.get_backend_name() != "sqlite" or (parsed.database is not None and Path(parsed.database).exists())

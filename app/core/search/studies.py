"""The studies of a storage: which there are, how far they are, and one of them without taking part in it."""

from dataclasses import dataclass
from pathlib import Path

import optuna
from pydantic import ValidationError
from sqlalchemy.engine import make_url

from app.core.search.plan import SearchPlan, slots
from app.core.search.status import SearchStatus
from app.core.search.storage import open_storage, own_storage, speaking
from app.core.search.study import SearchStudy


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

    Those of other versions of the program, whose plans cannot be read, are left out. Raises StudioError if the storage
    does not answer.
    """
    url = storage or own_storage()
    if not _has_file(url):
        return ()
    backend = open_storage(url)
    with speaking(url):
        found = sorted(backend.get_all_studies(), key=lambda study: -study._study_id)
        known = (_known(backend, study.user_attrs, study._study_id) for study in found)
        return tuple(study for study in known if study is not None)


def study_plan(name: str, storage: str | None = None) -> SearchPlan:
    """The plan of a study. Raises InputError if there is none of that name."""
    return SearchStudy(name, storage or own_storage()).plan


def study_status(name: str, storage: str | None = None) -> SearchStatus:
    """A study as it is now, without workers of ours. Raises InputError if there is none of that name."""
    study = SearchStudy(name, storage or own_storage())
    return SearchStatus(
        study=study.name, objective=study.plan.objective, maximizes=study.plan.maximizes, trials=study.status()
    )


def _known(backend: optuna.storages.RDBStorage, attributes: dict[str, object], study_id: int) -> KnownStudy | None:
    try:
        plan = SearchPlan.model_validate(attributes["plan"])
    except (KeyError, ValidationError):
        return None
    trials = backend.get_all_trials(study_id, deepcopy=False)
    done = {trial.user_attrs["slot"] for trial in trials if trial.state.is_finished()}
    return KnownStudy(plan, len(slots(plan)), len(done))


def _has_file(url: str) -> bool:
    """False for an SQLite file that is not there, which opening it would make."""
    parsed = make_url(url)
    return parsed.get_backend_name() != "sqlite" or (parsed.database is not None and Path(parsed.database).exists())

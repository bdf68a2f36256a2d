"""What must hold of a user's folder after any kill: everything opens, and nothing half-written stays."""

import sqlite3
from contextlib import closing
from pathlib import Path

from app.core.datasets.samples.sets import find_sample_sets, is_sample_set
from app.core.datasets.samples.store import SampleStore
from app.core.datasets.sources import load_dataset, own_names
from app.core.datasets.types import Variant
from app.core.file_writing import tidy_up
from app.core.models.store import FILES, damaged_models, list_models
from app.core.runs.history import RunHistory
from app.core.runs.records import RunState
from app.core.search.study import known_studies


def check_everything(folder: Path) -> None:
    """As the next start of the program finds it. Raises AssertionError, or whatever cannot be opened raises."""
    tidy_up()
    left = [path.relative_to(folder) for path in folder.rglob("*") if path.name.startswith((".new-", ".old-", "tmp"))]
    assert not left, f"left behind: {left}"
    assert not damaged_models(), damaged_models()
    for model in list_models():
        if not model.bundled:
            for name in FILES:
                assert name == "card.json" or model.is_intact(name), f"{model.card.name} is damaged"
    history = RunHistory()
    for run in history.runs():
        assert run.state is not RunState.RUNNING, f"run {run.id} seems to be going"
        assert [done.epoch for done in history.epochs(run.id)] == list(range(1, run.epochs_done + 1))
    for name in own_names():
        if not is_sample_set(name):
            load_dataset(name, Variant.FULL)
    sets, problems = find_sample_sets()
    assert not problems, problems
    for each in sets:
        store = SampleStore(each.name)
        for sample in store.samples():
            store.original(sample.id)
    known_studies()
    for path in folder.rglob("*.sqlite*"):
        if path.suffix in {".sqlite", ".sqlite3"}:
            with closing(sqlite3.connect(path)) as database:
                assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",), path

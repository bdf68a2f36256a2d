"""The program's own files: the history of runs, sets of samples, checkpoints, and what the window remembers."""

import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import cache
from pathlib import Path
from random import Random

import numpy as np

from tests.fuzz.mutations import ANY_BYTES, ANY_TEXT, NUMBERS, TEXTS, Mutation, in_json, in_zip
from tests.fuzz.reader import Reader

_SMALLEST = 512
"""Bytes of a file of SQLite."""
_LARGE = 3_000_000
"""Bytes of a large value: more of them are tried by the tests, one at a time."""


def in_table(random: Random, content: bytes, seeds: Sequence[bytes]) -> bytes:
    """A cell holds something else, or tables and rows are others, in a file that SQLite finds whole."""
    if len(content) < _SMALLEST:
        return ANY_BYTES(random, content, seeds)
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        try:
            database.deserialize(content)
            database.execute("PRAGMA ignore_check_constraints = ON")
            database.execute("PRAGMA foreign_keys = OFF")
            _change(random, database)
            return database.serialize() or ANY_BYTES(random, content, seeds)
        except (sqlite3.Error, UnicodeError, OverflowError):  # what an earlier mutation has broken
            return ANY_BYTES(random, content, seeds)


def _change(random: Random, database: sqlite3.Connection) -> None:
    names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    own = [name for name in names if not name.startswith("sqlite_")]
    if not own:  # earlier mutations have dropped all
        return
    table = random.choice(own)
    columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
    column = random.choice(columns)
    match random.randrange(20):
        case 0:
            database.execute(f"DROP TABLE {table}")
        case 1:
            database.execute(f"ALTER TABLE {table} RENAME COLUMN {column} TO other")
        case 2:
            database.execute(f"PRAGMA user_version = {random.choice((0, 2, 99, -1, 2**31 - 1))}")
        case 3:
            database.execute(f"DELETE FROM {table}")
        case _:
            database.execute("PRAGMA writable_schema = ON")  # NULL where it may not be
            database.execute("UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '') WHERE type = 'table'")
            database.execute("PRAGMA writable_schema = RESET")
            (count,) = database.execute(f"SELECT count(*) FROM {table}").fetchone()
            which = random.randrange(max(count, 1))  # not SQLite's chance: an input can be made again
            row = database.execute(f"SELECT {column} FROM {table} LIMIT 1 OFFSET {which}").fetchone()
            database.execute(f"UPDATE {table} SET {column} = ?{_which(random, columns)}", (_cell(random, row),))


def _which(random: Random, columns: Sequence[str]) -> str:
    """All rows, or some of them."""
    return "" if random.random() < 0.3 else f" WHERE {columns[0]} % 2 = {random.randrange(2)}"


def _cell(random: Random, row: tuple[object] | None) -> object:
    """What SQLite can hold where something else was expected."""
    old = row[0] if row else None
    match random.randrange(8):
        case 0:
            return None
        case 1:
            value = random.choice(NUMBERS)
            return value if isinstance(value, float) else max(-(2**63), min(value, 2**63 - 1))
        case 2:
            return random.choice(TEXTS).encode("utf-8", "surrogatepass").decode("utf-8", "ignore")
        case 3:
            return random.randbytes(random.choice((0, 1, 16, 784, 785)))
        case 4:
            return random.choice((b"\0", "a", "1")) * random.choice((1000, _LARGE))
        case 5 if isinstance(old, str):
            return in_json(random, old.encode(), (old.encode(),)).decode("utf-8", "ignore")
        case 5 | 6 if isinstance(old, bytes):
            return ANY_BYTES(random, old, (old,))
        case _:
            return random.choice(("9999-12-31T23:59:59-12:00", "now", "[[1]]", "{}", "nan", "running", "stopped", "-1"))


@cache
def history_seed() -> bytes:
    """Runs of several kinds, with epochs and a test."""
    import tempfile

    from app.core.runs.history import RunHistory
    from app.core.runs.rows import RECORD_COLUMNS
    from app.core.runs.schema import EPOCH_COLUMNS, HISTORY_FILE, confusion_json
    from app.core.sqlite import SharedDatabase
    from tests.core.runs.made_runs import made_run

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "runs.sqlite3")
        with SharedDatabase(path, HISTORY_FILE).writing() as database:
            for number in range(1, 5):
                run = made_run(number)
                values = [
                    run.id, run.name, run.recipe, run.dataset, run.data_description, run.data_sha256,
                    run.config_json, run.created.isoformat(), run.state.value, run.message, run.device,
                    run.versions_json, run.parameters, run.epochs_done, run.best_epoch, run.train_s, run.val_s,
                    run.test_s, *([0.5] * 8), run.model, run.note, '["a", "b"]', run.study, run.trial, run.engine,
                    run.train_samples, run.validation_samples, run.test_samples,
                ]  # fmt: skip
                marks = ", ".join("?" * len(values))
                database.execute(f"INSERT INTO runs ({RECORD_COLUMNS}) VALUES ({marks})", values)
                database.execute(
                    "INSERT INTO confusions VALUES (?, ?)", (number, confusion_json(np.eye(10, dtype=np.int64)))
                )
                marks = ", ".join("?" * (1 + len(EPOCH_COLUMNS)))
                for epoch in (1, 2):
                    of_epoch = (number, epoch, *([0.5] * 7), 1, 2.0, 0.5, 3.0)
                    query = f"INSERT INTO epochs (run, {', '.join(EPOCH_COLUMNS)}) VALUES ({marks})"
                    database.execute(query, of_epoch)
        assert len(RunHistory(path).runs()) == 4
        return _whole(path)


def _whole(path: Path) -> bytes:
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = DELETE")
        return database.serialize()


def read_history(path: Path) -> None:
    """As lists and commands tell it: every column of every run, epochs, tables."""
    from app.cli.runs import _about, _facts, _lines
    from app.core.runs.columns import COLUMNS
    from app.core.runs.history import RunHistory
    from app.core.runs.listing import Order, Query, RunList, group_runs, sort_runs
    from app.ui.runs.text import cell_text

    _without_journal(path)
    history = RunHistory(path)
    runs = history.runs()
    listed = RunList(runs)
    for column in COLUMNS.values():
        sort_runs(listed.found(Query()), Order(column.id))
    for column_id in ("recipe", "learning_rate", "layers", "tags"):
        group_runs(runs, column_id)
    listed.found(Query("test_accuracy>0.5"))
    for run in runs:
        "\n".join((*_lines(run), *_about(run))).encode()
        json.dumps(_facts(run), default=str)
        "".join(cell_text(column, run) for column in COLUMNS.values())
        history.epochs(run.id)
        history.confusion(run.id)


@cache
def samples_seed() -> bytes:
    """A set with drawings, pictures and pixels in it."""
    import tempfile

    from app.core.datasets.samples.sets import SAMPLES_NAME, create_sample_set
    from app.core.datasets.samples.store import NewSample, SampleStore
    from app.core.imaging.drawing import Drawing
    from app.core.paths import HOME_VARIABLE, user_data_dir

    before = os.environ.get(HOME_VARIABLE)
    with tempfile.TemporaryDirectory() as folder:
        os.environ[HOME_VARIABLE] = folder
        try:
            name = create_sample_set("Mine").name
            drawings = [Drawing(100, 100, (((30, 20), (50 + number, 80)),), 8) for number in range(6)]
            SampleStore(name).add_all(NewSample(each, number % 3) for number, each in enumerate(drawings))
            return _whole(user_data_dir() / name / SAMPLES_NAME)
        finally:
            if before is None:
                del os.environ[HOME_VARIABLE]
            else:
                os.environ[HOME_VARIABLE] = before


def read_samples(path: Path) -> None:
    """As the window lists and shows them, and a training reads them."""
    from app.core.datasets.samples.sets import find_sample_sets
    from app.core.datasets.samples.store import SampleStore

    folder = path.parent / "home" / "data" / "mine"
    folder.mkdir(parents=True, exist_ok=True)
    path.replace(folder / path.name)
    _without_journal(folder / path.name)
    find_sample_sets()
    store = SampleStore("mine")
    store.set.why_not_alone.encode()
    for sample in store.samples():
        store.original(sample.id)
    store.splits()


def _without_journal(path: Path) -> None:
    for ending in ("-wal", "-shm", "-journal"):
        Path(f"{path}{ending}").unlink(missing_ok=True)


@cache
def checkpoint_seed() -> bytes:
    """Two weights and two epochs."""
    import io

    facts = {
        "random_state": {"bit_generator": "PCG64", "state": {"state": 1, "inc": 2}, "has_uint32": 0, "uinteger": 0},
        "epochs": [
            {"epoch": epoch, "loss": 0.5, "accuracy": 0.5, "val_loss": None, "val_accuracy": None,
             "learning_rate": 0.1, "is_best": True, "epoch_s": 1.0, "elapsed_s": 2.0}
            for epoch in (1, 2)
        ],
        "elapsed_s": 2.0,
    }  # fmt: skip
    whole = io.BytesIO()
    np.savez(whole, facts=np.array(json.dumps(facts)), state_0=np.zeros((4, 3), np.float32), best_0=np.ones(3))
    return whole.getvalue()


def read_checkpoint(path: Path) -> None:
    """As a run that is resumed reads it."""
    from app.core.runs.checkpoint import checkpoint_path, load_checkpoint

    target = checkpoint_path(1)
    target.parent.mkdir(parents=True, exist_ok=True)
    path.replace(target)
    load_checkpoint(1)


def settings_seeds() -> Iterator[bytes]:
    """What a window has written."""
    yield (
        b"[General]\nscheme=dark\npage=train\nmodel=digits-cnn\nlabels=yes\nbrush_size=31\nrun_columns=name state\n"
        b'form="{\\"epochs\\": 17, \\"learning_rate\\": 0.0042}"\n'
        b"geometry=@ByteArray(\\x1\\xd9\\xd0\\xcb\\0\\x3)\n\n[folder]\nopen=/home/me\n\n[divided]\ntrain=@ByteArray(\\0)\n"
    )


def read_settings(path: Path) -> None:
    """As the window reads them when it opens."""
    from app.ui.settings import Settings, set_damaged_aside

    home = path.parent / "home"
    home.mkdir(exist_ok=True)
    path.replace(home / path.name)
    set_damaged_aside()
    settings = Settings()
    for name, held in vars(Settings).items():
        if isinstance(held, property):
            getattr(settings, name)
    settings.folder("open").encode()
    bytes(settings.divided("train").data())


_TABLES: tuple[Mutation, ...] = (in_table, in_table, in_table, ANY_BYTES)
ROWS = (
    Reader("history", "databases", "runs.sqlite3", lambda: [history_seed()], read_history, _TABLES),
    Reader("samples", "databases", "samples.sqlite", lambda: [samples_seed()], read_samples, _TABLES),
    Reader("checkpoint", "databases", "1.npz", lambda: [checkpoint_seed()], read_checkpoint, (in_zip(ANY_BYTES),)),
    Reader("settings", "settings", "settings.ini", settings_seeds, read_settings, (ANY_TEXT, ANY_BYTES)),
)

"""What a process is doing when it is killed: everything that writes into the user's folder, or out of it."""

import sqlite3
import zipfile
from contextlib import closing, suppress
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from app.core.config.config import TrainingConfig
from app.core.datasets.download import download
from app.core.datasets.importing import delete_own_set, import_folder, restore_own_set
from app.core.datasets.samples.exchange import ExportFormat, export_samples
from app.core.datasets.samples.sets import create_sample_set
from app.core.datasets.samples.store import SampleStore
from app.core.datasets.sources import load_dataset, own_names
from app.core.datasets.types import LabelledImages, Variant
from app.core.errors import StudioError
from app.core.film.animation import write_animation
from app.core.film.filming import Filming
from app.core.imaging.drawing import load_drawing, save_drawing
from app.core.lessons.library import load_lessons
from app.core.lessons.progress import CourseProgress
from app.core.models.exchange import export_model
from app.core.models.library import copy_model, delete_model, rename_model, restore_model
from app.core.models.store import find_model
from app.core.networks.summary import network_summary
from app.core.recipes import find_recipe
from app.core.runs.checkpoint import has_checkpoint
from app.core.runs.events import EndReason, EpochDone, Event, ModelSaved, RunEnded, SnapshotTaken
from app.core.runs.history import RunHistory
from app.core.runs.records import RunState
from app.core.runs.snapshots import FilmFacts, Moment, read_snapshot
from app.core.sqlite import DatabaseKind, SharedDatabase
from tests.core.datasets.helpers import SmallSet, small_set
from tests.core.datasets.sample_hand import drawing
from tests.core.film.made_films import NAMES, film_config
from tests.core.runs.helpers import CONFIG, DATASET, epoch, started
from tests.kills.killing import Act, Tell

if TYPE_CHECKING:
    from app.core.search.plan import SearchPlan
    from app.core.search.runner import SearchRunner

MOST = 400
"""So often an act goes on at most: it is killed long before."""


def nothing(_folder: Path) -> None:
    """There is nothing to prepare."""


# Models.


def copy(_folder: Path, tell: Tell) -> None:
    for _ in range(MOST):
        tell(copy_model("quickstart-mnist").card.name)


def all_models_there(_folder: Path, claims: list[str]) -> None:
    for name in claims:
        assert find_model(name).card.name == name, f"{name} is lost"


def one_model(_folder: Path) -> None:
    copy_model("quickstart-mnist", "Mine")


def rename(_folder: Path, tell: Tell) -> None:
    for number in range(MOST):
        rename_model("quickstart-mnist 2", f"Title {number}")
        tell(f"Title {number}")


def last_title(_folder: Path, claims: list[str]) -> None:
    now = find_model("quickstart-mnist 2").card.title
    assert now in {claims[-1] if claims else "Mine", f"Title {len(claims)}"}, now


def many_models(_folder: Path) -> None:
    for _ in range(12):
        copy_model("quickstart-mnist")


def delete(_folder: Path, tell: Tell) -> None:
    for number in range(2, 14):
        tell(delete_model(f"quickstart-mnist {number}"))


def deleted_can_come_back(_folder: Path, claims: list[str]) -> None:
    from app.core.models.store import deleted_names, list_models

    own, away = {model.card.name for model in list_models() if not model.bundled}, set(deleted_names())
    assert own | away == {f"quickstart-mnist {number}" for number in range(2, 14)}
    assert not own & away
    for name in claims:
        restore_model(name)


def export(folder: Path, tell: Tell) -> None:
    for number in range(MOST):
        tell(export_model("quickstart-mnist", folder / f"{number}.zip").name)
        tell(export_model("quickstart-mnist", folder / f"folder {number}").name)


def exports_are_whole(folder: Path, claims: list[str]) -> None:
    for name in claims:
        assert (folder / name).exists(), f"{name} is lost"
    for path in folder.glob("*.zip"):
        with zipfile.ZipFile(path) as packed:
            assert packed.testzip() is None
            assert len(packed.namelist()) == 3
    for path in folder.glob("folder *"):
        assert len(list(path.iterdir())) == 3


# Data.


def bars(count: int = 240) -> LabelledImages:
    """A bright bar at one of four heights."""
    random = np.random.default_rng(7)
    labels = (np.arange(count) % 4).astype(np.uint8)
    images = random.integers(0, 60, (count, 28, 28)).astype(np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[3 + 6 * label : 7 + 6 * label, 4:24] += 150
    return LabelledImages(images, labels)


def data_to_import(folder: Path) -> None:
    train, test = bars(), bars(60)
    np.savez(folder / "bars.npz", x_train=train.images, y_train=train.labels, x_test=test.images, y_test=test.labels)


def import_data(folder: Path, tell: Tell) -> None:
    for number in range(MOST):
        tell(import_folder(folder / "bars.npz", f"bars {number}").name)


def all_data_there(_folder: Path, claims: list[str]) -> None:
    assert set(claims) <= set(own_names()), f"of {claims} are left {own_names()}"


def hdf5_to_import(folder: Path) -> None:
    import h5py

    with h5py.File(folder / "bars.h5", "w") as file:
        file["images"], file["labels"] = bars().images, bars().labels


def import_hdf5(folder: Path, tell: Tell) -> None:
    for number in range(MOST):
        tell(import_folder(folder / "bars.h5", f"bars {number}").name)


def imported(folder: Path) -> None:
    data_to_import(folder)
    import_folder(folder / "bars.npz", "bars")


def delete_data(_folder: Path, tell: Tell) -> None:
    for _ in range(MOST):
        delete_own_set("bars")
        tell("deleted")
        restore_own_set("bars")
        tell("restored")


def data_is_somewhere(_folder: Path, _claims: list[str]) -> None:
    if "bars" not in own_names():
        restore_own_set("bars")
    load_dataset("bars", Variant.FULL)


def downloaded(folder: Path) -> None:
    download("tiny", specs=_served(folder).specs)


def download_again(folder: Path, tell: Tell) -> None:
    for number in range(MOST):
        download("tiny", specs=_served(folder).specs)
        tell(str(number))


def download_is_whole(folder: Path, _claims: list[str]) -> None:
    assert load_dataset("tiny", Variant.FULL, _served(folder).specs).variant is Variant.FULL


def _served(folder: Path) -> SmallSet:
    """The files of the set, from an own server in a thread of this child."""
    import threading
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    served = folder / "served"
    if not served.exists():
        small_set().write(served)
    handler = partial(SimpleHTTPRequestHandler, directory=str(served))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return small_set((f"http://127.0.0.1:{server.server_port}",))


# Samples and drawings.


def samples_set(_folder: Path) -> None:
    create_sample_set("Mine", ("0", "1", "2"))


def add_samples(_folder: Path, tell: Tell) -> None:
    for number in range(MOST):
        tell(str(SampleStore("mine").add(drawing(number), number % 3)))


def all_samples_there(_folder: Path, claims: list[str]) -> None:
    there = {str(sample.id) for sample in SampleStore("mine").samples()}
    assert set(claims) <= there, f"{set(claims) - there} are lost"
    assert len(there) <= len(claims) + 1


def filled_set(folder: Path) -> None:
    samples_set(folder)
    for number in range(15):
        SampleStore("mine").add(drawing(number), number % 3)


def export_all_samples(folder: Path, tell: Tell) -> None:
    forms = (ExportFormat.NPZ, ExportFormat.PNG, ExportFormat.IDX, ExportFormat.ORIGINALS)
    for number in range(MOST):
        wanted = forms[number % 4]
        tell(export_samples("mine", wanted, folder / f"samples {number}.{wanted.value}").name)


def sample_exports_are_whole(folder: Path, claims: list[str]) -> None:
    for name in claims:
        assert (folder / name).exists(), f"{name} is lost"
    for path in folder.glob("samples *.npz"):
        with np.load(path) as stored:
            assert len(stored["x_train"]) + len(stored["x_test"]) == 15
    for form in ("png", "originals"):
        for path in folder.glob(f"samples *.{form}"):
            assert len([file for file in path.rglob("*") if file.is_file()]) == 16, path


def save_drawings(folder: Path, tell: Tell) -> None:
    for number in range(MOST):
        save_drawing(drawing(number), folder / "seven.drawing.json")
        tell(str(number))


def drawing_is_whole(folder: Path, claims: list[str]) -> None:
    if claims:
        shown = load_drawing(folder / "seven.drawing.json")
        assert shown in {drawing(int(claims[-1])), drawing(int(claims[-1]) + 1)}


def learn(_folder: Path, tell: Tell) -> None:
    progress, (lesson, *_) = CourseProgress(), load_lessons().lessons
    for task in range(MOST):
        progress.mark(lesson, task, [task])
        tell(str(task))


def what_was_learned_is_kept(_folder: Path, claims: list[str]) -> None:
    progress, (lesson, *_) = CourseProgress(), load_lessons().lessons
    assert not progress.problem
    assert set(map(int, claims)) <= set(progress.of(lesson).done)


# Runs, without a network.


def record(_folder: Path, tell: Tell) -> None:
    history = RunHistory()
    for _ in range(MOST):
        run = history.begin(CONFIG, DATASET)
        history.started(run, started(), "CPU")
        for number in range(1, 4):
            history.add_epoch(run, epoch(number))
            tell(f"{run} {number}")
        history.end(run, RunEnded(EndReason.COMPLETED, "Done.", 3, 3, 6.0))
        tell(f"{run} 4")


def recorded(_folder: Path, claims: list[str]) -> None:
    history = RunHistory()
    for run, number in (map(int, claim.split()) for claim in claims):
        assert history.run(run).epochs_done >= min(number, 3)
        assert number < 4 or history.run(run).state is RunState.COMPLETED
    assert all(run.state in {RunState.COMPLETED, RunState.INTERRUPTED} for run in history.runs())


def film(folder: Path, tell: Tell) -> None:
    """Snapshots of runs, each one told, and then a moving picture."""
    config = film_config()
    facts = FilmFacts(config=config, class_names=NAMES, preprocessing="mnist-1", batches_per_epoch=9)
    weights = [np.zeros(network_summary(config, len(NAMES)).parameters, np.float32)]
    for run in range(1, MOST):
        taken: list[SnapshotTaken] = []
        filming = Filming(run, taken.append)
        filming.begin(facts, bars(), lambda: weights)
        for batch in (1, 2, 4):
            filming.after_batches(1, batch, 9)
        tell(" ".join([str(run), *(f"{each.epochs}-{each.batch}" for each in taken)]))
        with suppress(StudioError):
            write_animation(
                folder / f"{run}.gif", [np.full((40, 48, 3), shade, np.uint8) for shade in (0, 90, 250)], 99
            )
            tell(f"{run}.gif")


def filmed(folder: Path, claims: list[str]) -> None:
    for run, *moments in (claim.split() for claim in claims if not claim.endswith(".gif")):
        parameters = network_summary(film_config(), len(NAMES)).parameters
        for moment in (Moment(*map(int, each.split("-"))) for each in moments):
            assert not read_snapshot(int(run), moment, parameters).any()
    assert {claim for claim in claims if claim.endswith(".gif")} <= {path.name for path in folder.glob("*.gif")}
    for path in folder.glob("*.gif"):
        with Image.open(path) as picture:
            assert getattr(picture, "n_frames", 1) == 3


_STEPS = (
    ("CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT)",),
    ("ALTER TABLE things ADD COLUMN size INTEGER DEFAULT 7", "UPDATE things SET name = name || ' 2'"),
    ("CREATE TABLE more AS SELECT * FROM things", "DROP TABLE things", "ALTER TABLE more RENAME TO things"),
)


def _kind(version: int) -> DatabaseKind:
    return DatabaseKind("file of things", "none", _STEPS[:version])


def old_databases(folder: Path) -> None:
    for number in range(8):
        with SharedDatabase(folder / f"{number}.sqlite3", _kind(1)).writing() as database:
            database.executemany("INSERT INTO things (name) VALUES (?)", [(str(each),) for each in range(20_000)])


def migrate(folder: Path, tell: Tell) -> None:
    for number in range(8):
        for version in (2, 3):
            with SharedDatabase(folder / f"{number}.sqlite3", _kind(version)).writing():
                tell(f"{number} {version}")


def all_rows_there(folder: Path, claims: list[str]) -> None:
    for number, version in (map(int, claim.split()) for claim in claims):
        with closing(sqlite3.connect(folder / f"{number}.sqlite3")) as database:
            assert database.execute("PRAGMA user_version").fetchone()[0] >= version
    for number in range(8):
        with SharedDatabase(folder / f"{number}.sqlite3", _kind(3)).reading() as database:
            rows = database.execute("SELECT count(*), total(size), max(name LIKE '% 2 2') FROM things").fetchone()
            assert rows == (20_000, 140_000.0, 0)


# Trainings and searches.


def config() -> TrainingConfig:
    return find_recipe("quickstart-mnist").config.changed(dataset="bars", data="full", epochs=4, batch_size=8)


def train(_folder: Path, tell: Tell) -> None:
    from app.core.training.control import RunControl
    from app.core.training.runs import run

    def emit(event: Event) -> None:
        match event:
            case EpochDone():
                tell(f"epoch {event.epoch}")
            case ModelSaved():
                tell(f"saved {event.model}")
            case _:
                tell(type(event).__name__)

    run(config(), load_dataset("bars", "full"), emit, RunControl())


def nothing_of_it_is_lost(_folder: Path, claims: list[str]) -> None:
    runs = RunHistory().runs()
    assert len(runs) <= 1
    told = dict(claim.split(maxsplit=1) for claim in claims if " " in claim)
    if not runs:
        assert not told, "the run is lost"
        return
    [run] = runs
    assert run.epochs_done >= int(told.get("epoch", 0))
    if "saved" in told or run.state is RunState.COMPLETED:
        assert run.state is RunState.COMPLETED
        assert run.model is not None
        assert find_model(told.get("saved", run.model)).card.name == run.model
        return
    assert run.state is RunState.INTERRUPTED
    assert has_checkpoint(run.id) or not run.epochs_done
    _resume(run.id, 0 if not has_checkpoint(run.id) else run.epochs_done)


def _resume(run: int, epochs_done: int) -> None:
    from app.core.runs.events import RunStarted
    from app.core.training.control import RunControl
    from app.core.training.runs import run as go_on

    heard: list[Event] = []
    go_on(config(), load_dataset("bars", "full"), heard.append, RunControl(), resume=run)
    begun = next(event for event in heard if isinstance(event, RunStarted))
    assert begun.first_epoch >= epochs_done
    record = RunHistory().run(run)
    assert (record.state, record.epochs_done) == (RunState.COMPLETED, 4), record.message
    assert record.model is not None
    find_model(record.model).check_network()


def search(_folder: Path, tell: Tell) -> None:
    from app.core.search.runner import SearchRunner

    runner = SearchRunner()
    runner.start(_plan(), workers=2)
    _follow(runner, tell)


def _plan() -> "SearchPlan":
    from app.core.search.plan import SearchPlan
    from app.core.search.space import Choices

    base = config().changed(epochs=2)
    return SearchPlan(name="few", method="grid", bases=(base,), space=(Choices(field="seed", values=(1, 2, 3)),))


def _follow(runner: "SearchRunner", tell: Tell) -> None:
    import time

    for _ in count():
        status = runner.poll()
        tell(f"{status.done}")
        if not status.is_running:
            assert not status.problem, status.problem
            return
        time.sleep(0.2)


def no_trial_is_lost(_folder: Path, claims: list[str]) -> None:
    from app.core.search.runner import SearchRunner
    from app.core.search.status import TrialState
    from app.core.search.study import known_studies

    studies = known_studies()
    if not studies:
        assert not claims, "the search is lost"
        return
    assert studies[0].done >= int(claims[-1] if claims else 0)
    runner = SearchRunner(silence_s=30)
    plan = runner.start(_plan(), workers=1)
    said: list[str] = []
    _follow(runner, said.append)
    status = runner.poll()
    states = [(trial.state, trial.report.message if trial.report else "") for trial in status.trials]
    assert [state for state, _ in states] == [TrialState.DONE] * 3, states
    assert plan.name == "few"
    assert runner.publish_best() is not None


ACTS = (
    Act("saving", nothing, copy, all_models_there, share=30),
    Act("renaming", one_model, rename, last_title, share=20),
    Act("deleting", many_models, delete, deleted_can_come_back, share=20),
    Act("exporting", nothing, export, exports_are_whole, share=30),
    Act("importing", data_to_import, import_data, all_data_there, share=30),
    Act("importing HDF5", hdf5_to_import, import_hdf5, all_data_there, share=15),
    Act("deleting data", imported, delete_data, data_is_somewhere, share=20),
    Act("downloading", downloaded, download_again, download_is_whole, share=25),
    Act("adding samples", samples_set, add_samples, all_samples_there, share=25),
    Act("exporting samples", filled_set, export_all_samples, sample_exports_are_whole, share=15),
    Act("drawing", nothing, save_drawings, drawing_is_whole, share=15),
    Act("learning", nothing, learn, what_was_learned_is_kept, share=10),
    Act("filming", nothing, film, filmed, share=15),
    Act("recording", nothing, record, recorded, share=20),
    Act("migrating", old_databases, migrate, all_rows_there, claims=16, share=15),
    Act("training", imported, train, nothing_of_it_is_lost, claims=26, share=28, needs_tensorflow=True),
    Act("searching", imported, search, no_trial_is_lost, claims=60, share=7, needs_tensorflow=True),
)

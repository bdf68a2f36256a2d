"""Files of users that an older version of the program wrote (see tests/old_files/README.md) still load and go on."""

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.datasets.originals import load_original
from app.core.datasets.samples.exchange import import_as_new_set
from app.core.datasets.samples.sets import sample_sets
from app.core.datasets.samples.store import SampleStore
from app.core.datasets.sources import load_dataset
from app.core.imaging.drawing import Drawing, load_drawing
from app.core.imaging.paper import load_papers
from app.core.inference.predictor import Predictor
from app.core.models.exchange import import_model
from app.core.models.library import restore_model
from app.core.models.store import CARD_FILE, find_model, list_models
from app.core.runs.checkpoint import load_checkpoint
from app.core.runs.events import EpochDone, Event, RunStarted
from app.core.runs.history import RunHistory
from app.core.runs.records import RunState
from app.core.search.status import TrialState
from app.core.search.storage import own_storage
from app.core.search.study import SearchStudy, known_studies
from app.core.training.control import RunControl
from app.ui.launch import open_window
from app.ui.settings import Settings
from app.ui.theme import Scheme

OLD = Path(__file__).parent / "old_files"
FINISHED, STOPPED, TUNED, DELETED = 1, 2, 3, 4
CLASSES = ("flat", "upright")
SLOW_MS = 180_000
"""Closing waits for TensorFlow, which a busy machine loads slowly."""


@pytest.fixture
def old_home(home: Path) -> Path:
    shutil.unpack_archive(OLD / "home.zip", home)
    return home


def test_the_window_opens_as_it_was_left(old_home: Path, qtbot: QtBot, qapp: QApplication) -> None:
    settings = Settings()
    assert (settings.scheme, settings.page, settings.model, settings.brush_size) == (
        Scheme.DARK,
        "runs",
        "old-bars",
        31,
    )
    _, window = open_window(["softmax-studio"])
    assert window.size() == QSize(1290, 820)
    assert window.page("runs").table.shown_columns == ("name", "state", "val_accuracy", "epochs", "tags")
    assert window.recognize.tools.brush_size.value() == 31
    assert window.recognize.chooser.chosen is not None
    assert window.recognize.chooser.chosen.card.title == "Old bars"
    window.show_page("train")
    form = window.page("train")._setup.config()
    assert (form.epochs, form.learning_rate, form.rotate_deg) == (17, 0.0042, 7.0)
    with qtbot.waitSignal(window.closed, timeout=SLOW_MS):
        window.close()
    window.deleteLater()


def test_the_paper_and_its_undo_steps_are_there(old_home: Path) -> None:
    history = load_papers(old_home / "paper")
    assert history is not None
    assert [len(paper.drawing.strokes) for paper in history.papers] == [0, 1, 2]
    assert history.place == 1
    assert history.now.drawing.strokes[0][0] == (133.0, 110.0, 0.0)
    assert history.now.drawing.pen == 31


def test_the_runs_tell_what_they_told(old_home: Path) -> None:
    history = RunHistory()
    runs = {run.id: run for run in history.runs()}
    assert DELETED not in runs
    history.restore([DELETED])
    assert history.run(DELETED).model == "thrown"

    first = runs[FINISHED]
    assert (first.name, first.note, first.tags) == ("Bars, the first", "Two lines\nabout bars", ("bars", "first hour"))
    assert (first.state, first.recipe, first.dataset, first.model) == (
        RunState.COMPLETED,
        "fast-cnn",
        "old-set",
        "old-bars",
    )
    assert first.data_description == "old-set, imported: 20 training, 4 test"
    assert (first.parameters, first.epochs_done, first.config.epochs) == (210, 3, 3)
    epochs = history.epochs(FINISHED)
    assert [round(epoch.loss, 4) for epoch in epochs] == [0.6349, 0.5601, 0.5098]
    assert [round(epoch.val_loss or 0, 4) for epoch in epochs] == [0.6882, 0.6849, 0.6814]
    assert first.metrics.train_loss == epochs[-1].loss
    assert (first.metrics.test_accuracy, round(first.metrics.test_loss or 0, 4)) == (1.0, 0.5114)
    confusion = history.confusion(FINISHED)
    assert confusion is not None
    assert confusion.tolist() == [[2, 0], [0, 2]]


def test_a_fine_tuned_run_tells_what_it_began_with(old_home: Path) -> None:
    tuned = RunHistory().run(TUNED)
    assert tuned.data_description == "Old samples, samples: 9 training, 2 test"
    assert (tuned.config.initial_model, tuned.config.replay_dataset) == ("old-bars", "old-set")
    assert "fine-tuned from old-bars" in tuned.name


@pytest.mark.usefixtures("tensorflow")
def test_a_stopped_run_goes_on(old_home: Path) -> None:
    from app.core.training import runs

    history, control, events = RunHistory(), RunControl(), list[Event]()
    before, past = history.run(STOPPED), history.epochs(STOPPED)
    assert before.state is RunState.STOPPED
    assert load_checkpoint(STOPPED).epochs == past

    def receive(event: Event) -> None:
        events.append(event)
        if isinstance(event, EpochDone):
            control.stop()

    runs.run(before.config, load_dataset("old-set", "full"), receive, control, resume=STOPPED)
    started = next(event for event in events if isinstance(event, RunStarted))
    assert started.first_epoch == len(past) + 1
    now = history.epochs(STOPPED)
    assert now[: len(past)] == past
    assert len(now) == len(past) + 1
    assert now[-1].loss < past[0].loss  # it has not begun anew
    assert history.run(STOPPED).state is RunState.STOPPED


def test_the_models_are_there_and_read_as_they_did(old_home: Path) -> None:
    own = {model.card.name: model for model in list_models() if not model.bundled}
    assert len(own) == 3
    card = own["old-bars"].card
    assert (card.title, card.description) == ("Old bars", "Reads flat and upright bars.")
    assert (card.class_names, card.parameters, card.epochs_done) == (CLASSES, 210, 3)
    assert round(card.metrics.test_loss, 4) == 0.5114
    assert card.calibration is None  # it had too few pictures to measure one
    shipped = find_model("digits-cnn").card.calibration
    assert shipped is not None
    assert (shipped.samples, round(shipped.temperature, 4)) == (3000, 1.2419)
    assert own["old-tuned"].card.config.initial_model == "old-bars"
    assert restore_model("thrown").card.epochs_done == 1

    test = load_dataset("old-set", "full").test
    read = Predictor(own["old-bars"]).predict_many((test.images / 255).astype(np.float32))
    assert [answer.label for answer in read] == test.labels.tolist()


@pytest.mark.usefixtures("tensorflow")
def test_an_old_network_can_be_trained_further(old_home: Path) -> None:
    from app.core.training import runs

    tuned, events = RunHistory().run(TUNED), list[Event]()
    runs.run(tuned.config, load_dataset(tuned.dataset, "full"), events.append, RunControl(), save_model=False)
    again = [event for event in events if isinstance(event, EpochDone)]
    # The same settings, weights and pictures give what the run gave then.
    assert [epoch.loss for epoch in again] == pytest.approx([e.loss for e in RunHistory().epochs(TUNED)], abs=1e-3)


def test_a_card_of_the_first_versions_is_read(old_home: Path) -> None:
    path = find_model("old-bars").folder / CARD_FILE
    card = json.loads(path.read_text())
    del card["calibration"], card["description"]
    path.write_text(json.dumps(card | {"data_description": "MNIST, starter, 4,000"}))
    read = find_model("old-bars").card
    assert (read.calibration, read.description) == (None, "")
    assert read.data_description == "MNIST, starter: 4,000 training, 1,000 test"


def test_an_exported_model_comes_back(home: Path) -> None:
    model = import_model(OLD / "old-bars.zip")
    assert (model.card.name, model.card.title) == ("old-bars", "Old bars")
    assert find_model("Old bars") == model
    Predictor(model)


def test_the_samples_are_there_with_their_corrections(old_home: Path) -> None:
    (known,) = sample_sets()
    assert (known.name, known.title, known.class_names) == ("old-samples", "Old samples", CLASSES)
    assert [(count.train, count.held_back) for count in known.counts] == [(4, 1), (5, 1)]
    store = SampleStore("old-samples")
    labels = {sample.id: CLASSES[sample.label] for sample in store.samples()}
    assert (labels[1], labels[2], labels[3]) == ("flat", "upright", "upright")
    assert 4 not in labels
    store.restore([4])
    assert store.set.total == 12
    drawing = store.original(1)
    assert isinstance(drawing, Drawing)
    assert (drawing.pen, drawing.strokes) == (24, (((60, 200, 0, 0.5), (340, 150, 120, 0.8)),))


def test_exported_samples_can_be_imported(home: Path) -> None:
    known = import_as_new_set("Again", OLD / "old-samples").set
    assert known.class_names == CLASSES
    assert [(count.train, count.held_back) for count in known.counts] == [(4, 1), (5, 1)]


def test_an_imported_set_is_the_one_it_was(old_home: Path) -> None:
    data = load_dataset("old-set", "full")
    assert (data.title, data.class_names) == ("old-set", CLASSES)
    assert (len(data.train), len(data.test)) == (20, 4)
    assert data.sha256 == RunHistory().run(FINISHED).data_sha256


def test_a_drawing_is_read() -> None:
    drawing = load_drawing(OLD / "flat.drawing.json")
    assert drawing == Drawing(400, 400, (((60, 200, 0, 0.5), (340, 150, 120, 0.8)),), 24)
    assert load_original(OLD / "flat.drawing.json") == drawing


@pytest.mark.usefixtures("tensorflow")
def test_a_search_goes_on(old_home: Path) -> None:
    from app.core.search.trial import run_trial

    # The folder of the kept models is named by the place of the file, which was another one then.
    (kept,) = (old_home / "search-models").iterdir()
    kept.rename(kept.with_name(hashlib.sha256(f"{own_storage()}\nold search".encode()).hexdigest()[:16]))
    (known,) = known_studies()
    assert (known.plan.name, known.done, known.total) == ("old search", 2, 3)

    study = SearchStudy("old search", own_storage())
    done, failed, waiting = study.status()
    assert [trial.state for trial in (done, failed, waiting)] == [
        TrialState.DONE,
        TrialState.FAILED,
        TrialState.WAITING,
    ]
    assert [trial.changes.get("hidden_units") for trial in (done, failed, waiting)] == [4, 512, 5]
    assert failed.report is not None
    assert "smaller learning rate" in failed.report.message
    assert (done.epochs_done, len(done.curve)) == (2, 2)
    assert study.winners.publish(done).card.title == "fast-cnn (hidden units 4), best of 3"

    taken = study.take("me")
    assert taken is not None
    assert taken.number == 2
    run_trial(study, replace(taken, worker="me"), RunControl())
    assert study.status()[2].state.is_over
    assert study.take("me") is None

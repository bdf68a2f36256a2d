"""Snapshots while a run trains: at the right moments with every engine, the network's own weights, for no other end."""

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.core.config.config import TrainingConfig
from app.core.config.notation import parse_layers
from app.core.datasets.types import Dataset, LabelledImages
from app.core.film.film import Film
from app.core.film.filming import Filming
from app.core.models.interpreter import Interpreter
from app.core.runs.events import BatchesDone, EndReason, Event, RunEnded, SnapshotTaken
from app.core.runs.history import RunHistory
from app.core.runs.records import RunLabel
from app.core.runs.snapshots import (
    FilmRoom,
    Moment,
    has_snapshots,
    moments_of,
    read_facts,
    read_sample,
    read_snapshot,
    remove_moments,
    remove_snapshots,
    snapshots_dir,
)
from app.core.training.control import EventSink, RunControl
from tests.core.film.made_films import MOMENTS, made_film
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.usefixtures("tensorflow")


MAPS = "conv2d 3 5x5 relu, batch_normalization, max_pooling2d 4, dense 16 relu, dropout 0.2"
DENSE = "dense 16 relu, batch_normalization, dropout 0.2"
"""Compiled in a third of the time."""


def config(engine: str = "graph", layers: str = DENSE, **values: object) -> TrainingConfig:
    start = TrainingConfig(recipe="quickstart-mnist", layers=parse_layers(layers), epochs=3, batch_size=16)
    return start.changed(engine=engine, **values)


def run(configured: TrainingConfig, dataset: Dataset, emit: EventSink, control: RunControl, **how: Any) -> Any:
    """A run that leaves a film, and no model."""
    from app.core.training import runs

    return runs.run(configured, dataset, emit, control, save_model=False, **how)


EARLY = [Moment(0), *(Moment(0, batch) for batch in (1, 2, 4, 8, 16, 32))]


@pytest.mark.parametrize(
    ("engine", "layers"), [("graph", MAPS), ("xla", DENSE), ("fit", DENSE), ("gradient_tape", DENSE)]
)
def test_every_engine_stops_for_the_snapshots_and_learns_the_same(bars: Dataset, engine: str, layers: str) -> None:
    from app.core.training.trainer import train

    events: list[Event] = []
    trained = run(config(engine, layers), bars, events.append, RunControl())
    assert trained is not None
    assert trained.run is not None
    assert isinstance(events[-1], RunEnded)
    assert events[-1].reason is EndReason.COMPLETED
    film = Film(trained.run)
    assert list(film.moments) == [*EARLY, Moment(1), Moment(2), Moment(3)]
    taken = [event for event in events if isinstance(event, SnapshotTaken)]
    assert [Moment(event.epochs, event.batch) for event in taken] == list(film.moments)
    drawing = bars.test.images[0].astype(np.float32) / np.float32(255)
    last = film.frame(Moment(3), drawing).probabilities
    assert last == pytest.approx(trained.engine.probabilities(drawing), abs=5e-3)
    assert film.check(Moment(3)).accuracy > film.check(Moment(0)).accuracy
    plain = train(config(engine, layers), bars, lambda _event: None, RunControl())
    assert [epoch.loss for epoch in plain.epochs] == pytest.approx([epoch.loss for epoch in trained.epochs], rel=1e-5)


def test_the_sample_is_of_the_validation_pictures(bars: Dataset) -> None:
    run(config(epochs=1), bars, lambda _event: None, RunControl())
    run(config(epochs=1, validation_split=0.0), bars, lambda _event: None, RunControl())
    assert Film(1).facts.sample_part == "validation"
    assert len(read_sample(1).labels) == 60
    assert Film(2).facts.sample_part == "test"
    assert len(read_sample(2).labels) == 200


def stop_in_third_epoch(bars: Dataset) -> tuple[Moment, ...]:
    """Run 1, stopped so; the moments of its film."""
    control = RunControl()

    def stop(event: Event) -> None:
        if isinstance(event, BatchesDone) and event.epoch == 3:
            control.stop()

    run(config(epochs=4), bars, stop, control)
    return moments_of(1)


def test_a_resumed_run_goes_on_with_its_film(bars: Dataset) -> None:
    before = stop_in_third_epoch(bars)
    assert before[-1] == Moment(2)
    events: list[Event] = []
    run(config(epochs=4), bars, events.append, RunControl(), resume=1)
    assert moments_of(1) == (*before, Moment(3), Moment(4))
    assert [Moment(event.epochs) for event in events if isinstance(event, SnapshotTaken)] == list(
        map(Moment, (2, 3, 4))
    )


@pytest.mark.parametrize("lost", ["the last moment", "all of them"])
def test_a_resumed_run_has_a_film_from_there_on_at_least(bars: Dataset, lost: str) -> None:
    """A program that was killed has a checkpoint whose snapshot was not written; films may have been off before."""
    before = stop_in_third_epoch(bars)
    if lost == "all of them":
        remove_snapshots(1)
        before = (Moment(2),)
    else:
        remove_moments(1, [Moment(2)])
    events: list[Event] = []
    run(config(epochs=4), bars, events.append, RunControl(), resume=1)
    assert moments_of(1) == (*before, Moment(3), Moment(4))
    taken = [event.epochs for event in events if isinstance(event, SnapshotTaken)]
    assert taken == [2, 3, 4]
    assert len(Film(1).moments) == len(before) + 2


def test_a_run_goes_on_with_no_film_of_another_one(home: Path) -> None:
    facts, pictures = made_film(1, begun=datetime(2026, 3, 1, tzinfo=UTC)), read_sample(1)
    film = Filming(1, lambda _event: None, begun=datetime(2026, 3, 2, tzinfo=UTC))
    film.begin(facts, LabelledImages(pictures.images, pictures.labels), Counting(), done=2)
    film.end()
    assert moments_of(1) == (Moment(2),)
    assert read_facts(1).begun == datetime(2026, 3, 2, tzinfo=UTC)


class Counting:
    """Weights that count how often they were read."""

    def __init__(self) -> None:
        self.reads = 0

    def __call__(self) -> list[np.ndarray]:
        self.reads += 1
        return [np.full((2, 3), self.reads, np.float32), np.zeros(4, np.float32)]


def test_all_is_written_in_order_and_told_only_then(home: Path) -> None:
    facts = made_film(7, moments=())
    told: list[Moment] = []

    def tell(event: SnapshotTaken) -> None:
        moment = Moment(event.epochs, event.batch)
        told.append(moment)
        assert read_snapshot(1, moment, 10)[0] == len(told)

    film, pictures = Filming(1, tell), LabelledImages(read_sample(7).images, read_sample(7).labels)
    film.begin(facts, pictures, Counting())
    for batch in (1, 2, 4):
        film.after_batches(1, batch, 6)
    for epoch in (1, 2, 3):
        film.after_epoch(epoch, is_best=epoch == 1)
    film.end()
    assert told == list(MOMENTS) == list(moments_of(1))


def test_a_run_that_waits_tells_of_its_snapshots_all_the_same(bars: Dataset) -> None:
    control, events = RunControl(paused=True), list[Event]()
    gives_up = threading.Timer(PATIENCE_S, control.stop)
    gives_up.start()

    def emit(event: Event) -> None:
        events.append(event)
        if isinstance(event, SnapshotTaken):
            control.resume()

    run(config(epochs=1), bars, emit, control)
    gives_up.cancel()
    assert isinstance(events[-1], RunEnded)
    assert events[-1].reason is EndReason.COMPLETED


def test_the_thread_that_writes_ends_with_the_training(bars: Dataset) -> None:
    run(config(epochs=1), bars, lambda _event: None, RunControl())
    assert not any(thread.name.startswith("film") for thread in threading.enumerate())


def test_no_film_where_none_is_wanted(bars: Dataset) -> None:
    run(config(epochs=1), bars, lambda _event: None, RunControl(), film_room=FilmRoom(0))
    run(config(epochs=1), bars, lambda _event: None, RunControl(), label=RunLabel("units", 7))
    run(
        config(epochs=1), bars, lambda _event: None, RunControl(), film_room=FilmRoom(5_000)
    )  # not even three would fit
    assert len(RunHistory().runs()) == 3
    assert not any(has_snapshots(number) for number in (1, 2, 3))


def test_a_disk_that_refuses_ends_the_film_and_not_the_run(bars: Dataset, home: Path) -> None:
    def spoil(event: Event) -> None:
        if isinstance(event, SnapshotTaken) and event.epochs == 1:
            folder = snapshots_dir(1)
            for path in folder.iterdir():
                path.unlink()
            folder.rmdir()
            folder.write_text("in the way", "utf-8")

    events: list[Event] = []

    def emit(event: Event) -> None:
        events.append(event)
        spoil(event)

    run(config(), bars, emit, RunControl())
    assert isinstance(events[-1], RunEnded)
    assert events[-1].reason is EndReason.COMPLETED


def test_batches_to_the_next_snapshot_double() -> None:
    film = Filming(1, lambda _event: None)
    film._most = 100
    assert [film.batches_to_next(1, batch) for batch in (0, 1, 2, 3, 4, 7, 8, 100)] == [1, 1, 2, 1, 4, 1, 8, 28]
    assert film.batches_to_next(2, 3) > 1_000_000


def test_a_moment_is_kept_as_a_model_and_a_run_can_start_from_it(
    bars: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.core.training import moments

    monkeypatch.setattr(moments, "load_dataset", lambda _name, _variant: bars)
    run(config(), bars, lambda _event: None, RunControl())
    kept = moments.keep_moment(1, Moment(2))
    assert kept.card.name.endswith("-epoch-2")
    assert kept.card.epochs_done == 2
    assert kept.card.metrics.val_loss == pytest.approx(RunHistory().epochs(1)[1].val_loss)
    assert kept.card.metrics.test_samples == len(bars.test)
    drawing = bars.test.images[0].astype(np.float32) / np.float32(255)
    raw = Interpreter(kept.litert_path).probabilities(drawing[None])[0]
    assert raw == pytest.approx(Film(1).frame(Moment(2), drawing).probabilities, abs=1e-3)
    start = config(epochs=1, initial_model=kept.card.name)
    run(start, bars, lambda _event: None, RunControl())
    first = Film(2).frame(Moment(0), drawing).probabilities
    assert first == pytest.approx(Film(1).frame(Moment(2), drawing).probabilities, abs=1e-3)

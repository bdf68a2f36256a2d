"""Snapshots on disk: whole or not there, within their room, evenly spaced, and gone with their run."""

import json
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from app.core.errors import InputError
from app.core.film.film import Film
from app.core.runs.checkpoint import checkpoint_path, has_checkpoint
from app.core.runs.history import RunHistory
from app.core.runs.snapshots import (
    FilmRoom,
    Moment,
    begin_snapshots,
    has_snapshots,
    made_room,
    make_room,
    moments_of,
    most_moments,
    read_facts,
    read_sample,
    read_snapshot,
    snapshots_bytes,
    snapshots_dir,
    thinned,
    write_snapshot,
)
from tests.core.film.made_films import MOMENTS, made_film
from tests.core.runs.helpers import CONFIG, DATASET, ended

ROOT = Path(__file__).parents[3]
LONG = (Moment(0), Moment(0, 1), Moment(0, 2), *map(Moment, range(1, 21)))
WEIGHTS = np.array([0.5, -1.25, 3.0], np.float32)


def test_what_was_written_is_read(home: Path) -> None:
    facts = made_film(7)
    assert read_facts(7) == facts
    assert moments_of(7) == MOMENTS
    assert read_sample(7).images.shape == (40, 28, 28)
    assert read_sample(7).labels.tolist() == [0, 1, 2, 3] * 10
    write_snapshot(7, Moment(4), [WEIGHTS[:1], WEIGHTS[1:].reshape(2, 1)])
    assert read_snapshot(7, Moment(4), 3).tolist() == WEIGHTS.tolist()
    assert has_snapshots(7)
    assert not has_snapshots(8)


def test_numbers_that_float16_cannot_hold_become_its_largest(home: Path) -> None:
    made_film(1)
    write_snapshot(1, Moment(9), [np.array([1e9, -1e9, 1e-12], np.float32)])
    assert read_snapshot(1, Moment(9), 3).tolist() == [65504.0, -65504.0, 0.0]


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_weights_that_are_no_numbers_are_not_kept(home: Path, number: float) -> None:
    made_film(1)
    assert not write_snapshot(1, Moment(9), [WEIGHTS, np.array([1, number], np.float32)])
    assert moments_of(1) == MOMENTS


def test_a_run_that_begins_has_no_snapshots_of_another_one(home: Path) -> None:
    facts = made_film(1)
    begin_snapshots(1, facts, read_sample(1))
    assert moments_of(1) == ()
    assert not has_snapshots(1)


def test_what_a_crash_leaves_is_not_read(home: Path) -> None:
    """Half a file keeps another name; one that lost its end has another size."""
    made_film(1)
    folder = snapshots_dir(1)
    (folder / "000009-000000000.new").write_bytes(b"half")
    assert moments_of(1) == MOMENTS
    path = folder / "000003-000000000.f16"
    path.write_bytes(path.read_bytes()[:-2])
    with pytest.raises(InputError, match="cannot be read"):
        read_snapshot(1, Moment(3), 2744)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"[" * 100_000, b'{"class_names": ["a"]}', b"\xff\xfe"])
def test_damaged_facts_are_one_sentence(home: Path, content: bytes) -> None:
    made_film(1)
    (snapshots_dir(1) / "film.json").write_bytes(content)
    with pytest.raises(InputError, match="no snapshots of run 1"):
        read_facts(1)


def test_facts_of_a_later_version_may_hold_more(home: Path) -> None:
    facts = made_film(1)
    path = snapshots_dir(1) / "film.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | {"new": 1}), "utf-8")
    assert read_facts(1) == facts


@pytest.mark.parametrize("most", [3, 4, 7, 12, 20, 100])
@pytest.mark.parametrize("epochs", [1, 5, 30, 300])
def test_a_film_stays_within_its_room_and_evenly_spaced(most: int, epochs: int) -> None:
    kept: tuple[Moment, ...] = ()
    best = None
    early = [Moment(0), *(Moment(0, 1 << power) for power in range(9))]
    for moment in (*early, *map(Moment, range(1, epochs + 1))):
        if moment.epochs % 7 == 1:
            best = moment.epochs
        kept = thinned((*kept, moment), most, best)
        assert len(kept) <= most
        assert kept[0] == Moment(0)
        assert moment in kept or not moment.epochs
        assert best is None or Moment(best) in kept
    regular = [moment.epochs for moment in kept if moment.epochs and moment.epochs not in {best, epochs}]
    steps = {after - before for before, after in pairwise(regular) if best is None or not before < best < after}
    assert len(steps) <= 1
    if most >= len(early) + epochs and most // 3 >= len(early):
        assert len(kept) == len(early) + epochs


def test_too_large_a_network_has_no_film() -> None:
    assert most_moments(100_000, 50_000_000) == 250
    assert most_moments(8_000_000, 50_000_000) == 3
    assert most_moments(9_000_000, 50_000_000) == 0


def test_a_number_that_is_given_again_has_nothing_of_a_history_that_is_gone(home: Path) -> None:
    made_film(1)
    checkpoint_path(1).parent.mkdir()
    checkpoint_path(1).write_bytes(b"of another run")
    assert RunHistory().begin(CONFIG, DATASET) == 1
    assert not snapshots_dir(1).exists()
    assert not has_checkpoint(1)


def test_a_film_is_that_of_the_run_that_began_with_it(home: Path) -> None:
    """The history was replaced by an older copy of it, or by another one, and the films stayed."""
    run = RunHistory().begin(CONFIG, DATASET)
    record = RunHistory().run(run)
    made_film(run, begun=record.created)
    assert has_snapshots(run, record)
    assert Film(run, record).moments == MOMENTS
    other = replace(record, created=record.created - timedelta(days=1))
    assert not has_snapshots(run, other)
    with pytest.raises(InputError, match="another run"):
        Film(run, other)
    make_room(run + 1, FilmRoom(1, 1))
    assert made_room(run, record)
    assert not made_room(run, other)


def test_a_film_that_does_not_know_when_its_run_began_is_told_by_its_settings(home: Path) -> None:
    facts, record = made_film(1), RunHistory().run(RunHistory().begin(CONFIG, DATASET))
    assert not facts.are_of(record)
    assert facts.are_of(replace(record, config_json=facts.config.model_dump_json()))
    assert not facts.are_of(replace(record, config_json="{}"))


def test_what_takes_the_place_of_a_film_is_not_shown_as_that(home: Path) -> None:
    made_film(1)
    film = Film(1)
    made_film(1)
    with pytest.raises(InputError, match="gone"):
        film.network(MOMENTS[0])
    assert film.look_again() == ()


def test_snapshots_go_with_their_run(home: Path) -> None:
    history = RunHistory()
    run = history.begin(CONFIG, DATASET)
    history.end(run, ended())
    made_film(run)
    assert snapshots_bytes(run) > 1000
    history.delete([run])
    assert has_snapshots(run)  # it can be undone
    history.purge()
    assert not snapshots_dir(run).exists()


WRITER = """
import sys
import numpy as np
from app.core.runs.snapshots import Moment, write_snapshot
print("ready", flush=True)
for epoch in range(10, 100_000):
    write_snapshot(1, Moment(epoch), [np.full(50_000, epoch % 1000, np.float32)])
"""


def test_a_killed_writer_leaves_whole_snapshots(home: Path) -> None:
    made_film(1, moments=())
    with subprocess.Popen([sys.executable, "-c", WRITER], stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        while not moments_of(1):
            time.sleep(0.001)
        process.kill()
    for moment in moments_of(1):
        assert (read_snapshot(1, moment, 50_000) == moment.epochs % 1000).all()


def test_the_films_of_the_oldest_runs_make_room_for_a_new_one(home: Path) -> None:
    for run in (2, 3, 10):
        made_film(run, moments=LONG)
    whole, few = snapshots_bytes(3), snapshots_bytes(3) // 4
    assert make_room(10, FilmRoom(whole, 4 * whole)) == ((), ())
    assert make_room(11, FilmRoom(few, 3 * whole)) == ((2,), ())
    assert moments_of(2) == (*LONG[:3], *map(Moment, range(2, 21, 2)))
    assert [len(moments_of(run)) for run in (3, 10)] == [len(LONG)] * 2
    # Once more: the oldest is thinned further, and others are where that is not enough.
    assert make_room(12, FilmRoom(whole, 2 * whole)) == ((2, 3, 10), ())
    assert sum(map(snapshots_bytes, (2, 3, 10))) <= whole
    assert len(moments_of(2)) <= len(moments_of(3)) <= len(moments_of(10))
    # At last there is nothing left to thin.
    assert make_room(13, FilmRoom(0, 1)) == ((), (2, 3, 10))
    assert [made_room(run) for run in (2, 3, 10, 11)] == [True, True, True, False]
    assert read_facts(2).class_names  # what it belonged to is still known
    assert make_room(14, FilmRoom(whole, whole)) == ((), ())


def test_a_film_that_makes_room_keeps_its_first_its_last_and_its_best_moment(home: Path) -> None:
    made_film(1, moments=LONG)
    size = snapshots_bytes(1)
    per_moment = (snapshots_dir(1) / "000001-000000000.f16").stat().st_size
    make_room(2, FilmRoom(0, size - (len(LONG) - 3) * per_moment), {1: 13}.get)
    assert moments_of(1) == (Moment(0), Moment(13), Moment(20))
    assert has_snapshots(1)

"""Classes drift in one plane: that in which the last moment differs most."""

from itertools import pairwise

import numpy as np
import pytest

from app.core.film.drift import drift_map, frame_of, mapped_layer, mixed, seen
from app.core.film.film import Film
from app.core.inference.explaining.numpy_network import Array
from app.core.runs.snapshots import Moment, read_sample
from tests.core.film.made_films import MOMENTS, drawing, made_film

LABELS = np.arange(60, dtype=np.uint8) % 3


def classes_apart(by: float) -> Array:
    """Three classes in eight dimensions, so far from each other."""
    random = np.random.default_rng(4)
    centres = np.eye(8)[:3] * by
    return (centres[LABELS] + random.normal(0, 0.1, (60, 8))).astype(np.float32)


def middles(places: Array) -> Array:
    return np.array([places[label == LABELS].mean(axis=0) for label in range(3)], np.float32)


def test_classes_drift_apart_and_do_not_jump() -> None:
    moments = [seen(LABELS, np.zeros((60, 3), np.float32), classes_apart(by) + by) for by in np.linspace(0, 3, 13)]
    frame = frame_of(moments[-1])
    maps = [drift_map(each, frame) for each in moments]
    spread = [float(np.linalg.norm(middles(each.places), axis=1).min()) for each in maps]
    assert spread == sorted(spread)
    steps = [np.abs(middles(now.places) - middles(then.places)).max() for then, now in pairwise(maps)]
    assert max(steps) < 0.3
    for each in maps:
        np.testing.assert_allclose(each.places.mean(axis=0), 0, atol=1e-2)
    assert maps[0].is_wrong.tolist() == (LABELS != 0).tolist()


def test_a_picture_of_the_sample_is_placed_where_it_is() -> None:
    values = classes_apart(2)
    now = seen(LABELS, np.zeros((60, 3), np.float32), values)
    found = drift_map(now, frame_of(now))
    np.testing.assert_allclose(found.place_of(values[7]), found.places[7], atol=1e-2)


def test_wide_layers_keep_their_distances_in_less_room() -> None:
    values = np.random.default_rng(0).normal(0, 1, (40, 3000)).astype(np.float32)
    kept = mixed(values)
    assert kept.shape == (40, 256)
    before, after = (np.linalg.norm(each[:20] - each[20:], axis=1) for each in (values, kept))
    assert np.abs(after / before - 1).max() < 0.2
    assert mixed(values[:, :256]).shape == (40, 256)


@pytest.mark.parametrize(
    ("layers", "name"),
    [("conv2d 4 3x3 relu, max_pooling2d 2, dense 8 relu", "dense"), ("dropout 0.2", "the last")],
)
def test_a_network_of_one_layer_is_shown_by_what_comes_out(home: object, layers: str, name: str) -> None:
    made_film(1, layers)
    film = Film(1)
    assert mapped_layer(film.summary) == (film.summary.rows[-1].name if name == "the last" else name)


def test_a_film_has_a_map_of_every_moment_once_the_last_is_known(home: object) -> None:
    made_film(1)
    film = Film(1)
    film.check(Moment(1))
    assert film.drift(Moment(1)) is None
    film.check(MOMENTS[-1])
    found = film.drift(Moment(1))
    assert found is not None
    assert (found.places.shape, found.labels.tolist()) == ((40, 2), read_sample(1).labels.tolist())
    assert film.drift(Moment(2)) is None
    outputs = {each.name: each.values for each in film.frame(Moment(1), drawing()).outputs}
    assert found.place_of(outputs[film.mapped_layer]).shape == (2,)
    check = film.checked(Moment(1))
    assert check is not None
    assert int(found.is_wrong.sum()) == check.samples - int(np.trace(check.confusion))

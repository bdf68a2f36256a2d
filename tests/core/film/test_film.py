"""A film shows what the network was: the same as the network itself, within what float16 can hold."""

from pathlib import Path

import numpy as np
import pytest

from app.core.errors import InputError
from app.core.film.film import Film
from app.core.runs.snapshots import Moment, moments_of, read_sample, remove_moments, snapshots_dir
from tests.core.film.made_films import MOMENTS, drawing, made_film


@pytest.fixture
def film(home: Path) -> Film:
    made_film(1)
    return Film(1)


def never() -> None:
    """Nobody wants it to end."""


def test_a_frame_has_the_drawing_in_every_layer(film: Film) -> None:
    frame = film.frame(Moment(2), drawing())
    assert [(output.type, output.values.shape) for output in frame.outputs] == [
        ("Conv2D", (26, 26, 4)),
        ("MaxPooling2D", (13, 13, 4)),
        ("Flatten", (676,)),
        ("Dense", (8,)),
        ("Dense", (4,)),
    ]
    assert frame.kernels.shape == (4, 3, 3)
    assert frame.probabilities is not None
    assert frame.probabilities.sum() == pytest.approx(1)
    assert film.frame(Moment(2)).probabilities is None
    assert film.frame(Moment(2)).kernels.tolist() == frame.kernels.tolist()


def test_the_first_dense_layer_of_a_plain_network_is_shown_as_pictures(home: Path) -> None:
    made_film(2, "dense 5 relu")
    assert Film(2).frame(Moment(0)).kernels.shape == (5, 28, 28)
    made_film(3, "batch_normalization, dense 5 relu")
    assert Film(3).frame(Moment(0)).kernels.shape == (5, 28, 28)


def test_the_ribbon_tells_what_the_frames_tell(film: Film) -> None:
    ribbon = film.probabilities(film.moments, drawing(), never)
    for row, moment in zip(ribbon, film.moments, strict=True):
        assert row == pytest.approx(film.frame(moment, drawing()).probabilities, abs=1e-6)


def test_a_moment_that_cannot_be_read_leaves_a_gap(film: Film) -> None:
    (snapshots_dir(1) / "000002-000000000.f16").write_bytes(b"no")
    ribbon = film.probabilities(film.moments, drawing(), never)
    assert [bool(np.isnan(row).all()) for row in ribbon] == [moment == Moment(2) for moment in MOMENTS]
    with pytest.raises(InputError):
        film.frame(Moment(2), drawing())


def test_the_sample_is_read_at_every_moment(film: Film) -> None:
    assert film.checked(Moment(1)) is None
    check = film.check(Moment(1))
    sample = read_sample(1)
    answers = [film.frame(Moment(1), image / np.float32(255)).probabilities for image in sample.images]
    assert check.samples == 40
    right = [
        answer is not None and answer.argmax() == label for answer, label in zip(answers, sample.labels, strict=True)
    ]
    assert check.accuracy == pytest.approx(np.mean(right))
    assert check.loss > 0
    assert film.checked(Moment(1)) is check


def test_a_film_can_be_found_on_the_axis_of_epochs(film: Film) -> None:
    assert [film.position(moment) for moment in MOMENTS] == pytest.approx([0, 1 / 6, 2 / 6, 4 / 6, 1, 2, 3])
    assert film.nearest(0.6) == Moment(0, 4)
    assert film.nearest(9) == Moment(3)
    assert film.stride == 1


def test_a_thinned_film_says_so(film: Film) -> None:
    made_film(2, moments=(Moment(0), Moment(4), Moment(8), Moment(12), Moment(13)))
    assert Film(2).stride == 4


def test_a_film_grows_and_shrinks_with_its_run(film: Film) -> None:
    remove_moments(1, [Moment(2)])
    assert film.look_again() == tuple(moment for moment in MOMENTS if moment != Moment(2))


def test_there_is_no_film_without_snapshots(home: Path) -> None:
    with pytest.raises(InputError):
        Film(5)
    assert moments_of(5) == ()

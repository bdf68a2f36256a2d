"""The measurement of accuracy measures what it says, and says what it could not measure."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app.core.imaging.drawing import Drawing, load_drawing
from app.core.paths import resources_dir
from tests.bench.accuracy import corrupted, data, drawn, full_sets, numbers
from tests.bench.accuracy.strangers import full_canvases, printed_letters, scribbles
from tests.bench.accuracy.uncertainty import auroc
from tests.bench.report import Figure, Skipped

BAR = Drawing(280, 280, (((100.0, 100.0), (140.0, 100.0)), ((120.0, 90.0), (120.0, 110.0))))


@pytest.fixture(autouse=True)
def development(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A development folder with nothing in it."""
    monkeypatch.setenv(data.VARIABLE, str(tmp_path))
    for found in (data.full_set, data.drawings, data.pictures):
        found.cache_clear()
    yield tmp_path
    for found in (data.full_set, data.drawings, data.pictures):
        found.cache_clear()


@pytest.fixture
def with_drawings(development: Path) -> None:
    """The sample drawings of the program as if ten people had drawn them."""
    items = [
        {
            "label": digit,
            "reviewed": digit % 2 == 0,
            "strokes": load_drawing(resources_dir() / "samples" / f"digit-{digit}.drawing.json").strokes,
        }
        for digit in range(10)
    ]
    folder = development / "dev-drawings"
    folder.mkdir()
    content = json.dumps({"canvas": [280, 280], "items": items})
    (folder / "drawings.json.gz").write_bytes(gzip.compress(content.encode()))


def test_what_is_not_here_is_said_and_no_error() -> None:
    told = [figure for part in (drawn, numbers, corrupted) for figure in part.measure()]
    told += list(full_sets.measure())
    assert len(told) >= 5
    assert all(isinstance(figure, Skipped) and data.VARIABLE in figure.reason for figure in told)


@pytest.mark.usefixtures("with_drawings")
def test_drawings_are_read_as_drawn_elsewhere_tilted_and_as_pictures() -> None:
    figures = {figure.name: figure.value for figure in drawn.measure() if isinstance(figure, Figure)}
    assert figures["drawings: all"] == figures["drawings: reviewed ones"] == 100
    assert figures["drawings: answers that differ when small"] == 0
    assert len(figures) == 10


@pytest.mark.usefixtures("with_drawings")
def test_numbers_are_put_together_the_same_every_time() -> None:
    once, again = (numbers.numbers(data.drawings(), (3, 12), 2, 0.2) for _ in range(2))
    assert [one.text for one in once] == [one.text for one in again]
    assert [len(one.text) for one in once] == [3, 3, 12, 12]
    assert once[0].drawing == again[0].drawing
    for one in once:
        points = np.array([point for stroke in one.drawing.strokes for point in stroke])
        assert (points >= 0).all()
        assert (points <= (one.drawing.width, one.drawing.height)).all()


@pytest.mark.parametrize(
    ("text", "other", "apart"),
    [("123", "123", 0), ("123", "13", 1), ("", "42", 2), ("12", "21", 2), ("1234", "9239", 2)],
)
def test_the_distance_of_numbers_counts_single_changes(text: str, other: str, apart: int) -> None:
    assert numbers.distance(text, other) == numbers.distance(other, text) == apart


def test_a_drawing_is_turned_scaled_and_put_where_it_should_be() -> None:
    corner = drawn.transformed(BAR, 0.5, 0, (0.0, 0.0))
    np.testing.assert_allclose(corner.strokes[0], [(0, 5), (20, 5)], atol=1e-9)
    (turned, _) = drawn.transformed(BAR, 1, 90).strokes
    assert abs(turned[0][0] - turned[1][0]) < 1e-9
    assert abs(turned[0][1] - turned[1][1]) == pytest.approx(40)


def test_strangers_stay_on_their_canvas() -> None:
    assert len(printed_letters()) % 3 == 0
    for drawing in (*scribbles(20, 1), *full_canvases(5, 1)):
        points = np.array([point for stroke in drawing.strokes for point in stroke])
        assert points.min() > -40
        assert points.max() < 320


def test_auroc_matches_comparing_every_pair() -> None:
    random = np.random.default_rng(11)
    higher, lower = random.integers(2, 9, 60) / 10, random.integers(0, 7, 40) / 10
    pairs = [1.0 if one > other else 0.5 if one == other else 0.0 for one in higher for other in lower]
    assert auroc(higher, lower) == pytest.approx(np.mean(pairs))


def test_auroc_at_its_ends_and_in_the_middle() -> None:
    assert auroc(np.array([3.0, 4.0]), np.array([1.0, 2.0])) == 1
    assert auroc(np.array([1.0]), np.array([2.0, 3.0])) == 0
    assert auroc(np.ones(3), np.ones(7)) == 0.5
    with pytest.raises(ValueError, match="both sides"):
        auroc(np.ones(3), np.zeros(0))

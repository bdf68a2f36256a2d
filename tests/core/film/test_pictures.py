"""Numbers as pictures, by hand-made examples; a film as a file that moves."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.core.errors import InputError
from app.core.film.animation import write_animation
from app.core.film.pictures import GAP, ZERO, bands, columns_for, heat, levels, tiled


def test_the_largest_magnitude_is_at_an_end_and_nothing_in_the_middle() -> None:
    assert levels(np.array([-2.0, 0.0, 1.0, 2.0], np.float32)).tolist() == [0, ZERO, 190, 254]
    assert levels(np.zeros(3, np.float32)).tolist() == [ZERO] * 3
    assert levels(np.array([np.nan, 1.0], np.float32)).tolist() == [ZERO] * 2


def test_tiles_lie_beside_each_other_with_gaps() -> None:
    sheet = tiled(np.array([[[1.0]], [[-1.0]], [[0.5]]], np.float32), 2)
    assert sheet.tolist() == [[254, GAP, 0], [GAP, GAP, GAP], [190, GAP, GAP]]


@pytest.mark.parametrize(("count", "aspect", "columns"), [(1, 1.0, 1), (16, 1.0, 4), (16, 4.0, 8), (6, 100.0, 6)])
def test_tiles_are_as_large_as_can_be(count: int, aspect: float, columns: int) -> None:
    assert columns_for(count, aspect) == columns


def test_heat_is_a_share_of_the_row() -> None:
    assert heat(np.array([[4, 0], [1, 3]])) == pytest.approx(np.sqrt([[1.0, 0.0], [0.25, 0.75]]))
    assert heat(np.zeros((2, 2), np.int64)).tolist() == [[0, 0], [0, 0]]


def test_bands_end_at_one_and_bridge_what_is_not_known() -> None:
    found = bands(np.array([[np.nan, np.nan], [0.25, 0.75], [np.nan, np.nan], [1.0, 0.0]], np.float32))
    assert found.tolist() == [[0, 0.5, 1], [0, 0.25, 1], [0, 0.25, 1], [0, 1, 1]]


@pytest.mark.parametrize("suffix", [".gif", ".webp"])
def test_frames_become_a_moving_picture(tmp_path: Path, suffix: str) -> None:
    frames = [np.full((20, 30, 3), shade, np.uint8) for shade in (0, 128, 255)]
    path = tmp_path / f"film{suffix}"
    assert write_animation(path, frames, 250) == 3
    with Image.open(path) as picture:
        assert picture.n_frames == 3  # type: ignore[attr-defined]
        assert picture.info.get("loop") == 0
        for number, shade in enumerate((0, 128, 255)):
            picture.seek(number)
            assert np.abs(np.asarray(picture.convert("RGB")).astype(int) - shade).max() <= 2


def test_what_cannot_be_a_film_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="suffix"):
        write_animation(tmp_path / "film.avi", [np.zeros((2, 2, 3), np.uint8)], 100)
    with pytest.raises(InputError, match="no moment"):
        write_animation(tmp_path / "film.gif", [], 100)

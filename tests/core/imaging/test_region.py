"""Where a piece of clothing is, in a person's word."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pydantic import ValidationError

from app.core.datasets.originals import (
    LoadedPicture,
    load_original,
    network_image,
    original_bytes,
    original_of,
    paper_of,
    parse_original,
    save_original,
)
from app.core.imaging.clothing import find_clothing
from app.core.imaging.drawing import Drawing
from app.core.imaging.paper import History, Paper, Papers, load_papers, save_papers
from app.core.imaging.pictures import Picture, load_picture, png_of
from app.core.imaging.preprocess import CLOTHES, prepare_picture
from app.core.imaging.region import (
    MOST_MARKS,
    MOST_POINTS,
    TEXT_KEY,
    Frame,
    Mark,
    Region,
    mark_of,
    marked,
    outline,
    window,
    with_frame,
    with_mark,
)


def two_pieces() -> Picture:
    """A dark square to the left and a darker one to the right on white, 200 x 400."""
    rgb = np.full((200, 400, 3), 250, np.uint8)
    rgb[60:140, 40:120] = 90
    rgb[60:140, 280:360] = 20
    return Picture(rgb)


LEFT = Frame(left=0.05, top=0.2, right=0.4, bottom=0.8)


def test_the_mask_is_in_the_pictures_own_pixels() -> None:
    picture = two_pieces()
    mask = find_clothing(picture.rgb).mask
    assert mask.shape == (200, 400)
    assert np.array_equal(mask, picture.rgb[..., 0] < 200)
    large = picture.rgb.repeat(3, axis=0).repeat(3, axis=1)  # looked at in half its size
    assert find_clothing(large).mask.shape == (600, 1200)


def test_only_what_is_framed_is_the_piece() -> None:
    picture = two_pieces()
    mask = find_clothing(picture.rgb, region=Region(frame=LEFT)).mask
    assert mask[60:140, 40:120].all()
    assert not mask[:, 160:].any()
    seen = prepare_picture(picture, CLOTHES, region=Region(frame=LEFT))
    assert seen.found is not None
    assert seen.image[:, 10:18].mean() > 0.5  # the square fills the input


def test_a_frame_around_nothing_to_be_seen_is_taken_at_its_word() -> None:
    blank = np.full((100, 100, 3), 200, np.uint8)
    assert not find_clothing(blank).mask.any()
    mask = find_clothing(blank, region=Region(frame=Frame(left=0.2, top=0.2, right=0.6, bottom=0.7))).mask
    assert mask[25:65, 25:55].all()
    assert mask.sum() == 50 * 40


def test_strokes_add_and_take_away() -> None:
    picture = two_pieces()
    away = Mark(belongs=False, width=0.25, points=((0.8, 0.3), (0.8, 0.7)))
    mask = find_clothing(picture.rgb, region=Region(marks=(away,))).mask
    assert mask[60:140, 40:120].mean() > 0.99  # corners may be rounded
    assert not mask[:, 275:365].any()
    back = Mark(belongs=True, width=0.1, points=((0.8, 0.5),))
    mask = find_clothing(picture.rgb, region=Region(marks=(away, back))).mask
    assert mask[100, 320]
    assert not mask[100, 285]


def test_what_is_marked_beside_the_frame_belongs_too() -> None:
    rows, columns = window(Region(frame=LEFT, marks=(Mark(belongs=True, width=0.1, points=((0.8, 0.9),)),)), 100, 200)
    assert (rows, columns) == (slice(20, 90), slice(10, 160))


def test_marks_have_the_same_place_in_every_size() -> None:
    region = Region(marks=(Mark(belongs=True, width=0.2, points=((0.25, 0.5), (0.75, 0.5))),))
    small, large = marked(region, 40, 80)[0], marked(region, 400, 800)[0]
    assert abs(small.mean() - large.mean()) < 0.02
    assert large[200, 400]
    assert not large[10, 400]


def test_places_outside_of_the_picture_are_refused() -> None:
    with pytest.raises(ValidationError):
        Frame(left=-0.1, top=0, right=1, bottom=1)
    with pytest.raises(ValidationError):
        Mark(belongs=True, width=0.1, points=())


def test_it_is_kept_with_the_paper(tmp_path: Path) -> None:
    region = Region(frame=LEFT, marks=(Mark(belongs=False, width=0.25, points=((0.8, 0.3), (0.1, 1.0))),))
    plain = Paper(Drawing(10, 10), two_pieces())
    history = History(plain)
    history.put(Paper(Drawing(10, 10), plain.picture, region=region))
    save_papers(Papers.of(history), tmp_path)
    loaded = load_papers(tmp_path)
    assert loaded is not None
    assert loaded.now.region == region
    loaded.undo()
    assert loaded.now.region is None


def test_the_outline_follows_the_edge() -> None:
    mask = np.zeros((50, 100), np.bool_)
    mask[10:40, 20:80] = True
    line, halo = outline(mask, 400, 200, 2, 6)
    assert line.shape == (200, 400)
    assert (line[60:140, 78:82].max(axis=1) > 0.9).all()
    assert not halo[60:140, 100:300].any()
    assert not halo[:, :60].any()
    assert ((halo >= line) | (line == 0)).all()
    nothing, _ = outline(np.zeros((50, 100), np.bool_), 400, 200, 2, 6)
    assert not nothing.any()


def test_frames_and_marks_that_are_drawn_beyond_the_picture_end_at_its_edge() -> None:
    region = with_frame(None, (1.4, 0.6), (0.3, -2))
    assert region is not None
    assert region.frame == Frame(left=0.3, top=0, right=1, bottom=0.6)
    assert with_frame(region, (0.5, 0.5), (0.505, 0.505)) is region
    assert mark_of([(-1, 0.5), (0.25, 7)], 0.1, True).points == ((0, 0.5), (0.25, 1))
    many = mark_of([(0.5, number / 99_999) for number in range(100_000)], 0.1, True)
    assert len(many.points) <= MOST_POINTS
    assert many.points[-1] == (0.5, 1)


def test_a_new_frame_forgets_the_marks_and_the_oldest_of_too_many_marks_goes() -> None:
    mark = mark_of([(0.5, 0.5)], 0.1, True)
    region = None
    for _ in range(MOST_MARKS + 5):
        region = with_mark(region, mark)
    assert region is not None
    assert len(region.marks) == MOST_MARKS
    framed = with_frame(region, (0, 0), (1, 1))
    assert framed is not None
    assert framed.marks == ()


def test_it_is_kept_in_the_file_of_its_picture() -> None:
    region = Region(frame=LEFT, marks=(Mark(belongs=False, width=0.25, points=((0.8, 0.3),)),))
    picture = load_picture(png_of(two_pieces(), region))
    assert picture.region == region
    assert np.array_equal(picture.rgb, two_pieces().rgb)
    assert load_picture(png_of(two_pieces())).region is None
    for text in ("", "{}x", '{"frame": {"left": 7}}'):
        file, info = io.BytesIO(), PngInfo()
        info.add_text(TEXT_KEY, text)
        Image.fromarray(two_pieces().rgb).save(file, "PNG", pnginfo=info)
        assert load_picture(file.getvalue()).region is None


def test_it_goes_with_a_sample_to_files_and_back(tmp_path: Path) -> None:
    paper = Paper(Drawing(10, 10), two_pieces(), region=Region(frame=LEFT))
    original = original_of(paper)
    assert isinstance(original, LoadedPicture)
    seen = network_image(original, CLOTHES)
    assert not np.array_equal(seen, network_image(LoadedPicture(two_pieces()), CLOTHES))
    for kept in (
        load_original(save_original(original, tmp_path, "one")),
        parse_original("picture", original_bytes(original), None),
    ):
        assert isinstance(kept, LoadedPicture)
        assert np.array_equal(network_image(kept, CLOTHES), seen)
        assert paper_of(kept, CLOTHES).region == paper.region

"""Forms around digits are told from the writing, and digits that look like forms stay."""

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw

from app.core.imaging.forms import printed, without_forms
from app.core.imaging.morphology import Mask
from tests.written import on_canvas, rendered, written

Pen = ImageDraw.ImageDraw


def page(number: str, room: int = 40) -> Mask:
    """The digits with so much blank paper around them, or more beside a narrow one."""
    drawing = on_canvas([np.array(stroke)[:, :2] + room - 30 for stroke in written(number, gap=40).strokes], room)
    ink = rendered(drawing, round(drawing.width), round(drawing.height), 6) < 128
    beside = max(0, ink.shape[0] - 20 - ink.shape[1]) // 2  # cells are hardly narrower than high
    return np.pad(ink, ((0, 0), (beside, beside)))


def marked(shape: tuple[int, ...], draw: Callable[[Pen], None]) -> Mask:
    image = Image.new("L", (shape[1], shape[0]))
    draw(ImageDraw.Draw(image))
    return np.asarray(image) > 0


def box(pen: Pen) -> None:
    width, height = pen.im.size
    pen.rectangle((12, 14, width - 12, height - 16), None, 255, 2)


def rounded(pen: Pen) -> None:
    width, height = pen.im.size
    pen.rounded_rectangle((12, 14, width - 12, height - 16), 20, None, 255, 3)


def ring(pen: Pen) -> None:
    width, height = pen.im.size
    pen.ellipse((2, 2, width - 3, height - 3), None, 255, 2)


def by_hand(pen: Pen) -> None:
    width, height = pen.im.size
    pen.line([(14, 12), (width - 16, 17), (width - 11, height - 14), (12, height - 18), (15, 16)], 255, 4)


def line_below(pen: Pen) -> None:
    width, height = pen.im.size
    pen.line([(8, height - 22), (width - 8, height - 20)], 255, 3)


def comb(pen: Pen) -> None:
    width, height = pen.im.size
    pen.line([(10, height - 50), (10, height - 20), (width - 10, height - 20), (width - 10, height - 50)], 255, 2)


def corners(pen: Pen) -> None:
    width, height = pen.im.size
    for x, way in ((10, 18), (width - 10, -18)):
        for y, down in ((10, 18), (height - 10, -18)):
            pen.line([(x + way, y), (x, y), (x, y + down)], 255, 3)


@pytest.mark.parametrize("form", [box, rounded, ring, by_hand, line_below, comb, corners])
@pytest.mark.parametrize("number", ["4", "5", "1", "0", "27"])
def test_only_the_form_is_printed(form: Callable[[Pen], None], number: str) -> None:
    digits = page(number)
    lines = marked(digits.shape, form)
    found = printed(digits | lines)
    assert not (found & digits & ~lines).any()
    assert (found & lines).sum() > 0.95 * (lines & ~digits).sum()


def test_boxes_that_share_their_sides() -> None:
    digits = page("274")
    gaps = np.flatnonzero(~digits.any(axis=0))
    between = [int(run.mean()) for run in np.split(gaps, np.flatnonzero(np.diff(gaps) > 1) + 1)]
    lines = np.zeros_like(digits)
    for x in between:
        lines[14:-16, x : x + 2] = True
    lines |= marked(digits.shape, box)
    assert not (printed(digits | lines) & digits).any()
    assert (printed(digits | lines) | digits)[lines].mean() > 0.9


def test_ink_that_touches_its_box_stays() -> None:
    digits = page("5", room=14)
    left = int(np.flatnonzero(digits.any(axis=0))[0])
    lines = marked(
        digits.shape, lambda pen: pen.rectangle((left + 2, 4, digits.shape[1] - 5, digits.shape[0] - 5), None, 255, 2)
    )
    found = printed(digits | lines)
    assert found[lines].mean() > 0.85
    assert (digits & ~found).sum() > 0.9 * digits.sum()


@pytest.mark.parametrize("form", [box, by_hand])
@pytest.mark.parametrize("turn_deg", [-9, 8])
def test_a_tilted_box_around_a_row_of_digits(form: Callable[[Pen], None], turn_deg: float) -> None:
    digits = page("2740586")
    lines = marked(digits.shape, form)

    def turned(mask: Mask) -> Mask:
        image = Image.fromarray(np.pad(mask, 80).astype(np.uint8) * 255)
        return np.asarray(image.rotate(turn_deg, Image.Resampling.BILINEAR)) > 127

    found = printed(turned(digits | lines))
    assert (found & turned(lines)).sum() > 0.9 * turned(lines).sum()
    assert (found & turned(digits)).sum() < 0.03 * turned(digits).sum()


@pytest.mark.parametrize("gap", [0, 12, 30])
def test_a_comb_goes_though_digits_stand_low_between_its_teeth_or_touch_one(gap: int) -> None:
    digits = page("274")
    height, width = digits.shape
    bottom = int(np.flatnonzero(digits.any(axis=1))[-1]) + gap
    columns = np.flatnonzero(digits.any(axis=0))
    gaps = np.flatnonzero(np.diff(columns) > 8)
    step = (columns[gaps[1] + 1] + columns[gaps[1]] - columns[gaps[0] + 1] - columns[gaps[0]]) / 2
    first = (columns[gaps[0] + 1] + columns[gaps[0]]) / 2 - step
    lines = np.zeros_like(digits)
    left, right = round(max(first, 2)), round(min(first + 3 * step, width - 4))
    lines[min(bottom + 4, height - 3) : min(bottom + 6, height - 1), left : right + 2] = True
    for number in range(4):
        tooth = round(left + number * (right - left) / 3)
        lines[min(bottom + 4, height - 3) - 24 : min(bottom + 5, height - 2), tooth : tooth + 2] = True
    found = printed(digits | lines)
    assert (found & lines).sum() > 0.95 * lines.sum()
    assert (found & digits & ~lines).sum() < 0.03 * digits.sum()


def test_a_one_from_side_to_side_of_its_box_is_no_division_of_it() -> None:
    digits = page("40")
    one = np.zeros((len(digits), 60), np.bool_)
    one[15:-20, 8:13] = True
    digits = np.hstack([digits, one])
    lines = marked(digits.shape, box)
    found = printed(digits | lines)
    assert (digits & ~found)[:, -60:].sum() > 0.85 * one.sum()
    assert found[lines].mean() > 0.9


@pytest.mark.parametrize("number", [*"0123456789", "7-crossed", "80", "66", "1111"])
def test_digits_without_a_form_stay_whole(number: str) -> None:
    digits = page(number) if "-" not in number else page([number])  # type: ignore[arg-type]
    assert not printed(digits).any()


def test_a_slash_in_a_zero_is_no_writing_in_a_ring() -> None:
    zero = marked((140, 120), lambda pen: pen.ellipse((30, 10, 90, 130), None, 255, 6))
    slash = marked(zero.shape, lambda pen: pen.line((44, 105, 76, 35), 255, 6))
    assert not printed(zero | slash).any()


def test_a_hollow_zero_among_hollow_digits_is_no_ring_around_a_zero() -> None:
    def draw(pen: Pen) -> None:
        pen.ellipse((20, 12, 90, 128), None, 255, 3)
        pen.ellipse((42, 36, 68, 104), None, 255, 3)
        pen.rectangle((120, 12, 142, 128), None, 255, 3)

    assert not printed(marked((140, 170), draw)).any()
    assert printed(marked((140, 110), draw)).any()


def test_boxes_beside_each_other_are_frames_though_the_digits_fill_them() -> None:
    def draw(pen: Pen) -> None:
        for left in (10, 110, 210):
            pen.rectangle((left, 10, left + 90, 130), None, 255, 3)
            pen.line((left + 50, 18, left + 40, 122), 255, 6)

    found = printed(marked((140, 320), draw))
    assert found[10:13, 20:90].all()
    assert not found[20:120, 45:70].any()


def test_small_pictures_have_no_room_for_a_form() -> None:
    contrast = np.zeros((30, 30), np.float32)
    contrast[[2, -3], 2:-2] = contrast[2:-2, [2, -3]] = contrast[9:20, 14] = 1
    assert without_forms(contrast) is contrast

"""What is unusual about a picture is found in the figures of the training data, and can be put right."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as Pillow

from app.core.datasets.sources import load_dataset
from app.core.datasets.types import LabelledImages
from app.core.imaging.drawing import Drawing
from app.core.imaging.ink import connected_parts, stroke_width
from app.core.imaging.pictures import Picture
from app.core.imaging.preprocess import CLOTHES, DIGITS, NetworkInput, prepare_drawing, prepare_picture
from app.core.inference.explaining.corrections import Correction, corrected, is_whole
from app.core.inference.explaining.hints import MOST_HINTS, Hint, find_hints
from app.core.inference.explaining.traits import (
    RARE,
    Norms,
    Oddity,
    Trait,
    count_parts,
    label_parts,
    measure,
    measure_norms,
)

Image = NDArray[np.float32]
Points = tuple[tuple[float, float], ...]

NAMES = tuple("0123456789")


@pytest.fixture(scope="module")
def digits() -> LabelledImages:
    return load_dataset("mnist").train


@pytest.fixture(scope="module")
def norms(digits: LabelledImages) -> Norms:
    few = LabelledImages(digits.images[:1500], digits.labels[:1500])
    return measure_norms(few, len(NAMES))


@pytest.fixture(scope="module")
def clothes() -> LabelledImages:
    train = load_dataset("fashion-mnist").train
    return LabelledImages(train.images[:1200], train.labels[:1200])


def drawn(*strokes: Points) -> NetworkInput:
    return prepare_drawing(Drawing(280, 280, strokes), DIGITS)


def as_it_is(image: NDArray[np.floating]) -> NetworkInput:
    return NetworkInput(np.ascontiguousarray(image, np.float32), (), is_empty=False, inverted=False)


def from_fine(ink: NDArray[np.uint8]) -> NetworkInput:
    """Light ink on black, as a picture."""
    return prepare_picture(Picture(np.repeat(ink[:, :, None], 3, axis=2)), DIGITS, invert=True)


def hints(shown: NetworkInput, norms: Norms, label: int | None) -> tuple[Hint, ...]:
    return find_hints(shown.image, label, norms, DIGITS)


def put_right(shown: NetworkInput, hint: Hint) -> NetworkInput:
    assert hint.correction is not None
    return corrected(shown, hint.correction, hint.oddity, DIGITS)


SLANTED: Points = ((180, 40), (260, 40), (20, 240))
SEVEN: Points = ((100, 40), (180, 40), (130, 240))
DOT: Points = ((20, 238), (26, 241))


# Traits, against counting by hand and against the functions that know one picture.


def test_traits_of_a_plain_bar_are_those_counted_by_hand() -> None:
    bar = np.zeros((28, 28), np.float32)
    bar[4:24, 12:16] = 1
    found = {trait: float(values[0]) for trait, values in measure(bar[None]).items()}
    assert found[Trait.INK] == pytest.approx(80 / 784)
    assert found[Trait.ASPECT] == pytest.approx(4 / 20)
    assert found[Trait.SIZE] == 20
    assert found[Trait.SLANT] == pytest.approx(0, abs=1e-4)
    assert (found[Trait.PARTS], found[Trait.STRENGTH], found[Trait.FILLED]) == (1, 1, 1)
    assert found[Trait.OFF_CENTRE] == pytest.approx(np.hypot(0.5, 0.5))
    assert found[Trait.STROKE] == pytest.approx(2 * 80 / 48, rel=0.1)


def test_a_sheared_bar_leans_by_its_angle() -> None:
    rows, columns = np.mgrid[:28, :28]
    for degrees in (-30, 15, 40):
        middle = 13.5 + (13.5 - rows) * np.tan(np.radians(degrees))
        bar = ((np.abs(columns - middle) < 1.5) & (rows > 4) & (rows < 23)).astype(np.float32)
        assert float(measure(bar[None])[Trait.SLANT][0]) == pytest.approx(degrees, abs=2)


def test_strokes_are_as_wide_as_they_were_drawn() -> None:
    for width in (1, 2, 4):
        line = np.zeros((28, 28), np.float32)
        line[2:26, 10 : 10 + width] = 1
        assert float(measure(line[None])[Trait.STROKE][0]) == pytest.approx(width, rel=0.15)


def test_parts_of_many_are_those_of_each(digits: LabelledImages) -> None:
    images = digits.images[:60].astype(np.float32) / 255
    for image, labels in zip(images, label_parts(images > 0.25), strict=True):
        expected, count = connected_parts(image > 0.25)
        assert len(set(labels[labels > 0])) == count
        for number in range(1, count + 1):
            assert len(set(labels[expected == number])) == 1


def test_grains_are_no_parts() -> None:
    image = np.zeros((28, 28), np.float32)
    image[4:24, 10:14] = 1
    image[2, 25] = 1
    assert count_parts(image[None]).tolist() == [1]
    image[2:5, 22:26] = 1
    assert count_parts(image[None]).tolist() == [2]


def test_an_empty_picture_has_zeros() -> None:
    assert all(not values.any() for values in measure(np.zeros((3, 28, 28), np.float32)).values())


# Norms.


def test_norms_are_quantiles(norms: Norms, digits: LabelledImages) -> None:
    images: Image = digits.images[:1500].astype(np.float32) / np.float32(255)
    strokes = measure(images)[Trait.STROKE]
    assert norms.overall is not None
    np.testing.assert_array_equal(norms.overall[Trait.STROKE], np.sort(strokes))
    assert norms.count == 1500


def test_a_handful_of_pictures_says_nothing_of_what_is_usual(digits: LabelledImages) -> None:
    few = measure_norms(LabelledImages(digits.images[:50], digits.labels[:50]), len(NAMES))
    assert (few.overall, set(few.by_class)) == (None, {None})
    assert few.oddities(drawn(SLANTED).image, 7, tuple(Trait)) == ()


def test_only_about_one_in_fifty_training_digits_is_odd_in_a_trait(norms: Norms, digits: LabelledImages) -> None:
    images = digits.images[2000:2300].astype(np.float32) / 255
    odd = sum(
        any(oddity.label is None for oddity in norms.oddities(image, int(label), (Trait.SLANT,)))
        for image, label in zip(images, digits.labels[2000:2300], strict=True)
    )
    assert odd <= 300 * 2 * RARE * 3


def test_what_is_usual_in_one_class_may_be_odd_in_another(norms: Norms) -> None:
    narrow = drawn(((140, 20), (140, 260)))
    assert norms.oddities(narrow.image, 1, (Trait.ASPECT,)) == ()
    (oddity,) = norms.oddities(narrow.image, 0, (Trait.ASPECT,))
    assert (oddity.label, oddity.is_high) == (0, False)


def test_what_is_taken_for_no_class_is_not_compared_with_one(norms: Norms) -> None:
    flat = drawn(((20, 140), (260, 140)))
    assert any(hint.oddity.label == 7 for hint in hints(flat, norms, 7))
    assert all(hint.oddity.label is None for hint in hints(flat, norms, None))


# Hints and what puts them right.


def test_a_usual_digit_has_no_hints(norms: Norms) -> None:
    assert hints(drawn(SEVEN), norms, 7) == ()


def test_a_slanted_digit_is_straightened(norms: Norms) -> None:
    shown = drawn(SLANTED)
    hint = hints(shown, norms, 7)[0]
    assert (hint.oddity.trait, hint.oddity.is_high, hint.oddity.label) == (Trait.SLANT, True, None)
    assert hint.oddity.share > 1 - RARE
    straight = put_right(shown, hint)
    before, after = (float(measure(it.image[None])[Trait.SLANT][0]) for it in (shown, straight))
    assert before > 40
    assert after == pytest.approx(hint.oddity.target, abs=8)
    assert stroke_width(straight.image) == pytest.approx(stroke_width(shown.image), rel=0.2)


@pytest.mark.parametrize("radius", [15, 0])
def test_strokes_are_brought_to_the_usual_width(norms: Norms, digits: LabelledImages, radius: int) -> None:
    fine = np.asarray(Pillow.fromarray(digits.images[5]).resize((224, 224), Pillow.Resampling.BICUBIC)) / 255
    if radius:
        grown = [
            np.roll(fine, (y, x), (0, 1)) for y in range(-radius, radius + 1, 3) for x in range(-radius, radius + 1, 3)
        ]
        shown = from_fine((np.max(grown, axis=0) * 255).astype(np.uint8))
    else:
        shown = as_it_is(thin_line())
    (hint, *_) = [hint for hint in hints(shown, norms, 5) if hint.correction is Correction.STROKE]
    assert (hint.oddity.trait, hint.oddity.is_high) == (Trait.STROKE, bool(radius))
    usual = put_right(shown, hint)
    assert float(measure(usual.image[None])[Trait.STROKE][0]) == pytest.approx(hint.oddity.target, abs=0.8)
    assert not [h for h in hints(usual, norms, 5) if h.correction is Correction.STROKE]


def thin_line() -> Image:
    image = np.zeros((28, 28), np.float32)
    image[4:24, 14] = 0.9
    image[4, 10:18] = 0.9
    return image


def test_a_stray_dot_is_left_out(norms: Norms) -> None:
    shown = drawn(SEVEN, DOT)
    (hint, *_) = hints(shown, norms, 7)
    assert (hint.oddity.trait, hint.oddity.value) == (Trait.PARTS, 2)
    assert hint.correction is Correction.MAIN_PART
    clean = put_right(shown, hint)
    alone = drawn(SEVEN)
    assert is_whole(clean.image)
    overlap = float((clean.image * alone.image).sum()) / float((alone.image * alone.image).sum())
    assert overlap > 0.8


def test_a_small_gap_is_closed(norms: Norms) -> None:
    shown = drawn(((80, 40), (200, 40)), ((196, 82), (130, 240)))
    (hint, *_) = hints(shown, norms, 7)
    assert hint.correction is Correction.JOIN
    assert not is_whole(shown.image)
    assert is_whole(put_right(shown, hint).image)


def test_pale_ink_is_darkened(norms: Norms, digits: LabelledImages) -> None:
    shown = as_it_is(digits.images[5] / np.float32(255) * 0.5)
    (hint, *_) = hints(shown, norms, int(digits.labels[5]))
    assert (hint.oddity.trait, hint.oddity.is_high) == (Trait.STRENGTH, False)
    darker = put_right(shown, hint)
    assert darker.image.max() > 0.9


def test_a_digit_in_a_corner_is_fitted_and_centred(norms: Norms, digits: LabelledImages) -> None:
    corner = np.zeros((28, 28), np.float32)
    corner[:14, :14] = np.asarray(Pillow.fromarray(digits.images[5]).resize((14, 14)), np.float32) / 255
    shown = as_it_is(corner)
    found = hints(shown, norms, int(digits.labels[5]))
    (hint,) = [hint for hint in found if hint.oddity.trait is Trait.SIZE]
    assert not hint.oddity.is_high
    fitted = put_right(shown, hint)
    assert float(measure(fitted.image[None])[Trait.SIZE][0]) >= 19


def test_there_are_never_more_hints_than_one_can_read(norms: Norms) -> None:
    mess = np.zeros((28, 28), np.float32)
    mess[0:4, 0:20:4] = 0.3
    assert 0 < len(hints(as_it_is(mess), norms, 3)) <= MOST_HINTS


def test_every_correction_of_every_oddity_gives_a_picture(norms: Norms, digits: LabelledImages) -> None:
    """Whatever is asked, in whatever picture: something comes back, of the right kind, and nothing breaks."""
    strange = [
        drawn(SLANTED),
        drawn(DOT),
        drawn(((0, 0), (280, 0))),
        as_it_is(digits.images[3] / 255),
        as_it_is(thin_line()),
    ]
    for shown in strange:
        for correction in set(Correction) - {Correction.BRIGHTNESS}:
            for value, target in ((0.1, 2.0), (60.0, 8.0)):
                odd = Oddity(Trait.STROKE, value, True, 1.0, None, target)
                result = corrected(shown, correction, odd, DIGITS)
                assert result.image.shape == (28, 28)
                assert result.image.dtype == np.float32
                assert 0 <= result.image.min() <= result.image.max() <= 1


# Clothes.


def test_a_dark_piece_of_clothing_is_brightened(clothes: LabelledImages) -> None:
    norms = measure_norms(clothes, 10)
    shirt = clothes.images[int(np.argmax(clothes.images.mean(axis=(1, 2))))] / np.float32(255)
    dark = as_it_is(shirt * 0.2)
    found = find_hints(dark.image, 0, norms, CLOTHES)
    (hint,) = [hint for hint in found if hint.correction is Correction.BRIGHTNESS]
    assert (hint.oddity.trait, hint.oddity.is_high) == (Trait.STRENGTH, False)
    assert not any(hint.oddity.trait is Trait.STROKE for hint in found)
    brighter = corrected(dark, Correction.BRIGHTNESS, hint.oddity, CLOTHES)
    assert float(measure(brighter.image[None])[Trait.STRENGTH][0]) == pytest.approx(hint.oddity.target, abs=0.02)
    np.testing.assert_array_equal(brighter.image > 0, dark.image > 0)


def test_a_small_piece_of_clothing_is_fitted(clothes: LabelledImages) -> None:
    norms = measure_norms(clothes, 10)
    small = np.zeros((28, 28), np.float32)
    small[9:19, 9:19] = np.asarray(Pillow.fromarray(clothes.images[0]).resize((10, 10)), np.float32) / 255
    found = find_hints(small, 0, norms, CLOTHES)
    (hint,) = [hint for hint in found if hint.correction is Correction.FIT]
    assert (hint.oddity.trait, hint.oddity.share) == (Trait.SIZE, 1)
    fitted = corrected(as_it_is(small), Correction.FIT, hint.oddity, CLOTHES)
    assert float(measure(fitted.image[None])[Trait.SIZE][0]) >= 27

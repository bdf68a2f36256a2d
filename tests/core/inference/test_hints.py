"""What is unusual about a picture is found in the figures of the training data, and can be put right."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as Pillow

from app.core.datasets.sources import load_dataset
from app.core.datasets.types import LabelledImages
from app.core.imaging.drawing import Drawing
from app.core.imaging.ink import stroke_width
from app.core.imaging.morphology import connected_parts
from app.core.imaging.pictures import Picture
from app.core.imaging.preprocess import CLOTHES, DIGITS, NetworkInput, prepare_drawing, prepare_picture
from app.core.inference.explaining.corrections import Correction, corrected, is_whole
from app.core.inference.explaining.features import (
    RARE,
    Feature,
    FeatureStats,
    Outlier,
    count_parts,
    label_parts,
    measure,
    measure_features,
)
from app.core.inference.explaining.hints import MOST_HINTS, Hint, find_hints

Image = NDArray[np.float32]
Points = tuple[tuple[float, float], ...]

NAMES = tuple("0123456789")


@pytest.fixture(scope="module")
def digits() -> LabelledImages:
    return load_dataset("mnist").train


@pytest.fixture(scope="module")
def stats(digits: LabelledImages) -> FeatureStats:
    few = LabelledImages(digits.images[:1500], digits.labels[:1500])
    return measure_features(few, len(NAMES))


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


def hints(shown: NetworkInput, stats: FeatureStats, label: int | None) -> tuple[Hint, ...]:
    return find_hints(shown.image, label, stats, DIGITS)


def put_right(shown: NetworkInput, hint: Hint) -> NetworkInput:
    assert hint.correction is not None
    return corrected(shown, hint.correction, hint.outlier, DIGITS)


SLANTED: Points = ((180, 40), (260, 40), (20, 240))
SEVEN: Points = ((100, 40), (180, 40), (130, 240))
DOT: Points = ((20, 238), (26, 241))


# Features, against counting by hand and against the functions that know one picture.


def test_traits_of_a_plain_bar_are_those_counted_by_hand() -> None:
    bar = np.zeros((28, 28), np.float32)
    bar[4:24, 12:16] = 1
    found = {feature: float(values[0]) for feature, values in measure(bar[None]).items()}
    assert found[Feature.INK] == pytest.approx(80 / 784)
    assert found[Feature.ASPECT] == pytest.approx(4 / 20)
    assert found[Feature.SIZE] == 20
    assert found[Feature.SLANT] == pytest.approx(0, abs=1e-4)
    assert (found[Feature.PARTS], found[Feature.STRENGTH], found[Feature.FILLED]) == (1, 1, 1)
    assert found[Feature.OFF_CENTRE] == pytest.approx(np.hypot(0.5, 0.5))
    assert found[Feature.STROKE] == pytest.approx(2 * 80 / 48, rel=0.1)


def test_a_sheared_bar_leans_by_its_angle() -> None:
    rows, columns = np.mgrid[:28, :28]
    for degrees in (-30, 15, 40):
        middle = 13.5 + (13.5 - rows) * np.tan(np.radians(degrees))
        bar = ((np.abs(columns - middle) < 1.5) & (rows > 4) & (rows < 23)).astype(np.float32)
        assert float(measure(bar[None])[Feature.SLANT][0]) == pytest.approx(degrees, abs=2)


def test_strokes_are_as_wide_as_they_were_drawn() -> None:
    for width in (1, 2, 4):
        line = np.zeros((28, 28), np.float32)
        line[2:26, 10 : 10 + width] = 1
        assert float(measure(line[None])[Feature.STROKE][0]) == pytest.approx(width, rel=0.15)


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


# Statistics of features.


def test_feature_stats_are_quantiles(stats: FeatureStats, digits: LabelledImages) -> None:
    images: Image = digits.images[:1500].astype(np.float32) / np.float32(255)
    strokes = measure(images)[Feature.STROKE]
    assert stats.overall is not None
    np.testing.assert_array_equal(stats.overall[Feature.STROKE], np.sort(strokes))
    assert stats.count == 1500


def test_a_handful_of_pictures_says_nothing_of_what_is_usual(digits: LabelledImages) -> None:
    few = measure_features(LabelledImages(digits.images[:50], digits.labels[:50]), len(NAMES))
    assert (few.overall, set(few.by_class)) == (None, {None})
    assert few.outliers(drawn(SLANTED).image, 7, tuple(Feature)) == ()


def test_only_about_one_in_fifty_training_digits_is_odd_in_a_feature(
    stats: FeatureStats, digits: LabelledImages
) -> None:
    images = digits.images[2000:2300].astype(np.float32) / 255
    odd = sum(
        any(outlier.label is None for outlier in stats.outliers(image, int(label), (Feature.SLANT,)))
        for image, label in zip(images, digits.labels[2000:2300], strict=True)
    )
    assert odd <= 300 * 2 * RARE * 3


def test_what_is_usual_in_one_class_may_be_odd_in_another(stats: FeatureStats) -> None:
    narrow = drawn(((140, 20), (140, 260)))
    assert stats.outliers(narrow.image, 1, (Feature.ASPECT,)) == ()
    (outlier,) = stats.outliers(narrow.image, 0, (Feature.ASPECT,))
    assert (outlier.label, outlier.is_high) == (0, False)


def test_what_is_taken_for_no_class_is_not_compared_with_one(stats: FeatureStats) -> None:
    flat = drawn(((20, 140), (260, 140)))
    assert any(hint.outlier.label == 7 for hint in hints(flat, stats, 7))
    assert all(hint.outlier.label is None for hint in hints(flat, stats, None))


# Hints and what puts them right.


def test_a_usual_digit_has_no_hints(stats: FeatureStats) -> None:
    assert hints(drawn(SEVEN), stats, 7) == ()


def test_a_slanted_digit_is_straightened(stats: FeatureStats) -> None:
    shown = drawn(SLANTED)
    hint = hints(shown, stats, 7)[0]
    assert (hint.outlier.feature, hint.outlier.is_high, hint.outlier.label) == (Feature.SLANT, True, None)
    assert hint.outlier.share > 1 - RARE
    straight = put_right(shown, hint)
    before, after = (float(measure(it.image[None])[Feature.SLANT][0]) for it in (shown, straight))
    assert before > 40
    assert after == pytest.approx(hint.outlier.target, abs=8)
    assert stroke_width(straight.image) == pytest.approx(stroke_width(shown.image), rel=0.2)


@pytest.mark.parametrize("radius", [15, 0])
def test_strokes_are_brought_to_the_usual_width(stats: FeatureStats, digits: LabelledImages, radius: int) -> None:
    fine = np.asarray(Pillow.fromarray(digits.images[5]).resize((224, 224), Pillow.Resampling.BICUBIC)) / 255
    if radius:
        grown = [
            np.roll(fine, (y, x), (0, 1)) for y in range(-radius, radius + 1, 3) for x in range(-radius, radius + 1, 3)
        ]
        shown = from_fine((np.max(grown, axis=0) * 255).astype(np.uint8))
    else:
        shown = as_it_is(thin_line())
    (hint, *_) = [hint for hint in hints(shown, stats, 5) if hint.correction is Correction.STROKE]
    assert (hint.outlier.feature, hint.outlier.is_high) == (Feature.STROKE, bool(radius))
    usual = put_right(shown, hint)
    assert float(measure(usual.image[None])[Feature.STROKE][0]) == pytest.approx(hint.outlier.target, abs=0.8)
    assert not [h for h in hints(usual, stats, 5) if h.correction is Correction.STROKE]


def thin_line() -> Image:
    image = np.zeros((28, 28), np.float32)
    image[4:24, 14] = 0.9
    image[4, 10:18] = 0.9
    return image


def test_a_stray_dot_is_left_out(stats: FeatureStats) -> None:
    shown = drawn(SEVEN, DOT)
    (hint, *_) = hints(shown, stats, 7)
    assert (hint.outlier.feature, hint.outlier.value) == (Feature.PARTS, 2)
    assert hint.correction is Correction.MAIN_PART
    clean = put_right(shown, hint)
    alone = drawn(SEVEN)
    assert is_whole(clean.image)
    overlap = float((clean.image * alone.image).sum()) / float((alone.image * alone.image).sum())
    assert overlap > 0.8


def test_a_small_gap_is_closed(stats: FeatureStats) -> None:
    shown = drawn(((80, 40), (200, 40)), ((196, 82), (130, 240)))
    (hint, *_) = hints(shown, stats, 7)
    assert hint.correction is Correction.JOIN
    assert not is_whole(shown.image)
    assert is_whole(put_right(shown, hint).image)


def test_pale_ink_is_darkened(stats: FeatureStats, digits: LabelledImages) -> None:
    shown = as_it_is(digits.images[5] / np.float32(255) * 0.5)
    (hint, *_) = hints(shown, stats, int(digits.labels[5]))
    assert (hint.outlier.feature, hint.outlier.is_high) == (Feature.STRENGTH, False)
    darker = put_right(shown, hint)
    assert darker.image.max() > 0.9


def test_a_digit_in_a_corner_is_fitted_and_centred(stats: FeatureStats, digits: LabelledImages) -> None:
    corner = np.zeros((28, 28), np.float32)
    corner[:14, :14] = np.asarray(Pillow.fromarray(digits.images[5]).resize((14, 14)), np.float32) / 255
    shown = as_it_is(corner)
    found = hints(shown, stats, int(digits.labels[5]))
    (hint,) = [hint for hint in found if hint.outlier.feature is Feature.SIZE]
    assert not hint.outlier.is_high
    fitted = put_right(shown, hint)
    assert float(measure(fitted.image[None])[Feature.SIZE][0]) >= 19


def test_there_are_never_more_hints_than_one_can_read(stats: FeatureStats) -> None:
    mess = np.zeros((28, 28), np.float32)
    mess[0:4, 0:20:4] = 0.3
    assert 0 < len(hints(as_it_is(mess), stats, 3)) <= MOST_HINTS


def test_every_correction_of_every_outlier_gives_a_picture(stats: FeatureStats, digits: LabelledImages) -> None:
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
                odd = Outlier(Feature.STROKE, value, True, 1.0, None, target)
                result = corrected(shown, correction, odd, DIGITS)
                assert result.image.shape == (28, 28)
                assert result.image.dtype == np.float32
                assert 0 <= result.image.min() <= result.image.max() <= 1


# Clothes.


def test_a_dark_piece_of_clothing_is_brightened(clothes: LabelledImages) -> None:
    stats = measure_features(clothes, 10)
    shirt = clothes.images[int(np.argmax(clothes.images.mean(axis=(1, 2))))] / np.float32(255)
    dark = as_it_is(shirt * 0.2)
    found = find_hints(dark.image, 0, stats, CLOTHES)
    (hint,) = [hint for hint in found if hint.correction is Correction.BRIGHTNESS]
    assert (hint.outlier.feature, hint.outlier.is_high) == (Feature.STRENGTH, False)
    assert not any(hint.outlier.feature is Feature.STROKE for hint in found)
    brighter = corrected(dark, Correction.BRIGHTNESS, hint.outlier, CLOTHES)
    assert float(measure(brighter.image[None])[Feature.STRENGTH][0]) == pytest.approx(hint.outlier.target, abs=0.02)
    np.testing.assert_array_equal(brighter.image > 0, dark.image > 0)


def test_a_small_piece_of_clothing_is_fitted(clothes: LabelledImages) -> None:
    stats = measure_features(clothes, 10)
    small = np.zeros((28, 28), np.float32)
    small[9:19, 9:19] = np.asarray(Pillow.fromarray(clothes.images[0]).resize((10, 10)), np.float32) / 255
    found = find_hints(small, 0, stats, CLOTHES)
    (hint,) = [hint for hint in found if hint.correction is Correction.FIT]
    assert (hint.outlier.feature, hint.outlier.share) == (Feature.SIZE, 1)
    fitted = corrected(as_it_is(small), Correction.FIT, hint.outlier, CLOTHES)
    assert float(measure(fitted.image[None])[Feature.SIZE][0]) >= 27

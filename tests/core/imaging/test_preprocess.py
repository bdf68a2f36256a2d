"""What the network reads: compared with MNIST's recipe written out in loops, and with itself under change."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.imaging.drawing import Drawing, load_drawing
from app.core.imaging.ink import otsu, stroke_width
from app.core.imaging.morphology import connected_parts
from app.core.imaging.pictures import Picture, load_picture
from app.core.imaging.preprocess import (
    CLOTHES,
    DIGITS,
    NetworkInput,
    Preprocessing,
    prepare_drawing,
    prepare_ink,
    prepare_picture,
)
from app.core.imaging.rasterise import rasterise
from tests.written import rendered

FOLDER = Path(__file__).parents[3] / "resources" / "samples"
SAMPLES = [load_drawing(path) for path in sorted(FOLDER.glob("*.drawing.json"))]


def moved(drawing: Drawing, scale: float, dx: float, dy: float) -> Drawing:
    strokes = tuple(tuple((p[0] * scale + dx, p[1] * scale + dy) for p in s) for s in drawing.strokes)
    return Drawing(drawing.width, drawing.height, strokes)


def picture(grey: NDArray[np.floating]) -> Picture:
    levels = np.rint(np.clip(grey, 0, 1) * 255).astype(np.uint8)
    return Picture(np.repeat(levels[..., None], 3, axis=2))


def paper(drawing: Drawing, side: int = 280, pen: float = 9) -> NDArray[np.float64]:
    return np.asarray(rendered(drawing, side, side, pen) / 255)


def check(result: NetworkInput) -> None:
    for image in (result.image, *(step.image for step in result.steps)):
        assert image.dtype == np.float32
        assert image.flags.c_contiguous
        assert image.size == 0 or 0 <= image.min() <= image.max() <= 1
    assert result.image.shape == (28, 28)


def recipe(ink: NDArray[np.float32]) -> NDArray[np.float64]:
    """MNIST's recipe in loops: average 8 x 8 blocks, then centre the mass in the 28 x 28 field."""
    height, width = -(-ink.shape[0] // 8), -(-ink.shape[1] // 8)
    top, left = (height * 8 - ink.shape[0]) // 2, (width * 8 - ink.shape[1]) // 2
    small = np.zeros((height, width))
    for y in range(ink.shape[0]):
        for x in range(ink.shape[1]):
            small[(y + top) // 8, (x + left) // 8] += ink[y, x] / 64
    total = vertical = horizontal = 0.0
    for y in range(height):
        for x in range(width):
            total += small[y, x]
            vertical += y * small[y, x]
            horizontal += x * small[y, x]
    result = np.zeros((28, 28))
    dy, dx = round(14 - vertical / total), round(14 - horizontal / total)
    for y in range(height):
        for x in range(width):
            result[y + dy, x + dx] = small[y, x]
    return result


@pytest.mark.parametrize("drawing", SAMPLES)
def test_drawings_follow_the_recipe(drawing: Drawing) -> None:
    result = prepare_drawing(drawing, DIGITS)
    check(result)
    assert [step.name for step in result.steps] == ["redrawn", "20 × 20", "centred"]
    assert not result.is_empty
    assert np.abs(result.image - recipe(rasterise(drawing))).max() < 1e-5
    assert 0.03 < result.image.mean() < 0.25


@pytest.mark.parametrize("drawing", SAMPLES)
def test_place_and_size_do_not_matter(drawing: Drawing) -> None:
    image = prepare_drawing(drawing, DIGITS).image
    for scale, dx, dy in ((1, 37.3, -12.8), (0.12, 245, 2), (2.5, -90, 10)):
        other = prepare_drawing(moved(drawing, scale, dx, dy), DIGITS).image
        # Rounding may move the whole picture by a pixel; nothing else may change.
        shifts = [np.roll(other, (y, x), (0, 1)) for y in (-1, 0, 1) for x in (-1, 0, 1)]
        assert min(float(np.abs(shifted - image).mean()) for shifted in shifts) < 0.01


def test_clothes_are_as_thick_as_they_were_drawn() -> None:
    """A shirt of thin lines: digits get MNIST's strokes, clothes keep the surface between theirs."""
    outline = ((100.0, 100.0), (300.0, 100.0), (300.0, 340.0), (100.0, 340.0), (100.0, 100.0))
    stripes = tuple(((100.0, y), (300.0, y)) for y in range(140, 340, 40))

    def covered(pen: float) -> float:
        return float((prepare_drawing(Drawing(440, 440, (outline, *stripes), pen), CLOTHES).image > 0.5).mean())

    assert covered(6) < 0.6 * covered(22) < 0.5 * covered(44)
    thin, wide = (prepare_drawing(Drawing(440, 440, (outline, *stripes), pen), DIGITS) for pen in (6.0, 44.0))
    np.testing.assert_array_equal(thin.image, wide.image)


def test_random_scribbles_are_always_valid() -> None:
    rng = np.random.default_rng(11)
    for _ in range(40):
        count = int(rng.integers(1, 5))
        strokes = tuple(
            tuple(
                map(tuple, rng.normal(140, rng.choice([0, 1e-3, 1, 60, 1e6]), (int(rng.integers(1, 30)), 2)).tolist())
            )
            for _ in range(count)
        )
        for kind in Preprocessing:
            result = prepare_drawing(Drawing(280, 280, strokes), kind)
            check(result)
            assert not result.is_empty
            assert result.image.max() > (0.5 if kind is DIGITS else 0.1)  # a fine pen on a vast paper is faint


@pytest.mark.parametrize("kind", list(Preprocessing))
def test_nothing_is_recognised_as_nothing(kind: Preprocessing) -> None:
    rng = np.random.default_rng(2)
    results = [prepare_drawing(Drawing(280, 280), kind), prepare_drawing(Drawing(280, 280, ((),)), kind)]
    results += [prepare_picture(picture(np.full((40, 60), level)), kind) for level in (0.0, 0.3, 1.0)]
    results += [prepare_picture(picture(np.full(shape, 1.0)), kind) for shape in ((1, 1), (1, 900), (900, 1))]
    results += [prepare_picture(picture(np.full((40, 60), 1.0)), kind, invert) for invert in (True, False)]
    if kind is DIGITS:
        results.append(prepare_picture(picture(0.8 + rng.normal(0, 0.01, (200, 300))), kind))
    for result in results:
        check(result)
        assert result.is_empty
        assert not result.image.any()


@pytest.mark.parametrize("drawing", SAMPLES)
def test_a_picture_of_a_drawing_is_read_like_the_drawing(drawing: Drawing) -> None:
    image = prepare_drawing(drawing, DIGITS).image
    page = paper(drawing)
    rng = np.random.default_rng(1)
    light = np.linspace(0.4, 0.95, 280)[:, None] * np.linspace(0.8, 1, 280)
    photo = (0.15 + 0.85 * page) * light + rng.normal(0, 0.01, page.shape)
    for grey, dark in ((page, True), (1 - page, False), (photo, True), (1 - photo, False)):
        result = prepare_picture(picture(grey), DIGITS)
        check(result)
        assert result.inverted is not dark
        assert [step.name for step in result.steps] == ["ink", "crop", "20 × 20", "centred"]
        shifts = [np.roll(result.image, (y, x), (0, 1)) for y in (-1, 0, 1) for x in (-1, 0, 1)]
        assert min(float(np.abs(shifted - image).mean()) for shifted in shifts) < 0.045


def test_thin_pens_are_thickened() -> None:
    for drawing in SAMPLES:
        result = prepare_picture(picture(paper(drawing, pen=2)), DIGITS)
        assert 1.9 < stroke_width(result.image) < 3.2


def test_specks_and_the_edge_of_the_table_are_not_ink() -> None:
    for drawing in SAMPLES:
        page = paper(drawing)
        clean = prepare_picture(picture(page), DIGITS).image
        page[5:8, 5:8] = 0
        assert np.array_equal(prepare_picture(picture(page), DIGITS).image, clean)
    wide = np.full((280, 400), 0.9)
    wide[:, 100:380] *= 0.1 + 0.9 * paper(SAMPLES[2])
    alone = prepare_picture(picture(wide), DIGITS).image
    wide[:, :20] = 0.3
    assert np.abs(prepare_picture(picture(wide), DIGITS).image - alone).mean() < 0.03


@pytest.mark.parametrize("drawing", SAMPLES)
def test_a_picture_made_like_mnist_stays_as_it_is(drawing: Drawing) -> None:
    image = prepare_drawing(drawing, DIGITS).image
    result = prepare_picture(picture(image), DIGITS)
    assert result.inverted
    assert np.abs(result.image - image).max() < 0.05


def test_a_person_can_choose_the_polarity() -> None:
    page = paper(SAMPLES[0])
    assert prepare_picture(picture(page), DIGITS, invert=False).inverted is False
    right, wrong = (prepare_picture(picture(page), kind, invert=False).image.mean() for kind in (DIGITS, CLOTHES))
    assert right > 0
    assert wrong > 0
    assert prepare_picture(picture(1 - page), DIGITS, invert=True).inverted is True
    assert prepare_picture(picture(1 - page), CLOTHES, invert=True).inverted is True


@pytest.mark.parametrize("name", ["t-shirt", "trouser", "ankle-boot"])
def test_clothes_fill_the_picture_on_black(name: str) -> None:
    garment = load_picture(FOLDER / f"{name}.png")
    result = prepare_picture(garment, CLOTHES)
    check(result)
    assert [step.name for step in result.steps] == ["picture", "trimmed", "fitted"]
    assert not result.inverted
    rows, columns = result.image.any(axis=1), result.image.any(axis=0)
    assert max(rows.sum(), columns.sum()) == 28
    trimmed = result.steps[1].image
    assert (garment.grey < 0.95).sum() <= trimmed.size
    assert result.image.max() > 0.95  # Fashion-MNIST's brightest places are white
    shifted = Picture(np.pad(garment.rgb, ((0, 90), (40, 0), (0, 0)), constant_values=255))
    assert np.abs(prepare_picture(shifted, CLOTHES).image - result.image).max() < 1e-6


def test_a_picture_made_like_fashion_mnist_stays_as_it_is() -> None:
    image = prepare_picture(load_picture(FOLDER / "t-shirt.png"), CLOTHES).image
    levels = np.rint(image * 255) / 255
    assert np.abs(prepare_picture(picture(levels), CLOTHES).image - levels).max() < 1e-6
    assert np.abs(prepare_picture(picture(1 - levels), CLOTHES).image - levels).max() < 1e-6


def test_otsu_separates_two_classes_like_the_exhaustive_search() -> None:
    rng = np.random.default_rng(4)
    for share in (0.05, 0.3, 0.7):
        values = np.clip(
            np.where(rng.random(4000) < share, rng.normal(0.75, 0.05, 4000), rng.normal(0.2, 0.05, 4000)), 0, 1
        )
        best = min(
            np.linspace(0.02, 0.98, 97),
            key=lambda t: sum(
                part.var() * len(part) for part in (values[values < t], values[values >= t]) if len(part)
            ),
        )
        found = otsu(values.astype(np.float32))
        assert ((values >= found) != (values >= best)).mean() < 0.005


def test_connected_parts_against_flood_fill() -> None:
    rng = np.random.default_rng(6)
    for density in (0.1, 0.4, 0.6, 1.0, 0.0):
        mask = rng.random((17, 23)) < density
        labels, count = connected_parts(mask)
        seen = np.zeros(mask.shape, int)
        parts = 0
        for y, x in np.argwhere(mask):
            if seen[y, x]:
                continue
            parts += 1
            todo = [(int(y), int(x))]
            while todo:
                a, b = todo.pop()
                if 0 <= a < 17 and 0 <= b < 23 and mask[a, b] and not seen[a, b]:
                    seen[a, b] = parts
                    todo += [(a + i, b + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        assert count == parts
        assert len(set(zip(labels.ravel().tolist(), seen.ravel().tolist(), strict=True))) == parts + bool((~mask).any())


def test_stroke_width_of_bars() -> None:
    for width in (3, 5, 8):
        bar = np.zeros((200, 40), np.float32)
        bar[10:190, 10 : 10 + width] = 1
        assert stroke_width(bar) == pytest.approx(width, rel=0.06)


@pytest.mark.parametrize("size", [28, 280])
def test_a_photograph_as_it_is_is_kept_whole_and_no_background_is_looked_for(size: int) -> None:
    small = np.random.default_rng(0).integers(100, 256, (28, 28), np.uint8)
    grey = small.repeat(size // 28, axis=0).repeat(size // 28, axis=1)
    picture = Picture(np.ascontiguousarray(np.repeat(grey[:, :, None], 3, axis=2)))
    read = prepare_picture(picture, Preprocessing.WHOLE).image
    np.testing.assert_allclose(read, small / 255, atol=1e-6)
    negative = prepare_picture(picture, Preprocessing.WHOLE, invert=False).image
    np.testing.assert_allclose(negative, 1 - small / 255, atol=1e-6)


@pytest.mark.parametrize("strength", [1 / 255, 0.1, 0.5])
@pytest.mark.parametrize("shape", [(1, 1), (1, 3), (8, 8)])
def test_ink_that_is_faint_everywhere_is_read_all_the_same(strength: float, shape: tuple[int, int]) -> None:
    found = prepare_ink(np.full(shape, strength, np.float32), inverted=True)
    assert 0 < found.image.max() <= 1

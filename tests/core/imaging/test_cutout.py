"""Pieces cut out of pictures whose background is not plain."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from app.core.imaging.clothing import find_clothing
from app.core.imaging.region import Frame, Mark, Region

HEIGHT, WIDTH = 320, 240
SHIRT = [
    (70, 60),
    (105, 50),
    (135, 50),
    (170, 60),
    (205, 110),
    (180, 130),
    (165, 110),
    (165, 260),
    (75, 260),
    (75, 110),
]
SHIRT += [(60, 130), (35, 110)]


def shape(outline: list[tuple[int, int]], moved: int = 0) -> NDArray[np.bool_]:
    picture = Image.new("L", (WIDTH, HEIGHT))
    ImageDraw.Draw(picture).polygon([(x + moved, y) for x, y in outline], fill=255)
    return np.asarray(picture) > 0


def boards() -> NDArray[np.floating]:
    """A wooden floor: boards of several browns, with dark gaps and grain."""
    random = np.random.default_rng(1)
    browns = np.array([0.62, 0.45, 0.3]) * random.uniform(0.75, 1.15, (8, 1))
    floor = browns.repeat(WIDTH // 8, axis=0)[None].repeat(HEIGHT, axis=0)
    floor[:, :: WIDTH // 8] *= 0.4
    return floor * (1 + 0.08 * np.repeat(random.standard_normal((HEIGHT // 8, WIDTH, 1)), 8, axis=0))


def sheet() -> NDArray[np.floating]:
    """A wrinkled sheet: light with soft dark folds."""
    noise = np.random.default_rng(2).uniform(0, 255, (HEIGHT // 20, WIDTH // 20)).astype(np.uint8)
    folds = Image.fromarray(noise).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
    return (0.62 + 0.3 * np.asarray(folds, np.float64) / 255)[..., None] * (0.95, 0.9, 0.85)


def stripes() -> NDArray[np.floating]:
    cloth = np.where((np.arange(HEIGHT) // 12 % 2)[:, None, None], (0.1, 0.15, 0.4), (0.55, 0.1, 0.12))
    return np.broadcast_to(cloth, (HEIGHT, WIDTH, 3))


def plain(*colour: float) -> NDArray[np.floating]:
    return np.ones((HEIGHT, WIDTH, 3)) * colour


def photograph(
    ground: NDArray[np.floating], *pieces: tuple[NDArray[np.bool_], NDArray[np.floating]]
) -> NDArray[np.uint8]:
    page = ground.copy()
    for mask, cloth in pieces:
        page[mask] = cloth[mask]
    noisy = page + 0.01 * np.random.default_rng(3).standard_normal(page.shape)
    image = Image.fromarray(np.rint(np.clip(noisy, 0, 1) * 255).astype(np.uint8))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(0.7)))


def overlap(found: NDArray[np.bool_], wanted: NDArray[np.bool_]) -> float:
    """Intersection over union."""
    return float((found & wanted).sum() / (found | wanted).sum())


@pytest.mark.parametrize("ground", [boards(), sheet()], ids=["boards", "sheet"])
@pytest.mark.parametrize(
    "cloth", [plain(0.1, 0.2, 0.5), plain(0.5, 0.05, 0.1), stripes()], ids=["blue", "red", "stripes"]
)
def test_a_piece_is_cut_out_of_a_background_with_a_pattern(
    ground: NDArray[np.floating], cloth: NDArray[np.floating]
) -> None:
    found = find_clothing(photograph(ground, (shape(SHIRT), cloth)))
    assert found.piece is not None
    assert overlap(found.mask, shape(SHIRT)) > 0.88


def test_a_print_of_the_colour_of_the_background_leaves_no_hole() -> None:
    mask = shape(SHIRT)
    cloth = plain(0.1, 0.3, 0.2)
    cloth[145:165, 108:132] = boards()[145:165, 108:132]
    found = find_clothing(photograph(boards(), (mask, cloth)))
    assert found.mask[147:163, 110:130].all()


def test_a_light_piece_stays_light_and_a_dark_one_becomes_light() -> None:
    light = find_clothing(photograph(boards(), (shape(SHIRT), plain(0.9, 0.9, 0.88))))
    dark = find_clothing(photograph(boards(), (shape(SHIRT), plain(0.05, 0.05, 0.06))))
    assert (light.light_on_dark, dark.light_on_dark) == (True, False)
    for found in (light, dark):
        assert found.piece is not None
        assert float(np.median(found.piece[found.piece > 0])) > 0.7


def test_a_small_second_piece_at_the_edge_is_left_out() -> None:
    corner = np.zeros((HEIGHT, WIDTH), np.bool_)
    corner[285:, 200:] = True
    found = find_clothing(photograph(boards(), (shape(SHIRT), plain(0.1, 0.2, 0.5)), (corner, plain(0.1, 0.5, 0.2))))
    assert overlap(found.mask, shape(SHIRT)) > 0.88


def test_of_two_pieces_apart_one_is_found() -> None:
    small = [(x // 2, y // 2 + 80) for x, y in SHIRT]
    left, right = shape(small), shape(small, 120)
    found = find_clothing(photograph(boards(), (left, plain(0.1, 0.2, 0.5)), (right, plain(0.1, 0.5, 0.2))))
    assert max(overlap(found.mask, left), overlap(found.mask, right)) > 0.8


def test_what_a_person_marks_decides_between_two_pieces() -> None:
    small = [(x // 2, y // 2 + 80) for x, y in SHIRT]
    left, right = shape(small), shape(small, 120)
    page = photograph(boards(), (left, plain(0.1, 0.2, 0.5)), (right, plain(0.1, 0.5, 0.2)))
    wanted = Mark(belongs=True, width=0.03, points=((0.25, 0.35), (0.25, 0.6)))
    other = Mark(belongs=False, width=0.03, points=((0.75, 0.35), (0.75, 0.6)))
    found = find_clothing(page, region=Region(marks=(wanted, other)))
    assert overlap(found.mask, left) > 0.8
    framed = find_clothing(page, region=Region(frame=Frame(left=0.52, top=0.2, right=1.0, bottom=0.85)))
    assert overlap(framed.mask, right) > 0.8


def _framed(mask: NDArray[np.bool_]) -> Region:
    """A frame as a hand draws it: on the piece's own edges, or a little beside them."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    left, right = (columns[0] - 2) / WIDTH, (columns[-1] + 4) / WIDTH
    top, bottom = (rows[0] - 4) / HEIGHT, (rows[-1] + 2) / HEIGHT
    return Region(frame=Frame(left=left, top=top, right=right, bottom=bottom))


def _printed() -> NDArray[np.floating]:
    """White cloth with a large dark print."""
    cloth = plain(0.85, 0.85, 0.83)
    cloth[100:200, 85:155] = (
        np.random.default_rng(4).uniform(0.05, 0.5, (50, 35, 3)).repeat(2, axis=0).repeat(2, axis=1)
    )
    return cloth


@pytest.mark.parametrize("ground", [boards(), sheet()], ids=["boards", "sheet"])
@pytest.mark.parametrize("cloth", [_printed(), plain(0.45, 0.33, 0.25)], ids=["printed", "brown"])
def test_what_lies_beside_a_frame_is_background_and_the_piece_fills_it(
    ground: NDArray[np.floating], cloth: NDArray[np.floating]
) -> None:
    mask = shape(SHIRT)
    found = find_clothing(photograph(ground, (mask, cloth)), region=_framed(mask))
    assert overlap(found.mask, mask) > 0.85


def test_what_shows_between_the_legs_of_framed_trousers_is_background() -> None:
    trousers = shape([(80, 50), (160, 50), (185, 280), (145, 280), (120, 110), (95, 280), (55, 280)])
    found = find_clothing(photograph(boards(), (trousers, plain(0.2, 0.3, 0.45))), region=_framed(trousers))
    assert overlap(found.mask, trousers) > 0.85


def test_a_frame_within_a_plain_piece_is_no_plain_background() -> None:
    pullover = shape([(30, 40), (210, 40), (210, 290), (30, 290)])
    cloth = plain(0.6, 0.05, 0.1)
    cloth[120:180, 80:160] = 0.95
    inner = Region(frame=Frame(left=36 / WIDTH, top=46 / HEIGHT, right=204 / WIDTH, bottom=284 / HEIGHT))
    found = find_clothing(photograph(plain(0.75, 0.75, 0.7), (pullover, cloth)), region=inner)
    assert overlap(found.mask, pullover) > 0.8

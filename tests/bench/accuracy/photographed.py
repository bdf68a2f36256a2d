"""Pictures: photographs of paper, canvas pictures, what is made to look like photographs, and clothes."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.core.imaging.pictures import Picture
from tests.bench.accuracy.data import absent, full_set, pictures
from tests.bench.accuracy.reading import (
    CLOTHES,
    DIGITS,
    answers,
    grey_picture,
    of_pictures,
    of_set,
    percent,
    right_share,
)
from tests.bench.clothes_photographs import CLOTHES_KINDS, clothes_photographs
from tests.bench.photographs import KINDS, Photograph, photographs
from tests.bench.report import Figure, Skipped

GOALS = {"phone_photo": ">= 98.5", "canvas_28x28": ">= 99"}
SHOES = ("Sandal", "Sneaker", "Ankle boot")
MADE = 12  # photographs of each kind
EVERY = 25  # of the clothes is enlarged


def measure() -> Iterator[Figure | Skipped]:
    """The development pictures by kind with the shipped digit reader, and clothes with that of clothes."""
    people = pictures()
    if not people:
        yield absent("development photographs and canvas pictures")
    for kind in dict.fromkeys(one.kind for one in people):
        some = [one for one in people if one.kind == kind]
        share = right_share(DIGITS, of_pictures(DIGITS, [one.picture for one in some]), [one.label for one in some])
        yield percent(f"pictures: {kind}, {len(some)}", share, GOALS.get(kind, ""))
    yield from _made_up(DIGITS, "photographs", KINDS, photographs, ">= 98.5")
    yield from _made_up(CLOTHES, "photographs of clothes", CLOTHES_KINDS, clothes_photographs)
    yield from _clothes()


def _made_up(
    model: str, what: str, kinds: Sequence[str], make: Callable[[str, int, int], list[Photograph]], goal: str = ""
) -> Iterator[Figure]:
    """Every trouble that a camera meets by itself, then all of them together.

    What is photographed comes from the starter sets, so the models know it: this is about the photographs.
    """
    shares = []
    for kind in kinds:
        made = make(kind, MADE, 1)
        images = of_pictures(model, [one.picture for one in made])
        shares.append(right_share(model, images, [one.label for one in made]))
        yield percent(f"made-up {what}: {kind}", shares[-1])
    yield percent(f"made-up {what}: all, {MADE * len(kinds)}", float(np.mean(shares)), goal)


def _clothes() -> Iterator[Figure | Skipped]:
    dataset = full_set("fashion-mnist")
    if dataset is None:
        yield absent("clothes, mirrored and on plain ground")
        return
    test = dataset.test
    right = answers(CLOTHES, of_set(test.images[:, :, ::-1])) == test.labels
    shoes = np.isin(test.labels, [dataset.class_names.index(name) for name in SHOES])
    yield percent("clothes: mirrored", float(right.mean()))
    yield percent("clothes: mirrored shoes", float(right[shoes].mean()))
    some, labels = test.images[::EVERY], test.labels[::EVERY]
    for name, ground in (("white", 255), ("black", 0)):
        shown = of_pictures(CLOTHES, [_on_plain_ground(image, ground) for image in some])
        yield percent(f"clothes: enlarged on {name} ground", right_share(CLOTHES, shown, labels))


def _on_plain_ground(image: NDArray[np.uint8], ground: int) -> Picture:
    """A piece of clothing as a shop shows it: ten times as large, with a wide margin; negated on a light ground."""
    large = np.asarray(Image.fromarray(image).resize((280, 280), Image.Resampling.BICUBIC))
    return grey_picture(np.pad(255 - large if ground else large, 60, constant_values=ground))

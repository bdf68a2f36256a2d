"""Samples made up for tests: drawings that differ, and pictures."""

import numpy as np

from app.core.datasets.originals import LoadedPicture
from app.core.datasets.samples.sets import create_sample_set
from app.core.datasets.samples.store import NewSample, SampleStore
from app.core.imaging.drawing import Drawing
from app.core.imaging.pictures import Picture


def drawing(number: int = 0) -> Drawing:
    """A hook that leans differently for each number."""
    lean = 5.0 * (number % 17)
    return Drawing(400, 300, (((100.5, 50.0), (200.0, 60.0 + lean, 12.0, 0.5)), ((150.0 + lean, 250.0),)))


def picture(number: int = 0) -> Picture:
    """A dark bar on light paper, at a slant."""
    rgb = np.full((40, 30, 3), 230, np.uint8)
    for row in range(5, 35):
        left = 8 + (row * (number % 5)) // 12
        rgb[row, left : left + 4] = (20, 30, 90)
    return Picture(rgb)


def make_store(title: str = "My digits", class_names: tuple[str, ...] = ("0", "1", "2")) -> SampleStore:
    return SampleStore(create_sample_set(title, class_names).name)


def filled_store(of_each: int = 7, title: str = "My digits") -> SampleStore:
    """Drawings and pictures of three classes."""
    store = make_store(title)
    store.add_all(
        NewSample(
            drawing(3 * number + label)
            if number % 2
            else LoadedPicture(picture(number), False if label == 1 else None),
            label,
        )
        for number in range(of_each)
        for label in range(3)
    )
    return store

"""A Train page to click on, with tiny data."""

from collections.abc import Callable

import numpy as np
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.core.datasets.types import Dataset, LabelledImages, Variant
from app.ui.common.field_control import NumberBox
from app.ui.train.page import TrainPage
from app.ui.train.stage import Stage
from tests.ui.hand import click, find

IMPORT_MS = 60_000
RUN_MS = 30_000
TRAINING_MS = 90_000
"""TensorFlow may have to be loaded within it."""
MakePage = Callable[..., TrainPage]


def stripes(count: int, seed: int) -> LabelledImages:
    """Ten classes that a dense network learns at once: a bright row at a height of its own."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, 10, count).astype(np.uint8)
    images = random.integers(0, 60, (count, 28, 28)).astype(np.uint8)
    images[np.arange(count), 4 + 2 * labels] = 255
    return LabelledImages(images, labels)


def load_stripes(name: str, data: str) -> Dataset:
    return Dataset(
        name="mnist",
        title="Stripes",
        variant=Variant.STARTER,
        class_names=tuple("0123456789"),
        preprocessing="mnist-1",
        train=stripes(320, 1),
        test=stripes(100, 2),
        sha256="0" * 64,
        origin=data,
    )


def set_epochs(page: QWidget, epochs: int) -> None:
    find(page, NumberBox, "epochs").setValue(epochs)


def headline(page: QWidget) -> str:
    return label_text(page, "headline")


def wait_for(qtbot: QtBot, page: TrainPage, *stages: Stage) -> None:
    qtbot.waitUntil(lambda: page._stage in stages, timeout=IMPORT_MS)


def train(qtbot: QtBot, page: TrainPage, epochs: int) -> None:
    set_epochs(page, epochs)
    click(page, "train")


def label_text(page: QWidget, name: str) -> str:
    return find(page, QLabel, name).text()

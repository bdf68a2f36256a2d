"""From pictures and drawings to the answers of a shipped model."""

from collections.abc import Iterable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from app.core.imaging.drawing import Drawing
from app.core.imaging.pictures import Picture
from app.core.imaging.preprocess import prepare_drawing, prepare_picture
from app.core.inference.evaluation import ModelEvaluation, evaluate_model
from app.core.inference.predictor import Predictor
from app.core.models.store import find_model
from tests.bench.accuracy.data import full_set
from tests.bench.report import Figure

DIGITS, CLOTHES = "digits-cnn", "clothes-cnn"

Images = NDArray[np.float32]
"""(n, 28, 28) in [0, 1], ink = 1, as a network reads them."""


@cache
def predictor(model: str) -> Predictor:
    """A shipped model, ready to answer."""
    return Predictor(find_model(model))


@cache
def evaluation(model: str) -> ModelEvaluation | None:
    """A shipped model's answers to the whole test split of its set, if that is here."""
    dataset = full_set(find_model(model).card.dataset)
    return evaluate_model(predictor(model), dataset) if dataset else None


def of_drawings(model: str, drawings: Iterable[Drawing]) -> Images:
    """Drawings as the model sees them."""
    wanted = predictor(model).preprocessing
    return np.stack([prepare_drawing(drawing, wanted).image for drawing in drawings])


def of_pictures(model: str, pictures: Iterable[Picture]) -> Images:
    """Pictures as the model sees them."""
    wanted = predictor(model).preprocessing
    return np.stack([prepare_picture(picture, wanted).image for picture in pictures])


def of_set(images: NDArray[np.uint8]) -> Images:
    """Pictures of a data set as they are."""
    return images.astype(np.float32) / np.float32(255)


def grey_picture(levels: NDArray[np.uint8]) -> Picture:
    """A grey picture (h, w) uint8 as if it came from a file."""
    return Picture(np.repeat(levels[:, :, None], 3, axis=2))


def answers(model: str, images: Images) -> NDArray[np.int64]:
    """The classes that the model names, (n,)."""
    return np.asarray(predictor(model).probabilities(images).argmax(axis=1), np.int64)


def right_share(model: str, images: Images, labels: Iterable[int] | NDArray[np.uint8]) -> float:
    """The share of pictures that the model reads right."""
    return float((answers(model, images) == np.array(list(labels))).mean())


def percent(name: str, share: float, goal: str = "") -> Figure:
    """A share in 0..1 as a figure."""
    return Figure("accuracy", name, 100 * share, "%", goal)

"""What networks learn of the starter data and of a few drawings of one's own.

Every recipe is trained for a short while and read twice: as the run left it, and with the same weights and exact
statistics of batch normalization.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.core.config.config import TrainingConfig
from app.core.config.layers import BatchNormalization
from app.core.datasets.samples.store import load_samples
from app.core.datasets.sources import load_dataset
from app.core.datasets.types import Dataset
from app.core.quiet import load_tensorflow
from app.core.recipes import RECIPES, Recipe, find_recipe
from app.core.training.control import RunControl
from app.core.training.fine_tuning import training_alone
from tests.bench.own_shapes import SHAPES, drawn_set, new_drawings
from tests.bench.report import Figure, Skipped
from tests.core.training.exact_statistics import set_exact_statistics

_SHORT_EPOCHS, _SHORT_EPOCHS_MAPS = 5, 1
_MEASURED = 2_000
"""Training pictures that exact statistics are taken from."""


@dataclass(frozen=True)
class Learned:
    """Shares of right answers, 0..1; `exact` in the test with exact statistics, `validation` None without a part."""

    train: float
    validation: float | None
    test: float
    exact: float
    elapsed_s: float


def measure() -> Iterator[Figure | Skipped]:
    """Everything that is trained."""
    load_tensorflow()
    yield from _fast_cnn()
    yield from _own_shapes()
    for recipe in RECIPES:
        yield from _recipe(recipe)


def learned(config: TrainingConfig, data: Dataset) -> Learned:
    """Train, and read the test split with both kinds of statistics."""
    from app.core.training.trainer import train

    trained = train(config, data, lambda _event: None, RunControl())
    last, network = trained.epochs[-1], trained.engine.network
    test = trained.engine.evaluate(data.test).accuracy
    set_exact_statistics(network, _varied_pictures(config, data))
    exact = trained.engine.evaluate(data.test).accuracy
    return Learned(last.accuracy, last.val_accuracy, test, exact, trained.elapsed_s)


def normalizes(config: TrainingConfig) -> bool:
    """True with batch normalization."""
    return any(isinstance(layer, BatchNormalization) for layer in config.layers)


def short(config: TrainingConfig) -> TrainingConfig:
    """The recipe's run, cut short: networks of feature maps see the starter data once."""
    has_maps = any(layer.needs_maps for layer in config.layers)
    most = _SHORT_EPOCHS_MAPS if has_maps else _SHORT_EPOCHS
    return config if config.recipe == "fast-cnn" else config.changed(epochs=min(config.epochs, most))


def _varied_pictures(config: TrainingConfig, data: Dataset) -> NDArray[np.uint8]:
    """Pictures of a run as its network sees them, other ones than the run's own choice."""
    import tensorflow as tf

    from app.core.training.augmentation import augment
    from app.core.training.images import run_images

    pictures = run_images(config, data)
    chosen: NDArray[np.uint8] = pictures.data.images[np.random.default_rng(99).permutation(pictures.epoch)[:_MEASURED]]
    if not config.augments:
        return chosen
    varied: Any = augment(tf.cast(chosen, tf.float32)[..., None] / 255.0, config, tf.constant(10**6))
    return np.asarray(np.rint(np.clip(varied[..., 0], 0, 1) * 255), np.uint8)


def _fast_cnn() -> Iterator[Figure]:
    """The program's own fast network with all defaults, on what ships."""
    found = learned(find_recipe("fast-cnn").config, load_dataset("mnist"))
    yield Figure("first-hour", "fast CNN on the starter data: test accuracy", 100 * found.test, "%", ">= 97")
    yield Figure("first-hour", "fast CNN on the starter data: training", found.elapsed_s, "s")


def _own_shapes() -> Iterator[Figure]:
    """Circle, square and triangle, 20 drawings of each, by the button "Train on these"; then 30 new ones."""
    right, elapsed = own_shapes(3, 20, 10)
    yield Figure("first-hour", "3 own shapes, 20 each: right of 30 new ones", 100 * right, "%", ">= 95")
    yield Figure("first-hour", "3 own shapes, 20 each: training", elapsed, "s")


def own_shapes(classes: int, of_each: int, new_of_each: int, seed: int = 1) -> tuple[float, float]:
    """The share of new drawings that a network trained on a set's own reads right, and the seconds it trained."""
    from app.core.training.trainer import train

    names = SHAPES[:classes]
    store = drawn_set(names, of_each, seed, f"Shapes {classes} {of_each} {seed}")
    trained = train(training_alone(store.set), load_samples(store.name), lambda _event: None, RunControl())
    return trained.engine.evaluate(new_drawings(names, new_of_each, seed + 100)).accuracy, trained.elapsed_s


def _recipe(recipe: Recipe) -> Iterator[Figure]:
    config = short(recipe.config)
    found = learned(config, load_dataset(config.dataset))
    name = f"{recipe.id}, {config.epochs} {'epoch' if config.epochs == 1 else 'epochs'} of the starter data"
    yield Figure("first-hour", f"{name}: test", 100 * found.test, "%")
    if normalizes(config):
        yield Figure("first-hour", f"{name}: with exact statistics", 100 * found.exact, "%", "within 1 point")

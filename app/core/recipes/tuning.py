"""The tuning notes: 14 variations of a dense network on MNIST, with one hidden layer of 512 units and with two."""

from dataclasses import dataclass

from app.core.config.config import TrainingConfig
from app.core.config.layers import BatchNormalization, Dense, Dropout, Layer
from app.core.config.settings import Optimizer
from app.core.recipes.recipe import Recipe

_GROUP = "Tuning"
_L2 = 1e-4
_SGD_RATE = 0.01
_GD_RATE = 0.0025


@dataclass(frozen=True)
class _Variation:
    """What one line of the notes' table changes."""

    title: str
    explanation: str
    batch_size: int = 128
    epochs: int = 50
    optimizer: Optimizer = "adam"
    learning_rate: float = 0.001
    l2: float = 0.0
    dropout: float = 0.0
    normalizes: bool = False
    patience: int = 0


_VARIATIONS = (
    _Variation("L2", "A penalty on large weights reduces overfitting.", l2=_L2),
    _Variation("dropout", "Dropout prevents overfitting.", dropout=0.2),
    _Variation(
        "early stopping 5", "Stops when validation has not improved for five epochs: a fifth of the time.", patience=5
    ),
    _Variation(
        "L2 and batch normalization",
        "Normalizing every batch makes the first epochs learn faster, but not the last ones.",
        l2=_L2,
        normalizes=True,
    ),
    _Variation(
        "L2, batch 256", "Twice the batch size: half the updates, two thirds of the time.", batch_size=256, l2=_L2
    ),
    _Variation("dropout, batch 256", "The best of the table: dropout and a larger batch.", batch_size=256, dropout=0.2),
    _Variation("early stopping 5, batch 256", "Stops early with smoother gradients.", batch_size=256, patience=5),
    _Variation(
        "L2 and batch normalization, batch 256",
        "The statistics of a larger batch are more stable.",
        batch_size=256,
        l2=_L2,
        normalizes=True,
    ),
    _Variation(
        "gradient descent, L2",
        "Plain gradient descent with a small learning rate: fifty epochs are not enough.",
        optimizer="sgd",
        learning_rate=_GD_RATE,
        l2=_L2,
    ),
    _Variation(
        "stochastic gradient descent, L2",
        "Plain gradient descent with the usual learning rate: slower than Adam, but as good in the end.",
        optimizer="sgd",
        learning_rate=_SGD_RATE,
        l2=_L2,
    ),
    _Variation("RMSprop, L2", "Steps scaled by the recent size of the gradients.", optimizer="rmsprop", l2=_L2),
    _Variation(
        "early stopping 10", "More patience, which hardly helps: the best epoch comes early.", epochs=100, patience=10
    ),
    _Variation(
        "L2, early stopping 10",
        "With a penalty, validation improves for longer.",
        epochs=100,
        l2=_L2,
        patience=10,
    ),
    _Variation(
        "L2, early stopping 20", "Trains until validation no longer improves.", epochs=1000, l2=_L2, patience=20
    ),
)

_ALWAYS = "the validation split (a fifth of the training digits, at random)"
_L2_FACTOR = f"the L2 factor ({_L2:g} on every hidden layer)"
_RATE = "the learning rate ({rate:g})"


def _layers(units: tuple[int, ...], variation: _Variation) -> tuple[Layer, ...]:
    layers: list[Layer] = []
    for count in units:
        layers.append(Dense(units=count, l2=variation.l2))
        layers += [BatchNormalization()] * variation.normalizes
        layers += [Dropout(rate=variation.dropout)] * bool(variation.dropout)
    return tuple(layers)


def _assumptions(variation: _Variation) -> str:
    """What the notes leave open."""
    parts = [_ALWAYS]
    parts += [_L2_FACTOR] * bool(variation.l2)
    parts += [_RATE.format(rate=variation.learning_rate)] * (variation.optimizer == "sgd")
    return f"Not in the notes, chosen to come close to their figures: {', '.join(parts)}."


def _recipe(network: str, units: tuple[int, ...], number: int, variation: _Variation) -> Recipe:
    return Recipe(
        f"Dense {network.replace('x', '-')}: {variation.title}",
        _GROUP,
        variation.explanation,
        TrainingConfig(
            recipe=f"tuning-{network}-{number:02}",
            layers=_layers(units, variation),
            epochs=variation.epochs,
            batch_size=variation.batch_size,
            optimizer=variation.optimizer,
            learning_rate=variation.learning_rate,
            validation_split=0.2,
            early_stopping_patience=variation.patience,
        ),
        _assumptions(variation),
    )


RECIPES = tuple(
    _recipe(network, units, number, variation)
    for network, units in (("512x512", (512, 512)), ("512", (512,)))
    for number, variation in enumerate(_VARIATIONS, start=1)
)

"""A textbook chapter on MNIST: from a perceptron to dropout and better optimizers, a step at a time."""

from app.core.models.config import TrainingConfig
from app.core.models.layers import Dense, Dropout, Layer
from app.core.models.recipes.recipe import Recipe

_GROUP = "Textbook"
_HIDDEN: tuple[Layer, ...] = (Dense(units=128), Dense(units=128))
_DROPOUT: tuple[Layer, ...] = (Dense(units=128), Dropout(rate=0.3), Dense(units=128), Dropout(rate=0.3))
_RATE = "Not in the chapter: the learning rate of SGD (0.01, Keras' own). As in Keras, the last fifth validates."
_SPLIT = "As in Keras, the last fifth of the training digits validates."


def _config(
    recipe: str, layers: tuple[Layer, ...], epochs: int, optimizer: str, learning_rate: float
) -> TrainingConfig:
    return TrainingConfig(recipe=recipe, layers=layers, epochs=epochs, batch_size=128).changed(
        optimizer=optimizer,
        learning_rate=learning_rate,
        loss="categorical_crossentropy",
        validation_split=0.2,
        validation_from="last",
    )


RECIPES = (
    Recipe(
        "Perceptron",
        _GROUP,
        "No hidden layer at all: ten weighted sums of the pixels already read nine digits in ten.",
        _config("textbook-perceptron", (), 200, "sgd", 0.01),
        _RATE,
    ),
    Recipe(
        "Two hidden layers",
        _GROUP,
        "Two hidden layers of 128 let the sums build on one another.",
        _config("textbook-hidden", _HIDDEN, 50, "sgd", 0.01),
        _RATE,
    ),
    Recipe(
        "Dropout",
        _GROUP,
        "Dropout slows training down, and what is learned holds better on digits never seen.",
        _config("textbook-dropout", _DROPOUT, 200, "sgd", 0.01),
        _RATE,
    ),
    Recipe(
        "RMSprop",
        _GROUP,
        "The same network with RMSprop: in a few epochs where SGD needs hundreds.",
        _config("textbook-rmsprop", _DROPOUT, 200, "rmsprop", 0.001),
        _SPLIT,
    ),
    Recipe(
        "Adam",
        _GROUP,
        "RMSprop with momentum: the chapter's best, and the middle of its sweeps.",
        _config("textbook-adam", _DROPOUT, 200, "adam", 0.001),
        _SPLIT,
    ),
)

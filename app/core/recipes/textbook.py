"""A textbook chapter on MNIST: from a perceptron to dropout and better optimizers, a step at a time."""

from app.core.config.config import TrainingConfig
from app.core.config.layers import Dense, Dropout, Layer
from app.core.recipes.recipe import Recipe

_GROUP = "Textbook"
_HIDDEN: tuple[Layer, ...] = (Dense(units=128), Dense(units=128))
_DROPOUT: tuple[Layer, ...] = (Dense(units=128), Dropout(rate=0.3), Dense(units=128), Dropout(rate=0.3))
_RATE = "Not in the chapter: the learning rate of SGD (0.01, the default of Keras). The last fifth is"
" used for validation, as in Keras."
_SPLIT = "The last fifth of the training digits is used for validation, as in Keras."


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
        "No hidden layer: ten weighted sums of the pixels already read nine of ten digits.",
        _config("textbook-perceptron", (), 200, "sgd", 0.01),
        _RATE,
    ),
    Recipe(
        "Two hidden layers",
        _GROUP,
        "Two hidden layers of 128 units each.",
        _config("textbook-hidden", _HIDDEN, 50, "sgd", 0.01),
        _RATE,
    ),
    Recipe(
        "Dropout",
        _GROUP,
        "Dropout makes training slower, and the network better on digits it has not seen.",
        _config("textbook-dropout", _DROPOUT, 200, "sgd", 0.01),
        _RATE,
    ),
    Recipe(
        "RMSprop",
        _GROUP,
        "The same network with RMSprop: a few epochs where SGD needs hundreds.",
        _config("textbook-rmsprop", _DROPOUT, 200, "rmsprop", 0.001),
        _SPLIT,
    ),
    Recipe(
        "Adam",
        _GROUP,
        "RMSprop with momentum: the best of the chapter, and the base of its searches.",
        _config("textbook-adam", _DROPOUT, 200, "adam", 0.001),
        _SPLIT,
    ),
)

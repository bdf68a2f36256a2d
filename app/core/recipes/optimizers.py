"""Six optimizers on clothes: one hidden layer of 100, five epochs, everything else the same."""

from app.core.config.config import TrainingConfig
from app.core.config.layers import Activation, Dense
from app.core.recipes.recipe import Recipe

_GROUP = "Optimizers"
_SILENT = "Not in the notes: the learning rate ({rate:g}, the default of Keras)."


def _recipe(
    name: str,
    title: str,
    explanation: str,
    rate: float,
    *,
    activation: Activation = "relu",
    said: bool = False,
    **values: object,
) -> Recipe:
    config = TrainingConfig(
        recipe=f"optimizers-{name}",
        dataset="fashion-mnist",
        layers=(Dense(units=100, activation=activation),),
        epochs=5,
        batch_size=32,
        learning_rate=rate,
        validation_split=0.2,
        seed=42,
    )
    return Recipe(title, _GROUP, explanation, config.changed(**values), "" if said else _SILENT.format(rate=rate))


RECIPES = (
    _recipe(
        "sigmoid",
        "Sigmoid and RMSprop",
        "Sigmoid units saturate, and their gradients become small: compare with ReLU.",
        0.001,
        activation="sigmoid",
        optimizer="rmsprop",
    ),
    _recipe(
        "relu", "ReLU and RMSprop", "The same network with ReLU learns a little faster.", 0.001, optimizer="rmsprop"
    ),
    _recipe("sgd", "SGD", "Plain gradient descent with a learning rate of 0.01.", 0.01, said=True, optimizer="sgd"),
    _recipe(
        "sgd-0.1",
        "SGD, ten times the learning rate",
        "With a rate of 0.1, SGD is as good as Adam after five epochs.",
        0.1,
        said=True,
        optimizer="sgd",
    ),
    _recipe(
        "nesterov",
        "SGD with Nesterov momentum",
        "Momentum of 0.9 that looks ahead: ten times the effective rate, and steadier.",
        0.01,
        said=True,
        optimizer="sgd",
        momentum=0.9,
        nesterov=True,
    ),
    _recipe(
        "adagrad",
        "Adagrad",
        "Every step makes the next one smaller. With the default rate of Keras it learns very slowly.",
        0.001,
        optimizer="adagrad",
    ),
    _recipe(
        "rmsprop", "RMSprop", "Adagrad remembers all gradients; RMSprop forgets old ones.", 0.001, optimizer="rmsprop"
    ),
    _recipe("adam", "Adam", "RMSprop with momentum: the best of the six here.", 0.001, optimizer="adam"),
)

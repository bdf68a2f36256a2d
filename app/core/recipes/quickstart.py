"""The beginner quickstart, and the clothes tutorial."""

from app.core.config.config import TrainingConfig
from app.core.config.layers import Dense, Dropout
from app.core.recipes.recipe import Recipe

_GROUP = "Quickstart"

RECIPES = (
    Recipe(
        "Quickstart: dense 128",
        _GROUP,
        "A network for beginners: one hidden layer, dropout, and logits that softmax turns into probabilities.",
        TrainingConfig(
            recipe="quickstart-mnist", layers=(Dense(units=128), Dropout(rate=0.2)), output="logits", epochs=5
        ),
    ),
    Recipe(
        "Quickstart: clothes",
        _GROUP,
        "The network of the clothes tutorial: one hidden layer for ten kinds of clothing. It confuses"
        " shirts with coats.",
        TrainingConfig(
            recipe="quickstart-fashion",
            dataset="fashion-mnist",
            layers=(Dense(units=128),),
            output="logits",
            epochs=10,
        ),
    ),
)

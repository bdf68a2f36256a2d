"""The recipes: named configs to start from, each with a sentence on what it teaches."""

from dataclasses import dataclass

from app.core.errors import InputError
from app.core.models.config import TrainingConfig
from app.core.models.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Layer,
    MaxPooling2D,
)


@dataclass(frozen=True)
class Recipe:
    """A config with a title, the notes it comes from (`group`) and what one learns from it."""

    title: str
    group: str
    explanation: str
    config: TrainingConfig

    @property
    def id(self) -> str:
        """The name used on the command line."""
        return self.config.recipe


_FAST_CNN: tuple[Layer, ...] = (
    Conv2D(filters=16, kernel_size=5),
    MaxPooling2D(),
    BatchNormalization(),
    Conv2D(filters=32, kernel_size=5),
    MaxPooling2D(),
    BatchNormalization(),
    Dense(units=128),
)

_LAB_CNN: tuple[Layer, ...] = (
    Conv2D(filters=64),
    BatchNormalization(),
    Conv2D(filters=64),
    BatchNormalization(),
    MaxPooling2D(),
    Conv2D(filters=64),
    BatchNormalization(),
    MaxPooling2D(),
    Dense(units=512),
    BatchNormalization(),
    Dropout(rate=0.5),
)

_DEEP_CNN: tuple[Layer, ...] = (
    Conv2D(filters=32, padding="same"),
    BatchNormalization(),
    Conv2D(filters=32, padding="same"),
    BatchNormalization(),
    MaxPooling2D(),
    Dropout(rate=0.1),
    Conv2D(filters=64, padding="same"),
    BatchNormalization(),
    Conv2D(filters=64, padding="same"),
    BatchNormalization(),
    MaxPooling2D(),
    Dropout(rate=0.2),
    Conv2D(filters=96, padding="same"),
    BatchNormalization(),
    MaxPooling2D(),
    Dense(units=192),
    BatchNormalization(),
    Dropout(rate=0.4),
)

_QUICKSTART = "Quickstart"
_TUNING = "Tuning"
_LAB = "Lab notes"
_STUDIO = "Softmax Studio"

RECIPES: tuple[Recipe, ...] = (
    Recipe(
        "Quickstart: dense 128",
        _QUICKSTART,
        "The beginner's network: one hidden layer, dropout, and raw logits that a softmax turns into bars.",
        TrainingConfig(
            recipe="quickstart-mnist", layers=(Dense(units=128), Dropout(rate=0.2)), output="logits", epochs=5
        ),
    ),
    Recipe(
        "Quickstart: clothes",
        _QUICKSTART,
        "The clothes tutorial's network: one hidden layer reads ten kinds of clothing, and confuses shirts with coats.",
        TrainingConfig(
            recipe="quickstart-fashion",
            dataset="fashion-mnist",
            layers=(Dense(units=128),),
            output="logits",
            epochs=10,
        ),
    ),
    Recipe(
        "Dense 512-512 with dropout",
        _TUNING,
        "Two wide hidden layers: dropout keeps half a million weights from learning the training digits by heart.",
        TrainingConfig(
            recipe="tuning-512x512-02",
            layers=(Dense(units=512), Dropout(rate=0.2), Dense(units=512), Dropout(rate=0.2)),
            epochs=50,
            batch_size=128,
        ),
    ),
    Recipe(
        "Small fast CNN",
        _STUDIO,
        "Two small convolutions and a learning rate that warms up and cools down: 99% on MNIST in seconds.",
        TrainingConfig(
            recipe="fast-cnn",
            layers=_FAST_CNN,
            output="logits",
            epochs=4,
            batch_size=128,
            learning_rate=0.004,
            schedule="cosine",
            validation_split=0.05,
        ),
    ),
    Recipe(
        "Three-conv CNN",
        _LAB,
        "The lab's convolutional network: batch normalization after every layer, plain SGD with momentum and decay.",
        TrainingConfig(
            recipe="lab-cnn-mnist",
            layers=_LAB_CNN,
            epochs=11,
            batch_size=32,
            optimizer="sgd",
            learning_rate=0.01,
            momentum=0.9,
            schedule="inverse_time",
            decay=0.01 / 11,
            validation_split=0.08,
        ),
    ),
    Recipe(
        "Three-conv CNN: clothes",
        _LAB,
        "The same network on clothes, where it gains far more over dense layers than it does on digits.",
        TrainingConfig(
            recipe="lab-cnn-fashion",
            dataset="fashion-mnist",
            layers=_LAB_CNN,
            epochs=11,
            batch_size=64,
            optimizer="sgd",
            learning_rate=0.01,
            momentum=0.9,
            schedule="inverse_time",
            decay=0.01 / 11,
            validation_split=0.1,
        ),
    ),
    Recipe(
        "Digits CNN",
        _STUDIO,
        "The digit reader that ships with the program: five convolutions, and digits varied at random.",
        TrainingConfig(
            recipe="digits-cnn",
            layers=_DEEP_CNN,
            output="logits",
            epochs=16,
            batch_size=128,
            optimizer="adamw",
            learning_rate=0.003,
            weight_decay=0.01,
            schedule="cosine",
            validation_split=0.05,
            shift_px=2,
            rotate_deg=12,
            zoom=0.12,
        ),
    ),
    Recipe(
        "Clothes CNN",
        _STUDIO,
        "The clothes reader that ships with the program: the same network, with mirrored and shifted pictures.",
        TrainingConfig(
            recipe="clothes-cnn",
            dataset="fashion-mnist",
            layers=_DEEP_CNN,
            output="logits",
            epochs=24,
            batch_size=128,
            optimizer="adamw",
            learning_rate=0.003,
            weight_decay=0.01,
            schedule="cosine",
            validation_split=0.05,
            shift_px=1,
            zoom=0.05,
            flip=True,
        ),
    ),
)


def find_recipe(recipe_id: str) -> Recipe:
    """The recipe of that id. Raises InputError listing the ids if there is none."""
    for recipe in RECIPES:
        if recipe.id == recipe_id:
            return recipe
    raise InputError(f"There is no recipe '{recipe_id}'; choose one of: {', '.join(r.id for r in RECIPES)}.")

"""The program's own recipes: the networks that ship with it."""

from app.core.models.config import TrainingConfig
from app.core.models.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Layer,
    MaxPooling2D,
)
from app.core.models.recipes.recipe import Recipe

_GROUP = "Softmax Studio"

_FAST_CNN: tuple[Layer, ...] = (
    Conv2D(filters=16, kernel_size=5),
    MaxPooling2D(),
    BatchNormalization(),
    Conv2D(filters=32, kernel_size=5),
    MaxPooling2D(),
    BatchNormalization(),
    Dense(units=128),
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

RECIPES = (
    Recipe(
        "Small fast CNN",
        _GROUP,
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
        "Digits CNN",
        _GROUP,
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
        _GROUP,
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

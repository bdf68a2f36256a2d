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


def _block(filters: int, dropout: float) -> tuple[Layer, ...]:
    """Two convolutions, each normalized, then half the rows and columns."""
    convolution = Conv2D(filters=filters, padding="same")
    return (
        convolution,
        BatchNormalization(),
        convolution,
        BatchNormalization(),
        MaxPooling2D(),
        Dropout(rate=dropout),
    )


_DEEP_CNN: tuple[Layer, ...] = (
    *_block(48, 0.1),
    *_block(96, 0.2),
    *_block(128, 0.3),
    Dense(units=256),
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
        "The digit reader that ships with the program: six convolutions, varied digits, rare shapes, and outliers to doubt.",
        TrainingConfig(
            recipe="digits-cnn",
            layers=_DEEP_CNN,
            output="logits",
            epochs=20,
            batch_size=128,
            optimizer="adamw",
            learning_rate=0.003,
            weight_decay=0.02,
            schedule="cosine",
            validation_split=0.05,
            shift_px=2,
            rotate_deg=12,
            zoom=0.12,
            shear_deg=8,
            stroke_px=0.6,
            elastic_px=1.6,
            erase=0.3,
            noise=0.2,
            blur_px=1,
            invert=0.04,
            rare_shapes=0.2,
            outliers=0.12,
            precision="mixed_bfloat16",
        ),
    ),
    Recipe(
        "Clothes CNN",
        _GROUP,
        "The clothes reader that ships with the program: the same network, and pictures varied and covered in part.",
        TrainingConfig(
            recipe="clothes-cnn",
            dataset="fashion-mnist",
            layers=_DEEP_CNN,
            output="logits",
            epochs=45,
            batch_size=128,
            optimizer="adamw",
            learning_rate=0.003,
            weight_decay=0.02,
            schedule="cosine",
            validation_split=0.05,
            shift_px=2,
            rotate_deg=8,
            zoom=0.08,
            flip=True,
            erase=0.5,
            noise=0.2,
            blur_px=1,
            invert=0.04,
            precision="mixed_bfloat16",
        ),
    ),
)

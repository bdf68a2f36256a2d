"""The program's own recipes: the networks that ship with it."""

from app.core.config.config import TrainingConfig
from app.core.config.layers import BatchNormalization, Conv2D, Dense, Dropout, Layer, MaxPooling2D
from app.core.recipes.recipe import Recipe

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
    *_block(48, 0.05),
    *_block(96, 0.1),
    *_block(128, 0.15),
    Dense(units=256),
    BatchNormalization(),
    Dropout(rate=0.3),
)

_WIDE_CNN: tuple[Layer, ...] = (
    *_block(64, 0.05),
    *_block(128, 0.1),
    *_block(192, 0.2),
    Dense(units=256),
    BatchNormalization(),
    Dropout(rate=0.4),
)

_DIGITS_MILDER = TrainingConfig(
    recipe="digits-milder",
    layers=_DEEP_CNN,
    output="logits",
    epochs=14,
    batch_size=128,
    optimizer="adamw",
    learning_rate=0.001,
    weight_decay=0.02,
    schedule="cosine",
    validation_split=0.05,
    shift_px=1,
    rotate_deg=6,
    zoom=0.06,
    shear_deg=3,
    stroke_px=0.25,
    elastic_px=0.5,
    erase=0.15,
    noise=0.12,
    blur_px=0.8,
    invert=0.02,
    rare_shapes=0.15,
    outliers=0.07,
    precision="mixed_bfloat16",
)

_DIGITS_VARIED = _DIGITS_MILDER.changed(
    recipe="digits-varied",
    epochs=20,
    learning_rate=0.002,
    shift_px=2,
    rotate_deg=10,
    zoom=0.12,
    shear_deg=6,
    stroke_px=0.4,
    elastic_px=1.2,
    erase=0.25,
    noise=0.15,
    blur_px=1,
    invert=0.03,
    outliers=0.08,
)

_DIGITS = _DIGITS_MILDER.changed(
    recipe="digits-cnn",
    epochs=8,
    learning_rate=0.0008,
    shift_px=1.5,
    rotate_deg=10,
    zoom=0.1,
    shear_deg=4,
    stroke_px=0.3,
    elastic_px=0.8,
    erase=0.05,
    noise=0.04,
    blur_px=0.3,
    invert=0,
    outliers=0.05,
)

_CLOTHES_MILDER = _DIGITS_MILDER.changed(
    recipe="clothes-milder",
    dataset="fashion-mnist",
    layers=_WIDE_CNN,
    epochs=18,
    learning_rate=0.0015,
    weight_decay=0.05,
    rotate_deg=3,
    zoom=0.05,
    shear_deg=0,
    stroke_px=0,
    elastic_px=0,
    flip=True,
    erase=0.5,
    noise=0.1,
    blur_px=0.5,
    rare_shapes=0,
    outliers=0.04,
)

_CLOTHES_VARIED = _CLOTHES_MILDER.changed(
    recipe="clothes-varied",
    epochs=36,
    learning_rate=0.002,
    shift_px=2.5,
    rotate_deg=12,
    zoom=0.1,
    noise=0.2,
    blur_px=0.8,
    invert=0.03,
)

_CLOTHES = _CLOTHES_MILDER.changed(
    recipe="clothes-cnn",
    epochs=8,
    learning_rate=0.0008,
    shift_px=2,
    rotate_deg=20,
)

RECIPES = (
    Recipe(
        "Small fast CNN",
        _GROUP,
        "Two small convolutions and a learning rate with warm-up and cosine schedule: 99% on MNIST in seconds.",
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
        "The digit reader that ships: trained with these settings, starting from the average of two earlier networks.",
        _DIGITS,
    ),
    Recipe(
        "Digits CNN, less augmentation",
        _GROUP,
        "The second step on the way to the shipped digit reader: milder augmentation than in the first.",
        _DIGITS_MILDER,
    ),
    Recipe(
        "Digits CNN, strong augmentation",
        _GROUP,
        "The first step on the way to the shipped digit reader: strong augmentation, to learn what makes a shape.",
        _DIGITS_VARIED,
    ),
    Recipe(
        "Clothes CNN",
        _GROUP,
        "The third step on the way to the shipped clothes reader, which learned from photographs then.",
        _CLOTHES,
    ),
    Recipe(
        "Clothes CNN, less augmentation",
        _GROUP,
        "The second step on the way to the shipped clothes reader: milder augmentation than in the first.",
        _CLOTHES_MILDER,
    ),
    Recipe(
        "Clothes CNN, strong augmentation",
        _GROUP,
        "The first step on the way to the shipped clothes reader: shifted, mirrored, erased, noisy, blurred pictures.",
        _CLOTHES_VARIED,
    ),
)

"""The lab notes: a GradientTape network, then sequential and functional CNNs on digits and clothes."""

from app.core.config.config import TrainingConfig
from app.core.config.layers import (
    BatchNormalization,
    ConcatenateInput,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    MaxPooling2D,
    Reshape,
)
from app.core.recipes.recipe import Recipe

_GROUP = "Lab notes"

_CONVOLUTIONS: tuple[Layer, ...] = (
    Conv2D(filters=64),
    BatchNormalization(),
    Conv2D(filters=64),
    BatchNormalization(),
    MaxPooling2D(),
    Conv2D(filters=64),
    BatchNormalization(),
    MaxPooling2D(),
)

_SEQUENTIAL = (*_CONVOLUTIONS, Dense(units=512), BatchNormalization(), Dropout(rate=0.5))

_WIDE_AND_DEEP = (
    *_CONVOLUTIONS,
    Dense(units=784),
    BatchNormalization(),
    Reshape(rows=28, columns=28, channels=1),
    ConcatenateInput(),
    Flatten(),
    Dropout(rate=0.5),
)

_COMPLEX: tuple[Layer, ...] = (
    Conv2D(filters=64, padding="same"),
    BatchNormalization(),
    Conv2D(filters=64, padding="same"),
    BatchNormalization(),
    MaxPooling2D(),
    *(Conv2D(filters=128, padding="same"), BatchNormalization()) * 4,
    MaxPooling2D(),
    Dense(units=784),
    BatchNormalization(),
    Reshape(rows=28, columns=28, channels=1),
    ConcatenateInput(),
    Flatten(),
    Dropout(rate=0.5),
)

_FIRST_5000 = "The lab does not say how it validates on clothes: here on the first 5,000 pictures, as for "
"digits."


def _cnn(recipe: str, dataset: str, layers: tuple[Layer, ...], batch_size: int, epochs: int = 11) -> TrainingConfig:
    return TrainingConfig(
        recipe=recipe,
        dataset=dataset,
        layers=layers,
        epochs=epochs,
        batch_size=batch_size,
        optimizer="sgd",
        learning_rate=0.01,
        momentum=0.9,
        schedule="inverse_time",
        decay=0.01 / epochs,
        validation_from="first",
        validation_split=5000 / 60000,
    )


RECIPES = (
    Recipe(
        "GradientTape network",
        _GROUP,
        "The training loop in plain code: a batch, its gradient, an update. Pause it and step through the batches.",
        TrainingConfig(
            recipe="lab-gradient-tape",
            layers=(Dense(units=512), Dense(units=256)),
            output="logits",
            epochs=11,
            batch_size=32,
            optimizer="sgd",
            learning_rate=0.005,
            validation_from="last",
            validation_split=1 / 6,
            engine="gradient_tape",
        ),
        "The lab validates on the test digits. Here test digits are used only at the end, so it "
        "validates on the last sixth of the training digits. The lab gives two batch sizes, 32 in the"
        " code and 64 in the text: here 32.",
    ),
    Recipe(
        "Three-conv CNN",
        _GROUP,
        "The lab's convolutional network: batch normalization after every layer, plain SGD with momentum and decay.",
        _cnn("lab-cnn-mnist", "mnist", _SEQUENTIAL, 32),
    ),
    Recipe(
        "Wide-and-deep CNN",
        _GROUP,
        "A functional network: the last layer sees the deep features and the input picture.",
        _cnn("lab-functional-mnist", "mnist", _WIDE_AND_DEEP, 32),
    ),
    Recipe(
        "Three-conv CNN: clothes",
        _GROUP,
        "The same network on clothes, where it beats dense layers by far more than on digits.",
        _cnn("lab-cnn-fashion", "fashion-mnist", _SEQUENTIAL, 64),
        _FIRST_5000,
    ),
    Recipe(
        "Wide-and-deep CNN: clothes",
        _GROUP,
        "The wide-and-deep network on clothes, where the input picture helps a little.",
        _cnn("lab-functional-fashion", "fashion-mnist", _WIDE_AND_DEEP, 64),
        _FIRST_5000,
    ),
    Recipe(
        "Complex CNN: clothes",
        _GROUP,
        "Deeper, wider and four times slower: it overfits and is no better in validation.",
        _cnn("lab-complex-fashion", "fashion-mnist", _COMPLEX, 64, epochs=25),
        "The lab does not give its layers: these are as much slower than the wide-and-deep network as the lab reports. "
        f"{_FIRST_5000}",
    ),
)

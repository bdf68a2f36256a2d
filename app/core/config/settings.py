"""The settings of a run: every value a form offers, with its limits, its words and its usual value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import Field

from app.core.config.form import Declaration, Section, Shown
from app.core.config.layers import Initializer

Output = Literal["softmax", "logits"]
ValidationFrom = Literal["random", "first", "last"]
Engine = Literal["auto", "graph", "xla", "fit", "gradient_tape"]
Precision = Literal["float32", "mixed_bfloat16"]


OLD_NAMES = {"start_from": "initial_model", "beside": "replay_dataset"}
"""What settings were called in files of older versions, and are called now."""


def renamed(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a config of any version, under the names of today."""
    return {OLD_NAMES.get(name, name): value for name, value in values.items()}


# Optimizers, losses and schedules: one row each. The form, the training and the Keras script read these tables.

Optimizer = Literal["sgd", "adagrad", "rmsprop", "adam", "adamw"]


@dataclass(frozen=True)
class OptimizerKind:
    """A class of `keras.optimizers`, its `usual_rate`, and Keras' own defaults of the settings that it has."""

    keras_class: str
    usual_rate: float
    defaults: Mapping[str, float] = field(default_factory=dict)


OPTIMIZERS: Mapping[Optimizer, OptimizerKind] = {
    "sgd": OptimizerKind("SGD", 0.01, {"momentum": 0.0, "nesterov": False}),
    "adagrad": OptimizerKind("Adagrad", 0.01),
    "rmsprop": OptimizerKind("RMSprop", 0.001, {"rho": 0.9, "momentum": 0.0}),
    "adam": OptimizerKind("Adam", 0.001, {"beta_1": 0.9, "beta_2": 0.999}),
    "adamw": OptimizerKind("AdamW", 0.001, {"weight_decay": 0.004, "beta_1": 0.9, "beta_2": 0.999}),
}


def _of_optimizers(setting: str) -> tuple[str, tuple[str, ...]]:
    """When a setting has a meaning: with the optimizers that have it."""
    return "optimizer", tuple(name for name, kind in OPTIMIZERS.items() if setting in kind.defaults)


Loss = Literal[
    "sparse_categorical_crossentropy", "categorical_crossentropy", "binary_crossentropy", "mean_squared_error"
]


@dataclass(frozen=True)
class LossKind:
    """A class of `keras.losses`: `takes_logits` if it can compare raw outputs, `smooths` if labels may be smoothed."""

    keras_class: str
    takes_logits: bool = False
    smooths: bool = True


LOSSES: Mapping[Loss, LossKind] = {
    "sparse_categorical_crossentropy": LossKind("SparseCategoricalCrossentropy", takes_logits=True),
    "categorical_crossentropy": LossKind("CategoricalCrossentropy", takes_logits=True),
    "binary_crossentropy": LossKind("BinaryCrossentropy"),
    "mean_squared_error": LossKind("MeanSquaredError", smooths=False),
}

Schedule = Literal["constant", "inverse_time", "step", "exponential", "cosine"]


class Settings(Declaration):
    """What a user sets of the training itself, in the order in which a form shows it.

    `initial_model` names a stored model whose weights training begins with, `replay_dataset` other data whose training
    pictures are mixed with the run's own, so that what was known is not forgotten; `outlier_dataset` data of no class.
    Empty for none. `replay_share` is the share of the mixture that is other data, 0 for what is enough to remember by;
    `steps_per_epoch` cuts an epoch short, 0 for all of the mixture.
    """

    epochs: Annotated[
        int, Field(ge=1, le=1000), Shown("Epochs", "How many times the network sees the whole training split.")
    ] = 5
    batch_size: Annotated[
        int,
        Field(ge=1, le=1024),
        Shown(
            "Batch size",
            "Pictures per weight update. Small batches are noisy, large ones are smooth and fast.",
            unit="pictures",
        ),
    ] = 32
    optimizer: Annotated[Optimizer, Shown("Optimizer", "The rule that turns gradients into weight updates.")] = "adam"
    learning_rate: Annotated[
        float,
        Field(ge=1e-6, le=10),
        Shown(
            "Learning rate",
            "Size of each update. Too large: training diverges. Too small: it is very slow.",
            decimals=6,
        ),
    ] = 0.001
    schedule: Annotated[
        Schedule,
        Shown(
            "Schedule",
            "How the learning rate changes: constant, falling in one of three ways, or a warm-up and a cosine.",
        ),
    ] = "constant"
    validation_split: Annotated[
        float,
        Field(ge=0, le=0.5),
        Shown(
            "Validation split",
            "Share of the training split kept aside to check the network after each epoch.",
            zero="none",
            decimals=4,
        ),
    ] = 0.1
    early_stopping_patience: Annotated[
        int,
        Field(ge=0, le=100),
        Shown(
            "Early stopping",
            "Stop when validation loss has not improved for this many epochs.",
            unit="epochs",
            zero="off",
        ),
    ] = 0
    seed: Annotated[
        int,
        Field(ge=0, le=2**31 - 1),
        Shown("Seed", "The same seed gives the same split, the same start and the same order."),
    ] = 42

    output: Annotated[
        Output,
        Shown(
            "Output",
            "Probabilities straight from the network, or raw logits that the loss turns into probabilities.",
            section=Section.NETWORK,
        ),
    ] = "softmax"
    output_initializer: Annotated[
        Initializer,
        Shown("Output initializer", "How the weights of the last layer are initialized.", section=Section.NETWORK),
    ] = "glorot_uniform"
    loss: Annotated[
        Loss,
        Shown("Loss", "What training minimizes: how much a wrong prediction costs.", section=Section.NETWORK),
    ] = "sparse_categorical_crossentropy"
    label_smoothing: Annotated[
        float,
        Field(ge=0, le=0.5),
        Shown(
            "Label smoothing",
            "Share of each label spread over all classes, against overconfidence.",
            zero="none",
            decimals=2,
            section=Section.NETWORK,
        ),
    ] = 0.0

    momentum: Annotated[
        float,
        Field(ge=0, le=0.999),
        Shown(
            "Momentum",
            "How much of the last update is added to the next.",
            zero="none",
            decimals=3,
            section=Section.OPTIMIZER,
            when=_of_optimizers("momentum"),
        ),
    ] = 0.0
    nesterov: Annotated[
        bool,
        Shown(
            "Nesterov",
            "Momentum that looks ahead before it takes the gradient.",
            section=Section.OPTIMIZER,
            when=_of_optimizers("nesterov"),
        ),
    ] = False
    rho: Annotated[
        float,
        Field(ge=0, le=0.9999),
        Shown(
            "Rho",
            "Decay of the running average of squared gradients. Larger values remember longer.",
            decimals=4,
            section=Section.OPTIMIZER,
            when=_of_optimizers("rho"),
        ),
    ] = 0.9
    beta_1: Annotated[
        float,
        Field(ge=0, le=0.9999),
        Shown(
            "Beta 1",
            "Decay of the running average of gradients. Larger values remember longer.",
            decimals=4,
            section=Section.OPTIMIZER,
            when=_of_optimizers("beta_1"),
        ),
    ] = 0.9
    beta_2: Annotated[
        float,
        Field(ge=0, le=0.9999),
        Shown(
            "Beta 2",
            "Decay of the running average of squared gradients. Larger values remember longer.",
            decimals=4,
            section=Section.OPTIMIZER,
            when=_of_optimizers("beta_2"),
        ),
    ] = 0.999
    weight_decay: Annotated[
        float,
        Field(ge=0, le=0.5),
        Shown(
            "Weight decay",
            "How strongly weights are pulled towards zero.",
            zero="none",
            decimals=5,
            section=Section.OPTIMIZER,
            when=_of_optimizers("weight_decay"),
        ),
    ] = 0.0

    global_clipnorm: Annotated[
        float,
        Field(ge=0, le=100),
        Shown(
            "Gradient clipping",
            "Gradients whose norm over all weights is larger are made as short as this, against exploding ones.",
            zero="off",
            decimals=2,
            section=Section.OPTIMIZER,
        ),
    ] = 0.0

    decay: Annotated[
        float,
        Field(ge=0, le=1),
        Shown(
            "Decay per step",
            "The rate in step n is rate / (1 + decay x n).",
            zero="none",
            decimals=6,
            section=Section.SCHEDULE,
            when=("schedule", ("inverse_time",)),
        ),
    ] = 0.0
    drop: Annotated[
        float,
        Field(ge=0.01, le=1),
        Shown(
            "Drop",
            "The learning rate is multiplied by this each time it drops.",
            decimals=2,
            section=Section.SCHEDULE,
            when=("schedule", ("step", "exponential")),
        ),
    ] = 0.5
    drop_epochs: Annotated[
        int,
        Field(ge=1, le=1000),
        Shown(
            "Drop every",
            "The rate drops after this many epochs: at once (step) or gradually (exponential).",
            unit="epochs",
            section=Section.SCHEDULE,
            when=("schedule", ("step", "exponential")),
        ),
    ] = 5
    warmup: Annotated[
        float,
        Field(ge=0, le=0.9),
        Shown(
            "Warm-up",
            "Share of all steps in which the rate rises at the start.",
            zero="none",
            decimals=2,
            section=Section.SCHEDULE,
            when=("schedule", ("cosine",)),
        ),
    ] = 0.15

    validation_from: Annotated[
        ValidationFrom,
        Shown(
            "Validate on",
            "Which training pictures are kept aside: some at random, the first ones or the last ones.",
            section=Section.VALIDATION,
        ),
    ] = "random"
    restore_best_weights: Annotated[
        bool,
        Shown(
            "Keep best epoch",
            "Early stopping: end with the weights of the epoch with the lowest validation loss.",
            section=Section.VALIDATION,
        ),
    ] = True

    balance_classes: Annotated[
        bool,
        Shown(
            "Balance classes",
            "Pictures of rare classes are shown several times in an epoch, so that all classes are seen alike often.",
            section=Section.PICTURES,
        ),
    ] = False
    drop_test_copies: Annotated[
        bool,
        Shown(
            "Leave out copies",
            "Do not train on pictures that are in the test part, too, exactly or nearly.",
            section=Section.PICTURES,
        ),
    ] = False

    initial_model: str = ""
    replay_dataset: str = ""
    replay_share: Annotated[float, Field(ge=0, le=0.9)] = 0.0
    outlier_dataset: str = ""
    steps_per_epoch: Annotated[int, Field(ge=0, le=100_000)] = 0


class AugmentationSettings(Settings):
    """How much training pictures are varied at random, by `app.core.training.augmentation`."""

    shift_px: Annotated[
        float,
        Field(ge=0, le=6),
        Shown(
            "Shift",
            "Each training picture is moved by up to this much.",
            unit="px",
            zero="none",
            decimals=1,
            section=Section.AUGMENTATION,
        ),
    ] = 0.0
    rotate_deg: Annotated[
        float,
        Field(ge=0, le=45),
        Shown(
            "Rotation",
            "Each training picture is turned by up to this much.",
            unit="°",
            zero="none",
            decimals=1,
            section=Section.AUGMENTATION,
        ),
    ] = 0.0
    zoom: Annotated[
        float,
        Field(ge=0, le=0.5),
        Shown(
            "Zoom",
            "Each training picture grows or shrinks by up to this share.",
            zero="none",
            decimals=2,
            section=Section.AUGMENTATION,
        ),
    ] = 0.0
    shear_deg: Annotated[
        float,
        Field(ge=0, le=45),
        Shown(
            "Shear",
            "Each training picture is slanted by up to this much.",
            unit="°",
            zero="none",
            decimals=1,
            section=Section.AUGMENTATION,
        ),
    ] = 0.0
    stroke_px: Annotated[
        float,
        Field(ge=0, le=2),
        Shown(
            "Stroke width",
            "The lines of each training picture grow or shrink by up to this much.",
            unit="px",
            zero="none",
            decimals=1,
            section=Section.AUGMENTATION,
        ),
    ] = 0.0
    flip: Annotated[
        bool,
        Shown(
            "Mirror",
            "Mirror half of the training pictures (for clothes, not for digits).",
            section=Section.AUGMENTATION,
        ),
    ] = False
    elastic_px: Annotated[
        float,
        Field(ge=0, le=6),
        Shown(
            "Elastic",
            "Each training picture is bent like rubber, by up to about this much.",
            unit="px",
            zero="none",
            decimals=1,
            section=Section.AUGMENTATION,
        ),
    ] = 0.0
    erase: Annotated[
        float,
        Field(ge=0, le=0.8),
        Shown(
            "Erase",
            "In half of the training pictures a rectangle is erased, with sides up to this share of the picture's.",
            zero="none",
            decimals=2,
            section=Section.AUGMENTATION,
        ),
    ] = 0.0
    noise: Annotated[
        float,
        Field(ge=0, le=0.5),
        Shown(
            "Noise",
            "A quarter of the training pictures get noise, up to this standard deviation (white is 1).",
            zero="none",
            decimals=2,
            section=Section.AUGMENTATION,
        ),
    ] = 0.0
    blur_px: Annotated[
        float,
        Field(ge=0, le=2),
        Shown(
            "Blur",
            "A quarter of the training pictures are blurred, by up to a Gaussian of this width.",
            unit="px",
            zero="none",
            decimals=1,
            section=Section.AUGMENTATION,
        ),
    ] = 0.0
    tone: Annotated[
        float,
        Field(ge=0, le=1),
        Shown(
            "Tone",
            "Share of the training pictures shown darker or lighter, or with light and dark of the piece exchanged.",
            zero="none",
            decimals=2,
            section=Section.AUGMENTATION,
        ),
    ] = 0.0
    invert: Annotated[
        float,
        Field(ge=0, le=0.5),
        Shown(
            "Negatives",
            "Share of the training pictures that are shown dark on light.",
            zero="none",
            decimals=2,
            section=Section.AUGMENTATION,
        ),
    ] = 0.0


class RunSettings(AugmentationSettings):
    """All that a user sets, in the order in which a form shows it."""

    rare_shapes: Annotated[
        float,
        Field(ge=0, le=1),
        Shown(
            "Rare shapes",
            "Drawn digits that MNIST hardly has (slashed 0, flagged 1, crossed 7), as a share of the training split.",
            zero="none",
            decimals=2,
            section=Section.AUGMENTATION,
        ),
    ] = 0.0
    outliers: Annotated[
        float,
        Field(ge=0, le=1),
        Shown(
            "Outliers",
            "Letters, scribbles and other things of no class, as a share of the training split: the "
            "network learns to be less sure of such pictures.",
            zero="none",
            decimals=2,
            section=Section.AUGMENTATION,
        ),
    ] = 0.0
    engine: Annotated[
        Engine,
        Shown(
            "Engine",
            "How steps are run: many in one TensorFlow graph, compiled by XLA, the faster of the two, "
            "Keras' own Model.fit, or a readable GradientTape loop that can be stepped.",
            section=Section.ENGINE,
        ),
    ] = "auto"
    precision: Annotated[
        Precision,
        Shown(
            "Precision",
            "Precision of the arithmetic. mixed_bfloat16 trains CNNs twice as fast on processors that "
            "support it, and slower on others.",
            section=Section.ENGINE,
        ),
    ] = "float32"

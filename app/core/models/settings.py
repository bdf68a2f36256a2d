"""The settings of a run: every value a form offers, with its limits, its words and its usual value."""

from typing import Annotated, Literal

from pydantic import Field

from app.core.models.layers import Declaration, Initializer
from app.core.models.shown import Section, Shown

Output = Literal["softmax", "logits"]
Loss = Literal[
    "sparse_categorical_crossentropy", "categorical_crossentropy", "binary_crossentropy", "mean_squared_error"
]
Optimizer = Literal["sgd", "adagrad", "rmsprop", "adam", "adamw"]
Schedule = Literal["constant", "inverse_time", "step", "exponential", "cosine"]
ValidationFrom = Literal["random", "first", "last"]


class Settings(Declaration):
    """What a person sets of the training itself, in the order in which a form shows it."""

    epochs: Annotated[
        int, Field(ge=1, le=1000), Shown("Epochs", "How many times the network sees the whole training part.")
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
            "Share of the training part kept aside to check the network after each epoch.",
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
            when=("optimizer", ("sgd", "rmsprop")),
        ),
    ] = 0.0
    nesterov: Annotated[
        bool,
        Shown(
            "Nesterov",
            "Momentum that looks ahead before it takes the gradient.",
            section=Section.OPTIMIZER,
            when=("optimizer", ("sgd",)),
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
            when=("optimizer", ("rmsprop",)),
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
            when=("optimizer", ("adam", "adamw")),
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
            when=("optimizer", ("adam", "adamw")),
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
            when=("optimizer", ("adamw",)),
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

"""`TrainingConfig`: everything that decides a run, declared once for the form, the command line and the card."""

import shlex
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from app.core.errors import InputError
from app.core.models.layers import Declaration, Layer

Optimizer = Literal["sgd", "adagrad", "rmsprop", "adam", "adamw"]
Schedule = Literal["constant", "cosine", "inverse_time"]
Engine = Literal["auto", "graph", "xla"]


@dataclass(frozen=True)
class Shown:
    """How a form words a field. `zero` is how a value of 0 reads; `advanced` fields are folded away at first."""

    title: str
    help: str
    unit: str = ""
    zero: str = ""
    decimals: int = 0
    advanced: bool = False


class TrainingConfig(Declaration):
    """One run, completely described. Frozen; a change makes a new one with `changed`."""

    recipe: str
    dataset: str = "mnist"
    data: str = "starter"
    layers: tuple[Layer, ...]
    output: Literal["softmax", "logits"] = "softmax"

    epochs: Annotated[
        int, Field(ge=1, le=1000), Shown("Epochs", "How many times the network sees the whole training part.")
    ] = 5
    batch_size: Annotated[
        int,
        Field(ge=1, le=1024),
        Shown(
            "Batch size",
            "Pictures per weight update. Small is noisy and thorough, large is smooth and quick.",
            unit="pictures",
        ),
    ] = 32
    optimizer: Annotated[Optimizer, Shown("Optimizer", "The rule that turns gradients into weight updates.")] = "adam"
    learning_rate: Annotated[
        float,
        Field(ge=1e-6, le=10),
        Shown("Learning rate", "How far each update goes. Too large diverges, too small crawls.", decimals=6),
    ] = 0.001
    schedule: Annotated[
        Schedule,
        Shown("Schedule", "How the learning rate changes: not at all, up then down along a cosine, or as 1/time."),
    ] = "constant"
    validation_split: Annotated[
        float,
        Field(ge=0, le=0.5),
        Shown(
            "Validation split",
            "Share of the training part kept aside to check the network after each epoch.",
            zero="none",
            decimals=2,
        ),
    ] = 0.1
    early_stopping_patience: Annotated[
        int,
        Field(ge=0, le=100),
        Shown(
            "Early stopping",
            "Stop when validation loss has not improved for this many epochs, and keep the best epoch.",
            unit="epochs",
            zero="off",
        ),
    ] = 0
    seed: Annotated[
        int,
        Field(ge=0, le=2**31 - 1),
        Shown("Seed", "The same seed gives the same split, the same start and the same order."),
    ] = 42
    momentum: Annotated[
        float,
        Field(ge=0, le=0.999),
        Shown(
            "Momentum",
            "How much of the last update carries into the next. Only SGD uses it.",
            zero="none",
            decimals=3,
            advanced=True,
        ),
    ] = 0.0
    decay: Annotated[
        float,
        Field(ge=0, le=1),
        Shown(
            "Decay per step",
            "Inverse-time schedule: rate / (1 + decay x step).",
            zero="none",
            decimals=6,
            advanced=True,
        ),
    ] = 0.0
    weight_decay: Annotated[
        float,
        Field(ge=0, le=0.5),
        Shown(
            "Weight decay",
            "AdamW: how strongly weights are pulled towards zero.",
            zero="none",
            decimals=5,
            advanced=True,
        ),
    ] = 0.0
    label_smoothing: Annotated[
        float,
        Field(ge=0, le=0.5),
        Shown(
            "Label smoothing",
            "Share of each label spread over all classes, against overconfidence.",
            zero="none",
            decimals=2,
            advanced=True,
        ),
    ] = 0.0
    shift_px: Annotated[
        float,
        Field(ge=0, le=6),
        Shown(
            "Random shift",
            "Augmentation: each training picture is moved by up to this much.",
            unit="px",
            zero="none",
            decimals=1,
            advanced=True,
        ),
    ] = 0.0
    rotate_deg: Annotated[
        float,
        Field(ge=0, le=45),
        Shown(
            "Random rotation",
            "Augmentation: each training picture is turned by up to this much.",
            unit="°",
            zero="none",
            decimals=1,
            advanced=True,
        ),
    ] = 0.0
    zoom: Annotated[
        float,
        Field(ge=0, le=0.5),
        Shown(
            "Random zoom",
            "Augmentation: each training picture grows or shrinks by up to this share.",
            zero="none",
            decimals=2,
            advanced=True,
        ),
    ] = 0.0
    flip: Annotated[
        bool,
        Shown(
            "Random mirror",
            "Augmentation: mirror half of the training pictures (for clothes, not for digits).",
            advanced=True,
        ),
    ] = False
    engine: Annotated[
        Engine,
        Shown(
            "Engine",
            "How steps are run: TensorFlow graph, compiled whole by XLA, or whichever proves faster.",
            advanced=True,
        ),
    ] = "auto"

    @property
    def augments(self) -> bool:
        """True when training pictures are varied at random."""
        return bool(self.shift_px or self.rotate_deg or self.zoom or self.flip)

    def changed(self, **values: object) -> "TrainingConfig":
        """A config with some fields changed, checked against their limits.

        Raises InputError naming the field for an unknown name or a value outside its limits.
        """
        try:
            return TrainingConfig.model_validate(self.model_dump() | values)
        except ValidationError as error:
            raise InputError(_first_problem(error)) from None

    def with_settings(self, settings: list[str]) -> "TrainingConfig":
        """A config with `FIELD=VALUE` texts applied, as the command line gives them.

        Raises InputError for anything else than a known field and a value it can take.
        """
        values: dict[str, object] = {}
        for setting in settings:
            name, separator, value = setting.partition("=")
            if not separator or name not in SETTABLE:
                raise InputError(f"'{setting}' is not FIELD=VALUE with one of these fields: {', '.join(SETTABLE)}.")
            values[name] = value
        return self.changed(**values)

    def command(self, recipe_config: "TrainingConfig") -> str:
        """The command line that repeats this run: the recipe and whatever differs from it.

        The name of the model is not part of it, for that is taken once the run is saved.
        """
        words = ["softmax-studio", "train", self.recipe, "--data", self.data]
        for field in SETTABLE:
            value = getattr(self, field)
            if value != getattr(recipe_config, field):
                words += ["--set", f"{field}={value}"]
        return shlex.join(words)


SETTABLE = tuple(name for name in TrainingConfig.model_fields if name not in {"recipe", "data", "layers", "output"})
"""Fields that `--set` accepts."""


def _first_problem(error: ValidationError) -> str:
    """The first of pydantic's complaints, as a sentence."""
    problem = error.errors()[0]
    field = ".".join(str(part) for part in problem["loc"])
    said = problem["msg"][:1].lower() + problem["msg"][1:]
    return f"{field} cannot be {problem['input']!r}: {said}."

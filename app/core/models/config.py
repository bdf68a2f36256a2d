"""`TrainingConfig`: everything that decides a run, declared once for the form, the command line and the card."""

import shlex
from typing import Any, Literal

from pydantic import Field, ValidationError

from app.core.errors import InputError
from app.core.models.layers import Declaration, Layer

Optimizer = Literal["sgd", "adagrad", "rmsprop", "adam", "adamw"]
Schedule = Literal["constant", "cosine", "inverse_time"]
Engine = Literal["auto", "graph", "xla"]


def _form(title: str, unit: str = "", zero: str = "", decimals: int = 0, advanced: bool = False) -> dict[str, Any]:
    """What a form needs beyond the limits; `zero` is how a value of 0 reads."""
    return {"title": title, "json_schema_extra": {"unit": unit, "zero": zero, "decimals": decimals, "adv": advanced}}


class TrainingConfig(Declaration):
    """One run, completely described. Frozen; a change makes a new one with `changed`."""

    recipe: str
    dataset: str = "mnist"
    data: str = "starter"
    layers: tuple[Layer, ...]
    output: Literal["softmax", "logits"] = "softmax"

    epochs: int = Field(
        5, ge=1, le=1000, description="How many times the network sees the whole training part.", **_form("Epochs")
    )
    batch_size: int = Field(
        32,
        ge=1,
        le=1024,
        description="Pictures per weight update. Small is noisy and thorough, large is smooth and quick.",
        **_form("Batch size", unit="pictures"),
    )
    optimizer: Optimizer = Field(
        "adam", description="The rule that turns gradients into weight updates.", **_form("Optimizer")
    )
    learning_rate: float = Field(
        0.001,
        ge=1e-6,
        le=10,
        description="How far each update goes. Too large diverges, too small crawls.",
        **_form("Learning rate", decimals=6),
    )
    schedule: Schedule = Field(
        "constant",
        description="How the learning rate changes: not at all, up then down along a cosine, or as 1/time.",
        **_form("Schedule"),
    )
    validation_split: float = Field(
        0.1,
        ge=0,
        le=0.5,
        description="Share of the training part kept aside to check the network after each epoch.",
        **_form("Validation split", zero="none", decimals=2),
    )
    early_stopping_patience: int = Field(
        0,
        ge=0,
        le=100,
        description="Stop when validation loss has not improved for this many epochs, and keep the best epoch.",
        **_form("Early stopping", unit="epochs", zero="off"),
    )
    seed: int = Field(
        42,
        ge=0,
        le=2**31 - 1,
        description="The same seed gives the same split, the same start and the same order.",
        **_form("Seed"),
    )
    momentum: float = Field(
        0.0,
        ge=0,
        le=0.999,
        description="How much of the last update carries into the next. Only SGD uses it.",
        **_form("Momentum", zero="none", decimals=3, advanced=True),
    )
    decay: float = Field(
        0.0,
        ge=0,
        le=1,
        description="Inverse-time schedule: rate / (1 + decay x step).",
        **_form("Decay per step", zero="none", decimals=6, advanced=True),
    )
    weight_decay: float = Field(
        0.0,
        ge=0,
        le=0.5,
        description="AdamW: how strongly weights are pulled towards zero.",
        **_form("Weight decay", zero="none", decimals=5, advanced=True),
    )
    label_smoothing: float = Field(
        0.0,
        ge=0,
        le=0.5,
        description="Share of each label spread over all classes, against overconfidence.",
        **_form("Label smoothing", zero="none", decimals=2, advanced=True),
    )
    shift_px: float = Field(
        0.0,
        ge=0,
        le=6,
        description="Augmentation: each training picture is moved by up to this much.",
        **_form("Random shift", unit="px", zero="none", decimals=1, advanced=True),
    )
    rotate_deg: float = Field(
        0.0,
        ge=0,
        le=45,
        description="Augmentation: each training picture is turned by up to this much.",
        **_form("Random rotation", unit="°", zero="none", decimals=1, advanced=True),
    )
    zoom: float = Field(
        0.0,
        ge=0,
        le=0.5,
        description="Augmentation: each training picture grows or shrinks by up to this share.",
        **_form("Random zoom", zero="none", decimals=2, advanced=True),
    )
    flip: bool = Field(
        default=False,
        description="Augmentation: mirror half of the training pictures (for clothes, not for digits).",
        **_form("Random mirror", advanced=True),
    )
    engine: Engine = Field(
        "auto",
        description="How steps are run: TensorFlow graph, compiled whole by XLA, or whichever proves faster.",
        **_form("Engine", advanced=True),
    )

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

    def command(self, recipe_config: "TrainingConfig", name: str | None = None) -> str:
        """The command line that repeats this run: the recipe and whatever differs from it."""
        words = ["softmax-studio", "train", self.recipe, "--data", self.data]
        for field in SETTABLE:
            value = getattr(self, field)
            if value != getattr(recipe_config, field):
                words += ["--set", f"{field}={value}"]
        return shlex.join(words + (["--name", name] if name else []))


SETTABLE = tuple(name for name in TrainingConfig.model_fields if name not in {"recipe", "data", "layers", "output"})
"""Fields that `--set` accepts."""


def _first_problem(error: ValidationError) -> str:
    """The first of pydantic's complaints, as a sentence."""
    problem = error.errors()[0]
    field = ".".join(str(part) for part in problem["loc"])
    said = problem["msg"][:1].lower() + problem["msg"][1:]
    return f"{field} cannot be {problem['input']!r}: {said}."

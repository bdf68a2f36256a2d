"""The card of a stored model: what it reads, how it was made, how well it does and how to make it again."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field, FiniteFloat, StringConstraints, field_validator

from app.core.config.config import TrainingConfig
from app.core.config.form import Declaration
from app.core.datasets.registry import kind_of
from app.core.datasets.sources import renewed_description
from app.core.datasets.types import DataKind
from app.core.models.adaptation import Origin
from app.core.models.foreign.limits import FEWEST_CLASSES, MOST_CLASSES
from app.core.percentages import accuracy_text

CARD_VERSION = 1
_FIRST_YEAR, _LAST_YEAR = 1980, 9000
"""Beyond them a day cannot be told in each time zone."""


# What a card can hold: it may have been written by anybody.
Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0, le=2**53)]
Words = Annotated[str, StringConstraints(max_length=200)]
Text = Annotated[str, StringConstraints(max_length=20_000)]
FileName = Annotated[str, StringConstraints(pattern=r"^\w[\w.-]*$", max_length=81)]
"""Of a file in the model's own folder. A pattern that counts letters of all scripts takes 40 ms to compile."""


class Metrics(Declaration):
    """Losses and accuracies (0..1). Test metrics are on the untouched test split of the data trained on."""

    train_loss: FiniteFloat | None = None
    train_accuracy: Share | None = None
    val_loss: FiniteFloat | None = None
    val_accuracy: Share | None = None
    test_loss: FiniteFloat
    test_accuracy: Share
    test_samples: Count

    @property
    def test_accuracy_text(self) -> str:
        """How the accuracy on the test split is said: "97.6%", "8 of 10" of few pictures, or that there was no test."""
        if not self.test_samples:
            return "not tested"
        return accuracy_text(self.test_accuracy, self.test_samples, decimals=1)


class Calibration(Declaration):
    """How the network's probabilities are calibrated, and from where on they count as sure; see inference.calibration.

    Logits are divided by `temperature`. An answer is sure if its probability is at least `sure_above`; it is one of the
    classes at all if the two foremost together have at least `known_above`. `error_before` and `error` are the expected
    calibration error without and with the temperature, on the `samples` validation pictures it was fitted on.
    """

    temperature: float = Field(default=1.0, ge=1e-3, le=1e3)
    sure_above: float = Field(default=0.5, ge=0, le=1)
    known_above: float = Field(default=0.0, ge=0, le=1)
    samples: Count = 0
    error_before: FiniteFloat | None = None
    error: FiniteFloat | None = None


class ModelCard(Declaration):
    """Everything about a stored model but its weights. `files` maps file names to their sha256.

    `name` never changes: runs, and models that began with this one, know it by that. `title` is what people call it,
    `description` what they wrote about it. A model that was made elsewhere has an `origin`; its `dataset` is what it
    was tried on, and its config has no layers unless they are some that this program trains.
    """

    version: int = CARD_VERSION
    name: Words
    title: Words
    created: datetime
    dataset: Words
    dataset_title: Words
    data_variant: Words
    data_description: Text
    data_sha256: Words
    class_names: Annotated[tuple[Words, ...], Field(min_length=FEWEST_CLASSES, max_length=MOST_CLASSES)]
    preprocessing: Words
    config: TrainingConfig
    parameters: Count
    epochs_done: Count
    training_s: Annotated[FiniteFloat, Field(ge=0, le=1e9)]
    ended: Words
    metrics: Metrics
    command: Text
    versions: dict[Words, Words]
    calibration: Calibration | None = None
    description: Text = ""
    origin: Origin | None = None
    files: dict[FileName, Words] = Field(default_factory=dict)

    @field_validator("data_description")
    @classmethod
    def _renew_description(cls, text: str) -> str:
        return renewed_description(text)

    @field_validator("created")
    @classmethod
    def _check_day(cls, created: datetime) -> datetime:
        if not _FIRST_YEAR <= created.year <= _LAST_YEAR:
            raise ValueError("no day on which a model was made")
        return created

    @property
    def kind(self) -> DataKind:
        """What the images show that it knows."""
        return kind_of(self.class_names)

    @property
    def data_in_short(self) -> str:
        """What it was trained on, for a list: "MNIST, full"."""
        if self.origin is not None:
            return f"Made elsewhere: {self.origin.file}"
        return f"{self.dataset_title}, {self.data_variant}"

    @property
    def summary(self) -> str:
        """One line for a list: "Digits CNN · MNIST, full · 99.5% · 2026-01-31"."""
        date = self.created.astimezone(UTC).date().isoformat()
        return f"{self.title} · {self.data_in_short} · {self.metrics.test_accuracy_text} · {date}"

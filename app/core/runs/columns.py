"""What can be told of a run in a table: every column, its words, and the value of each run in it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cache, partial

from pydantic import TypeAdapter, ValidationError

from app.core.config.config import form_fields
from app.core.config.layers import Layer
from app.core.config.notation import layers_text
from app.core.config.settings import renamed
from app.core.recipes.reference import Reported
from app.core.runs.records import RunRecord

Value = str | float | datetime | None

_LAYERS: TypeAdapter[tuple[Layer, ...]] = TypeAdapter(tuple[Layer, ...])
_NO_REPORT = Reported()


class Kind(StrEnum):
    """How a value is to be read. A METRIC is a loss or a share (0..1); a SETTING is whatever a config holds."""

    TEXT = "text"
    COUNT = "count"
    METRIC = "metric"
    SECONDS = "seconds"
    DATE = "date"
    SETTING = "setting"

    @property
    def is_measured(self) -> bool:
        """True for what several runs have a mean of."""
        return self in {Kind.COUNT, Kind.METRIC, Kind.SECONDS}


class Family(StrEnum):
    """Which columns stand together where one chooses among all of them."""

    RUN = "Run"
    METRICS = "Metrics"
    REPORTED = "Reported by the notes"
    DIFFERENCE = "Difference from the notes"
    SETTINGS = "Settings"


@dataclass(frozen=True)
class Column:
    """One column. `id` is also what filters call it.

    `better` is 1 where a positive difference is good news, -1 where it is bad, 0 where it is neither.
    """

    id: str
    title: str
    help: str
    family: Family
    kind: Kind
    value: Callable[[RunRecord], Value]
    better: int = 0

    @property
    def is_difference(self) -> bool:
        """True where the sign of the value says something."""
        return self.family is Family.DIFFERENCE

    @property
    def is_number(self) -> bool:
        """True for what is aligned on the right."""
        return self.kind.is_measured


def _measured(name: str, run: RunRecord) -> float | None:
    value: float | None = getattr(run.metrics, name)
    return value


def _reported(name: str, run: RunRecord) -> float | None:
    value: float | None = getattr(run.reported or _NO_REPORT, name)
    return value


def _difference(ours: Column, theirs: Column, run: RunRecord) -> float | None:
    values = ours.value(run), theirs.value(run)
    return values[0] - values[1] if isinstance(values[0], int | float) and isinstance(values[1], int | float) else None


def _time(run: RunRecord) -> float | None:
    return run.time_s if run.epochs_done else None


def _time_per_epoch(run: RunRecord) -> float | None:
    return run.time_s / run.epochs_done if run.epochs_done else None


def _setting(name: str, run: RunRecord) -> Value:
    return plain_settings(run.config_json).get(name)


def run_layers(run: RunRecord) -> str:
    """The layers of a run in one line."""
    return str(plain_settings(run.config_json)["layers"])


@cache
def plain_settings(config_json: str) -> dict[str, Value]:
    """A config as plain values, unchecked, its layers as text.

    It is kept, for sorting thousands of runs cannot wait for their JSON; without containers inside, these values cost
    the garbage collector nothing.
    """
    values = renamed(json.loads(config_json))
    return {**values, "layers": _layers(json.dumps(values.get("layers", [])))}


@cache
def _layers(layers_json: str) -> str:
    """Runs by the thousand share a few networks: each is worded once."""
    try:
        return layers_text(_LAYERS.validate_json(layers_json))
    except ValidationError:  # written by a version with other layers
        return layers_json


def _of_run(id_: str, title: str, help_: str, value: Callable[[RunRecord], Value], kind: Kind = Kind.TEXT) -> Column:
    return Column(id_, title, help_, Family.RUN, kind, value)


def _metric(name: str, title: str, help_: str) -> Column:
    return Column(name, title, help_, Family.METRICS, Kind.METRIC, partial(_measured, name))


def _seconds(id_: str, title: str, help_: str, value: Callable[[RunRecord], Value]) -> Column:
    return Column(id_, title, help_, Family.METRICS, Kind.SECONDS, value)


_RUN = (
    _of_run("name", "Name", "What the run is called; F2 renames it", lambda run: run.name),
    _of_run("state", "State", "Whether the run is running, completed, stopped or failed", lambda run: run.state.value),
    _of_run("recipe", "Recipe", "The recipe of the settings", lambda run: run.recipe),
    _of_run("data", "Data", "The set, its edition and its pictures", lambda run: run.data_description),
    _of_run("created", "Date", "When the run started", lambda run: run.created, Kind.DATE),
    _of_run("epochs_done", "Epochs", "Epochs trained", lambda run: run.epochs_done, Kind.COUNT),
    _of_run("best_epoch", "Best epoch", "The best epoch", lambda run: run.best_epoch, Kind.COUNT),
    _of_run("parameters", "Parameters", "Weights", lambda run: run.parameters or None, Kind.COUNT),
    _of_run("tags", "Tags", "Your own words, separated by commas", lambda run: ", ".join(run.tags)),
    _of_run("note", "Note", "Your own remark", lambda run: run.note),
    _of_run("study", "Search", "The search that the run belongs to", lambda run: run.study),
    _of_run("trial", "Trial", "Its number within the search", lambda run: run.trial, Kind.COUNT),
    _of_run("model", "Model", "The model of the run", lambda run: run.model or ""),
    _of_run("device", "Device", "What the run was computed on", lambda run: run.device),
    _of_run("ran_on", "Engine used", "The engine that was used", lambda run: run.engine),
    _of_run("id", "Number", "The run's number in the history", lambda run: run.id, Kind.COUNT),
)
_SPLITS = (("train", "training"), ("val", "validation"), ("test", "untouched test"))
_METRICS = (("loss", "loss", "Loss", -1), ("accuracy", "acc", "Share of right answers", 1))
_IN_NOTES = (
    (_seconds("time_s", "Time", "Seconds spent on the epochs: training and validation", _time), 0),
    *(
        (_metric(f"{split}_{name}", f"{split.capitalize()} {short}", f"{what} on the {words} split"), better)
        for split, words in _SPLITS
        for name, short, what, better in (
            ("loss", "loss", "Loss", -1),
            ("accuracy", "acc", "Share of right answers", 1),
        )
    ),
    (_seconds("time_per_epoch_s", "Time per epoch", "Seconds that an epoch took, on average", _time_per_epoch), 0),
)
"""The columns that the notes' own tables have, and whether a higher value than theirs is good news (see `better`)."""

_REPORTED = tuple(
    replace(
        column,
        id=f"{column.id}_reported",
        title=f"{column.title} reported",
        help=f"{column.help}, as the notes report it",
        family=Family.REPORTED,
        value=partial(_reported, column.id),
    )
    for column, _ in _IN_NOTES
)
_DIFFERENCES = tuple(
    replace(
        column,
        id=f"{column.id}_difference",
        title=f"{column.title} difference",
        help=f"{column.help}: this run's minus the notes'",
        family=Family.DIFFERENCE,
        value=partial(_difference, column, reported),
        better=better,
    )
    for (column, better), reported in zip(_IN_NOTES, _REPORTED, strict=True)
)
_MORE_METRICS = (
    _metric("test_precision", "Test precision", "Mean over the classes: the share of predictions that were right"),
    _metric("test_recall", "Test recall", "Mean over the classes: the share of pictures that were found"),
    _seconds("test_s", "Test time", "Seconds for the test", lambda run: run.test_s or None),
)


def _settings_columns() -> tuple[Column, ...]:
    words = {field.name: (field.title, field.help) for field in form_fields()}
    words["epochs"] = ("Epochs set", "Planned epochs")
    texts = {
        "initial_model": ("Initial model", "The model it started from"),
        "replay_dataset": ("Replay data", "Old data that was mixed in"),
        "outlier_dataset": ("Outlier data", "Data of no class that was mixed in"),
    }
    words["replay_share"] = ("Replay share", "How much of the mixture was other data; 0: enough to remember by")
    words["steps_per_epoch"] = ("Steps per epoch", "After so many batches an epoch was over; 0: after all pictures")
    return (
        Column("layers", "Layers", "The hidden layers", Family.SETTINGS, Kind.TEXT, run_layers),
        *(Column(name, *said, Family.SETTINGS, Kind.SETTING, partial(_setting, name)) for name, said in words.items()),
        *(Column(name, *said, Family.SETTINGS, Kind.TEXT, partial(_setting, name)) for name, said in texts.items()),
    )


_OURS = tuple(column for column, _ in _IN_NOTES)
COLUMNS: dict[str, Column] = {
    column.id: column for column in (*_RUN, *_OURS, *_REPORTED, *_DIFFERENCES, *_MORE_METRICS, *_settings_columns())
}
"""Every column by its id, in the order in which a table shows them."""

USUAL = (
    *("name", "state", "created", "epochs_done", "time_s"),
    *("train_loss", "train_accuracy", "val_loss", "val_accuracy", "test_loss", "test_accuracy"),
    *("test_accuracy_reported", "test_accuracy_difference", "data"),
)
"""What a table shows at first, from left to right."""

GROUPABLE = ("recipe", "data", "state", "tags", "study", "optimizer", "learning_rate", "batch_size", "layers")
"""Columns in which runs share values, so that a table can be grouped by them."""

NOTES = tuple(column.id for column in _OURS)
"""The columns that the notes have, too: each with `<id>_reported` and `<id>_difference` beside it."""

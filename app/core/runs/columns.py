"""What can be told of a run in a table: every column, its words, and the value of each run in it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
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


@dataclass(frozen=True)
class _NotesMetric:
    """One of the notes' own columns: ours, and where the notes report it."""

    id: str
    title: str
    help: str
    kind: Kind
    ours: Callable[[RunRecord], float | None]
    reported: Callable[[RunRecord], float | None]
    better: int


def _measured(name: str, run: RunRecord) -> float | None:
    value: float | None = getattr(run.metrics, name)
    return value


def _reported(name: str, run: RunRecord) -> float | None:
    value: float | None = getattr(run.reported or _NO_REPORT, name)
    return value


def _time(run: RunRecord) -> float | None:
    return run.time_s if run.epochs_done else None


def _time_per_epoch(run: RunRecord) -> float | None:
    return run.time_s / run.epochs_done if run.epochs_done else None


def _notes_metric(split: str, name: str, split_in_words: str, better: int) -> _NotesMetric:
    id_ = f"{split}_{name}"
    title = f"{split.capitalize()} {'acc' if name == 'accuracy' else name}"
    what = "Share of right answers" if name == "accuracy" else "Loss"
    help_ = f"{what} on the {split_in_words} split"
    return _NotesMetric(id_, title, help_, Kind.METRIC, partial(_measured, id_), partial(_reported, id_), better)


_NOTES: tuple[_NotesMetric, ...] = (
    _NotesMetric(
        "time_s",
        "Time",
        "Seconds spent on the epochs: training and validation",
        Kind.SECONDS,
        _time,
        partial(_reported, "time_s"),
        0,
    ),
    *(
        _notes_metric(split, name, words, better)
        for split, words in (("train", "training"), ("val", "validation"), ("test", "untouched test"))
        for name, better in (("loss", -1), ("accuracy", 1))
    ),
    _NotesMetric(
        "time_per_epoch_s",
        "Time per epoch",
        "Seconds that an epoch took, on average",
        Kind.SECONDS,
        _time_per_epoch,
        partial(_reported, "time_per_epoch_s"),
        0,
    ),
)


def _difference(metric: _NotesMetric, run: RunRecord) -> float | None:
    ours, theirs = metric.ours(run), metric.reported(run)
    return None if ours is None or theirs is None else ours - theirs


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


def _run_columns() -> tuple[Column, ...]:
    def column(id_: str, title: str, help_: str, value: Callable[[RunRecord], Value]) -> Column:
        return Column(id_, title, help_, Family.RUN, Kind.TEXT, value)

    return (
        column("name", "Name", "What the run is called; F2 renames it", lambda run: run.name),
        column(
            "state", "State", "Whether the run is running, completed, stopped or failed", lambda run: run.state.value
        ),
        column("recipe", "Recipe", "The recipe of the settings", lambda run: run.recipe),
        column("data", "Data", "The set, its edition and its pictures", lambda run: run.data_description),
        Column("created", "Date", "When the run started", Family.RUN, Kind.DATE, lambda run: run.created),
        Column("epochs_done", "Epochs", "Epochs trained", Family.RUN, Kind.COUNT, lambda run: run.epochs_done),
        Column("best_epoch", "Best epoch", "The best epoch", Family.RUN, Kind.COUNT, lambda run: run.best_epoch),
        Column("parameters", "Parameters", "Weights", Family.RUN, Kind.COUNT, lambda run: run.parameters or None),
        column("tags", "Tags", "Your own words, separated by commas", lambda run: ", ".join(run.tags)),
        column("note", "Note", "Your own remark", lambda run: run.note),
        column("study", "Search", "The search that the run belongs to", lambda run: run.study),
        Column("trial", "Trial", "Its number within the search", Family.RUN, Kind.COUNT, lambda run: run.trial),
        column("model", "Model", "The model of the run", lambda run: run.model or ""),
        column("device", "Device", "What the run was computed on", lambda run: run.device),
        column("ran_on", "Engine used", "The engine that was used", lambda run: run.engine),
        Column("id", "Number", "The run's number in the history", Family.RUN, Kind.COUNT, lambda run: run.id),
    )


def _notes_columns() -> tuple[Column, ...]:
    ours = tuple(
        Column(metric.id, metric.title, metric.help, Family.METRICS, metric.kind, metric.ours) for metric in _NOTES
    )
    reported = tuple(
        Column(
            f"{metric.id}_reported",
            f"{metric.title} reported",
            f"{metric.help}, as the notes report it",
            Family.REPORTED,
            metric.kind,
            metric.reported,
        )
        for metric in _NOTES
    )
    differences = tuple(
        Column(
            f"{metric.id}_difference",
            f"{metric.title} difference",
            f"{metric.help}: this run's minus the notes'",
            Family.DIFFERENCE,
            metric.kind,
            partial(_difference, metric),
            metric.better,
        )
        for metric in _NOTES
    )
    return ours + reported + differences


def _more_metrics() -> tuple[Column, ...]:
    def column(id_: str, title: str, help_: str) -> Column:
        return Column(id_, title, help_, Family.METRICS, Kind.METRIC, partial(_measured, id_))

    return (
        column("test_precision", "Test precision", "Mean over the classes: the share of predictions that were right"),
        column("test_recall", "Test recall", "Mean over the classes: the share of pictures that were found"),
        Column(
            "test_s", "Test time", "Seconds for the test", Family.METRICS, Kind.SECONDS, lambda run: run.test_s or None
        ),
    )


def _settings_columns() -> tuple[Column, ...]:
    titles = {field.name: (field.title, field.help) for field in form_fields()}
    titles["epochs"] = ("Epochs set", "Planned epochs")
    fields = tuple(
        Column(name, title, help_, Family.SETTINGS, Kind.SETTING, partial(_setting, name))
        for name, (title, help_) in titles.items()
    )
    layers = Column("layers", "Layers", "The hidden layers", Family.SETTINGS, Kind.TEXT, run_layers)
    texts = (
        ("initial_model", "Initial model", "The model it started from"),
        ("replay_dataset", "Replay data", "Old data that was mixed in"),
    )
    began = (
        Column(name, title, help_, Family.SETTINGS, Kind.TEXT, partial(_setting, name)) for name, title, help_ in texts
    )
    return layers, *fields, *began


COLUMNS: dict[str, Column] = {
    column.id: column for column in (*_run_columns(), *_notes_columns(), *_more_metrics(), *_settings_columns())
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

NOTES = tuple(metric.id for metric in _NOTES)
"""The columns that the notes have, too: each with `<id>_reported` and `<id>_difference` beside it."""

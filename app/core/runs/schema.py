"""The tables of the history, and values as they are stored; `rows` reads them."""

import json
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.core.runs.events import CheckedUp, EpochDone
from app.core.sqlite import DatabaseKind

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE runs (
            id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given twice: checkpoints are named by it
            name TEXT NOT NULL,
            recipe TEXT NOT NULL,
            dataset TEXT NOT NULL,
            data_description TEXT NOT NULL,
            data_sha256 TEXT NOT NULL,
            created TEXT NOT NULL,                 -- ISO 8601, UTC
            state TEXT NOT NULL,
            message TEXT NOT NULL DEFAULT '',
            device TEXT NOT NULL DEFAULT '',
            engine TEXT NOT NULL DEFAULT '',
            parameters INTEGER NOT NULL DEFAULT 0,
            train_samples INTEGER NOT NULL DEFAULT 0,
            validation_samples INTEGER NOT NULL DEFAULT 0,
            test_samples INTEGER NOT NULL DEFAULT 0,
            epochs_done INTEGER NOT NULL DEFAULT 0,
            best_epoch INTEGER,
            train_s REAL NOT NULL DEFAULT 0,
            val_s REAL NOT NULL DEFAULT 0,
            test_s REAL NOT NULL DEFAULT 0,
            train_loss REAL, train_accuracy REAL,  -- of the epoch whose weights the run has
            val_loss REAL, val_accuracy REAL,
            test_loss REAL, test_accuracy REAL, test_precision REAL, test_recall REAL,
            model TEXT,
            note TEXT NOT NULL DEFAULT '',
            tags TEXT NOT NULL DEFAULT '[]',       -- a JSON list
            study TEXT NOT NULL DEFAULT '',
            trial INTEGER,
            versions TEXT NOT NULL,                -- JSON: name to version
            config TEXT NOT NULL,                  -- JSON: TrainingConfig
            owner TEXT NOT NULL DEFAULT '',        -- the lock that its process holds while it is going
            deleted TEXT                           -- when it was deleted, ISO 8601; hidden until purged
        )
        """,
        "CREATE INDEX runs_going ON runs (id) WHERE state = 'running'",
        "CREATE INDEX runs_deleted ON runs (deleted) WHERE deleted IS NOT NULL",
        """
        CREATE TABLE epochs (
            run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            epoch INTEGER NOT NULL,
            loss REAL, accuracy REAL,
            val_loss REAL, val_accuracy REAL, val_precision REAL, val_recall REAL,
            learning_rate REAL,
            is_best INTEGER NOT NULL,
            epoch_s REAL NOT NULL, validation_s REAL NOT NULL, elapsed_s REAL NOT NULL,
            PRIMARY KEY (run, epoch)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE confusions (
            run INTEGER PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
            counts TEXT NOT NULL                   -- JSON: rows true, columns predicted
        )
        """,
    ),
    (
        """
        CREATE TABLE checkups (
            run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            epoch INTEGER NOT NULL,                -- 0 is before the first batch
            first_gradient REAL, last_gradient REAL,
            dead_share REAL, dead_layer INTEGER,
            statistics_shift REAL, rare_recall REAL,
            PRIMARY KEY (run, epoch)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE data_facts (
            run INTEGER PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
            class_counts TEXT NOT NULL,            -- JSON: pairs of a name and a number of training pictures
            test_copies INTEGER NOT NULL,
            test_samples INTEGER NOT NULL
        )
        """,
    ),
)
"""What takes a file from each version to the next. Only ever append."""

HISTORY_FILE = DatabaseKind("run history", "move that file away, and a new one is created", MIGRATIONS)

# Values as they are stored.

EPOCH_COLUMNS = (
    "epoch",
    "loss",
    "accuracy",
    "val_loss",
    "val_accuracy",
    "val_precision",
    "val_recall",
    "learning_rate",
    "is_best",
    "epoch_s",
    "validation_s",
    "elapsed_s",
)

CHECKUP_COLUMNS = tuple(field.name for field in fields(CheckedUp))

SUM_UP = """
    UPDATE runs SET
        (epochs_done, best_epoch, train_s, val_s) = (
            SELECT count(*), max(CASE WHEN is_best THEN epoch END), total(epoch_s - validation_s), total(validation_s)
            FROM epochs WHERE run = :run
        ),
        (train_loss, train_accuracy, val_loss, val_accuracy) = (
            SELECT loss, accuracy, val_loss, val_accuracy
            FROM epochs WHERE run = :run AND epoch <= coalesce(:weights_epoch, epoch) ORDER BY epoch DESC LIMIT 1
        )
    WHERE id = :run
"""
"""Brings what a run tells of its epochs up to date; its metrics are those of `weights_epoch`, or of the last epoch."""


def epoch_values(epoch: EpochDone) -> list[Any]:
    """The values of `EPOCH_COLUMNS`. What is no number becomes NULL, as SQLite has it."""
    return [plain(getattr(epoch, name)) for name in EPOCH_COLUMNS]


def checkup_values(checkup: CheckedUp) -> list[Any]:
    """The values of `CHECKUP_COLUMNS`, likewise."""
    return [plain(getattr(checkup, name)) for name in CHECKUP_COLUMNS]


def confusion_json(confusion: NDArray[np.int64]) -> str:
    """A matrix of counts as JSON."""
    return json.dumps(confusion.tolist())


def plain(value: Any) -> Any:
    """A number of NumPy's as one of Python's; anything else as it is."""
    return value.item() if isinstance(value, np.generic) else value

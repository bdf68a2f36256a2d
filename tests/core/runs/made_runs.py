"""Runs as a history lists them, made up for tests."""

import json
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

from app.core.config.config import TrainingConfig
from app.core.recipes import find_recipe
from app.core.runs.records import Metrics, RunRecord, RunState

CONFIG = find_recipe("tuning-512x512-02").config.changed(data="full")
"""A run of the notes."""
BEGUN = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)

_METRICS = {field.name for field in fields(Metrics)}


def made_run(run: int, config: TrainingConfig = CONFIG, **values: Any) -> RunRecord:
    """A completed run with number `run`; `values` may name fields of RunRecord and of Metrics."""
    metrics = {name: values.pop(name) for name in _METRICS & values.keys()}
    usual: dict[str, Any] = {
        "id": run,
        "name": config.recipe,
        "recipe": config.recipe,
        "dataset": config.dataset,
        "data_description": "MNIST, full, 60,000",
        "data_sha256": "0" * 64,
        "config_json": config.model_dump_json(),
        "created": BEGUN + timedelta(minutes=run),
        "state": RunState.COMPLETED,
        "message": "",
        "device": "CPU",
        "versions_json": json.dumps({"softmax-studio": "0.3"}),
        "parameters": 669_706,
        "epochs_done": 50,
        "best_epoch": 7,
        "train_s": 80.0,
        "val_s": 10.0,
        "test_s": 0.5,
        "metrics": Metrics(**metrics),
        "model": f"model {run}",
        "note": "",
        "tags": (),
        "study": "",
        "trial": None,
    }
    return RunRecord(**(usual | values))

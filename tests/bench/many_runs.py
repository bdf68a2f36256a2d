"""A history as long use leaves it: thousands of plausible runs, of many recipes and some searches."""

import json
import math
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from app.core.components import program_versions
from app.core.config.config import TrainingConfig
from app.core.recipes import RECIPES
from app.core.runs.history import RunHistory
from app.core.runs.records import RunState
from app.core.runs.schema import EPOCH_COLUMNS, HISTORY_FILE
from app.core.sqlite import SharedDatabase

_ENDS = [RunState.COMPLETED] * 80 + [RunState.EARLY_STOPPED] * 10 + [RunState.STOPPED] * 5
_ENDS += [RunState.FAILED] * 2 + [RunState.INTERRUPTED] * 3
_FIRST_DAY = datetime(2026, 1, 1, 8, tzinfo=UTC)


def fill_history(history: RunHistory, count: int = 10_000, epochs: int = 20, seed: int = 1) -> None:
    """Add `count` runs of about `epochs` epochs each, the same ones for the same seed, in one transaction."""
    chance = random.Random(seed)
    configs = _configs(chance, epochs)
    with SharedDatabase(history.path, HISTORY_FILE).writing() as database:
        for number in range(count):
            config, config_json = chance.choice(configs)
            curve = _curve(chance, chance.randint(max(1, epochs // 2), epochs + epochs // 2))
            values = _run(chance, number, config, config_json, curve)
            names, marks = ", ".join(values), ", ".join("?" * len(values))
            done = database.execute(f"INSERT INTO runs ({names}) VALUES ({marks})", tuple(values.values()))
            marks = ", ".join("?" * (len(EPOCH_COLUMNS) + 1))
            database.executemany(
                f"INSERT INTO epochs (run, {', '.join(EPOCH_COLUMNS)}) VALUES ({marks})",
                [(done.lastrowid, *(epoch[name] for name in EPOCH_COLUMNS)) for epoch in curve],
            )


def _configs(chance: random.Random, epochs: int) -> list[tuple[TrainingConfig, str]]:
    """Some hundred settings, checked once."""
    configs = []
    for _ in range(300):
        config = chance.choice(RECIPES).config.changed(
            epochs=epochs,
            batch_size=chance.choice((16, 32, 64, 128)),
            learning_rate=chance.choice((0.0001, 0.0003, 0.001, 0.003, 0.01)),
            optimizer=chance.choice(("sgd", "rmsprop", "adam")),
            seed=chance.randint(0, 1000),
        )
        configs.append((config, config.model_dump_json()))
    return configs


def _curve(chance: random.Random, epochs: int) -> list[dict[str, Any]]:
    """Losses that fall towards a floor, validation above training."""
    floor, speed, epoch_s = chance.uniform(0.01, 0.3), chance.uniform(0.1, 0.6), chance.uniform(0.3, 20)
    curve, best = list[dict[str, Any]](), math.inf
    for epoch in range(1, epochs + 1):
        loss = floor + 2 * math.exp(-speed * epoch) + chance.uniform(0, 0.02)
        val_loss = loss + chance.uniform(0, 0.08)
        curve.append(
            {
                "epoch": epoch,
                "loss": loss,
                "accuracy": max(0.1, 1 - 0.3 * loss),
                "val_loss": val_loss,
                "val_accuracy": max(0.1, 1 - 0.3 * val_loss),
                "val_precision": max(0.1, 1 - 0.3 * val_loss),
                "val_recall": max(0.1, 1 - 0.31 * val_loss),
                "learning_rate": 0.001,
                "is_best": val_loss < best,
                "epoch_s": epoch_s,
                "validation_s": epoch_s / 10,
                "elapsed_s": epoch_s * epoch,
            }
        )
        best = min(best, val_loss)
    return curve


def _run(
    chance: random.Random, number: int, config: TrainingConfig, config_json: str, curve: list[dict[str, Any]]
) -> dict[str, Any]:
    """The columns of a run."""
    state, last = chance.choice(_ENDS), curve[-1]
    tested = state in {RunState.COMPLETED, RunState.EARLY_STOPPED}
    test_loss = last["val_loss"] + chance.uniform(-0.01, 0.01) if tested else None
    test_accuracy = last["val_accuracy"] + chance.uniform(-0.003, 0.003) if tested else None
    is_trial = chance.random() < 0.4
    return {
        "name": config.recipe if chance.random() < 0.95 else f"attempt {number}",
        "recipe": config.recipe,
        "dataset": config.dataset,
        "data_description": f"{config.dataset}, full, 60,000",
        "data_sha256": ("f" if "fashion" in config.dataset else "0") * 64,
        "created": (_FIRST_DAY + timedelta(minutes=13 * number)).isoformat(timespec="seconds"),
        "state": state.value,
        "message": f"Saved as '{config.recipe} {number}', ready on the Recognize page." if tested else "Ended.",
        "device": "CPU, 2 cores, x86_64",
        "engine": chance.choice(("graph", "xla")),
        "parameters": chance.randint(10_000, 2_000_000),
        "train_samples": 54_000,
        "validation_samples": 6_000,
        "test_samples": 10_000 if tested else 0,
        "epochs_done": len(curve),
        "best_epoch": max(epoch["epoch"] for epoch in curve if epoch["is_best"]),
        "train_s": last["elapsed_s"] * 0.9,
        "val_s": last["elapsed_s"] * 0.1,
        "test_s": 0.8 if tested else 0.0,
        "train_loss": last["loss"],
        "train_accuracy": last["accuracy"],
        "val_loss": last["val_loss"],
        "val_accuracy": last["val_accuracy"],
        "test_loss": test_loss,
        "test_accuracy": test_accuracy,
        "test_precision": test_accuracy,
        "test_recall": test_accuracy,
        "model": f"{config.recipe} {number}" if tested else None,
        "note": "a second try with less dropout" if chance.random() < 0.1 else "",
        "tags": json.dumps(chance.sample(("report", "lecture 3", "keep", "odd"), chance.randint(1, 2)))
        if chance.random() < 0.2
        else "[]",
        "study": f"sweep {number // 500 + 1}" if is_trial else "",
        "trial": number % 500 if is_trial else None,
        "versions": json.dumps(program_versions()),
        "config": config_json,
    }

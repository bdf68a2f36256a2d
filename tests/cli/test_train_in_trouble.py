"""Real trainings whose home is shared, goes away or turns read-only meanwhile, or that somebody ends from outside."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.core.models.store import find_model, list_models
from app.core.runs.checkpoint import has_checkpoint
from app.core.runs.history import RunHistory
from app.core.runs.records import RunState

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="has no such signals")]

SHORT = ("quickstart-mnist", "--set", "steps_per_epoch=40", "--json")


def training(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "app", "train", *SHORT, *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait_for_epoch(process: subprocess.Popen[str], number: int) -> None:
    assert process.stdout is not None
    next(line for line in process.stdout if f'"epoch_done", "epoch": {number},' in line)


def ended(process: subprocess.Popen[str]) -> dict[str, Any]:
    """The last event; nothing else was said."""
    out, err = process.communicate(timeout=300)
    assert not err
    return dict(json.loads(out.splitlines()[-1]))


def own_models() -> list[tuple[str, str]]:
    return sorted((model.card.name, model.card.title) for model in list_models() if not model.bundled)


def test_two_programs_that_train_at_once_in_one_home(home: Path) -> None:
    both = [training("--epochs", "3", "--name", "mine") for _ in range(2)]
    events = [ended(process) for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sorted(event["model"] for event in events) == ["mine", "mine 2"]
    assert own_models() == [("mine", "mine"), ("mine 2", "mine 2")]
    runs = RunHistory().runs()
    assert [(run.id, run.state, run.epochs_done) for run in runs] == [
        (2, RunState.COMPLETED, 3),
        (1, RunState.COMPLETED, 3),
    ]
    assert {run.id: run.model for run in runs} == {event["run"]: event["model"] for event in events}
    for name, _ in own_models():
        find_model(name).check_network()


def test_a_home_that_is_moved_away_gets_the_model_and_the_sentence(home: Path, tmp_path: Path) -> None:
    process = training("--epochs", "30")
    wait_for_epoch(process, 2)
    home.rename(tmp_path / "moved")
    event = ended(process)
    assert process.returncode == 0
    assert "The history could not be written" in event["message"]
    find_model(event["model"]).check_network()


def test_a_home_that_cannot_be_written_any_more_is_a_sentence(home: Path, tmp_path: Path) -> None:
    process = training("--epochs", "30")
    wait_for_epoch(process, 2)
    home.rename(tmp_path / "moved")
    home.write_text("in its place")
    event = ended(process)
    assert process.returncode == 1
    assert "Models cannot be saved in" in event["message"]
    home.unlink()
    (tmp_path / "moved").rename(home)
    [run] = RunHistory().runs()
    assert run.state is RunState.INTERRUPTED
    assert has_checkpoint(run.id)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_training_that_is_ended_stops_and_can_go_on(number: signal.Signals) -> None:
    process = training("--epochs", "300")
    wait_for_epoch(process, 2)
    process.send_signal(number)
    _, err = process.communicate(timeout=300)
    assert (process.returncode, err) == (0, "")
    [run] = RunHistory().runs()
    assert run.state is RunState.STOPPED
    assert run.epochs_done >= 2
    assert has_checkpoint(run.id)
    # Ctrl+C keeps the network so far; whoever is ended by a shutdown has no time to test it.
    assert (run.model is not None) == (number is signal.SIGINT)

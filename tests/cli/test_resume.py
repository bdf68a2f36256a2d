"""`train --resume`: a process is killed in the middle of a run, and another one ends what it began."""

import json
import os
import signal
import subprocess
import sys

import pytest

from app.cli.main import run_command
from app.cli.output import Output
from app.core.runs.events import EpochDone, Event
from app.core.runs.history import RunHistory
from app.core.runs.records import RunState

pytestmark = pytest.mark.usefixtures("tensorflow")

TRAIN = [sys.executable, "-m", "app", "train"]


def test_a_run_whose_process_was_killed_goes_on(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ["quickstart-mnist", "--epochs", "400", "--set", "batch_size=8", "--json"]
    process = subprocess.Popen([*TRAIN, *arguments], stdout=subprocess.PIPE, text=True, env=dict(os.environ))
    assert process.stdout is not None
    with process, process.stdout as told:
        for line in told:
            if '"epoch_done", "epoch": 2' in line:
                process.send_signal(signal.SIGKILL)
                break
    record = RunHistory().runs()[0]
    assert record.state is RunState.INTERRUPTED
    assert record.epochs_done >= 2
    # So many epochs are more than a test needs: the run is stopped again as soon as it goes on.
    assert run_command(["train", "--resume", str(record.id), "--epochs", "3"]) == 2
    assert "its own settings" in capsys.readouterr().err
    interrupted = list[EpochDone]()

    def interrupt(output: Output, event: Event) -> None:
        tell(output, event)
        if isinstance(event, EpochDone) and not interrupted:
            interrupted.append(event)
            signal.raise_signal(signal.SIGINT)

    tell = Output.event
    monkeypatch.setattr(Output, "event", interrupt)
    assert run_command(["train", "--resume", str(record.id), "--json"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    started = next(event for event in events if event["event"] == "run_started")
    assert started["first_epoch"] == record.epochs_done + 1
    assert events[-1]["reason"] == "stopped"
    again = RunHistory().run(record.id)
    assert again.state is RunState.STOPPED
    assert [epoch.epoch for epoch in RunHistory().epochs(record.id)] == list(range(1, again.epochs_done + 1))


@pytest.mark.parametrize("arguments", [["train"], ["train", "--resume", "99"], ["train", "fast-cnn", "--resume", "1"]])
def test_what_cannot_be_trained_is_a_sentence(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith("softmax-studio: ")
    assert "Traceback" not in said

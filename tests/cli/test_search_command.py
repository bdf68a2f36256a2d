"""The commands search and search-worker, with real workers."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli.main import run_command
from app.core.runs.history import RunHistory
from app.core.search.plan import find_plan
from app.core.search.reported import markdown_table
from app.core.search.space import Value
from app.core.search.status import SearchStatus, TrialReport, TrialState, TrialStatus

SEARCH = ["search", "quickstart-mnist", "--set", "epochs=2", "--vary", "hidden_units=8,16", "--workers", "1"]


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_search_runs_its_trials_and_goes_on_when_it_is_called_again(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "table.md"
    assert run_command([*SEARCH, "--json", "--table", str(table)]) == 0
    events = lines(capsys.readouterr().out)
    assert [event["event"] for event in events if event["event"] != "trial_running"] == [
        "search_started", "trial_done", "trial_done", "search_ended", "best_model_kept", "table_written"
    ]  # fmt: skip
    done = [event for event in events if event["event"] == "trial_done"]
    assert [event["changes"] for event in done] == [{"hidden_units": 8}, {"hidden_units": 16}]
    assert {(run.study, run.trial) for run in RunHistory().runs()} == {
        ("quickstart-mnist-hidden_units", 0),
        ("quickstart-mnist-hidden_units", 1),
    }
    kept = next(event["model"] for event in events if event["event"] == "best_model_kept")
    assert [path.name for path in (home / "models").iterdir()] == [kept]  # of the best trial, and of no other
    assert table.read_text().count("quickstart-mnist hidden_units=") == 2

    table.write_text("mine")
    assert run_command([*SEARCH, "--json", "--table", str(table), "--replace"]) == 0
    events = lines(capsys.readouterr().out)
    assert events[0]["done"] == 2
    assert {"event": "best_model_kept", "model": kept} in events
    assert len(RunHistory().runs()) == 2
    assert table.read_text().count("quickstart-mnist hidden_units=") == 2
    for command in ("search", "search-worker"):
        assert run_command([command, "--study", "quickstart-mnist-hidden_units"]) == 0
        assert "All 2 trials are done" in capsys.readouterr().out


def test_a_table_that_is_there_is_kept_unless_told_otherwise(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "table.md"
    table.write_text("mine")
    assert run_command([*SEARCH, "--table", str(table)]) == 2
    assert "already exists" in capsys.readouterr().err
    assert not RunHistory().runs()
    assert table.read_text() == "mine"


def test_ctrl_c_stops_a_search_that_then_goes_on(home: Path) -> None:
    command = [sys.executable, "-m", "app", *SEARCH, "--set", "epochs=300", "--json"]
    search = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ))
    assert search.stdout is not None
    assert search.stderr is not None
    events = []
    for line in search.stdout:
        events.append(json.loads(line))
        if [event["event"] for event in events].count("trial_running") == 1 and events[-1]["event"] == "trial_running":
            search.send_signal(signal.SIGINT)  # once: a second one may find it past the search
    assert search.wait() == 0
    assert search.stderr.read() == ""
    assert events[-1]["event"] == "search_ended"
    assert events[-1]["done"] == 0
    search.stdout.close()
    search.stderr.close()


def test_the_ready_made_plans_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["search", "--list", "--json"]) == 0
    counts = {plan["id"]: plan["trials"] for plan in lines(capsys.readouterr().out)}
    assert counts["tuning"] == 28
    assert counts["reproduction"] == 42


def test_the_table_sets_what_is_reported_beside_what_came_out() -> None:
    plan = find_plan("reproduction")
    made = plan.changed(bases=tuple(base.changed(data="full") for base in plan.bases))
    numbers = {config.recipe: number for number, config in enumerate(made.bases)}

    def trial(recipe: str, state: TrialState, report: TrialReport | None, **changes: Value) -> TrialStatus:
        epochs = made.bases[numbers[recipe]].epochs
        return TrialStatus(0, recipe, dict(changes), state, epochs, report, (), None, numbers[recipe])

    report = TrialReport(worker="w", host="h", epochs_done=50, elapsed_s=31.24, test_accuracy=0.9801)
    trials = (
        trial("tuning-512x512-02", TrialState.DONE, report),
        trial("tuning-512x512-02", TrialState.DONE, report, batch_size=64),
        trial("quickstart-fashion", TrialState.WAITING, None),
    )
    rows = markdown_table(made, SearchStatus("s", True, "val_accuracy", trials)).splitlines()
    assert rows[2:] == [
        "| tuning-512x512-02 | test accuracy | 98.43 | 98.01 | -0.42 | 90.6 | 31.2 | 50 |  |",
        "| tuning-512x512-02 batch_size=64 | test accuracy |  | 98.01 |  |  | 31.2 | 50 "
        "| Not comparable: batch size 64. |",
        "| quickstart-fashion | test accuracy |  |  |  |  |  | 0 of 10 | Still waiting. |",
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ["search"],
        ["search", "--study", "nothing"],
        ["search", "nothing"],
        ["search", "quickstart-mnist"],
        ["search", "quickstart-mnist", "--vary", "nothing=1,2"],
        ["search", "quickstart-mnist", "--vary", "dropout=0..0.5"],
        ["search", "quickstart-mnist", "--vary", "dropout=0,0.5", "--method", "luck"],
        ["search", "quickstart-mnist", "--vary", "dropout=0,0.5", "--objective", "test_accuracy"],
        ["search", "quickstart-mnist", "--vary", "dropout=0,0.5", "--set", "validation_split=0"],
        ["search", "tuning", "--vary", "dropout=0,0.5"],
        ["search", "tuning", "--table", "/no/such/folder/table.md"],
        ["search", "tuning", "--storage", "nonsense"],
        ["search", "tuning", "--workers", "0"],
        ["search", "tuning", "--data", "full"],
        ["search-worker"],
        ["search-worker", "--study", "nothing"],
    ],
)
def test_bad_input_is_a_sentence_and_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.strip()
    assert "Traceback" not in captured.err

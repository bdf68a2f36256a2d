"""`softmax-studio runs`: what it prints, what it changes, and what it says when it cannot."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from app.cli.main import run_command
from app.core.datasets.types import Dataset, LabelledImages, Variant
from app.core.recipes import find_recipe
from app.core.recipes.reference import reported_for
from app.core.runs.events import EndReason, EpochDone, RunEnded, RunStarted, RunTested
from app.core.runs.history import RunHistory

NOTES, OURS = "tuning-512x512-02", "fast-cnn"


@pytest.fixture
def runs() -> list[int]:
    """Two runs of two epochs: one of a recipe that notes report, then one of ours."""
    history = RunHistory()
    none = LabelledImages(np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.uint8))
    data = Dataset("mnist", "MNIST", Variant.FULL, tuple("0123456789"), "mnist-1", none, none, "0" * 64, "")
    numbers = []
    for recipe in (NOTES, OURS):
        run = history.begin(find_recipe(recipe).config.changed(data="full"), data)
        history.started(run, RunStarted(recipe, "MNIST", 2, 10, 90, 10, 1234, "graph"), "CPU")
        for epoch in (1, 2):
            history.add_epoch(run, EpochDone(epoch, 0.2, 0.91, 0.3, 0.92, 0.001, True, 5.0, 5.0 * epoch))
        history.tested(run, RunTested(0.25, 0.93, 0.9, 0.9, 100, 0.5, np.eye(10, dtype=np.int64)))
        history.end(run, RunEnded(EndReason.COMPLETED, "Done.", 2, 2, 10.0))
        numbers.append(run)
    return numbers


Printed = pytest.CaptureFixture[str]


def told(printed: Printed) -> list[dict[str, object]]:
    return [json.loads(line) for line in printed.readouterr().out.splitlines()]


def test_the_list_puts_each_figure_beside_the_reported_one(runs: list[int], capsys: Printed) -> None:
    assert run_command(["runs", "list", "--json"]) == 0
    ours, notes = told(capsys)
    assert [ours["run"], notes["run"]] == runs[::-1]
    names = {f"{part}_{figure}" for part in ("train", "val", "test") for figure in ("loss", "accuracy")} | {"time_s"}
    measured, reported, difference = notes["figures"], notes["reported"], notes["difference"]
    assert isinstance(measured, dict)
    assert isinstance(reported, dict)
    assert isinstance(difference, dict)
    assert set(measured) == set(reported) == set(difference) == names
    expected = reported_for(NOTES)
    assert expected is not None
    assert expected.test_accuracy is not None
    assert (measured["time_s"], measured["test_accuracy"]) == (10.0, 0.93)
    assert reported["test_accuracy"] == expected.test_accuracy
    assert difference["test_accuracy"] == pytest.approx(0.93 - expected.test_accuracy)
    assert ours["reported"] == dict.fromkeys(names)


def test_the_list_is_a_table_for_people(runs: list[int], capsys: Printed) -> None:
    assert run_command(["runs", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["train", "run", str(runs[1]), str(runs[0]), "reported", "difference"]
    figures = ["10.0", "0.2000", "91.00%", "0.3000", "9 of 10", "0.2500", "93 of 100"]
    assert re.sub(" {2,}", "  ", lines[3].strip()).split("  ") == [f"{runs[0]} {NOTES}", "completed", *figures]
    assert (lines[4].split()[-1], lines[5].split()[-1]) == ("98.43%", "-5.43")
    assert len({len(line.rstrip()) for line in lines[1:]}) == 1  # the columns stand below each other


@pytest.mark.parametrize(
    ("options", "count"),
    [([], 2), (["--recipe", OURS], 1), (["--limit", "1"], 1), (["--tag", "keep"], 1), (["--study", "none"], 0)],
)
def test_the_list_can_be_narrowed(runs: list[int], options: list[str], count: int, capsys: Printed) -> None:
    RunHistory().set_tags(runs[:1], ["keep"])
    assert run_command(["runs", "list", "--json", *options]) == 0
    assert len(told(capsys)) == count


def test_an_empty_history_invites(capsys: Printed, home: Path) -> None:
    assert run_command(["runs", "list"]) == 0
    assert "softmax-studio train" in capsys.readouterr().out
    assert run_command(["runs", "list", "--json"]) == 0
    assert capsys.readouterr().out == ""
    assert not home.exists()


def test_one_run_is_shown_with_its_settings_epochs_and_confusion_matrix(runs: list[int], capsys: Printed) -> None:
    assert run_command(["runs", "show", str(runs[0]), "--json"]) == 0
    (run,) = told(capsys)
    assert run["config"] == find_recipe(NOTES).config.changed(data="full").model_dump(mode="json")
    assert run["confusion"] == np.eye(10).tolist()
    assert isinstance(run["epochs"], list)
    assert [epoch["val_accuracy"] for epoch in run["epochs"]] == [0.92, 0.92]
    assert run_command(["runs", "show", str(runs[0])]) == 0
    printed = capsys.readouterr().out
    for words in ("batch_size               128", "dropout rate=0.2", "val_accuracy  seconds", "CPU", "1,234"):
        assert words in printed


def test_runs_are_renamed_noted_and_tagged(runs: list[int], capsys: Printed) -> None:
    run = str(runs[0])
    assert run_command(["runs", "rename", run, "my try"]) == 0
    assert run_command(["runs", "note", run, "wider\nlayers"]) == 0
    assert run_command(["runs", "tag", run, "keep", "lecture 3"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"my try #{run} is its name now.",
        f"my try #{run} has a note.",
        f"my try #{run} is tagged keep, lecture 3.",
    ]
    assert run_command(["runs", "tag", run, "--json"]) == 0
    (facts,) = told(capsys)
    assert (facts["name"], facts["note"], facts["tags"]) == ("my try", "wider\nlayers", [])
    assert run_command(["runs", "show", run]) == 0
    assert "\n                         layers" in capsys.readouterr().out


def test_deleted_runs_can_be_brought_back(runs: list[int], capsys: Printed) -> None:
    numbers = [str(run) for run in runs]
    assert run_command(["runs", "delete", *numbers]) == 0
    assert f"softmax-studio runs restore {' '.join(numbers)}" in capsys.readouterr().out
    assert run_command(["runs", "show", numbers[0]]) == 2
    assert run_command(["runs", "restore", *numbers, "--json"]) == 0
    assert told(capsys) == [{"restored": runs}]
    assert len(RunHistory().runs()) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["show", "99"],
        ["show", "one"],
        ["rename", "99", "x"],
        ["rename", "1", "x" * 101],
        ["tag", "1", "a,b"],
        ["delete", "1", "99"],
        ["delete"],
        ["list", "--limit", "0"],
        ["show", "9" * 30],
    ],
)
def test_bad_input_is_a_sentence_and_code_2(runs: list[int], arguments: list[str], capsys: Printed) -> None:
    assert run_command(["runs", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.strip()
    assert "Traceback" not in captured.err
    assert len(RunHistory().runs()) == 2


def test_a_damaged_history_is_our_failure_and_code_1(home: Path, capsys: Printed) -> None:
    home.mkdir()
    (home / "runs.sqlite3").write_bytes(b"damaged" * 1000)
    assert run_command(["runs", "list", "--json"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("softmax-studio: The run history")
    assert captured.err.count("\n") == 1

"""`softmax-studio runs export`, started in this process as the console command starts it."""

import json
from pathlib import Path

import pytest

from app.cli.main import run_command
from app.core.datasets.types import Dataset
from app.core.recipes import find_recipe
from app.core.runs.events import EndReason, RunEnded, RunStarted
from app.core.runs.history import RunHistory


@pytest.fixture
def run(bars: Dataset) -> int:
    """A run in the user's own history."""
    config = find_recipe("quickstart-mnist").config
    history = RunHistory()
    run = history.begin(config, bars)
    history.started(run, RunStarted(config.recipe, "Bars", 5, 10, 540, 60, 101_770, "graph"), "CPU")
    history.end(run, RunEnded(EndReason.STOPPED, "Stopped.", 0, None, 0.0))
    return run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the command is given."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("csv", "quickstart-mnist-1.csv"),
        ("markdown", "quickstart-mnist-1.md"),
        ("html", "quickstart-mnist-1.html"),
        ("keras", "quickstart-mnist-1.py"),
        ("tensorboard", "tensorboard"),
    ],
)
def test_a_run_is_written_under_a_name_of_its_own(wanted: str, name: str, run: int, folder: Path) -> None:
    assert run_command(["runs", "export", str(run), "--format", wanted]) == 0
    assert (folder / name).exists()


@pytest.mark.usefixtures("folder")
def test_people_are_told_where_it_is_and_what_is_missing(run: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["runs", "export", str(run), str(run), "--format", "keras"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Wrote 1 run to quickstart-mnist-1.py. The data of this run is no longer on this computer")


def test_the_place_can_be_chosen_and_is_told_as_json(
    run: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "table.csv"
    assert run_command(["runs", "export", str(run), "--format", "csv", "--to", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"path": str(path), "files": [str(path)], "remark": ""}
    assert path.read_text(encoding="utf-8").startswith("\N{BYTE ORDER MARK}run,name,recipe,")


def test_what_is_there_is_kept_unless_replace_is_given(
    run: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["runs", "export", str(run), "--format", "csv", "--to", str(tmp_path / "table.csv")]
    (tmp_path / "table.csv").write_text("mine")
    assert run_command(command) == 2
    assert "already exists" in capsys.readouterr().err
    assert (tmp_path / "table.csv").read_text() == "mine"
    assert run_command([*command, "--replace"]) == 0
    assert (tmp_path / "table.csv").read_text() != "mine"


@pytest.mark.parametrize(
    "arguments",
    [
        ["1", "--format", "word"],
        ["1"],
        ["--format", "csv"],
        ["9", "--format", "csv"],
        ["one", "--format", "csv"],
        ["1", "--format", "csv", "--to", "/no/such/folder/x.csv"],
        ["1", "--format", "csv", "--to", "/tmp"],
    ],
)
def test_bad_input_is_a_sentence_and_code_2(arguments: list[str], run: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["runs", "export", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.strip()
    assert "Traceback" not in captured.err

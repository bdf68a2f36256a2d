"""The terminal: what is printed where, when it cannot be, and what goes on past a damaged part."""

import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.cli.main import run_command
from app.cli.output import show_progress, to_json
from app.core.datasets.importing import import_folder
from app.core.paths import bundled_models_dir, resources_dir
from app.core.texts import printable
from tests.patience import PATIENCE_S

SAMPLES = resources_dir() / "samples"


def shell(command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `command` in a shell in which $STUDIO is the program."""
    known = os.environ | {"STUDIO": f"{sys.executable} -m app"} | environment
    return subprocess.run(
        ["bash", "-c", command], env=known, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full disk to print on")
@pytest.mark.parametrize("command", ["recipes", "--help", "models list --json"])
def test_output_that_cannot_be_written_is_a_sentence_and_code_1(command: str) -> None:
    done = shell(f"$STUDIO {command} > /dev/full")
    assert done.returncode == 1
    assert done.stderr == "softmax-studio: The output could not be written (No space left on device).\n"


def test_a_reader_that_leaves_is_no_error() -> None:
    done = shell("$STUDIO recipes | true; exit ${PIPESTATUS[0]}")
    assert done.stderr == ""
    assert done.returncode in {0, 1}


def test_names_that_the_terminal_cannot_show_are_escaped(tmp_path: Path) -> None:
    shutil.copy(SAMPLES / "digit-7.drawing.json", tmp_path / os.fsdecode(b"\xff \xc3\xbc.drawing.json"))
    done = shell(f"$STUDIO predict --model fast-cnn {tmp_path}", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert (done.returncode, done.stderr) == (0, "")
    assert ": 7 " in done.stdout


def test_what_is_no_number_is_null() -> None:
    facts = {"loss": float("nan"), "all": (np.float32("inf"), 1), "of": {"x": np.array([1, np.nan])}}
    assert json.loads(to_json(facts)) == {"loss": None, "all": [None, 1], "of": {"x": [1, None]}}


@pytest.fixture
def no_log_handlers() -> Iterator[None]:
    """The root logger as a program finds it, without pytest's."""
    root = logging.getLogger()
    kept, root.handlers = root.handlers, []
    yield
    root.handlers = kept


def test_what_is_logged_stays_off_the_terminal(no_log_handlers: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["recipes"]) == 0
    logging.getLogger("app.core").error("a run failed", exc_info=ValueError("inside"))
    assert capsys.readouterr().err == ""


def test_a_progress_bar_leaves_redirected_output_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # makes rich take the error stream for a terminal
    with show_progress("Training", silent=False) as advance:
        print("epoch 1")
        advance(1, 2)
    assert capsys.readouterr().out == "epoch 1\n"


def test_lists_go_on_past_what_is_damaged(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in "ab":
        (tmp_path / "own" / name).mkdir(parents=True)
        for number in range(4):
            picture = np.zeros((28, 28), np.uint8)
            picture[4:24, 9 : 12 + number] = 255
            Image.fromarray(picture).save(tmp_path / "own" / name / f"{number}.png")
    for name in ("first", "second"):
        import_folder(tmp_path / "own", name)
    (home / "data" / "first" / "dataset.json").write_text("{")
    assert run_command(["data", "list", "--json"]) == 2
    *_, first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["name"], second["name"]) == ("first", "second")
    assert "damaged" in first["error"]
    assert "error" not in second
    shutil.copytree(bundled_models_dir() / "fast-cnn", home / "models" / "copied")  # its card has another name
    assert run_command(["models", "list", "--json"]) == 2
    damaged = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (damaged["name"], "damaged" in damaged["error"]) == ("copied", True)
    assert run_command(["models", "remove", "copied"]) == 0
    assert run_command(["models", "list"]) == 0


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is closed to root")
def test_a_closed_home_is_as_good_as_none(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "data").mkdir(parents=True)
    home.chmod(0)
    try:
        assert run_command(["data", "list"]) == 0
        assert run_command(["predict", "--model", "fast-cnn", str(SAMPLES / "digit-7.drawing.json")]) == 0
    finally:
        home.chmod(0o700)
    assert capsys.readouterr().err == ""


def test_the_card_names_the_data_by_its_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_command(["train", "quickstart-mnist", "--data", "nowhere"]) == 2
    assert str(tmp_path / "nowhere") in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["train", "quickstart-mnist", "--name", "digits-cnn"],
        ["train", "quickstart-mnist", "--data", "~nobody-of-that-name"],
        ["models", "remove", "nothing"],
        ["models", "remove", "digits-cnn"],
        ["models", "remove", ".."],
        ["data", "download", "mnist", "--mirror", "http://["],
        ["data", "import", os.fsdecode(b"\xff")],
    ],
)
def test_bad_input_is_a_sentence_and_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    (line,) = captured.err.splitlines()
    assert line.startswith("softmax-studio: ")


def test_names_from_files_of_others_do_not_command_the_terminal() -> None:
    assert printable("\x1b]0;owned\x07 a\u202eb \ud800\x9b2J\nnext\tline 👩\u200d🏫 é") == (
        "�]0;owned� a�b ��2J\nnext\tline 👩\u200d🏫 é"
    )

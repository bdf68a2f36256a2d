"""A bug on the command line is one sentence, with the place of the log; the traceback comes on request."""

import logging
from pathlib import Path

import pytest

from app.cli import main, recipes
from app.cli.main import run_command


@pytest.fixture(autouse=True)
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipes, "RECIPES", None)  # nothing that can be gone through
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    monkeypatch.setenv(main._DEBUG_VARIABLE, "")


def test_it_is_one_sentence_with_code_1(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["recipes"]) == 1
    captured = capsys.readouterr()
    (line,) = captured.err.splitlines()
    assert line.startswith("softmax-studio: Something unexpected went wrong (TypeError: ")
    assert f"details are in {home / 'logs' / 'softmax-studio.log'}; start it with --debug" in line
    assert "Traceback" in (home / "logs" / "softmax-studio.log").read_text()


def test_without_a_place_for_a_log_it_is_still_one(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home.write_text("a file where the folder should be")
    assert run_command(["recipes"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "details" not in line
    assert "--debug" in line


@pytest.mark.parametrize("by_variable", [False, True])
def test_the_traceback_is_shown_on_request(
    by_variable: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if by_variable:
        monkeypatch.setenv(main._DEBUG_VARIABLE, "1")
    assert run_command(["recipes"] if by_variable else ["--debug", "recipes"]) == 1
    shown = capsys.readouterr().err
    assert shown.startswith("Traceback")
    assert shown.splitlines()[-1].startswith("softmax-studio: Something unexpected went wrong (TypeError: ")

"""`softmax-studio models`: a model's life on the terminal."""

import json
from pathlib import Path

import pytest

from app.cli.main import run_command
from app.core.models.store import add_model, find_model
from tests.core.children import read_foreign_models_here
from tests.core.models.stored import card, write

Captured = pytest.CaptureFixture[str]


def test_a_model_is_renamed_described_shown_and_copied(capsys: Captured) -> None:
    add_model(card("mine"), write)
    assert run_command(["models", "rename", "mine", "Of class 7b"]) == 0
    assert run_command(["models", "describe", "Of class 7b", "Too few zeros."]) == 0
    assert run_command(["models", "copy", "mine", "--title", "Another"]) == 0
    capsys.readouterr()
    assert run_command(["models", "show", "Another"]) == 0
    shown = capsys.readouterr().out
    for words in (
        "Another",
        "Too few zeros.",
        "MNIST, starter: 4,000 training, 1,000 test",
        "98.70% on 1,000 test pictures",
        "10: 0, 1, 2",
    ):
        assert words in shown
    assert run_command(["models", "show", "mine", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Of class 7b"


def test_a_model_goes_to_another_computer_and_back(tmp_path: Path, capsys: Captured) -> None:
    add_model(card("mine"), write)
    assert run_command(["models", "export", "mine", str(tmp_path / "mine.zip")]) == 0
    assert run_command(["models", "export", "mine", str(tmp_path / "mine.zip")]) == 2
    assert run_command(["models", "import", str(tmp_path / "mine.zip")]) == 2
    assert run_command(["models", "remove", "mine"]) == 0
    assert "models restore" in capsys.readouterr().out
    assert run_command(["models", "restore", "mine"]) == 0
    assert find_model("mine").card.title == "Mine"
    assert run_command(["models", "restore", "mine"]) == 2


def digits_from_elsewhere(path: Path) -> Path:
    """The quickstart's Keras file, as somebody else would send it."""
    path.write_bytes((find_model("quickstart-mnist").folder / "model.keras").read_bytes())
    return path


def test_a_model_made_elsewhere_is_imported(tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    path = digits_from_elsewhere(tmp_path / "my_digits.keras")
    assert run_command(["models", "import", str(path)]) == 0
    said = capsys.readouterr().out
    for words in ("28 x 28 x 1 float32", "Flatten, Dense, Dropout, Dense", "pixels 0..1, logits", "of 25 of MNIST"):
        assert words in said
    assert "Imported as 'my-digits'" in said
    read_foreign_models_here(monkeypatch)  # from here on what counts are the options
    assert run_command(["models", "import", str(path), "--classes-from", "mnist", "--name", "Mine", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["title"], facts["origin"]["adaptation"]["scale"]) == ("Mine", "0..1")
    assert [layer["type"] for layer in facts["config"]["layers"]] == ["dense", "dropout"]
    assert run_command(["models", "import", str(path), "--scale", "0..1", "--polarity", "dark-ink"]) == 2
    assert "labelled pictures" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--classes", "a,b"], "knows 10 classes, and 2 are named"),
        (["--classes-from", "nothing"], "names no set here with 10 classes"),
        (["--classes", "a,b", "--classes-from", "mnist"], "Give either"),
    ],
)
def test_choices_that_do_not_fit_are_refused(
    options: list[str], words: str, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_foreign_models_here(monkeypatch)
    assert run_command(["models", "import", str(digits_from_elsewhere(tmp_path / "a.keras")), *options]) == 2
    assert words in capsys.readouterr().err


def test_a_form_that_is_not_possible_says_why(tmp_path: Path, capsys: Captured) -> None:
    add_model(card("mine"), write)
    command = ["models", "export", "mine", str(tmp_path / "out"), "--format"]
    assert run_command([*command, "onnx"]) == 2
    assert "was made elsewhere" in capsys.readouterr().err
    assert run_command([*command, "caffe"]) == 2
    assert not (tmp_path / "out").exists()

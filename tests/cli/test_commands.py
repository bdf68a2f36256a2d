"""The command line, started in this process as the console command starts it."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.cli.main import run_command
from app.core.datasets.sources import load_dataset
from app.core.paths import resources_dir

pytestmark = pytest.mark.usefixtures("tensorflow")


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the model `mine`, trained by the command itself."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTMAX_STUDIO_HOME", str(folder))
        assert run_command(["train", "quickstart-mnist", "--epochs", "2", "--name", "mine", "--json"]) == 0
    return folder


@pytest.fixture
def with_model(home: Path, trained: Path) -> str:
    shutil.copytree(trained, home)
    return "mine"


def test_train_prints_its_events_and_ends_with_the_test_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        run_command(["train", "quickstart-mnist", "--epochs", "1", "--seed", "3", "--set", "batch_size=64", "--json"])
        == 0
    )
    events = lines(capsys.readouterr().out)
    assert events[0]["event"] == "run_preparing"
    assert events[-1]["event"] == "run_ended"
    assert events[-1]["model"] == "quickstart-mnist-epochs-1-batch-size-64-seed-3"
    assert 0.6 < float(str(events[-1]["test_accuracy"])) < 1
    assert [event["event"] for event in events].count("epoch_done") == 1


def test_train_speaks_to_people_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["train", "quickstart-mnist", "--epochs", "1", "--name", "plain"]) == 0
    printed = capsys.readouterr().out
    assert "starter: 4,000 training, 1,000 test" in printed
    assert "test accuracy" in printed
    assert "Saved as 'plain'" in printed


def test_predict_reads_a_folder(with_model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    digits = load_dataset("mnist", "starter").test
    for number in range(20):
        Image.fromarray(digits.images[number]).save(tmp_path / f"{number:02}.png")
    assert run_command(["predict", "--model", with_model, "--json", str(tmp_path)]) == 0
    readings = lines(capsys.readouterr().out)
    assert len(readings) == 20
    assert set(readings[0]) == {"path", "model", "label", "name", "verdict", "probabilities", "elapsed_ms"}
    probabilities = np.array([reading["probabilities"] for reading in readings])
    assert probabilities.shape == (20, 10)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-4)
    right = sum(reading["label"] == label for reading, label in zip(readings, digits.labels, strict=False))
    assert right >= 14


def test_predict_reads_drawings_and_leaves_an_empty_one_unlabelled(
    with_model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty.drawing.json"
    empty.write_text('{"format": "softmax-studio-drawing", "version": 1, "canvas": [280, 280], "strokes": []}')
    seven = resources_dir() / "samples" / "digit-7.drawing.json"
    assert run_command(["predict", "--model", with_model, "--json", str(empty), str(seven)]) == 0
    first, second = lines(capsys.readouterr().out)
    assert first["label"] is None
    assert second["label"] is not None


def test_predict_reports_bad_files_and_reads_the_rest(
    with_model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.png").write_bytes(b"nothing")
    seven = resources_dir() / "samples" / "digit-7.drawing.json"
    assert run_command(["predict", "--model", with_model, "--json", str(tmp_path / "bad.png"), str(seven)]) == 2
    first, second = lines(capsys.readouterr().out)
    assert "error" in first
    assert second["label"] is not None


def test_evaluate_gives_the_figures_of_the_card(with_model: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["models", "list", "--json"]) == 0
    card = next(model for model in lines(capsys.readouterr().out) if model["name"] == with_model)
    assert run_command(["evaluate", with_model, "--json"]) == 0
    result = lines(capsys.readouterr().out)[0]
    metrics = card["metrics"]
    assert isinstance(metrics, dict)
    assert result["accuracy"] == pytest.approx(metrics["test_accuracy"])


def test_recipes_stand_beside_what_the_notes_report(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["recipes", "--json"]) == 0
    recipes = {str(line["id"]): line for line in lines(capsys.readouterr().out)}
    assert recipes["tuning-512-06"]["reported"] == {
        "train_loss": 0.0019,
        "train_accuracy": 0.9996,
        "val_loss": 0.084,
        "val_accuracy": 0.9847,
        "test_loss": 0.0778,
        "test_accuracy": 0.9845,
        "time_s": 45.6244,
    }
    assert recipes["digits-cnn"]["reported"] is None
    assert run_command(["recipes"]) == 0
    assert "test 98.45%" in capsys.readouterr().out


def test_recipes_and_data_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["recipes", "--json"]) == 0
    assert "quickstart-mnist" in {recipe["id"] for recipe in lines(capsys.readouterr().out)}
    assert run_command(["data", "list", "--json"]) == 0
    sets = {found["name"]: found for found in lines(capsys.readouterr().out)}
    assert sets["mnist"]["starter"] is True
    assert sets["mnist"]["full_at"] is None


@pytest.mark.parametrize(
    "arguments",
    [
        ["train", "nothing"],
        ["train", "quickstart-mnist", "--set", "epochs=-1"],
        ["train", "quickstart-mnist", "--data", "full"],
        ["train", "quickstart-mnist", "--data", "/no/such/folder"],
        ["train", "quickstart-mnist", "--name", "../up"],
        ["predict", "--model", "nothing", "x.png"],
        ["evaluate", "nothing"],
        ["data", "import", "/no/such/folder"],
        ["data", "download", "nothing"],
        ["nonsense"],
        ["train"],
    ],
)
def test_bad_input_is_a_sentence_and_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.strip()
    assert "Traceback" not in captured.err


def test_a_full_disk_is_our_failure_and_code_1(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.core.models.store.unfinished", refuse)
    assert run_command(["train", "quickstart-mnist", "--epochs", "1", "--json"]) == 1
    assert "No space left" in str(lines(capsys.readouterr().out)[-1]["message"])


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["--version"]) == 0
    assert capsys.readouterr().out.startswith("softmax-studio ")

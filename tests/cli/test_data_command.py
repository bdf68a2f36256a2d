"""`data preview` and `data import`: the same facts, and the same choices as options."""

import json
from pathlib import Path

import numpy as np
import pytest

from app.cli.main import run_command
from app.core.datasets.choices import ChoiceNeededError, ImportChoices
from app.core.datasets.sources import load_dataset, own_names


@pytest.fixture
def turned_digits(tmp_path: Path) -> Path:
    """300 digits on their side, in an npz."""
    test = load_dataset("mnist").test
    path = tmp_path / "mine.npz"
    np.savez(path, x_train=test.images[:300].transpose(0, 2, 1), y_train=test.labels[:300])
    return path


def test_a_preview_says_what_an_import_would_bring(turned_digits: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["data", "preview", str(turned_digits)]) == 0
    said = capsys.readouterr().out
    for words in ("300 pictures of 10 classes", "turned upright", "set aside", "orientation  turned", "mine"):
        assert words in said
    assert own_names() == ()
    assert run_command(["data", "preview", str(turned_digits), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["looks_like"], facts["polarity"], facts["orientation"]) == ("EMNIST Digits", "light-ink", "turned")
    assert sum(parts["train"] + parts["test"] for parts in facts["classes"]) == 300
    assert facts["left_out"] == []


def test_what_is_not_clear_is_said_with_the_options_that_decide(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shapes = np.zeros((60, 28, 28), np.uint8)
    shapes[:, 4:9, 3:20] = np.random.default_rng(3).integers(150, 255, (60, 5, 17))
    np.savez(tmp_path / "shapes.npz", x=shapes, y=np.arange(60) % 3)
    question = "read as light-ink and upright, and may be light-ink and turned: say it with --orientation"
    for command, *choices in (["preview"], ["import", "--name", "guessed"]):
        assert run_command(["data", command, str(tmp_path / "shapes.npz"), *choices]) == 0
        assert question in " ".join(capsys.readouterr().out.split())
    said = ["--orientation", "turned", "--name", "said"]
    assert run_command(["data", "import", str(tmp_path / "shapes.npz"), *said]) == 0
    assert "not clear" not in capsys.readouterr().out


def test_choices_are_options(turned_digits: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = "zero,one,two,three,four,five,six,seven,eight,nine"
    options = ["--orientation", "upright", "--polarity", "dark-ink", "--classes", words, "--test-share", "0.5"]
    assert run_command(["data", "import", str(turned_digits), "--name", "odd", *options, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["name"] == "odd"
    data = load_dataset("odd", "full")
    assert data.class_names == tuple(words.split(","))
    assert 140 < len(data.test) < 160
    assert data.test.images[:, 0, 0].all()  # negated, as was asked


def test_single_classes_can_be_named(turned_digits: Path) -> None:
    assert run_command(["data", "import", str(turned_digits), "--name", "some", "--classes", "0=null, 7 = seven"]) == 0
    names = load_dataset("some", "full").class_names
    assert (names[0], names[1], names[7]) == ("null", "1", "seven")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--classes", "a,b"], "10 classes, but 2 names"),
        (["--test-share", "2"], "more than 0 and less than 1"),
        (["--polarity", "pink"], "pink"),
    ],
)
def test_choices_that_cannot_be(
    turned_digits: Path, capsys: pytest.CaptureFixture[str], options: list[str], problem: str
) -> None:
    assert run_command(["data", "import", str(turned_digits), *options]) == 2
    assert problem in capsys.readouterr().err
    assert own_names() == ()


def test_an_open_question_names_the_option(
    turned_digits: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(_path: Path, choices: ImportChoices, _progress: object) -> None:
        raise ChoiceNeededError("label_column", "Which column holds the labels: a, b?", ("a", "b"))

    monkeypatch.setattr("app.core.datasets.reading.read_data", ask)
    assert run_command(["data", "preview", str(turned_digits)]) == 2
    assert "a, b? Say it with --label-column." in capsys.readouterr().err


def test_files_that_belong_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    test = load_dataset("mnist").test
    for name, values in (("pair_x", test.images[:50]), ("pair_y", test.labels[:50]), ("other", test.images[50:200])):
        np.save(tmp_path / f"{name}.npy", values)
    pair = [str(tmp_path / "pair_x.npy"), str(tmp_path / "pair_y.npy")]
    assert run_command(["data", "preview", *pair, "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["train"] + facts["test"] == 50
    assert run_command(["data", "import", *pair]) == 0
    assert own_names() == ("pair",)

"""`softmax-studio samples`: what it prints, what it changes, and what it says when it cannot."""

import json
from pathlib import Path

import pytest

from app.cli.main import run_command
from app.core.datasets.samples.sets import sample_set, sample_set_names
from app.core.datasets.samples.store import SampleStore
from app.core.imaging.drawing import save_drawing
from app.core.paths import resources_dir
from tests.core.datasets.sample_hand import drawing

Printed = pytest.CaptureFixture[str]
SEVEN = str(resources_dir() / "samples" / "digit-7.drawing.json")


def told(printed: Printed) -> list[dict[str, object]]:
    return [json.loads(line) for line in printed.readouterr().out.splitlines()]


def some(folder: Path, count: int = 6) -> list[str]:
    """The names of as many drawings."""
    folder.mkdir()
    paths = [folder / f"{number}.drawing.json" for number in range(count)]
    for number, path in enumerate(paths):
        save_drawing(drawing(number), path)
    return [str(path) for path in paths]


@pytest.fixture
def digits(tmp_path: Path, capsys: Printed) -> str:
    """The set my-digits with six sevens."""
    assert run_command(["samples", "new", "My digits"]) == 0
    assert run_command(["samples", "add", "my-digits", *some(tmp_path / "drawn"), "--label", "7"]) == 0
    capsys.readouterr()
    return "my-digits"


def test_adding_tells_what_is_there_now(digits: str, capsys: Printed) -> None:
    assert run_command(["samples", "add", digits, SEVEN, "--label", "7"]) == 0
    assert capsys.readouterr().out == "Added 1 sample of 7 to My digits: 7 samples.\n"
    assert run_command(["samples", "list", "--json"]) == 0
    [facts] = told(capsys)
    assert (facts["name"], facts["train"], facts["held_back"], facts["problem"]) == (digits, 6, 1, None)


def test_a_set_with_classes_of_its_own(capsys: Printed) -> None:
    assert run_command(["samples", "new", "Sky", "--classes", "sun, moon", "--json"]) == 0
    assert told(capsys)[0]["class_names"] == ["sun", "moon"]
    assert run_command(["samples", "rename", "sky", "Heaven"]) == 0
    assert sample_set("sky").title == "Heaven"


def test_the_classes_of_a_set_change(digits: str, capsys: Printed) -> None:
    given = ["--rename", "7=seven", "--add", "a", "--add", "A", "--remove", "3"]
    assert run_command(["samples", "classes", digits, *given]) == 0
    assert capsys.readouterr().out == "My digits has 11 classes: 0, 1, 2, 4, 5, 6, seven, 8, 9, a, A.\n"
    assert sample_set(digits).counts[6].total == 6
    assert run_command(["samples", "classes", digits, "--remove", "seven"]) == 2
    assert "seven has samples" in capsys.readouterr().err
    assert run_command(["samples", "classes", digits, "--rename", "8"]) == 2
    assert "OLD=NEW" in capsys.readouterr().err


def test_samples_are_listed_corrected_and_taken_away(digits: str, capsys: Printed) -> None:
    assert run_command(["samples", "relabel", digits, "1", "2", "--label", "1"]) == 0
    assert run_command(["samples", "remove", digits, "3"]) == 0
    capsys.readouterr()
    assert run_command(["samples", "show", digits, "--json"]) == 0
    rows = told(capsys)
    assert [(row["id"], row["label"]) for row in rows] == [(6, "7"), (5, "7"), (4, "7"), (2, "1"), (1, "1")]
    assert [row["id"] for row in rows if row["held_back"]] == [5]
    assert run_command(["samples", "restore", digits, "3"]) == 0
    assert run_command(["samples", "show", digits, "--label", "7"]) == 0
    assert capsys.readouterr().out.count(" 7 ") == 4


def test_a_deleted_set_comes_back(digits: str) -> None:
    assert run_command(["samples", "delete", digits]) == 0
    assert sample_set_names() == ()
    assert run_command(["samples", "undelete", digits]) == 0
    assert sample_set(digits).total == 6


def test_what_was_exported_is_imported_again(digits: str, tmp_path: Path, capsys: Printed) -> None:
    target = tmp_path / "out"
    assert run_command(["samples", "export", digits, str(target), "--format", "originals"]) == 0
    assert run_command(["samples", "import", str(target), "--title", "Again"]) == 0
    assert run_command(["samples", "import", str(target), "--into", digits]) == 0
    assert "All of these are there already; nothing was added to My digits: 6 samples." in capsys.readouterr().out
    assert run_command(["samples", "new", "Empty"]) == 0
    assert run_command(["samples", "import", str(target), "--into", "empty"]) == 0
    assert "Added 6 samples to Empty: 6 samples." in capsys.readouterr().out
    assert sample_set("again").held_back_count == 1
    assert SampleStore("again").original(1) in [drawing(number) for number in range(6)]
    assert run_command(["data", "import", str(target), "--name", "data"]) == 0


def test_a_file_that_is_there_is_kept_unless_told_otherwise(digits: str, tmp_path: Path, capsys: Printed) -> None:
    assert run_command(["samples", "add", digits, *some(tmp_path / "more", 9)[6:], "--label", "3"]) == 0
    command = ["samples", "export", digits, str(tmp_path / "out.npz"), "--format", "npz"]
    (tmp_path / "out.npz").write_text("mine")
    assert run_command(command) == 2
    assert "already a file" in capsys.readouterr().err
    assert (tmp_path / "out.npz").read_text() == "mine"
    assert run_command([*command, "--replace"]) == 0
    assert (tmp_path / "out.npz").read_bytes()[:2] == b"PK"


def test_a_model_is_evaluated_on_samples(digits: str, capsys: Printed) -> None:
    assert run_command(["evaluate", "digits-cnn", "--data", digits]) == 0
    assert "My digits" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["list", "--nonsense"], "No such option"),
        (["show", "nobody"], "no set of samples called 'nobody'"),
        (["add", "my-digits", SEVEN, "--label", "seven"], "has no class 'seven'"),
        (["add", "my-digits", "nothing.png", "--label", "7"], "cannot be opened"),
        (["remove", "my-digits", "4711"], "no longer in the set"),
        (["export", "my-digits", "out", "--format", "zip"], "'zip' is not a format"),
        (["import", "somewhere"], "either --into"),
        (["import", "somewhere", "--into", "my-digits"], "There is no file or folder"),
        (["compare", "fast-cnn"], "nothing to compare"),
        (["undelete", "my-digits"], "cannot be restored"),
        (["new", "My digits"], "already a set of samples"),
    ],
)
def test_bad_input_is_a_sentence_and_code_2(digits: str, arguments: list[str], problem: str, capsys: Printed) -> None:
    assert run_command(["samples", *arguments]) == 2
    assert problem in capsys.readouterr().err
    assert sample_set(digits).total == 6


def test_a_damaged_set_is_told_and_the_others_are_listed(digits: str, capsys: Printed) -> None:
    run_command(["samples", "new", "Broken"])
    SampleStore("broken").path.write_bytes(b"nonsense")
    capsys.readouterr()
    assert run_command(["samples", "list", "--json"]) == 2
    broken, good = told(capsys)
    assert "is damaged" in str(broken["error"])
    assert good["name"] == digits

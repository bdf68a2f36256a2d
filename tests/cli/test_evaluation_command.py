"""`evaluate` tells how well a model reads, in words, in JSON and in tables."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from app.cli.main import run_command
from app.core.datasets.sources import load_dataset

MODEL = "quickstart-mnist"


@pytest.fixture
def data(tmp_path: Path) -> str:
    """A set that is not the starter edition as such: three hundred of its test pictures."""
    test = load_dataset("mnist").test
    images, labels = test.images[:900:3], test.labels[:900:3]
    np.savez(tmp_path / "few.npz", x_train=images, y_train=labels, x_test=images, y_test=labels)
    return str(tmp_path / "few.npz")


def test_people_read_a_sentence_a_table_of_classes_and_what_is_confused(
    data: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["evaluate", MODEL, "--data", data]) == 0
    first, _, heading, *rest = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{MODEL} on MNIST, imported: 300 test pictures: accuracy 9")
    assert "calibration error" in first
    assert heading.split() == ["class", "precision", "recall", "F1", "pictures"]
    assert [line.split()[0] for line in rest[:10]] == list("0123456789")
    assert len({len(line) for line in [heading, *rest[:10]]}) == 1
    assert " predicted as " in rest[12]


def test_programs_get_every_figure(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["evaluate", MODEL, "--data", data, "--json"]) == 0
    printed = capsys.readouterr().out
    facts = json.loads(printed)
    assert printed.count("\n") == 1
    confusion = np.array(facts["confusion"])
    assert confusion.sum() == facts["samples"] == sum(one["support"] for one in facts["classes"]) == 300
    assert facts["accuracy"] == pytest.approx(np.trace(confusion) / 300)
    assert len(facts["mistakes"]) == 300 - np.trace(confusion)
    assert sum(part["count"] for part in facts["calibration"]) == 300
    assert 0 <= facts["expected_calibration_error"] < 0.2
    assert facts["files"] == []


def test_a_class_without_pictures_has_figures_that_are_null_or_a_dash(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    test = load_dataset("mnist").test
    ones, labels = test.images[test.labels == 1][:5], np.ones(5, np.uint8)
    np.savez(tmp_path / "ones.npz", x_train=ones, y_train=labels, x_test=ones, y_test=labels)
    arguments = ["evaluate", MODEL, "--data", str(tmp_path / "ones.npz")]
    assert run_command([*arguments, "--json"]) == 0
    zero, one = json.loads(capsys.readouterr().out)["classes"][:2]
    assert (zero["precision"], zero["recall"], zero["f1"], zero["support"]) == (None, None, None, 0)
    assert (one["precision"], one["recall"], one["support"]) == (1, 1, 5)
    assert run_command(arguments) == 0
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("0 "))
    assert line.split() == ["0", "-", "-", "-", "0"]


def test_another_data_set_of_the_same_classes_can_be_the_test(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["data", "import", data, "--name", "our-digits"]) == 0
    capsys.readouterr()
    assert run_command(["evaluate", MODEL, "--dataset", "our-digits", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["data"], facts["samples"]) == ("our-digits, imported: 300 test pictures", 300)
    assert run_command(["evaluate", MODEL, "--dataset", "fashion-mnist"]) == 2
    assert "does not know the classes of Fashion-MNIST" in capsys.readouterr().err
    assert run_command(["evaluate", MODEL, "--dataset", "mnist", "--data", "starter"]) == 2
    assert "has seen the starter test pictures" in capsys.readouterr().err


def test_tables_are_written_beside_what_is_said(data: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["evaluate", MODEL, "--data", data, "--out", str(tmp_path / "tables")]) == 0
    assert f"Wrote 6 tables to {tmp_path / 'tables'}." in capsys.readouterr().out
    with (tmp_path / "tables" / "predictions.csv").open(newline="", encoding="utf-8-sig") as file:
        assert len(list(csv.DictReader(file))) == 300
    assert {path.name for path in (tmp_path / "tables").iterdir()} == {
        "summary.csv", "classes.csv", "confusion.csv", "calibration.csv", "mistakes.csv", "predictions.csv"
    }  # fmt: skip


def test_tables_that_are_there_are_kept_unless_told_otherwise(
    data: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "classes.csv").write_text("mine")
    arguments = ["evaluate", MODEL, "--data", data, "--out", str(tmp_path)]
    assert run_command(arguments) == 2
    assert "classes.csv already exists" in capsys.readouterr().err
    assert (tmp_path / "classes.csv").read_text() == "mine"
    assert not (tmp_path / "summary.csv").exists()
    assert run_command([*arguments, "--replace"]) == 0
    assert (tmp_path / "classes.csv").read_text() != "mine"


@pytest.mark.parametrize("place", ["file", "gone/tables"])
def test_a_place_that_cannot_hold_tables_is_told_before_the_work(
    place: str, data: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    assert run_command(["evaluate", MODEL, "--data", data, "--out", str(tmp_path / place)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "give the name of a folder" in captured.err or "There is no folder" in captured.err

"""`predict` reads tables of pictures row by row, and writes its answers into a table."""

import csv
import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.cli.main import run_command
from app.core.datasets.idx import write_idx
from tests.core.datasets.tables.made import DIGITS, LABEL, PIXELS, pixel_columns, table

IMAGES, LABELS = DIGITS.images[:20], DIGITS.labels[:20]


def written(folder: Path, form: str) -> Path:
    """The first 20 digits as a table."""
    path = folder / f"digits{form}"
    columns = [(title, values[:20]) for title, values in pixel_columns()]
    match form:
        case ".csv":
            path.write_text(table([(LABEL[0], LABEL[1][:20]), *columns]))
        case ".csv.gz":
            path.write_bytes(gzip.compress(table(columns).encode()))
        case ".npz":
            np.savez(path, x_test=IMAGES / 255, y_test=LABELS)
        case ".npy":
            np.save(path, PIXELS[:20])
        case _:
            path = folder / "t10k-images-idx3-ubyte"
            write_idx(path, IMAGES)
            write_idx(folder / "t10k-labels-idx1-ubyte", LABELS)
    return path


@pytest.mark.parametrize(("form", "is_labelled"), [(".csv", True), (".csv.gz", False), (".npz", True), (".npy", False),
                                                   ("-idx", True)])  # fmt: skip
def test_tables_are_read_row_by_row(
    tmp_path: Path, form: str, is_labelled: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, form)
    assert run_command(["predict", "--json", str(path)]) == 0
    *rows, end = [line for line in map(json.loads, capsys.readouterr().out.splitlines()) if "note" not in line]
    assert [row["row"] for row in rows] == list(range(1, 21))
    assert [row["name"] for row in rows] == list(map(str, LABELS))
    assert [row.get("truth") for row in rows] == (list(map(str, LABELS)) if is_labelled else [None] * 20)
    assert end["read"] == 20
    assert end.get("right") == (20 if is_labelled else None)


def test_people_are_told_how_a_table_was_read_and_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = LABELS.copy()
    labels[3] = 9
    np.savez(tmp_path / "emnist-digits.npz", x=IMAGES.transpose(0, 2, 1), y=labels)
    assert run_command(["predict", "--orientation", "turned", str(tmp_path / "emnist-digits.npz")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "turned upright" in lines[0]
    assert any(":4: 3 " in line and line.endswith(", but it is 9") for line in lines)
    assert "19 of 20 are right (95.00%)" in lines[-1]


def test_damaged_rows_are_told_and_keep_their_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = written(tmp_path, ".csv").read_text().splitlines()
    lines[3] = lines[3] + ",0"
    (tmp_path / "digits.csv").write_text("\n".join(lines))
    out = tmp_path / "answers.csv"
    assert run_command(["predict", str(tmp_path / "digits.csv"), "--out", str(out)]) == 2
    heard = capsys.readouterr()
    assert "digits.csv:3: Line 4: It has 786 columns, not 785." in heard.err
    assert "19 read, 1 could not be read. 19 of 19 are right (100.00%)." in heard.out
    rows = list(csv.DictReader(out.read_text(encoding="utf-8-sig").splitlines()))
    assert [row["row"] for row in rows] == list(map(str, range(1, 21)))
    assert [row["name"] for row in rows] == [*map(str, LABELS[:2]), "", *map(str, LABELS[3:])]
    assert rows[2]["error"].startswith("Line 4")


def test_answers_are_never_written_over_a_file_unasked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = written(tmp_path, ".npy"), tmp_path / "answers.csv"
    out.write_text("mine")
    assert run_command(["predict", str(path), "--out", str(out)]) == 2
    assert out.read_text() == "mine"
    assert "already exists" in capsys.readouterr().err
    assert run_command(["predict", str(path), "--out", str(out), "--replace"]) == 0
    assert out.read_bytes().startswith(b"\xef\xbb\xbffile,row,label,name")


def test_what_kaggle_wants(tmp_path: Path) -> None:
    images = IMAGES.copy()
    images[7] = 0
    np.save(tmp_path / "test.npy", images)
    out = tmp_path / "submission.csv"
    assert run_command(["predict", str(tmp_path / "test.npy"), "--out", str(out), "--format", "kaggle"]) == 0
    labels = [0 if number == 7 else label for number, label in enumerate(LABELS)]
    expected = "".join(f"{number},{label}\n" for number, label in enumerate(labels, 1))
    assert out.read_bytes().decode() == "ImageId,Label\n" + expected


def test_answers_for_pictures(tmp_path: Path) -> None:
    for number in range(3):
        Image.fromarray(IMAGES[number]).save(tmp_path / f"{number}.png")
    assert run_command(["predict", str(tmp_path), "--out", str(tmp_path / "a.csv")]) == 0
    rows = list(csv.DictReader((tmp_path / "a.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [(Path(row["file"]).name, row["row"], row["name"]) for row in rows] == [
        (f"{number}.png", "", str(label)) for number, label in enumerate(LABELS[:3])
    ]


def test_patterns_that_the_shell_left_as_they_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a/1.png", "a/b/2.png", "3.PNG", "4.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(IMAGES[1]).save(tmp_path / name, "PNG")

    def names(pattern: str) -> list[str]:
        assert run_command(["predict", "--json", str(tmp_path / pattern)]) == 0
        return [Path(json.loads(line)["path"]).name for line in capsys.readouterr().out.splitlines()]

    assert names("*.PNG") == ["3.PNG"]
    assert names("a/?.png") == ["1.png"]
    assert names("**/*.png") == ["1.png", "2.png"]
    assert names("a*") == ["1.png", "2.png"]
    (tmp_path / "[1].png").write_bytes((tmp_path / "3.PNG").read_bytes())
    assert names("[1].png") == ["[1].png"]
    assert run_command(["predict", str(tmp_path / "*.gif")]) == 2
    assert "No file is called like" in capsys.readouterr().err


def test_what_is_no_table_stops_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    good = written(tmp_path, ".npy")
    assert run_command(["predict", str(tmp_path / "a.csv"), str(good), str(tmp_path / "no.csv")]) == 2
    heard = capsys.readouterr()
    assert "20 read, 2 could not be read" in heard.out
    assert "a.csv has 2 columns" in heard.err
    assert "no.csv cannot be opened (No such file or directory)" in heard.err

"""`predict` prints what was read: verdicts, and with --multi numbers and where their digits are."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from app.cli.main import run_command
from app.cli.output import Output
from app.cli.predict import print_prediction
from app.core.imaging.drawing import Drawing, save_drawing
from app.core.imaging.preprocess import DIGITS, prepare_drawing
from app.core.imaging.segmentation.pieces import Box
from app.core.inference.calibration import Verdict
from app.core.inference.file_prediction import FilePrediction
from app.core.inference.multi_digit import Digit, MultiDigitPrediction
from app.core.inference.predictor import Prediction
from app.core.paths import resources_dir
from tests.written import photographed, written


def readings(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    assert run_command(["predict", "--json", *arguments]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.fixture
def number(tmp_path: Path) -> Path:
    path = tmp_path / "number.drawing.json"
    save_drawing(written("2024", gap=40), path)
    return path


def test_multi_gives_the_number_and_its_digits(number: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (reading,) = readings(capsys, "--multi", str(number))
    assert reading["number"] == "2024"
    assert [digit["name"] for digit in reading["digits"]] == list("2024")
    for digit in reading["digits"]:
        assert set(digit) == {"box", "label", "name", "confidence", "verdict", "probabilities"}
        assert digit["label"] == int(np.argmax(digit["probabilities"])) == int(digit["name"])
        assert digit["confidence"] == max(digit["probabilities"])
        assert digit["verdict"] in {"sure", "not sure", "unknown"}


def test_boxes_are_in_units_of_the_canvas(number: Path, capsys: pytest.CaptureFixture[str]) -> None:
    drawing = written("2024", gap=40)
    (reading,) = readings(capsys, "--multi", str(number))
    places = np.concatenate([np.array(stroke) for stroke in drawing.strokes])
    lefts, tops, rights, bottoms = zip(*(digit["box"] for digit in reading["digits"]), strict=True)
    assert (min(lefts), min(tops)) == pytest.approx(tuple(places.min(axis=0)), abs=0.1)
    assert (max(rights), max(bottoms)) == pytest.approx(tuple(places.max(axis=0)), abs=0.1)


def test_boxes_are_in_pixels_of_the_picture_however_large_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = Image.fromarray(photographed(written("42", gap=40)).rgb)
    large = picture.resize((picture.width * 8, picture.height * 8))
    large.save(tmp_path / "large.png")
    large.save(tmp_path / "large.jpg")
    sideways = Image.Exif()
    sideways[0x0112] = 8  # the camera was turned: the picture is to be turned by a quarter to the left
    large.rotate(-90, expand=True).save(tmp_path / "turned.jpg", exif=sideways)
    picture.save(tmp_path / "small.png")
    found = readings(capsys, "--multi", str(tmp_path))
    boxes = {Path(reading["path"]).name: np.array([digit["box"] for digit in reading["digits"]]) for reading in found}
    assert [reading["number"] for reading in found] == ["42"] * 4
    for name in ("large.png", "large.jpg", "turned.jpg"):
        np.testing.assert_allclose(boxes[name], 8 * boxes["small.png"], atol=24)


def test_without_multi_there_is_no_number_but_a_verdict(number: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (reading,) = readings(capsys, str(resources_dir() / "samples" / "digit-7.drawing.json"))
    assert reading["verdict"] == "sure"
    assert "number" not in reading
    assert "digits" not in reading


def test_blank_paper_has_an_empty_number(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_drawing(Drawing(280, 280), tmp_path / "blank.drawing.json")
    (reading,) = readings(capsys, "--multi", str(tmp_path))
    assert (reading["label"], reading["verdict"], reading["number"], reading["digits"]) == (None, None, "", [])
    assert run_command(["predict", "--multi", str(tmp_path)]) == 0
    assert "nothing is drawn here" in capsys.readouterr().out


def test_people_get_the_number_as_text(number: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["predict", "--multi", str(number)]) == 0
    assert f"{number}: 2024 " in capsys.readouterr().out


@pytest.mark.parametrize("verdict", Verdict)
def test_what_is_not_sure_is_said(verdict: Verdict, capsys: pytest.CaptureFixture[str]) -> None:
    half = np.array([0, 0.4, 0, 0, 0, 0, 0, 0.6, 0, 0], np.float32)
    seven = FilePrediction(Path("7.png"), "mine", 7, "7", half, 0.1, verdict, class_names=tuple("0123456789"))
    digits = tuple(
        Digit(Box(0, 0, 1, 1), prepare_drawing(written("7"), DIGITS), Prediction(7, "7", half, 0.1, each))
        for each in (Verdict.SURE, verdict)
    )
    for prediction in (seven, replace(seven, number=MultiDigitPrediction(digits, "77"), size=(10.0, 10.0))):
        print_prediction(prediction, Output(as_json=False))
    plain, number = capsys.readouterr().out.splitlines()
    said = {
        Verdict.SURE: ("7 60%", "77 60%"),
        Verdict.UNSURE: ("7 60% (not sure)", "77 60% (not sure of place 2)"),
        Verdict.UNKNOWN: ("not a digit (most like 7, 60%)", "77 60% (not sure of place 2)"),
    }
    assert (plain, number) == tuple(f"7.png: {each}" for each in said[verdict])


def test_what_is_no_digit_is_said_in_plain_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = tuple((20.0 + 2 * at, 100.0) for at in range(120))
    one = tuple((300.0, 40.0 + 4 * at) for at in range(30))
    save_drawing(Drawing(400, 200, (line,)), tmp_path / "a.drawing.json")
    save_drawing(Drawing(400, 200, (tuple((x / 2, y) for x, y in line), one)), tmp_path / "b.drawing.json")
    assert run_command(["predict", str(tmp_path / "a.drawing.json")]) == 0
    assert "a.drawing.json: not a digit (most like " in capsys.readouterr().out
    assert run_command(["predict", "--multi", str(tmp_path)]) == 0
    alone, beside = capsys.readouterr().out.splitlines()
    assert "a.drawing.json: not a digit (most like " in alone
    assert "b.drawing.json: ?1 " in beside
    assert beside.endswith("% (no digit in place 1)")
    assert [each["number"] for each in readings(capsys, "--multi", str(tmp_path))] == ["?", "?1"]


def test_a_bad_file_among_numbers_stops_nothing(
    number: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.png").write_bytes(b"nothing")
    assert run_command(["predict", "--multi", "--json", str(tmp_path)]) == 2
    bad, good = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert "error" in bad
    assert good["number"] == "2024"


def test_people_find_what_could_not_be_read_among_the_errors(
    number: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.png").write_bytes(b"nothing")
    assert run_command(["predict", str(tmp_path)]) == 2
    heard = capsys.readouterr()
    assert str(tmp_path / "bad.png") in heard.err
    assert [line.startswith(f"{number}: ") for line in heard.out.splitlines()] == [True]


def test_what_was_left_out_of_a_file_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pages = [Image.new("L", (60, 60), 255), Image.new("L", (60, 60), 255)]
    pages[1].paste(0, (28, 10, 33, 50))
    path = tmp_path / "scan.tiff"
    pages[0].save(path, save_all=True, append_images=pages[1:])
    words = "scan.tiff has 2 pages: page 2, the first that shows something, was opened"
    assert readings(capsys, str(path))[0]["note"] == f"{words}."
    run_command(["predict", str(path)])
    assert capsys.readouterr().out.rstrip().endswith(f"({words})")


def test_clothes_are_sent_to_their_model_unless_one_was_named(capsys: pytest.CaptureFixture[str]) -> None:
    trouser, shirt = (str(resources_dir() / "samples" / name) for name in ("trouser.png", "t-shirt.png"))
    seven = str(resources_dir() / "samples" / "digit-7.drawing.json")
    assert run_command(["predict", trouser, seven]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[2:] == ["trouser.png looks like clothes: read it with --model clothes-cnn."]
    *_, advice = readings(capsys, trouser, shirt)
    assert advice == {"better_model": "clothes-cnn", "files": [trouser, shirt]}
    assert run_command(["predict", "--model", "digits-cnn", trouser, seven]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2

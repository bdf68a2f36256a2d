"""Drawing files: what is written is read again, and every bad file is refused in one plain sentence."""

import json
from pathlib import Path

import pytest

from app.core.errors import InputError, StudioError
from app.core.imaging import drawing as drawings
from app.core.imaging.drawing import Drawing, load_drawing, on_canvas, parse_drawing, save_drawing, with_stroke

GOOD = {
    "format": "softmax-studio-drawing",
    "version": 1,
    "canvas": [280, 280],
    "strokes": [[[1, 2], [3, 4, 10], [5, 6, 20, 0.5]]],
}


def changed(**changes: object) -> str:
    return json.dumps(GOOD | changes)


def test_ink_beside_the_canvas_is_left_out_as_it_is_not_seen(tmp_path: Path) -> None:
    across = ((50.0, 50.0, 0.0), (50.0, -50.0, 100.0), (150.0, -50.0, 200.0), (150.0, 50.0, 300.0))
    beside, dot = ((-5.0, 10.0), (-5.0, 90.0)), ((5.0, 5.0),)
    drawing = Drawing(200.0, 100.0, (across, beside, dot))
    save_drawing(drawing, tmp_path / "a.drawing.json")
    cut = (((50.0, 50.0, 0.0), (50.0, 0.0, 50.0)), ((150.0, 0.0, 250.0), (150.0, 50.0, 300.0)), dot)
    assert load_drawing(tmp_path / "a.drawing.json").strokes == on_canvas(drawing).strokes == cut
    assert on_canvas(on_canvas(drawing)) == on_canvas(drawing)
    save_drawing(Drawing(200.0, 100.0, (beside,)), tmp_path / "b.drawing.json")
    with pytest.raises(InputError, match="no ink on its canvas"):
        load_drawing(tmp_path / "b.drawing.json")


def test_the_pen_is_kept(tmp_path: Path) -> None:
    drawing = Drawing(300.0, 200.0, (((5.0, 5.0),),), pen=6.5)
    save_drawing(drawing, tmp_path / "a.drawing.json")
    assert load_drawing(tmp_path / "a.drawing.json") == drawing


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "a.drawing.json"
    drawing = Drawing(300.0, 200.0, (((1 / 3, 2.0, 7.0, 0.25), (1e-7, 150.5)), ((5.0, 5.0),)))
    save_drawing(drawing, path)
    assert load_drawing(path) == drawing
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_failed_save_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.drawing.json"
    save_drawing(Drawing(1.0, 1.0), path)
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StudioError, match="No space left on device"):
        save_drawing(Drawing(2.0, 2.0), path)
    assert path.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1


def test_points_may_carry_time_and_pressure_and_empty_strokes_are_dropped() -> None:
    drawing = parse_drawing(changed(strokes=[[], *GOOD["strokes"]]))  # type: ignore[misc]
    assert drawing == Drawing(280, 280, (((1, 2), (3, 4, 10), (5, 6, 20, 0.5)),))


def test_a_byte_order_mark_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "a.drawing.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(GOOD).encode())
    assert load_drawing(path).width == 280


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "3",
        "[" * 10_000,
        "{}",
        changed(format="something else"),
        changed(version=2),
        changed(version="1"),
        changed(canvas=[0, 280]),
        changed(canvas=[280, -1]),
        changed(canvas=[280]),
        changed(canvas=[280, 280, 280]),
        changed(canvas="280"),
        changed(canvas=[float("nan"), 280]),
        changed(canvas=[1e300, 280]),
        changed(strokes=None),
        changed(strokes=[[1, 2]]),
        changed(strokes=[[[1]]]),
        changed(strokes=[[[1, 2, 3, 4, 5]]]),
        changed(strokes=[[["1", 2]]]),
        changed(strokes=[[[True, 2]]]),
        changed(strokes=[[[None, 2]]]),
        changed(strokes=[[[float("nan"), 2]]]),
        changed(strokes=[[[1, float("inf")]]]),
        changed(strokes=[[[1e300, 2]]]),
        changed(strokes=[[[1, 2]]]).replace("1, 2", "1e999, 2"),
    ],
)
def test_bad_text_is_refused_by_name(text: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.drawing.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_drawing(path)
    message = str(caught.value)
    assert message.startswith("mine.drawing.json ")
    assert message.endswith(".")
    assert "\n" not in message


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\x00" * 50, b"\x89PNG\r\n\x1a\n"])
def test_bytes_that_are_no_text_are_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "mine.drawing.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"^mine\.drawing\.json cannot be read as a drawing"):
        load_drawing(path)


def test_absurd_sizes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawings, "MAX_POINTS", 2)
    with pytest.raises(InputError, match="more than 2 points"):
        parse_drawing(json.dumps(GOOD))
    monkeypatch.setattr(drawings, "MAX_FILE_BYTES", 50)
    with pytest.raises(InputError, match="larger than"):
        parse_drawing(json.dumps(GOOD))


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^missing.json cannot be opened"):
        load_drawing(tmp_path / "missing.json")
    with pytest.raises(InputError, match=f"^{tmp_path.name} is not a file"):
        load_drawing(tmp_path)
    with pytest.raises(StudioError, match="cannot be saved"):
        save_drawing(Drawing(1, 1), tmp_path / "no" / "a.json")


def test_with_stroke_makes_a_new_drawing() -> None:
    empty = Drawing(10, 10)
    one = with_stroke(empty, ((1, 1),))
    assert empty.is_empty
    assert one.strokes == (((1, 1),),)
    assert with_stroke(one, ()) is one

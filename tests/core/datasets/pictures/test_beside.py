"""Labels beside pictures that do not name them, and names that say another thing than folders."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app.core.datasets.choices import ChoiceNeededError, ImportChoices
from app.core.datasets.formats import read_data
from app.core.errors import InputError

from .making import digit, write, write_digits

LABELS = [0, 2, 1, 2, 0, 1, 1, 0, 2, 2, 0, 1]


def _pictures(folder: Path, name: str = "img_{}.png") -> None:
    for number, label in enumerate(LABELS):
        write(folder / name.format(number), digit(label, number // 3))


def _check(folder: Path, names: tuple[str, ...] = ("0", "1", "2")) -> None:
    raw = read_data(folder)
    assert raw.class_names == names
    wanted = sorted((label, digit(label, number // 3).tolist()) for number, label in enumerate(LABELS))
    found = [(label, image.tolist()) for label, image in zip(raw.train.labels.tolist(), raw.train.images, strict=True)]
    assert sorted(found) == wanted
    assert raw.left_out_count == 0


@pytest.mark.parametrize("name", ["img_{}.png", "{:04}.png", "scan 1 ({}).png"])
@pytest.mark.parametrize("title", ["", "label\n"])
def test_a_line_for_each_picture(name: str, title: str, tmp_path: Path) -> None:
    _pictures(tmp_path / "images", name)
    write(tmp_path / "labels.txt", (title + "".join(f"{label}\n" for label in LABELS)).encode())
    _check(tmp_path)


def test_lines_are_not_used_where_the_order_is_not_known(tmp_path: Path) -> None:
    for number, label in enumerate(LABELS):
        write(tmp_path / "images" / f"a{3 * number}.png", digit(label))
    write(tmp_path / "labels.txt", "".join(f"{label}\n" for label in LABELS).encode())
    with pytest.raises(InputError):
        read_data(tmp_path)


def test_lines_of_parts(tmp_path: Path) -> None:
    for part in ("train", "test"):
        _pictures(tmp_path / part)
        write(tmp_path / f"{part}_labels.txt", "".join(f"{label}\n" for label in LABELS).encode())
    raw = read_data(tmp_path)
    assert raw.test is not None
    assert raw.train.labels.tolist() == raw.test.labels.tolist() == sorted(LABELS)


@pytest.mark.parametrize(
    ("ending", "note"),
    [
        (".txt", lambda label: f"{label} 0.5 0.5 0.9 0.9\n"),
        (".txt", str),
        (".xml", lambda label: f"<annotation><object><name>{label}</name></object></annotation>"),
        (".json", lambda label: json.dumps({"shapes": [{"label": str(label), "points": [[1, 2]]}]})),
        (".json", lambda label: json.dumps({"label": label})),
    ],
)
@pytest.mark.parametrize("place", ["labels", "images"])
def test_a_file_for_each_picture(ending: str, note: Callable[[int], str], place: str, tmp_path: Path) -> None:
    _pictures(tmp_path / "images")
    for number, label in enumerate(LABELS):
        write(tmp_path / place / f"img_{number}{ending}", note(label).encode())
    _check(tmp_path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("classes.txt", "null\none\ntwo\n"),
        ("data.yaml", "train: images\nnames: ['null', one, two]\n"),
        ("data.yaml", "nc: 3\nnames:\n  0: 'null'\n  1: one\n  2: two\n"),
    ],
)
def test_numbers_of_yolo_have_names(name: str, text: str, tmp_path: Path) -> None:
    _pictures(tmp_path / "images")
    for number, label in enumerate(LABELS):
        write(tmp_path / "labels" / f"img_{number}.txt", f"{label} 0.5 0.5 0.9 0.9\n".encode())
    write(tmp_path / name, text.encode())
    _check(tmp_path, ("null", "one", "two"))


def test_pictures_of_several_things_are_left_out(tmp_path: Path) -> None:
    _pictures(tmp_path)
    for number, label in enumerate(LABELS):
        boxes = [f"{each} 0.5 0.5 0.9 0.9" for each in ((0, 1) if number == 2 else (label, label))]
        write(tmp_path / f"img_{number}.txt", "\n".join(boxes).encode())
    raw = read_data(tmp_path)
    assert len(raw.train) == len(LABELS) - 1
    assert [each.why for each in raw.left_out] == ["Several labels are beside it."]


def test_folders_of_writers_with_digits_in_the_names_are_asked_about(tmp_path: Path) -> None:
    for writer in ("Anna", "Дима"):
        write_digits(tmp_path / writer, "{label}_{number}.png", range(10))
    with pytest.raises(ChoiceNeededError, match=r"Anna/0_0.png would be 0") as needed:
        read_data(tmp_path)
    assert needed.value.options == ("by file names", "by folders")
    by_names = read_data(tmp_path, ImportChoices(subset="by file names"))
    assert by_names.class_names == tuple("0123456789")
    assert len(by_names.train) == 80
    assert read_data(tmp_path, ImportChoices(subset="by folders")).class_names == ("Anna", "Дима")


def test_names_that_agree_with_folders_are_not_asked_about(tmp_path: Path) -> None:
    write_digits(tmp_path, "class {label}/{label}_{number}.png", range(10))
    assert len(read_data(tmp_path).class_names or ()) == 10

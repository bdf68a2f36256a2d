"""Imported sets and their classes get other names; pictures and hash stay as they are."""

import unicodedata
from pathlib import Path

import pytest

from app.cli.main import run_command
from app.core.datasets.importing import import_folder
from app.core.datasets.renaming import change_own_set, rename_class, rename_own_set
from app.core.datasets.samples.sets import create_sample_set
from app.core.datasets.sources import available, load_dataset
from app.core.errors import InputError

from .helpers import SmallSet


@pytest.fixture
def shapes(tmp_path: Path, home: Path, tiny: SmallSet) -> str:
    return import_folder(tiny.write(tmp_path / "source"), "shapes").name


def test_a_class_gets_another_name_and_the_data_stays_sound(shapes: str) -> None:
    before = load_dataset(shapes, "full")
    card = rename_class(shapes, before.class_names[1], unicodedata.normalize("NFD", "été 이름 "))
    after = load_dataset(shapes, "full")
    assert after.class_names == card.class_names == (before.class_names[0], "été 이름", *before.class_names[2:])
    assert after.sha256 == before.sha256 == card.sha256


def test_classes_can_exchange_their_names(shapes: str) -> None:
    first, second, *others = load_dataset(shapes, "full").class_names
    change_own_set(shapes, "Shapes", {first: second, second: first})
    assert load_dataset(shapes, "full").class_names == (second, first, *others)


def test_a_set_gets_another_title_and_keeps_its_name(shapes: str) -> None:
    rename_own_set(shapes, " 숫자 모음 ")
    assert (available(shapes).name, available(shapes).title) == (shapes, "숫자 모음")
    assert load_dataset(shapes, "full").title == "숫자 모음"


def test_what_cannot_be_renamed_is_told(shapes: str, capsys: pytest.CaptureFixture[str]) -> None:
    names = load_dataset(shapes, "full").class_names
    for old, new, said in (
        ("nothing", "x", "has no class 'nothing'"),
        (names[0], names[1], "Two classes are called"),
        (names[0], " ", "cannot be the name of a class"),
        (names[0], "x" * 81, "cannot be the name of a class"),
    ):
        with pytest.raises(InputError, match=said):
            rename_class(shapes, old, new)
    for title in ("", "x" * 81, "a\nb"):
        with pytest.raises(InputError, match="needs a title"):
            rename_own_set(shapes, title)
    for name in ("mnist", "none", create_sample_set("Mine").name):
        with pytest.raises(InputError, match="no imported data set called"):
            rename_own_set(name, "x")
    assert load_dataset(shapes, "full").class_names == names


def test_on_the_command_line(shapes: str, capsys: pytest.CaptureFixture[str]) -> None:
    old = load_dataset(shapes, "full").class_names[0]
    assert run_command(["data", "rename-class", shapes, old, "круг"]) == 0
    assert "круг" in capsys.readouterr().out
    assert run_command(["data", "rename", shapes, "Формы"]) == 0
    assert "shapes is called Формы now." in capsys.readouterr().out
    assert run_command(["data", "rename-class", shapes, old, "x"]) == 2
    assert "has no class" in capsys.readouterr().err

"""What a user does with the models of their own."""

import os
import time
from pathlib import Path

import pytest

from app.core.errors import InputError
from app.core.models.library import copy_model, delete_model, describe_model, rename_model, restore_model
from app.core.models.store import add_model, damaged_models, deleted_names, find_model, free_name, list_models
from tests.core.models.stored import card, write


@pytest.fixture(autouse=True)
def mine() -> None:
    add_model(card("mine"), write)


def own_titles() -> list[str]:
    return [model.card.title for model in list_models() if not model.bundled]


def test_a_renamed_model_is_found_by_its_title_and_by_its_name() -> None:
    rename_model("mine", "  Zeros \n and ones ")
    assert own_titles() == ["Zeros and ones"]
    assert find_model("Zeros and ones") == find_model("mine")
    assert rename_model("Zeros and ones", "Other").card.name == "mine"


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("", "needs a name"),
        (" \n", "needs a name"),
        ("x" * 81, "at most 80"),
        ("\ud800", "not valid Unicode"),
        ("DIGITS CNN", "Another model is called"),
        ("digits-cnn", "Another model is called"),
    ],
)
def test_a_bad_title_changes_nothing(title: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        rename_model("mine", title)
    assert own_titles() == ["Mine"]


def test_a_model_can_take_its_own_title_with_other_letters() -> None:
    assert rename_model("mine", "MINE").card.title == "MINE"


def test_a_description_is_kept_with_the_model() -> None:
    describe_model("mine", "Drawn by the class 7b.\n\nToo few zeros.  ")
    assert find_model("mine").card.description == "Drawn by the class 7b.\n\nToo few zeros."
    assert describe_model("mine", "").card.description == ""


def test_what_ships_with_the_program_is_only_copied() -> None:
    for change in (rename_model, describe_model):
        with pytest.raises(InputError, match="ships with the program"):
            change("fast-cnn", "x")
    with pytest.raises(InputError, match="cannot be deleted"):
        delete_model("fast-cnn")
    copied = copy_model("fast-cnn")
    original = find_model("fast-cnn")
    assert not copied.bundled
    assert copied.card.title == f"{original.card.title} (copy)"
    assert copied.card.files == original.card.files
    assert copied.card.calibration == original.card.calibration
    assert copied.litert_path.read_bytes() == original.litert_path.read_bytes()


def test_copies_have_titles_of_their_own() -> None:
    assert [copy_model("mine").card.title for _ in range(2)] == ["Mine (copy)", "Mine (copy) 2"]
    assert copy_model("mine", "Other").card.title == "Other"


def test_a_deleted_model_comes_back_as_it_was() -> None:
    before = find_model("mine")
    assert delete_model("Mine") == "mine"
    assert own_titles() == []
    assert damaged_models() == {}
    assert free_name("mine") == "mine 2", "a new model would stand in the way of the deleted one"
    assert restore_model("mine") == before
    with pytest.raises(InputError, match="within the last day"):
        restore_model("mine")


def test_nothing_is_brought_back_over_another_model() -> None:
    delete_model("mine")
    add_model(card("mine", day=2), write)
    with pytest.raises(InputError, match="another model called 'mine'"):
        restore_model("mine")
    delete_model("mine")
    assert restore_model("mine").card.created.day == 2, "the one that was deleted last"


def test_a_title_that_was_taken_meanwhile_gets_a_number() -> None:
    add_model(card("other"), write)
    delete_model("mine")
    rename_model("other", "Mine")
    assert restore_model("mine").card.title == "Mine 2"


def test_what_was_deleted_a_day_ago_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    add_model(card("other"), write)
    delete_model("mine")
    tomorrow = time.time_ns() + 25 * 3600 * 10**9
    monkeypatch.setattr(time, "time_ns", lambda: tomorrow)
    add_model(card("third"), write)
    assert deleted_names() == ()
    delete_model("other")
    with pytest.raises(InputError, match="within the last day"):
        restore_model("mine")
    assert restore_model("other").card.name == "other"


@pytest.mark.parametrize("name", ["", ".", "..", "../mine", "nothing"])
def test_only_models_are_deleted(home: Path, name: str) -> None:
    with pytest.raises(InputError, match="There is no model"):
        delete_model(name)
    assert own_titles() == ["Mine"]


def test_a_damaged_model_can_be_deleted(home: Path) -> None:
    (home / "models" / "mine" / "card.json").write_text("{")
    assert delete_model("mine") == "mine"
    assert os.listdir(home / "models") == [".deleted"]  # noqa: PTH208


def test_a_card_of_an_earlier_version_has_no_description(home: Path) -> None:
    path = home / "models" / "mine" / "card.json"
    words = '"description": "",'
    assert words in path.read_text()
    path.write_text(path.read_text().replace(words, ""))
    assert find_model("mine").card.description == ""


def test_what_was_deleted_last_comes_back_although_the_clock_was_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    for title in ("First", "Second"):
        add_model(card("twice"), write)
        rename_model("twice", title)
        delete_model("twice")
        an_hour_ago = time.time_ns() - 3600 * 1_000_000_000
        monkeypatch.setattr(time, "time_ns", lambda now=an_hour_ago: now)
    assert restore_model("twice").card.title == "Second"

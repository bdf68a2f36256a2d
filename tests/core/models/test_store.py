"""Models on disk: whole or not at all, found by name, never overwritten."""

import errno
import hashlib
from pathlib import Path

import pytest

from app.core.datasets.types import DataKind
from app.core.errors import InputError, StudioError
from app.core.models.library import delete_model
from app.core.models.store import (
    add_model,
    check_new_name,
    damaged_models,
    ensure_writable,
    find_model,
    free_name,
    list_models,
)
from tests.core.models.stored import card, write


def own_names() -> list[str]:
    return [model.card.name for model in list_models() if not model.bundled]


def test_a_stored_model_is_found_with_its_card_and_hashes() -> None:
    add_model(card("mine"), write)
    found = find_model("mine")
    assert found.card.files == {"model.tflite": hashlib.sha256(b"weights").hexdigest()}
    assert found.litert_path.read_bytes() == b"weights"
    assert "98.7%" in found.card.summary


def test_a_card_knows_what_its_images_show() -> None:
    kinds = {model.card.name: model.card.kind for model in list_models() if model.bundled}
    assert kinds["digits-cnn"] is DataKind.DIGITS
    assert kinds["clothes-cnn"] is DataKind.CLOTHES
    assert card("mine").model_copy(update={"class_names": ("cat", "dog")}).kind is DataKind.OWN


def test_own_models_come_newest_first() -> None:
    for name, day in (("old", 1), ("new", 9), ("middle", 5)):
        add_model(card(name, day), write)
    assert own_names() == ["new", "middle", "old"]


def test_a_failed_write_leaves_nothing(home: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "model.keras").write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(StudioError, match="No space left"):
        add_model(card("mine"), fail)
    assert own_names() == []
    assert list((home / "models").iterdir()) == []


def test_a_name_is_never_taken_twice() -> None:
    add_model(card("mine"), write)
    with pytest.raises(InputError, match="already"):
        add_model(card("mine"), write)
    assert free_name("mine") == "mine 2"
    assert free_name("yours") == "yours"


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "x" * 61, "tail ", "c:\\x", "nul\0"])
def test_names_that_are_no_file_names_are_refused(name: str) -> None:
    with pytest.raises(InputError):
        check_new_name(name)


@pytest.mark.parametrize("content", ["", "{}", "[1, 2", '{"version": 1}'])
def test_a_folder_without_a_readable_card_is_left_out(home: Path, content: str) -> None:
    add_model(card("good"), write)
    broken = home / "models" / "broken"
    broken.mkdir()
    (broken / "card.json").write_text(content)
    assert own_names() == ["good"]
    assert list(damaged_models()) == ["broken"]
    delete_model("broken")
    assert damaged_models() == {}


def test_an_unknown_model_is_named_with_what_there_is() -> None:
    add_model(card("mine"), write)
    with pytest.raises(InputError, match="mine"):
        find_model("yours")


def test_a_model_can_be_removed() -> None:
    add_model(card("mine"), write)
    delete_model("mine")
    assert own_names() == []


def test_a_model_that_ships_with_the_program_stays_and_keeps_its_name() -> None:
    with pytest.raises(InputError, match="cannot be deleted"):
        delete_model("digits-cnn")
    with pytest.raises(InputError, match="ships with the program; choose another name"):
        check_new_name("digits-cnn")
    assert free_name("digits-cnn") == "digits-cnn 2"


def test_only_models_are_removed(home: Path) -> None:
    (home / "models" / "photos").mkdir(parents=True)
    with pytest.raises(InputError, match="no model 'photos'"):
        delete_model("photos")
    assert (home / "models" / "photos").is_dir()


def test_a_home_that_cannot_be_used_is_noticed_early(home: Path) -> None:
    home.touch()
    assert own_names() == []
    for use in (ensure_writable, lambda: check_new_name("mine")):
        with pytest.raises(StudioError, match=r"cannot be saved in .* set SOFTMAX_STUDIO_HOME"):
            use()
    home.unlink()
    ensure_writable()
    assert list((home / "models").iterdir()) == []


def test_a_disk_without_room_is_noticed_early(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EDQUOT, "Disk quota exceeded")

    monkeypatch.setattr("app.core.file_writing.os.posix_fallocate", refuse)
    with pytest.raises(StudioError, match=r"\(Disk quota exceeded\); free 7 MB or set SOFTMAX_STUDIO_HOME"):
        ensure_writable(7_000_000)


def test_a_name_that_was_taken_meanwhile_loses_no_model() -> None:
    def write_while_another_is_saved(folder: Path) -> None:
        write(folder)
        if not (folder.parent / "mine").exists():
            add_model(card("mine"), write)

    second = add_model(card("mine"), write_while_another_is_saved, may_rename=True).card
    assert (second.name, second.title) == ("mine 2", f"{card('mine').title} 2")
    with pytest.raises(InputError, match="already exists"):
        add_model(card("mine"), write)


def test_a_name_that_is_taken_at_the_last_moment_loses_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    seemed_free = iter(["mine", "mine 2"])

    def taken_just_after(wanted: str) -> str:
        assert wanted == "mine"
        if name := next(seemed_free, ""):
            add_model(card(name), write)
        return name or free_name(wanted)

    monkeypatch.setattr("app.core.models.store.free_name", taken_just_after)
    assert add_model(card("mine"), write, may_rename=True).card.name == "mine 3"
    assert sorted(own_names()) == ["mine", "mine 2", "mine 3"]

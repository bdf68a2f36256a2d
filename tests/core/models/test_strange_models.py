"""What lies among the user's models and came from elsewhere: nothing of it hangs, crashes or hides the others."""

import hashlib
import json
import os
import zipfile
from pathlib import Path

import pytest

from app.core.errors import InputError
from app.core.inference.predictor import Predictor
from app.core.models import exchange
from app.core.models.checked import _opened_now, remember
from app.core.models.exchange import export_model, import_model
from app.core.models.library import delete_model
from app.core.models.store import add_model, damaged_models, find_model, list_models
from tests.core.models.stored import card, write

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such files")


@pytest.fixture(autouse=True)
def mine() -> None:
    add_model(card("mine"), write)


def forget(home: Path) -> None:
    """What was opened before."""
    (home / "opened-models.txt").unlink(missing_ok=True)
    _opened_now.clear()


def strange_folder(home: Path, name: str = "strange") -> Path:
    folder = home / "models" / name
    folder.mkdir(parents=True)
    (folder / "model.tflite").write_bytes(b"weights")
    return folder


def own() -> list[str]:
    return [model.card.name for model in list_models() if not model.bundled]


def pipe(path: Path) -> None:
    os.mkfifo(path)


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2 * 2**30)


def far_day(path: Path) -> None:
    facts = json.loads((find_model("mine").folder / "card.json").read_text())
    path.write_text(json.dumps(facts | {"name": "strange", "created": "9999-12-31T23:59:59-12:00"}))


@pytest.mark.parametrize("make", [pipe, endless, huge, far_day])
def test_a_card_that_is_none_does_not_hide_the_others(make: object, home: Path) -> None:
    assert callable(make)
    make(strange_folder(home) / "card.json")
    assert own() == ["mine"]
    assert set(damaged_models()) == {"strange"}


@pytest.mark.parametrize("make", [pipe, endless])
def test_a_network_that_is_no_file(make: object, home: Path) -> None:
    assert callable(make)
    network = find_model("mine").litert_path
    network.unlink()
    make(network)
    assert own() == []
    for file in ("model.tflite", "model.keras"):
        assert not any(model.is_intact(file) for model in list_models() if not model.bundled)


def test_a_network_from_elsewhere_is_tried_in_another_process_first(tmp_path: Path, home: Path) -> None:
    """The hash fits the card: whoever made the one made the other."""
    packed = export_model("mine", tmp_path / "mine.zip")
    delete_model("mine")
    forget(home)
    with pytest.raises(InputError, match="The model cannot be imported: the file is damaged"):
        import_model(packed)
    assert own() == []


def test_a_folder_that_was_put_there_is_tried_before_it_is_opened(home: Path) -> None:
    forget(home)
    model = find_model("mine")
    assert not model.is_known
    with pytest.raises(InputError, match="The model 'mine' cannot be opened: the file is damaged"):
        Predictor(model)


def test_weights_that_were_put_there_are_tried_before_they_are_opened(home: Path) -> None:
    model = find_model("mine")
    (model.folder / "model.keras").write_bytes(b"PK no zip")
    digest = hashlib.sha256(b"PK no zip").hexdigest()
    facts = json.loads((model.folder / "card.json").read_text())
    facts["files"]["model.keras"] = digest
    (model.folder / "card.json").write_text(json.dumps(facts))
    forget(home)
    with pytest.raises(InputError, match="The model 'mine' cannot be opened: the file is damaged"):
        find_model("mine").check_weights()


def test_what_was_tried_is_not_tried_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundled = find_model("quickstart-mnist")
    folder = home / "models" / "quickstart-mnist"
    folder.mkdir(parents=True)
    for file in ("card.json", "model.tflite"):
        (folder / file).write_bytes((bundled.folder / file).read_bytes())
    assert Predictor(find_model("quickstart-mnist")).model.folder == folder
    monkeypatch.setattr("app.core.models.checked.run_in_child", None)
    assert Predictor(find_model("quickstart-mnist")).model.folder == folder


def test_where_nothing_can_be_written_nothing_is_remembered(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOFTMAX_STUDIO_HOME", str(home / "models" / "mine" / "card.json"))
    remember(hashlib.sha256(b"").hexdigest())


@pytest.mark.parametrize(
    "facts",
    [
        {"title": "x" * 500_000},
        {"title": "\ud800"},
        {"class_names": []},
        {"class_names": [5]},
        {"parameters": 10**400},
        {"epochs_done": -1},
        {"training_s": 1e300},
        {"metrics": {"test_loss": float("nan"), "test_accuracy": 0.5, "test_samples": 9}},
        {"metrics": {"test_loss": 0.1, "test_accuracy": 7.0, "test_samples": 9}},
        {"calibration": {"temperature": 1e-320}},
        {"created": 1e18},
        {"files": {"../../elsewhere": "0"}},
        {"config": [[[]]]},
    ],
    ids=str,
)
def test_a_card_whose_values_make_no_sense_does_not_hide_the_others(facts: dict[str, object], home: Path) -> None:
    known = json.loads((find_model("mine").folder / "card.json").read_text())
    text = json.dumps(known | {"name": "strange"} | facts)
    (strange_folder(home) / "card.json").write_text(text)
    assert own() == ["mine"]
    assert set(damaged_models()) == {"strange"}


@pytest.mark.parametrize("nested", ["[" * 100_000, '{"a":' * 100_000])
def test_a_card_that_is_nested_without_end(nested: str, home: Path) -> None:
    (strange_folder(home) / "card.json").write_text(nested)
    assert own() == ["mine"]


def test_a_zip_of_what_unpacks_without_end_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "_MOST_BYTES", 40 * 2**20)
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("m/card.json", "{}")
        for name in ("model.keras", "model.tflite"):
            with packed.open(f"m/{name}", "w") as file:
                for _ in range(21):
                    file.write(bytes(2**20))
    with pytest.raises(InputError, match="holds more than 40 MB"):
        import_model(bomb)

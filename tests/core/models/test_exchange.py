"""Models as files for other computers: what this program wrote comes back, and nothing else comes in."""

import os
import zipfile
from pathlib import Path

import pytest

from app.core.errors import InputError
from app.core.models.exchange import export_model, import_model
from app.core.models.library import delete_model, rename_model
from app.core.models.store import add_model, find_model, list_models
from tests.core.models.stored import card, write


@pytest.fixture(autouse=True)
def mine() -> None:
    add_model(card("mine"), write)


def write_other(folder: Path) -> None:
    (folder / "model.tflite").write_bytes(b"other")


def own_titles() -> list[str]:
    return [model.card.title for model in list_models() if not model.bundled]


@pytest.mark.parametrize("target", ["mine.zip", "folder"])
def test_what_was_exported_comes_back(tmp_path: Path, target: str) -> None:
    before = rename_model("mine", "Of class 7b")
    (tmp_path / "out").mkdir()
    written = export_model("mine", tmp_path / "out" / target)
    delete_model("mine")
    back = import_model(written)
    assert back.card == before.card.model_copy(update={"name": "mine 2"})  # "mine" can still be brought back
    assert back.litert_path.read_bytes() == b"weights"
    assert list((tmp_path / "out").iterdir()) == [written]


def test_a_zip_file_unpacked_by_hand_comes_in_too(tmp_path: Path) -> None:
    with zipfile.ZipFile(export_model("mine", tmp_path / "mine.zip")) as packed:
        packed.extractall(tmp_path)
    delete_model("mine")
    assert import_model(tmp_path / "mine").card.title == "Mine"


def test_a_model_that_is_here_is_not_added_again(tmp_path: Path) -> None:
    written = export_model("mine", tmp_path / "mine.zip")
    with pytest.raises(InputError, match="model already: it is called 'Mine'"):
        import_model(written)


def test_a_title_that_is_taken_gets_a_number(tmp_path: Path) -> None:
    written = export_model("fast-cnn", tmp_path / "a.zip")
    with pytest.raises(InputError, match="have this model already"):
        import_model(written)
    written = export_model("mine", tmp_path / "b.zip")
    delete_model("mine")
    add_model(card("mine"), write_other)
    assert import_model(written).card.title == "Mine 2"


def test_nothing_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "mine.zip"
    path.write_bytes(b"precious")
    with pytest.raises(InputError, match="already exists"):
        export_model("mine", path)
    assert path.read_bytes() == b"precious"
    export_model("mine", path, replace=True)
    assert zipfile.is_zipfile(path)
    with pytest.raises(InputError, match="already exists"):
        export_model("mine", tmp_path, replace=True)


def packed(path: Path, **content: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in content.items():
            archive.writestr(name.replace("_", "."), data)
    return path


def test_what_is_no_model_is_refused_in_a_sentence(tmp_path: Path) -> None:
    cards = (find_model("mine").folder / "card.json").read_bytes()
    keras, picture = tmp_path / "their.keras", tmp_path / "picture.png"
    keras.write_bytes(b"PK")
    picture.write_bytes(b"\x89PNG")
    (tmp_path / "empty").mkdir()
    sources = {
        keras: "without Softmax Studio's card",
        picture: "not a zip file",
        tmp_path / "empty": "a card or a network is missing",
        tmp_path / "gone.zip": "No such file",
        packed(tmp_path / "a.zip", card_json=cards): "a card or a network is missing",
        packed(tmp_path / "b.zip", card_json=cards, model_tflite=b"changed"): "damaged",
        packed(tmp_path / "c.zip", card_json=b"{}", model_tflite=b"weights"): "card in c.zip is damaged",
        packed(tmp_path / "d.zip", config_json=b"{}", metadata_json=b"{}"): "holds 'config.json'",
        packed(tmp_path / "e.zip", **{f"n{n}": b"" for n in range(30)}): "too many files",
    }
    for source, said in sources.items():
        with pytest.raises(InputError, match=said):
            import_model(source)
    assert own_titles() == ["Mine"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    for path in (tmp_path / "pipe.zip", tmp_path / "model" / "card.json"):
        os.mkfifo(path)
    with pytest.raises(InputError, match="is not a model"):
        import_model(tmp_path / "pipe.zip")
    with pytest.raises(InputError, match="is not a model file"):
        import_model(tmp_path / "model")


def test_a_card_cannot_name_a_place_outside(tmp_path: Path) -> None:
    text = (find_model("mine").folder / "card.json").read_text().replace('"name": "mine"', '"name": "../mine"')
    source = packed(tmp_path / "a.zip", card_json=text.encode(), model_tflite=b"weights")
    with pytest.raises(InputError, match="damaged"):
        import_model(source)

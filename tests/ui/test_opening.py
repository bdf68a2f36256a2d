"""Which page takes in a file that somebody opens, and what the program's arguments ask for."""

import os
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from app.__main__ import _window_files
from app.core.models.exchange import export_model
from app.core.paths import HOME_VARIABLE
from app.ui.navigation import page_for


@pytest.mark.parametrize(
    ("name", "page"),
    [
        *(
            ("7.png", "recognize"),
            ("7.drawing.json", "recognize"),
            ("notes", "recognize"),
            ("missing.jpg", "recognize"),
        ),
        *(("mine.keras", "models"), ("mine.H5", "models"), ("mine.tflite", "models"), ("saved_model.pb", "models")),
        *(
            ("digits.csv", "data"),
            ("digits.csv.gz", "data"),
            ("mnist.npz", "data"),
            ("train-labels-idx1-ubyte", "data"),
        ),
        *(("train-images-idx3-ubyte.gz", "data"), ("pictures.tar.xz", "data"), ("pictures.zip", "data")),
    ],
)
def test_a_file_goes_to_the_page_that_takes_it_in(tmp_path: Path, name: str, page: str) -> None:
    if name != "missing.jpg":
        (tmp_path / name).write_bytes(b"PK")
    assert page_for(tmp_path / name) == page


def test_what_holds_a_model_goes_to_models_and_other_folders_to_data(tmp_path: Path) -> None:
    for target in (tmp_path / "exported.zip", tmp_path / "exported"):
        export_model("fast-cnn", target)
        assert page_for(target) == "models"
    for name, inside in (("teachable.zip", "keras_model.h5"), ("web.zip", "web/model.json"), ("set.zip", "3/one.png")):
        with zipfile.ZipFile(tmp_path / name, "w") as packed:
            packed.writestr(inside, b"")
    assert [page_for(tmp_path / name) for name in ("teachable.zip", "web.zip", "set.zip")] == [
        "models",
        "models",
        "data",
    ]
    (tmp_path / "saved").mkdir()
    assert page_for(tmp_path / "saved") == "data"
    (tmp_path / "saved" / "saved_model.pb").touch()
    assert page_for(tmp_path / "saved") == "models"


def test_an_hdf5_file_goes_where_what_it_holds_is_taken_in(tmp_path: Path) -> None:
    for name in ("data.h5", "usps.hdf5", "model.h5", "weights.h5", "newer.weights.h5"):
        with h5py.File(tmp_path / name, "w") as file:
            if name == "data.h5":
                file["x_train"] = np.zeros((3, 28, 28), np.uint8)
                file["y_train"] = np.zeros(3, np.uint8)
            elif name == "usps.hdf5":
                file["train/data"], file["train/target"] = np.zeros((3, 256), np.float32), np.zeros(3, np.int32)
            elif name == "model.h5":
                file.attrs["keras_version"], file.attrs["model_config"] = "2.15.0", "x" * 60_000
            elif name == "weights.h5":
                file.attrs["layer_names"] = [b"dense"]
                file["dense/dense/kernel:0"] = np.zeros((784, 10), np.float32)
            else:
                file["layers/dense/vars/0"] = np.zeros((784, 10), np.float32)
    wanted = {"data.h5": "data", "usps.hdf5": "data", "model.h5": "models", "weights.h5": "models"}
    wanted["newer.weights.h5"] = "models"
    assert {name: page_for(tmp_path / name) for name in wanted} == wanted
    for name, page in wanted.items():
        (tmp_path / f"in {name}").mkdir()
        (tmp_path / name).rename(tmp_path / f"in {name}" / name)
        assert page_for(tmp_path / f"in {name}") == page
        with zipfile.ZipFile(tmp_path / f"{name}.zip", "w", zipfile.ZIP_DEFLATED) as packed:
            packed.write(tmp_path / f"in {name}" / name, f"archive/{name}")
        assert page_for(tmp_path / f"{name}.zip") == page


@pytest.mark.parametrize(
    ("arguments", "files"),
    [
        ([], []),
        (["7.png"], ["7.png"]),
        (["/tmp/a b", "./runs"], ["/tmp/a b", "./runs"]),
        ([r"C:\7"], [r"C:\7"]),
        (["runs", "list"], None),
        (["runs", "export", "./here"], None),
        (["--help"], None),
        (["7.png", "--json"], None),
        (["train", "--home", "x/y"], None),
        (["--home"], None),
        (["--home", "x/y", "runs"], None),
    ],
)
def test_commands_are_plain_words_and_files_have_a_dot_or_a_slash(
    arguments: list[str], files: list[str] | None
) -> None:
    assert _window_files(arguments) == files


@pytest.mark.parametrize("arguments", [["--home", "x/y", "7.png"], ["--home=x/y", "7.png"]])
def test_another_home_can_be_given(monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    monkeypatch.setenv(HOME_VARIABLE, "before")
    assert _window_files(arguments) == ["7.png"]
    assert os.environ[HOME_VARIABLE] == "x/y"

"""Files that are made to do harm are refused, and the refusal says what was refused."""

import json
import os
import tracemalloc
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from app.core.errors import InputError
from app.core.models.foreign.containers import open_container
from app.core.models.foreign.keras_config import parse_config
from app.core.models.foreign.keras_models import read_h5, read_keras
from app.core.models.foreign.limits import refuse
from app.core.models.foreign.reading import read_foreign
from tests.core.models.foreign.networks import rewritten, saved, small, zipped

Change = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="module")
def harmless(tensorflow: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved(small(), tmp_path_factory.mktemp("models") / "harmless.keras")


def layer_of(config: dict[str, Any], number: int) -> dict[str, Any]:
    """A layer of a sequential model; the first is its input."""
    layer: dict[str, Any] = config["config"]["layers"][number]
    return layer


def set_layer(number: int, **values: Any) -> Change:
    return lambda config: layer_of(config, number).update(values)


def set_setting(number: int, **values: Any) -> Change:
    return lambda config: layer_of(config, number)["config"].update(values)


LAMBDA = {"class_name": "Lambda", "config": {"name": "lambda", "function": {"class_name": "__lambda__", "config": {}}}}
GET_FILE = {"module": "keras.utils", "class_name": "get_file", "config": {"origin": "http://localhost/x"}}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (set_layer(2, **LAMBDA), "of the kind 'Lambda'"),
        (set_layer(2, module="os", class_name="system"), "a 'system' of 'os', not one of Keras' own layers"),
        (set_layer(2, module="keras.utils", class_name="get_file"), "'get_file' of 'keras.utils'"),
        (set_layer(2, registered_name="Mine>Dense"), "registered as 'Mine>Dense'"),
        (set_layer(2, class_name="TFSMLayer"), "of the kind 'TFSMLayer'"),
        (set_setting(2, activation=GET_FILE), "the activation 'get_file'"),
        (set_setting(2, activation={"module": "builtins", "class_name": "function", "config": "eval"}), "'eval'"),
        (set_setting(2, units=10**9), "units=1000000000"),
        (set_setting(2, units=60_000), "have the shape 784 x 10, and should have 784 x 60000"),
        (set_setting(2, units=True), "units=True"),
        (set_setting(0, batch_shape=[None, 10**6, 10**6]), "larger than 1024"),
        (set_setting(0, batch_shape=[None, 10**9]), "1000000000 numbers"),
        (set_setting(0, batch_shape=[None, -3, 28]), "damaged"),
        (set_setting(0, dtype="string"), "reads 'string', not pictures"),
        (set_layer(1, class_name="Reshape", config={"name": "r", "target_shape": [10**9, -1]}), "target_shape"),
        (set_layer(1, class_name="UpSampling2D", config={"name": "u", "size": [64, 64]}), "does not have 3 axes"),
        (set_layer(1, config="flatten"), "the settings of one of its layers are damaged"),
        (set_layer(1, class_name=["Flatten"]), "has no kind"),
        (lambda config: config.update(class_name="Custom", module="evil"), "no network of layers but a 'Custom'"),
        (lambda config: config["config"].update(layers=[layer_of(config, 1)] * 5_000), "more than 2,000 layers"),
        (lambda config: config["config"].update(layers="none"), "damaged"),
    ],
)
def test_a_configuration_that_names_more_than_layers(
    change: Change, words: str, harmless: Path, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=words):
        read_keras(rewritten(harmless, tmp_path / "harmful.keras", change).read_bytes())


def test_what_is_not_needed_is_never_looked_at(harmless: Path, tmp_path: Path) -> None:
    """Losses, optimizers, initializers and regularizers may name anything: nobody asks what."""

    def change(config: dict[str, Any]) -> None:
        layer_of(config, 2)["config"] |= {"kernel_initializer": GET_FILE, "kernel_regularizer": LAMBDA}
        config["compile_config"] = {"loss": GET_FILE, "optimizer": {"module": "os", "class_name": "system"}}

    assert read_keras(rewritten(harmless, tmp_path / "model.keras", change).read_bytes()).layers


def test_models_in_models_without_end(harmless: Path, tmp_path: Path) -> None:
    def change(config: dict[str, Any]) -> None:
        inside = layer_of(config, 1)
        for _ in range(50):
            inside = {"class_name": "Sequential", "config": {"name": "s", "layers": [inside]}}
        config["config"]["layers"][1] = inside

    with pytest.raises(InputError, match="models inside models"):
        read_keras(rewritten(harmless, tmp_path / "deep.keras", change).read_bytes())


def test_four_lines_that_exhaust_memory(harmless: Path, tmp_path: Path) -> None:
    """Each doubles rows and columns: as tensors they would take terabytes."""

    def change(config: dict[str, Any]) -> None:
        reshape = {"class_name": "Reshape", "config": {"name": "r", "target_shape": [28, 28, 1]}}
        grow = {"class_name": "UpSampling2D", "config": {"name": "u", "size": [64, 64]}}
        config["config"]["layers"][1:] = [reshape, grow, grow, grow]

    with pytest.raises(InputError, match="more than 16,777,216"):
        read_keras(rewritten(harmless, tmp_path / "bomb.keras", change).read_bytes())


# Files of weights.


def weights_of(path: Path, work: Path) -> Path:
    """The file of weights in a .keras file, to be changed."""
    with zipfile.ZipFile(path) as packed:
        (work / "weights.h5").write_bytes(packed.read("model.weights.h5"))
    return work / "weights.h5"


def with_weights(harmless: Path, weights: Path, target: Path) -> bytes:
    content = {"model.weights.h5": weights.read_bytes()}
    with zipfile.ZipFile(harmless) as packed:
        content["config.json"] = packed.read("config.json")
    return zipped(target, content).read_bytes()


KERNEL = "layers/dense/vars/0"


def link_outside(file: Any, work: Path) -> None:
    file[KERNEL] = h5py.ExternalLink(str(work / "secret.h5"), "/kernel")


def link_inside(file: Any, work: Path) -> None:
    file["elsewhere"] = np.zeros((784, 10), np.float32)
    file[KERNEL] = h5py.SoftLink("/elsewhere")


def stored_outside(file: Any, work: Path) -> None:
    file.create_dataset(KERNEL, (784, 10), "f4", external=[(str(work / "secret.bin"), 0, 784 * 10 * 4)])


def put_together(file: Any, work: Path) -> None:
    layout = h5py.VirtualLayout((784, 10), "f4")
    layout[:] = h5py.VirtualSource(str(work / "secret.h5"), "kernel", (784, 10))
    file.create_virtual_dataset(KERNEL, layout)


def announced_only(file: Any, work: Path) -> None:
    file.create_dataset(KERNEL, (2**20, 2**20), "f4", chunks=(1024, 1024))


def texts(file: Any, work: Path) -> None:
    file.create_dataset(KERNEL, (784, 10), h5py.string_dtype())


def a_group(file: Any, work: Path) -> None:
    file.create_group(KERNEL)


def no_numbers(file: Any, work: Path) -> None:
    file[KERNEL] = np.full((784, 10), np.nan, np.float32)


def nothing(file: Any, work: Path) -> None:
    pass


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (link_outside, "'0' in it is a link to another file"),
        (link_inside, "'0' in it is a link to another place"),
        (stored_outside, "the weights of layer 'dense' lie in another file"),
        (put_together, "lie in another file"),
        (announced_only, "have the shape 1048576 x 1048576, and should have 784 x 10"),
        (texts, "stored in a way that is not read"),
        (a_group, "are missing"),
        (no_numbers, "not all numbers"),
        (nothing, "are missing"),
    ],
)
def test_weights_that_are_not_in_the_file(
    harm: Callable[[Any, Path], None], words: str, harmless: Path, tmp_path: Path
) -> None:
    with h5py.File(tmp_path / "secret.h5", "w") as secret:
        secret["kernel"] = np.ones((784, 10), np.float32)
    (tmp_path / "secret.bin").write_bytes(bytes(784 * 10 * 4))
    weights = weights_of(harmless, tmp_path)
    with h5py.File(weights, "r+") as file:
        del file[KERNEL]
        harm(file, tmp_path)
    with pytest.raises(InputError, match=words):
        read_keras(with_weights(harmless, weights, tmp_path / "harmful.keras"))


def test_a_group_of_weights_that_leads_outside(harmless: Path, tmp_path: Path) -> None:
    weights = weights_of(harmless, tmp_path)
    with h5py.File(weights, "r+") as file:
        del file["layers/dense"]
        file["layers/dense"] = h5py.ExternalLink(str(weights), "/layers")
    with pytest.raises(InputError, match="'dense' in it is a link to another file"):
        read_keras(with_weights(harmless, weights, tmp_path / "harmful.keras"))


@pytest.mark.usefixtures("tensorflow")
def test_an_h5_file_whose_groups_hold_each_other(tmp_path: Path) -> None:
    path = saved(small(), tmp_path / "model.h5")
    with h5py.File(path, "r+") as file:
        file["model_weights/again"] = file["model_weights"]
    assert read_h5(path.read_bytes()).layers  # it is read so deep and no deeper


@pytest.mark.usefixtures("tensorflow")
@pytest.mark.parametrize("suffix", ["keras", "h5"])
def test_damaged_files_are_refused_in_a_sentence(suffix: str, tmp_path: Path) -> None:
    whole = saved(small(), tmp_path / f"model.{suffix}").read_bytes()
    read = read_keras if suffix == "keras" else read_h5
    random = np.random.default_rng(0)
    for number in range(30):
        content = bytearray(whole[: len(whole) * number // 30] if number % 2 else whole)
        for place in random.integers(0, max(1, len(content)), 40):
            content[place : place + 1] = bytes([random.integers(256)])
        with suppress(InputError):  # what was changed may be what nobody reads
            read(bytes(content))


# Zip files and folders.


def test_a_zip_file_that_grows(harmless: Path, tmp_path: Path) -> None:
    bomb = zipped(tmp_path / "bomb.keras", {"config.json": bytes(64 * 2**20), "model.weights.h5": b""})
    assert bomb.stat().st_size < 100_000
    with pytest.raises(InputError, match=r"config\.json in it is larger than 16 MB"):
        read_keras(bomb.read_bytes())


def test_a_zip_file_that_announces_too_much(tmp_path: Path) -> None:
    content = bytearray(zipped(tmp_path / "a.zip", {"model.json": b"{}"}).read_bytes())
    place = content.rindex(b"PK\x01\x02") + 24
    content[place : place + 4] = (600 * 2**20).to_bytes(4, "little")  # what the directory says
    (tmp_path / "a.zip").write_bytes(content)
    tracemalloc.start()
    with pytest.raises(InputError, match=r"model\.json' in it unpacks to more than 512 MB"):
        open_container(tmp_path / "a.zip")
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()


def test_half_a_letter_is_no_text() -> None:
    assert parse_config(r'{"labels": ["\ud83d\ude00"]}') == {"labels": ["😀"]}
    for half in (r'["\ud83d"]', r'{"\uDE00": 1}'):
        with pytest.raises(InputError, match="its configuration is damaged"):
            parse_config(f'{{"labels": {half}}}')


@pytest.mark.parametrize("name", ["../keras_model.h5", "/tmp/keras_model.h5", "a/../../keras_model.h5", "C:/x.h5"])
def test_paths_that_lead_out_of_a_zip_file(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="points outside the file"):
        open_container(zipped(tmp_path / "model.zip", {name: b"", "labels.txt": b"0 one"}))


def test_a_link_in_a_zip_file(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "model.zip", "w") as packed:
        link = zipfile.ZipInfo("keras_model.h5")
        link.external_attr = 0o120777 << 16
        packed.writestr(link, "/etc/passwd")
    with pytest.raises(InputError, match="points outside the file"):
        open_container(tmp_path / "model.zip")


def test_too_many_files_in_a_zip_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="more than 2,000 files"):
        open_container(zipped(tmp_path / "model.zip", {f"{number}.txt": b"" for number in range(2_001)}))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such files")
def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "model.h5")
    with pytest.raises(InputError, match="it is not a plain file"):
        open_container(tmp_path / "model.h5")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs links")
def test_a_link_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "keras_model.h5").symlink_to("/etc/passwd")
    with pytest.raises(InputError, match="is a link to another place"):
        open_container(tmp_path / "folder")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("model.pt", b"\x80\x02", "a model of PyTorch"),
        ("model.onnx", b"\x08\x07", "a model of ONNX"),
        ("model.pkl", b"\x80\x04", "a model of pickle"),
        ("model.h5", b"<!DOCTYPE html><html>", "is a web page"),
        ("model.keras", b"", "the file is empty"),
        ("model.keras", b"PK\x03\x04 and no more", "damaged"),
        ("model.tflite", bytes(100), "is not a model that this program knows"),
        ("model.xml", b'<?xml version="1.0"?><net/>', "is an XML file"),
        ("model.mat", b"MATLAB 5.0 MAT-file" + bytes(200), "is a MATLAB file"),
        ("tutorial.ipynb", b'{"cells": []}', "is a JSON file"),
        ("model.ckpt-1.index", bytes(100), "weights of a TensorFlow checkpoint alone"),
        ("cp.ckpt.data-00000-of-00001", bytes(100), "weights of a TensorFlow checkpoint alone"),
        ("saved_model.tar.gz", b"\x1f\x8b" + bytes(100), "unpack it"),
        ("model.json", b'{"class_name": "Sequential", "config": {"layers": []}}', "does not have its weights"),
        ("model.json", b'{"modelTopology": {}, "weightsManifest": []}', "choose the folder"),
    ],
)
def test_what_is_something_else_is_called_by_its_name(name: str, content: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=words):
        open_container(tmp_path / name)


def test_a_refusal_in_the_other_process_arrives_here(harmless: Path, tmp_path: Path) -> None:
    harmful = rewritten(harmless, tmp_path / "harmful.keras", set_layer(2, **LAMBDA))
    with pytest.raises(InputError, match="of the kind 'Lambda'"):
        read_foreign(harmful)
    assert json.loads(read_foreign(harmless).facts.model_dump_json())["answers"] == 10


def test_a_name_of_thousands_of_letters_is_cut_in_the_sentence() -> None:
    assert len(str(refuse("it reads " + "a" * 5_000))) < 600


def test_a_name_that_a_terminal_would_obey_is_shown_without_it() -> None:
    assert str(refuse("the weights of \x1b[2J\nx are missing")).isprintable()


def test_a_folder_with_a_checkpoint_alone(tmp_path: Path) -> None:
    (tmp_path / "checkpoint").write_text('model_checkpoint_path: "cp.ckpt"')
    (tmp_path / "cp.ckpt.index").write_bytes(bytes(100))
    with pytest.raises(InputError, match="checkpoint alone"):
        open_container(tmp_path)


def test_a_folder_of_another_program(tmp_path: Path) -> None:
    (tmp_path / "m.mlpackage").mkdir()
    (tmp_path / "m.mlpackage" / "Manifest.json").write_text("{}")
    with pytest.raises(InputError, match="a model of Core ML"):
        open_container(tmp_path / "m.mlpackage")


def test_the_file_of_a_saved_model_stands_for_its_folder(tmp_path: Path) -> None:
    (tmp_path / "variables").mkdir()
    (tmp_path / "variables" / "variables.index").write_bytes(b"weights")
    (tmp_path / "saved_model.pb").write_bytes(b"network")
    found = open_container(tmp_path / "saved_model.pb")
    assert found.files == {"saved_model.pb": b"network", "variables/variables.index": b"weights"}

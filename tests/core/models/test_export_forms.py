"""Models in the forms of other programs: what was written reads 100 pictures as the model does."""

import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from app.core.config.notation import parse_layers
from app.core.datasets.sources import load_dataset
from app.core.datasets.types import Variant
from app.core.errors import InputError, StudioError
from app.core.imaging.preprocess import Preprocessing
from app.core.models.card import Calibration
from app.core.models.export import conversion, handing_out
from app.core.models.export.examples import example_files
from app.core.models.export.forms import ExportForm, why_not
from app.core.models.export.handing_out import hand_out
from app.core.models.store import StoredModel, add_model, find_model
from tests.core.children import call_here
from tests.core.models.stored import card, write

OTHERS = [form for form in ExportForm if form is not ExportForm.STUDIO]
TEMPERATURE = 1.7
LAYERS = {
    "maps": "conv2d 4 3x3 elu, batch_normalization, max_pooling2d 2, conv2d 6 3x3 same tanh, average_pooling2d 2, "
    "dropout 0.2, flatten, dense 196 leaky_relu, reshape 14x14x1, conv2d 3 3x3 sigmoid, batch_normalization",
    "joined": "conv2d 3 3x3 same elu, concatenate_input, conv2d 4 3x3, global_average_pooling2d, concatenate_input, "
    "dense 12 softmax",
    "none": "",
}
NODE = shutil.which("node")


def stored(layers: str, output: str) -> StoredModel:
    """A model of one's own with these layers and random weights."""
    from app.core.models.keras_files import write_network
    from app.core.networks.building import build_network

    about = card("mine")
    config = about.config.changed(layers=parse_layers(layers), output=output)
    calibration = Calibration(temperature=TEMPERATURE)

    def write_files(folder: Path) -> Calibration:
        network = build_network(config, 10)
        random = np.random.default_rng(1)
        network.set_weights([random.uniform(0.1, 0.5, weight.shape) for weight in network.get_weights()])
        write_network(network, config, 10, folder)
        return calibration

    return add_model(about.model_copy(update={"config": config}), write_files)


def pictures(name: str = "mnist", count: int = 100) -> NDArray[np.float32]:
    """Test pictures (n, 28, 28, 1) in 0..1."""
    return load_dataset(name, Variant.STARTER).test.images[:count, ..., None].astype(np.float32) / np.float32(255)


def answers_of(model: StoredModel, shown: NDArray[np.float32]) -> NDArray[np.float64]:
    """Softmax of the logits over the temperature, with Keras' own network."""
    from app.core.models.keras_files import load_keras

    given = np.asarray(load_keras(model)(shown, training=False), np.float64)
    logits = np.log(given) if model.card.config.output == "softmax" else given
    calibration = model.card.calibration
    powers = np.exp((logits - logits.max(1, keepdims=True)) / (calibration.temperature if calibration else 1))
    return np.asarray(powers / powers.sum(1, keepdims=True))


@pytest.fixture(scope="module")
def made(tensorflow: None, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], tuple[Any, Any]]:
    """Networks that are handed out, and what their models answer to `pictures()`; each is made once."""
    from app.core.models.export.networks import answering_network

    @cache
    def make(layers: str, output: str) -> tuple[Any, Any]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SOFTMAX_STUDIO_HOME", str(tmp_path_factory.mktemp(layers)))
            model = stored(LAYERS[layers], output)
            return answering_network(model), answers_of(model, pictures())

    return make


@pytest.mark.parametrize(
    ("form", "layers", "output"),
    [
        *((form, "maps", "logits") for form in OTHERS if form is not ExportForm.TFLITE_INT8),
        (ExportForm.ONNX, "joined", "softmax"),
        (ExportForm.TFJS, "joined", "softmax"),
        (ExportForm.TFLITE, "none", "softmax"),
    ],
)
def test_every_form_answers_as_the_model(
    form: ExportForm, layers: str, output: str, made: Callable[[str, str], tuple[Any, Any]], tmp_path: Path
) -> None:
    from app.core.models.export.networks import write_and_read

    (network, answers), shown = made(layers, output), pictures()
    assert write_and_read(network, form, tmp_path, shown)(shown) == pytest.approx(answers, abs=2e-5)
    assert (tmp_path / form.file_name).exists()


@pytest.mark.usefixtures("tensorflow")
def test_8_bit_integers_answer_nearly_as_the_model(tmp_path: Path) -> None:
    from app.core.models.export.networks import answering_network, write_and_read

    model, shown = find_model("quickstart-mnist"), pictures()
    read = write_and_read(answering_network(model), ExportForm.TFLITE_INT8, tmp_path, shown)
    same = read(shown).argmax(1) == answers_of(model, shown).argmax(1)
    assert same.sum() >= 98
    path = tmp_path / ExportForm.TFLITE_INT8.file_name
    assert path.stat().st_size < 0.35 * model.litert_path.stat().st_size


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch, tensorflow: None) -> None:
    """Loading TensorFlow again takes seconds."""
    monkeypatch.setattr(handing_out, "run_in_child", call_here)


@pytest.mark.usefixtures("in_this_process")
@pytest.mark.parametrize(
    ("name", "data", "form"),
    [
        ("quickstart-mnist", "mnist", ExportForm.TFLITE),
        ("quickstart-mnist", "mnist", ExportForm.TFLITE_INT8),
        ("quickstart-mnist", "mnist", ExportForm.ONNX),
        ("clothes-cnn", "fashion-mnist", ExportForm.TFLITE),
    ],
)
def test_a_folder_holds_all_that_is_needed_and_its_example_reads_a_picture(
    name: str, data: str, form: ExportForm, tmp_path: Path
) -> None:
    done = hand_out(name, form, tmp_path / "out")
    assert done.pictures == 100
    assert done.same >= 98
    files = {path.name for path in done.path.iterdir()}
    assert files == {"README.md", "card.json", "classes.txt", "example.py", form.file_name}
    readme = (done.path / "README.md").read_text(encoding="utf-8")
    assert done.sentence in readme
    assert form.file_name in readme
    names = find_model(name).card.class_names
    assert (done.path / "classes.txt").read_text(encoding="utf-8").splitlines() == list(names)
    dataset = load_dataset(data, Variant.STARTER)
    for image, label in zip(dataset.test.images[:2], dataset.test.labels[:2], strict=True):
        on_paper = Image.fromarray(np.pad(255 - image, 10, constant_values=255)).resize((240, 240))
        on_paper.save(tmp_path / "picture.png")
        assert said_by_example(done.path, tmp_path / "picture.png")[0] == names[label]


def said_by_example(folder: Path, picture: Path) -> list[str]:
    """The classes that the example names, the likeliest first; every line has its probability."""
    command = [sys.executable, "-W", "error", "example.py", str(picture)]
    said = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(said) == 3
    assert all(line.endswith("%") for line in said)
    return [line.rpartition(":")[0] for line in said]


def test_another_process_does_the_work(tmp_path: Path) -> None:
    done = hand_out("quickstart-mnist", ExportForm.SAVED_MODEL, tmp_path / "out.zip")
    with zipfile.ZipFile(done.path) as packed:
        names = set(packed.namelist())
    inside = "quickstart-mnist-saved_model"
    assert {f"{inside}/{name}" for name in ("README.md", "example.py", "saved_model/saved_model.pb")} <= names
    assert "the same answer as the model for all" in done.sentence


def test_what_is_there_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handing_out, "run_in_child", lambda *_, **__: pytest.fail("it is too late to ask now"))
    (tmp_path / "out").mkdir()
    (tmp_path / "out.zip").write_text("mine")
    for name, replace in (("out", True), ("out.zip", False)):
        with pytest.raises(InputError, match="already exists"):
            hand_out("quickstart-mnist", ExportForm.KERAS, tmp_path / name, replace)
    assert (tmp_path / "out.zip").read_text() == "mine"


def test_what_was_made_elsewhere_is_for_this_program_only(tmp_path: Path) -> None:
    add_model(card("mine"), write)  # no Keras file
    with pytest.raises(InputError, match="was made elsewhere"):
        hand_out("mine", ExportForm.ONNX, tmp_path / "out")
    assert hand_out("mine", ExportForm.STUDIO, tmp_path / "out.zip").path.is_file()


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    model = find_model("quickstart-mnist")
    assert "pip install 'softmax-studio[onnx]'" in why_not(model, ExportForm.ONNX)
    assert all(not why_not(model, form) for form in ExportForm if form is not ExportForm.ONNX)


@pytest.mark.usefixtures("in_this_process")
def test_a_form_that_answers_otherwise_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversion, "TOLERANCE", -1.0)
    with pytest.raises(StudioError, match="does not answer as it should as Keras 3"):
        hand_out("quickstart-mnist", ExportForm.KERAS, tmp_path / "out")
    assert list(tmp_path.iterdir()) == [tmp_path / "home"] or not list(tmp_path.iterdir())


@pytest.mark.usefixtures("in_this_process")
def test_a_model_whose_data_is_gone_is_checked_with_other_pictures(tmp_path: Path) -> None:
    model = stored("dense 8 relu", "logits")
    gone = model.card.model_copy(update={"dataset": "gone", "class_names": tuple("abcdefghij")})
    (model.folder / "card.json").write_text(gone.model_dump_json(), encoding="utf-8")
    assert "100 pictures of MNIST" in hand_out("mine", ExportForm.TFLITE, tmp_path / "out").sentence
    with pytest.raises(InputError, match="pictures of its classes, and none are here"):
        hand_out("mine", ExportForm.TFLITE_INT8, tmp_path / "int8")


@pytest.mark.skipif(NODE is None, reason="needs node")
@pytest.mark.parametrize("kind", Preprocessing)
def test_a_web_page_prepares_pictures_as_the_other_example_does(kind: Preprocessing, tmp_path: Path) -> None:
    data = load_dataset("mnist" if kind is Preprocessing.DIGITS else "fashion-mnist", Variant.STARTER)
    source = example_files(ExportForm.TFLITE, kind)["example.py"].partition("\npicture = prepare")[0]
    example: dict[str, Any] = {}
    exec(source, example)
    script = example_files(ExportForm.TFJS, kind)["example.js"] + (
        "const given = JSON.parse(require('fs').readFileSync(0));"
        "console.log(JSON.stringify(Array.from(prepare(given, 160, 160))));"
    )
    for image in data.test.images[:3]:
        on_paper = Image.fromarray(np.pad(255 - image, 6, constant_values=255)).resize((160, 160))
        on_paper.save(tmp_path / "picture.png")
        grey = json.dumps((np.asarray(on_paper) / 255).ravel().tolist())
        said = subprocess.run([str(NODE), "-e", script], input=grey, capture_output=True, text=True, check=True).stdout
        there = np.array(json.loads(said)).reshape(28, 28)
        assert np.abs(there - example["prepare"](tmp_path / "picture.png")).mean() < 0.02


def finds_tfjs() -> bool:
    """NODE_PATH names a folder of node modules with TensorFlow.js: npm install @tensorflow/tfjs."""
    command = [str(NODE), "-e", "require.resolve('@tensorflow/tfjs')"]
    return NODE is not None and subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.slow
@pytest.mark.skipif(not finds_tfjs(), reason="needs node, and TensorFlow.js on NODE_PATH")
@pytest.mark.usefixtures("tensorflow")
@pytest.mark.parametrize("layers", LAYERS)
def test_tensorflow_js_itself_answers_as_the_model(layers: str, tmp_path: Path) -> None:
    from app.core.models.export.networks import answering_network, write_and_read

    model, shown = stored(LAYERS[layers], "logits"), pictures()
    write_and_read(answering_network(model), ExportForm.TFJS, tmp_path, shown)
    shown.tofile(tmp_path / "pictures.bin")
    script = """
        const tf = require("@tensorflow/tfjs"), fs = require("fs");
        const bytes = (name) => Uint8Array.from(fs.readFileSync(name)).buffer;
        const { weightsManifest, ...model } = JSON.parse(fs.readFileSync("model.json"));
        const kept = { ...model, weightSpecs: weightsManifest[0].weights, weightData: bytes("weights.bin") };
        tf.loadGraphModel(tf.io.fromMemory(kept)).then(async (network) => {
          const answer = network.predict(tf.tensor(new Float32Array(bytes("pictures.bin")), [100, 28, 28, 1]));
          console.log(JSON.stringify(Array.from(await answer.data())));
        });
    """
    said = subprocess.run([str(NODE), "-e", script], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert np.array(json.loads(said)).reshape(100, 10) == pytest.approx(answers_of(model, shown), abs=2e-5)

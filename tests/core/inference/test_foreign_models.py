"""Models that were made elsewhere: what their files do not say is found out, and they read as the program's own do."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.core.datasets.choices import Orientation, Polarity
from app.core.datasets.samples.sets import create_sample_set
from app.core.datasets.sources import load_dataset
from app.core.errors import InputError
from app.core.imaging.preprocess import Preprocessing
from app.core.inference.explaining.numpy_network import load_network
from app.core.inference.foreign_import import ForeignChoices, import_foreign, proposed
from app.core.inference.foreign_trial import SHOWN, Wanted, order_of, propose, trial_sets, tried_again, try_on
from app.core.inference.predictor import Predictor
from app.core.models.adaptation import Output, Scale
from app.core.models.foreign.litert_graph import Graph
from app.core.models.foreign.reading import ForeignModel, read_foreign
from app.core.models.library import copy_model
from app.core.models.store import find_model, list_models
from app.core.training.fine_tuning import models_only_run
from tests.core.children import read_foreign_models_here


def linear_digits(
    scale: Scale, polarity: Polarity, orientation: Orientation, path: Path, name: str = "mnist", *, sureness: float = 8
) -> Path:
    """A network that reads digits (85% right) in pixels of that kind, fitted by least squares."""
    data = load_dataset(name).train
    pixels = data.images.astype(np.float64) / 255
    if orientation is Orientation.TURNED:
        pixels = pixels.transpose(0, 2, 1)
    pixels = 1 - pixels if polarity is Polarity.DARK_INK else pixels
    mean, deviation = data.images.mean() / 255, data.images.std() / 255
    pixels = {
        Scale.UNIT: pixels,
        Scale.BYTES: pixels * 255,
        Scale.SIGNED: pixels * 2 - 1,
        Scale.STANDARDIZED: (pixels - mean) / deviation,
    }[scale].reshape(len(pixels), -1)
    design = np.hstack([pixels, np.ones((len(pixels), 1))])
    wanted = np.eye(10)[data.labels] * sureness
    fitted = np.linalg.solve(
        design.T @ design + 5e-2 * len(pixels) * np.diag(design.var(axis=0) + 1e-3), design.T @ wanted
    )
    graph = Graph()
    picture = graph.picture((28, 28), batch=-1)
    flat = graph.reshaped(picture, (784,))
    path.write_bytes(
        graph.end(picture, [graph.dense(flat, fitted[:-1].astype(np.float32), fitted[-1].astype(np.float32))])
    )
    return path


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> ForeignModel:
    path = tmp_path_factory.mktemp("models") / "my_digits.tflite"
    return read_foreign(linear_digits(Scale.BYTES, Polarity.LIGHT_INK, Orientation.UPRIGHT, path))


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    read_foreign_models_here(monkeypatch)


@pytest.mark.usefixtures("in_this_process")
@pytest.mark.parametrize(
    ("scale", "polarity", "orientation"),
    [
        (Scale.UNIT, Polarity.LIGHT_INK, Orientation.UPRIGHT),
        (Scale.BYTES, Polarity.DARK_INK, Orientation.UPRIGHT),
        (Scale.SIGNED, Polarity.LIGHT_INK, Orientation.TURNED),
        (Scale.STANDARDIZED, Polarity.LIGHT_INK, Orientation.UPRIGHT),
    ],
)
def test_what_the_file_does_not_say_is_found_on_labelled_pictures(
    scale: Scale, polarity: Polarity, orientation: Orientation, tmp_path: Path
) -> None:
    model = read_foreign(linear_digits(scale, polarity, orientation, tmp_path / "model.tflite"))
    trial = try_on(model, next(each for each in trial_sets(model) if each.name == "mnist"))
    assert trial.best.output is Output.LOGITS
    assert (trial.best.scale, trial.best.polarity, trial.best.orientation) == (scale, polarity, orientation)
    assert trial.right(trial.best) >= 18
    assert len(trial.pictures) == SHOWN


@pytest.mark.usefixtures("in_this_process")
@pytest.mark.parametrize("polarity", [Polarity.LIGHT_INK, Polarity.DARK_INK])
def test_a_network_that_is_never_sure_is_not_shown_larger_pixels(polarity: Polarity, tmp_path: Path) -> None:
    model = read_foreign(linear_digits(Scale.UNIT, polarity, Orientation.UPRIGHT, tmp_path / "a.tflite", sureness=2))
    trial = try_on(model, next(each for each in trial_sets(model) if each.name == "mnist"))
    assert (trial.best.scale, trial.best.polarity) == (Scale.UNIT, polarity)


@pytest.mark.usefixtures("in_this_process")
def test_clothes_are_told_from_digits(tmp_path: Path) -> None:
    path = linear_digits(Scale.UNIT, Polarity.LIGHT_INK, Orientation.UPRIGHT, tmp_path / "a.tflite", "fashion-mnist")
    trial = propose(read_foreign(path))
    assert trial is not None
    assert trial.set.name == "fashion-mnist"
    assert trial.preprocessing is Preprocessing.CLOTHES


def test_it_reads_like_any_other_model_and_nothing_breaks(digits: ForeignModel) -> None:
    trial = propose(digits)
    assert trial is not None
    assert trial.set.name == "mnist"
    stored = import_foreign(digits, proposed(digits, trial))
    card = stored.card
    assert (card.name, card.title) == ("my-digits", "my digits")
    assert card.origin is not None
    assert card.origin.adaptation == trial.best
    assert "dropout (TensorFlow Lite (.tflite) does not hold it)" in card.origin.remark
    assert 0.75 < card.metrics.test_accuracy < 0.95
    assert card.metrics.test_samples == 1_000
    assert card.calibration is not None
    test = load_dataset("mnist").test
    read = Predictor(find_model("my-digits")).probabilities(test.images[:200].astype(np.float32) / np.float32(255))
    assert (read.argmax(axis=1) == test.labels[:200]).mean() > 0.7
    np.testing.assert_allclose(read.sum(axis=1), 1, rtol=1e-4)
    assert copy_model("my-digits").card.origin == card.origin
    assert [layer.type for layer in card.config.layers] == []  # one dense layer, which every network ends with
    assert load_network(stored).logits(test.images[:3].astype(np.float32) / np.float32(255)).argmax(
        axis=1
    ).tolist() == (read[:3].argmax(axis=1).tolist())
    assert "--scale 0..255" in card.command


@pytest.mark.usefixtures("in_this_process")
def test_choices_of_a_person_go_first(digits: ForeignModel) -> None:
    chosen = next(each for each in trial_sets(digits) if each.name == "mnist")
    trial = try_on(digits, chosen, Wanted(scale=Scale.UNIT, polarity=Polarity.DARK_INK, orientation=Orientation.TURNED))
    assert {way.scale for way in trial.answers} == {Scale.UNIT}
    assert trial.right(trial.best) < 10
    better = trial.best.model_copy(
        update={"scale": Scale.BYTES, "polarity": Polarity.LIGHT_INK, "orientation": Orientation.UPRIGHT}
    )
    assert tried_again(trial, digits, better).right(better) >= 18


@pytest.mark.usefixtures("in_this_process")
def test_a_model_of_other_classes_is_taken_in_untested(digits: ForeignModel) -> None:
    names = tuple(f"class {number}" for number in range(10))
    choices = ForeignChoices("Other", names, Preprocessing.CLOTHES, proposed(digits, None).adaptation)
    card = import_foreign(digits, choices).card
    assert card.metrics.test_accuracy_text == "not tested"
    assert (card.calibration, card.dataset) == (None, "")
    assert "what it was trained on is not known" in card.data_description


@pytest.mark.parametrize(
    ("names", "words"),
    [(("a", "b"), "knows 10 classes, and 2 are named"), (("a",) * 10, "a name of its own"), (("",) * 10, "of its own")],
)
def test_names_that_cannot_be(names: tuple[str, ...], words: str, digits: ForeignModel) -> None:
    choices = ForeignChoices("Other", names, Preprocessing.DIGITS, proposed(digits, None).adaptation)
    with pytest.raises(InputError, match=words):
        import_foreign(digits, choices)
    assert not [model for model in list_models() if not model.bundled]


def test_labels_in_another_order_are_put_in_order() -> None:
    assert order_of(("two", "Zero", "1"), ("0", "1", "2")) == (1, 2, 0)
    assert order_of(("0", "1"), ("0", "1")) == ()
    assert order_of(("cat", "dog"), ("0", "1")) == ()


def test_whoever_cancels_stores_nothing(digits: ForeignModel) -> None:
    def check() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        import_foreign(digits, proposed(digits, None), check)
    assert not [model for model in list_models() if not model.bundled]


@pytest.mark.usefixtures("in_this_process")
def test_features_that_are_not_possible_say_so(tmp_path: Path) -> None:
    graph = Graph()
    picture = graph.picture((20, 20), batch=-1)  # networks made here read 28 x 28
    kernel = np.random.default_rng(0).random((400, 10), np.float32)
    flat = graph.dense(graph.reshaped(picture, (400,)), kernel, np.zeros(10, np.float32))
    (tmp_path / "small.tflite").write_bytes(graph.end(picture, [flat]))
    small = read_foreign(tmp_path / "small.tflite")
    stored = import_foreign(small, proposed(small, None))
    assert stored.card.origin is not None
    assert stored.card.origin.remark.startswith(
        "It can be run, but neither trained on nor looked into: it has pictures"
    )
    samples = create_sample_set("mine", stored.card.class_names)
    assert stored.card.name in [model.card.name for model in models_only_run(samples)]
    with pytest.raises(InputError, match=r"was made elsewhere.* It has pictures of 20 x 20"):
        load_network(stored)
    with pytest.raises(InputError, match="was made elsewhere"):
        _load_keras(stored)


def _load_keras(stored: Any) -> Any:
    from app.core.quiet import load_tensorflow

    load_tensorflow()
    from app.core.models.keras_files import load_keras

    return load_keras(stored)

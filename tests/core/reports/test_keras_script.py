"""The Keras script of a run does what the trainer does: same split, weights, answers, optimizer and loss."""

import runpy
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.core.config.config import TrainingConfig
from app.core.config.layers import Dense
from app.core.config.notation import parse_layers
from app.core.config.settings import AugmentationSettings
from app.core.datasets.splits import split_validation
from app.core.datasets.types import Dataset, LabelledImages, Variant
from app.core.recipes import RECIPES
from app.core.reports.keras_script import TRAINER_FILES, keras_script, settings_of
from app.core.runs.events import Event, RunEnded
from app.core.training.control import RunControl
from app.core.training.images import run_images
from tests.core.reports.scripts import pictures, record, run_script, write_npz
from tests.core.training.exact_statistics import set_exact_statistics
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.usefixtures("tensorflow")

TRAIN, TEST = pictures(60), pictures(20)
SMALL = TrainingConfig(recipe="fast-cnn", layers=(Dense(units=6),), data="full", epochs=2, batch_size=16)


def with_layers(text: str) -> TrainingConfig:
    return SMALL.changed(layers=parse_layers(text))


LAYERS = {
    "no hidden layer": "",
    "activations": "dense 9 sigmoid, dense 8 tanh, dense 7 elu, dense 6 leaky_relu, dense 5 softmax, dense 4 linear",
    "initializers": "dense 9 random_uniform, dense 8 random_normal, dense 7 zeros, dense 6 glorot_normal, "
    "dense 5 he_uniform, dense 4 he_normal",
    "penalties": "dense 9 l1=0.01, dense 8 l2=0.02, dense 7 l1=0.01 l2=0.001",
    "convolutions": "conv2d 4 5x5 tanh same he_normal l2=0.01, max_pooling2d 2, conv2d 3 3x3, average_pooling2d 2",
    "global pooling": "conv2d 4 3x3, batch_normalization, global_average_pooling2d, dense 5",
    "flattened at the end": "conv2d 2 3x3, max_pooling2d 7",
    "flatten and reshape": "flatten, dense 784, reshape 28x28x1, conv2d 2 3x3, flatten, dropout 0.3",
    "wide and deep, as maps": "conv2d 2 3x3 same, concatenate_input, conv2d 3 3x3, dense 5",
    "wide and deep, as numbers": "dense 7, dropout 0.5, concatenate_input, dense 5",
    "the picture twice": "concatenate_input, conv2d 2 3x3",
}
SETTINGS: dict[str, dict[str, object]] = {
    "logits": {"output": "logits"},
    "output initializer": {"output_initializer": "zeros"},
    "one-hot": {"loss": "categorical_crossentropy"},
    "one-hot logits": {"loss": "categorical_crossentropy", "output": "logits"},
    "binary cross-entropy": {"loss": "binary_crossentropy"},
    "mean squared error": {"loss": "mean_squared_error"},
    "smoothing": {"label_smoothing": 0.1, "output": "logits"},
    "smoothed squares": {"label_smoothing": 0.2, "loss": "mean_squared_error"},
    "momentum": {"optimizer": "sgd", "momentum": 0.9, "learning_rate": 0.05},
    "Nesterov": {"optimizer": "sgd", "momentum": 0.8, "nesterov": True},
    "Adagrad": {"optimizer": "adagrad"},
    "RMSprop": {"optimizer": "rmsprop", "rho": 0.8, "momentum": 0.5},
    "Adam": {"optimizer": "adam", "beta_1": 0.8, "beta_2": 0.99},
    "AdamW": {"optimizer": "adamw", "weight_decay": 0.02},
    "inverse time": {"schedule": "inverse_time", "decay": 0.01},
    "step": {"schedule": "step", "drop": 0.3, "drop_epochs": 2},
    "exponential": {"schedule": "exponential", "drop": 0.9, "drop_epochs": 1},
    "cosine": {"schedule": "cosine", "warmup": 0.0},
    "warm-up": {"schedule": "cosine", "warmup": 0.3},
    "gradient clipping": {"global_clipnorm": 0.5},
    "no validation": {"validation_split": 0.0},
    "validation on the first": {"validation_from": "first", "validation_split": 0.25},
    "validation on the last": {"validation_from": "last", "validation_split": 1 / 6},
    "another seed": {"seed": 7},
    "own data": {"dataset": "mine", "data": "/somewhere"},
    "augmentation": {"shift_px": 2, "rotate_deg": 10, "zoom": 0.1, "shear_deg": 12, "stroke_px": 1, "flip": True},
    "corruption": {"elastic_px": 1, "tone": 0.6, "blur_px": 1, "erase": 0.4, "noise": 0.2, "invert": 0.2},
}
CONFIGS = (
    {name: with_layers(text) for name, text in LAYERS.items()}
    | {name: SMALL.changed(**values) for name, values in SETTINGS.items()}
    | {"augmented, wide and deep": with_layers(LAYERS["wide and deep, as maps"]).changed(shift_px=1)}
    | {recipe.id: recipe.config for recipe in RECIPES}
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_npz(tmp_path_factory.mktemp("data") / "tiny.npz", TRAIN, TEST)


@pytest.mark.parametrize("name", CONFIGS)
def test_a_script_does_what_the_trainer_does(
    name: str, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = CONFIGS[name]
    ran = run_script(config, data, tmp_path, monkeypatch)
    check_data(ran, config)
    check_network(ran.model, config)
    check_loss(ran, config)
    check_optimizer(ran.model, config)
    assert ran.fit["epochs"] == config.epochs
    assert ran.fit["batch_size"] == config.batch_size


def check_data(ran: Any, config: TrainingConfig) -> None:
    """The same pictures are trained on, kept aside and tested."""
    chosen, held = split_validation(len(TRAIN), config.validation_split, config.seed, place=config.validation_from)
    np.testing.assert_array_equal(ran.fit["x"][..., 0], TRAIN.images[chosen].astype(np.float32) / 255)
    np.testing.assert_array_equal(classes_of(ran.fit["y"]), TRAIN.labels[chosen])
    np.testing.assert_array_equal(classes_of(ran.evaluated[1]), TEST.labels)
    assert ("validation_data" in ran.fit) == bool(len(held))
    if len(held):
        images, labels = ran.fit["validation_data"]
        order = np.lexsort(images.reshape(len(held), -1).T)
        expected = TRAIN.images[held].astype(np.float32) / 255
        expected_order = np.lexsort(expected.reshape(len(held), -1).T)
        np.testing.assert_array_equal(images[order][..., 0], expected[expected_order])
        np.testing.assert_array_equal(classes_of(labels)[order], TRAIN.labels[held][expected_order])


def classes_of(labels: Any) -> Any:
    return labels.argmax(axis=1) if labels.ndim == 2 else labels


def check_network(model: Any, config: TrainingConfig) -> None:
    """The same parameters, beginning with the same values, give the same answers and the same penalties."""
    import keras

    from app.core.networks.building import build_network

    keras.utils.set_random_seed(config.seed)
    ours = build_network(config, 10)
    assert model.count_params() == ours.count_params()
    for theirs, own in zip(model.get_weights(), ours.get_weights(), strict=True):
        np.testing.assert_array_equal(theirs, own)
    images = TEST.images[:4, ..., None].astype(np.float32) / 255
    np.testing.assert_allclose(model(images, training=False), ours(images, training=False), rtol=1e-4, atol=1e-5)
    assert float(sum(model.losses)) == pytest.approx(float(sum(ours.losses)), rel=1e-5)
    dropouts = [[layer.rate for layer in made.layers if hasattr(layer, "rate")] for made in (model, ours)]
    assert dropouts[0] == dropouts[1]


def check_loss(ran: Any, config: TrainingConfig) -> None:
    """The same loss of the same answers; smoothing is for training labels alone."""
    import keras

    from app.core.networks.compiling import build_loss

    scores = np.random.default_rng(1).normal(size=(len(ran.fit["y"]), 10)).astype(np.float32)
    answers = scores if config.output == "logits" else np.asarray(keras.ops.softmax(scores))
    theirs = float(np.mean(keras.losses.get(ran.model.loss)(ran.fit["y"], answers)))
    labels = classes_of(ran.fit["y"]).astype(np.int32)
    assert theirs == pytest.approx(float(np.mean(build_loss(config, 10)(labels, answers))), rel=1e-5)
    if ran.evaluated[1].ndim == 2:
        assert set(np.unique(ran.evaluated[1])) == {0.0, 1.0}


def check_optimizer(model: Any, config: TrainingConfig) -> None:
    """The same rule, parameters and learning rate in every step."""
    from app.core.networks.compiling import build_optimizer

    chosen, _ = split_validation(len(TRAIN), config.validation_split, config.seed, place=config.validation_from)
    steps = -(-len(chosen) // config.batch_size) * config.epochs
    theirs, ours = model.optimizer, build_optimizer(config, steps)
    assert type(theirs) is type(ours)
    configs = [made.get_config() | {"name": ""} for made in (theirs, ours)]
    rates = [made.pop("learning_rate") for made in configs]
    assert configs[0] == configs[1]
    if config.schedule == "constant":
        assert rates[0] == pytest.approx(rates[1])
        return
    for step in range(0, steps + 1, max(1, steps // 7)):
        assert float(theirs._learning_rate(step)) == pytest.approx(float(ours._learning_rate(step)), rel=1e-5)


def test_an_epoch_has_the_pictures_of_the_trainers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rare classes several times, copies of test pictures not at all."""
    labels = TRAIN.labels.copy()
    labels[labels > 6] = 0
    train = LabelledImages(TRAIN.images, labels)
    test = LabelledImages(np.concatenate([TEST.images, TRAIN.images[:9]]), np.append(TEST.labels, labels[:9]))
    data = write_npz(tmp_path / "copies.npz", train, test)
    known = Dataset("mnist", "", Variant.FULL, tuple("0123456789"), "mnist-1", train, test, "0" * 64, "")
    for values in ({"balance_classes": True}, {"drop_test_copies": True, "balance_classes": True}):
        config = SMALL.changed(loss="categorical_crossentropy", **values)
        ran, epoch = run_script(config, data, tmp_path, monkeypatch), run_images(config, known).epoch
        assert len(epoch) != len(TRAIN) - round(0.1 * len(TRAIN))
        np.testing.assert_array_equal(ran.fit["x"][..., 0], train.images[epoch].astype(np.float32) / 255)
        np.testing.assert_array_equal(classes_of(ran.fit["y"]), labels[epoch])


def test_early_stopping_is_that_of_the_config(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = SMALL.changed(early_stopping_patience=3, restore_best_weights=False)
    (stopping,) = run_script(config, data, tmp_path, monkeypatch).fit["callbacks"]
    assert (stopping.monitor, stopping.patience, stopping.restore_best_weights) == ("val_loss", 3, False)
    kept = config.changed(restore_best_weights=True)
    assert run_script(kept, data, tmp_path, monkeypatch).fit["callbacks"][0].restore_best_weights
    assert "callbacks" not in run_script(SMALL, data, tmp_path, monkeypatch).fit


def test_pictures_vary_in_training_alone(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every picture differently, anew each time, and about as much as the trainer varies them."""
    for name, value in (SETTINGS["augmentation"] | SETTINGS["corruption"]).items():
        augment = run_script(SMALL.changed(**{name: value}), data, tmp_path, monkeypatch).names["augment"]
        bar = np.zeros((40, 28, 28, 1), np.float32)
        bar[:, 6:22, 10:13] = 1
        first, second = (np.asarray(augment(bar, training=True)) for _ in range(2))
        assert not np.array_equal(first, second), name
        assert len(np.unique(first.reshape(40, -1), axis=0)) > 1, name
        np.testing.assert_array_equal(augment(bar, training=False), bar)
        centres = (first[..., 0].sum(axis=1) @ np.arange(28)) / first[..., 0].sum(axis=(1, 2))
        assert abs(centres.mean() - (13.5 if name == "flip" else 11)) < 1.6, name


def test_a_script_has_the_trainers_augmentations(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same numbers for the same seed and step, to the last bit."""
    import tensorflow as tf

    from app.core.training.augmentation import AUGMENTATIONS, augment

    config = SMALL.changed(**SETTINGS["augmentation"], **SETTINGS["corruption"])
    images = tf.constant(TRAIN.images[..., None].astype(np.float32) / 255)
    theirs = run_script(config, data, tmp_path, monkeypatch).names["augment"]
    for step in range(2):
        np.testing.assert_array_equal(theirs(images, training=True), augment(images, config, tf.constant(step)))
    assert [function.__name__ for function in AUGMENTATIONS] == list(settings_of("training/augmentation.py"))


def test_every_augmentation_setting_belongs_to_one_augmentation() -> None:
    settings = [name for names in settings_of("training/augmentation.py").values() for name in names]
    assert sorted(settings) == sorted(AugmentationSettings.__annotations__)


def test_the_frozen_program_brings_the_source_that_scripts_take_along() -> None:
    spec = (Path(__file__).parents[3] / "build.spec").read_text()
    for name in TRAINER_FILES:
        assert f'("app/core/{name}", "app/core/{Path(name).parent}")' in spec


def test_a_script_says_what_it_cannot_repeat() -> None:
    script = " ".join(keras_script(record(SMALL.changed(outliers=0.1, initial_model="fast-cnn")), "mixed.py").split())
    assert "started with the weights of 'fast-cnn' and was shown outliers too, which this script leaves out" in script
    assert "leaves out" not in keras_script(record(SMALL), "plain.py")


def test_a_slant_leaves_the_centre_where_it_is(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    augment = run_script(SMALL.changed(shear_deg=20), data, tmp_path, monkeypatch).names["augment"]
    dot = np.zeros((20, 28, 28, 1), np.float32)
    dot[:, 13:15, 13:15] = 1
    np.testing.assert_allclose(
        np.asarray(augment(dot, training=True))[:, 13:15, 11:17].sum(axis=(1, 2, 3)), 4, atol=0.01
    )


def test_scripts_are_formatted_and_lint_free(tmp_path: Path) -> None:
    for name, config in CONFIGS.items():
        file = tmp_path / f"{name.replace(' ', '_')}.py"
        file.write_text(keras_script(record(config), file.name))
        compile(file.read_text(), file.name, "exec")
    ruff = [sys.executable, "-m", "ruff"]
    for arguments in (["format", "--check"], ["check", "--select", "E,F,W,I", "--ignore", "E501"]):
        done = subprocess.run([*ruff, *arguments, "--isolated", tmp_path], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_a_script_has_only_the_lines_that_its_config_needs() -> None:
    plain = keras_script(record(SMALL), "plain.py")
    for word in (
        "Statistics",
        "augment",
        "early_stopping",
        "regularizers",
        "ops",
        "math",
        "one_hot",
        "to_categorical",
        "schedules",
    ):
        assert word not in plain
    assert "app" not in plain.replace("happ", "")
    assert len(plain.splitlines()) < 85


def test_texts_of_a_run_cannot_leave_the_docstring() -> None:
    config = SMALL.changed(recipe='my """recipe\\')
    run = replace(record(config), data_description='"""\nimport os\n"""')
    source = keras_script(run, 'a"""\\b.py')
    names: dict[str, Any] = {}
    exec(compile(source.partition("import sys")[0], "script", "exec"), names)
    assert "my '''recipe/" in names["__doc__"]


def test_a_script_reaches_what_the_trainer_reaches(bars: Dataset, tmp_path: Path) -> None:
    """One batch an epoch, no dropout: nothing is left to chance but the last digits of sums."""
    from app.core.training.runs import run

    config = TrainingConfig(
        recipe="quickstart-mnist",
        dataset="bars",
        data="bars",
        layers=(Dense(units=16), Dense(units=8, activation="tanh", l2=0.001)),
        epochs=6,
        batch_size=1024,
        learning_rate=0.02,
        schedule="inverse_time",
        decay=0.05,
        engine="graph",
    )
    events: list[Event] = []
    run(config, bars, events.append, RunControl())
    ended = events[-1]
    assert isinstance(ended, RunEnded)
    script = tmp_path / "script.py"
    script.write_text(keras_script(record(config), script.name))
    write_npz(tmp_path / "script-data.npz", bars.train, bars.test)
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert done.returncode == 0, done.stderr
    accuracy, loss = (float(word.rstrip(",")) for word in np.array(done.stdout.splitlines()[-1].split())[[2, 5]])
    assert accuracy == pytest.approx(ended.test_accuracy, abs=0.006)
    assert loss == pytest.approx(ended.test_loss, abs=0.002)


def test_a_short_script_predicts_as_it_trains(
    bars: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Some batches are too few for Keras' own statistics of batch normalization: the script estimates them."""
    config = with_layers("conv2d 4 3x3, batch_normalization, max_pooling2d 2, dense 16, batch_normalization").changed(
        dataset="mine", epochs=1, learning_rate=0.01
    )
    script = tmp_path / "script.py"
    script.write_text(keras_script(record(config), script.name))
    data = write_npz(tmp_path / "bars.npz", bars.train, bars.test)
    monkeypatch.setattr(sys, "argv", [str(script), str(data)])
    ran = runpy.run_path(str(script), run_name="__main__")
    assert float(capsys.readouterr().out.splitlines()[-1].split()[2].rstrip(",")) > 0.95
    kept = ran["model"].get_weights()
    set_exact_statistics(ran["model"], (ran["x_train"][..., 0] * 255).round().astype(np.uint8))
    for ours, theirs in zip(kept, ran["model"].get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=5e-3, atol=1e-3)


def test_a_script_trains_with_everything_varied_and_dropped(
    bars: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    values = SETTINGS["augmentation"] | {"flip": False, "shear_deg": 5, "dataset": "mine", "epochs": 5}
    config = with_layers("conv2d 4 3x3, max_pooling2d 2, batch_normalization, dense 16, dropout 0.2").changed(**values)
    script = tmp_path / "script.py"
    script.write_text(keras_script(record(config), script.name))
    data = write_npz(tmp_path / "bars.npz", bars.train, bars.test)
    monkeypatch.setattr(sys, "argv", [str(script), str(data)])
    runpy.run_path(str(script), run_name="__main__")
    accuracy = float(capsys.readouterr().out.splitlines()[-1].split()[2].rstrip(","))
    assert accuracy > 0.8
